"""Which ledger a study has: a file in its folder, or a schema in PostgreSQL; simulated raters' is another one."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal

from byheart.errors import InputError
from byheart.rating.ledger import Ledger
from byheart.rating.ledger_postgres import PostgresLedger
from byheart.rating.ledger_sqlite import SQLiteLedger

Realm = Literal["people", "simulated"]
_FILES: Final[dict[Realm, str]] = {"people": "ledger.sqlite", "simulated": "simulated.sqlite"}
_ENDINGS: Final[dict[Realm, str]] = {"people": "", "simulated": "_simulated"}
_SCHEMES: Final = ("postgresql://", "postgres://")


def open_ledger(  # noqa: PLR0913  # four of them are keywords
    folder: Path,
    trials: Sequence[int],
    *,
    digest: str,
    url: str | None = None,
    realm: Realm = "people",
    read_only: bool = False,
) -> Ledger:
    """Open a study's ledger; make it where there is none.

    Args:
        folder: of the study.
        trials: trials[k]: how many trials slot k has.
        digest: of the study (`Study.digest`): its beginning names the schema.
        url: postgresql://user:password@host/database; None: a file in the folder.
        realm: whose judgments.
        read_only: for reports, while a server writes.

    Raises:
        InputError: the address is none of PostgreSQL, or no server answers there; there is no ledger to read, or it is another study's.
        DamagedError: it is damaged.
        StorageError: the disk, or the server, refused.
        MissingExtraError: psycopg is not installed.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     ledger = open_ledger(Path(folder), [3, 3], digest="861371fc99658f6d", realm="simulated")
    ...     print([path.name for path in Path(folder).glob("*.sqlite")], ledger.judgments())
    ...     ledger.close()
    ['simulated.sqlite'] []
    """
    if realm not in _FILES:
        raise InputError(f"realm: wanted people or simulated, got {realm!r}")
    if url is None:
        return SQLiteLedger(folder / _FILES[realm], trials, read_only=read_only)
    if not url.startswith(_SCHEMES):
        scheme = url.partition(":")[0]
        raise InputError(f"ledger: wanted an address that begins with postgresql://, got one that begins with {scheme}")
    return PostgresLedger(url, f"byheart_{digest[:16]}{_ENDINGS[realm]}", trials, read_only=read_only)
