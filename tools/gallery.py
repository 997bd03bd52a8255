"""Put what a run of `byheart paper` found into the docs, its claims and its figures: `python -m tools.gallery paper/`."""

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from byheart.paper.claims import OURS

DOCS: Final = Path(__file__).parent.parent / "docs"
PAGE: Final = DOCS / "paper-run.md"
FIGURES: Final = DOCS / "paper"


def main(run: Path) -> None:
    """Replace the page, and the figures."""
    results = json.loads((run / "results.json").read_text("utf-8"))
    shutil.rmtree(FIGURES, ignore_errors=True)
    FIGURES.mkdir()
    for figure in results["figures"]:
        name = f"{figure['name']}.svg"
        shutil.copy(run / "figures" / name, FIGURES / name)
    PAGE.write_text("\n".join(page(results)), "utf-8")
    print(f"wrote {PAGE} and {len(results['figures'])} figures")


def page(results: dict[str, Any]) -> Iterator[str]:
    """Its lines."""
    environment, settings = results["environment"], results["settings"]
    size = "" if settings["quick"] else " --full"
    size += f" --paper {settings['paper']}" if settings["paper"] else ""
    packages = ", ".join(f"{name} {number}" for name, number in environment["packages"].items())
    yield "# The paper, a run\n"
    yield f"What `byheart paper{size}` found on {environment['date']}, word for word: {environment['system']}, {environment['cores']} cores, Python {environment['python']}; {packages}. "
    yield "This page and its figures are written by `python -m tools.gallery`.\n"
    if stand_ins := results["data"]["stand_ins"]:
        yield f"Stand-ins: {'; '.join(f'for {name}, {instead}' for name, instead in stand_ins.items())}.\n"
    yield from _claims("The paper's claims", [one for one in results["claims"] if one["section"] != OURS])
    yield from _claims("Claims of the page", [one for one in results["claims"] if one["section"] == OURS])
    yield "## Figures\n"
    for figure in results["figures"]:
        yield f"![{_plain(figure['alt'])}](paper/{figure['name']}.svg)\n"
        yield f"{_plain(figure['caption'])}\n"


def _claims(title: str, claims: list[dict[str, Any]]) -> Iterator[str]:
    yield f"## {title}\n"
    yield "| claim | place | verdict | number | how, and with what caveat |"
    yield "|---|---|---|---|---|"
    for one in claims:
        number = f"{one['number']} (timed)" if one["is_timed"] and one["number"] else one["number"]
        cells = (one["claim"], one["section"], f"**{one['verdict']}**", number, one["detail"])
        yield f"| {' | '.join(map(_plain, cells))} |"
    yield ""


def _plain(text: str) -> str:
    """Within a table's cell, or a picture's name."""
    return text.replace("|", "\\|").replace("[", "\\[").replace("]", "\\]").replace("\n", " ").replace("<", "&lt;")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
