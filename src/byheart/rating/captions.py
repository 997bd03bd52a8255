"""What the page of a study says around its numbers: captions, rows of tables, methods."""

from collections.abc import Iterator
from typing import Final

from byheart.rating.findings import Report
from byheart.rating.study import Kind
from byheart.rating.wording import NOUNS, bets, p_of, percent, shown

_ASKED: Final[dict[Kind, str]] = {
    "image": "which looks better?",
    "text": "which reads better?",
    "audio": "which sounds better?",
    "row": "which seems better?",
}


def sentence(text: str) -> str:
    """A remark, as a sentence.

    >>> sentence("more would tell")
    'More would tell.'
    """
    return f"{text[:1].upper()}{text[1:]}."


def subline(report: Report) -> str:
    """Of what, of how many."""
    noun = NOUNS[report.kind][1]
    asked = "which is real?" if report.question == "real" else _ASKED[report.kind]
    generators = ", ".join(report.generators[at].generator for at in range(len(report.generators)))
    return f"{report.name}: {noun}, real against {generators}; asked: {asked} {report.pairs:,} pairs, {report.raters.counted:,} raters, {report.judgments:,} of {report.planned:,} planned judgments; made {report.created[:10]}"


def several(report: Report) -> str:
    """How verdicts on several generators are kept true, and what strengths are."""
    told = "Verdicts are corrected for the number of generators (Holm): any is false in 5 % of studies at most"
    if report.analysis == "fixed":
        told += "; intervals and p-values are not."
    else:
        told += "; confidence sequences share these 5 %, e-values and their p-values are not corrected."
    return f"{told} Strengths: log-odds of being chosen over the real ones (Bradley and Terry), with 95 % intervals by a bootstrap over raters, or pairs, whichever is wider."


def directions(report: Report) -> tuple[str, str]:
    """What it means to be on the left, and on the right."""
    if report.question == "real":
        return "generated taken for real", "real one told"
    return "generated preferred", "real preferred"


def caption(report: Report) -> str:
    """Of the estimate's chart."""
    kind = "confidence sequence" if report.analysis == "sequential" else "interval"
    drawn = f"thin: the 95 % {kind}; thick: the 90 % one, that equivalence is read off"
    return f"How often the real one was chosen; {drawn}; the band: within ±{report.margin * 100:g} points of a coin."


def checks(report: Report) -> Iterator[tuple[str, str, str, str]]:
    """Catch pairs, control pairs and sides: name, share, judgments, and what that says."""
    panel, control, sides = report.panel, report.control, report.sides
    told = "shown to have looked" if panel.is_attentive else "not shown to have looked: 90 % is the least"
    if panel.accuracy is None:
        yield "catch pairs (undamaged against damaged)", "", "0", "there are none: nothing shows that anybody looked"
    else:
        yield "right in catch pairs (undamaged against damaged)", shown(panel.accuracy), f"{panel.catches:,}", told
    if control.share is not None:
        told = "no coin: something else gives samples away" if control.is_suspect else "a coin, as it must be"
        yield (
            "the first one in control pairs (real against real)",
            shown(control.share),
            f"{control.judgments:,}",
            f"{told} ({p_of(control.p_value)})",
        )
    if report.judgments:
        told = "a side is preferred" if sides.p_value <= 0.01 else "no side is preferred"
        yield (
            "the left side",
            shown(sides.left),
            f"{report.judgments + control.judgments:,}",
            f"{told} ({p_of(sides.p_value)})",
        )


def asked(report: Report) -> Iterator[tuple[str, str, str, bool]]:
    """Each test: name, what it asks, what it says, and whether the verdict is read from it."""
    told, is_one = report.tests, len(report.generators) == 1  # several generators are tested one by one
    is_fixed, is_sequential = is_one and report.analysis == "fixed", is_one and report.analysis == "sequential"
    margin = f"{report.margin * 100:g} points"
    yield "sign-flip, exact", "could nobody tell anything?", p_of(told.p_sharp), is_fixed
    yield (
        "two one-sided t, by raters and pairs",
        f"is the share {margin} or more off a coin's?",
        p_of(told.p_equivalence),
        is_fixed,
    )
    yield "t, by raters and pairs", "would other raters choose as a coin does?", p_of(told.p_mean), False
    yield "bets on pairs, at any time", "could nobody tell anything?", bets(told), is_sequential
    low, high = (end * 100 for end in (report.inner if report.analysis == "sequential" else report.sequence.interval))
    yield (
        "confidence sequence, at any time",
        f"is the share within {margin} of a coin's?",
        f"[{low:.1f}, {high:.1f}] %",
        is_sequential,
    )


def numbers(report: Report) -> Iterator[tuple[str, str]]:
    """Secondary numbers: name, and what is said."""
    if report.corrected is not None:
        yield (
            "without lapses",
            f"{shown(report.corrected)}: had nobody chosen without looking, by the accuracy on catch pairs; a secondary number, no verdict is read from it",
        )
    if report.sensitivity is not None:
        yield "d'", f"{report.sensitivity:+.2f}, corrected for a side that is preferred; 0 is a coin, 1 is 76 % right"
    if report.alpha is not None:
        yield (
            "agreement",
            f"Krippendorff's alpha {report.alpha:+.3f}: 1 is full agreement on each pair, 0 that of chance",
        )
    if report.times is not None:
        low, median, high = (f"{one / 1000:.1f}" for one in (report.times.low, report.times.median, report.times.high))
        yield (
            "time for a choice",
            f"median {median} s; nine in ten from {low} to {high} s; {percent(report.times.too_fast)} below 0.3 s",
        )
    power = report.power
    if power.effective:
        yield (
            "worth",
            f"{power.effective:,.0f} independent judgments: {power.effect:.2f} of these for each of them, as raters and pairs differ",
        )
        yield (
            "power",
            f"{percent(power.equivalence)}: so often would a study like this show a coin to be one within ±{report.margin * 100:g} points",
        )
    yield (
        "looked at before",
        "never" if not report.peeks else "once" if report.peeks == 1 else f"{report.peeks:,} times",
    )


def raters(report: Report) -> str:
    """Who came, in a sentence."""
    who = report.raters
    told = f"{who.joined:,} joined, {who.finished:,} finished, {who.counted:,} count"
    if who.left_out:
        return f"{told}; {len(who.left_out):,} are left out, as was settled beforehand: on every other catch trial of theirs too few were right. What the panel is measured on are the other ones."
    return f"{told}; nobody is left out."


def methods(report: Report) -> Iterator[tuple[str, str]]:
    """How it was done."""
    yield (
        "sign-flip",
        "labels of whole pairs are flipped, all ways at once: exact however raters and pairs depend on each other, since no sample is in two pairs",
    )
    yield (
        "intervals",
        "two-way clusters, by rater and pair (Cameron, Gelbach and Miller), with CR2's correction for few of them; Student's t",
    )
    yield (
        "bets",
        "on pairs' means as they become complete (Waudby-Smith and Ramdas); the confidence sequence is the wider one of these bets' and of clusters' (Waudby-Smith and others, 2024)",
    )
    yield (
        "question",
        "two-sided: a real one that is chosen less often than by a coin is told from the other, too"
        if report.question == "real"
        else "two-sided: either may be the better one",
    )
    yield (
        "analysis",
        "fixed: read once, when all planned judgments are there"
        if report.analysis == "fixed"
        else "sequential: it may be read at any time",
    )
    yield "margin", f"±{report.margin * 100:g} points, settled beforehand"
    yield "digest", f"SHA-256 of the seed and the plan, published beforehand: {report.digest}"
