"""What the paper says of people and of its coin, and what came of it."""

from collections.abc import Sequence
from math import isfinite
from typing import Final

from byheart.paper.claims import Claim, Verdict, holds
from byheart.paper.people.beside import COINS, Beside, differing, share
from byheart.paper.people.rated import Studied
from byheart.paper.people.reliability import POOR
from byheart.paper.people.retesting import SIZE
from byheart.rating import wording
from byheart.rating.verdict import Estimate

MARK: Final = "simulated raters"
_PLACE: Final = "4.1.1"
_SEEN: Final = 0.001  # a p-value, of a difference that a machine sees
_HALF: Final = 0.5
_NONE: Final = 0.1  # of a correlation: what is as good as none
_TEN: Final = 10.0  # times as cheap: what is taken for "a lot"
_ANSWERS: Final = {"INDISTINGUISHABLE": True, "DISTINGUISHABLE": False}


def claims(studies: Sequence[Studied], beside: Beside, seed: int) -> list[Claim]:
    """All of them.

    Args:
        studies: MemGEN's first, then of a generator that is known to differ.
        beside: the coin and metrics.
        seed: of the coins that are flipped for the last word.
    """
    return [
        _people(studies),
        _as_a_coin(studies[0]),
        _similar(beside),
        _more_reliable(beside),
        _solved(studies, seed),
        _saving(beside),
    ]


def _people(studies: Sequence[Studied]) -> Claim:
    """That people cannot tell: their study decides, and nothing else does."""
    real, others = studies[0], studies[1:]
    report = real.report
    is_same = _ANSWERS.get(report.verdict)
    if is_same and not all(one.report.verdict == "DISTINGUISHABLE" for one in others):
        is_same = None  # raters who see no difference anywhere prove none
    contrast = " ".join(
        f"Of {one.generator} the same raters say {one.report.verdict} ({wording.shown(one.report.estimate)})."
        for one in others
    )
    return Claim(
        "Humans cannot distinguish between true and fake samples.",
        f"{_PLACE}, Figure 2",
        _of_people(real, holds(is_same, caveat=report.question == "better")),
        _number(real, f"the held-out one was chosen {wording.shown(report.estimate)} of {report.judgments:,} times"),
        _nobody(real)
        + f"{report.verdict}: {report.reason}{_looked(real)}. {contrast}"
        + (
            " Asked was which looks better, as in the paper, and not which is real."
            if report.question == "better"
            else ""
        ),
    )


def _as_a_coin(real: Studied) -> Claim:
    flipped = real.coin
    return Claim(
        "We could not differentiate those results with the results of unbiased coin flips.",
        _PLACE,
        _of_people(real, holds(_ANSWERS.get(flipped.verdict))),
        _number(real, f"{wording.percent(flipped.share)} heads, {wording.p_of(flipped.p_share)}"),
        _nobody(real)
        + f"{flipped.verdict} from a coin: {flipped.flips:,} choices, by `byheart coin`, which turns pairs around at random: two raters of one pair are not two coins. As for the order, {wording.p_of(flipped.p_runs)}.",
    )


def _of_people(one: Studied, verdict: Verdict) -> Verdict:
    """A verdict on people is none where none was asked."""
    return "not tried" if one.report.simulated else verdict


def _number(one: Studied, told: str) -> str:
    return f"not tried with people; {MARK}: {told}" if one.report.simulated else told


def _nobody(one: Studied) -> str:
    """What comes before all that simulated raters said."""
    if not one.report.simulated:
        return ""
    return f"No person was asked, so nothing is known of people. What {MARK} say, who go by what a machine saw: "


def _looked(one: Studied) -> str:
    accuracy = one.report.panel.accuracy
    return (
        ""
        if accuracy is None
        else f" (right on {wording.percent(accuracy.value)} of the pairs of which one is damaged)"
    )


def _similar(beside: Beside) -> Claim:
    alike = beside.alike
    is_none = alike.low > -_NONE and alike.high < _NONE
    return Claim(
        "The Rademacher Coin Flipping metric gives similar results.",
        f"1; {_PLACE}",
        holds(
            True if alike.low > _NONE else False if is_none or alike.high < -_NONE else None,
            caveat=alike.value < beside.among,
        ),
        f"correlation with a metric: {interval(alike)}",
        f"How {beside.shape[0]} generators are ranked: Spearman's correlation of {COINS:,} coins with {len(beside.metrics)} metrics, on average; 1 is the same order, 0 none. Two metrics correlate by {beside.among:.2f}, on average. "
        f"It holds above {_NONE:g}, with a caveat if metrics are more like each other; within {_NONE:g} of 0 it does not. A coin calls every generator as good as real data.",
    )


def _more_reliable(beside: Beside) -> Claim:
    coin, metric = beside.coin.agreement, beside.agreement
    is_more = True if coin.low > metric.high else False if coin.high < metric.low else None
    told = (
        f"One may also ask for the same value again, whatever it tells: a coin's differs by {share(beside.coin.noise.value)} of its range from 0 to 1, the median metric's by {share(beside.noise)} of the way from held-out records to the worst generator. "
        "These are two scales, so that nothing follows; and a coin that is flipped more often differs as little as anyone likes."
    )
    return Claim(
        "The Rademacher Coin Flipping metric is more reliable.",
        f"1; {_PLACE}",
        holds(is_more, caveat=coin.value < POOR),
        f"intraclass correlation {interval(coin)}; of the median metric {interval(metric)}",
        f"Reliable is what tells generators apart in the same way again: the share of the variance that is between {beside.shape[0]} generators, each measured {beside.shape[1]} times with {SIZE} samples, or {SIZE} flips. It holds, or does not, where the intervals are apart. {told}",
    )


def _solved(studies: Sequence[Studied], seed: int) -> Claim:
    """That a coin will do: not if it cannot tell what differs by construction."""
    real, other = studies[0], studies[-1]
    found = differing(other.looked_at, seed)
    is_there = other.told_apart < _SEEN
    return Claim(
        "Replacing model evaluation with a coin flip solves this long standing problem.",
        _PLACE,
        _beyond(found, _HALF) if is_there else holds(None),
        f"{wording.shown(found)} of {COINS:,} coins tell {other.generator}",
        f"{other.generator[:1].upper()}{other.generator[1:]} differs from real pictures by construction. A machine that measures edges, grain and contrast of {other.looked_at} pictures of each tells it ({wording.p_of(other.told_apart)}; of MemGEN, {wording.p_of(real.told_apart)}). "
        f"A coin of {other.looked_at} flips says so where its share of heads is no coin's, by a test at 5 %: as often as chance has it, whatever the generator. It holds if more than half of the coins tell it. No person is needed for this.",
    )


def _saving(beside: Beside) -> Claim:
    coin, metric = beside.seconds
    times = metric / coin
    return Claim(
        "A coin flip saves a lot of resources.",
        _PLACE,
        holds(times > 1, caveat=times < _TEN),
        f"{float(f'{times:.2g}'):,.0f} times as fast as the median metric",
        f"Processor time of a coin's value, of {SIZE} flips, is {_milli(coin)}; of the median metric's, of {SIZE} samples, {_milli(metric)}, not counting what makes the samples ready. It holds at {_TEN:g} times and more. What is saved is the answer: see above.",
        is_timed=True,
    )


def _beyond(value: Estimate, line: float) -> Verdict:
    """Whether it is above a line, or below, by its whole interval."""
    return holds(True if value.low > line else False if value.high < line else None)


def interval(one: Estimate) -> str:
    """A number with its interval.

    >>> interval(Estimate(0.5, -0.001, 1.0))
    '0.50 [0.00, 1.00]'
    """
    value, low, high = (f"{number:.2f}".replace("-0.00", "0.00") for number in (one.value, one.low, one.high))
    return f"{value} [{low}, {high}]"


def flips(count: float) -> str:
    """So many flips, in two digits.

    >>> flips(144.6), flips(0.2), flips(float("inf"))
    ('140 flips', '1 flip', 'no number of flips')
    """
    if not isfinite(count):
        return "no number of flips"
    rounded = max(float(f"{count:.2g}"), 1)
    return "1 flip" if rounded == 1 else f"{rounded:,.0f} flips"


def _milli(seconds: float) -> str:
    return f"{1000 * seconds:.2g} ms"
