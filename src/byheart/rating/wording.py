"""What a study says, in words: the terminal and the page say the same."""

from collections.abc import Iterator
from typing import Final

from byheart.judging.wording import p_value as p_figures
from byheart.rating.findings import Evidence, Report, Share
from byheart.rating.study import Kind
from byheart.rating.verdict import ATTENTIVE, Estimate, Panel

SIMULATED: Final = "SIMULATED RATERS: no person has judged anything. This shows how a report looks, and nothing else."
NOUNS: Final[dict[Kind, tuple[str, str]]] = {
    "image": ("image", "images"),
    "text": ("text", "texts"),
    "audio": ("recording", "recordings"),
    "row": ("row", "rows"),
}
BETTER: Final[dict[Kind, str]] = {
    "image": "looked better",
    "text": "read better",
    "audio": "sounded better",
    "row": "seemed better",
}
_FAST: Final = 0.1
_LEANING: Final = 0.1
_FEW: Final = 10
_CARRIES: Final = 0.05
_MANY_LEFT: Final = 0.2


def percent(share: float) -> str:
    """A share in percent, in three figures.

    >>> percent(0.5083), percent(1.0), percent(0.9996)
    ('50.8 %', '100 %', '100 %')
    """
    return f"{share * 100:.3g} %"


def shown(share: Estimate) -> str:
    """A share with its interval.

    >>> shown(Estimate(0.5083, 0.486, 0.53))
    '50.8 % [48.6, 53.0]'
    """
    return f"{share.value * 100:.1f} % [{share.low * 100:.1f}, {share.high * 100:.1f}]"


def p_of(p_value: float) -> str:
    """A p-value.

    >>> p_of(0.0312), p_of(0.00001), p_of(1.0)
    ('p = .031', 'p < .001', 'p = 1')
    """
    told = p_figures(p_value)
    return f"p {told}" if told.startswith("<") else f"p = {'1' if told == '1.00' else told}"


def evidence(e_value: float) -> str:
    """An e-value.

    >>> evidence(23.61), evidence(1.0), evidence(3e12)
    ('e = 23.6', 'e = 1', 'e > 1,000,000')
    """
    return "e > 1,000,000" if e_value > 1e6 else f"e = {e_value:,.0f}" if e_value >= 999.5 else f"e = {e_value:.3g}"


def bets(tests: Evidence) -> str:
    """What bets on pairs say: whether they ever won enough, and what they have won in the end.

    >>> bets(Evidence(0.2, 0.2, 0.2, 7.81, 0.0312, "sequential"))
    'p = .031 at any time, e = 7.81 at the end'
    """
    return f"{p_of(tests.p_anytime)} at any time, {evidence(tests.e_value)} at the end"


def headline(report: Report) -> str:
    """The answer in a sentence: verdict, estimate, and whether raters looked; of several generators, the one that is furthest from a coin."""
    share, told = furthest(report), f"{verdict(report)}: "
    if len(report.generators) > 1:
        told += f"of {len(report.generators)} generators {share.generator} is furthest from a coin: "
    return f"{told}{chosen(report, share.estimate)} of {share.judgments:,} times; {attention(report.panel)}"


def furthest(report: Report) -> Share:
    """The generator whose share is furthest from a coin's, among those that have the study's verdict, if any has."""
    same = [one for one in report.generators if one.verdict == report.verdict]
    return max(same or report.generators, key=lambda one: abs(one.estimate.value - 0.5))


def verdict(report: Report) -> str:
    """The verdict with its margin; and that it is none yet."""
    told = (
        report.verdict
        if report.verdict != "INDISTINGUISHABLE"
        else f"INDISTINGUISHABLE within ±{report.margin * 100:g} points"
    )
    return f"{told} (interim)" if report.is_interim else told


def chosen(report: Report, share: Estimate) -> str:
    """How often the real one was chosen."""
    if report.question == "real":
        return f"raters picked the real one {shown(share)}"
    return f"to raters the real one {BETTER[report.kind]} {shown(share)}"


def attention(panel: Panel) -> str:
    """Whether raters are shown to have looked."""
    if panel.accuracy is None:
        return "not shown to have looked: no catch pairs"
    least = f"not shown to have looked, which takes a lower limit of {ATTENTIVE * 100:g} %"
    told = "shown to have looked" if panel.is_attentive else least
    return f"{told}: {shown(panel.accuracy)} on catch pairs"


def meaning(report: Report) -> str:
    """What the verdict means: which of the two is taken for real, or preferred."""
    told, noun = furthest(report), NOUNS[report.kind][0]
    of = f" of {told.generator}" if len(report.generators) > 1 else ""
    if report.verdict == "INCONCLUSIVE":
        return "Neither is shown: not that raters can tell, and not that they cannot. A coin that is not rejected is no evidence of a coin."
    if report.verdict == "INDISTINGUISHABLE":
        if report.question == "real":
            return "As far as these raters and this margin can tell, choosing the real one is flipping a coin."
        return "As far as these raters and this margin can tell, neither is preferred."
    is_real = told.estimate.value >= 0.5
    if report.question == "better":
        which = "real one" if is_real else f"generated one{of}"
        return f"The {which} {BETTER[report.kind]} more often. That says nothing of which is taken for real."
    if is_real:
        return f"Raters tell the real {noun} from the generated one{of}."
    return f"The generated {noun}{of} is taken for the real one more often than the real one is: it is hyper-real. That, too, tells them apart."


def reason(report: Report) -> str:
    """Why the verdict is what it is."""
    told = f"{report.reason[0].upper()}{report.reason[1:]}." if report.reason else ""
    if report.is_interim:
        told += f" This is interim: the analysis is fixed, to be read once, and {report.received:,} of {report.planned:,} planned judgments are there."
    return told.strip()


def generator(report: Report, share: Share) -> str:
    """One generator, in a sentence."""
    return f"{share.generator}: {share.verdict}: {chosen(report, share.estimate)} of {share.judgments:,} times"


def warnings(report: Report) -> Iterator[str]:
    """What is in doubt."""
    if report.control.is_suspect:
        yield f"two real samples were told apart in control pairs ({p_of(report.control.p_value)}): something else than the samples gives them away, or chance does once in a hundred studies"
    if report.analysis == "fixed" and report.peeks:
        times = "once" if report.peeks == 1 else f"{report.peeks:,} times"
        yield f"the verdict was looked at {times}: a fixed analysis is read once, at the end; who stops when it looks best is fooled more often than in 5 % of studies"
    if report.tests.deciding == "fixed" and report.verdict == "DISTINGUISHABLE" and report.tests.p_mean > _CARRIES:
        yield f"these raters told these pairs apart; that others would, too, is not shown ({p_of(report.tests.p_mean)}, by raters and pairs)"
    if report.judgments and report.raters.counted < _FEW:
        counted = report.raters.counted
        yield f"there {'is 1 rater that counts' if counted == 1 else f'are {counted:,} raters that count'}: with fewer than {_FEW} intervals are wide, and less sure to hold what they say"
    if report.sides.p_value <= 0.01 and abs(report.sides.left.value - 0.5) >= _LEANING:
        yield f"one side is preferred: the left one was chosen {percent(report.sides.left.value)} of the time; as sides are random, that costs power, and does not favour either sample"
    if report.times is not None and report.times.too_fast >= _FAST:
        yield f"{percent(report.times.too_fast)} of the choices took less than 0.3 s"
    everyone = report.raters.counted + len(report.raters.left_out)
    if len(report.raters.left_out) > _MANY_LEFT * everyone:
        yield f"{len(report.raters.left_out):,} of {everyone:,} raters are left out, by the rule that was settled beforehand"


def following(report: Report) -> str:
    """What to do next."""
    missing = report.planned - report.received
    if report.simulated:
        return "ask people: open the study, and send them the raters' address"
    if report.is_interim or (report.verdict == "INCONCLUSIVE" and missing > 0):
        return f"collect the other {missing:,} judgments"
    if report.verdict != "INCONCLUSIVE":
        return "publish the seed and the plan with this report: whoever has them can check the digest"
    if not report.panel.is_attentive and report.tests.p_equivalence <= 0.05:
        return "ask anew, with more catch pairs, or with raters who look"
    if report.power.needed is not None:
        return f"plan another study, of about {report.power.needed:,} judgments: so many would show a coin within the margin nine times in ten; this one cannot be made longer"
    return "plan a study of more raters and more pairs"


def limits(report: Report) -> Iterator[str]:
    """What the study cannot say."""
    singular, plural = NOUNS[report.kind]
    yield f"Catch pairs ask for damaged {plural}, which are easy: they prove that raters looked, not that they could have seen a finer difference."
    yield f"The verdict is about raters like these, {plural} like these, and this way of showing them: experts, or people with more time, may see more."
    if report.question == "real":
        yield f"Which {singular} is real is one question; which is better is another, that was not asked."
    else:
        yield f"Which {singular} is better is one question; which is real is another, that was not asked."
    yield "Nobody who cannot tell has shown that the generator is good: one that copies its training data passes, too. byheart audit looks for copies."
    if report.analysis == "fixed":
        yield "The tests and intervals hold if the study is read once, when it is complete."
    else:
        yield "The p-value at any time and the confidence sequence hold whenever they are read; they pay for it with width. An e-value may fall again; that the largest one was once 20 or more stays as good as p = .05."
