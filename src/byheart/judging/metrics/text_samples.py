"""Texts as a sample: do they repeat each other, and are they as long as real ones?

Self-similarity: of each text the largest share of its different runs of 4 words that stand in one other text of the sample; averaged. It looks at the sample
alone, as self-BLEU does (Zhu et al., 2018, "Texygen"), which it stands for without the matter of order, brevity and smoothing: 0 where no two texts have four
words in common, 1 where each has a double. A text of fewer words is one run. Text length: 1 less the Kolmogorov-Smirnov distance of the
lengths, in characters, to those of the reference.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from byheart._optional import require
from byheart.errors import InputError
from byheart.judging.metric import About, Members, Setting, Traits, enough
from byheart.judging.metrics.tables import ShapeStatistic, dense
from byheart.neighbours.blocks import Floats, Matrix, Singles

WORDS: Final = 4
_TITLE: Final = "self-similarity"


def shared(texts: Sequence[str]) -> Singles:
    """Of each text, the share of its 4-grams that stand in each other one: float32 of shape (n, n), 0 for itself.

    >>> shared(["a b c d e", "x b c d e", "a", "a"]).tolist()
    [[0.0, 0.5, 0.0, 0.0], [0.5, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0], [0.0, 0.0, 1.0, 0.0]]
    """
    numbers: dict[tuple[str, ...], int] = {}
    rows, columns = [], []
    for row, text in enumerate(texts):
        grams = {numbers.setdefault(gram, len(numbers)) for gram in _grams(text.split())}
        rows += [row] * len(grams)
        columns += sorted(grams)
    sparse: Any = require("scipy.sparse", "judge")
    of_texts = sparse.csr_array((np.ones(len(rows), np.float32), (rows, columns)), (len(texts), len(numbers)))
    out: Singles = (of_texts @ of_texts.T).toarray()
    out /= np.diagonal(out)[:, None].copy()
    np.fill_diagonal(out, 0)
    return out


def _grams(words: list[str]) -> set[tuple[str, ...]]:
    return {tuple(words[at : at + WORDS]) for at in range(max(len(words) - WORDS + 1, 1))}


class SimilarityStatistic:
    """Self-similarity of any set of members."""

    def __init__(self, shares: Singles) -> None:
        self.cost = 40.0 * len(shares) ** 2
        self._shares = shares

    def __call__(self, sample: Members, reference: Members) -> Floats:
        """The values for each set of members."""
        del reference  # it has no say
        enough(sample, 2, _TITLE)
        return np.array(
            [[self._shares[np.ix_(members, members)].max(axis=1).mean(dtype=np.float64)] for members in sample]
        )


class SelfSimilarity:
    """Self-similarity as a metric."""

    abouts: Sequence[About] = (About("self_similarity", _TITLE, "low", None, "Zhu et al., 2018, Texygen", (0, 1)),)
    traits = Traits(most=1000, sees="G", kinds=("text",))

    def over(self, points: Matrix, setting: Setting) -> SimilarityStatistic:
        """The statistic over pooled texts."""
        del points  # it is of the texts themselves
        return SimilarityStatistic(shared(_texts(setting, _TITLE).to_pylist()))


class TextLength:
    """The lengths of texts as a metric."""

    abouts: Sequence[About] = (
        About("text_length", "text length", "high", 1.0, "Kolmogorov, 1933; Smirnov, 1939", (0, 1)),
    )
    traits = Traits(kinds=("text",))

    def over(self, points: Matrix, setting: Setting) -> ShapeStatistic:
        """The statistic over pooled texts."""
        del points  # as above
        lengths = pc.utf8_length(_texts(setting, self.abouts[0].title))
        return ShapeStatistic([(True, dense(np.asarray(lengths)))])


def _texts(setting: Setting, title: str) -> pa.Array:
    records = setting.records
    if records is None or not (pa.types.is_string(records.type) or pa.types.is_large_string(records.type)):
        raise InputError(f"{title}: wanted texts, got other records")
    return records
