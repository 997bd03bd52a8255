"""What an audit says: as a table, as JSON, or as a page. Of training records it holds nothing, unless it is asked to."""

import json
from dataclasses import asdict, dataclass
from typing import Any

from byheart._optional import require
from byheart.auditing import wording
from byheart.auditing.page import report, sections
from byheart.auditing.results import Pair, Results, Seen


@dataclass(frozen=True, slots=True)
class Audit(Results):
    """Which samples are copies, how sure that is, and what share they are: `Results` tells its attributes."""

    def __str__(self) -> str:
        return wording.text(self)

    def __repr__(self) -> str:
        return f"<Audit: {wording.headline(self)}>"

    def to_dict(self, *, show_records: bool = False) -> dict[str, Any]:
        """All of it, as JSON has it.

        Args:
            show_records: whether training records go by their number in the memory and the place that they came from, rather than by a name that
                tells nothing.
        """
        return {
            "verdict": self.verdict,
            "exit_code": self.exit_code,
            "kind": self.kind,
            "samples": self.samples,
            "copies": len(self.copies),
            "share": asdict(self.share),
            "alpha": self.alpha,
            "fail_above": self.fail_above,
            "fewest_nameable": self.fewest,
            "seen": [_seen(one) for one in self.seen],
            "heldout_p_value": self.heldout_p_value,
            "pairs": [self._pair(pair, show_records=show_records) for pair in self.pairs],
            "most_copied": [
                {"record": self._record(pair, show_records=show_records), "copies": count, "learned": pair.learned}
                for pair, count in self.most_copied()
            ],
            "sizes": dict(self.sizes),
            "warnings": list(self.warnings),
            "methods": dict(self.methods),
        }

    def to_json(self, *, show_records: bool = False) -> str:
        """All of it, as a JSON text."""
        return json.dumps(self.to_dict(show_records=show_records), indent=2, ensure_ascii=False, allow_nan=False)

    def to_html(self, *, show_records: bool = False) -> str:
        """The report: one page that opens without a network.

        Args:
            show_records: whether the first pairs are shown side by side, with their records.
        """
        return report(self, self.to_dict(show_records=show_records), show_records=show_records)

    def to_sections(self, *, show_records: bool = False) -> list[str]:
        """The same as parts of another page, such as a judgment's: `Judgment.to_html(sections=...)`."""
        return list(sections(self, show_records=show_records))

    def to_pandas(self, *, show_records: bool = False) -> Any:
        """A row a pair (needs pandas)."""
        rows = [self._pair(pair, show_records=show_records) for pair in self.pairs]
        columns = [
            "sample",
            "name",
            "record",
            "source",
            "evidence",
            "distance",
            "p_value",
            "is_copy",
            "learned",
            "words",
        ]
        return require("pandas", "pandas").DataFrame(rows, columns=columns)

    def _pair(self, pair: Pair, *, show_records: bool) -> dict[str, Any]:
        return {
            "sample": pair.sample,
            "name": pair.name,
            "record": self._record(pair, show_records=show_records),
            "source": "{}:{}".format(*pair.source) if show_records else None,
            "evidence": pair.evidence,
            "distance": pair.distance,
            "p_value": pair.p_value,
            "is_copy": pair.is_copy,
            "learned": pair.learned,
            "words": pair.words,
        }

    def _record(self, pair: Pair, *, show_records: bool) -> int | str:
        return pair.record if show_records else self.ids.of(pair.fingerprint)


def _seen(one: Seen) -> dict[str, Any]:
    return {
        "limit": one.name,
        "generated": one.made.hits,
        "heldout": None if one.real is None else one.real.hits,
        "generated_share": one.made.value,
        "heldout_share": None if one.real is None else one.real.value,
    }
