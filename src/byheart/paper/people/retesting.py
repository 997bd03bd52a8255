"""The same generators, measured again: each time with fresh samples of them and other held-out records."""

import time
from dataclasses import dataclass
from typing import Final

from byheart import draws
from byheart.judging.choosing import chosen
from byheart.judging.metric import About, Metric
from byheart.paper.distances.measuring import Yardstick, values
from byheart.paper.distances.standing import MEMGEN
from byheart.paper.generators import neural
from byheart.paper.materials import Material, pictures
from byheart.paper.stage import Stage
from byheart.paper.threads import one_core

METRICS: Final = (
    "frechet_distance",
    "kid",
    "mmd",
    "energy_distance",
    "sliced_wasserstein",
    "nearest_neighbour_accuracy",
    "manifold",
    "vendi_score",
)
GENERATORS: Final = ("kernel density, narrow", "kernel density, wide", "Gaussian mixture", neural.NAME)
"""That are trained; MemGEN is measured beside them."""
SIZE: Final = 300
"""Records that a metric gets of each generator, and flips that a coin gets in their place."""
_FRESH: Final = 16  # times as many held-out records
_EPOCHS: Final = 30


@dataclass(frozen=True, slots=True)
class Retested:
    """What metrics said, again and again.

    Attributes:
        values: by metric and generator, a value a resample: at one place in each list the held-out records are the same.
        heldout: by metric, the same of other held-out records in a generator's place: as good as can be.
        seconds: by metric, of the processor, for each value; several that are worked out together share one.
    """

    values: dict[str, dict[str, list[float]]]
    heldout: dict[str, list[float]]
    seconds: dict[str, list[float]]


def retest(stage: Stage) -> Retested:
    """Each cheap metric's values for generators of pictures, over as many resamples: 8 in a quick run, 25 in a full one."""
    count = stage.pick(8, 25)
    material = pictures(stage, 1000, _FRESH * SIZE, _EPOCHS)
    with one_core():
        return _told(stage, material, count)


def _told(stage: Stage, material: Material, count: int) -> Retested:
    yardstick, told = Yardstick(material), Retested({}, {}, {})
    for name in GENERATORS:
        draw = material.generators[name].fit(material.train, stage.seed)
        for number in range(count):
            seed = draws.split(stage.seed, number)
            comparer = yardstick.put(draw(SIZE, seed), most=SIZE, seed=seed, copying=False)
            pool = comparer.pool
            rows = {name: pool.generated}
            if name == GENERATORS[0]:  # they are the same beside each
                rows |= {MEMGEN: pool.memory, "": pool.stand_in or pool.train}
            for metric in yardstick.metrics(list(METRICS)):
                for who, row in rows.items():
                    start = time.process_time()
                    found = values(comparer, metric, row, pool.heldout or pool.train)
                    _put(told, metric, who, found.tolist(), time.process_time() - start)
    return told


def _put(told: Retested, metric: Metric, who: str, found: list[float], seconds: float) -> None:
    told.seconds.setdefault(metric.abouts[0].name, []).append(seconds)
    for about, value in zip(metric.abouts, found, strict=True):
        by = (
            told.values.setdefault(about.name, {}).setdefault(who, [])
            if who
            else told.heldout.setdefault(about.name, [])
        )
        by.append(value)


def abouts() -> dict[str, About]:
    """What each of the values means, by its name."""
    return {about.name: about for metric in chosen("array", list(METRICS)) for about in metric.abouts}
