"""Has a generator collapsed? What its samples fall into, against what its training records do: classes, or clusters where there are none.

Two numbers, for n samples of a generator that has not:

* chi-squared of the counts against n times the training shares (Pearson, 1900);
* total variation of the shares, half the sum of their differences. It is not 0 for finite n: with X_k binomial(n, p_k), its expectation is the sum of E|X_k - n p_k| / 2n, and by De Moivre
  (1730) E|X - np| = 2 v (1 - p) P(X = v), v = floor(np) + 1.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from byheart._optional import require
from byheart.judging.clusters import k_means
from byheart.neighbours import Work

_CLUSTERS: Final = 20
_SIDE: Final = 8  # pixels, of what clusters are told by
_FITTED: Final = 10_000  # pictures that they are made from

Counts = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Collapse:
    """What was found.

    Attributes:
        names: of the classes.
        train: their shares of the training records.
        samples: their shares of the samples.
        drawn: how many samples there are.
        p_value: of chi-squared: that shares as far from the training shares are drawn from these; 1 where there is but one class.
        variation: the total variation, in [0, 1].
        expected: what it is on average if nothing has collapsed.
        missing: classes that were learned, and of which there is no sample.
    """

    names: tuple[str, ...]
    train: Floats
    samples: Floats
    drawn: int
    p_value: float
    variation: float
    expected: float
    missing: tuple[str, ...]

    @property
    def half(self) -> Floats:
        """Half the width of the range that the share of each class falls into 95 times in 100, if nothing has collapsed."""
        low, high = require("scipy.stats", "judge").binom.interval(0.95, self.drawn, self.train)
        told: Floats = (np.asarray(high) - np.asarray(low)) / (2 * self.drawn)
        return told


def collapse(names: tuple[str, ...], train: Counts, samples: Counts) -> Collapse:
    """Compare counts of samples with those of training records; both of shape (classes,).

    >>> told = collapse(("cat", "dog"), np.array([50, 50]), np.array([100, 0]))
    >>> told.variation, told.missing, told.p_value < 1e-9
    (0.5, ('dog',), True)
    """
    drawn, learned = int(samples.sum()), train > 0
    shares = train / train.sum()
    p_value = 1.0
    if samples[~learned].any():
        p_value = 0.0
    elif learned.sum() > 1:
        found = require("scipy.stats", "judge").chisquare(samples[learned], drawn * shares[learned])
        p_value = float(found.pvalue)
    missing = tuple(name for name, had, has in zip(names, train, samples, strict=True) if had and not has)
    variation = float(np.abs(samples / drawn - shares).sum() / 2)
    return Collapse(names, shares, samples / drawn, drawn, p_value, variation, expected(shares, drawn), missing)


def expected(shares: Floats, drawn: int) -> float:
    """The expectation of total variation between shares and those of so many draws from them.

    >>> round(expected(np.array([0.5, 0.5]), 2), 3), expected(np.array([1.0]), 9)
    (0.25, 0.0)
    """
    some = shares[(shares > 0) & (shares < 1)]
    above = np.floor(drawn * some) + 1
    off = 2 * above * (1 - some) * require("scipy.stats", "judge").binom.pmf(above, drawn, some)
    return float(off.sum() / (2 * drawn))


def clusters_of(images: npt.NDArray[np.uint8], seed: int) -> Counts:
    """Which of up to 20 clusters each picture is in, the largest first: k-means of the picture, made small."""
    step = max(images.shape[1] // _SIDE, 1)
    rows, columns = images.shape[1] // step * step, images.shape[2] // step * step
    cut = images[:, :rows, :columns].reshape(len(images), rows // step, step, columns // step, step, -1)
    small = cut.mean(axis=(2, 4), dtype=np.float32).reshape(len(images), -1)
    few = min(_CLUSTERS, len(np.unique(small[:_FITTED], axis=0)))
    found = k_means(small[:_FITTED], few, [seed], Work())[0].predict(small)
    order = np.argsort(-np.bincount(found, minlength=few), kind="stable")
    told: Counts = np.argsort(order)[found].astype(np.int64)
    return told
