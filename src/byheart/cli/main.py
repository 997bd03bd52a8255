"""`byheart`: run a verb, and tell in one line what went wrong."""

import os
import sys

import click

from byheart.cli import failures
from byheart.cli.group import byheart


def main() -> None:
    """Run the command line; it never ends in a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # what a terminal cannot show is no reason to fail
    if "_BYHEART_COMPLETE" in os.environ:  # a shell asks for completions
        byheart.main(prog_name="byheart")
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one verb; give back the exit code (`failures`)."""
    try:
        with byheart.make_context("byheart", arguments) as context:
            byheart.invoke(context)
        if sys.stdout is not None:
            sys.stdout.flush()
    except click.exceptions.Exit as end:
        return end.exit_code
    except BaseException as error:  # a traceback helps no one who did not write this
        if failures.wants_traceback():
            raise
        message, code = failures.explain(error)
        _drop_output()
        if message is not None:
            click.echo(f"byheart: {' '.join(message.split())}", err=True)
        return code
    return 0


def _drop_output() -> None:
    """Let what is still held back for standard output go, if no one takes it: Python would complain at exit."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
