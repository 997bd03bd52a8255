"""Can people tell? What a study's choices say, and what they cannot.

Rule 1: DISTINGUISHABLE is the sharp test's word: of the labels of whole pairs, flipped. It is about these raters; `p_mean` says whether it carries over to others.
Rule 2: INDISTINGUISHABLE is the 90 % interval's word, which lies within the margin, by raters who are shown to have looked. It takes precedence: what can be detected may be below what matters.
Rule 3: everything else is INCONCLUSIVE: not to reject a coin is no evidence of a coin.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

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
        p_equivalence: of two one-sided tests: that the share is the margin or more away from 1/2, clustered.
        panel: whether they looked.
        reason: of the verdict, in a sentence.
    """

    verdict: Verdict
    estimate: Estimate
    inner: tuple[float, float]
    margin: float
    p_sharp: float
    p_mean: float
    p_equivalence: float
    panel: Panel
    reason: str


def answer(study: Choices, catches: Choices, *, margin: float) -> Answer:
    """Say whether people can tell.

    Args:
        study: of the pairs of a real and a generated sample.
        catches: of the pairs with a known answer.
        margin: in (0, 1/2).
    """
    share, looked = mean(study), panel(catches)
    tests = sign_flip(study), share.p_value(), share.p_equivalence(margin)
    told = decide(
        is_told=tests[0] <= ALPHA, is_within=tests[2] <= ALPHA, panel=looked, margin=margin, share=share.value
    )
    return Answer(told[0], estimate(share), share.interval(1 - 2 * ALPHA), margin, *tests, looked, told[1])


def decide(*, is_told: bool, is_within: bool, panel: Panel, margin: float, share: float) -> tuple[Verdict, str]:
    """The verdict, and why.

    Args:
        is_told: whether it is shown that choices are no coin's.
        is_within: whether it is shown that the share lies within the margin.
        panel: whether the raters looked.
        margin: in (0, 1/2).
        share: of choices for the real one.
    """
    detectable = "; that it is no coin's is detectable, but below the margin" if is_told else ""
    if is_within and panel.is_attentive:
        within = f"the share lies within {margin * 100:g} points of a coin's, and the raters are shown to have looked"
        return "INDISTINGUISHABLE", within + detectable
    if is_within:
        return "INCONCLUSIVE", f"the share lies within the margin, but {_unseen(panel)}{detectable}"
    if is_told:
        side = "more" if share > 0.5 else "less"
        return "DISTINGUISHABLE", f"the real one was chosen {side} often than by a coin"
    return "INCONCLUSIVE", "neither a difference nor its absence within the margin is shown: more judgments would tell"


def panel(catches: Choices) -> Panel:
    """Whether the raters looked."""
    if not len(catches):
        return Panel(None, 0, is_attentive=False)
    share = mean(catches)
    told = estimate(share)
    exact = require("scipy.stats", "rate").binomtest(int(catches.chose.sum()), len(catches)).proportion_ci(1 - ALPHA)
    ends = [told.low, told.high, float(exact.low), float(exact.high), *_on_odds(share)]
    told = Estimate(told.value, min(ends), max(ends))  # near 1 none of the three holds by itself: the widest is told
    return Panel(told, len(catches), is_attentive=told.low >= ATTENTIVE)


def _on_odds(share: Mean) -> tuple[float, ...]:
    """The 95 % interval made on the scale of log-odds, which knows that near 1 there is more room below than above; none where there are no odds."""
    slope = share.value * (1 - share.value)
    if slope == 0 or not np.isfinite(share.error):
        return ()
    half = share.half(1 - ALPHA) / slope
    odds = float(np.log(share.value / (1 - share.value)))
    return tuple(float(1 / (1 + np.exp(-min(max(odds + side * half, -500), 500)))) for side in (-1, 1))


def estimate(share: Mean) -> Estimate:
    """The share, with its 95 % interval."""
    return Estimate(share.value, *share.interval(1 - ALPHA))


def _unseen(panel: Panel) -> str:
    if panel.accuracy is None:
        return "nothing shows that the raters looked: there are no catch pairs"
    told = panel.accuracy
    if told.value < ATTENTIVE:
        return f"the raters are not shown to have looked: {told.value * 100:.3g} % right on catch pairs, fewer than {ATTENTIVE * 100:g} %"
    return f"the raters are not shown to have looked: on catch pairs the lower limit is {told.low * 100:.3g} %, less than {ATTENTIVE * 100:g} %: more catch pairs would tell"
