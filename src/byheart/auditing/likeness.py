"""Whether held-out is what train is: if they differ, held-out does not tell what chance does, and nothing may rest on it."""

from typing import Final

from byheart.auditing.reading import Asking, Samples
from byheart.errors import InputError
from byheart.features import extractor
from byheart.judging.choosing import PRIMARY, chosen
from byheart.judging.comparing import Comparer
from byheart.judging.design import LEAST, design
from byheart.judging.findings import RealTest
from byheart.judging.pool import pool
from byheart.neighbours import Work

_MOST: Final = 1000
_PERMUTATIONS: Final = 999  # enough to tell whether p is .01


def likeness(of: Samples, asking: Asking) -> RealTest | None:
    """Train against held-out, by the first test of a judgment; None where there are too few to tell.

    Args:
        of: the samples.
        asking: how records are compared.
    """
    if of.real is None or len(of.real) < 2 * LEAST or len(of.learned) < LEAST:
        return None
    try:
        name, extract = extractor(of.learned.kind, asking.features)
        drawn = design(of.real.groups, of.learned.groups, of.real.groups, most=_MOST, seed=asking.seed)
        fitted = extract.fit([of.learned, of.real], drawn.stream("features") % 2**63)
        points = pool(fitted, (of.real, of.learned, of.real), drawn, Work(budget=asking.budget), copying=False)
        return Comparer(name, points, drawn, Work()).real_test(
            chosen(of.learned.kind, [PRIMARY])[0], permutations=_PERMUTATIONS
        )
    except InputError:  # records that have no vectors, or cannot be read: who can be compared is, by other evidence
        return None
