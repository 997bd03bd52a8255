"""`byheart trace`: what of a text stands verbatim in a memory."""

from pathlib import Path
from typing import Any, Final

import click

from byheart import _files
from byheart._names import printable
from byheart.cli import progress, screen, searching, words
from byheart.cli.options import json_option, print_json, version_option
from byheart.errors import MemoryExistsError
from byheart.model import MemGEN
from byheart.report.highlights import page
from byheart.text.tracing import Span, Trace

_SHOWN: Final = 10


@click.command()
@click.argument("memory")
@click.argument("file")
@click.option(
    "--min-length",
    type=click.IntRange(min=1),
    default=20,
    show_default=True,
    help="Of a span, in bytes (or in tokens).",
)
@click.option("--places", type=click.IntRange(min=1), default=3, show_default=True, help="Of each span, to tell of.")
@click.option("--html", metavar="OUT", help="A page that shows the text with its spans, and their sources on a click.")
@click.option("--overwrite", is_flag=True, help="Replace the file of --html.")
@searching.words_option
@searching.tokenizer_option
@version_option
@json_option
def trace(
    memory: str,
    file: str,
    min_length: int,
    places: int,
    html: str | None,
    overwrite: bool,
    by_words: bool,
    tokenizer: str | None,
    version: int | None,
    as_json: bool,
) -> None:
    """Find what of the text in FILE (- for standard input) stands verbatim in the records of MEMORY.

    Told are the longest spans: none within a longer one, each with how often it occurs and where.
    """
    text = searching.read(file)
    if html is not None and Path(html).exists() and not overwrite:
        raise MemoryExistsError(f"{html} is there already: choose another name, or say --overwrite")
    model = MemGEN(memory, version=version)
    index = searching.opened(model, by_words=by_words, tokenizer=tokenizer, shown=not as_json)
    with progress.bar("tracing", shown=not as_json) as bar:
        found = index.trace(
            text,
            min_length=min_length,
            limit=places,
            context=200 if html else 40,
            tell=lambda done, total: bar.tell(done / total, f"{words.size(done)} of {words.size(total)}"),
        )
    if html is not None:
        _files.replace(Path(html), page(found, printable(memory), min_length).encode())
    if as_json:
        head = {"memory": memory, "version": model.snapshot.manifest.version, "bytes": len(text)}
        spans = [_as_json(found, span) for span in found.spans]
        print_json({**head, "covered": found.covered, "share": found.share, "spans": spans})
        return
    _show(found, memory, words.counted(min_length, index.unit))
    if html is None and found.spans:
        again = f"byheart trace {words.shell(memory)} {words.shell(file)} --html trace.html"
        screen.next_step(again, "shows them in the text, with their sources")
    if html is not None:
        click.echo(f"\nwritten to {html}")


def _show(found: Trace[bytes], memory: str, shortest: str) -> None:
    spans = words.counted(len(found.spans), "span")
    click.echo(f"{found.share * 100:.3g} % of the text stands verbatim in {memory}, in {spans} of {shortest} or more")
    longest = sorted(found.spans, key=lambda span: (-len(span), span.start))[:_SHOWN]
    rows = [(words.counted(len(span), "byte"), words.counted(span.count, "time"), span) for span in longest]
    wide = [max((len(row[column]) for row in rows), default=0) for column in (0, 1)]
    for size, times, span in rows:
        source = span.places[0].where
        room = max(screen.width() - sum(wide) - len(source) - 10, 16)
        said = words.cut(searching.one_line(found.text[span.start : span.end]), room)
        click.echo(f"  {size.rjust(wide[0])}  {times.rjust(wide[1])}  {screen.accent(said.ljust(room))}  {source}")
    if len(found.spans) > _SHOWN:
        click.echo(f"  and {words.counted(len(found.spans) - _SHOWN, 'shorter span')} (--json lists all)")


def _as_json(found: Trace[bytes], span: Span) -> dict[str, Any]:
    return {
        "start": span.start,
        "end": span.end,
        "length": len(span),
        "text": found.text[span.start : span.end].decode("utf-8", "replace"),
        "count": span.count,
        "places": [searching.place_as_json(place) for place in span.places],
    }
