"""What the tests of the sources share: learn from one into RAM, and look at all that was learned, in order."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from byheart.batch import Batch
from byheart.memory.learning import Plan, learn_in_ram
from byheart.sources import Options, open_source


@dataclass(frozen=True, slots=True)
class Learned:
    """All that was learned, in order."""

    kind: str
    records: list[Any]
    labels: list[str | None]
    names: list[str]
    locators: list[int]
    total: int | None
    done: int


def learn(thing: object, **options: Any) -> Learned:
    """Learn from a source, and sample each record once, in its order."""
    said = Options(**options)
    source = open_source(str(thing) if isinstance(thing, Path) else thing, said)
    snapshot = learn_in_ram([source], Plan(said.kind))
    batch = Batch(snapshot, np.arange(len(snapshot)))
    names, locators = zip(*batch.origins, strict=True)
    labels = batch.labels or [None] * len(batch)
    return Learned(
        snapshot.manifest.kind, list(batch), list(labels), list(names), list(locators), source.total, source.done
    )
