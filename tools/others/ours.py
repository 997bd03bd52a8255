"""What byheart says of three samples, in figures that JSON can hold."""

from typing import Any, Final

import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float64]
Told = dict[str, Any]
COPYING: Final = ("exact_share", "dcr_share", "authenticity")


def normal(count: int, width: int, seed: int) -> Points:
    """Points of a normal distribution."""
    return np.random.default_rng(seed).normal(size=(count, width))


def judged(made: object, heldout: object, train: object, *metrics: str, reference: str = "train") -> Told:
    """By `judge`: of each metric the value, that of held-out data as a generator, the p-value of being so near, and the verdict."""
    from byheart import judge  # noqa: PLC0415  # slow to import, and as with all others

    told: Told = {}
    for row in judge(made, heldout, train=train, metrics=list(metrics)).findings:
        if row.reference == reference:
            told[row.name] = row.generated.value
            told[f"{row.name}_real"] = None if row.heldout is None else row.heldout.value
            told[f"{row.name}_p"] = row.p_left
            told[f"{row.name}_verdict"] = row.verdict
    return told


def audited(made: object, heldout: object, train: object) -> Told:
    """By `audit`: how many are named, the share with its limits, the verdict, and what it warns of."""
    from byheart import audit  # noqa: PLC0415  # as above

    told = audit(made, heldout, train=train)
    return {
        "named": len(told.copies),
        "samples": told.samples,
        "low": 100 * told.share.low,
        "high": 100 * told.share.high,
        "verdict": told.verdict,
        "warnings": list(told.warnings),
    }


def prefixed(prefix: str, told: Told) -> Told:
    """The same under longer names."""
    return {f"{prefix}_{name}": value for name, value in told.items()}
