"""The same generator, measured again: each time with fresh samples of it and other held-out records."""

from typing import Final

from byheart import draws
from byheart.judging.choosing import chosen
from byheart.paper.materials import Material, pictures
from byheart.paper.measuring import Beside, values
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
GENERATORS: Final = ("kernel density, wide", "Gaussian mixture", "neural network")
SIZE: Final = 300
_EPOCHS: Final = 30


def retest(stage: Stage) -> dict[str, list[float]]:
    """Each cheap metric's values for three generators of pictures, over as many resamples: 8 in a quick run, 25 in a full one.

    Returns:
        by "metric/generator", a value a resample: at one place in each list the held-out records are the same. `lower` tells which
        way is better.
    """
    count = stage.pick(8, 25)
    material = pictures(stage, 1000, stage.pick(2 * SIZE, 8 * SIZE), _EPOCHS)
    with one_core():
        return _told(stage, material, count)


def _told(stage: Stage, material: Material, count: int) -> dict[str, list[float]]:
    beside = Beside(material)
    told: dict[str, list[float]] = {}
    for name in GENERATORS:
        draw = material.generators[name].fit(material.train, stage.seed)
        for number in range(count):
            seed = draws.split(stage.seed, number)
            comparer = beside.put(draw(SIZE, seed), most=SIZE, seed=seed, copying=False)
            pool = comparer.pool
            for metric in beside.metrics(list(METRICS)):
                found = values(comparer, metric, pool.generated, pool.heldout or pool.train)
                for about, value in zip(metric.abouts, found.tolist(), strict=True):
                    told.setdefault(f"{about.name}/{name}", []).append(value)
    return told


def lower() -> dict[str, bool]:
    """Of each of these metrics, whether a lower value is a better one."""
    return {about.name: about.toward == "low" for metric in chosen("array", list(METRICS)) for about in metric.abouts}
