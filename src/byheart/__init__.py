"""byheart: a generative model that learns any data by heart and samples it exactly."""

from byheart import _lazy
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
__getattr__ = _lazy.names(
    __name__,
    {
        "Audit": "byheart.auditing.findings",
        "Batch": "byheart.batch",
        "Judgment": "byheart.judging.judgment",
        "MemGEN": "byheart.model",
        "audit": "byheart.auditing.audit",
        "judge": "byheart.judging.judge",
        "split": "byheart.judging.splitting",
    },
)
