"""Digests of weights: SHA-256, as the hubs tell theirs, so that what a judgment was made by can be looked up."""

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from byheart.errors import InputError

_AT_ONCE: Final = 1 << 20


def of_files(paths: Sequence[Path]) -> str:
    """The digest of one file's bytes; of several, of their digests and names, in order.

    Raises:
        InputError: one of them is not there.
    """
    digests = [_of_file(path) for path in paths]
    if len(digests) == 1:
        return digests[0]
    told = "".join(f"{digest}  {path.name}\n" for digest, path in zip(digests, paths, strict=True))
    return hashlib.sha256(told.encode()).hexdigest()


def of_arrays(arrays: Iterable[tuple[str, Any]]) -> str:
    """The digest of numpy arrays by their names: of their names, types, shapes and numbers."""
    digest = hashlib.sha256()
    for name, array in arrays:
        digest.update(f"{name} {array.dtype} {array.shape}\n".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()


def _of_file(path: Path) -> str:
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while block := file.read(_AT_ONCE):
                digest.update(block)
    except FileNotFoundError as error:
        raise InputError(f"{path}: wanted a file that the model needs, got none") from error
    return digest.hexdigest()
