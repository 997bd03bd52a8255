"""Worlds: train records, fresh ones of the same distribution, copies through changes, and innocents that copy nothing.

Each is drawn anew for each seed. Real data where there is enough of it: CIFAR-10, Adult, Wikipedia; where records must be fresh without end, made ones.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from tools.calibrate_audit import pictures, rows, texts

Points = npt.NDArray[np.float64]
WIDTH: Final = 8


@dataclass(frozen=True, slots=True)
class World:
    """What an audit may be given.

    Attributes:
        train: records.
        fresh: of the same distribution, in a random order: held-out and innocent samples are drawn from these.
        copies: by the change that they went through: each of a train record.
        innocents: by name, records of generators that copy nothing.
    """

    train: Any
    fresh: Any
    copies: Mapping[str, Any]
    innocents: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Size:
    """How many records to draw of each."""

    train: int
    fresh: int
    copies: int
    innocents: int


def _normal(seed: int, size: Size) -> World:
    """N(0, I) in 8 dimensions, and innocents that are narrow."""
    rng = np.random.default_rng(seed)
    return _points(rng, size, lambda n: rng.normal(size=(n, WIDTH)), _narrow(rng, size))


def _narrow(rng: np.random.Generator, size: Size) -> dict[str, Points]:
    return {f"narrow, {scale:g} of the scale": scale * rng.normal(size=(size.innocents, WIDTH)) for scale in (0.6, 0.3)}


def _mixture(seed: int, size: Size) -> World:
    """A dense mode and a wide one; innocents that are reweighted, or collapsed to some places."""
    rng = np.random.default_rng(seed)

    def draw(n: int, dense: float = 0.2) -> Points:
        chosen = (rng.random(n) < dense)[:, None]
        drawn: Points = np.where(chosen, 0.1 * rng.normal(size=(n, WIDTH)), 3 + rng.normal(size=(n, WIDTH)))
        return drawn

    modes = draw(20)
    collapsed = modes[rng.integers(0, 20, size.innocents)] + 0.05 * rng.normal(size=(size.innocents, WIDTH))
    innocents = {
        "reweighted: 9 of 10 of the dense mode": draw(size.innocents, 0.9),
        "collapsed to 20 places": collapsed,
    }
    return _points(rng, size, draw, innocents)


def _heavy(seed: int, size: Size) -> World:
    """Student's t of 1.5 degrees of freedom: tails so heavy that there is no variance."""
    rng = np.random.default_rng(seed)
    return _points(rng, size, lambda n: rng.standard_t(1.5, size=(n, WIDTH)), {})


def _plane(seed: int, size: Size) -> World:
    """Two dimensions, where all is dense."""
    rng = np.random.default_rng(seed)
    return _points(
        rng,
        size,
        lambda n: rng.normal(size=(n, 2)),
        {"narrow, 0.3 of the scale": 0.3 * rng.normal(size=(size.innocents, 2))},
    )


def _repeated(seed: int, size: Size) -> World:
    """As the first, each train record learned 1 to 10 times."""
    told = _normal(seed, size)
    times = np.random.default_rng(seed).integers(1, 11, len(told.train))
    return World(np.repeat(told.train, times, axis=0), told.fresh, told.copies, {})


def _points(rng: np.random.Generator, size: Size, draw: Callable[[int], Points], innocents: Mapping[str, Any]) -> World:
    train = draw(size.train)
    some = train[rng.integers(0, len(train), (4, size.copies))]
    near = np.median(np.sort(np.linalg.norm(train[:200, None] - train[None], axis=2), axis=1)[:, 1])
    noise = rng.normal(size=some.shape[1:])
    noise *= near / np.linalg.norm(noise, axis=1, keepdims=True)
    copies = {
        "exact": some[0],
        "through float32": some[1].astype(np.float32).astype(np.float64),
        "noise, 0.1 of the distance to the next": some[2] + 0.1 * noise,
        "noise, 0.3 of the distance to the next": some[2] + 0.3 * noise,
    }
    if train.shape[1] >= WIDTH:
        copies["scaled by 3, and 7 added"] = 3 * some[3] + 7
    return World(train, draw(size.fresh), copies, innocents)


def _pictures(seed: int, size: Size) -> World:
    return World(*pictures.draw(seed, (size.train, size.fresh, size.copies, size.innocents)))


def _rows(seed: int, size: Size) -> World:
    return World(*rows.draw(seed, (size.train, size.fresh, size.copies, size.innocents)))


def _texts(seed: int, size: Size) -> World:
    return World(*texts.draw(seed, (size.train, size.fresh, size.copies, size.innocents)))


@dataclass(frozen=True, slots=True)
class Kind:
    """Worlds of one sort.

    Attributes:
        draw: one of them, by a seed.
        worlds: how many are drawn; of each, samples and held-out records are drawn `SEEDS / worlds` times.
        size: of each.
        about: what it is.
    """

    draw: Callable[[int, Size], World]
    worlds: int
    size: Size
    about: str


_MADE: Final = Size(train=2000, fresh=12_000, copies=300, innocents=2000)
KINDS: Final[Mapping[str, Kind]] = {
    "normal": Kind(_normal, 20, _MADE, "arrays: N(0, I) in 8 dimensions"),
    "mixture": Kind(_mixture, 20, _MADE, "arrays: a dense mode and a wide one in 8 dimensions"),
    "heavy": Kind(_heavy, 20, _MADE, "arrays: Student's t of 1.5 degrees of freedom in 8 dimensions"),
    "plane": Kind(_plane, 20, _MADE, "arrays: N(0, I) in 2 dimensions"),
    "repeated": Kind(_repeated, 20, _MADE, "arrays: N(0, I) in 8 dimensions, each train record learned 1 to 10 times"),
    "pictures": Kind(_pictures, 8, Size(3000, 6000, 120, 1200), "images: CIFAR-10, 32 x 32"),
    "rows": Kind(_rows, 8, Size(12_000, 16_000, 300, 2000), "rows: Adult, 15 columns"),
    "texts": Kind(_texts, 8, Size(4000, 4500, 150, 700), "texts: two sentences each, of 106 articles of Wikipedia"),
}


def count(records: Any) -> int:
    """How many records there are."""
    return len(records)


def joined(parts: Sequence[Any]) -> Any:
    """Records one after the other."""
    if isinstance(parts[0], np.ndarray):
        return np.concatenate(parts)
    return [record for part in parts for record in part]
