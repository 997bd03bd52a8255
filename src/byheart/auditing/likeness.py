"""Whether held-out is what train is: if they differ, held-out does not tell what chance does, and nothing may rest on it."""

from typing import Final

import numpy as np

from byheart.auditing.originals import Originals
from byheart.auditing.reading import Asking, Samples
from byheart.errors import InputError
from byheart.features import extractor
from byheart.judging.choosing import PRIMARY, chosen
from byheart.judging.comparing import Comparer
from byheart.judging.design import LEAST, design
from byheart.judging.findings import RealTest
from byheart.judging.nearness import Prints
from byheart.judging.pool import pool
from byheart.judging.samples import Sample, Train
from byheart.neighbours import Work

_MOST: Final = 1000
_LOOKED_AT: Final = 10_000
_MORE: Final = 0.05
_PERMUTATIONS: Final = 999  # enough to tell whether p is .01


def likeness(of: Samples, originals: Originals, asking: Asking) -> RealTest | None:
    """Train against held-out, by the first test of a judgment; None where there are too few to tell.

    Args:
        of: the samples.
        originals: the distinct train records.
        asking: how records are compared.
    """
    if of.real is None or len(of.real) < 2 * LEAST or len(of.learned) < LEAST:
        return None
    learned = _once(originals, of.real, asking.seed)
    try:
        name, extract = extractor(of.learned.kind, asking.features)
        drawn = design(of.real.groups, learned.groups, of.real.groups, most=_MOST, seed=asking.seed)
        fitted = extract.fit([learned, of.real], drawn.stream("features") % 2**63)
        points = pool(fitted, (of.real, learned, of.real), drawn, Work(budget=asking.budget), copying=False)
        return Comparer(name, points, drawn, Work()).real_test(
            chosen(of.learned.kind, [PRIMARY])[0], permutations=_PERMUTATIONS
        )
    except InputError:  # records that have no vectors, or cannot be read: who can be compared is, by other evidence
        return None


def _once(originals: Originals, real: Sample, seed: int) -> Train:
    """Train with each record once, if it repeats records more than held-out does: as where they were learned several times, not met again by chance."""
    learned = originals.train
    count = min(len(learned), len(real), _LOOKED_AT)
    repeated = [_repeated(prints, count, seed) for prints in (learned.fingerprints, real.fingerprints)]
    if repeated[0] <= repeated[1] + _MORE:
        return learned
    return Train(learned.snapshot, learned.group, np.sort(originals.first))


def _repeated(prints: Prints, count: int, seed: int) -> float:
    """The share of so many of the records that are one of the others."""
    drawn = np.random.Generator(np.random.Philox(key=seed)).choice(len(prints), count, replace=False)
    _, counts = np.unique(prints[drawn], return_counts=True)
    return float(counts[counts > 1].sum() / count)
