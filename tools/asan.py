"""The kernels with every access checked: built with the sanitizers (address, undefined behaviour), and tested in place of the usual ones.

`python -m tools.asan [TEST...]`, on Linux with gcc or clang.
Rule 1: it begins with a read out of bounds that must be caught: a sanitizer that sleeps would find nothing.
Rule 2: Python's own allocator is off, so that each buffer has its guarded surroundings; leaks are not looked for, CPython has its own.
"""

import importlib.util
import os
import platform
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest

ROOT: Final = Path(__file__).parent.parent
TESTS: Final = ("tests/storage/test_kernels.py", "tests/storage/test_one_pass.py", "tests/test_draws.py", "tests/text")
FLAGS: Final = ("-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-fno-omit-frame-pointer", "-O1", "-g")
RUNTIMES: Final = ("libasan.so", f"libclang_rt.asan-{platform.machine()}.so")
EXAMPLES: Final = 300  # of each property
BUILT: Final = "BYHEART_ASAN_KERNELS"


class MoreExamples:
    """A plugin of pytest: hypothesis looks longer."""

    def pytest_configure(self) -> None:
        """When the project's own settings are known."""
        from hypothesis import settings  # noqa: PLC0415  # pytest wants to be there before it

        settings.register_profile("asan", settings.default, max_examples=EXAMPLES)
        settings.load_profile("asan")


def build(compiler: str, to: Path) -> None:
    """Compile the kernels, checked, to the file `to`."""
    flags = [*FLAGS, "-shared-libasan"] if "clang" in _said(compiler, "--version") else list(FLAGS)
    include = sysconfig.get_paths()["include"]
    source = ROOT / "src" / "byheart" / "_kernels.c"
    subprocess.run([compiler, *flags, "-shared", "-fPIC", f"-I{include}", str(source), "-o", str(to)], check=True)


def runtime(compiler: str) -> str:
    """The sanitizer's library, which has to be loaded before all others."""
    found = [_said(compiler, f"-print-file-name={name}").strip() for name in RUNTIMES]
    here = next((path for path in found if Path(path).is_absolute()), None)
    if here is None:
        raise SystemExit(f"asan: wanted {compiler} with its sanitizers, found none: install gcc (Debian: libasan)")
    return here


def load(path: str) -> Any:
    """Put the checked kernels where byheart looks for its own."""
    spec = importlib.util.spec_from_file_location("byheart._kernels", path)
    if spec is None or spec.loader is None:
        raise SystemExit(f"asan: {path} cannot be loaded")
    kernels = importlib.util.module_from_spec(spec)
    sys.modules["byheart._kernels"] = kernels
    spec.loader.exec_module(kernels)
    return kernels


def read_out_of_bounds(kernels: Any) -> None:
    """One byte more than there is."""
    data = np.zeros(5000, np.uint8)
    kernels.to_list(np.array([data.ctypes.data], np.uint64), np.array([0, len(data) + 1]), False)


def run(tests: list[str]) -> int:
    """Run the tests in this process, whose kernels are the checked ones."""
    kernels = load(os.environ[BUILT])
    if tests == ["--canary"]:
        read_out_of_bounds(kernels)
        return 0
    from byheart import _native  # noqa: PLC0415  # not before the checked kernels are in place

    if _native.kernels is not kernels:
        raise SystemExit("asan: byheart does not use the checked kernels")
    options = ["-q", "--capture=sys"]  # the sanitizer's report goes past what pytest keeps
    return int(pytest.main([*options, *tests], [MoreExamples()]))


def main(tests: list[str]) -> int:
    """Build, see that a bad read is caught, and run the tests."""
    if BUILT in os.environ:
        return run(tests)
    compiler = os.environ.get("CC", "cc")
    with tempfile.TemporaryDirectory() as folder:
        built = Path(folder) / "_kernels.abi3.so"
        build(compiler, built)
        environment = {
            **os.environ,
            BUILT: str(built),
            "LD_PRELOAD": runtime(compiler),
            "ASAN_OPTIONS": "detect_leaks=0:allocator_may_return_null=1",
            "PYTHONMALLOC": "malloc",
        }
        again = [sys.executable, "-m", "tools.asan"]
        caught = subprocess.run([*again, "--canary"], cwd=ROOT, env=environment, capture_output=True, check=False)
        if caught.returncode == 0 or b"AddressSanitizer" not in caught.stderr:
            raise SystemExit(f"asan: a read out of bounds was not caught: {caught.stderr.decode()}")
        return subprocess.run([*again, *(tests or TESTS)], cwd=ROOT, env=environment, check=False).returncode


def _said(compiler: str, question: str) -> str:
    return subprocess.run([compiler, question], capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
