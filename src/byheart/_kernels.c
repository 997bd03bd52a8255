/* The inner loops of learning, sampling and searching text: optional, and answer for answer the same as the numpy path.
 *
 * Rule 1: no function trusts what it reads from a file. Every row is checked against its batch and every
 *         offset against its buffer before a byte is touched; a bad one raises, it never reads out of bounds.
 * Rule 2: addresses come from Python as integers (uint64 arrays); whoever passes them keeps the memory alive.
 * Rule 3: offsets and hashes are read through memcpy, so that a file's alignment does not matter.
 * Rule 4: only the limited C API of CPython 3.11, so that one wheel serves every later version.
 */
#define _GNU_SOURCE  /* sync_file_range */
#define PY_SSIZE_T_CLEAN
#define Py_LIMITED_API 0x030b0000
#include <Python.h>

#include "_c/arguments.h"
#include "_c/draws.h"
#include "_c/foretelling.h"
#include "_c/layout.h"
#include "_c/sampling.h"
#include "_c/searches.h"
#include "_c/xxh64.h"

/* ---- draws -------------------------------------------------------------------------------------------- */

PyDoc_STRVAR(draw_doc, "draw(key0, key1, stream, start, total, out): out[k] = draw number start + k of [0, total)");
static PyObject *draw(PyObject *self, PyObject *args) {
    Draws draws = {0};
    Py_buffer out;
    if (!PyArg_ParseTuple(args, "KKKKKw*", &draws.key0, &draws.key1, &draws.stream, &draws.next, &draws.total, &out)) return NULL;
    Py_ssize_t n = out.len / 8;
    if (need_words(&out, n, 8, "out") < 0) { PyBuffer_Release(&out); return NULL; }
    uint64_t *to = out.buf;
    Py_BEGIN_ALLOW_THREADS
    for (Py_ssize_t k = 0; k < n; k++) to[k] = (uint64_t)next_draw(&draws);
    Py_END_ALLOW_THREADS
    PyBuffer_Release(&out);
    Py_RETURN_NONE;
}

/* ---- learning ----------------------------------------------------------------------------------------- */

PyDoc_STRVAR(fingerprint_doc, "fingerprint(data, offsets, seeds or None, out): XXH64 of data[offsets[i]:offsets[i+1]]");
static PyObject *fingerprint(PyObject *self, PyObject *args) {
    Py_buffer data, offsets, seeds = {0}, out;
    PyObject *seeds_or_none;
    if (!PyArg_ParseTuple(args, "y*y*Ow*", &data, &offsets, &seeds_or_none, &out)) return NULL;
    Py_ssize_t n = out.len / 8, bad = -1;
    int seeded = seeds_or_none != Py_None, failed = 0;
    if (seeded && PyObject_GetBuffer(seeds_or_none, &seeds, PyBUF_SIMPLE) < 0) { seeded = 0; failed = 1; }
    if (!failed && (need(&offsets, n + 1, 8, "offsets") < 0 || need_words(&out, n, 8, "out") < 0)) failed = 1;
    if (!failed && seeded && need(&seeds, n, 8, "seeds") < 0) failed = 1;
    if (!failed) {
        const char *at = offsets.buf, *seed = seeds.buf;
        uint64_t *to = out.buf;
        Py_BEGIN_ALLOW_THREADS
        for (Py_ssize_t i = 0; i < n; i++) {
            int64_t from = load_i64(at + 8 * i), until = load_i64(at + 8 * (i + 1));
            if (from < 0 || until < from || until > data.len) { bad = i; break; }
            to[i] = xxh64((const uint8_t *)data.buf + from, (size_t)(until - from), seeded ? load64(seed + 8 * i) : 0);
        }
        Py_END_ALLOW_THREADS
        if (bad >= 0) { PyErr_Format(PyExc_ValueError, "record %zd: its offsets leave the buffer", bad); failed = 1; }
    }
    if (seeded) PyBuffer_Release(&seeds);
    PyBuffer_Release(&data); PyBuffer_Release(&offsets); PyBuffer_Release(&out);
    if (failed) return NULL;
    Py_RETURN_NONE;
}

/* The bytes of one record as Python gave it: bytes or str (as UTF-8); NULL with an error for anything else. */
static const char *record_bytes(PyObject *record, Py_ssize_t *size) {
    char *at;
    if (PyBytes_Check(record)) return PyBytes_AsStringAndSize(record, &at, size) < 0 ? NULL : at;
    if (PyUnicode_Check(record)) return PyUnicode_AsUTF8AndSize(record, size);
    PyErr_SetString(PyExc_TypeError, "wanted bytes or str");
    return NULL;
}

PyDoc_STRVAR(measure_doc, "measure(records, offsets) -> total: offsets[0..n] of a list of bytes or str laid end to end");
static PyObject *measure(PyObject *self, PyObject *args) {
    PyObject *records;
    Py_buffer offsets;
    if (!PyArg_ParseTuple(args, "O!w*", &PyList_Type, &records, &offsets)) return NULL;
    Py_ssize_t n = PyList_Size(records), size = 0;
    int64_t total = 0, *to = offsets.buf;
    if (need_words(&offsets, n + 1, 8, "offsets") < 0) { PyBuffer_Release(&offsets); return NULL; }
    to[0] = 0;
    for (Py_ssize_t i = 0; i < n; i++) {
        if (record_bytes(PyList_GetItem(records, i), &size) == NULL) { PyBuffer_Release(&offsets); return NULL; }
        to[i + 1] = total += size;
    }
    PyBuffer_Release(&offsets);
    return PyLong_FromLongLong(total);
}

PyDoc_STRVAR(pack_doc, "pack(records, offsets, data): lay a measured list end to end");
static PyObject *pack(PyObject *self, PyObject *args) {
    PyObject *records;
    Py_buffer offsets, data;
    if (!PyArg_ParseTuple(args, "O!y*w*", &PyList_Type, &records, &offsets, &data)) return NULL;
    Py_ssize_t n = PyList_Size(records), size = 0;
    int failed = need_words(&offsets, n + 1, 8, "offsets") < 0;
    const int64_t *at = offsets.buf;
    uint8_t *to = data.buf;
    for (Py_ssize_t i = 0; !failed && i < n; i++) {
        const char *from = record_bytes(PyList_GetItem(records, i), &size);
        if (from == NULL) { failed = 1; break; }
        if (at[i] < 0 || at[i + 1] < at[i] || at[i + 1] > data.len || size != at[i + 1] - at[i]) {
            PyErr_Format(PyExc_ValueError, "record %zd changed its size while it was learned", i);
            failed = 1;
            break;
        }
        memcpy(to + at[i], from, (size_t)size);
    }
    PyBuffer_Release(&offsets); PyBuffer_Release(&data);
    if (failed) return NULL;
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"draw", draw, METH_VARARGS, draw_doc},
    {"fingerprint", fingerprint, METH_VARARGS, fingerprint_doc},
    {"measure", measure, METH_VARARGS, measure_doc},
    {"pack", pack, METH_VARARGS, pack_doc},
    {"locate", locate, METH_VARARGS, locate_doc},
    {"copy", copy, METH_VARARGS, copy_doc},
    {"table", table, METH_VARARGS, table_doc},
    {"gather", gather, METH_VARARGS, gather_doc},
    {"sample", sample, METH_VARARGS, sample_doc},
    {"to_list", to_list, METH_VARARGS, to_list_doc},
    {"corpus", corpus, METH_VARARGS, corpus_doc},
    {"lay_out", lay_out, METH_VARARGS, lay_out_doc},
    {"count_pairs", count_pairs, METH_VARARGS, count_pairs_doc},
    {"sample_keys", sample_keys, METH_VARARGS, sample_keys_doc},
    {"count_pattern", count_pattern, METH_VARARGS, count_pattern_doc},
    {"find_text", find_text, METH_VARARGS, find_text_doc},
    {"longest_suffix", longest_suffix, METH_VARARGS, longest_suffix_doc},
    {"follow_text", follow_text, METH_VARARGS, follow_text_doc},
    {"trace_text", trace_text, METH_VARARGS, trace_text_doc},
    {"count_text", count_text, METH_VARARGS, count_text_doc},
    {"children", children, METH_VARARGS, children_doc},
    {"agreed", agreed_text, METH_VARARGS, agreed_doc},
    {"will_need", will_need, METH_VARARGS, will_need_doc},
    {"will_sync", will_sync, METH_VARARGS, will_sync_doc},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "_kernels", "The inner loops of learning, sampling and searching text.", 0, methods, NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__kernels(void) { return PyModuleDef_Init(&module); }
