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
        package = module.partition(".")[0]
        is_missing = isinstance(error, ModuleNotFoundError) and (error.name or "").partition(".")[0] == package
        why = "is not installed" if is_missing else f"cannot be loaded ({error})"
        raise MissingExtraError(f"this needs {package}, which {why}: pip install 'byheart[{extra}]'") from error
