/* Asking for memory before it is needed, where the compiler can. */
#ifndef BYHEART_PREFETCH_H
#define BYHEART_PREFETCH_H

#if defined(__GNUC__) || defined(__clang__)
#define PREFETCH(address) __builtin_prefetch((const void *)(address))
#else
#define PREFETCH(address) ((void)(address))
#endif

#endif
