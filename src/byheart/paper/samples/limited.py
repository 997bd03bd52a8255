"""`python -m byheart.paper.samples.limited ROOM COMMANDS`: run commands of byheart one after the other, the last of them with little room left.

ROOM is how many bytes of addresses the process may have for the last, beyond what it has then (Linux: RLIMIT_AS); COMMANDS is JSON, a list
of lists of words. The exit code is the last one's. This is a process of its own: a limit cannot be taken back.
"""

import json
import runpy
import sys
from pathlib import Path

if sys.platform != "win32":
    import resource


def run(words: list[str]) -> int:
    """Run one command, as `python -m byheart` does; its exit code."""
    sys.argv = ["byheart", *words]
    try:
        runpy.run_module("byheart", run_name="__main__")
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def limit(room: int) -> None:
    """Let this process have so much more, and no more."""
    if sys.platform == "win32":
        raise OSError("there is no such limit on Windows")
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + room, resource.RLIM_INFINITY))


if __name__ == "__main__":
    *before, last = json.loads(sys.argv[2])
    room = int(sys.argv[1])
    for command in before:
        run(command)
    limit(room)
    sys.exit(run(last))
