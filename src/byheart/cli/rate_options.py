"""Options that the verbs of `rate` share."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

import click

from byheart.cli import words
from byheart.cli.options import SHARE
from byheart.errors import InputError
from byheart.rating.creating import Made, Options, create
from byheart.rating.design import TRIALS, Asked
from byheart.rating.excluding import deciders
from byheart.rating.folder import DATABASE
from byheart.rating.needs import CATCHES
from byheart.rating.planning import about
from byheart.rating.study import ANALYSES, KINDS, QUESTIONS

F = TypeVar("F", bound=Callable[..., Any])
_WIDE: Final = 0.2
_PROLIFIC: Final = "https://app.prolific.com/submissions/complete?cc="

database_option = click.option(
    "--database",
    metavar="URL",
    envvar=DATABASE,
    help="postgresql://... that holds the judgments; left out, a file in STUDY.",
)
realm_option = click.option(
    "--simulated", "realm", flag_value="simulated", default="people", help="Of simulated raters, instead of people."
)
_STUDY: Final = (
    click.option("--real", metavar="SRC", help="Real samples: whatever can be learned."),
    click.option("--generated", metavar="SRC", multiple=True, help="A generator's samples; again for each generator."),
    click.option("--kind", type=click.Choice(KINDS), help="Of the samples; left out, what the sources hold."),
    click.option(
        "--question",
        type=click.Choice(QUESTIONS),
        default="real",
        show_default=True,
        help="Which one is real, or which one looks (reads, sounds) better.",
    ),
    click.option(
        "--pairs", type=click.IntRange(min=2), metavar="N", help="Of all generators together; left out, up to 900."
    ),
    click.option(
        "--raters-per-pair", type=click.IntRange(1, 3), default=2, show_default=True, help="Who judge each pair."
    ),
    click.option(
        "--trials", type=click.IntRange(min=4), default=TRIALS, show_default=True, help="That each rater sees, about."
    ),
    click.option(
        "--catch", type=SHARE, default=0.12, show_default=True, help="The share of trials whose answer is known."
    ),
    click.option(
        "--margin",
        type=click.FloatRange(0, 0.5, True, True),
        default=0.05,
        show_default=True,
        help="Within which a share is as good as 1/2.",
    ),
    click.option(
        "--analysis",
        type=click.Choice(ANALYSES),
        default="fixed",
        show_default=True,
        help="Read once, at the end; or at any time. It cannot be changed later.",
    ),
    click.option(
        "--exclude-below",
        type=SHARE,
        help="Leave out raters with fewer right catch trials. It cannot be changed later.",
    ),
    click.option(
        "--exposure", type=click.IntRange(min=1), metavar="MS", help="Show each pair for so long, and no longer."
    ),
    click.option(
        "--lease",
        type=click.IntRange(min=1),
        default=30,
        show_default=True,
        help="Minutes until a rater who left is replaced.",
    ),
    click.option("--code", metavar="CODE", help="What raters are given at the end; left out, a random one."),
    click.option(
        "--link",
        metavar="URL",
        help="Where raters are sent at the end; `prolific` for Prolific's address with the code.",
    ),
    click.option("--seed", type=click.IntRange(0, 2**128 - 1), help="Of the plan; left out, a secret one."),
)


def study_options(command: F) -> F:
    """What a study is made from."""
    for option in reversed(_STUDY):
        command = option(command)
    return command


def make(study: str, said: dict[str, Any]) -> Made:
    """Make a study of what was said by the options above."""
    if not said["real"] or not said["generated"]:
        raise InputError("wanted --real SRC and --generated SRC: the samples of both")
    code, link = said["code"] or "", said["link"] or ""
    if link == "prolific" and not code:
        raise InputError("--link prolific: wanted --code too: the one that Prolific gave the study")
    if link not in {"", "prolific"} and not link.startswith(("https://", "http://")):
        raise InputError(f"--link: wanted an address that begins with https://, or `prolific`, got {link}")
    return create(
        study,
        real=said["real"],
        generated=said["generated"],
        kind=said["kind"],
        asked=Asked(said["pairs"], said["raters_per_pair"], said["catch"], said["trials"]),
        options=Options(
            question=said["question"],
            margin=said["margin"],
            analysis=said["analysis"],
            exclude_below=said["exclude_below"],
            exposure=said["exposure"],
            lease_minutes=said["lease"],
            code=code,
            link=f"{_PROLIFIC}{code}" if link == "prolific" else link,
        ),
        seed=said["seed"],
    )


def advice(made: Made) -> list[str]:
    """What its owner should know of it."""
    told = list(made.warnings)
    catches = sum(made.plan.pairs[trial.pair].purpose == "catch" for slot in made.plan.slots for trial in slot)
    measuring = "are planned"
    if made.study.exclude_below is not None:  # every other one decides who is left out, and measures nothing
        catches -= sum(len(deciders(made.plan, slot)) for slot in range(len(made.plan.slots)))
        measuring = "measure the panel, since the others decide who is left out"
    if catches < CATCHES:
        told.append(
            f"{words.count(catches)} catch trials {measuring}, and it takes about {CATCHES} to show that raters looked: more raters, or a larger --catch"
        )
    planned, wanted = made.study.pairs * made.study.raters_per_pair, about(made.study.margin)
    if planned < wanted:
        told.append(
            f"{words.count(planned)} judgments are planned, and equivalence within {made.study.margin:g} takes about "
            f"{words.count(wanted)}: `byheart rate plan` says more"
        )
    if made.study.margin > _WIDE:
        far = 100 * (0.5 + made.study.margin)
        told.append(
            f"within a margin of {made.study.margin:g} a real sample that is picked {far:.3g} % of the time is as good as a coin's: a claim that few will accept"
        )
    return told
