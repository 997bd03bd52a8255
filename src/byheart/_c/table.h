/* The table through which a row is found, and the way to its bytes. */
#ifndef BYHEART_TABLE_H
#define BYHEART_TABLE_H
#include <Python.h>
#include <stdint.h>

#include "arguments.h"
#include "prefetch.h"
#include "xxh64.h"

#define AHEAD 4              /* records between a prefetch and its use: 4 was the best of 1..16 */
#define PREFETCH_BYTES 2048  /* of one record; the hardware's own prefetcher follows from there */
#define LINE 64

/* The batches of a memory, as arrays: batch b holds rows [starts[b], starts[b+1]); hints[row >> shift] is a batch at or before the row's. */
typedef struct {
    const uint64_t *data, *offsets;
    const int64_t *sizes, *starts;
    const int32_t *hints;
    Py_ssize_t batches, hint_count;
    int64_t width;  /* bytes of every record where they are alike, else 0 and `offsets` tells */
    int shift;
} Table;

/* The batch that holds a row of the memory, and the row's number in it; -1 where the table does not tell. */
static inline Py_ssize_t find(const Table *t, int64_t row, int64_t *within) {
    Py_ssize_t b = t->hints[row >> t->shift];
    if (b < 0 || b >= t->batches) return -1;
    while (row >= t->starts[b + 1]) b++;  /* ends at the last batch: the row is below its end */
    if (t->starts[b] < 0 || row < t->starts[b]) return -1;
    *within = row - t->starts[b];
    return b;
}

enum { BAD_ROW = -1, BAD_OFFSET = -2, UNLOADED = -3, BAD_TABLE = -4 };

/* The arrays of a table as Python has them: data, sizes, offsets, starts, hints. */
enum { TABLE_BUFFERS = 5 };

static void release(Py_buffer *views, int count) {
    for (int i = 0; i < count; i++) PyBuffer_Release(&views[i]);
}

/* A table over arrays, if it can be one; -1 with an error if not. The arrays stay the caller's to release. */
static int make_table(Table *t, const Py_buffer *views, int shift, long long width) {
    const Py_buffer *data = &views[0], *sizes = &views[1], *offsets = &views[2], *starts = &views[3], *hints = &views[4];
    t->batches = data->len / 8; t->hint_count = hints->len / 4; t->width = width; t->shift = shift;
    t->data = data->buf; t->sizes = sizes->buf; t->offsets = offsets->buf; t->starts = starts->buf; t->hints = hints->buf;
    if (need_words(data, t->batches, 8, "data") < 0 || need_words(sizes, t->batches, 8, "sizes") < 0 ||
        need_words(offsets, t->batches, 8, "offsets") < 0 || need_words(starts, t->batches + 1, 8, "starts") < 0 ||
        need_words(hints, t->hint_count, 4, "hints") < 0) return -1;
    int64_t last = t->starts[t->batches];
    if (last < 0 || shift < 0 || shift > 62 || (last && t->hint_count <= (last - 1) >> shift)) {
        PyErr_SetString(PyExc_ValueError, "hints: too few");
        return -1;
    }
    if (width < 0 || (width && last > INT64_MAX / width)) {  /* from here on, no row times width overflows */
        PyErr_Format(PyExc_ValueError, "width: wanted one that a buffer can hold, got %lld", width);
        return -1;
    }
    return 0;
}

/* What went wrong with a row, as an exception; or -1 - b where batch b is to be mapped first. */
static PyObject *refused(int problem, int64_t row, Py_ssize_t batch, const Table *t) {
    long long r = row;
    if (problem == BAD_ROW) PyErr_Format(PyExc_IndexError, "row %lld is not one of %lld", r, (long long)t->starts[t->batches]);
    if (problem == BAD_OFFSET) PyErr_Format(PyExc_ValueError, "row %lld: its offsets leave the batch", r);
    if (problem == BAD_TABLE) PyErr_Format(PyExc_ValueError, "row %lld: its hint leaves the table", r);
    return problem == UNLOADED ? PyLong_FromSsize_t(-1 - batch) : NULL;
}

/* The batch of a row, whose offsets are on their way when this returns; or what is wrong with it. */
static inline int seek(const Table *t, int64_t row, Py_ssize_t *batch, int64_t *within) {
    if (row < 0 || row >= t->starts[t->batches]) return BAD_ROW;
    *batch = find(t, row, within);
    if (*batch < 0) return BAD_TABLE;
    if (t->data[*batch] == 0) return UNLOADED;
    if (!t->width) PREFETCH((uintptr_t)t->offsets[*batch] + 8 * (uintptr_t)*within);
    return 0;
}

/* Where a record is, and its size; or what is wrong with it. `total` is the size of those before it. */
static inline int resolve(const Table *t, Py_ssize_t batch, int64_t within, int64_t total, uint64_t *address, int64_t *size) {
    int64_t from = within * t->width, until = from + t->width;
    if (!t->width) {
        const char *o = (const char *)(uintptr_t)t->offsets[batch] + 8 * within;
        from = load_i64(o);
        until = load_i64(o + 8);
    }
    if (from < 0 || until < from || until > t->sizes[batch] || until - from > INT64_MAX - total) return BAD_OFFSET;
    *address = t->data[batch] + (uint64_t)from;
    *size = until - from;
    return 0;
}

static inline void fetch(uint64_t address, int64_t size) {
    if (size > PREFETCH_BYTES) size = PREFETCH_BYTES;
    for (int64_t at = 0; at < size; at += LINE) PREFETCH((uintptr_t)address + (uintptr_t)at);
}

#endif
