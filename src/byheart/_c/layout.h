/* How the text of an index is laid out, where its pairs of bytes begin, and with what its suffixes do. */
#ifndef BYHEART_LAYOUT_H
#define BYHEART_LAYOUT_H
#include <Python.h>
#include <stdint.h>
#include <string.h>

#include "arguments.h"
#include "corpus.h"
#include "prefetch.h"

PyDoc_STRVAR(lay_out_doc,
"lay_out(data, ends, out, begins) -> size\n\nRecords with FE and FF escaped and an END each, as far as there is room in `out`, and where each begins there.");
static PyObject *lay_out(PyObject *self, PyObject *args) {
    Py_buffer data, ends, out, begins;
    if (!PyArg_ParseTuple(args, "y*y*w*w*", &data, &ends, &out, &begins)) return NULL;
    Py_ssize_t n = ends.len / 8 - 1;
    int failed = need_ends(&ends, n, data.len) < 0 || need_words(&begins, n + 1, 8, "begins") < 0;
    int64_t size = 0;
    if (!failed) {
        const int64_t *end = ends.buf;
        int64_t *begin = begins.buf;
        uint8_t *to = out.buf;
        Py_BEGIN_ALLOW_THREADS
        for (Py_ssize_t i = 0; i < n; i++) {
            const uint8_t *from = (const uint8_t *)data.buf + end[i];
            int64_t length = end[i + 1] - end[i], escapes = 0;
            for (int64_t k = 0; k < length; k++) escapes += from[k] >= ESCAPE;
            begin[i] = size;
            if (size + length + escapes + 1 > out.len) { size += length + escapes + 1; continue; }
            if (!escapes) memcpy(to + size, from, (size_t)length);
            else for (int64_t k = 0, at = size; k < length; k++) {
                to[at++] = from[k] >= ESCAPE ? ESCAPE : from[k];
                if (from[k] >= ESCAPE) to[at++] = (uint8_t)(from[k] - (ESCAPE - 1));
            }
            size += length + escapes + 1;
            to[size - 1] = END;
        }
        begin[n] = size;
        Py_END_ALLOW_THREADS
    }
    PyBuffer_Release(&data); PyBuffer_Release(&ends); PyBuffer_Release(&out); PyBuffer_Release(&begins);
    return failed ? NULL : PyLong_FromLongLong(size);
}

PyDoc_STRVAR(count_pairs_doc, "count_pairs(text, counts): add how often each pair of bytes occurs in a text to its 65,536 counts");
static PyObject *count_pairs(PyObject *self, PyObject *args) {
    Py_buffer text, counts;
    if (!PyArg_ParseTuple(args, "y*w*", &text, &counts)) return NULL;
    int failed = need_words(&counts, PAIRS, 8, "counts") < 0;
    if (!failed) {
        const uint8_t *at = text.buf;
        int64_t *count = counts.buf;
        Py_BEGIN_ALLOW_THREADS
        for (Py_ssize_t i = 0; i + 1 < text.len; i++) count[at[i] << 8 | at[i + 1]]++;
        Py_END_ALLOW_THREADS
    }
    PyBuffer_Release(&text); PyBuffer_Release(&counts);
    if (failed) return NULL;
    Py_RETURN_NONE;
}

#define KEYS_AHEAD 16  /* places in the text that are asked for before they are read */

PyDoc_STRVAR(sample_keys_doc, "sample_keys(text, suffixes, keys): the first 32 bytes of every 128th suffix; 0 for those beyond the text");
static PyObject *sample_keys(PyObject *self, PyObject *args) {
    Py_buffer text, suffixes, keys;
    if (!PyArg_ParseTuple(args, "y*y*w*", &text, &suffixes, &keys)) return NULL;
    int64_t count = suffixes.len / 4, size = text.len, samples = (count + SAMPLED - 1) / SAMPLED;
    int failed = need_words(&suffixes, count, 4, "suffixes") < 0 || need(&keys, samples, KEY, "keys") < 0;
    if (!failed) {
        const uint8_t *from = text.buf;
        const int32_t *at = suffixes.buf;
        uint8_t *key = keys.buf;
        Py_BEGIN_ALLOW_THREADS
        for (int64_t i = 0; i < samples; i++) {
            if (i + KEYS_AHEAD < samples) PREFETCH(from + (uint32_t)at[(i + KEYS_AHEAD) * SAMPLED]);
            int64_t place = smaller((uint32_t)at[i * SAMPLED], size);
            key_of(from + place, size - place, 0, key + KEY * i);
        }
        Py_END_ALLOW_THREADS
    }
    PyBuffer_Release(&text); PyBuffer_Release(&suffixes); PyBuffer_Release(&keys);
    if (failed) return NULL;
    Py_RETURN_NONE;
}
#endif
