"""Can people tell? What a study's choices say, and what they cannot."""

from dataclasses import dataclass
from typing import Final

from byheart._optional import require
from byheart.coin import Verdict
from byheart.rating.choices import Choices
from byheart.rating.clustered import Mean, mean
from byheart.rating.sharp import sign_flip

ALPHA: Final = 0.05
ATTENTIVE: Final = 0.9
"""Of catch pairs, the panel must get so many right, by the lower limit, before a claim of equivalence: whoever does not look is a perfect coin."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Panel:
    """Whether the raters looked: their share of right answers on catch pairs. That proves attention, not that they could see finer differences.

    Attributes:
        accuracy: of catch pairs; None without any.
        catches: judgments of such.
        is_attentive: whether the lower limit is .90 or more.
    """

    accuracy: Estimate | None
    catches: int
    is_attentive: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What the choices say.

    Attributes:
        verdict: "DISTINGUISHABLE", "INDISTINGUISHABLE" (within the margin, by raters who looked) or "INCONCLUSIVE".
        estimate: the share that chose the real one, its interval clustered by rater and by pair.
        inner: the 90 % interval, that equivalence is read off.
        margin: within which a share is as good as 1/2.
        p_sharp: of the sign-flip test: that nobody could tell anything.
        p_mean: two-sided, that the share is 1/2, clustered.
        panel: whether they looked.
        reason: of the verdict, in a sentence.
    """

    verdict: Verdict
    estimate: Estimate
    inner: tuple[float, float]
    margin: float
    p_sharp: float
    p_mean: float
    panel: Panel
    reason: str


def answer(study: Choices, catches: Choices, *, margin: float, seed: int = 0) -> Answer:
    """Say whether people can tell.

    An interval inside the margin takes precedence over a test that rejects: what can be detected may be below what matters.

    Args:
        study: of the pairs of a real and a generated sample.
        catches: of the pairs with a known answer.
        margin: in (0, 1/2).
        seed: of the sign-flip test.
    """
    share = mean(study)
    inner = share.interval(1 - 2 * ALPHA)
    p_sharp, p_mean = sign_flip(study, seed=seed), share.p_value()
    looked = panel(catches)
    is_inside = 0.5 - margin < inner[0] and inner[1] < 0.5 + margin
    verdict: Verdict = "INCONCLUSIVE"
    if is_inside and looked.is_attentive:
        verdict, reason = "INDISTINGUISHABLE", f"the share lies within {margin:g} of a coin's, and the raters looked"
        if p_sharp <= ALPHA:
            reason += "; that it is none is detectable, but below the margin"
    elif is_inside:
        reason = (
            "the share lies within the margin, but the raters are not shown to have looked: more catch pairs would tell"
        )
    elif p_sharp <= ALPHA:
        verdict, reason = "DISTINGUISHABLE", "the real one was told from the other more, or less, often than by a coin"
    else:
        reason = "neither a difference nor its absence within the margin is shown: more judgments would tell"
    return Answer(verdict, _estimate(share), inner, margin, p_sharp, p_mean, looked, reason)


def panel(catches: Choices) -> Panel:
    """Whether the raters looked."""
    if not len(catches):
        return Panel(None, 0, is_attentive=False)
    told = _estimate(mean(catches))
    ends = require("scipy.stats", "judge").binomtest(int(catches.chose.sum()), len(catches)).proportion_ci(1 - ALPHA)
    told = Estimate(
        told.value, min(told.low, float(ends.low)), max(told.high, float(ends.high))
    )  # near 1, no t distribution holds
    return Panel(told, len(catches), is_attentive=told.low >= ATTENTIVE)


def _estimate(share: Mean) -> Estimate:
    return Estimate(share.value, *share.interval(1 - ALPHA))
