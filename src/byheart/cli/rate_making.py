"""A study of what was said by the options, and what its owner should know of it."""

from typing import Any, Final

from byheart.cli import words
from byheart.errors import InputError
from byheart.rating.creating import Made, Options, create
from byheart.rating.design import Asked
from byheart.rating.excluding import deciders
from byheart.rating.needs import CATCHES
from byheart.rating.planning import about

_WIDE: Final = 0.2
_PROLIFIC: Final = "https://app.prolific.com/submissions/complete?cc="


def make(study: str, said: dict[str, Any]) -> Made:
    """Make a study of what was said by the options of `rate new`."""
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
