/* Sampling: rows are found, checked and copied; drawn too, in one pass. */
#ifndef BYHEART_SAMPLING_H
#define BYHEART_SAMPLING_H
#include <Python.h>
#include <stdint.h>
#include <string.h>

#include "arguments.h"
#include "draws.h"
#include "table.h"

PyDoc_STRVAR(locate_doc,
"locate(data, sizes, offsets, starts, hints, shift, width, rows, addresses, ends) -> total, or -1 - b\n\n"
"addresses[k] of record rows[k] and ends[k+1] - ends[k], its size. Where batch b has not been mapped yet (data[b] == 0): -1 - b.");
static PyObject *locate(PyObject *self, PyObject *args) {
    Py_buffer v[TABLE_BUFFERS], rows, addresses, ends;
    Table t;
    int shift;
    long long width;
    if (!PyArg_ParseTuple(args, "y*y*y*y*y*iLy*w*w*", &v[0], &v[1], &v[2], &v[3], &v[4], &shift, &width, &rows, &addresses,
                          &ends)) return NULL;
    Py_ssize_t n = rows.len / 8, batch = 0;
    int64_t total = 0, culprit = 0;
    int problem = 0;
    int failed = make_table(&t, v, shift, width) < 0 || need_words(&rows, n, 8, "rows") < 0 ||
                 need_words(&addresses, n, 8, "addresses") < 0 || need_words(&ends, n + 1, 8, "ends") < 0;
    if (!failed) {
        const int64_t *row = rows.buf;
        uint64_t *to = addresses.buf;
        int64_t *end = ends.buf, within[AHEAD], size = 0;
        Py_ssize_t found[AHEAD];
        Py_BEGIN_ALLOW_THREADS
        end[0] = 0;
        for (Py_ssize_t k = -AHEAD; k < n && !problem; k++) {
            Py_ssize_t ahead = k + AHEAD;
            int64_t next_within = 0;
            if (ahead < n) {  /* first find the batch of a later record, and fetch its offsets ... */
                culprit = row[ahead];  /* once: another thread might change it */
                if ((problem = seek(&t, culprit, &batch, &next_within))) break;
            }
            if (k >= 0) {  /* ... then read those of this one, which have arrived */
                problem = resolve(&t, found[k % AHEAD], within[k % AHEAD], total, &to[k], &size);
                if (problem) { culprit = row[k]; break; }
                end[k + 1] = total += size;
            }
            found[(ahead) % AHEAD] = batch;
            within[(ahead) % AHEAD] = next_within;
        }
        Py_END_ALLOW_THREADS
    }
    PyObject *answer = failed ? NULL : problem ? refused(problem, culprit, batch, &t) : PyLong_FromLongLong(total);
    release(v, TABLE_BUFFERS);
    PyBuffer_Release(&rows); PyBuffer_Release(&addresses); PyBuffer_Release(&ends);
    return answer;
}

PyDoc_STRVAR(copy_doc, "copy(addresses, ends, out): lay the located records end to end in out");
static PyObject *copy(PyObject *self, PyObject *args) {
    Py_buffer addresses, ends, out;
    if (!PyArg_ParseTuple(args, "y*y*w*", &addresses, &ends, &out)) return NULL;
    Py_ssize_t n = addresses.len / 8;
    const uint64_t *from = addresses.buf;
    const int64_t *end = ends.buf;
    int failed = need_words(&addresses, n, 8, "addresses") < 0 || need_ends(&ends, n, out.len) < 0;
    if (!failed) {
        uint8_t *to = out.buf;
        Py_BEGIN_ALLOW_THREADS
        for (Py_ssize_t k = 0; k < n && k < AHEAD; k++) fetch(from[k], end[k + 1] - end[k]);
        for (Py_ssize_t k = 0; k < n; k++) {
            if (k + AHEAD < n) fetch(from[k + AHEAD], end[k + AHEAD + 1] - end[k + AHEAD]);
            memcpy(to + end[k], (const void *)(uintptr_t)from[k], (size_t)(end[k + 1] - end[k]));
        }
        Py_END_ALLOW_THREADS
    }
    PyBuffer_Release(&addresses); PyBuffer_Release(&ends); PyBuffer_Release(&out);
    if (failed) return NULL;
    Py_RETURN_NONE;
}

PyDoc_STRVAR(to_list_doc, "to_list(addresses, ends, text) -> list of the located records: bytes, or str from UTF-8 where text is true");
static PyObject *to_list(PyObject *self, PyObject *args) {
    Py_buffer addresses, ends;
    int text;
    if (!PyArg_ParseTuple(args, "y*y*p", &addresses, &ends, &text)) return NULL;
    Py_ssize_t n = addresses.len / 8;
    const uint64_t *from = addresses.buf;
    const int64_t *end = ends.buf;
    int failed = need_words(&addresses, n, 8, "addresses") < 0 || need_ends(&ends, n, PY_SSIZE_T_MAX) < 0;
    PyObject *list = failed ? NULL : PyList_New(n);
    for (Py_ssize_t k = 0; list && k < n && k < AHEAD; k++) fetch(from[k], end[k + 1] - end[k]);
    for (Py_ssize_t k = 0; list && k < n; k++) {
        if (k + AHEAD < n) fetch(from[k + AHEAD], end[k + AHEAD + 1] - end[k + AHEAD]);
        const char *at = (const char *)(uintptr_t)from[k];
        Py_ssize_t size = (Py_ssize_t)(end[k + 1] - end[k]);
        PyObject *record = text ? PyUnicode_DecodeUTF8(at, size, "strict") : PyBytes_FromStringAndSize(at, size);
        if (record == NULL || PyList_SetItem(list, k, record) < 0) { Py_DECREF(list); list = NULL; }
    }
    PyBuffer_Release(&addresses); PyBuffer_Release(&ends);
    return list;
}

/* ---- sampling in one pass: draw, locate and copy at once, since a draw is made while bytes are on their way -------- */

typedef struct {
    Py_buffer views[TABLE_BUFFERS];
    Table table;
} Held;

static const char HELD[] = "byheart.table";

static void let_go(PyObject *capsule) {
    Held *held = PyCapsule_GetPointer(capsule, HELD);
    release(held->views, TABLE_BUFFERS);
    PyMem_Free(held);
}

PyDoc_STRVAR(table_doc,
"table(data, sizes, offsets, starts, hints, shift, width) -> table\n\nThe arrays, checked once; `gather` and `sample` read through them.");
static PyObject *table(PyObject *self, PyObject *args) {
    int shift;
    long long width;
    Held *held = PyMem_Calloc(1, sizeof(Held));
    if (held == NULL) return PyErr_NoMemory();
    Py_buffer *v = held->views;
    if (!PyArg_ParseTuple(args, "y*y*y*y*y*iL", &v[0], &v[1], &v[2], &v[3], &v[4], &shift, &width)) {
        PyMem_Free(held);
        return NULL;
    }
    PyObject *capsule = make_table(&held->table, v, shift, width) < 0 ? NULL : PyCapsule_New(held, HELD, let_go);
    if (capsule == NULL) {
        release(v, TABLE_BUFFERS);
        PyMem_Free(held);
    }
    return capsule;
}

/* Records end to end in `out`, as many as fit; the size of all of them. `row` is NULL where they are drawn, `end` where no one asks. */
static PyObject *gather_rows(PyObject *capsule, Draws *draws, const int64_t *row, Py_ssize_t n, int64_t *end, Py_buffer *out) {
    enum { FAR = 2 * AHEAD };  /* of three stages: find a row's offsets, FAR ahead; read them, AHEAD; copy its bytes */
    Held *held = PyCapsule_GetPointer(capsule, HELD);
    if (held == NULL) return NULL;
    const Table t = held->table;
    Py_ssize_t batch = 0, found[FAR];
    int64_t within[FAR], sizes[FAR], total = 0, copied = 0, culprit = 0, room = out->len;
    uint64_t from[FAR];
    uint8_t *to = out->buf;
    int problem = 0;
    Py_BEGIN_ALLOW_THREADS
    if (end) end[0] = 0;
    for (Py_ssize_t k = -FAR; k < n; k++) {
        Py_ssize_t near = k + AHEAD, far = k + FAR, at = far % FAR;  /* the place of `far` was that of k */
        uint64_t address = k < 0 ? 0 : from[at];
        int64_t size = k < 0 ? 0 : sizes[at];
        if (far < n) {
            culprit = row ? row[far] : next_draw(draws);
            if ((problem = seek(&t, culprit, &batch, &within[at]))) break;
            found[at] = batch;
        }
        if (near >= 0 && near < n) {
            at = near % FAR;
            if ((problem = resolve(&t, found[at], within[at], total, &from[at], &sizes[at]))) {
                culprit = t.starts[found[at]] + within[at];
                break;
            }
            total += sizes[at];
            if (end) end[near + 1] = total;
            fetch(from[at], sizes[at]);
        }
        if (k >= 0 && size <= room - copied) {
            memcpy(to + copied, (const void *)(uintptr_t)address, (size_t)size);
            copied += size;
        } else if (k >= 0) {
            room = copied = 0;  /* too little: what follows is only counted */
        }
    }
    Py_END_ALLOW_THREADS
    return problem ? refused(problem, culprit, batch, &t) : PyLong_FromLongLong(total);
}

/* The room for ends that Python gave: NULL for None; -1 with an error if there is too little. */
static int ends_or_none(PyObject *object, Py_ssize_t n, Py_buffer *view, int64_t **end) {
    *end = NULL;
    if (object == Py_None) return 0;
    if (PyObject_GetBuffer(object, view, PyBUF_WRITABLE) < 0) return -1;
    if (n >= 0 && need_words(view, n + 1, 8, "ends") == 0) { *end = view->buf; return 0; }
    PyBuffer_Release(view);
    if (!PyErr_Occurred()) PyErr_SetString(PyExc_ValueError, "count: wanted 0 or more");
    return -1;
}

PyDoc_STRVAR(gather_doc,
"gather(table, rows, ends or None, out) -> total, or -1 - b\n\n"
"The records `rows` end to end in `out`, and where each ends. Where they need more than `out` has, `total` tells how much, and\n"
"what is in `out` is of no use; where batch b has not been mapped yet, -1 - b.");
static PyObject *gather(PyObject *self, PyObject *args) {
    PyObject *capsule, *told, *answer = NULL;
    Py_buffer rows, ends, out;
    int64_t *end;
    if (!PyArg_ParseTuple(args, "Oy*Ow*", &capsule, &rows, &told, &out)) return NULL;
    Py_ssize_t n = rows.len / 8;
    if (need_words(&rows, n, 8, "rows") == 0 && ends_or_none(told, n, &ends, &end) == 0) {
        answer = gather_rows(capsule, NULL, rows.buf, n, end, &out);
        if (end) PyBuffer_Release(&ends);
    }
    PyBuffer_Release(&rows); PyBuffer_Release(&out);
    return answer;
}

PyDoc_STRVAR(sample_doc,
"sample(table, key0, key1, stream, start, total, count, ends or None, out) -> total, or -1 - b\n\n"
"As `gather`, of the rows that `draw` gives.");
static PyObject *sample(PyObject *self, PyObject *args) {
    PyObject *capsule, *told, *answer = NULL;
    Draws draws = {0};
    Py_ssize_t n;
    Py_buffer ends, out;
    int64_t *end;
    if (!PyArg_ParseTuple(args, "OKKKKKnOw*", &capsule, &draws.key0, &draws.key1, &draws.stream, &draws.next, &draws.total, &n,
                          &told, &out)) return NULL;
    if (ends_or_none(told, n, &ends, &end) == 0) {
        answer = gather_rows(capsule, &draws, NULL, n, end, &out);
        if (end) PyBuffer_Release(&ends);
    }
    PyBuffer_Release(&out);
    return answer;
}

#endif
