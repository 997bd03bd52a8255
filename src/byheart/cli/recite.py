"""`byheart recite`: go on with a text as the memory does."""

import secrets
import sys
from typing import Final

import click

from byheart.cli import screen, searching, words
from byheart.cli.options import SEED, json_option, print_json, version_option
from byheart.errors import InputError
from byheart.model import MemGEN
from byheart.text.index import bytes_of
from byheart.text.reciting import Recital

_SEED_BITS: Final = 53


@click.command()
@click.argument("memory")
@click.argument("prompt")
@click.option(
    "--max-bytes", type=click.IntRange(min=0), default=500, show_default=True, help="How many to say at most."
)
@click.option("--seed", type=SEED, help="The same seed says the same; else a fresh one.")
@click.option(
    "--temperature",
    type=click.FloatRange(min=0),
    help="1, as left out, follows the memory; less prefers the frequent, more the rare.",
)
@click.option("--greedy", is_flag=True, help="Always what is most frequent: a temperature of 0.")
@searching.words_option
@searching.tokenizer_option
@version_option
@json_option
def recite(
    memory: str,
    prompt: str,
    max_bytes: int,
    seed: int | None,
    temperature: float | None,
    greedy: bool,
    by_words: bool,
    tokenizer: str | None,
    version: int | None,
    as_json: bool,
) -> None:
    """Go on with PROMPT as the records of MEMORY do: from the longest end of it that stands there, to the end of a record.

    An empty PROMPT begins a record; - is read from standard input.
    """
    prompt = searching.asked(prompt)
    if greedy and temperature is not None:
        raise InputError("--greedy, --temperature: wanted one of them, got both")
    heat = 0.0 if greedy else 1.0 if temperature is None else temperature
    seed = secrets.randbits(_SEED_BITS) if seed is None else seed
    model = MemGEN(memory, version=version)
    index = searching.opened(model, by_words=by_words, tokenizer=tokenizer, shown=not as_json)
    said = index.recite(prompt, max_bytes=max_bytes, seed=seed, temperature=heat)
    if as_json:
        told = {"memory": memory, "version": model.snapshot.manifest.version, "seed": seed, "prompt": prompt}
        print_json({**told, **_as_json(said)})
        return
    if sys.stdout.isatty():
        before, after = (screen.tame(text.decode("utf-8", "replace")) for text in (bytes_of(prompt), said.text))
        click.echo(screen.accent(before) + after)
    else:
        click.echo(bytes_of(prompt) + said.text)  # byte for byte
    screen.remark(_remark(said, len(bytes_of(prompt)), index.unit))


def _remark(said: Recital, size: int, unit: str) -> str:
    """What is to be said of a recital, after a prompt of so many bytes (whose tokens were not counted)."""
    matched = said.steps[0].matched if said.steps else 0
    is_whole = matched >= size and unit == "byte"
    whole = "all of the prompt" if is_whole else f"the last {words.counted(matched, unit)} of the prompt"
    begins = (
        f"{whole} {'stands' if is_whole or matched == 1 else 'stand'} there"
        if matched
        else "nothing of the prompt stands there"
    )
    ends = "the record ends" if said.has_ended else "cut off (--max-bytes)"
    return f"{begins}; {words.counted(len(said.steps), 'choice')}, log-probability {said.log_probability:.3g}; {ends}"


def _as_json(said: Recital) -> dict[str, object]:
    steps = [
        {
            "text": step.text.decode("utf-8", "replace"),
            "log_probability": step.log_probability,
            "matched": step.matched,
            "occurrences": step.occurrences,
        }
        for step in said.steps
    ]
    return {
        "text": said.text.decode("utf-8", "replace"),
        "log_probability": said.log_probability,
        "ended": said.has_ended,
        "steps": steps,
    }
