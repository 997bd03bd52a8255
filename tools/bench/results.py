"""What a run found, as JSON and as numbers to judge."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Series:
    """What one contestant reached in one figure: a value a repetition."""

    figure: str
    workload: str
    who: str
    unit: str
    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """Of the repetitions."""
        return median(self.values)

    @property
    def spread(self) -> tuple[float, float]:
        """The smallest and the largest."""
        return min(self.values), max(self.values)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A target, and what was reached.

    Attributes:
        figure: what was measured.
        workload: on what.
        claim: the numbers compared, in words.
        values: one a repetition; the median is judged.
        wanted: the target.
        at_least: whether more is better.
        unit: of the values: "" for a ratio.
    """

    figure: str
    workload: str
    claim: str
    values: tuple[float, ...]
    wanted: float
    at_least: bool = True
    unit: str = ""

    @property
    def median(self) -> float:
        """What is judged."""
        return median(self.values)

    @property
    def is_met(self) -> bool:
        """Whether the target was reached."""
        return self.median >= self.wanted if self.at_least else self.median <= self.wanted


@dataclass(slots=True)
class Results:
    """All that one run found."""

    machine: dict[str, str]
    series: list[Series] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    missing: dict[str, str] = field(default_factory=dict)

    def of(self, figure: str, workload: str) -> dict[str, Series]:
        """The series of one figure, by contestant."""
        return {s.who: s for s in self.series if s.figure == figure and s.workload == workload}

    def best(self, figure: str, workload: str, among: Iterable[str]) -> str | None:
        """Whose median is the highest; None where none of them was measured."""
        found = self.of(figure, workload)
        return max((who for who in among if who in found), key=lambda who: found[who].median, default=None)

    def ratio(self, figure: str, workload: str, ours: str, theirs: str) -> tuple[float, ...]:
        """Ours to theirs, repetition by repetition; empty where one was not measured."""
        found = self.of(figure, workload)
        if ours not in found or theirs not in found:
            return ()
        return tuple(a / b for a, b in zip(found[ours].values, found[theirs].values, strict=False))

    def judge(self, verdict: Verdict) -> None:
        """Add a verdict, unless what it compares was not measured."""
        if verdict.values:
            self.verdicts.append(verdict)

    @classmethod
    def together(cls, parts: Sequence["Results"]) -> "Results":
        """What several tasks found, one after the other."""
        machine = {key: value for part in parts for key, value in part.machine.items()}
        missing = {key: value for part in parts for key, value in part.missing.items()}
        return cls(machine, [one for part in parts for one in part.series], missing=missing)

    def write(self, path: Path) -> None:
        """As JSON."""
        path.write_text(json.dumps(asdict(self), indent=1) + "\n", "utf-8")

    @classmethod
    def read(cls, path: Path) -> Self:
        """What `write` wrote."""
        told: dict[str, Any] = json.loads(path.read_text("utf-8"))
        series = [Series(**{**s, "values": tuple(s["values"])}) for s in told["series"]]
        verdicts = [Verdict(**{**v, "values": tuple(v["values"])}) for v in told["verdicts"]]
        return cls(told["machine"], series, verdicts, told["missing"])
