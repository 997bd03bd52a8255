"""Write each command's `--help` into docs/commands.md, between its markers: `python -m tools.commands`."""

import re
from pathlib import Path
from typing import Final

import click

from byheart.cli.group import VERBS, byheart
from byheart.cli.rate import VERBS as RATE

PAGE: Final = Path(__file__).parent.parent / "docs" / "commands.md"


def verbs() -> list[str]:
    """Every command, and those that stand behind another: "rate new"."""
    return [*VERBS, *(f"rate {verb}" for verb in RATE)]


def help_of(verb: str) -> str:
    """What `byheart VERB --help` prints in 100 columns."""
    above, *below = verb.split()
    with byheart.make_context("byheart", [above], terminal_width=100) as context:
        return _help(byheart, [above, *below], context)


def _help(group: click.Group, words: list[str], context: click.Context) -> str:
    command = group.get_command(context, words[0])
    if command is None:
        raise KeyError(words[0])
    with command.make_context(words[0], [], context, resilient_parsing=True) as inner:
        return _help(command, words[1:], inner) if words[1:] and isinstance(command, click.Group) else inner.get_help()


def rendered(page: str) -> str:
    """The page, with what stands between `<!-- help: VERB -->` and `<!-- end -->` as it must be."""

    def block(found: re.Match[str]) -> str:
        return f"<!-- help: {found[1]} -->\n```text\n{help_of(found[1])}\n```\n<!-- end -->"

    return re.sub(r"<!-- help: ([\w -]+) -->\n.*?<!-- end -->", block, page, flags=re.DOTALL)


def main() -> None:
    """Rewrite the page."""
    page = PAGE.read_text("utf-8")
    missing = [verb for verb in verbs() if f"<!-- help: {verb} -->" not in page]
    if missing:
        raise SystemExit(f"docs/commands.md: wanted a section for each command, none for {', '.join(missing)}")
    PAGE.write_text(rendered(page), "utf-8")
    print(f"wrote the help of {len(verbs())} commands into {PAGE}")


if __name__ == "__main__":
    main()
