/* What Python passes: buffers that are long enough, aligned, and rise. */
#ifndef BYHEART_ARGUMENTS_H
#define BYHEART_ARGUMENTS_H
#include <Python.h>
#include <stdint.h>

/* Whether a buffer has `count` items of `size` bytes; -1 with an error if it has not. */
static int need(const Py_buffer *view, Py_ssize_t count, Py_ssize_t size, const char *name) {
    if (count >= 0 && count <= view->len / size) return 0;
    PyErr_Format(PyExc_ValueError, "%s: wanted %zd items of %zd bytes, got %zd bytes", name, count, size, view->len);
    return -1;
}

/* The same of items that are read and written where they are, so that they have to be aligned too. */
static int need_words(const Py_buffer *view, Py_ssize_t count, Py_ssize_t size, const char *name) {
    if (need(view, count, size, name) < 0) return -1;
    if (count == 0 || (uintptr_t)view->buf % (uintptr_t)size == 0) return 0;
    PyErr_Format(PyExc_ValueError, "%s: wanted items of %zd bytes, got some that are not aligned", name, size);
    return -1;
}

/* Whether a buffer tells where each of n records ends: n + 1 numbers that rise from 0 or more to `limit` or less. */
static int need_ends(const Py_buffer *view, Py_ssize_t n, Py_ssize_t limit) {
    if (need_words(view, n < 0 ? 1 : n + 1, 8, "ends") < 0) return -1;
    const int64_t *end = view->buf;
    int falls = end[0] < 0 || end[n] > limit;
    for (Py_ssize_t k = 0; k < n; k++) falls |= end[k + 1] < end[k];
    if (!falls) return 0;
    PyErr_Format(PyExc_ValueError, "ends: wanted numbers that rise from 0 to %zd at most", limit);
    return -1;
}

#endif
