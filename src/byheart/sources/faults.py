"""What becomes of everything that can go wrong while a source is read: one `InputError` that names it."""

import lzma
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import pyarrow as pa

from byheart.errors import InputError

_BROKEN: Final = (
    OSError,
    EOFError,
    OverflowError,
    ValueError,
    zlib.error,
    lzma.LZMAError,
    pa.ArrowException,
)


@contextmanager
def faults(name: str, wanted: str = "a file that can be read") -> Iterator[None]:
    """Turn the failures of files, and of the libraries that read them, into an `InputError`.

    Args:
        name: of the file, for people.
        wanted: what it should have been: "a Parquet file".

    >>> with faults("a.parquet", "a Parquet file"):
    ...     raise EOFError("no footer")
    Traceback (most recent call last):
    byheart.errors.InputError: a.parquet: wanted a Parquet file, got one that cannot be read (no footer): it may be cut short or damaged
    """
    try:
        yield
    except InputError:
        raise
    except MemoryError as error:  # or a length that no machine could hold
        got = "got one that asks for more RAM than is free (out of memory)"
        raise InputError(
            f"{name}: wanted {wanted}, {got}: cut it into several, free some, or see if it is whole"
        ) from error
    except _BROKEN as error:
        if isinstance(error, (FileNotFoundError, PermissionError)) or getattr(error, "errno", None) is not None:
            reason = getattr(error, "strerror", None) or type(error).__name__
            raise InputError(f"{name}: cannot be read ({reason}): check that it is there and readable") from error
        reason = str(error).strip().split("\n", 1)[0].rstrip(".") or type(error).__name__
        got = f"got one that cannot be read ({reason})"
        raise InputError(f"{name}: wanted {wanted}, {got}: it may be cut short or damaged") from error
