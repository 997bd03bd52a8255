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

PyDoc_STRVAR(draw_doc, "draw(key0, key1, stream, start, total, out): out[k] = draw number start + k of [0, total)");
static PyObject *draw(PyObject *self, PyObject *args) {
    unsigned long long key0, key1, stream, start, total;
    Py_buffer out;
    if (!PyArg_ParseTuple(args, "KKKKKw*", &key0, &key1, &stream, &start, &total, &out)) return NULL;
    Py_ssize_t n = out.len / 8;
    if (need_words(&out, n, 8, "out") < 0) { PyBuffer_Release(&out); return NULL; }
    uint64_t *to = out.buf;
    Py_BEGIN_ALLOW_THREADS
    uint64_t x[4] = {0, 0, 0, 0}, block = 0;
    int ready = 0;
    for (Py_ssize_t k = 0; k < n; k++) {
        uint64_t i = start + (uint64_t)k;
        if (!ready || i / 2 != block) {  /* one Philox block serves two draws */
            block = i / 2;
            ready = 1;
            x[0] = block; x[1] = 0; x[2] = 0; x[3] = stream;
            philox(x, key0, key1);
        }
        to[k] = i % 2 ? scale(x[2], x[3], total) : scale(x[0], x[1], total);
    }
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

PyDoc_STRVAR(locate_doc,
"locate(data, sizes, offsets, starts, hints, shift, width, rows, addresses, ends) -> total, or -1 - b\n\n"
"addresses[k] of record rows[k] and ends[k+1] - ends[k], its size. Where batch b has not been mapped yet (data[b] == 0): -1 - b.");
static PyObject *locate(PyObject *self, PyObject *args) {
    Py_buffer data, sizes, offsets, starts, hints, rows, addresses, ends;
    Table t;
    long long width;
    if (!PyArg_ParseTuple(args, "y*y*y*y*y*iLy*w*w*", &data, &sizes, &offsets, &starts, &hints, &t.shift, &width, &rows,
                          &addresses, &ends)) return NULL;
    Py_ssize_t n = rows.len / 8, where = 0;
    t.batches = data.len / 8; t.hint_count = hints.len / 4; t.width = width;
    t.data = data.buf; t.sizes = sizes.buf; t.offsets = offsets.buf; t.starts = starts.buf; t.hints = hints.buf;
    int64_t total = 0;
    int problem = 0;
    if (need_words(&data, t.batches, 8, "data") < 0 || need_words(&sizes, t.batches, 8, "sizes") < 0 ||
        need_words(&offsets, t.batches, 8, "offsets") < 0 || need_words(&starts, t.batches + 1, 8, "starts") < 0 ||
        need_words(&hints, t.hint_count, 4, "hints") < 0 || need_words(&rows, n, 8, "rows") < 0 ||
        need_words(&addresses, n, 8, "addresses") < 0 || need_words(&ends, n + 1, 8, "ends") < 0 || t.batches == 0) {
        problem = 1;
        if (!PyErr_Occurred()) PyErr_SetString(PyExc_IndexError, "an empty memory has no records");
    }
    const int64_t *row = rows.buf, last = problem ? 0 : t.starts[t.batches];
    if (!problem && (last < 0 || t.shift < 0 || t.shift > 62 || (last && t.hint_count <= (last - 1) >> t.shift))) {
        PyErr_SetString(PyExc_ValueError, "hints: too few");
        problem = 1;
    }
    if (!problem && (width < 0 || (width && last > INT64_MAX / width))) {  /* from here on, no row times width overflows */
        PyErr_Format(PyExc_ValueError, "width: wanted one that a buffer can hold, got %lld", width);
        problem = 1;
    }
    if (!problem) {
        uint64_t *to = addresses.buf;
        int64_t *end = ends.buf;
        Py_BEGIN_ALLOW_THREADS
        Py_ssize_t found[AHEAD];
        int64_t within[AHEAD];
        end[0] = 0;
        for (Py_ssize_t k = -AHEAD; k < n; k++) {
            Py_ssize_t ahead = k + AHEAD, next = 0;  /* first find the batch of a later record, and fetch its offsets ... */
            int64_t next_within = 0;
            if (ahead < n) {
                int64_t r = row[ahead];  /* once: another thread might change it */
                if (r < 0 || r >= last) { problem = BAD_ROW; where = ahead; break; }
                next = find(&t, r, &next_within);
                if (next < 0) { problem = BAD_TABLE; where = ahead; break; }
                if (t.data[next] == 0) { problem = UNLOADED; where = next; break; }
                if (!t.width) PREFETCH((uintptr_t)t.offsets[next] + 8 * (uintptr_t)next_within);
            }
            if (k >= 0) {  /* ... then read those of this one, which have arrived */
                Py_ssize_t b = found[k % AHEAD];
                int64_t r = within[k % AHEAD], from = r * t.width, until = from + t.width;
                if (!t.width) {
                    const char *o = (const char *)(uintptr_t)t.offsets[b] + 8 * r;
                    from = load_i64(o);
                    until = load_i64(o + 8);
                }
                if (from < 0 || until < from || until > t.sizes[b] || until - from > INT64_MAX - total) {
                    problem = BAD_OFFSET;
                    where = k;
                    break;
                }
                to[k] = t.data[b] + (uint64_t)from;
                end[k + 1] = total += until - from;
            }
            found[ahead % AHEAD] = next;
            within[ahead % AHEAD] = next_within;
        }
        Py_END_ALLOW_THREADS
        if (problem == BAD_ROW) PyErr_Format(PyExc_IndexError, "row %lld is not one of %lld", (long long)row[where], (long long)last);
        if (problem == BAD_OFFSET) PyErr_Format(PyExc_ValueError, "row %lld: its offsets leave the batch", (long long)row[where]);
        if (problem == BAD_TABLE) PyErr_Format(PyExc_ValueError, "row %lld: its hint leaves the table", (long long)row[where]);
    }
    PyBuffer_Release(&data); PyBuffer_Release(&sizes); PyBuffer_Release(&offsets); PyBuffer_Release(&starts);
    PyBuffer_Release(&hints); PyBuffer_Release(&rows); PyBuffer_Release(&addresses); PyBuffer_Release(&ends);
    if (problem == UNLOADED) return PyLong_FromSsize_t(-1 - where);
    return problem ? NULL : PyLong_FromLongLong(total);
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
    {"to_list", to_list, METH_VARARGS, to_list_doc},
    {"will_need", will_need, METH_VARARGS, will_need_doc},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "_kernels", "The inner loops of learning and sampling.", 0, methods, NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__kernels(void) { return PyModuleDef_Init(&module); }
