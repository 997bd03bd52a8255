"""Draws: number i of a sequence is a pure function of (seed, i).

Rule 1: no state. `draw(seed, start=100, count=10, total=n)` are draws 100 to 109, whoever asks and in whatever order.
Rule 2: with replacement, draw i is floor(u_i * total / 2^128) with u_i the 128 bits that Philox4x64-10 (Salmon et al.,
        2011, "Parallel random numbers: as easy as 1, 2, 3") gives draw i: off from uniform by less than total / 2^128.
Rule 3: without replacement, draw i is pi(i), with pi a permutation of [0, total) keyed by the seed: up to 65,536 a
        Fisher-Yates shuffle, exactly uniform; above, a Feistel network of 10 rounds, pseudo-random, in O(1) memory.
Rule 4: each use of a seed has its stream, so that a shuffle and a draw from the same seed are unrelated.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from byheart import _native
from byheart.errors import InputError

Rows = npt.NDArray[np.int64]
_Words = npt.NDArray[np.uint64]

REPLACEMENT: Final = 0
SHUFFLE: Final = 1
ROUND_KEYS: Final = 2
SPLIT: Final = 3
RECITAL: Final = 4

_FISHER_YATES_UP_TO: Final = 65_536
_FEISTEL_ROUNDS: Final = 10
_LOW: Final = np.uint64(0xFFFFFFFF)
_32: Final = np.uint64(32)

RandomState: TypeAlias = "int | np.integer | np.random.Generator | np.random.RandomState | None"


def seed_from(random_state: RandomState) -> int:
    """The seed that a `random_state` stands for, in [0, 2^128).

    An integer is itself, None takes one from the operating system, a numpy generator gives one 63-bit integer of its own.

    >>> seed_from(7)
    7
    """
    if type(random_state) is not int:  # an integer is the common case, and sampling waits for this
        random_state = _seed_of(random_state)
    if not 0 <= random_state < 2**128:
        raise InputError(f"seed: wanted 0 to 2^128 - 1, got {random_state}")
    return random_state


def _seed_of(random_state: RandomState) -> int:
    if random_state is None:
        return int.from_bytes(np.random.SeedSequence().generate_state(4).tobytes(), "little")
    if isinstance(random_state, np.random.Generator):
        return int(random_state.integers(0, 2**63 - 1, dtype=np.int64))
    if isinstance(random_state, np.random.RandomState):
        return int(random_state.randint(0, 2**63 - 1, dtype=np.int64))
    if isinstance(random_state, bool) or not hasattr(random_state, "__index__"):
        wanted = "an integer, None, numpy Generator or RandomState"
        raise InputError(f"random_state: wanted {wanted}, got {type(random_state).__name__}")
    return int(random_state)


def draw(seed: int, *, start: int, count: int, total: int, stream: int = REPLACEMENT) -> Rows:
    """Draws `start` to `start + count - 1`, each uniform on [0, total), independent.

    Args:
        seed: in [0, 2^128).
        start: the number of the first draw, at least 0.
        count: how many.
        total: how many there are to draw from, 1 to 2^63 - 1.
        stream: what the draws are for (Rule 4).

    >>> whole = draw(7, start=0, count=6, total=100)
    >>> whole[3:].tolist() == draw(7, start=3, count=3, total=100).tolist()
    True
    """
    _check(start, count, total)
    out = np.empty(count, np.uint64)
    if _native.kernels is not None:
        _native.kernels.draw(seed & 2**64 - 1, seed >> 64, stream, start, total, out)
    else:
        first = start // 2
        blocks = (start + count + 1) // 2 - first
        # numpy's Philox counts up before it draws, hence the - 1; four words a block, two a draw, high word first
        counter = (first + (stream << 192) - 1) % 2**256
        words = np.random.Philox(key=seed, counter=counter).random_raw(4 * blocks).reshape(-1, 2)
        mine = words[start - 2 * first :][:count]
        out[:] = _scale(mine[:, 0], mine[:, 1], total)
    return out.view(np.int64)


@dataclass(slots=True)  # not frozen: one is made for each batch, and freezing would take as long as the rest of it
class Drawing:
    """Draws with replacement that are made when they are looked at.

    Attributes:
        words: what the kernels are told: the seed's lower and upper 64 bits, the stream, the first draw and the total.
        count: how many.
    """

    words: tuple[int, int, int, int, int]
    count: int

    def __len__(self) -> int:
        return self.count

    def rows(self) -> Rows:
        """Make them.

        >>> drawing(7, start=0, count=6, total=100).rows().tolist() == draw(7, start=0, count=6, total=100).tolist()
        True
        """
        low, high, stream, start, total = self.words
        return draw(low + (high << 64), start=start, count=self.count, total=total, stream=stream)


def drawing(seed: int, *, start: int, count: int, total: int) -> Drawing:
    """Draws that `draw` would make now, or refuse."""
    _check(start, count, total)
    return Drawing((seed & 2**64 - 1, seed >> 64, REPLACEMENT, start, total), count)


def permute(seed: int, *, start: int, count: int, total: int) -> Rows:
    """Items `start` to `start + count - 1` of a permutation of [0, total) keyed by `seed`.

    >>> sorted(permute(7, start=0, count=5, total=5).tolist())
    [0, 1, 2, 3, 4]
    """
    _check(start, count, total)
    if start + count > total:
        wanted = f"at most {total:,} draws without replacement"
        raise InputError(f"n: wanted {wanted}, got {start + count:,} (start + n): draw fewer, or with replacement")
    if total <= _FISHER_YATES_UP_TO:
        return _shuffled(seed, total)[start : start + count].copy()
    return _feistel(np.arange(start, start + count, dtype=np.uint64), seed, total)


def split(seed: int, number: int) -> int:
    """Seed `number` (0 to 2^64 - 1) of those that a seed gives: for epochs, folds and replicates.

    >>> split(7, 0) != split(7, 1)
    True
    """
    words = np.random.Philox(key=seed, counter=(SPLIT << 192) + number).random_raw(2)
    return int(words[0]) + (int(words[1]) << 64)


def _check(start: int, count: int, total: int) -> None:
    if start < 0 or count < 0:
        raise InputError(f"start, n: wanted 0 or more, got {start} and {count}")
    if not 0 < total < 2**63:
        raise InputError(f"wanted 1 record or more to draw from, got {total}")


@lru_cache(maxsize=16)
def _shuffled(seed: int, total: int) -> Rows:
    """Fisher-Yates: item k changes places with one drawn from [k, total)."""
    items = list(range(total))
    words = np.random.Philox(key=seed, counter=(SHUFFLE << 192)).random_raw(2 * total).reshape(-1, 2)
    left = np.arange(total, 0, -1, dtype=np.uint64)
    for k, jump in enumerate(_scale(words[:, 0], words[:, 1], left).tolist()):
        items[k], items[k + jump] = items[k + jump], items[k]
    shuffled = np.array(items, np.int64)
    shuffled.setflags(write=False)
    return shuffled


def _feistel(items: _Words, seed: int, total: int) -> Rows:
    """Walk the cycle of a permutation of [0, 2^bits), bits = ceil(log2 total), until it is back below `total`."""
    bits = (total - 1).bit_length()
    keys = np.random.Philox(key=seed, counter=(ROUND_KEYS << 192)).random_raw(_FEISTEL_ROUNDS)
    out = items.copy()
    todo = np.arange(len(out))
    while len(todo):
        walked = _feistel_once(out[todo], keys, bits)
        out[todo] = walked
        todo = todo[walked >= total]
    return out.view(np.int64)


def _feistel_once(items: _Words, keys: _Words, bits: int) -> _Words:
    """One pass: the halves differ by one bit where `bits` is odd, and change their roles each round."""
    low_bits = np.uint64(bits // 2)
    high_bits = np.uint64(bits - bits // 2)
    one = np.uint64(1)
    high, low = items >> low_bits, items & ((one << low_bits) - one)
    for number, key in enumerate(keys):
        if number % 2:
            low ^= _mix(high ^ key) & ((one << low_bits) - one)
        else:
            high ^= _mix(low ^ key) & ((one << high_bits) - one)
    return (high << low_bits) | low


def _mix(x: _Words) -> _Words:
    """The finaliser of SplitMix64 (Steele, Lea, Flood, 2014), twice: every bit of the input moves every bit of the output."""
    for _ in range(2):
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        x = x ^ (x >> np.uint64(31))
    return x


def _scale(high: _Words, low: _Words, total: int | _Words) -> _Words:
    """floor((high * 2^64 + low) * total / 2^128), by 32-bit pieces."""
    factor = np.asarray(total, np.uint64)
    carry = _high_product(low, factor)
    bottom = high * factor  # modulo 2^64, as wanted
    return _high_product(high, factor) + (bottom + carry < bottom)


def _high_product(a: _Words, b: _Words) -> _Words:
    """The upper 64 bits of the 128-bit product."""
    a_low, a_high, b_low, b_high = a & _LOW, a >> _32, b & _LOW, b >> _32
    middle = a_high * b_low + (a_low * b_low >> _32)
    middle_2 = a_low * b_high + (middle & _LOW)
    high: _Words = a_high * b_high + (middle >> _32) + (middle_2 >> _32)
    return high
