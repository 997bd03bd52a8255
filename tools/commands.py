"""Write each command's `--help` into docs/commands.md, between its markers: `python -m tools.commands`."""

import re
from pathlib import Path
from typing import Final

from byheart.cli.group import VERBS, byheart

PAGE: Final = Path(__file__).parent.parent / "docs" / "commands.md"


def help_of(verb: str) -> str:
    """What `byheart VERB --help` prints in 100 columns."""
    with byheart.make_context("byheart", [verb], terminal_width=100) as above:
        command = byheart.get_command(above, verb)
        if command is None:
            raise KeyError(verb)
        with command.make_context(verb, [], above, resilient_parsing=True) as context:
            return context.get_help()


def rendered(page: str) -> str:
    """The page, with what stands between `<!-- help: VERB -->` and `<!-- end -->` as it must be."""

    def block(found: re.Match[str]) -> str:
        return f"<!-- help: {found[1]} -->\n```text\n{help_of(found[1])}\n```\n<!-- end -->"

    return re.sub(r"<!-- help: (\w+) -->\n.*?<!-- end -->", block, page, flags=re.DOTALL)


def main() -> None:
    """Rewrite the page."""
    page = PAGE.read_text("utf-8")
    missing = [verb for verb in VERBS if f"<!-- help: {verb} -->" not in page]
    if missing:
        raise SystemExit(f"docs/commands.md: wanted a section for each command, none for {', '.join(missing)}")
    PAGE.write_text(rendered(page), "utf-8")
    print(f"wrote the help of {len(VERBS)} commands into {PAGE}")


if __name__ == "__main__":
    main()
