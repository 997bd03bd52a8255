/* What the system is told ahead: which records will be read, and which bytes may go to the disk already. */
#ifndef BYHEART_FORETELLING_H
#define BYHEART_FORETELLING_H
#include <Python.h>
#include <stdint.h>

#include "arguments.h"

#if defined(__unix__) || defined(__APPLE__)
#include <sys/mman.h>
#include <unistd.h>
#define HAVE_MADVISE 1
#endif
#ifdef __linux__
#include <fcntl.h>
#endif

#ifdef HAVE_MADVISE
/* Whether [start, start + size), page-aligned, or its first 64 pages, is in RAM. Where the system does not tell, it says yes. */
static int is_resident(uint64_t start, size_t size, uint64_t page) {
    unsigned char pages[64];
    size_t count = (size + page - 1) / page;
    if (count > sizeof pages) { count = sizeof pages; size = count * page; }
#if defined(__APPLE__)
    if (mincore((void *)(uintptr_t)start, size, (char *)pages) != 0) return 0;
#else
    if (mincore((void *)(uintptr_t)start, size, pages) != 0) return 0;
#endif
    for (size_t i = 0; i < count; i++) if (!(pages[i] & 1)) return 0;
    return 1;
}
#endif

PyDoc_STRVAR(will_need_doc,
"will_need(addresses, ends, all) -> count: ask the kernel to read ahead the located records that are not in RAM (or all), at once");
static PyObject *will_need(PyObject *self, PyObject *args) {
    Py_buffer addresses, ends;
    int all;
    if (!PyArg_ParseTuple(args, "y*y*p", &addresses, &ends, &all)) return NULL;
    Py_ssize_t n = addresses.len / 8;
    Py_ssize_t asked = 0;
    int failed = need_words(&addresses, n, 8, "addresses") < 0 || need_ends(&ends, n, PY_SSIZE_T_MAX) < 0;
#ifdef HAVE_MADVISE
    if (!failed) {
        const uint64_t *from = addresses.buf;
        const int64_t *end = ends.buf;
        uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
        Py_BEGIN_ALLOW_THREADS
        for (Py_ssize_t k = 0; k < n; k++) {
            uint64_t start = from[k] & ~(page - 1);
            size_t size = (size_t)(from[k] - start) + (size_t)(end[k + 1] - end[k]);
            if (end[k + 1] > end[k] && (all || !is_resident(start, size, page))) {
                (void)madvise((void *)(uintptr_t)start, size, MADV_WILLNEED);  /* where it fails, the copy reads the page itself */
                asked++;
            }
        }
        Py_END_ALLOW_THREADS
    }
#endif
    PyBuffer_Release(&addresses); PyBuffer_Release(&ends);
    return failed ? NULL : PyLong_FromSsize_t(asked);
}

PyDoc_STRVAR(will_sync_doc,
"will_sync(descriptor, start, size): have written bytes of a file go to the disk from now on, so that its fsync finds little to do");
static PyObject *will_sync(PyObject *self, PyObject *args) {
    int descriptor;
    long long start, size;
    if (!PyArg_ParseTuple(args, "iLL", &descriptor, &start, &size)) return NULL;
#ifdef __linux__
    Py_BEGIN_ALLOW_THREADS
    (void)sync_file_range(descriptor, start, size, SYNC_FILE_RANGE_WRITE);  /* where it fails, fsync does all, and tells */
    Py_END_ALLOW_THREADS
#endif
    Py_RETURN_NONE;
}

#endif
