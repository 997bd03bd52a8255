"""Is a memory of texts autoregressive? What follows a prefix, exactly, as a figure; and whether the next bytes' probabilities multiply to the text's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np

from byheart import draws
from byheart.model import MemGEN
from byheart.paper.figures import COLOURS, Figure, painted

_LENGTHS: Final = (1, 3, 7)  # bytes of context
_TOLD: Final = 8  # bytes that may follow
_FROM, _TO = 24, 120  # where a text is cut
_LONGEST: Final = 1 << 30
_SPECIAL: Final = {ord(" "): "space", ord("\n"): "line end", ord("\t"): "tab", 256: "the end"}


@dataclass(frozen=True, slots=True)
class Next:
    """What follows a context.

    Attributes:
        context: its bytes.
        count: how often it occurs.
        names: of what follows, the likeliest first.
        shares: of these, in [0, 1].
        others: how many more there are, and their share.
        bits: the entropy of the whole distribution.
        total: the sum of all its probabilities.
    """

    context: bytes
    count: int
    names: tuple[str, ...]
    shares: tuple[float, ...]
    others: tuple[int, float]
    bits: float
    total: float


def foretell(model: MemGEN, context: bytes) -> Next:
    """What follows a context in the memory.

    >>> told = foretell(MemGEN().fit(["banana", "ban"]), b"an")
    >>> told.count, told.names, told.shares
    (3, ('a', 'the end'), (0.6666666666666666, 0.3333333333333333))
    """
    found = model.next_distribution(context)
    shares = found.probabilities
    order = np.argsort(-shares, kind="stable")[: int((shares > 0).sum())]
    few = order[:_TOLD]
    more = order[_TOLD:]
    return Next(
        context[len(context) - found.matched :],
        int(found.counts.sum()),
        tuple(_name(int(symbol)) for symbol in few),
        tuple(shares[few].tolist()),
        (len(more), float(shares[more].sum())),
        abs(float((shares[order] * np.log2(shares[order])).sum())),  # not -0
        float(shares.sum()),
    )


def growing(model: MemGEN, text: bytes) -> tuple[Next, ...]:
    """What follows the last byte, the last 3 and the last 7 of the beginning of a text, cut where each step tells much."""
    cuts = [at for at in range(_FROM, min(_TO, len(text))) if text[at - _LENGTHS[-1] : at].isascii()] or [len(text)]

    def at(cut: int) -> tuple[Next, ...]:
        return tuple(foretell(model, text[:cut][-length:]) for length in _LENGTHS)

    return max(map(at, cuts), key=lambda found: min(a.bits - b.bits for a, b in pairwise(found)))


def off_by(model: MemGEN, recitals: int, seed: int) -> float:
    """How far the product of the next bytes' probabilities is from the text's own, at most, as a difference of natural logarithms.

    Texts are recited from nothing, byte after byte: each byte is drawn given those before. A text's own probability is its share of the records.
    Infinity where something was recited that is no record.
    """
    off = [0.0]
    for number in range(recitals):
        told = model.recite("", max_bytes=_LONGEST, random_state=draws.split(seed, number))
        own = float(model.score_samples([told.text.decode()])[0])
        off.append(abs(told.log_probability - own) if told.has_ended else np.inf)
    return max(off)


def sums_off_by(model: MemGEN, text: bytes, contexts: int, seed: int) -> float:
    """How far the probabilities of what may follow are from 1 in sum, at most: after parts of a text, and after the same with bytes that never stood there."""
    random = np.random.Generator(np.random.Philox(key=seed))
    off = [0.0]
    for start, size in zip(random.integers(0, len(text), contexts), random.integers(0, 40, contexts), strict=True):
        part = text[int(start) : int(start + size)]
        for context in (part, part + bytes(random.integers(0, 256, 2).astype(np.uint8))):
            off += [abs(float(told.sum()) - 1) for told in _both(model, context)]
    return max(off)


def _both(model: MemGEN, context: bytes) -> tuple[Any, Any]:
    """As it recites, and as it scores texts that it may not know."""
    return model.next_distribution(context).probabilities, model.text.next_probabilities(context)


def draw(found: Sequence[Next], title: str) -> Figure:
    """The figure: a panel for each context."""

    def paint(_: Any, axes: Any) -> None:
        for one, told in zip(axes, found, strict=True):
            number, share = told.others
            names = [*told.names, *([f"{number} others"] if number else [])]
            at, values = np.arange(len(names)), [100 * value for value in (*told.shares, *([share] if number else []))]
            colours = [COLOURS[0]] * len(told.names) + ["white"] * bool(number)
            one.barh(at, values, color=colours, edgecolor="black", linewidth=0.5)
            one.set_yticks(at, names)
            one.set_ylim(_TOLD + 0.6, -0.6)
            one.set_xlim(0, 100)
            one.set_xlabel("probability, %")
            often = "once" if told.count == 1 else f"{told.count:,} times"
            one.set_title(f"after {_quoted(told.context)}\n{often}, {told.bits:.2f} bits")
            one.grid(visible=False, axis="y")
            one.set_axisbelow(True)

    return painted(
        paint,
        "text-next-byte",
        f"The exact distribution of the next byte in {title}: after one byte of a sample, after {_LENGTHS[1]}, and after {_LENGTHS[2]}. The more the memory is told, the less is open; each panel sums to 100 %.",
        f"Three bar charts of probabilities. {_quoted(found[0].context)} leaves {found[0].bits:.1f} bits open, {_quoted(found[-1].context)} {found[-1].bits:.1f}.",
        height=2.6,
        columns=len(found),
    )


def _name(symbol: int) -> str:
    return _SPECIAL.get(symbol) or (chr(symbol) if 32 < symbol < 127 else f"byte {symbol:02x}")


def _quoted(context: bytes) -> str:
    told = context.decode("utf-8", "replace").replace("\n", "↵").replace("$", r"\$")
    return f"“{told}”"
