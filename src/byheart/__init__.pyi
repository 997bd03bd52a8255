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
from byheart.model import MemGEN

__all__ = [
    "Batch",
    "ByheartError",
    "ConflictError",
    "DamagedError",
    "FormatError",
    "InputError",
    "MemGEN",
    "MemoryExistsError",
    "MemoryNotFoundError",
    "MissingExtraError",
    "StorageError",
    "WhereError",
]
