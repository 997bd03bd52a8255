"""The audit of blinding: can real and generated samples be told apart by their format alone, by a machine that sees nothing of what they show?

It looks at features of the format (`traits_*`, a file a kind), of the samples as they came, and as they are sent; and trains a classifier on them (`telling`). It warns where the 90 % interval of
its AUC is above 1/2: in 5 % at most of studies that leak nothing, and in nearly all that leak something in every sample. What the originals leak, preparation takes away; what is left in what is
sent, raters might see.
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final, Literal

import numpy as np

from byheart import draws
from byheart.errors import InputError
from byheart.rating.media import telling
from byheart.rating.study import Kind
from byheart.registry import Registry

Stage = Literal["as they came", "as they are sent"]

_MOST: Final[dict[str, int]] = {
    "image": 150,
    "audio": 100,
}  # of each side; what is decoded takes time, which threads share
_MOST_ELSE: Final = 300

_SEED: Final = 1

TRAITS: Final = Registry[str]("kind")
"""The module of each kind, imported when it is needed."""
TRAITS.add("image", "byheart.rating.media.traits_image")
TRAITS.add("text", "byheart.rating.media.traits_text")
TRAITS.add("audio", "byheart.rating.media.traits_audio")
TRAITS.add("row", "byheart.rating.media.traits_row")


@dataclass(frozen=True, slots=True)
class Leak:
    """How well format alone tells real from generated.

    Attributes:
        stage: of the samples: "as they came" or "as they are sent".
        auc: of the classifier, 1/2 is chance; None where there were too few samples.
        low: of its 90 % interval.
        high: and the upper end.
        feature: that tells most by itself; "" where none differs at all.
        real: its mean among the real ones.
        generated: and among the generated.
        looked_at: samples, of both sides.
    """

    stage: Stage
    auc: float | None
    low: float
    high: float
    feature: str
    real: float
    generated: float
    looked_at: int

    @property
    def is_told(self) -> bool:
        """Whether to warn: the interval is above chance."""
        return self.auc is not None and self.low > 0.5

    @property
    def sentence(self) -> str:
        """What to tell people."""
        if self.auc is None:
            return f"format of the samples {self.stage}: too few to tell ({telling.LEAST} of each side would do)"
        told = f"AUC {self.auc:.2f} ({self.low:.2f} to {self.high:.2f})"
        if not self.is_told:
            return f"format of the samples {self.stage} does not tell real from generated: {told}"
        most = f"most by {self.feature}, {_short(self.real)} in real and {_short(self.generated)} in generated ones on average"
        return f"format of the samples {self.stage} tells real from generated: {told}, {most}"


def _short(value: float) -> str:
    """Four figures, as people write them.

    >>> _short(59346.2), _short(33.519)
    ('59,346', '33.52')
    """
    return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:.4g}"


def audit_originals(kind: Kind, real: Sequence[Any], generated: Sequence[Any]) -> Leak:
    """Audit samples as they came: what cannot be read is passed over.

    Args:
        kind: of the samples.
        real: records.
        generated: records.

    >>> audit_originals("text", ["It ends."] * 30, ["It does not"] * 30).is_told
    True
    """
    return _audit("as they came", kind, real, generated, import_module(TRAITS[kind]).of_record)


def audit_bodies(kind: Kind, real: Sequence[bytes], generated: Sequence[bytes]) -> Leak:
    """Audit samples as they are sent: bodies of `Items.body`, all of one length."""
    return _audit("as they are sent", kind, real, generated, import_module(TRAITS[kind]).of_body)


def _audit(
    stage: Stage,
    kind: Kind,
    real: Sequence[Any],
    generated: Sequence[Any],
    traits: Callable[[Any], dict[str, float]],
) -> Leak:
    most = _MOST.get(kind, _MOST_ELSE)
    is_threaded = kind in _MOST
    sides = [
        _traits(side, traits, most, draws.split(_SEED, number), is_threaded=is_threaded)
        for number, side in enumerate((real, generated))
    ]
    names = list(dict.fromkeys(name for side in sides for each in side for name in each))
    ones, others = (
        np.array([[each.get(name, 0.0) for name in names] for each in side], np.float64).reshape(len(side), len(names))
        for side in sides
    )
    looked_at = len(ones) + len(others)
    if not names or min(len(ones), len(others)) < telling.LEAST:
        return Leak(stage, None, 0.0, 1.0, "", 0.0, 0.0, looked_at)
    told = telling.tell(ones, others)
    feature = names[told.most] if told.most is not None else ""
    means = (float(ones[:, told.most].mean()), float(others[:, told.most].mean())) if feature else (0.0, 0.0)
    return Leak(stage, told.auc, told.low, told.high, feature, *means, looked_at)


def _traits(
    side: Sequence[Any], traits: Callable[[Any], dict[str, float]], most: int, seed: int, *, is_threaded: bool
) -> list[dict[str, float]]:
    """Of some of a side, those that can be read."""
    count = len(side)
    if not count:
        return []
    chosen = draws.permute(seed, start=0, count=min(count, most), total=count).tolist()

    def one(at: int) -> dict[str, float] | None:
        try:
            return traits(side[at])
        except InputError:
            return None

    if is_threaded:
        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            return [told for told in pool.map(one, chosen) if told is not None]
    return [told for told in map(one, chosen) if told is not None]
