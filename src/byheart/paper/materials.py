"""What generators are trained on and judged by: pictures as thumbnails, rows of a table, and sentences; each parted into train and held-out."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from byheart.paper.generators import neural, rows, sentences, vectors
from byheart.paper.generators.base import Arrays, Trained
from byheart.paper.stage import Stage

SIDE: Final = 8
_SHARE: Final = 0.4  # of held-out, where there are few records
_SHORT, _LONG = 40, 300  # characters of a sentence
_AT_ONCE: Final = 1000  # pictures


@dataclass(frozen=True, slots=True)
class Material:
    """Train and held-out records, and who is trained on them.

    Attributes:
        name: "pictures".
        what: the records are, in words.
        train: as the generators take them.
        heldout: the same.
        generators: by name.
        told: makes of such records what MemGEN learns and the judge reads.
        shown: of pictures, makes of vectors what is looked at: in [0, 1], of shape (n, height, width) or with colours; None for others.
    """

    name: str
    what: str
    train: Any
    heldout: Any
    generators: Mapping[str, Trained]
    told: Callable[[Any], Any]
    shown: Callable[[Arrays], npt.NDArray[Any]] | None = None


def pictures(stage: Stage, train: int, heldout: int, epochs: int) -> Material:
    """Thumbnails, as numbers whose standard deviation is 1.

    Args:
        stage: whose library they are of.
        train: records, at most.
        heldout: the same.
        epochs: of the neural generator.
    """
    source = stage.library.pictures
    learned, fresh = map(thumbnails, _parts(source.images, train, heldout, stage.seed))
    mean, spread = float(learned.mean()), float(learned.std())

    def shown(some: Arrays) -> npt.NDArray[Any]:
        out: npt.NDArray[Any] = np.clip((some * spread + mean).reshape(-1, *learned.shape[1:]), 0, 1)
        return out

    def numbers(some: npt.NDArray[np.float32]) -> Arrays:
        return ((some.reshape(len(some), -1) - mean) / spread).astype(np.float32)

    size = "x".join(map(str, learned.shape[1:]))
    return Material(
        "pictures",
        f"{source.name} as thumbnails of {size} numbers",
        numbers(learned),
        numbers(fresh),
        of_vectors(stage, epochs),
        lambda some: some,
        shown,
    )


def of_vectors(stage: Stage, epochs: int) -> dict[str, Trained]:
    """The generators of vectors; weights are kept in the stage's cache."""
    return {
        "kernel density, narrow": Trained(
            "train records plus a little normal noise, a tenth of the spread", vectors.kernel_density(0.1)
        ),
        "kernel density, wide": Trained(
            "train records plus much noise, half of the spread", vectors.kernel_density(0.5)
        ),
        "Gaussian mixture": Trained("a mixture of 10 normal distributions", vectors.normal_mixture(10, 0.01)),
        neural.NAME: Trained(neural.what(), neural.neural(epochs, stage.cache)),
    }


def thumbnails(pictures: npt.NDArray[np.uint8]) -> Arrays:
    """Pictures in [0, 1], each side brought to 8 by the mean of its blocks; so many at a time that all 60,000 take little memory."""
    return np.concatenate([_thumbnails(pictures[at : at + _AT_ONCE]) for at in range(0, len(pictures), _AT_ONCE)])


def _thumbnails(pictures: npt.NDArray[np.uint8]) -> Arrays:
    images: Arrays = pictures.astype(np.float32) / np.float32(255)
    step = images.shape[1] // SIDE
    if step <= 1:
        return images
    blocks = images.reshape(len(images), SIDE, step, SIDE, step, *images.shape[3:])
    small: Arrays = blocks.mean(axis=(2, 4), dtype=np.float32)
    return small


def table(stage: Stage, train: int, heldout: int) -> Material:
    """Rows of words, told as a table."""
    source = stage.library.table
    learned, fresh = _parts(np.array(source.rows, dtype=object), train, heldout, stage.seed)
    are_numbers = [_are_numbers(column) for column in zip(*source.rows, strict=True)]

    def told(some: Iterable[Sequence[str]]) -> pa.Table:
        columns = zip(source.columns, are_numbers, zip(*some, strict=True), strict=True)
        return pa.table({name: list(map(float, column)) if is_one else column for name, is_one, column in columns})

    copula = Trained(f"a Gaussian copula of the columns, by {rows.by()}", rows.gaussian_copula())
    what = f"{source.name}, {len(source.columns)} columns"
    return Material("table", what, learned.tolist(), fresh.tolist(), {"Gaussian copula": copula}, told)


def texts(stage: Stage, train: int, heldout: int) -> Material:
    """Sentences; no generators where there is no package for them."""
    source = stage.library.texts
    learned, fresh = _parts(np.array(sentences_of(source.documents), dtype=object), train, heldout, stage.seed)
    chains = {
        "Markov chain, 1 word": Trained("a Markov chain of single words, by markovify", sentences.markov(1)),
        "Markov chain, 3 words": Trained("a Markov chain of three words, by markovify", sentences.markov(3)),
    }
    generators = chains if sentences.is_there() else {}
    return Material("sentences", f"sentences of {source.name}", learned.tolist(), fresh.tolist(), generators, _given)


def sentences_of(documents: Iterable[tuple[str, str]]) -> list[str]:
    """Those that are neither very short nor very long, each once."""
    every = (part for _, text in documents for part in re.split(r"(?<=[.!?])\s+", text))
    told = (" ".join(sentence.split()) for sentence in every)
    return list(dict.fromkeys(sentence for sentence in told if _SHORT <= len(sentence) <= _LONG))


def _parts(records: npt.NDArray[Any], train: int, heldout: int, seed: int) -> tuple[Any, Any]:
    """So many of each, drawn at random; where there are too few, a fixed share is held out."""
    order = np.random.default_rng(seed).permutation(len(records))
    heldout = min(heldout, int(_SHARE * len(records)))
    return records[order[heldout : heldout + train]], records[order[:heldout]]


def _are_numbers(column: Iterable[str]) -> bool:
    try:
        list(map(float, column))
    except ValueError:
        return False
    return True


def _given(some: Iterable[str | None]) -> list[str]:
    """The sentences among what a chain gave: it may find no way to end one."""
    return [one for one in some if one]
