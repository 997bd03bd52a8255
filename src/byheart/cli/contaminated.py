"""`byheart contaminated`: which items of a benchmark stand in a memory."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Final

import click

from byheart.cli import progress, screen, searching, words
from byheart.cli.options import Share, json_option, print_json, version_option
from byheart.errors import InputError
from byheart.memory.relearning import open_data
from byheart.model import MemGEN
from byheart.records import KINDS
from byheart.sources import Options
from byheart.text.contamination import Item, contamination

_SHOWN: Final = 10


@click.command()
@click.argument("memory")
@click.argument("benchmark")
@click.option("--field", metavar="NAME", help="The field of JSON lines, CSV or Parquet that is the item.")
@click.option(
    "--n-gram", type=click.IntRange(min=1), default=13, show_default=True, help="The words (or tokens) of an n-gram."
)
@click.option(
    "--threshold",
    type=Share(with_most=True),
    default=0.5,
    show_default=True,
    help="The share of its n-grams from which on an item is contaminated.",
)
@searching.words_option
@searching.tokenizer_option
@version_option
@json_option
@click.pass_context
def contaminated(
    ctx: click.Context,
    memory: str,
    benchmark: str,
    field: str | None,
    n_gram: int,
    threshold: float,
    by_words: bool,
    tokenizer: str | None,
    version: int | None,
    as_json: bool,
) -> None:
    """Find the items of BENCHMARK (JSON lines, CSV, Parquet, or text, a line each) that stand in the records of MEMORY.

    Told are, of each item, the share of its n-grams (runs of 13 words) that occur verbatim, and the longest part that does. Items are
    numbered from 0; one of fewer words is a single n-gram. Exit code 1 if an item is contaminated.
    """
    model = MemGEN(memory, version=version)
    texts = list(_texts(benchmark, field))
    index = searching.opened(model, by_words=by_words, tokenizer=tokenizer, shown=not as_json)
    items = []
    with progress.bar("looking", shown=not as_json) as bar:
        for item in contamination(index, texts, n=n_gram):
            items.append(item)
            bar.tell(len(items) / len(texts), f"{words.count(len(items))} of {words.count(len(texts))}")
    wrong = [item for item in items if item.share >= threshold]
    if as_json:
        told = [{**asdict(item), "share": item.share, "contaminated": item.share >= threshold} for item in items]
        head = {"memory": memory, "version": model.snapshot.manifest.version, "items": len(items)}
        print_json({**head, "contaminated": len(wrong), "threshold": threshold, "n_gram": n_gram, "found": told})
    else:
        _show(memory, items, wrong, n_gram)
    if wrong:
        ctx.exit(1)


def _texts(benchmark: str, field: str | None) -> Iterator[str]:
    kind = KINDS["text"]
    for chunk in open_data(benchmark, Options(kind="text", field=field)).chunks():
        try:
            column = kind.field(chunk.values)
            yield from kind.decode(kind.encode(chunk.values, column), column)
        except InputError as error:
            raise InputError(f"{benchmark}{', field ' + field if field else ''}: {error}") from error


def _show(memory: str, items: list[Item], wrong: list[Item], n_gram: int) -> None:
    share = f"{len(wrong) / max(len(items), 1) * 100:.3g} %"
    told = f"{words.count(len(wrong))} of {words.counted(len(items), 'item')} ({share})"
    click.echo(f"{told} {'stands' if len(wrong) == 1 else 'stand'} in {memory}, by their {n_gram}-grams")
    for item in sorted(wrong, key=lambda item: (-item.share, -item.longest))[:_SHOWN]:
        figures = f"{item.share * 100:.3g} %".rjust(6) + f"  longest {words.counted(item.longest, 'byte')}".ljust(22)
        said = words.cut(searching.one_line(item.text.encode()), screen.width() - len(figures) - 16)
        click.echo(f"  {f'item {item.number:,}'.rjust(9)}  {figures}  {screen.accent(said)}")
    if len(wrong) > _SHOWN:
        click.echo(f"  and {words.count(len(wrong) - _SHOWN)} more (--json lists all)")
