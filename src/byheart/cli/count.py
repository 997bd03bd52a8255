"""`byheart count`: how often something stands in a memory of text."""

import click

from byheart.cli import screen, searching, words
from byheart.cli.options import json_option, print_json, version_option
from byheart.errors import InputError
from byheart.model import MemGEN
from byheart.text.index import bytes_of


@click.command()
@click.argument("memory")
@click.argument("pattern")
@click.option("--places", type=click.IntRange(min=0), default=3, show_default=True, help="How many to show, in order.")
@searching.words_option
@searching.tokenizer_option
@version_option
@json_option
def count(
    memory: str, pattern: str, places: int, by_words: bool, tokenizer: str | None, version: int | None, as_json: bool
) -> None:
    """Count how often PATTERN (- for standard input) stands in the records of MEMORY, byte for byte; occurrences may overlap.

    The first time, the text index is built (see `byheart index`).
    """
    pattern = searching.asked(pattern)
    if not pattern:
        raise InputError("PATTERN: wanted some text, got none")
    model = MemGEN(memory, version=version)
    index = searching.opened(model, by_words=by_words, tokenizer=tokenizer, shown=not as_json)
    found, shown = index.count(pattern), index.locate(pattern, limit=places)
    if as_json:
        told = [searching.place_as_json(place) for place in shown]
        print_json({"memory": memory, "version": model.snapshot.manifest.version, "count": found, "places": told})
        return
    click.echo(words.counted(found, "occurrence"))
    room = max((screen.width() - len(pattern)) // 2 - 12, 8)
    for place in shown:
        before, after = searching.one_line(place.before)[-room:], searching.one_line(place.after)[:room]
        here = screen.accent(searching.one_line(bytes_of(pattern)))
        click.echo(f"  {before.rjust(room)} {here} {after.ljust(room)}  {place.where}")
