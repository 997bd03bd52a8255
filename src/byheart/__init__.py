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
__getattr__ = _lazy.names(__name__, {"Batch": "byheart.batch", "MemGEN": "byheart.model"})
