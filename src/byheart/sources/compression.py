"""Compressed streams: read through, never unpacked to the disk; a decompression bomb is refused."""

import bz2
import gzip
import lzma
from collections.abc import Callable
from io import BufferedReader
from typing import Any, Final

import pyarrow as pa

from byheart.errors import InputError
from byheart.registry import Registry

_FREE: Final = 256 << 20
_RATIO: Final = 1000
_XZ_BYTES: Final = 96 << 20  # `xz -9` needs 65 MB


def refuse_bomb(name: str, unpacked: int, packed: int) -> None:
    """Refuse what is over 256 MB and grew over a thousandfold: read a block at a time it would not fill the RAM, but the disk.

    >>> refuse_bomb("zeros.gz", 300 << 20, 300 << 10)
    Traceback (most recent call last):
    byheart.errors.InputError: zeros.gz: wanted data, got a decompression bomb (over 256 MB from 0.3 MB): unpack it yourself if you trust it
    """
    if unpacked > _FREE and unpacked > _RATIO * packed:
        got = f"got a decompression bomb (over {_FREE >> 20} MB from {packed / (1 << 20):.1f} MB)"
        raise InputError(f"{name}: wanted data, {got}: unpack it yourself if you trust it")


def _gzip(packed: BufferedReader) -> Any:
    return gzip.GzipFile(fileobj=packed)


def _zstd(packed: BufferedReader) -> Any:
    return pa.CompressedInputStream(pa.PythonFile(packed, mode="r"), "zstd")


def _xz(packed: BufferedReader) -> Any:
    lzma.LZMADecompressor(memlimit=_XZ_BYTES).decompress(packed.peek(), 1)  # a header may ask for a dictionary of 4 GB
    return lzma.LZMAFile(packed)


CODECS: Final = Registry[Callable[[BufferedReader], Any]]("compression")
"""What opens a compressed stream, by the last suffix of its name."""
CODECS.add(".gz", _gzip)
CODECS.add(".tgz", _gzip)
CODECS.add(".zst", _zstd)
CODECS.add(".tzst", _zstd)
CODECS.add(".bz2", bz2.BZ2File)
CODECS.add(".tbz2", bz2.BZ2File)
CODECS.add(".xz", _xz)
CODECS.add(".txz", _xz)
