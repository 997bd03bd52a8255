"""Documents of 1 KB against all text that `make bench-text` fetches, with its text index on the disk.

Train is the documentation, the dictionaries and books of Debian packages; held-out are parts of documents that were not learned; generated are others of these, and
a tenth parts of learned ones, of which half are put between two others.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tools.bench_text.corpus import corpus

SIZE: Final = 1000  # characters
MADE: Final = 10_000
HELD_OUT: Final = 5000
FOLDER: Final = Path(".cache")
_COPIES: Final = 1000
_UNSEEN: Final = 0.04  # of the corpus, that is not learned
_WARM: Final = 50


@dataclass(frozen=True, slots=True)
class Texts:
    """The samples; train stands in a memory."""

    heldout: list[str]
    made: list[str]


def byheart(_threads: int) -> Callable[[], dict[str, float]]:
    """A whole audit."""
    from byheart import MemGEN, audit  # noqa: PLC0415  # here, as with all others

    told = texts()
    memory = FOLDER / "bench-audit" / "texts.memory"
    few = MemGEN(kind="text").fit(told.heldout[:_WARM])
    few.index_text()
    audit(told.made[:_WARM], told.heldout[_WARM : 3 * _WARM], memory=few)

    def run() -> dict[str, float]:
        found = audit(told.made, told.heldout, memory=memory)
        return {"copies": float(len(found.copies)), "share": found.share.value}

    return run


def texts() -> Texts:
    """The samples; the memory and its index are made where they are not there."""
    from byheart import MemGEN  # noqa: PLC0415  # as above

    found = corpus(FOLDER / "bench-text")
    documents = [*found.documents, *found.held_out]
    split = int(len(documents) * (1 - _UNSEEN))
    learned, unseen = documents[:split], documents[split:]
    memory = FOLDER / "bench-audit" / "texts.memory"
    if not (memory.parent / "texts.ready").exists():
        memory.parent.mkdir(parents=True, exist_ok=True)
        MemGEN(memory, kind="text").fit([one.decode() for one in learned]).index_text()
        (memory.parent / "texts.ready").touch()
    draw = random.Random(2)
    fresh = _parts(unseen, MADE + HELD_OUT, draw)
    copies = _parts(learned, _COPIES, draw)
    half = _COPIES // 2
    inside = [f"{one[:300]}\n{copy[300:700]}\n{one[700:]}" for one, copy in zip(fresh[:half], copies, strict=False)]
    return Texts(fresh[MADE:], [*fresh[half : MADE - half], *copies[half:], *inside])


def _parts(documents: Sequence[bytes], count: int, draw: random.Random) -> list[str]:
    """So many parts of 1,000 characters, of documents that have as many, drawn by their length."""
    found = [text for one in documents if len(text := one.decode()) >= SIZE]
    drawn = draw.choices(found, [len(text) for text in found], k=count)
    return [text[(at := draw.randrange(len(text) - SIZE + 1)) : at + SIZE] for text in drawn]
