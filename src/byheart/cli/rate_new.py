"""`byheart rate new`: make a study."""

from typing import Any

import click

from byheart.cli import progress, screen, words
from byheart.cli.options import json_option, print_json
from byheart.cli.rate_making import advice, make
from byheart.cli.rate_options import study_options
from byheart.rating.creating import Made


@click.command()
@click.argument("study")
@study_options
@json_option
def rate_new(study: str, as_json: bool, **said: Any) -> None:
    """Make a study in the folder STUDY: samples are brought to one format that tells nothing, paired, and dealt to raters.

    The SHA-256 of the plan and its secret seed is printed: publish it before the first judgment, and whoever is given both afterwards can check that the plan was
    this one.
    """
    with progress.waiting(f"making {study}"):
        made = make(study, said)
    if as_json:
        told = made.study
        print_json(
            {
                "study": study,
                "kind": told.kind,
                "question": told.question,
                "generators": list(told.generators),
                "pairs": told.pairs,
                "raters_per_pair": told.raters_per_pair,
                "raters": len(made.plan.slots),
                "trials": sum(map(len, made.plan.slots)),
                "digest": told.digest,
                "code": told.code,
                "warnings": advice(made),
            }
        )
        return
    tell(made, study)
    screen.next_step(f"byheart rate serve {words.shell(study)}", "lets raters in")


def tell(made: Made, study: str) -> None:
    """Say what a study is."""
    told, plan = made.study, made.plan
    trials = [len(slot) for slot in plan.slots]
    asked = {"real": "which one is real", "better": "which one is better"}[told.question]
    click.echo(screen.accent(f"{study}: {asked}?"))
    names = ", ".join(screen.tame(name) for name in told.generators)
    screen.fields(
        [
            ("pairs", f"{words.count(told.pairs)} of a real sample and one of {names}"),
            ("raters", f"{words.count(len(trials))}, with up to {words.counted(max(trials), 'trial')} each"),
            ("judgments", words.count(told.pairs * told.raters_per_pair)),
            ("margin", f"{told.margin:g}, analysis {told.analysis}"),
            ("plan", f"sha256 {told.digest}"),
        ]
    )
    for line in advice(made):
        click.echo(f"note: {screen.tame(line)}", err=True)
