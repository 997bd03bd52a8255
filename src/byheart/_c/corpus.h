/* A corpus: shards of text, each with its suffixes in order, and how a pattern is found in them.
 *
 * Rule 1: a text begins with FF, and each of its records ends with FF: what a pattern finds lies within one record. The last FF is
 *         no suffix: whatever is found goes on.
 * Rule 2: what a file says is checked where it is used: a suffix outside its text is taken for the last one, and `damaged` is set.
 * Rule 3: a suffix is known by its number in the order; a Range holds those that begin with some pattern.
 */
#ifndef BYHEART_CORPUS_H
#define BYHEART_CORPUS_H
#include <Python.h>
#include <stdint.h>
#include <string.h>

#include "arguments.h"

#define SAMPLED 256      /* every so manieth suffix has its first bytes in `keys` */
#define KEY 16           /* so many of them, as two numbers */
#define PAIRS 65536      /* of first bytes */
#define END 0xFF         /* of a record, and what stands before the first */
#define ESCAPE 0xFE      /* before 01: FE, before 02: FF */

typedef struct { int64_t low, high; } Range;  /* suffixes [low, high) */

typedef struct {
    const uint8_t *text;
    const int32_t *suffixes;  /* positions in the text */
    const int32_t *firsts;    /* PAIRS + 1: the first suffix whose first two bytes are not below a pair */
    const uint64_t *keys;     /* 2 numbers a sampled suffix; 0 for bytes beyond the text */
    const int64_t *sums;      /* count + 1: the occurrences of all suffixes before; NULL where each occurs once */
    int64_t size, count, samples;
} Shard;

enum { SHARD_BUFFERS = 5, MOST_SHARDS = 4096 };

typedef struct {
    Shard *shards;
    Py_buffer *views;
    Py_ssize_t count;
    int step;   /* bytes of a symbol; 1: bytes, of which FE and FF take two */
    int words;  /* whether only what begins at the start of a word is there to be found */
    volatile int damaged;
} Corpus;

static inline int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t larger(int64_t a, int64_t b) { return a > b ? a : b; }

static inline int64_t position(Corpus *c, const Shard *s, int64_t k) {
    uint32_t at = (uint32_t)s->suffixes[k];
    if (at < s->size) return at;
    c->damaged = 1;
    return s->size - 1;
}

/* How many bytes two texts have in common, of which `i` are known. */
static inline int64_t in_common(const uint8_t *a, const uint8_t *b, int64_t i, int64_t n) {
    uint64_t x, y;
    for (; i + 8 <= n; i += 8) {
        memcpy(&x, a + i, 8);
        memcpy(&y, b + i, 8);
        if (x != y) break;
    }
    while (i < n && a[i] == b[i]) i++;
    return smaller(i, n);
}

/* Below 0, 0 or above: a suffix comes before those that begin with the pattern, is one of them, or comes after.
 * `common` is how many bytes they are known to share, and then how many they do. */
static inline int compare(Corpus *c, const Shard *s, int64_t k, const uint8_t *p, int64_t m, int64_t *common) {
    int64_t at = position(c, s, k), left = s->size - at;
    int64_t i = *common = in_common(s->text + at, p, *common, smaller(m, left));
    return i == m ? 0 : i == left || s->text[at + i] < p[i] ? -1 : 1;
}

/* The first suffix in [low, high) that does not come before the pattern (or, `after`: that comes after it); they share `known` bytes. */
static int64_t bound(Corpus *c, const Shard *s, const uint8_t *p, int64_t m, int64_t low, int64_t high, int64_t known, int after) {
    int64_t left = known, right = known;
    while (low < high) {
        int64_t middle = low + (high - low) / 2, common = smaller(left, right);
        int order = compare(c, s, middle, p, m, &common);
        if (order < 0 || (after && order == 0)) { low = middle + 1; left = common; }
        else { high = middle; right = common; }
    }
    return low;
}

/* The suffixes from `low` on, and before `high`, that begin with the pattern: few are found by looking at the next ones first. */
static Range from_first(Corpus *c, const Shard *s, const uint8_t *p, int64_t m, int64_t low, int64_t high, int64_t known) {
    int64_t reach = 1, begins = low;
    while (low < high) {
        int64_t next = smaller(begins + reach, high) - 1, common = known;
        if (compare(c, s, next, p, m, &common) != 0) { high = next; break; }
        low = next + 1;
        reach *= 2;
    }
    return (Range){begins, bound(c, s, p, m, low, high, known, 1)};
}

/* Of a range whose suffixes share the pattern's first `known` bytes, those that begin with the whole of it. */
static Range narrow(Corpus *c, const Shard *s, Range within, const uint8_t *p, int64_t m, int64_t known) {
    int64_t low = bound(c, s, p, m, within.low, within.high, known, 0);
    return from_first(c, s, p, m, low, within.high, known);
}

/* The first 16 bytes of a pattern as two numbers, with `filler` for those that it has not. */
static inline void key_of(const uint8_t *p, int64_t m, uint8_t filler, uint64_t key[2]) {
    for (int half = 0; half < 2; half++) {
        key[half] = 0;
        for (int i = 8 * half; i < 8 * half + 8; i++) key[half] = key[half] << 8 | (i < m ? p[i] : filler);
    }
}

/* The first sample in [low, high) whose key is not below (or, `after`: is above) a key. */
static int64_t bound_of_keys(const Shard *s, const uint64_t key[2], int64_t low, int64_t high, int after) {
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        const uint64_t *at = s->keys + 2 * middle;
        int is_below = at[0] != key[0] ? at[0] < key[0] : after ? at[1] <= key[1] : at[1] < key[1];
        if (is_below) low = middle + 1; else high = middle;
    }
    return low;
}

/* The first suffix that does not come before a pattern of 3 bytes or more, among the `pair` that begin with its first two. */
static int64_t lower(Corpus *c, const Shard *s, const uint8_t *p, int64_t m, Range pair) {
    if (pair.high - pair.low <= SAMPLED) return bound(c, s, p, m, pair.low, pair.high, 2, 0);
    uint64_t key[2];
    key_of(p, m, 0, key);
    int64_t first = (pair.low + SAMPLED - 1) / SAMPLED, last = (pair.high - 1) / SAMPLED + 1;
    int64_t from = bound_of_keys(s, key, first, last, 0), until = m > KEY ? bound_of_keys(s, key, from, last, 1) : from;
    return bound(c, s, p, m, larger(pair.low, (from - 1) * SAMPLED + 1), smaller(pair.high, until * SAMPLED), 2, 0);
}

/* The suffixes that begin with a pattern. */
static Range find_in(Corpus *c, const Shard *s, const uint8_t *p, int64_t m) {
    if (m == 0) return (Range){0, s->count};
    if (m == 1) return (Range){s->firsts[p[0] << 8], s->firsts[(p[0] + 1) << 8]};
    const int32_t *first = s->firsts + (p[0] << 8 | p[1]);
    Range pair = {first[0], first[1]};
    if (m == 2 || pair.low == pair.high) return pair;
    int64_t low = lower(c, s, p, m, pair), few = smaller(low + SAMPLED, pair.high);
    Range found = from_first(c, s, p, m, low, few, 2);
    if (found.high < few || few == pair.high) return found;
    if (m > KEY) return (Range){low, from_first(c, s, p, m, few, pair.high, 2).high};
    uint64_t key[2];
    key_of(p, m, 0xFF, key);  /* there are many: the keys tell of most of them */
    int64_t until = bound_of_keys(s, key, few / SAMPLED, (pair.high - 1) / SAMPLED + 1, 1);
    return (Range){low, bound(c, s, p, m, larger(few, (until - 1) * SAMPLED + 1), smaller(pair.high, until * SAMPLED), 2, 1)};
}

/* Whether a pattern occurs, without looking for how many do. */
static int occurs_in(Corpus *c, const Shard *s, const uint8_t *p, int64_t m) {
    if (m == 0) return s->count > 0;
    if (m == 1) return s->firsts[p[0] << 8] < s->firsts[(p[0] + 1) << 8];
    const int32_t *first = s->firsts + (p[0] << 8 | p[1]);
    if (m == 2 || first[0] == first[1]) return first[0] < first[1];
    int64_t low = lower(c, s, p, m, (Range){first[0], first[1]}), common = 2;
    return low < first[1] && compare(c, s, low, p, m, &common) == 0;
}

static int occurs(Corpus *c, const uint8_t *p, int64_t m) {
    for (Py_ssize_t i = 0; i < c->count; i++) if (occurs_in(c, &c->shards[i], p, m)) return 1;
    return 0;
}

/* Sums are a file's: whatever they say, they are added without overflow. */
static inline int64_t occurrences(const Shard *s, Range r) {
    return s->sums ? (int64_t)((uint64_t)s->sums[r.high] - (uint64_t)s->sums[r.low]) : r.high - r.low;
}

static int64_t occurrences_of(const Corpus *c, const Range *ranges) {
    uint64_t total = 0;
    for (Py_ssize_t i = 0; i < c->count; i++) total += (uint64_t)occurrences(&c->shards[i], ranges[i]);
    return (int64_t)total;
}

/* The suffixes that begin with a pattern, of every shard; how often it occurs in all. */
static int64_t find_all(Corpus *c, const uint8_t *p, int64_t m, Range *ranges) {
    for (Py_ssize_t i = 0; i < c->count; i++) ranges[i] = find_in(c, &c->shards[i], p, m);
    return occurrences_of(c, ranges);
}

/* How many of a text's first bytes occur together. */
static int64_t longest_prefix(Corpus *c, const uint8_t *q, int64_t m) {
    int64_t best = 0;
    for (Py_ssize_t i = 0; i < c->count; i++) {
        const Shard *s = &c->shards[i];
        int64_t low = 0, high = s->count;
        if (m >= 2) { const int32_t *pair = s->firsts + (q[0] << 8 | q[1]); low = pair[0]; high = pair[1]; }
        int64_t at = bound(c, s, q, m, low, high, 0, 0);  /* the longest is that of a neighbour of where the text would stand */
        for (int64_t k = at - 1; k <= at; k++) {
            if (k < 0 || k >= s->count) continue;
            int64_t common = 0;
            compare(c, s, k, q, m, &common);
            best = larger(best, common);
        }
    }
    if (c->step == 1 && best && q[best - 1] == ESCAPE) best--;
    return best - best % c->step;
}
#endif
