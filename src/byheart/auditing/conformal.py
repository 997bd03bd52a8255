"""How sure it is that a record is a copy: p-values by held-out records, and how many are false of those that are named.

The null hypothesis of a record: its score is exchangeable with those of held-out records. Its conformal p-value is the share of these that are as low, itself
counted in (Vovk et al., 2005, "Algorithmic learning in a random world"); since these p-values depend on each other positively,
Benjamini and Hochberg's procedure holds the false discovery rate (Bates et al., 2023, "Testing for outliers with conformal p-values", Theorem 2).
"""

import math

import numpy as np
import numpy.typing as npt

from byheart._optional import require
from byheart.neighbours.blocks import Floats


def p_values(scores: Floats, heldout: Floats) -> Floats:
    """(1 + held-out scores that are as low) / (1 + held-out scores).

    >>> p_values(np.array([0.1, 0.5]), np.array([0.5, 0.9, 1.0])).tolist()
    [0.25, 0.5]
    """
    told: Floats = (1 + np.searchsorted(np.sort(heldout), scores, "right")) / (len(heldout) + 1)
    return told


def discoveries(p: Floats, alpha: float) -> npt.NDArray[np.bool_]:
    """Which are named at a false discovery rate of alpha (Benjamini and Hochberg, 1995).

    >>> discoveries(np.array([0.01, 0.02, 0.9]), 0.05).tolist()
    [True, True, False]
    """
    order = np.sort(p)
    passing = np.flatnonzero(order <= alpha * np.arange(1, len(p) + 1) / max(len(p), 1))
    return p <= (order[passing[-1]] if len(passing) else -1.0)


def fewest(generated: int, heldout: int, alpha: float) -> int:
    """The fewest copies among so many records that so many held-out ones can name: the smallest p-value there is, 1 / (1 + held-out), must pass.

    >>> fewest(1000, 999, 0.05), fewest(1000, 0, 0.05)
    (20, 20000)
    """
    return math.ceil(generated / (alpha * (heldout + 1)) - 1e-9)


def more_than_chance(hits: int, records: int, by_chance: int, heldout: int) -> float:
    """The p-value of Fisher's exact test, one-sided: that as many of the hits fall among the generated records if both have one rate.

    >>> round(more_than_chance(6, 1000, 0, 1000), 4)
    0.0155
    """
    hypergeom = require("scipy.stats", "judge").hypergeom
    return float(hypergeom.sf(hits - 1, records + heldout, hits + by_chance, records))
