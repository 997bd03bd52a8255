"""Several kinds of evidence as one score, that held-out records calibrate.

Each kind's score becomes its place among those of train records, each scored against the others: the share of them that are as near. The smallest place
of a record, whatever evidence gives it, is its score. To take the best p-value of several kinds instead would name too many (the best of four: false
discoveries of .19 where .05 was asked); this is one function of the record and of train, so one comparison with held-out records calibrates it.
"""

from collections.abc import Sequence

import numpy as np

from byheart.auditing.evidence import Found
from byheart.auditing.identity import Same
from byheart.neighbours.blocks import Floats, Indices


def places(scores: Floats, among: Floats) -> Floats:
    """Where scores lie among others, in [0, 1]: the share that is as low; in between by the ratio to the next, so that none are equal that differ.

    Args:
        scores: 0 or more; infinite where nothing was found.
        among: the same of train records.

    >>> places(np.array([0.0, 0.5, 1.0, 3.0, np.inf]), np.array([1.0, 2.0, np.inf])).tolist()
    [0.0, 0.125, 0.375, 0.5, 1.0]
    """
    known = np.sort(among)
    lower = np.searchsorted(known, scores, "right")
    following = np.append(known, np.inf)[lower]
    with np.errstate(invalid="ignore"):
        fraction = np.where(np.isfinite(scores), scores / following, 0)
    told = (lower + np.nan_to_num(fraction)) / (len(known) + 1)
    return np.where(np.isfinite(scores), told, 1.0)


def combined(same: Same, found: Sequence[Found], learned: Sequence[Found]) -> tuple[Floats, Indices]:
    """One score a record, and which kind of evidence gives it.

    Args:
        same: which records are an original.
        found: by each kind of evidence.
        learned: the same of train records, against the others.

    Returns:
        the scores, below 0 for what is an original, else in [0, 1], the lower the more of a copy; and the place of the kind of evidence, -1 where
        it is an original. The kinds are as many tests, so a score is the smallest place times their number, 1 at most.
    """
    each = np.array([places(one.scores, base.scores) for one, base in zip(found, learned, strict=True)])
    if not len(each):
        each = np.ones((1, len(same.records)))
    graded = np.minimum(each.min(axis=0) * len(each), 1.0)
    return np.where(same.found, same.ordered(), graded), np.where(same.found, -1, each.argmin(axis=0))
