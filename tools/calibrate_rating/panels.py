"""Whether a panel is said to have looked that did not, and whether leaving raters out makes it look better than it is."""

from typing import Any, Final

import numpy as np

from byheart.rating.choices import Choices
from byheart.rating.verdict import ATTENTIVE, panel
from tools.calibrate_rating.designs import shift

_RATERS: Final = 45
_EACH: Final = 6
_BELOW: Final = 0.75
_GOOD, _BAD, _OF_BAD = 0.97, 0.6, 0.2


def claims(simulations: int) -> list[dict[str, Any]]:
    """How often a panel is called attentive: at the limit, and above."""
    told = []
    for accuracy in (ATTENTIVE, 0.93, 0.96, 0.98):
        for rater_sd in (0.0, 1.0):
            rng = np.random.default_rng([int(100 * accuracy), int(rater_sd)])
            hits = [panel(_catches(accuracy, rater_sd, rng)).is_attentive for _ in range(simulations)]
            told.append({"accuracy": accuracy, "rater_sd": rater_sd, "attentive": float(np.mean(hits))})
    return told


def exclusions(simulations: int) -> dict[str, float]:
    """A fifth of the raters guess as good as always. Accuracy of those who are kept: the truth, as it is measured on the catch trials that did not decide, and as it would be on those that did."""
    rng = np.random.default_rng(5)
    rows = []
    for _ in range(simulations):
        true = np.where(rng.random(_RATERS) < _OF_BAD, _BAD, _GOOD)
        right = rng.random((_RATERS, _EACH)) < true[:, None]
        deciding, measuring = right[:, ::2], right[:, 1::2]  # as `excluding.deciders` has it: the first, the third, ...
        kept = deciding.mean(axis=1) >= _BELOW
        if kept.sum() > 1:
            told = panel(_as_choices(measuring[kept]))
            low, high = (told.accuracy.low, told.accuracy.high) if told.accuracy else (0.0, 1.0)
            rows.append(
                (
                    true[kept].mean(),
                    measuring[kept].mean(),
                    deciding[kept].mean(),
                    low <= true[kept].mean() <= high,
                    (~kept).mean(),
                )
            )
    names = ("true", "measured", "by_those_that_decide", "covers", "left_out")
    return dict(zip(names, np.mean(np.array(rows, np.float64), axis=0).tolist(), strict=True))


def _catches(accuracy: float, rater_sd: float, rng: np.random.Generator) -> Choices:
    odds = shift(accuracy, rater_sd) + rater_sd * rng.normal(size=(_RATERS, 1))
    return _as_choices(rng.random((_RATERS, _EACH)) < 1 / (1 + np.exp(-odds)))


def _as_choices(right: "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]") -> Choices:
    raters, each = right.shape
    return Choices(np.repeat(np.arange(raters), each), np.arange(raters * each), right.reshape(-1).astype(np.int64))
