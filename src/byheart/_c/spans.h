/* What stands of a text in a corpus: its longest suffix, its spans, and what follows each of its symbols' contexts. */
#ifndef BYHEART_SPANS_H
#define BYHEART_SPANS_H
#include <Python.h>
#include <stdint.h>
#include <stdlib.h>

#include "corpus.h"

#define PROBE 12     /* bytes at the end of a window that are looked for first: longer than most chance matches */
#define GUESS 16     /* bytes of a first guess at what the longest suffix is */

static inline int is_word(uint8_t b) {
    return (b >= '0' && b <= '9') || (b >= 'A' && b <= 'Z') || (b >= 'a' && b <= 'z') || (b >= 0x80 && b != END);
}

/* Whether the corpus can hold what begins at q[i]: at a symbol, and where only words were indexed, at one. */
static inline int is_start(const Corpus *c, const uint8_t *q, int64_t i) {
    if (c->step > 1) return i % c->step == 0;
    if (i && q[i - 1] == ESCAPE) return 0;
    return !c->words || q[i] == END || (is_word(q[i]) && !(i && is_word(q[i - 1])));
}

static inline int64_t next_start(const Corpus *c, const uint8_t *q, int64_t i, int64_t end) {
    while (i < end && !is_start(c, q, i)) i++;
    return i;
}

static inline int64_t symbol_size(const Corpus *c, const uint8_t *at) {
    return c->step > 1 ? c->step : *at == ESCAPE ? 2 : 1;
}

/* The first start from `low` on where what goes up to `end` occurs; `end` where there is none.
 * It takes that what begins later in something that occurs does so too. Guesses double their distance from the
 * end, or from `low` if the answer is likely there; then they halve what is left. */
static int64_t first_that_occurs(Corpus *c, const uint8_t *q, int64_t low, int64_t end, int is_near) {
    int64_t high = end, best = end, reach = is_near ? 1 : GUESS;
    while (low < high) {
        int64_t guess = !reach ? low + (high - low) / 2 : is_near ? smaller(low + reach - 1, high - 1) : larger(low, end - reach);
        int64_t at = next_start(c, q, guess, high);
        int is_there = at >= high || occurs(c, q + at, end - at);
        if (!is_there) low = at + 1;
        else { high = guess; if (at < best && at < end && is_start(c, q, at)) best = at; }
        reach = is_there == is_near ? 0 : reach * 2;
    }
    return best;
}

typedef struct { int64_t start, end; } Span;

/* The end of the symbol that a text is cut in by ending at `end`. */
static inline int64_t whole(const Corpus *c, const uint8_t *q, int64_t end, int64_t m) {
    if (c->step > 1) return end + (c->step - end % c->step) % c->step;
    return end < m && q[end - 1] == ESCAPE ? end + 1 : end;
}

/* How far a text is traced: where the next span may begin, and the end of the last one, beyond which another has to go. */
typedef struct { int64_t next, reached; } Traced;

/* The spans of at least `least` bytes that occur, and that none longer holds; those that begin before `until`, as far as there is room. */
static int64_t trace_spans(Corpus *c, const uint8_t *q, int64_t m, int64_t least, int64_t until, Traced *so_far, Span *out, int64_t room) {
    int64_t found = 0, i = next_start(c, q, so_far->next, m);
    while (i < until && found < room) {
        int64_t end = least > m - i ? m + 1 : whole(c, q, larger(i + least, so_far->reached + 1), m);
        if (end > m) { i = m; break; }
        int64_t probe = next_start(c, q, larger(i, end - PROBE), end);
        if (probe < end && !occurs(c, q + probe, end - probe)) {  /* nor does anything that begins before and goes as far */
            i = next_start(c, q, probe + 1, m);
            continue;
        }
        int64_t start = first_that_occurs(c, q, i, end, 1);
        if (start > i) {
            i = next_start(c, q, start, m);
            continue;
        }
        so_far->reached = i + longest_prefix(c, q + i, m - i);
        out[found++] = (Span){i, so_far->reached};
        i = next_start(c, q, i + 1, m);
    }
    so_far->next = i;
    return found;
}

/* What is counted for a symbol: the bytes of its context that match, how often they occur, and with it; the symbol before it, and the pair. */
typedef struct { int64_t matched, context, both, before, pair; } Counts;

/* The counts of each symbol of q[from:m], of which there are at most `room`; what occurs of the first one's context is known to begin
 * at `low` or after it, and not far from there unless it is 0. -1 where memory is short. */
static int64_t count_symbols(Corpus *c, const uint8_t *q, int64_t low, int64_t from, int64_t m, Counts *out, int64_t room) {
    Range *room_for_ranges = malloc(3 * (size_t)larger(c->count, 1) * sizeof(Range));
    if (room_for_ranges == NULL) return -1;
    Range *now = room_for_ranges, *with = now + c->count, *any = with + c->count;
    int64_t start = first_that_occurs(c, q, low, from, low > 0), n = 0, before = from;
    if (from) do before--; while (before && (c->step > 1 ? before % c->step : q[before - 1] == ESCAPE));
    find_all(c, q + start, from - start, now);
    for (int64_t at = from, end; at < m && n < room; before = at, at = end) {
        end = smaller(at + symbol_size(c, q + at), m);
        Counts *k = &out[n++];
        k->matched = at - start;
        k->context = occurrences_of(c, now);
        k->before = find_all(c, q + before, at - before, any);
        k->pair = find_all(c, q + before, end - before, any);
        for (Py_ssize_t i = 0; i < c->count; i++)
            with[i] = narrow(c, &c->shards[i], now[i], q + start, end - start, at - start);
        k->both = occurrences_of(c, with);
        if (k->both && is_start(c, q, start)) { Range *last = now; now = with; with = last; continue; }
        start = first_that_occurs(c, q, start + 1, end, 1);
        find_all(c, q + start, end - start, now);
    }
    free(room_for_ranges);
    return n;
}

static inline uint32_t symbol(const Corpus *c, const uint8_t *at) {
    if (c->step == 1) return *at == ESCAPE ? at[1] + ESCAPE - 1u : *at == END ? 256u : *at;
    uint32_t number = 0;
    for (int i = 0; i < c->step; i++) number = number << 8 | at[i];
    return number;
}

/* The next symbol that follows the first `known` bytes that a range shares, and the suffixes with it, which are taken off; 0 where there is none. */
static int next_child(Corpus *c, const Shard *s, Range *rest, int64_t known, uint32_t *number, Range *child) {
    if (rest->low >= rest->high) return 0;
    int64_t at = position(c, s, rest->low);
    const uint8_t *p = s->text + at;
    int64_t m = at + known < s->size ? known + symbol_size(c, p + known) : s->size + 1;
    if (at + m <= s->size) *child = from_first(c, s, p, m, rest->low, rest->high, known);
    if (at + m > s->size || child->low >= child->high) { c->damaged = 1; return 0; }
    *number = symbol(c, p + known);
    rest->low = child->high;
    return 1;
}

/* The symbols that follow the first `known` bytes that a range shares, and the ranges with them; the number of all. */
static int64_t children_of(Corpus *c, const Shard *s, Range r, int64_t known, uint32_t *symbols, Range *ranges, int64_t room) {
    int64_t n = 0;
    uint32_t number;
    for (Range child; next_child(c, s, &r, known, &number, &child); n++)
        if (n < room) { symbols[n] = number; ranges[n] = child; }
    return n;
}

/* How often each symbol follows the longest suffix of a text that occurs, the end of a record as the last of `size`; where that suffix begins.
 * -1 where memory is short. */
static int64_t follow(Corpus *c, const uint8_t *q, int64_t m, int64_t *counts, int64_t size) {
    Range *ranges = malloc((size_t)larger(c->count, 1) * sizeof(Range)), child;
    if (ranges == NULL) return -1;
    int64_t start = first_that_occurs(c, q, 0, m, 0);
    uint32_t number;
    find_all(c, q + start, m - start, ranges);
    memset(counts, 0, (size_t)size * sizeof(int64_t));
    for (Py_ssize_t i = 0; i < c->count; i++)
        while (next_child(c, &c->shards[i], &ranges[i], m - start, &number, &child)) {
            uint64_t *count = (uint64_t *)&counts[smaller(number, size - 1)];
            *count += (uint64_t)occurrences(&c->shards[i], child);
        }
    free(ranges);
    return start;
}

/* What all that the ranges hold goes on with after `known` bytes, up to the end of a record: its size, and a place that has it. */
static int64_t agreed(Corpus *c, const Range *ranges, int64_t known, int64_t most, const uint8_t **place) {
    int64_t size = 0;
    *place = NULL;
    for (Py_ssize_t i = 0; i < c->count; i++) {
        const Shard *s = &c->shards[i];
        if (ranges[i].low >= ranges[i].high) continue;
        for (int last = 0; last < 2; last++) {
            int64_t at = position(c, s, last ? ranges[i].high - 1 : ranges[i].low), left = larger(s->size - at - known, 0);
            const uint8_t *here = s->text + at + (left ? known : 0);
            if (*place == NULL) { *place = here; size = smaller(left, most); }
            size = in_common(*place, here, 0, smaller(size, left));
        }
    }
    for (int64_t i = 0, next; i < size; i = next) {
        next = i + symbol_size(c, *place + i);
        if (next > size) return i;
        int is_end = 1;
        for (int64_t k = i; k < next; k++) is_end &= (*place)[k] == END;
        if (is_end) return next;
    }
    return size;
}
#endif
