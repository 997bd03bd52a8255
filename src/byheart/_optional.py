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
        if isinstance(error, ModuleNotFoundError) and error.name and error.name.partition(".")[0] == package:
            raise MissingExtraError(
                f"this needs {package}, which is not installed: pip install 'byheart[{extra}]'"
            ) from error
        raise MissingExtraError(
            f"this needs {package}, which cannot be loaded ({error}): pip install 'byheart[{extra}]'"
        ) from error
