"""`byheart verify`: Theorems 1 and 2, put to the test."""

from dataclasses import asdict
from typing import Final

import click

from byheart.cli import progress, screen, words
from byheart.cli.options import SEED, json_option, print_json, version_option
from byheart.memory.verifying import LearnTime, Verification
from byheart.model import MemGEN

DOUBT: Final = 1e-6  # an exact sampler has a p-value below this once in a million runs
_LEARNS_SHOWN: Final = 5


@click.command()
@click.argument("memory")
@click.option(
    "-n",
    "draws",
    type=click.IntRange(min=1),
    help="How many draws; left out, ten a distinct record (10,000 to 1,000,000).",
)
@click.option("--seed", type=SEED, default=0, show_default=True, help="Of the draws.")
@version_option
@json_option
@click.pass_context
def verify(ctx: click.Context, memory: str, draws: int | None, seed: int, version: int | None, as_json: bool) -> None:
    """Test that what MEMORY samples follows the distribution that it learned (chi-squared), and tell what learning took.

    Exit code 1 if it does not: a record was drawn that was never learned, or the p-value is below 0.000001.
    """
    model = MemGEN(memory, version=version)
    with progress.waiting(f"drawing from {memory}"):
        found = model.verify(draws, seed)
    follows = found.p_value >= DOUBT
    if as_json:
        learns = [{**asdict(learn), "seconds_a_record": learn.seconds_a_record} for learn in found.learns]
        print_json({"memory": memory, "ok": follows, "seed": seed, **asdict(found), "learns": learns})
    else:
        _show(memory, found, follows=follows)
    if not follows:
        ctx.exit(1)


def _show(memory: str, found: Verification, *, follows: bool) -> None:
    verdict = "follow" if follows else "do NOT follow"
    click.echo(f"the samples of {memory} {verdict} what it learned")
    fit = f"chi-squared {words.figures(found.chi_squared)}, {words.count(found.degrees_of_freedom)} degrees of freedom"
    told = [
        (
            "p-value",
            words.figures(found.p_value)
            + ("" if follows else f": below {DOUBT:.0e}, an exact sampler's is once in a million"),
        ),
        ("fit", fit),
        ("draws", f"{words.count(found.draws)}, of {words.counted(found.distinct, 'distinct record')}"),
    ]
    if found.strangers:
        told.append(("strangers", f"{words.counted(found.strangers, 'draw')} of records that were never learned"))
    for number, learn in enumerate(found.learns[-_LEARNS_SHOWN:]):
        told.append(("learning" if number == 0 else "", _learning(learn)))
    if len(found.learns) > _LEARNS_SHOWN:
        told.append(("", f"after {words.counted(len(found.learns) - _LEARNS_SHOWN, 'earlier learn')}"))
    screen.fields(told)
    name = words.shell(memory)
    if follows:
        screen.next_step(f"byheart sample {name} -n 16", "draws from it")
    else:
        screen.next_step(f"byheart check {name}", "finds what is damaged")


def _learning(learn: LearnTime) -> str:
    each = words.seconds(learn.seconds_a_record)
    return f"{words.counted(learn.records, 'record')} in {words.seconds(learn.seconds)}: {each} each"
