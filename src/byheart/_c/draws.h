/* Draws: number i of a sequence, from its seed. */
#ifndef BYHEART_DRAWS_H
#define BYHEART_DRAWS_H
#include <stdint.h>

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

#endif
