"""Optional dependencies: imported on first use, and named with their extra where they are missing."""

import importlib
from types import ModuleType

from byheart.errors import MissingExtraError


def require(module: str, extra: str) -> ModuleType:
    """Import `module`, which `pip install 'byheart[extra]'` brings.

    Raises:
        MissingExtraError: it is not installed; the message holds the command that installs it.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        wanted = f"this needs {module.partition('.')[0]}, which is not installed"
        raise MissingExtraError(f"{wanted}: pip install 'byheart[{extra}]'") from error
