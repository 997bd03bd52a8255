"""The compiled kernels, where they were built: `kernels` is the module, or None for the numpy path.

Both give the same answers: the tests set `kernels` to None, and run again.
"""

import importlib
from types import ModuleType


def _load() -> ModuleType | None:
    try:
        return importlib.import_module("byheart._kernels")
    except ImportError:
        return None


kernels = _load()
