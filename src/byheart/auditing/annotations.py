"""An audit as lines that GitHub Actions (and what reads the same) shows beside the run: workflow commands.

Escaped as the runner's own toolkit does (actions/toolkit, packages/core/src/command.ts): a value cannot end its line, nor begin a command.
"""

from collections.abc import Iterator
from typing import Final

from byheart.auditing import wording
from byheart.auditing.results import Results, Verdict
from byheart.judging.wording import sentence

_LEVELS: Final[dict[Verdict, str]] = {"COPIES": "error", "INCONCLUSIVE": "warning", "BELOW": "notice"}
_MOST: Final = 9
"""The runner shows ten of a sort from a step, the first of which says what the answer is; warnings come next."""


def github(audit: Results, file: str | None = None) -> Iterator[str]:
    """The answer, what it must be read with, and the first copies.

    Args:
        audit: it.
        file: what was audited, if it is a file.
    """
    level = _LEVELS[audit.verdict]
    yield _command(level, f"byheart audit: {audit.verdict}", f"{wording.headline(audit)} {wording.named(audit)}", file)
    for warning in audit.warnings:
        yield _command("warning", "byheart audit", sentence(warning), file)
    for pair in audit.copies[: _MOST - len(audit.warnings)]:
        told = f"sample {pair.sample} is a copy of training record {audit.ids.of(pair.fingerprint)}: {pair.words}"
        yield _command("warning" if audit.verdict != "BELOW" else "notice", f"copy by {pair.evidence}", told, file)


def _command(level: str, title: str, message: str, file: str | None) -> str:
    named = "" if file is None else f"file={_property(file)},"
    return f"::{level} {named}title={_property(title)}::{_data(message)}"


def _data(text: str) -> str:
    r"""What stands behind the colons.

    >>> _data("50 %\n::error::")
    '50 %25%0A::error::'
    """
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """What stands between commas.

    >>> _property("a,b:c")
    'a%2Cb%3Ac'
    """
    return _data(text).replace(":", "%3A").replace(",", "%2C")
