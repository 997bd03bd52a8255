"""A study's ledger, read: what it found, and its judgments, given away."""

import json
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from time import time
from typing import Final

from byheart.coin import Coin
from byheart.errors import InputError, StorageError
from byheart.rating import exporting
from byheart.rating import plan as plans
from byheart.rating.analysis import report
from byheart.rating.coining import coin_of
from byheart.rating.findings import Report
from byheart.rating.folder import Opened
from byheart.rating.ledger import Kept, Note, Session
from byheart.rating.opening import Realm
from byheart.rating.quality import Quality, quality

FORMS: Final = ("csv", "json", "parquet")


@dataclass(frozen=True, slots=True)
class Read:
    """What a ledger holds.

    Attributes:
        sessions, kept, notes: all of it.
        is_closed: whether nobody may judge any more: it was stopped, or all trials are judged.
    """

    sessions: list[Session]
    kept: list[Kept]
    notes: list[Note]
    is_closed: bool


def read(opened: Opened, *, database: str | None = None, realm: Realm = "people") -> Read:
    """Read all of a ledger, beside a server that writes."""
    ledger = opened.ledger(database, realm=realm, read_only=True)
    try:
        kept = ledger.judgments()
        is_closed = ledger.is_stopped or len(kept) >= sum(opened.slots)
        return Read(ledger.sessions(), kept, ledger.notes(), is_closed)
    finally:
        ledger.close()


def looked(opened: Opened, *, database: str | None = None, realm: Realm = "people") -> Read:
    """Read all of a ledger to say what it shows. A look at people's choices while more may come is noted: who peeks is told so."""
    found = read(opened, database=database, realm=realm)
    if realm == "people":
        _note_look(opened, found, database)
    return found


def reported(
    opened: Opened, *, database: str | None = None, realm: Realm = "people"
) -> tuple[Report, tuple[Quality, ...]]:
    """What a study found, and how each rater went about it; a look, as `looked` has it.

    Args:
        opened: the study.
        database: address of a PostgreSQL server; None: a file in the study's folder.
        realm: whose judgments.
    """
    found = looked(opened, database=database, realm=realm)
    told = report(opened.study, opened.plan, found.sessions, found.kept, found.notes)
    return told, quality(opened.plan, found.kept)


def coined(opened: Opened, *, database: str | None = None) -> tuple[Coin, bool]:
    """People's choices, held against a coin; and whether more may come: then the look is noted, as a report's is.

    Args:
        opened: the study.
        database: address of a PostgreSQL server; None: a file in the study's folder.
    """
    found = looked(opened, database=database)
    return coin_of(opened.study, opened.plan, found.kept), not found.is_closed


def exported(
    opened: Opened, form: str, *, database: str | None = None, realm: Realm = "people", unblind: bool = False
) -> bytes:
    """Judgments as a file. While more may come, what would unblind whoever runs the study is left out.

    Args:
        opened: the study.
        form: "csv", "json" or "parquet".
        database: address of a PostgreSQL server; None: a file in the study's folder.
        realm: whose judgments.
        unblind: leave nothing out; that is noted.
    """
    if form not in FORMS:
        raise InputError(f"format: wanted one of {', '.join(FORMS)}, got {form!r}")
    found = read(opened, database=database, realm=realm)
    is_blinded = realm == "people" and not found.is_closed and not unblind
    if realm == "people" and not is_blinded:
        _note_look(opened, found, database)
    rows = exporting.table(opened.study, opened.plan, found.kept, is_blinded=is_blinded)
    if form == "parquet":
        return exporting.as_parquet(rows, is_blinded=is_blinded)
    return (exporting.as_json(rows) if form == "json" else exporting.as_csv(rows, is_blinded=is_blinded)).encode()


def revealed(opened: Opened, *, database: str | None = None) -> bytes:
    """The seed and the plan with its terms, as JSON, once the study is closed: SHA-256 of both is the digest that was published.

    Raises:
        InputError: somebody may still judge.
    """
    found = read(opened, database=database)
    if not found.is_closed:
        raise InputError("plan: wanted a study that is closed, got one that raters may still judge: stop it first")
    _note_look(opened, found, database)
    plan = plans.revealed(opened.plan, opened.study.terms)
    told = {"digest": opened.study.digest, "seed": opened.seed.hex(), "plan": plan}
    return json.dumps(told, separators=(",", ":"), sort_keys=True).encode()


def _note_look(opened: Opened, found: Read, database: str | None) -> None:
    """Keep that somebody looked while more may come: now, or, of a study that is stopped, once it is resumed (then it counts as a peek: `analysis`)."""
    if not found.kept or len(found.kept) >= sum(opened.slots):
        return
    with (
        suppress(StorageError) if found.is_closed else nullcontext()
    ):  # who was stopped may be read from a disk that is read-only
        ledger = opened.ledger(database)
        try:
            ledger.note([Note(None, "read" if found.is_closed else "peeked", {}, time())])
        finally:
            ledger.close()
