"""From p-values to words, after a correction for many tests."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from byheart.judging.findings import Finding, Verdict
from byheart.neighbours.blocks import Floats

ALPHA: Final = 0.05
FOOLED_BY_WIDTH: Final = {
    *("nearest_neighbour_accuracy", "classifier_auc", "classifier_score"),
    *("precision", "recall", "density", "coverage", "vendi_score", "self_similarity"),
}
"""Metrics that a sample wider, or narrower, than the data may bring nearer to a reference than fresh data are."""
EITHER: Final = {"mifid", "fld"}
"""Metrics that copies bring where poor samples go: they cannot tell the one from the other."""
FOOLED_BY_NARROWNESS: Final = {"c_t", "authenticity", "cosine_to_train", "fld_gap"}
"""Metrics of raw distances to train, which a sample in the midst of the data has smaller too, whoever made it."""
SURE: Final = {"exact_share", "copy_share", "nndr", "dcr_share"}
"""Metrics that a narrow sample does not fool: for where it lies, or beside held-out records, is it near to train?"""
COPIES: Final = {"exact_share", "copy_share"}
"""Counts of copies: fewer than real data have by chance is nothing to blame."""


def adjusted(p_values: Sequence[float]) -> Floats:
    """Benjamini and Hochberg (1995): each p-value as the least false discovery rate at which it would be rejected.

    >>> adjusted([0.01, 0.04, 0.03, 0.5]).round(4).tolist()
    [0.04, 0.0533, 0.0533, 0.5]
    """
    values = np.asarray(p_values, np.float64)
    order = np.argsort(values)
    raised = values[order] * len(values) / np.arange(1, len(values) + 1)
    out = np.empty_like(values)
    out[order] = np.minimum(np.minimum.accumulate(raised[::-1])[::-1], 1)
    return out


def with_verdicts(findings: Sequence[Finding], *, is_doubtful: bool = False) -> tuple[Finding, ...]:
    """Say what each test says: that the sample is worse than real data, or against train that it depends on it.

    A narrower sample, or one of the most common records, lies nearer to train in the same way: metrics of raw distances are believed where one that
    this does not fool (the ratio of distances, or held-out records beside train's) says so too, and else in doubt.

    Where copies are penalised, so that they and a poor sample have the same value, what is found is in doubt.

    A sample that is wider than the data is nearer to train than train is to itself, by some metrics, and as near to held-out: that is no
    dependence. So it takes a low left tail against train, and none against held-out; and where there is no held-out, a metric that width does not fool.

    Args:
        findings: of a judgment.
        is_doubtful: whether train and held-out differ: any verdict may then be of that difference.
    """
    tested = [number for number, finding in enumerate(findings) if finding.p_right is not None]
    wide = widened(findings)
    sure = {finding.name for finding in findings if finding.name in SURE and _or_1(finding.p_left) <= ALPHA}
    of_train = [number for number in tested if findings[number].reference == "train"]
    depends = dict(zip(of_train, _rejected([_or_1(findings[number].p_left) for number in of_train]), strict=True))
    worse = dict(zip(tested, _rejected([_or_1(findings[number].p_right) for number in tested]), strict=True))

    def told(number: int, finding: Finding) -> Verdict:
        if finding.name in EITHER:
            return "in doubt" if worse[number] else "like real"
        is_narrow = finding.name in FOOLED_BY_NARROWNESS and not sure
        if is_narrow and depends.get(number, False):
            return "in doubt"
        return _verdict(
            depends.get(number, False) and finding.name not in wide, worse[number] and finding.name not in COPIES
        )

    return tuple(
        replace(finding, verdict="in doubt" if is_doubtful else told(number, finding)) if number in worse else finding
        for number, finding in enumerate(findings)
    )


def widened(findings: Sequence[Finding]) -> set[str]:
    """The metrics by which a sample that is wider than the data may be nearer to train: they say so of held-out, too, or there is none to ask."""
    heldout = {one.name for one in findings if one.reference == "heldout" and _or_1(one.p_left) <= ALPHA}
    return heldout | {one.name for one in findings if one.heldout is None and one.name in FOOLED_BY_WIDTH}


def _verdict(is_dependent: bool, is_worse: bool) -> Verdict:
    return "depends on train" if is_dependent else "worse than real" if is_worse else "like real"


def _or_1(p_value: float | None) -> float:
    return 1.0 if p_value is None else p_value


def _rejected(p_values: Sequence[float]) -> list[bool]:
    return [bool(value <= ALPHA) for value in adjusted(p_values)]
