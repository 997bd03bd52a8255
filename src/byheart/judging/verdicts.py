"""From p-values to words, after a correction for many tests."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from byheart.judging.findings import Finding, Verdict
from byheart.neighbours.blocks import Floats

ALPHA = 0.05


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


def with_verdicts(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Say what each test says: against train that the sample depends on it, against either that it is worse than real data."""
    tested = [number for number, finding in enumerate(findings) if finding.p_right is not None]
    depends = _rejected([findings[number].p_left or 0 for number in tested if findings[number].reference == "train"])
    worse = _rejected([findings[number].p_right or 0 for number in tested])
    against_train = iter(depends)
    told = list(findings)
    for number, is_worse in zip(tested, worse, strict=True):
        is_dependent = findings[number].reference == "train" and next(against_train)
        verdict: Verdict = "depends on train" if is_dependent else "worse than real" if is_worse else "like real"
        told[number] = replace(findings[number], verdict=verdict)
    return tuple(told)


def _rejected(p_values: Sequence[float]) -> list[bool]:
    return [bool(value <= ALPHA) for value in adjusted(p_values)]
