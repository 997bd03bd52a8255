"""Make a study: samples chosen, prepared alike, paired, planned."""

import datetime as dt
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import Any, Final

from byheart.errors import InputError
from byheart.rating import folder
from byheart.rating.design import Asked, lay_out, repeats, shuffled
from byheart.rating.media.formats import Leak, audit_bodies
from byheart.rating.media.items import Items
from byheart.rating.media.preparation import preparation
from byheart.rating.media.reading import read
from byheart.rating.plan import Plan, digest
from byheart.rating.studio import Studio
from byheart.rating.study import Analysis, Kind, Question, Study

_SURVEY: Final = 200
_LOOKED_AT: Final = 300
_CODE: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that looks like another


@dataclass(frozen=True, slots=True)
class Options:
    """What a study asks, besides its samples (`Study` says what each is)."""

    question: Question = "real"
    margin: float = 0.05
    analysis: Analysis = "fixed"
    exclude_below: float | None = None
    exposure: int | None = None
    lease_minutes: int = 30
    code: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """What was made.

    Attributes:
        study: what it asks.
        plan: who will see what.
        refused: samples that could not be shown, with the reason, the first of each source.
        repeats: how many times a rater will meet a sample that looks like one they saw.
        leak: whether the format of what is sent tells real from generated.
    """

    study: Study
    plan: Plan
    refused: tuple[str, ...]
    repeats: int
    leak: Leak

    @property
    def warnings(self) -> list[str]:
        """What its owner should know of it."""
        told = list(self.refused)
        if self.repeats:
            told.append(f"samples are so alike that raters will meet one that they saw before {self.repeats:,} times")
        if self.leak.is_told:
            told.append(self.leak.sentence)
        return told


def create(  # noqa: PLR0913  # of what, and how
    path: str | PathLike[str],
    *,
    real: Any,
    generated: Sequence[Any],
    kind: Kind | None = None,
    asked: Asked | None = None,
    options: Options | None = None,
    seed: int | None = None,
) -> Made:
    """Make a study in a folder that is not there yet.

    Args:
        path: of the folder.
        real: a source of real samples: whatever can be learned.
        generated: of each generator, a source of its samples.
        kind: of the samples; None: what the sources hold.
        asked: how many pairs, raters and catch trials.
        options: what is asked, and how it will be judged.
        seed: of the plan; None: a random one, which keeps the plan secret.

    Raises:
        InputError: there are too few samples, or of different kinds.
        MemoryExistsError: something is there already.
    """
    asked, options = asked or Asked(), options or Options()
    if not generated:
        raise InputError("generated: wanted samples of one generator or more, got none")
    secret = folder.seed_of(seed)
    samples = [read(source, kind) for source in (real, *generated)]
    kinds = sorted({one.kind for one in samples})
    if len(kinds) > 1:
        raise InputError(f"wanted samples of one kind, got {' and '.join(kinds)}: say --kind")
    orders = [shuffled(len(one), seed=secret, use=f"source {at}") for at, one in enumerate(samples)]
    survey = [one[at] for one, order in zip(samples, orders, strict=True) for at in order[:_SURVEY]]
    studio = Studio(samples, orders, preparation(samples[0].kind, survey))
    names = _names([one.name for one in samples[1:]])

    def make(items: Path) -> tuple[Study, Plan]:
        told, pairs = studio.furnish(items, asked)
        plan = lay_out(pairs, studio.contents, told, raters_per_pair=asked.raters_per_pair, seed=secret)
        study = Study(
            name=Path(path).name,
            kind=samples[0].kind,
            question=options.question,
            generators=names,
            pairs=sum(told.pairs),
            raters_per_pair=asked.raters_per_pair,
            catch=asked.catch,
            margin=options.margin,
            analysis=options.analysis,
            exclude_below=options.exclude_below,
            exposure=options.exposure,
            lease_minutes=options.lease_minutes,
            digest="",
            code=options.code or "".join(secrets.choice(_CODE) for _ in range(8)),
            link=options.link,
            created=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        )
        return replace(study, digest=digest(secret, plan, study.terms)), plan

    study, plan = folder.save(Path(path), seed=secret, make=make)
    return Made(study, plan, studio.refused, repeats(plan, studio.contents), _leak(Path(path), study, plan))


def _leak(path: Path, study: Study, plan: Plan) -> Leak:
    """Whether the format of what is sent tells real from generated."""
    pairs = [pair for pair in plan.pairs if pair.purpose == "study"]
    some = [pairs[at] for at in shuffled(len(pairs), seed=b"leak", use="leak")[:_LOOKED_AT]]
    with Items(path / folder.ITEMS) as items:
        real, generated = (
            [items.body(item) for item in side] for side in zip(*((p.first, p.second) for p in some), strict=True)
        )
    return audit_bodies(study.kind, real, generated)


def _names(names: Sequence[str]) -> tuple[str, ...]:
    """Of generators, each its own."""
    return tuple(name if names.count(name) == 1 else f"{name} {at}" for at, name in enumerate(names, 1))
