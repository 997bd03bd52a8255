"""docs/what-others-miss.md, out of the figures of a run and the words of the cases."""

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any, Final

from tools.others import authenticity, cells, mifid, newer_scipy, repeats, tables
from tools.others.case import Case, Figures

CASES: Final[tuple[Case, ...]] = (
    *tables.CASES,
    *authenticity.CASES,
    *mifid.CASES[:1],
    *repeats.CASES,
    *cells.CASES,
    *newer_scipy.CASES,
    *mifid.CASES[1:],
)
_HEAD: Final = """# What others miss

`make others` gives other packages data of which it is known what was copied, and byheart the same. Each row is an error in how a published metric is worked out, not in its idea:
it was found by reading the source or by trying, and most are a line each. Of many things these packages do well, and which byheart's own tests lean on, this page says nothing.

"Named" are records that `byheart.audit` names as copies; its verdict is COPIES, BELOW or INCONCLUSIVE, at a threshold of 1 %. The other figures are of `byheart.judge`.
"""
_WIDTH: Final = 160
_COLUMNS: Final = ("case", "peer", "given", "it says", "what is true", "byheart says")


def page(told: Mapping[str, Any]) -> str:
    """The page.

    Args:
        told: what `python -m tools.others` writes as JSON.
    """
    return "\n".join(_lines(told)) + "\n"


def not_reproduced(told: Mapping[str, Any]) -> list[str]:
    """The cases in which the peer did not err."""
    return [case.name for case, found in _found(told) if not case.peer_errs(found)]


def missed(told: Mapping[str, Any]) -> list[str]:
    """The cases that byheart does not get right."""
    return [case.name for case, found in _found(told) if not case.ours_holds(found)]


def _found(told: Mapping[str, Any]) -> list[tuple[Case, Figures]]:
    return [(case, told["cases"][case.name]) for case in CASES if case.name in told["cases"]]


def _wrapped(text: str) -> str:
    return textwrap.fill(text, _WIDTH, break_long_words=False, break_on_hyphens=False)


def _lines(told: Mapping[str, Any]) -> Iterator[str]:
    yield _HEAD
    yield from (f"- {name}: {value}" for name, value in told["machine"].items())
    yield ""
    yield from (f"| {' | '.join(row)} |" for row in (_COLUMNS, ["---"] * len(_COLUMNS)))
    found = _found(told)
    yield from (f"| {' | '.join(case.cells(figures))} |" for case, figures in found)
    yield ""
    wrong = missed(told)
    yield (
        f"byheart itself falls short in: {', '.join(wrong)}." if wrong else "In all of them byheart says what is true."
    )
    if again := not_reproduced(told):
        yield f"In this run the peer made no error in: {', '.join(again)}."
    yield from (f"\nNot run here: {name}: {reason}." for name, reason in told["missing"].items())
    for case, figures in found:
        yield f"\n## {case.name}\n"
        yield _wrapped(case.text.format(**figures))
        warned = {told for name, some in figures.items() if name.endswith("warnings") for told in some}
        yield from (_wrapped(f'The audit warns: "{warning}".') for warning in sorted(warned))
