"""Options that the verbs of `rate` share; nothing heavy is imported for them, since a server would keep it in its memory."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

import click

from byheart.cli.options import SEED, SHARE, Share
from byheart.rating.folder import DATABASE
from byheart.rating.study import ANALYSES, KINDS, QUESTIONS, TITLE, TRIALS

F = TypeVar("F", bound=Callable[..., Any])

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
        type=Share(0.5),
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
    click.option(
        "--title", metavar="TEXT", default=TITLE, show_default=True, help="What raters are told that it is called."
    ),
    click.option(
        "--consent",
        metavar="FILE",
        help="Plain text that raters read first: who asks, contact, purpose, duration, pay.",
    ),
    click.option("--code", metavar="CODE", help="What raters are given at the end; left out, a random one."),
    click.option(
        "--link",
        metavar="URL",
        help="Where raters are sent at the end; `prolific` for Prolific's address with the code.",
    ),
    click.option("--seed", type=SEED, help="Of the plan; left out, a secret one."),
)


def study_options(command: F) -> F:
    """What a study is made from."""
    for option in reversed(_STUDY):
        command = option(command)
    return command
