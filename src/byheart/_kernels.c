/* The inner loops of learning and sampling: optional, and answer for answer the same as the numpy path.
 *
 * Rule 1: no function trusts what it reads from a file. Every row is checked against its batch and every
 *         offset against its buffer before a byte is touched; a bad one raises, it never reads out of bounds.
 * Rule 2: addresses come from Python as integers (uint64 arrays); whoever passes them keeps the memory alive.
 * Rule 3: offsets and hashes are read through memcpy, so that a file's alignment does not matter.
 * Rule 4: only the limited C API of CPython 3.11, so that one wheel serves every later version.
 */
#define PY_SSIZE_T_CLEAN
#define Py_LIMITED_API 0x030b0000
#include <Python.h>
#include <stdint.h>
#include <string.h>

#if defined(__unix__) || defined(__APPLE__)
#include <sys/mman.h>
#include <unistd.h>
#define HAVE_MADVISE 1
#endif

#if defined(__GNUC__) || defined(__clang__)
#define PREFETCH(address) __builtin_prefetch((const void *)(address))
#else
#define PREFETCH(address) ((void)(address))
#endif

#define AHEAD 4              /* records between a prefetch and its use: 4 was the best of 1..16 */
#define PREFETCH_BYTES 2048  /* of one record; the hardware's own prefetcher follows from there */
#define LINE 64

/* ---- reading ------------------------------------------------------------------------------------------ */

static inline uint64_t load64(const void *from) { uint64_t v; memcpy(&v, from, 8); return v; }
static inline int64_t load_i64(const void *from) { int64_t v; memcpy(&v, from, 8); return v; }
static inline uint32_t load32(const void *from) { uint32_t v; memcpy(&v, from, 4); return v; }

static inline uint64_t little64(const uint8_t *p) {
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return __builtin_bswap64(load64(p));
#else
    return load64(p);
#endif
}
static inline uint32_t little32(const uint8_t *p) {
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return __builtin_bswap32(load32(p));
#else
    return load32(p);
#endif
}

/* ---- XXH64, written from its specification (xxHash, doc/xxhash_spec.md, "XXH64 Algorithm Description") -- */

#define P1 0x9E3779B185EBCA87ULL
#define P2 0xC2B2AE3D27D4EB4FULL
#define P3 0x165667B19E3779F9ULL
#define P4 0x85EBCA77C2B2AE63ULL
#define P5 0x27D4EB2F165667C5ULL

static inline uint64_t rotate(uint64_t x, int bits) { return (x << bits) | (x >> (64 - bits)); }
static inline uint64_t round64(uint64_t lane, uint64_t input) { return rotate(lane + input * P2, 31) * P1; }
static inline uint64_t merge(uint64_t hash, uint64_t lane) { return (hash ^ round64(0, lane)) * P1 + P4; }

static uint64_t xxh64(const uint8_t *p, size_t size, uint64_t seed) {
    const uint8_t *end = p + size;
    uint64_t hash;
    if (size >= 32) {
        uint64_t a = seed + P1 + P2, b = seed + P2, c = seed, d = seed - P1;
        for (; end - p >= 32; p += 32) {
            a = round64(a, little64(p));
            b = round64(b, little64(p + 8));
            c = round64(c, little64(p + 16));
            d = round64(d, little64(p + 24));
        }
        hash = rotate(a, 1) + rotate(b, 7) + rotate(c, 12) + rotate(d, 18);
        hash = merge(merge(merge(merge(hash, a), b), c), d);
    } else {
        hash = seed + P5;
    }
    hash += (uint64_t)size;
    for (; end - p >= 8; p += 8) hash = rotate(hash ^ round64(0, little64(p)), 27) * P1 + P4;
    if (end - p >= 4) { hash = rotate(hash ^ (uint64_t)little32(p) * P1, 23) * P2 + P3; p += 4; }
    for (; p < end; p++) hash = rotate(hash ^ *p * P5, 11) * P1;
    hash = (hash ^ (hash >> 33)) * P2;
    hash = (hash ^ (hash >> 29)) * P3;
    return hash ^ (hash >> 32);
}

/* ---- Philox4x64-10 (Salmon et al., 2011, "Parallel random numbers: as easy as 1, 2, 3") ----------------- */

static inline uint64_t multiply(uint64_t a, uint64_t b, uint64_t *high) {
#if defined(__SIZEOF_INT128__)
    unsigned __int128 product = (unsigned __int128)a * b;
    *high = (uint64_t)(product >> 64);
    return (uint64_t)product;
#else
    uint64_t al = (uint32_t)a, ah = a >> 32, bl = (uint32_t)b, bh = b >> 32;
    uint64_t low = al * bl, mid = ah * bl + (low >> 32), mid2 = al * bh + (uint32_t)mid;
    *high = ah * bh + (mid >> 32) + (mid2 >> 32);
    return (mid2 << 32) | (uint32_t)low;
#endif
}

static inline void philox(uint64_t x[4], uint64_t key0, uint64_t key1) {
    for (int i = 0; i < 10; i++) {
        uint64_t high0, high1;
        uint64_t low0 = multiply(0xD2E7470EE14C6C93ULL, x[0], &high0);
        uint64_t low1 = multiply(0xCA5A826395121157ULL, x[2], &high1);
        uint64_t y0 = high1 ^ x[1] ^ key0, y2 = high0 ^ x[3] ^ key1;
        x[0] = y0; x[1] = low1; x[2] = y2; x[3] = low0;
        key0 += 0x9E3779B97F4A7C15ULL;
        key1 += 0xBB67AE8584CAA73BULL;
    }
}

/* floor(u * total / 2^128), u = high:low: off from uniform by less than total / 2^128 */
static inline uint64_t scale(uint64_t high, uint64_t low, uint64_t total) {
    uint64_t carry, top, from_low, from_high;
    multiply(low, total, &from_low);
    from_high = multiply(high, total, &top);
    carry = (from_high + from_low) < from_high;
    return top + carry;
}

/* ---- arguments ---------------------------------------------------------------------------------------- */

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
    if (need_words(view, n + 1, 8, "ends") < 0) return -1;
    const int64_t *end = view->buf;
    int falls = end[0] < 0 || end[n] > limit;
    for (Py_ssize_t k = 0; k < n; k++) falls |= end[k + 1] < end[k];
    if (!falls) return 0;
    PyErr_Format(PyExc_ValueError, "ends: wanted numbers that rise from 0 to %zd at most", limit);
    return -1;
}

/* ---- draws -------------------------------------------------------------------------------------------- */

/* The draws of a seed, in order: one Philox block serves two of them. */
typedef struct {
    unsigned long long key0, key1, stream, next, total;
    uint64_t x[4];
    int is_ready;  /* x holds the block of `next` */
} Draws;

static inline int64_t next_draw(Draws *d) {
    uint64_t i = d->next++;
    if (!d->is_ready || i % 2 == 0) {
        d->x[0] = i / 2; d->x[1] = 0; d->x[2] = 0; d->x[3] = d->stream;
        philox(d->x, d->key0, d->key1);
        d->is_ready = 1;
    }
    return (int64_t)(i % 2 ? scale(d->x[2], d->x[3], d->total) : scale(d->x[0], d->x[1], d->total));
}

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

/* ---- sampling: locate the records, then copy them ------------------------------------------------------- */

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
    *within = row - t->starts[b];
    return t->starts[b] < 0 || *within < 0 ? -1 : b;
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
    if (t->batches) return 0;
    PyErr_SetString(PyExc_IndexError, "an empty memory has no records");
    return -1;
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

static inline void fetch(uint64_t address, int64_t size) {
    if (size > PREFETCH_BYTES) size = PREFETCH_BYTES;
    for (int64_t at = 0; at < size; at += LINE) PREFETCH((uintptr_t)address + (uintptr_t)at);
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

#ifdef HAVE_MADVISE
/* Whether all of [start, start + size), page-aligned, is in RAM. Where the system does not tell, it says yes. */
static int is_resident(uint64_t start, size_t size, uint64_t page) {
    unsigned char pages[64];
    size_t count = (size + page - 1) / page;
    if (count > sizeof pages) return 0;
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
"will_need(addresses, ends, all): ask the kernel to read ahead the located records that are not in RAM (or all), at once");
static PyObject *will_need(PyObject *self, PyObject *args) {
    Py_buffer addresses, ends;
    int all;
    if (!PyArg_ParseTuple(args, "y*y*p", &addresses, &ends, &all)) return NULL;
    Py_ssize_t n = addresses.len / 8;
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
            if (end[k + 1] > end[k] && (all || !is_resident(start, size, page)))
                (void)madvise((void *)(uintptr_t)start, size, MADV_WILLNEED);  /* where it fails, the copy reads the page itself */
        }
        Py_END_ALLOW_THREADS
    }
#endif
    PyBuffer_Release(&addresses); PyBuffer_Release(&ends);
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
    {"will_need", will_need, METH_VARARGS, will_need_doc},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "_kernels", "The inner loops of learning and sampling.", 0, methods, NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__kernels(void) { return PyModuleDef_Init(&module); }
