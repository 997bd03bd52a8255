"""What a judgment says: as a table, as JSON, or as a page."""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from byheart._optional import require
from byheart.judging import wording
from byheart.judging.findings import Results
from byheart.judging.page import report


@dataclass(frozen=True, slots=True)
class Judgment(Results):
    """How far a generator is from the data, and from its memory: `Results` tells its attributes."""

    def __str__(self) -> str:
        return wording.text(self)

    def __repr__(self) -> str:
        return f"<Judgment: {wording.headline(self)}>"

    def to_dict(self) -> dict[str, Any]:
        """All of it, as JSON has it."""
        told = asdict(self)
        if self.real is not None:
            told["real"]["differ"] = self.real.differ
        told["metrics"] = told.pop("findings")
        finite: dict[str, Any] = _finite(told)
        return finite

    def to_json(self) -> str:
        """All of it, as a JSON text."""
        return json.dumps(self.to_dict(), indent=2, ensure_ascii=False, allow_nan=False)

    def to_html(self, *, sections: Sequence[str] = (), has_copies: bool = False) -> str:
        """The report: one page that opens without a network (needs matplotlib).

        Args:
            sections: what stands below the summary, in HTML, such as `Audit.to_sections()`.
            has_copies: whether that audit names copies: the headline says so.
        """
        return report(self, self.to_dict(), sections, has_copies=has_copies)

    def to_pandas(self) -> Any:
        """A row a finding (needs pandas)."""
        rows = []
        for finding in self.findings:
            told = asdict(finding)
            for sample in ("generated", "memgen", "heldout"):
                estimate = told.pop(sample) or {"value": None, "low": None, "high": None}
                told |= {
                    sample: estimate["value"],
                    f"{sample}_low": estimate["low"],
                    f"{sample}_high": estimate["high"],
                }
            rows.append(told)
        return require("pandas", "pandas").DataFrame(rows)


def _finite(told: Any) -> Any:
    """The same with None for what is no number, which JSON has not."""
    if isinstance(told, dict):
        return {name: _finite(value) for name, value in told.items()}
    if isinstance(told, list | tuple):
        return [_finite(value) for value in told]
    return None if isinstance(told, float) and not math.isfinite(told) else told
