/* XXH64: the fingerprint of a record. */
#ifndef BYHEART_XXH64_H
#define BYHEART_XXH64_H
#include <stdint.h>
#include <string.h>

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

#endif
