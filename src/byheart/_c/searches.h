/* The searches as Python calls them. */
#ifndef BYHEART_SEARCHES_H
#define BYHEART_SEARCHES_H
#include <Python.h>
#include <stdint.h>

#include "arguments.h"
#include "corpus.h"
#include "spans.h"

static const char CORPUS[] = "byheart.corpus";

static void let_corpus_go(Corpus *c) {
    for (Py_ssize_t i = 0; c->views && i < SHARD_BUFFERS * c->count; i++) if (c->views[i].obj) PyBuffer_Release(&c->views[i]);
    PyMem_Free(c->views);
    PyMem_Free(c->shards);
    PyMem_Free(c);
}

static void corpus_capsule_ends(PyObject *capsule) { let_corpus_go(PyCapsule_GetPointer(capsule, CORPUS)); }

/* A shard over the buffers of a tuple, if it can be one; -1 with an error if not. */
static int make_shard(Shard *s, Py_buffer *v, PyObject *tuple, int step) {
    PyObject *sums;
    if (!PyArg_ParseTuple(tuple, "y*y*y*y*y*O", &v[0], &v[1], &v[2], &v[3], &v[4], &sums)) return -1;
    s->text = v[0].buf; s->size = v[0].len;
    s->suffixes = v[1].buf; s->count = v[1].len / 4;
    s->firsts = v[2].buf;
    s->keys = v[3].buf;
    s->peaks = v[4].buf;
    int64_t samples = v[3].len / KEY, peaks = v[4].len / KEY;
    if (s->size < step || s->size > INT32_MAX || s->size % step || need_words(&v[1], s->count, 4, "suffixes") < 0 ||
        need_words(&v[2], PAIRS + 1, 4, "firsts") < 0) {
        if (!PyErr_Occurred()) PyErr_SetString(PyExc_ValueError, "text: wanted whole symbols, and below 2 GiB of them");
        return -1;
    }
    int falls = s->firsts[0] != 0 || s->firsts[PAIRS] != s->count || samples != (s->count + SAMPLED - 1) / SAMPLED || peaks != (samples + PEAK - 1) / PEAK;
    for (int i = 0; i < PAIRS; i++) falls |= s->firsts[i + 1] < s->firsts[i];
    for (int i = 0; i < step; i++) falls |= s->text[s->size - 1 - i] != END;
    if (falls) { PyErr_SetString(PyExc_ValueError, "shard: its tables are not of this text"); return -1; }
    if (sums == Py_None) return 0;
    if (PyObject_GetBuffer(sums, &v[5], PyBUF_SIMPLE) < 0) return -1;
    s->sums = v[5].buf;
    return need_words(&v[5], s->count + 1, 8, "sums");
}

PyDoc_STRVAR(corpus_doc,
"corpus(shards, step, words) -> corpus\n\nEach shard is (text, suffixes, firsts, keys, peaks, sums or None); they are checked once, and kept.");
static PyObject *corpus(PyObject *self, PyObject *args) {
    PyObject *shards;
    int step, words;
    if (!PyArg_ParseTuple(args, "O!ip", &PyList_Type, &shards, &step, &words)) return NULL;
    if (step != 1 && step != 2 && step != 4) { PyErr_SetString(PyExc_ValueError, "step: wanted 1, 2 or 4"); return NULL; }
    Corpus *c = PyMem_Calloc(1, sizeof(Corpus));
    if (c == NULL) return PyErr_NoMemory();
    c->count = PyList_Size(shards); c->step = step; c->words = words;
    c->shards = PyMem_Calloc((size_t)c->count + 1, sizeof(Shard));
    c->views = PyMem_Calloc(SHARD_BUFFERS * ((size_t)c->count + 1), sizeof(Py_buffer));
    int failed = c->shards == NULL || c->views == NULL;
    if (failed) PyErr_NoMemory();
    for (Py_ssize_t i = 0; !failed && i < c->count; i++)
        failed = make_shard(&c->shards[i], &c->views[SHARD_BUFFERS * i], PyList_GetItem(shards, i), step) < 0;
    PyObject *capsule = failed ? NULL : PyCapsule_New(c, CORPUS, corpus_capsule_ends);
    if (capsule == NULL) let_corpus_go(c);
    return capsule;
}

/* The answer of a search, unless it met what cannot be. */
static PyObject *answered(Corpus *c, int64_t n) {
    if (c->damaged) { PyErr_SetString(PyExc_ValueError, "a suffix lies outside of its text"); return NULL; }
    return n < 0 ? PyErr_NoMemory() : PyLong_FromLongLong(n);
}

PyDoc_STRVAR(find_text_doc, "find_text(corpus, data, ends, ranges) -> 0: the suffixes that begin with data[ends[i]:ends[i + 1]], of each shard (n x shards x 2)");
static PyObject *find_text(PyObject *self, PyObject *args) {
    PyObject *capsule, *answer = NULL;
    Py_buffer data, ends, ranges;
    if (!PyArg_ParseTuple(args, "Oy*y*w*", &capsule, &data, &ends, &ranges)) return NULL;
    Corpus *c = PyCapsule_GetPointer(capsule, CORPUS);
    Py_ssize_t n = ends.len / 8 - 1;
    if (c && need_ends(&ends, n, data.len) == 0 && need_words(&ranges, n * c->count * 2, 8, "ranges") == 0) {
        const int64_t *end = ends.buf;
        Py_BEGIN_ALLOW_THREADS
        for (Py_ssize_t i = 0; i < n; i++)
            find_all(c, (const uint8_t *)data.buf + end[i], end[i + 1] - end[i], (Range *)ranges.buf + i * c->count);
        Py_END_ALLOW_THREADS
        answer = answered(c, 0);
    }
    PyBuffer_Release(&data); PyBuffer_Release(&ends); PyBuffer_Release(&ranges);
    return answer;
}

PyDoc_STRVAR(count_pattern_doc, "count_pattern(corpus, pattern) -> how often it occurs");
static PyObject *count_pattern(PyObject *self, PyObject *args) {
    PyObject *capsule, *answer = NULL;
    Py_buffer pattern;
    if (!PyArg_ParseTuple(args, "Oy*", &capsule, &pattern)) return NULL;
    Corpus *c = PyCapsule_GetPointer(capsule, CORPUS);
    if (c) {
        uint64_t n = 0;
        Py_BEGIN_ALLOW_THREADS
        for (Py_ssize_t i = 0; i < c->count; i++)
            n += (uint64_t)occurrences(&c->shards[i], find_in(c, &c->shards[i], pattern.buf, pattern.len));
        Py_END_ALLOW_THREADS
        answer = answered(c, (int64_t)n);
    }
    PyBuffer_Release(&pattern);
    return answer;
}

PyDoc_STRVAR(longest_suffix_doc, "longest_suffix(corpus, text, ranges) -> start of the longest suffix of a text that occurs, and where it does");
static PyObject *longest_suffix(PyObject *self, PyObject *args) {
    PyObject *capsule, *answer = NULL;
    Py_buffer text, ranges;
    if (!PyArg_ParseTuple(args, "Oy*w*", &capsule, &text, &ranges)) return NULL;
    Corpus *c = PyCapsule_GetPointer(capsule, CORPUS);
    if (c && need_words(&ranges, c->count * 2, 8, "ranges") == 0) {
        int64_t start;
        Py_BEGIN_ALLOW_THREADS
        start = first_that_occurs(c, text.buf, 0, text.len, 0);
        find_all(c, (const uint8_t *)text.buf + start, text.len - start, ranges.buf);
        Py_END_ALLOW_THREADS
        answer = answered(c, start);
    }
    PyBuffer_Release(&text); PyBuffer_Release(&ranges);
    return answer;
}

PyDoc_STRVAR(follow_text_doc, "follow_text(corpus, text, counts) -> start of the longest suffix that occurs; how often each symbol follows it, the end the last");
static PyObject *follow_text(PyObject *self, PyObject *args) {
    PyObject *capsule, *answer = NULL;
    Py_buffer text, counts;
    if (!PyArg_ParseTuple(args, "Oy*w*", &capsule, &text, &counts)) return NULL;
    Corpus *c = PyCapsule_GetPointer(capsule, CORPUS);
    if (c && need_words(&counts, larger(counts.len / 8, 1), 8, "counts") == 0) {
        int64_t start;
        Py_BEGIN_ALLOW_THREADS
        start = follow(c, text.buf, text.len, counts.buf, counts.len / 8);
        Py_END_ALLOW_THREADS
        answer = answered(c, start);
    }
    PyBuffer_Release(&text); PyBuffer_Release(&counts);
    return answer;
}

PyDoc_STRVAR(trace_text_doc,
"trace_text(corpus, text, least, until, so_far, spans) -> n\n\nThe maximal spans of at least so many bytes (n x 2) that begin before `until`, as far as there "
"is room; `so_far`, two zeros at first, is where to go on.");
static PyObject *trace_text(PyObject *self, PyObject *args) {
    PyObject *capsule, *answer = NULL;
    Py_buffer text, so_far, spans;
    long long least, until;
    if (!PyArg_ParseTuple(args, "Oy*LLw*w*", &capsule, &text, &least, &until, &so_far, &spans)) return NULL;
    Corpus *c = PyCapsule_GetPointer(capsule, CORPUS);
    if (c && need_words(&so_far, 2, 8, "so_far") == 0 && need_words(&spans, spans.len / 8, 8, "spans") == 0) {
        Traced *traced = so_far.buf;
        int is_place = traced->next >= 0 && traced->next <= text.len && traced->reached >= 0 && traced->reached <= text.len;
        int64_t n = 0;
        Py_BEGIN_ALLOW_THREADS
        if (is_place)
            n = trace_spans(c, text.buf, text.len, larger(least, c->step), smaller(until, text.len), traced, spans.buf, spans.len / (Py_ssize_t)sizeof(Span));
        Py_END_ALLOW_THREADS
        if (is_place) answer = answered(c, n);
        else PyErr_SetString(PyExc_ValueError, "so_far: wanted places in the text");
    }
    PyBuffer_Release(&text); PyBuffer_Release(&so_far); PyBuffer_Release(&spans);
    return answer;
}

PyDoc_STRVAR(count_text_doc,
"count_text(corpus, text, low, start, counts) -> n\n\nFor each symbol from `start` on (n x 5): the bytes of context that match, how often they are\n"
"followed by something and how often by it, how often the symbol before is followed by something, and by it. The first context is known to match from "
"`low` or later; 0 where that is not known.");
static PyObject *count_text(PyObject *self, PyObject *args) {
    PyObject *capsule, *answer = NULL;
    Py_buffer text, counts;
    long long low, start;
    if (!PyArg_ParseTuple(args, "Oy*LLw*", &capsule, &text, &low, &start, &counts)) return NULL;
    Corpus *c = PyCapsule_GetPointer(capsule, CORPUS);
    if (c && (low < 0 || low > start || start > text.len)) PyErr_SetString(PyExc_ValueError, "low, start: wanted places in the text");
    else if (c && need_words(&counts, counts.len / 8, 8, "counts") == 0) {
        int64_t n;
        Py_BEGIN_ALLOW_THREADS
        n = count_symbols(c, text.buf, low, start, text.len, counts.buf, counts.len / (Py_ssize_t)sizeof(Counts));
        Py_END_ALLOW_THREADS
        answer = answered(c, n);
    }
    PyBuffer_Release(&text); PyBuffer_Release(&counts);
    return answer;
}

PyDoc_STRVAR(children_doc,
"children(corpus, shard, low, high, known, symbols, ranges) -> n\n\nThe symbols (uint32) that follow the `known` bytes that suffixes [low, high) share, "
"and the range of each, as far as there is room.");
static PyObject *children(PyObject *self, PyObject *args) {
    PyObject *capsule, *answer = NULL;
    Py_buffer symbols, ranges;
    Py_ssize_t shard;
    long long low, high, known;
    if (!PyArg_ParseTuple(args, "OnLLLw*w*", &capsule, &shard, &low, &high, &known, &symbols, &ranges)) return NULL;
    Corpus *c = PyCapsule_GetPointer(capsule, CORPUS);
    Py_ssize_t room = symbols.len / 4;
    if (c && (shard < 0 || shard >= c->count || low < 0 || low > high || high > c->shards[shard].count || known < 0 || (low < high && known > c->shards[shard].size)))
        PyErr_SetString(PyExc_ValueError, "range: wanted one of a shard's");
    else if (c && need_words(&symbols, room, 4, "symbols") == 0 && need_words(&ranges, 2 * room, 8, "ranges") == 0) {
        int64_t n;
        Py_BEGIN_ALLOW_THREADS
        n = children_of(c, &c->shards[shard], (Range){low, high}, known, symbols.buf, ranges.buf, room);
        Py_END_ALLOW_THREADS
        answer = answered(c, n);
    }
    PyBuffer_Release(&symbols); PyBuffer_Release(&ranges);
    return answer;
}

PyDoc_STRVAR(agreed_doc, "agreed(corpus, ranges, known, most) -> bytes: what all that begin in the ranges go on with, to the end of a record at most");
static PyObject *agreed_text(PyObject *self, PyObject *args) {
    PyObject *capsule, *answer = NULL;
    Py_buffer ranges;
    long long known, most;
    if (!PyArg_ParseTuple(args, "Oy*LL", &capsule, &ranges, &known, &most)) return NULL;
    Corpus *c = PyCapsule_GetPointer(capsule, CORPUS);
    if (c && need_words(&ranges, 2 * c->count, 8, "ranges") == 0) {
        const Range *r = ranges.buf;
        int wrong = known < 0;
        for (Py_ssize_t i = 0; i < c->count; i++) wrong |= r[i].low < 0 || (r[i].low < r[i].high && r[i].high > c->shards[i].count);
        const uint8_t *place = NULL;
        int64_t size = wrong ? 0 : agreed(c, r, known, most, &place);
        if (wrong) PyErr_SetString(PyExc_ValueError, "ranges: wanted a shard's each");
        else if (c->damaged) answered(c, 0);
        else answer = PyBytes_FromStringAndSize((const char *)place, size > 0 ? (Py_ssize_t)size : 0);
    }
    PyBuffer_Release(&ranges);
    return answer;
}
#endif
