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

#define SAMPLED 128      /* every so manieth suffix has its first bytes in `keys` */
#define KEY 32           /* so many of them */
#define PEAK 128         /* every so manieth key is in `peaks`: those between are a page of 4,096 bytes */
#define PAIRS 65536      /* of first bytes */
#define END 0xFF         /* of a record, and what stands before the first */
#define ESCAPE 0xFE      /* before 01: FE, before 02: FF */

typedef struct { int64_t low, high; } Range;  /* suffixes [low, high) */

typedef struct {
    const uint8_t *text;
    const int32_t *suffixes;  /* positions in the text */
    const int32_t *firsts;    /* PAIRS + 1: the first suffix whose first two bytes are not below a pair */
    const uint8_t *keys;      /* KEY bytes a sampled suffix; 0 for those beyond the text */
    const uint8_t *peaks;     /* of the keys, few enough to stay in RAM */
    const int64_t *sums;      /* count + 1: the occurrences of all suffixes before; NULL where each occurs once */
    int64_t size, count;
} Shard;

enum { SHARD_BUFFERS = 6, MOST_SHARDS = 4096 };

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

/* The first bytes of a pattern, with `filler` for those that it has not. */
static inline void key_of(const uint8_t *p, int64_t m, uint8_t filler, uint8_t key[KEY]) {
    memset(key, filler, KEY);
    memcpy(key, p, (size_t)smaller(m, KEY));
}

/* The first of keys [low, high) that is not below (or, `after`: is above) a key. */
static int64_t bound_of(const uint8_t *keys, const uint8_t key[KEY], int64_t low, int64_t high, int after) {
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (memcmp(keys + KEY * middle, key, KEY) < after) low = middle + 1; else high = middle;
    }
    return low;
}

/* The first sample in [low, high) whose key is not below (or, `after`: is above) a key. */
static int64_t bound_of_keys(const Shard *s, const uint8_t key[KEY], int64_t low, int64_t high, int after) {
    if (high - low > PEAK) {
        int64_t peak = bound_of(s->peaks, key, (low + PEAK - 1) / PEAK, (high - 1) / PEAK + 1, after);
        low = larger(low, (peak - 1) * PEAK + 1);
        high = smaller(high, peak * PEAK);
    }
    return bound_of(s->keys, key, low, high, after);
}

/* Of the samples among the `pair` of suffixes that begin with a pattern's first two bytes: the first that does not come before it, and
 * the first that comes after all that begin with it, or with its first KEY bytes. */
static Range samples(const Shard *s, const uint8_t *p, int64_t m, Range pair) {
    uint8_t key[KEY];
    int64_t first = (pair.low + SAMPLED - 1) / SAMPLED, last = (pair.high - 1) / SAMPLED + 1;
    key_of(p, m, 0, key);
    int64_t from = bound_of_keys(s, key, first, last, 0);
    key_of(p, m, 0xFF, key);
    return (Range){from, bound_of_keys(s, key, from, last, 1)};
}

/* Whether a sample is known to begin with the whole pattern. */
static inline int is_sampled(Range sampled, int64_t m) { return m <= KEY && sampled.low < sampled.high; }

/* The suffixes of the `pair` that come after one sample, and not after another. */
static inline Range between(Range pair, int64_t after, int64_t until) {
    return (Range){larger(pair.low, after * SAMPLED + 1), smaller(pair.high, until * SAMPLED)};
}

/* The first suffix of a `pair` that does not come before the pattern, of 3 bytes or more. */
static int64_t lower(Corpus *c, const Shard *s, const uint8_t *p, int64_t m, Range pair, Range sampled) {
    Range within = between(pair, sampled.low - 1, m > KEY ? sampled.high : sampled.low);
    return bound(c, s, p, m, within.low, within.high, 2, 0);
}

/* The suffixes that begin with a pattern. */
static Range find_in(Corpus *c, const Shard *s, const uint8_t *p, int64_t m) {
    if (m == 0) return (Range){0, s->count};
    if (m == 1) return (Range){s->firsts[p[0] << 8], s->firsts[(p[0] + 1) << 8]};
    const int32_t *first = s->firsts + (p[0] << 8 | p[1]);
    Range pair = {first[0], first[1]};
    if (m == 2 || pair.low == pair.high) return pair;
    Range sampled = samples(s, p, m, pair);
    int64_t low = lower(c, s, p, m, pair, sampled);
    if (!is_sampled(sampled, m)) return from_first(c, s, p, m, low, between(pair, 0, sampled.high).high, 2);
    Range last = between(pair, sampled.high - 1, sampled.high);
    return (Range){low, bound(c, s, p, m, last.low, last.high, 2, 1)};
}

/* Whether a pattern occurs, without looking for how many do. */
static int occurs_in(Corpus *c, const Shard *s, const uint8_t *p, int64_t m) {
    if (m == 0) return s->count > 0;
    if (m == 1) return s->firsts[p[0] << 8] < s->firsts[(p[0] + 1) << 8];
    const int32_t *first = s->firsts + (p[0] << 8 | p[1]);
    Range pair = {first[0], first[1]};
    if (m == 2 || pair.low == pair.high) return pair.low < pair.high;
    Range sampled = samples(s, p, m, pair);
    if (is_sampled(sampled, m)) return 1;
    int64_t low = lower(c, s, p, m, pair, sampled), common = 2;
    return low < pair.high && compare(c, s, low, p, m, &common) == 0;
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

/* The first suffix that does not come before a text. */
static int64_t place_of(Corpus *c, const Shard *s, const uint8_t *q, int64_t m) {
    if (m < 2) return find_in(c, s, q, m).low;
    const int32_t *first = s->firsts + (q[0] << 8 | q[1]);
    Range pair = {first[0], first[1]};
    return m == 2 || pair.low == pair.high ? pair.low : lower(c, s, q, m, pair, samples(s, q, m, pair));
}

/* How many of a text's first bytes occur together. */
static int64_t longest_prefix(Corpus *c, const uint8_t *q, int64_t m) {
    int64_t best = 0;
    for (Py_ssize_t i = 0; i < c->count; i++) {
        const Shard *s = &c->shards[i];
        int64_t at = place_of(c, s, q, m);
        for (int64_t k = at - 1; k <= at; k++) {  /* the longest is that of a neighbour of where the text would stand */
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
