"""What was found, in numbers: values that do not change."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Reference: TypeAlias = Literal["train", "heldout"]
Verdict: TypeAlias = Literal["worse than real", "like real", "depends on train", "in doubt", "not tested"]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value, and the 95 % interval of its expectation at this size; None where it was not worked out."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One metric, by some features, against one reference.

    Attributes:
        name: the metric; title: for people; paper: its source.
        features: what the records were compared by.
        reference: "train" or "heldout".
        generated: of the generator that is judged.
        memgen: of the memory itself, as a generator.
        heldout: of held-out data, as a generator; None where there were none.
        toward: whether a sample that is nearer to the reference than fresh data has a "low" or a "high" value.
        null: of fresh data, where that is known beforehand.
        p_left: of being so near to the reference by chance; p_right: of being so far; None where there was no test.
        permutations: that they are from.
        verdict: after the correction for many tests; "in doubt" where train and held-out differ, where the metric cannot tell copies
            from a poor sample, or where a sample of common records would be as near to train.
        blind_to_copying: whether the memory itself does no better against the reference than real data may; None where not worked out.
        detects: the smallest share of copies, of those tried, that 80 % of samples would be told by; None for none of them.
    """

    name: str
    title: str
    paper: str
    features: str
    reference: Reference
    generated: Estimate
    memgen: Estimate
    heldout: Estimate | None
    toward: str
    null: float | None
    p_left: float | None
    p_right: float | None
    permutations: int
    verdict: Verdict
    blind_to_copying: bool | None
    detects: float | None


@dataclass(frozen=True, slots=True)
class RealTest:
    """Train against held-out: what all else rests on. `differ`: whether they are told apart, at .05."""

    metric: str
    features: str
    value: float
    p_value: float
    permutations: int

    @property
    def differ(self) -> bool:
        """Whether train and held-out are not of one distribution: every verdict is then in doubt."""
        return self.p_value <= 0.05


@dataclass(frozen=True, slots=True)
class Results:
    """How far a generator is from the data, and from its memory.

    Attributes:
        real: train against held-out, the first row of every table; None where there were no held-out records.
        findings: a row each.
        left_out: what was not measured, and why.
        warnings: what puts all of it in doubt, and what to do about it.
        sizes: records that there are ("train", "heldout", "generated"), and that were compared ("row", "reference heldout" ...).
        seeds: "seed", and what each use of it drew by.
        methods: versions, and how each thing was done.
    """

    real: RealTest | None
    findings: tuple[Finding, ...]
    left_out: tuple[str, ...]
    sizes: dict[str, int]
    seeds: dict[str, int]
    methods: dict[str, str]
    warnings: tuple[str, ...] = ()
