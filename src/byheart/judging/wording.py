"""What a judgment says, in words."""

from collections.abc import Sequence
from typing import Final

from byheart.judging.findings import Estimate, Finding, RealTest, Reference, Results
from byheart.judging.verdicts import ALPHA, COPIES, widened

TITLES: Final[dict[Reference, str]] = {
    "heldout": "Against held-out: is it as good as real data?",
    "train": "Against train: does it depend on what it was trained on?",
}
COLUMNS: Final = ("metric", "yours", "95 %", "MemGEN", "held-out", "p nearer", "p further", "verdict", "copies")
RIGHT: Final = frozenset({"yours", "MemGEN", "held-out", "p nearer", "p further"})
"""The columns that are numbers."""
_REFERENCE: Final = {"heldout": "held-out data", "train": "the train records"}


def number(value: float) -> str:
    """Three figures, without the 0 before the point: .982, 14.2; two of the very small: -1.1e-4.

    >>> number(0.98211), number(-0.000112), number(0), number(1_234_567)
    ('.982', '-1.1e-4', '0', '1.2e6')
    """
    if value == 0 or 1e-3 <= abs(value) < 1e5:
        told = f"{value:.3g}"
        return told.replace("0.", ".", 1) if told.lstrip("-").startswith("0.") else told
    digits, _, power = f"{value:.1e}".partition("e")
    return f"{digits}e{int(power)}"


def interval(estimate: Estimate) -> str:
    """Its ends, or nothing where there is none.

    >>> interval(Estimate(0.5, 0.25, 0.75))
    '[.25, .75]'
    """
    if estimate.low is None or estimate.high is None:
        return ""
    return f"[{number(estimate.low)}, {number(estimate.high)}]"


def p_value(value: float) -> str:
    """Two figures, three of small ones.

    >>> p_value(0.0001), p_value(0.0123), p_value(0.4)
    ('< .001', '.012', '.40')
    """
    if value < 0.001:
        return "< .001"
    told = f"{value:.3f}" if value < 0.1 else f"{value:.2f}"
    return told.lstrip("0")


def sight(finding: Finding) -> str:
    """Whether it sees copying: "blind", or the share of copies from which on it does."""
    if finding.detects is not None:
        return f"sees {finding.detects * 100:.3g} %"
    return {None: "", True: "blind", False: "sees 100 %"}[finding.blind_to_copying]


def cells(finding: Finding) -> list[str]:
    """What a table says of it, by `COLUMNS`."""
    tails = ["" if tail is None else p_value(tail) for tail in (finding.p_left, finding.p_right)]
    return [
        finding.title,
        number(finding.generated.value),
        interval(finding.generated),
        number(finding.memgen.value),
        "" if finding.heldout is None else number(finding.heldout.value),
        *tails,
        finding.verdict,
        sight(finding),
    ]


def text(judgment: Results) -> str:
    """The judgment as plain text: its sentences, and a table for each reference."""
    parts = [headline(judgment), *summary(judgment)]
    for reference, title in TITLES.items():
        rows = [cells(finding) for finding in judgment.findings if finding.reference == reference]
        if rows:
            parts.append("\n".join([title, *_aligned([list(COLUMNS), *rows])]))
    return "\n\n".join([*parts, *(f"left out: {missing}" for missing in judgment.left_out)])


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    told = [zip(row, widths, COLUMNS, strict=True) for row in rows]
    return ["  ".join(c.rjust(w) if name in RIGHT else c.ljust(w) for c, w, name in row).rstrip() for row in told]


def headline(judgment: Results, *, has_copies: bool = False) -> str:
    """The judgment in a sentence.

    Args:
        judgment: all that was found.
        has_copies: whether an audit of the same records names copies among them.
    """
    worse = [finding for finding in judgment.findings if finding.verdict == "worse than real"]
    held = [
        finding for finding in judgment.findings if finding.reference == "heldout" and finding.verdict != "not tested"
    ]
    if held:  # whose table it is that says how good the sample is
        worse = [finding for finding in held if finding.verdict == "worse than real"]
    depends = [finding for finding in judgment.findings if finding.verdict == "depends on train"]
    tested = [finding for finding in judgment.findings if finding.verdict != "not tested"]
    if not tested:
        return "There are too few records to say anything."
    if judgment.real is None:
        return (
            "The generator depends on what it was trained on; how good it is cannot be told without held-out data."
            if depends
            else "Nothing was found that ties the generator to what it was trained on; how good it is cannot be told without held-out data."
        )
    if judgment.real.differ:
        return "Train and held-out differ: nothing can be said of the generator before they are of one distribution."
    good = "worse than real data" if worse else "as good as real data, as far as these records tell"
    if depends:
        copies = "it depends on what it was trained on"
    elif has_copies:
        copies = "alike to what it was trained on by no metric"
    elif not any(finding.name == "copy_share" for finding in tested):
        copies = "nothing measured ties it to what it was trained on; near copies were not looked for"
    else:
        copies = "no more like what it was trained on than real data are"
    named = ": the audit names copies of training records" if has_copies else ""
    return f"The generator is {good}, and {copies}{named}."


def summary(judgment: Results) -> list[str]:
    """The judgment in a few paragraphs: what all rests on, then each reference, then what sees nothing."""
    held = [finding for finding in judgment.findings if finding.reference == "heldout"]
    train = [finding for finding in judgment.findings if finding.reference == "train"]
    parts = [foundation(judgment.real), *map(sentence, judgment.warnings)]
    if held:
        parts.append(
            _against(
                held,
                "worse than real",
                "Against held-out data, the generator is worse than real data by",
                "is worse than real data by none of",
            )
        )
    if train:
        parts.append(
            _against(
                train,
                "depends on train",
                "Against train, it is nearer than fresh data can be by",
                "is nearer to train than fresh data by none of",
            )
        )
    if told := blind(judgment.findings):
        parts.append(
            f"The memory itself, which only copies, does as well as real data by some of these: {'; '.join(told)}."
        )
    parts += nearly(judgment.findings)
    return parts


def sentence(words: str) -> str:
    """With a capital, and a full stop."""
    return f"{words[0].upper()}{words[1:]}."


def blind(findings: Sequence[Finding]) -> list[str]:
    """Which metrics are blind to copying against held-out, and which against train."""
    told = []
    for reference, name in _REFERENCE.items():
        titles = [f.title for f in findings if f.blind_to_copying and f.reference == reference]
        if titles:
            told.append(f"blind to copying against {name} are {', '.join(titles)}")
    return told


def nearly(findings: Sequence[Finding]) -> list[str]:
    """What was below .05 on its own, and is like real data all the same: why."""
    below = [finding for finding in findings if finding.verdict == "like real" and _least(finding) <= ALPHA]
    names = widened(findings)
    wide = [
        one
        for one in below
        if one.reference == "train" and one.name in names and one.p_left is not None and one.p_left <= ALPHA
    ]
    few = [f"{one.title} ({_REFERENCE[one.reference]})" for one in below if one not in wide]
    told = []
    if few:
        told.append(f"Below .05 on their own, but not after the correction for many tests: {', '.join(few)}.")
    if wide:
        titles = ", ".join(one.title for one in wide)
        told.append(
            f"Nearer to train than chance brings it, as a sample that is only wider than the data is, too: {titles}."
        )
    return told


def _least(finding: Finding) -> float:
    """The p-value of the tail that a verdict could have come from."""
    tails = [finding.p_right] if finding.reference == "heldout" else [finding.p_left, finding.p_right]
    if finding.name in COPIES:
        tails = [finding.p_left]  # fewer than real data have are no fault
    return min((tail for tail in tails if tail is not None), default=1.0)


def foundation(real: RealTest | None) -> str:
    """What all the rest stands on, or does not."""
    if real is None:
        return "There were no held-out records: how good the generator is beside fresh data cannot be told, nor which copies are more than chance."
    told = f"({real.metric.upper()}, p {p_value(real.p_value)}, {real.permutations:,} permutations)"
    if real.differ:
        return f"Train and held-out differ {told}: every verdict below is in doubt, since it may be of that difference rather than of the generator."
    return f"Train and held-out cannot be told apart {told}, so they can serve as one distribution."


def _against(findings: Sequence[Finding], verdict: str, some: str, none: str) -> str:
    titles = [finding.title for finding in findings if finding.verdict == verdict]
    tested = sum(finding.verdict != "not tested" for finding in findings)
    if titles:
        return f"{some} {len(titles)} of {tested} metrics: {', '.join(titles)}."
    return f"The generator {none} {tested} metrics."


def paragraph(finding: Finding) -> str:
    """What one finding says."""
    values = f"{number(finding.generated.value)} {interval(finding.generated)}".strip()
    controls = f"the memory itself has {number(finding.memgen.value)}"
    if finding.heldout is not None:
        controls = f"real data of the same size have {number(finding.heldout.value)}, and {controls}"
    return f"{values}, where {controls}. {_test(finding)} {_sight(finding)}".strip()


def _test(finding: Finding) -> str:
    where = _REFERENCE[finding.reference]
    if finding.p_left is None or finding.p_right is None:
        return "It was not tested: that would take too long."
    if finding.verdict == "in doubt":
        tails = f"That it is as near has p {p_value(finding.p_left)}, as far p {p_value(finding.p_right)}"
        return f"{tails}; but train and held-out differ, or copies and poor samples go the same way."
    if finding.verdict == "depends on train":
        chance = f"chance brings fresh data as near to the train records with p {p_value(finding.p_left)}"
        return f"The sample depends on train: {chance}. That need not mean that records were copied."
    chance = f"chance brings real data as far from {where} with p {p_value(finding.p_right)}"
    told = "The sample is worse than real data" if finding.verdict == "worse than real" else "It is like real data"
    return f"{told}: {chance}."


def _sight(finding: Finding) -> str:
    if finding.blind_to_copying is None:
        return ""
    if finding.detects is not None:
        return f"This metric sees copying, from a share of {finding.detects * 100:.3g} % on, in four of five samples."
    return (
        "This metric is blind to copying here."
        if finding.blind_to_copying
        else "This metric sees copying only where all is copied."
    )
