"""Every error that byheart raises on purpose.

    ByheartError
    ├── InputError           (ValueError)         an option, a value or a source that cannot be used
    │   └── WhereError                            a `where` expression that cannot be read
    ├── MemoryNotFoundError  (FileNotFoundError)  no memory at this path
    ├── MemoryExistsError    (FileExistsError)    something is there already, and would be overwritten
    ├── DamagedError         (OSError)            stored bytes that do not match their digest
    ├── FormatError          (ValueError)         not a memory, or one from a newer version
    ├── ConflictError        (RuntimeError)       another writer changed what this one was working on
    ├── StorageError         (OSError)            the disk is full, read-only or out of reach
    └── MissingExtraError    (ImportError)        an optional dependency that is not installed

Each inherits the built-in error that a caller would expect, so `except ValueError` works too.
A message says what was wanted, what was got, and the remedy.
"""


class ByheartError(Exception):
    """The root of the tree."""


class InputError(ByheartError, ValueError):
    """An option, a value or a source that cannot be used."""


class RecordError(InputError):
    """A record that cannot be used; `record` says which of those that were given, from 0."""

    def __init__(self, words: str, record: int) -> None:
        super().__init__(words, record)
        self.record = record

    def __str__(self) -> str:
        return str(self.args[0])


class WhereError(InputError):
    """A `where` expression that cannot be read."""


class MemoryNotFoundError(ByheartError, FileNotFoundError):
    """There is no memory at this path."""


class MemoryExistsError(ByheartError, FileExistsError):
    """Something is there already, and would be overwritten."""


class DamagedError(ByheartError, OSError):
    """Stored bytes do not match their digest, or are missing."""


class FormatError(ByheartError, ValueError):
    """Not a memory, or a memory in a format that this version does not know."""


class ConflictError(ByheartError, RuntimeError):
    """Another writer changed what this one was working on."""


class StorageError(ByheartError, OSError):
    """The disk is full, read-only or out of reach."""


class MissingExtraError(ByheartError, ImportError):
    """An optional dependency that is not installed."""
