"""What becomes of errors: one line on standard error, and an exit code.

0  done                                    130  interrupted
1  the answer is "no"                      141  whoever read the output has gone (`| head`)
2  wrong usage, or bad input                70  a fault of byheart itself
3  the answer cannot be told from these records
"""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import click

from byheart.errors import ByheartError
from byheart.registry import nearby, nearest

USAGE: Final = 2
FAULT: Final = 70
INTERRUPTED: Final = 130
PIPE_CLOSED: Final = 141

_REMEDIES: Final = {
    errno.EACCES: "ask its owner for permission, or choose another path",
    errno.EPERM: "ask its owner for permission, or choose another path",
    errno.EISDIR: "name a file",
    errno.ENOTDIR: "a part of the path is a file",
    errno.ENOENT: "check the path",
    errno.ENOSPC: "free some space, and run it again",
    errno.EMFILE: "raise the limit (`ulimit -n`)",
    errno.ENAMETOOLONG: "choose a shorter name",
    errno.EIO: "the disk fails: copy what is on it while it can be read",
}


def explain(error: BaseException) -> tuple[str | None, int]:
    """What to say of an error (None: nothing), and the code to exit with."""
    if _is_out_of_memory(error):
        return _OUT_OF_MEMORY, USAGE
    tell, code = next((tell, code) for kind, tell, code in _KNOWN if isinstance(error, kind))
    return tell(error), code


def wants_traceback() -> bool:
    """Whether whoever runs this looks for the fault."""
    return bool(os.environ.get("BYHEART_TRACEBACK"))


def _is_out_of_memory(error: BaseException) -> bool:
    """Whether the system had no more RAM to give: for records, for a file that is to be mapped, or for a library that is to be loaded."""
    if isinstance(error, ImportError):
        return "failed to map segment" in str(error)
    return isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno == errno.ENOMEM)


def _usage(error: click.UsageError) -> str:
    if isinstance(error, click.NoSuchOption) and error.ctx is not None:
        known = [name for option in error.ctx.command.get_params(error.ctx) for name in option.opts if name[0] == "-"]
        told = f"no option {error.option_name}: {nearest(error.option_name, known)}"
    else:
        told = error.format_message().rstrip(".")
        told = told[:1].lower() + told[1:]
    return told if error.ctx is None else f"{told} (see `{error.ctx.command_path} --help`)"


def _system(error: OSError) -> str:
    what = (error.strerror or str(error)).lower()
    where = f"{os.fsdecode(error.filename)}: " if isinstance(error.filename, (str, bytes)) else ""
    remedy = _REMEDIES.get(error.errno or 0)
    if error.errno == errno.ENOENT and where:
        remedy = nearby(Path(os.fsdecode(error.filename))) or remedy
    return f"{where}{what}: {remedy}" if remedy else f"{where}{what}"


def _byheart(error: ByheartError) -> str:
    told = error.strerror if isinstance(error, OSError) else None
    return told or str(error)


def _fault(error: BaseException) -> str:
    return f"a fault of byheart itself ({type(error).__name__}: {error}): BYHEART_TRACEBACK=1 shows where"


_OUT_OF_MEMORY: Final = (
    "out of memory: wanted more RAM than is free: ask for fewer records or digits at once; nothing learned is lost"
)

_KNOWN: Final[tuple[tuple[type[BaseException], Callable[[Any], str | None], int], ...]] = (
    (BrokenPipeError, lambda _: None, PIPE_CLOSED),
    (KeyboardInterrupt, lambda error: str(error) or "interrupted: what was not finished was not kept", INTERRUPTED),
    (click.UsageError, _usage, USAGE),
    (click.ClickException, click.ClickException.format_message, USAGE),
    (ByheartError, _byheart, USAGE),
    (OSError, _system, USAGE),
    (BaseException, _fault, FAULT),
)
