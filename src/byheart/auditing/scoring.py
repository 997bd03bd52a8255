"""Scores of the generated and of the held-out records: every evidence, put together."""

import importlib.metadata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import xxhash

from byheart import draws
from byheart.auditing import conformal
from byheart.auditing.choosing import FORMS, KNOWN_FORMS, fitting
from byheart.auditing.combining import combined
from byheart.auditing.evidence import Evidence, Found, Setting
from byheart.auditing.identity import Same, same
from byheart.auditing.keeping import Checkpoint
from byheart.auditing.naming import Scores
from byheart.auditing.originals import Asked, Originals
from byheart.auditing.reading import Asking, Samples, Say
from byheart.errors import InputError, MissingExtraError
from byheart.judging.samples import Sample
from byheart.neighbours import Work
from byheart.neighbours.blocks import Floats, Indices

LEARNED: Final = 10_000
"""Train records that are asked for the others, at most: so finely is it known how near originals lie to each other."""


@dataclass(frozen=True, slots=True)
class Scored:
    """What was found of all records.

    Attributes:
        originals: the distinct train records.
        evidence: the kinds of it.
        found: of the generated records, by each.
        learned: the same of the train records that were asked for the others.
        same: which original each generated record is.
        made, real: the scores of generated and of held-out records; `real` is None where there are none.
        which: the kind of evidence that gives each generated record's score; -1 for the same.
        p: the p-values of the generated records; None without held-out.
        same_real: which held-out records are an original.
        left_out: evidence that could not be had, and why.
        kept: the parts that were kept.
    """

    originals: Originals
    evidence: Sequence[Evidence]
    found: Sequence[Found]
    learned: Sequence[Found]
    same: Same
    made: Scores
    real: Scores | None
    which: Indices
    p: Floats | None
    same_real: Same | None
    left_out: tuple[str, ...]
    kept: Checkpoint


def score(of: Samples, asking: Asking, *, fitted_beside: Sample | None = None) -> Scored:
    """Look for every record's original by every evidence.

    Args:
        of: the samples.
        asking: how.
        fitted_beside: what features are fitted to besides train; None for held-out, or generated where there is none.

    Raises:
        InputError: the features or keys do not fit the records, or are not finite.
        MissingExtraError: no evidence at all can be had.
    """
    made, learned, real = of.made, of.learned, of.real
    if asking.keys and learned.kind != "row":
        raise InputError(f"keys: wanted rows of a table, got {learned.kind} records: leave the keys out")
    originals = Originals(learned)
    samples = [Asked.all_of(one) for one in (made, real) if one is not None]
    setting = Setting(
        originals,
        fitted_on=[learned, fitted_beside or (made if real is None else real)],
        seed=asking.seed,
        features=asking.features,
        keys=asking.keys,
        kept=Checkpoint(asking.folder, _digest(originals, samples, asking)),
    )
    asking.say("looking for the same records", 0)
    sames = same(originals, samples, FORMS.get(learned.kind), KNOWN_FORMS.get(learned.kind))
    drawn = originals.draw(LEARNED, draws.split(asking.seed, 0))
    wanted = fitting(learned.kind, keys=bool(asking.keys))
    kinds, told, missing = [], [], dict[str, MissingExtraError]()
    for number, one in enumerate(wanted):
        how = Work(budget=asking.budget, tell=_telling(asking.say, one.name, number, len(wanted)))
        try:
            told.append(one.find(replace(setting, how=how), [*samples, drawn]))
        except MissingExtraError as error:
            missing[one.name] = error
            continue
        kinds.append(one)
    if wanted and not kinds:
        raise next(iter(missing.values()))  # which says what to install: one extra is enough to begin with
    each = [combined(has, [one[at] for one in told], [one[-1] for one in told]) for at, has in enumerate(sames)]
    scores = [Scores(values, has.found) for (values, _), has in zip(each, sames, strict=True)]
    return Scored(
        originals,
        kinds,
        [one[0] for one in told],
        [one[-1] for one in told],
        sames[0],
        scores[0],
        None if real is None else scores[1],
        each[0][1],
        None if real is None else conformal.p_values(scores[0].values, scores[1].values),
        None if real is None else sames[1],
        tuple(f"evidence {name!r} is left out: {error}" for name, error in missing.items()),
        setting.kept,
    )


def _telling(say: Say, name: str, number: int, total: int) -> Callable[[int, int], None]:
    return lambda done, of: say(f"evidence: {name}", 0.05 + 0.9 * (number + done / max(of, 1)) / total)


def _digest(originals: Originals, samples: Sequence[Asked], asking: Asking) -> str:
    """Of all that the parts depend on."""
    told = xxhash.xxh3_128(importlib.metadata.version("byheart").encode())
    told.update(repr((asking.seed, asking.features, asking.keys, asking.budget)).encode())
    told.update(originals.prints.tobytes())
    for one in samples:
        told.update(f"{one.name} {len(one)} {one.field}".encode())
        told.update(one.prints.tobytes())
    return told.hexdigest()
