"""A study on disk: what it asks is public; its plan, its seed and its key are for their owner alone, until it is closed."""

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Final

from byheart import _files
from byheart.errors import DamagedError, FormatError, InputError, MemoryExistsError, MemoryNotFoundError
from byheart.rating.ledger import Ledger
from byheart.rating.media.items import Items
from byheart.rating.opening import Realm, open_ledger
from byheart.rating.plan import Plan, digest, plan_of
from byheart.rating.study import Study

DATABASE: Final = "BYHEART_DATABASE"
"""The environment's variable for the address of a PostgreSQL server."""
FORMAT: Final = 1
STUDY, PLAN, SECRET, ITEMS = "study.json", "plan.json", "secret.json", "items"


@dataclass(frozen=True, slots=True)
class Opened:
    """A study, as it was made.

    Attributes:
        path: its folder.
        study: what it asks.
        plan: who sees what.
        seed: what the plan was made from.
        key: what raters' ids and the names of samples are hidden by.
        items: the samples.
    """

    path: Path
    study: Study
    plan: Plan
    seed: bytes
    key: bytes
    items: Items

    @property
    def slots(self) -> tuple[int, ...]:
        """How many trials each slot has."""
        return tuple(map(len, self.plan.slots))

    def hide(self, use: str, told: str, size: int = 16) -> str:
        """An HMAC, in hexadecimal, of `size` bytes: what it is of cannot be told without the key; each use has its own."""
        return hmac.new(self.key, f"{use}:{told}".encode(), hashlib.sha256).digest()[:size].hex()

    def ledger(self, database: str | None = None, *, realm: Realm = "people", read_only: bool = False) -> Ledger:
        """Open its ledger.

        Args:
            database: address of a PostgreSQL server; None: a file in the study's folder.
            realm: whose judgments.
            read_only: beside a server that writes.
        """
        digest = self.study.digest
        return open_ledger(self.path, self.slots, digest=digest, url=database, realm=realm, read_only=read_only)


def save(path: Path, *, seed: bytes, make: Callable[[Path], tuple[Study, Plan]]) -> tuple[Study, Plan]:
    """Make a study's folder, whole or not at all.

    Args:
        path: where nothing is yet.
        seed: what the plan is made from.
        make: puts the samples into the folder that it is given, and tells the study and its plan.
    """
    if path.exists():
        raise MemoryExistsError(f"{path} is there already: choose another name, or remove it")
    parent = path.absolute().parent
    _files.make_folder(parent)
    building = parent / f".{path.name}.{secrets.token_hex(4)}"
    try:
        _files.make_folder(building)
        study, plan = make(building / ITEMS)
        secret = {"format": FORMAT, "seed": seed.hex(), "key": secrets.token_hex(32)}
        _files.write_private(building / SECRET, _text(secret))
        _files.write_private(building / PLAN, _text(plan.told()))
        _files.write_new(building / STUDY, _text({"format": FORMAT, **asdict(study)}))
        _files.rename_folder(building, path)
    finally:
        for left in (building / ITEMS, building):
            _files.remove_tree(left)
    return study, plan


def open_study(path: str | Path) -> Opened:
    """Open a study; the digest that was published is compared with the plan that is there, and with its terms.

    Raises:
        MemoryNotFoundError: there is none.
        FormatError: another version made it.
        DamagedError: a file is no longer as it was.
    """
    folder = Path(path)
    if not (folder / STUDY).is_file():
        raise MemoryNotFoundError(f"wanted a study, got {folder}: make one with `byheart rate new`")
    told = _read(folder / STUDY)
    if told.get("format") != FORMAT:
        raise FormatError(
            f"{folder}: wanted a study of format {FORMAT}, got {told.get('format')}: another version of byheart made it"
        )
    secret, planned = _read(folder / SECRET), _read(folder / PLAN)
    try:
        plan = plan_of(planned)
    except (KeyError, TypeError, ValueError) as error:
        raise DamagedError(f"{folder / PLAN} was changed: take it from a backup") from error
    try:
        study = Study(**{field.name: _of(told[field.name]) for field in fields(Study)})
        seed, key = bytes.fromhex(secret["seed"]), bytes.fromhex(secret["key"])
    except (KeyError, TypeError, ValueError) as error:
        raise DamagedError(f"{folder}: {STUDY} or {SECRET} was changed: take it from a backup") from error
    if not _is_sealed(seed, plan, study):
        raise DamagedError(
            f"{folder}: the plan, or its terms, are not those whose digest was published: take {PLAN} and {STUDY} from a backup"
        )
    return Opened(folder, study, plan, seed, key, Items(folder / ITEMS))


def _is_sealed(seed: bytes, plan: Plan, study: Study) -> bool:
    try:
        return digest(seed, plan, study.terms) == study.digest
    except (TypeError, ValueError):  # of a type that no study has
        return False


def seed_of(seed: int | None) -> bytes:
    """A secret seed; of a number, the same again: then it is as secret as the number.

    >>> seed_of(7) == seed_of(7), seed_of(None) == seed_of(None)
    (True, False)
    """
    return secrets.token_bytes(32) if seed is None else hashlib.sha256(f"byheart rate {seed}".encode()).digest()


def _text(told: dict[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False).encode()


def _read(path: Path) -> dict[str, Any]:
    try:
        told = json.loads(path.read_bytes())
    except FileNotFoundError as error:
        raise DamagedError(f"{path} is missing: take it from a backup") from error
    except ValueError as error:
        raise DamagedError(f"{path} was changed: take it from a backup") from error
    if not isinstance(told, dict):
        raise InputError(f"{path}: wanted a study's file, got something else")
    return told


def _of(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
