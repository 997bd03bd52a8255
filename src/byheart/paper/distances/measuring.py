"""A generator put beside MemGEN and held-out records, for metrics to be worked out one at a time: `byheart.judge` without its tests."""

from typing import Any

import numpy as np

from byheart.features import extractor
from byheart.judging import design as designs
from byheart.judging.choosing import chosen
from byheart.judging.comparing import Comparer
from byheart.judging.metric import Metric
from byheart.judging.pool import Points, pool
from byheart.judging.samples import Train, read
from byheart.judging.texts import TrainTexts
from byheart.model import MemGEN
from byheart.neighbours import Work
from byheart.neighbours.blocks import Floats
from byheart.paper.materials import Material


class Yardstick:
    """Train and held-out records, that generators are put beside.

    Args:
        material: whose they are.
    """

    def __init__(self, material: Material) -> None:
        self._heldout = material.told(material.heldout)
        self._told = material.told
        self._learned = Train(MemGEN().fit(material.told(material.train)).snapshot)
        self.kind = self._learned.kind

    def put(self, generated: Any, *, most: int, seed: int, copying: bool = True) -> Comparer:
        """The points of generated records, of as many of MemGEN's and of held-out, and of the references.

        Args:
            generated: as the generator gave them.
            most: of each row.
            seed: of who is drawn.
            copying: whether to work out how near each lies to train.
        """
        learned = self._learned
        made = read(self._told(generated), "generated", learned)
        real = read(self._heldout, "held-out", learned)
        drawn = designs.design(made.groups, learned.groups, real.groups, most=most, seed=seed)
        name, extract = extractor(learned.kind, None)
        fitted = extract.fit([learned, real], drawn.stream("features") % 2**63)
        points = pool(fitted, (made, learned, real), drawn, Work(), copying=copying)
        if copying and learned.kind == "text":
            points = points.each(TrainTexts(learned).told_of)
        return Comparer(name, points, drawn, Work())

    def metrics(self, names: list[str] | None = None) -> list[Metric]:
        """The metrics for such records."""
        return chosen(self.kind, names)


def values(comparer: Comparer, metric: Metric, row: Points, reference: Points) -> Floats:
    """A metric's values for a row against a reference, of shape (values,): no intervals, which take forty times as long."""
    few, against = row.first(metric.traits.most), reference.first(metric.traits.most)
    is_row = np.arange(len(few) + len(against)) < len(few)
    out: Floats = comparer.over(metric, (few, against))(is_row[None], ~is_row[None])[0]
    return out
