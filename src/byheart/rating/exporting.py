"""Judgments as a table: with the column names of jsPsych 8, so that what reads its data reads this, and with ours.

jsPsych's: trial_type, trial_index (the place in the slot), stimulus, response (of its button plugins: 0 the left, 1 the right one), rt and time_elapsed, in milliseconds.

Rule 1: while a study is open, what would unblind whoever runs it is left out: purpose, items, generator, which side was real, and whether it was chosen.
Rule 2: a cell of text that a spreadsheet would take for a formula gets an apostrophe in front (OWASP, "CSV injection").
Rule 3: time_elapsed is from a session's first pair on, by when its judgments came in; of those that came in together (after a lost network, or simulated), no less than their times add up to.
Rule 4: simulated raters are marked in each row.
"""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq

from byheart.rating.ledger import Kept
from byheart.rating.plan import Plan
from byheart.rating.rows import Row, is_simulated, rows
from byheart.rating.study import Study

Cell: TypeAlias = str | int | float | bool | None
Table: TypeAlias = list[dict[str, Cell]]

TRIAL_TYPE: Final = "byheart-side-by-side"
BLINDED: Final = ("purpose", "left_item", "right_item", "generator", "real_side", "chose_real")
"""Columns that tell which one was real, or what a pair was for."""
_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")
_TYPES: Final[Mapping[str, pa.DataType]] = {
    "trial_index": pa.int64(),
    "trial_type": pa.string(),
    "stimulus": pa.string(),
    "response": pa.int64(),
    "rt": pa.float64(),
    "time_elapsed": pa.float64(),
    "study": pa.string(),
    "digest": pa.string(),
    "session": pa.int64(),
    "slot": pa.int64(),
    "rater": pa.string(),
    "is_simulated": pa.bool_(),
    "pair": pa.int64(),
    "purpose": pa.string(),
    "left_item": pa.int64(),
    "right_item": pa.int64(),
    "generator": pa.string(),
    "real_side": pa.string(),
    "chose_real": pa.bool_(),
    "device": pa.string(),
    "received": pa.string(),
}


def table(study: Study, plan: Plan, kept: Sequence[Kept], *, is_blinded: bool) -> Table:
    """A row each, in the order in which they came in.

    Args:
        study: whose.
        plan: what was shown.
        kept: the judgments.
        is_blinded: whether to leave out what unblinds: while the study is open.
    """
    began: dict[int, float] = {}
    elapsed: dict[int, float] = {}
    told = []
    for row in rows(plan, kept):
        session = row.kept.judgment.session
        seconds = row.kept.judgment.milliseconds / 1000
        since = row.kept.received - began.setdefault(session, row.kept.received - seconds)
        elapsed[session] = max(since, elapsed.get(session, 0.0) + seconds)
        cells = _cells(study, row, elapsed[session])
        told.append({name: cell for name, cell in cells.items() if not (is_blinded and name in BLINDED)})
    return told


def columns(*, is_blinded: bool) -> tuple[str, ...]:
    """The names, in order."""
    return tuple(name for name in _TYPES if not (is_blinded and name in BLINDED))


def as_csv(rows: Table, *, is_blinded: bool) -> str:
    """As RFC 4180 has it, with a header; nothing that a spreadsheet would run.

    >>> as_csv([], is_blinded=True).split(",")[:3]
    ['trial_index', 'trial_type', 'stimulus']
    """
    out = io.StringIO()
    writer = csv.DictWriter(out, columns(is_blinded=is_blinded))
    writer.writeheader()
    writer.writerows({name: harmless(cell) for name, cell in row.items()} for row in rows)
    return out.getvalue()


def as_json(rows: Table) -> str:
    """One list of objects."""
    return json.dumps(rows, ensure_ascii=False, allow_nan=False)


def as_parquet(rows: Table, *, is_blinded: bool) -> bytes:
    """One file; `received` is text, as in the others."""
    schema = pa.schema([(name, _TYPES[name]) for name in columns(is_blinded=is_blinded)])
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows, schema), out)
    return out.getvalue()


def harmless(cell: Cell) -> Cell:
    """A cell that no spreadsheet takes for a formula; booleans as JSON and R have them.

    >>> harmless("=1+1"), harmless("photo"), harmless(-3.5), harmless(True)
    ("'=1+1", 'photo', -3.5, 'true')
    """
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULAS) else cell


def _cells(study: Study, row: Row, elapsed: float) -> dict[str, Cell]:
    judgment = row.kept.judgment
    left, right = row.trial.items(row.pair)
    return {
        "trial_index": judgment.trial,
        "trial_type": TRIAL_TYPE,
        "stimulus": f"pair {row.trial.pair}",
        "response": 0 if judgment.chose_left else 1,
        "rt": judgment.milliseconds,
        "time_elapsed": round(1000 * elapsed, 3),
        "study": study.name,
        "digest": study.digest,
        "session": judgment.session,
        "slot": row.kept.slot,
        "rater": row.kept.rater,
        "is_simulated": is_simulated(row.kept.rater),
        "pair": row.trial.pair,
        "purpose": row.pair.purpose,
        "left_item": left,
        "right_item": right,
        "generator": _generator(study, row),
        "real_side": row.real_side,
        "chose_real": row.chose_real,
        "device": judgment.device,
        "received": datetime.fromtimestamp(row.kept.received, UTC).isoformat(timespec="milliseconds"),
    }


def _generator(study: Study, row: Row) -> str | None:
    """Whose the generated one was; of two generators both, the left one first; None where there is none."""
    pair = row.pair
    ordered = pair.players if row.trial.is_first_left else pair.players[::-1]
    return " | ".join(study.generators[one - 1] for one in ordered if one > 0) or None
