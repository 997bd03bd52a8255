"""The group of the verbs, each imported when it is run."""

import importlib
from collections.abc import Mapping
from typing import Any, Final

import click

from byheart.registry import nearest

VERBS: Final = {
    "learn": "Learn sources by heart.",
    "sample": "Draw records from a memory.",
    "info": "Say what a memory holds.",
    "recite": "Go on with a text as a memory does.",
    "trace": "Find what of a text stands verbatim in a memory.",
    "count": "Count how often something stands in a memory of text.",
    "contaminated": "Find the items of a benchmark that stand in a memory.",
    "index": "Make a memory of text ready to be searched.",
    "split": "Make a held-out set, before training.",
    "judge": "Tell how far a generator is from the data, and from its memory.",
    "audit": "Name the generated records that are copies of training records.",
    "rate": "Ask people, blinded, side by side: can they tell?",
    "coin": "Tell choices from those of a coin; or flip one.",
    "paper": "Put the paper's claims to the test.",
    "verify": "Test that a memory's samples follow what it learned.",
    "check": "Find bytes that are not as they were learned.",
    "forget": "Unlearn records, exactly.",
}


class Verbs(click.Group):
    """A group that knows its verbs by name: `--help` imports none of them.

    After "Lazily Loading Subcommands" in click's documentation.

    Args:
        verbs: each with what it does.
        prefix: of the modules' names; "rate_" for what is said after `rate`.
    """

    def __init__(self, *args: Any, verbs: Mapping[str, str], prefix: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.verbs, self._prefix = verbs, prefix

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order in which they are needed."""
        return list(self.verbs)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import `byheart.cli.<verb>`."""
        if cmd_name not in self.verbs:
            return None
        name = f"{self._prefix}{cmd_name.replace('-', '_')}"
        verb = getattr(importlib.import_module(f"byheart.cli.{name}"), name)
        if not isinstance(verb, click.Command):
            raise TypeError(f"byheart.cli.{name} holds no command of its name")
        return verb

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Suggest the nearest verb for one that there is not."""
        if args and not args[0].startswith("-") and args[0] not in self.verbs:
            ctx.fail(f"no command {args[0]!r}: {nearest(args[0], self.verbs)}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The verbs, with the line that stands in the table above."""
        with formatter.section("Commands"):
            formatter.write_dl(list(self.verbs.items()))


@click.group(
    cls=Verbs,
    verbs=VERBS,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="`byheart COMMAND --help` tells what each takes. Exit codes: 0 done; 1 the answer is no; 2 wrong usage or bad input; 3 it cannot be told.",
)
@click.version_option(package_name="byheart", message="byheart %(version)s")
@click.pass_context
def byheart(ctx: click.Context) -> None:
    """Learn any data by heart, and sample it exactly."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
