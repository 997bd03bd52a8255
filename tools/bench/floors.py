"""The floors: what this machine can do at best, with no store at all."""

import ctypes
import os
import shutil
import subprocess
import sysconfig
import time
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np

from tools.bench.workloads import Files, Rows, Workload

_SOURCE: Final = Path(__file__).with_name("gather.c")
_WRITTEN_AT_ONCE: Final = 32 << 20


class GatherFloor:
    """`gather.c` over the workload's own file, mapped, into a buffer that is used again."""

    name = "compiled gather"
    modules = ()
    survives_kill = False

    def takes(self, workload: Workload) -> bool:
        """Anything."""
        return True

    def learn(self, records: Any, folder: Path) -> None:
        """Write one buffer of bytes, and put it on the disk."""
        write_and_sync(memoryview(records), folder / "x.bin")

    def open(self, folder: Path, files: Files) -> "_Reader":
        """Map the workload's own file, whatever is in the folder."""
        return _Reader(files, compiled(files.data.parent))


class _Reader:
    def __init__(self, files: Files, library: ctypes.CDLL) -> None:
        self._library = library
        self._width = files.workload.width
        self._offsets = np.load(files.offsets)
        self._data = np.memmap(files.data, np.uint8, "r")
        self._out = np.zeros(0, np.uint8)
        self._ends = np.zeros(0, np.int64)
        self._at = (self._data.ctypes.data, self._offsets.ctypes.data)

    def many(self, rows: Rows) -> Any:
        """The bytes, end to end."""
        n = len(rows)
        if len(self._ends) <= n:
            most = int(np.diff(self._offsets).max()) * n
            self._out, self._ends = np.zeros(most, np.uint8), np.zeros(n + 1, np.int64)
            self._to = (self._out.ctypes.data, self._ends.ctypes.data)
        data, offsets = self._at
        out, ends = self._to
        if self._width:
            total = self._library.gather_fixed(data, self._width, rows.ctypes.data, n, out)
            return self._out[:total].reshape(n, -1)
        total = self._library.gather(data, offsets, rows.ctypes.data, n, out, ends)
        return self._out[:total], self._ends[: n + 1]

    def stream(self, rows: Sequence[int]) -> Iterator[Any]:
        """A slice of the map, copied, for each."""
        data, offsets = memoryview(self._data.data), self._offsets.tolist()
        return (data[offsets[row] : offsets[row + 1]].tobytes() for row in rows)


def write_and_sync(whole: memoryview, path: Path) -> None:
    """One buffer to a new file, on the disk when this returns."""
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
    try:
        for start in range(0, len(whole), _WRITTEN_AT_ONCE):
            left = whole[start : start + _WRITTEN_AT_ONCE]
            while left:
                left = left[os.write(descriptor, left) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def memcpy_rate(seconds: float) -> float:
    """Bytes a second of one large copy between buffers that are in use already."""
    source, target = np.ones(256 << 20, np.uint8), np.ones(256 << 20, np.uint8)
    copied, began = 0, time.perf_counter()
    while (took := time.perf_counter() - began) < seconds:
        np.copyto(target, source)
        copied += source.nbytes
    return copied / took


@cache
def compiled(folder: Path) -> ctypes.CDLL:
    """The gather, compiled with this machine's compiler."""
    compiler = (sysconfig.get_config_var("CC") or "cc").split()[0]
    if shutil.which(compiler) is None:
        compiler = "cc"
    target = folder / "gather.so"
    subprocess.run([compiler, "-O3", "-shared", "-fPIC", "-o", str(target), str(_SOURCE)], check=True)
    library = ctypes.CDLL(str(target))
    pointer, number = ctypes.c_void_p, ctypes.c_int64
    library.gather.argtypes = (pointer, pointer, pointer, number, pointer, pointer)
    library.gather_fixed.argtypes = (pointer, number, pointer, number, pointer)
    library.gather.restype = library.gather_fixed.restype = number
    return library
