"""What the verbs that search text share: the index, built with a bar where it is missing, and the words for places."""

import sys
from pathlib import Path
from typing import Any, Final

import click

from byheart._names import printable
from byheart.cli import progress, words
from byheart.errors import InputError
from byheart.model import MemGEN
from byheart.registry import nearby
from byheart.sources.folder import is_memory
from byheart.text.index import TextIndex
from byheart.text.locating import Place

_UNITS: Final = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}


class Size(click.ParamType[int]):
    """A number of bytes: 500M, 2G, 1.5GB."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """As bytes."""
        told = str(value).strip().upper().removesuffix("B")
        number, unit = (told[:-1], told[-1]) if told[-1:] in _UNITS else (told, "")
        try:
            size = int(float(number) * _UNITS[unit])
        except (ValueError, OverflowError):
            self.fail(f"wanted a size such as 500M or 2G, got {value!r}", param, ctx)
        return size


words_option = click.option(
    "--words", "by_words", is_flag=True, help="Search the index of words: it finds what begins where a word does."
)


tokenizer_option = click.option(
    "--tokenizer", metavar="FILE", help="Search the index of its tokens: a tokenizer.json, or tiktoken:NAME."
)


def opened(
    model: MemGEN,
    *,
    by_words: bool = False,
    tokenizer: str | None = None,
    memory_budget: int | None = None,
    merge: bool = False,
    shown: bool = True,
) -> TextIndex:
    """The text index of a model; a bar is shown while what is missing of it is built."""
    with progress.bar("indexing", shown=shown) as bar:
        bar.tell(None, words.size(model.snapshot.manifest.payload))
        return model.index_text(
            words=by_words,
            tokenizer=tokenizer,
            memory_budget=memory_budget,
            merge=merge,
            tell=lambda done, total: bar.tell(done / max(total, 1), f"{words.size(done)} of {words.size(total)}"),
        )


def read(file: str) -> bytes:
    """A text from a file, or - for standard input."""
    if file == "-":
        if sys.stdin is None:
            raise InputError("-: wanted a text on standard input, which is closed: name a file")
        return sys.stdin.buffer.read()
    if Path(file).is_dir():
        told = "a memory: it comes first, then the file" if is_memory(file) else "a folder: name a file in it"
        raise InputError(f"{file}: wanted a file of text, got {told}")
    try:
        return Path(file).read_bytes()
    except FileNotFoundError as error:
        raise InputError(f"{file}: no such file: {nearby(Path(file)) or 'check the path'}") from error
    except OSError as error:
        raise InputError(f"{file}: cannot be read ({(error.strerror or str(error)).lower()})") from error


def asked(text: str) -> str:
    """A text, or - for standard input: as it comes, with bytes that are no characters."""
    return read("-").decode("utf-8", "surrogateescape") if text == "-" else text


def one_line(text: bytes) -> str:
    """Bytes on one line of a terminal."""
    return printable(" ".join(text.decode("utf-8", "replace").split()))


def place_as_json(place: Place) -> dict[str, Any]:
    """A place, for JSON."""
    return {
        "record": place.record,
        "source": place.source,
        "locator": place.locator,
        "offset": place.offset,
        "line": place.line,
        "before": place.before.decode("utf-8", "replace"),
        "after": place.after.decode("utf-8", "replace"),
    }
