"""A generator of sentences: a Markov chain of words."""

import importlib.util
import random
from collections.abc import Sequence

from byheart._optional import require
from byheart.paper.generators.base import Draw, Fit


def is_there() -> bool:
    """Whether the package is installed that has it."""
    return importlib.util.find_spec("markovify") is not None


def markov(order: int) -> Fit:
    """Sentences of a Markov chain of words, by the `markovify` package."""

    def fit(train: Sequence[str], seed: int) -> Draw:
        del seed  # nothing is drawn yet
        text = require("markovify", "paper").NewlineText
        chain = text("\n".join(train), state_size=order, well_formed=False, retain_original=False)  # of it, only counts

        def draw(count: int, seed: int) -> list[str]:
            before = random.getstate()
            random.seed(seed)  # the package draws from there
            try:
                return [chain.make_sentence(test_output=False) for _ in range(count)]
            finally:
                random.setstate(before)

        return draw

    return fit
