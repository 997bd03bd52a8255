"""What of a text stands in train, word for word: numbers of each text, for metrics to average."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import numpy as np

from byheart.judging.pool import Points
from byheart.judging.samples import Train
from byheart.neighbours.blocks import Floats
from byheart.text.alphabet import BYTES
from byheart.text.contamination import contamination
from byheart.text.index import TextIndex

WORDS: Final = 5  # of an n-gram
_SHORTEST: Final = 8  # bytes of a span that is looked for


class TrainTexts:
    """The train texts, indexed: where they are, if they are in a memory on the disk.

    Raises:
        MissingExtraError: there is no index yet, and nothing to build one with.
    """

    def __init__(self, train: Train) -> None:
        self._index = TextIndex(train.snapshot, BYTES)

    def told_of(self, points: Points) -> Points:
        """The same points, with the numbers of their texts."""
        return replace(points, numbers={**points.numbers, **self.numbers(points.records.to_pylist())})

    def numbers(self, texts: list[str]) -> Mapping[str, Floats]:
        """Of each text: `longest_span` in bytes, and `novelty`, the share of its 5-grams that stand in no train text."""
        told = list(contamination(self._index, texts, n=WORDS, min_length=_SHORTEST))
        return {
            "longest_span": np.array([item.longest for item in told], np.float64),
            "novelty": np.array([1 - item.share for item in told]),
        }
