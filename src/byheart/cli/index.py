"""`byheart index`: make a memory of text ready to be searched."""

import time

import click

from byheart.cli import screen, searching, words
from byheart.cli.options import json_option, print_json, version_option
from byheart.model import MemGEN


@click.command()
@click.argument("memory")
@click.option("--compact", is_flag=True, help="Make few large shards of the many small ones of many appends.")
@click.option(
    "--memory-budget",
    type=searching.Size(),
    metavar="SIZE",
    help="The most RAM to take, as 2G: six bytes a byte of text in one shard; less makes more shards.",
)
@click.option(
    "--words", "by_words", is_flag=True, help="Index only where words begin: a third of the size, and found is less."
)
@click.option(
    "--tokenizer", metavar="FILE", help="Index its tokens instead of bytes: a tokenizer.json, or tiktoken:NAME."
)
@version_option
@json_option
def index(
    memory: str,
    compact: bool,
    memory_budget: int | None,
    by_words: bool,
    tokenizer: str | None,
    version: int | None,
    as_json: bool,
) -> None:
    """Build the text index of MEMORY, which `count`, `recite`, `trace` and `contaminated` search.

    They build what is missing themselves; after `learn --append` that is what was added. An index can be deleted at any time.
    """
    model = MemGEN(memory, version=version)
    began = time.perf_counter()
    built = searching.opened(
        model, by_words=by_words, tokenizer=tokenizer, memory_budget=memory_budget, merge=compact, shown=not as_json
    )
    seconds = time.perf_counter() - began
    shards = built.corpus.shards
    size = model.snapshot.manifest.payload
    on_disk = sum(size for shard in shards if shard.index for size, _ in shard.index.files.values())
    if as_json:
        told = {"memory": memory, "version": model.snapshot.manifest.version, "shards": len(shards), "text_bytes": size}
        print_json({**told, "index_bytes": on_disk, "seconds": seconds})
        return
    what = f"{words.size(size)} of text in {words.counted(len(shards), 'shard')}, {words.size(on_disk)} on the disk"
    screen.headline(f"indexed {memory}: {what}", words.seconds(seconds))
    screen.next_step(f"byheart trace {words.shell(memory)} FILE", "finds what of a text stands in it")
