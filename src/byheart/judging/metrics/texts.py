"""Texts: what of them stands in train, word for word, and how long they are.

The longest common span of a text is its longest part that stands verbatim in a train record; its n-gram novelty the share of its runs of 5 words
that stand in none (McCoy et al., 2023, "How much do language models copy from their training data?"). Boilerplate is in held-out texts too: both are told beside
these, and tested by exchanging the sample's texts with held-out ones.
"""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from byheart.errors import InputError
from byheart.judging.metric import About, Setting, Statistic, Traits
from byheart.judging.metrics.copying import OfSample
from byheart.neighbours.blocks import Floats, Matrix

_PAPER: Final = "McCoy et al., 2023, How much do language models copy from their training data?"


class TextMetric:
    """A metric of one number a text."""

    def __init__(self, about: About, number: str, average: Callable[[Floats], float] = np.mean) -> None:
        self.abouts: Sequence[About] = (about,)
        self.traits = Traits(most=1 << 62, is_reference_fixed=True, sees="GTH", kinds=("text",))
        self._number, self._average = number, average

    def over(self, points: Matrix, setting: Setting) -> Statistic:
        """The statistic over pooled texts of the sample and of held-out ones.

        Raises:
            InputError: the setting has no such numbers.
        """
        del points  # it is of the texts themselves
        if self._number not in setting.numbers:
            raise InputError(f"{self.abouts[0].title}: wanted texts, got other records")
        return OfSample(setting.numbers[self._number], self._average)


def longest_span() -> TextMetric:
    """The mean length of the longest part of each text that stands in train, in bytes."""
    return TextMetric(About("longest_span", "longest common span", "high", None, _PAPER, (0, np.inf)), "longest_span")


def novelty() -> TextMetric:
    """The mean share of each text's 5-grams that stand in no train text."""
    return TextMetric(About("ngram_novelty", "5-gram novelty", "low", None, _PAPER, (0, 1)), "novelty")
