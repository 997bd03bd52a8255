"""Studies of pictures, filled with simulated raters: MemGEN beside held-out pictures, and a generator that blurs beside the same."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from byheart._optional import require
from byheart.coin import Coin
from byheart.model import MemGEN
from byheart.paper.library import Pictures
from byheart.paper.people.raters import Eye, fill, picture
from byheart.paper.people.raters import Pictures as Images
from byheart.paper.stage import Stage
from byheart.rating.coining import coin_of
from byheart.rating.creating import Options, create
from byheart.rating.design import Asked
from byheart.rating.findings import Report
from byheart.rating.folder import Opened, open_study
from byheart.rating.reporting import read, reported

MEMGEN: Final = "MemGEN"
BLURRED: Final = "a generator that blurs"
BLUR: Final = 0.6
"""Of a Gaussian, in pixels."""
_ENOUGH: Final = 4_000  # pictures of cats, or all are taken
_HELD_OUT: Final = 2_400
_PAIRS: Final = (1_800, 300)
_MARGINS: Final = (0.05, 0.08)  # of that, and of what fewer pictures can show
_REAL: Final = 2_300  # pictures that so many pairs take, with those that are catches, controls and practice


@dataclass(frozen=True, slots=True)
class Studied:
    """A study, judged.

    Attributes:
        generator: whose samples stood beside the held-out pictures.
        report: what was found.
        coin: its choices, held against a coin.
        told_apart: what a machine says without raters: the p-value of its samples and as many held-out pictures being as natural.
        looked_at: how many of each it was.
    """

    generator: str
    report: Report
    coin: Coin
    told_apart: float
    looked_at: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A pair, as a rater sees it.

    Attributes:
        left: uint8 of shape (height, width, 3).
        right: the same.
        is_real_left: whether the held-out one is on the left.
        trial: which of the first rater's it is.
    """

    left: Images
    right: Images
    is_real_left: bool
    trial: int


@dataclass(frozen=True, slots=True)
class Rated:
    """All of it.

    Attributes:
        what: the pictures are.
        heldout: how many are held out.
        train: how many were learned.
        studies: MemGEN's first.
        opened: MemGEN's.
        pair: of it, for the figure.
    """

    what: str
    heldout: int
    train: int
    studies: tuple[Studied, ...]
    opened: Opened
    pair: Shown


def rate(stage: Stage, known: Pictures) -> Rated:
    """Make both studies, and let simulated raters fill them."""
    images, what = _subjects(known)
    order = np.random.Generator(np.random.Philox(key=stage.seed)).permutation(len(images))
    count = min(_HELD_OUT, len(images) // 2)
    heldout, train = images[order[:count]], images[order[count:]]
    made = MemGEN(stage.folder / "learned.memory").fit(train).sample(_PAIRS[0], stage.seed).to_numpy()
    eye = Eye(np.array([_in_colours(one) for one in train]))
    is_many = count >= _REAL
    asked = [
        Asked(pairs=_PAIRS[0] if is_many else None, raters_per_pair=2 if is_many else 3),
        Asked(pairs=min(_PAIRS[1], count // 3)),
    ]
    studies = []
    for number, (name, samples) in enumerate([(MEMGEN, made), (BLURRED, _blurred(train[: _PAIRS[1]]))]):
        stage.tell(0.2 + 0.3 * number, f"simulated raters: {name}")
        studies.append(_study(stage, name, (heldout, samples), asked[number], eye))
    opened = studies[0][0]
    return Rated(what, count, len(train), tuple(told for _, told in studies), opened, first_pair(opened))


def first_pair(opened: Opened) -> Shown:
    """The first trial of the first rater that shows a real picture and a generated one."""
    pairs = opened.plan.pairs
    number, trial = next((at, one) for at, one in enumerate(opened.plan.slots[0]) if pairs[one.pair].purpose == "study")
    pair = pairs[trial.pair]
    items = (pair.first, pair.second) if trial.is_first_left else (pair.second, pair.first)
    left, right = (picture(opened.items.body(item)) for item in items)
    return Shown(left, right, (pair.players[0] == 0) == trial.is_first_left, number)


def _study(stage: Stage, name: str, sides: tuple[Images, Images], asked: Asked, eye: Eye) -> tuple[Opened, Studied]:
    """Make a study of held-out pictures and samples, fill it, and read it."""
    sources = [stage.folder / "held-out", stage.folder / name]
    for source, pictures in zip(sources, sides, strict=True):
        MemGEN(source).fit(pictures, overwrite=True)
    folder = stage.folder / f"study of {name}"
    options = Options(question="better", margin=_MARGINS[0 if len(sides[0]) >= _REAL else 1])
    create(folder, real=sources[0], generated=[sources[1]], asked=asked, options=options, seed=stage.seed)
    opened = open_study(folder)
    fill(opened, eye, seed=stage.seed)
    report, _ = reported(opened, realm="simulated")
    kept = read(opened, realm="simulated").kept
    count = min(_PAIRS[1], *map(len, sides))
    p_value = eye.tells([_in_colours(one) for one in sides[0][-count:]], [_in_colours(one) for one in sides[1][:count]])
    return opened, Studied(name, report, coin_of(opened.study, opened.plan, kept), p_value, count)


def _subjects(known: Pictures) -> tuple[Images, str]:
    """Cats, if there are enough; all pictures otherwise. And what they are."""
    is_cat = known.classes == (known.names.index("cat") if "cat" in known.names else -1)
    if is_cat.sum() >= _ENOUGH:
        return known.images[is_cat], f"cats of {known.name}"
    return known.images, f"pictures of {known.name}"


def _blurred(pictures: Images) -> Images:
    image, blur = require("PIL.Image", "image"), require("PIL.ImageFilter", "image").GaussianBlur(BLUR)
    return np.array([np.asarray(image.fromarray(one).filter(blur)) for one in pictures])


def _in_colours(one: Images) -> Images:
    return one if one.ndim == 3 else np.repeat(one[:, :, None], 3, axis=2)
