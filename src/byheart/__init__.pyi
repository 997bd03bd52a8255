from byheart.auditing.audit import audit
from byheart.auditing.findings import Audit
from byheart.batch import Batch
from byheart.errors import (
    ByheartError,
    ConflictError,
    DamagedError,
    FormatError,
    InputError,
    MemoryExistsError,
    MemoryNotFoundError,
    MissingExtraError,
    StorageError,
    WhereError,
)
from byheart.judging.judge import judge
from byheart.judging.judgment import Judgment
from byheart.judging.splitting import split
from byheart.model import MemGEN

__all__ = [
    "Audit",
    "Batch",
    "ByheartError",
    "ConflictError",
    "DamagedError",
    "FormatError",
    "InputError",
    "Judgment",
    "MemGEN",
    "MemoryExistsError",
    "MemoryNotFoundError",
    "MissingExtraError",
    "StorageError",
    "WhereError",
    "audit",
    "judge",
    "split",
]
