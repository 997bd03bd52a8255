"""Audits of samples whose copies are known.

All records of a world are scored once; samples and held-out records are then drawn from them again and again, and decided on as `byheart.audit` does.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from byheart.auditing.naming import Scores, levels, limit, named, ranked
from byheart.auditing.reading import BUDGET, Asking, read_samples
from byheart.auditing.results import verdict
from byheart.auditing.scoring import score
from byheart.auditing.share import at_least
from tools.calibrate_audit.worlds import KINDS, count, joined

SHARES: Final = (0.0, 0.001, 0.01, 0.05, 0.1)
ALPHA: Final = 0.05
FAIL_ABOVE: Final = 0.01
SAMPLES: Final = 1000
FRESH: Final = "fresh data"
_FITTED_ON: Final = 1000


@dataclass(frozen=True, slots=True)
class Pool:
    """The scores of a world's records."""

    fresh: Scores
    copies: dict[str, Scores]
    innocents: dict[str, Scores]


def pool(kind: str, seed: int) -> Pool:
    """Draw a world, and score its records."""
    told = KINDS[kind]
    world = told.draw(seed, told.size)
    parts = [world.fresh, *world.copies.values(), *world.innocents.values()]
    samples = read_samples(joined(parts), world.fresh[:_FITTED_ON], memory=None, train=world.train, id_column=None)
    scored = score(samples, Asking(seed, None, (), BUDGET, None, lambda _what, _share: None)).made
    ends = np.cumsum([count(part) for part in parts])[:-1]
    each = iter(
        [Scores(*pair) for pair in zip(np.split(scored.values, ends), np.split(scored.is_same, ends), strict=True)]
    )
    fresh = next(each)
    copies = dict(zip(world.copies, each, strict=False))
    return Pool(fresh, copies, dict(zip(world.innocents, each, strict=True)))


def simulated(case: tuple[str, int, int]) -> list[dict[str, Any]]:
    """All audits of one world: of each background and share as many as are asked for."""
    kind, seed, times = case
    known = pool(kind, seed)
    rng = np.random.default_rng([seed, 7])
    told = [row for _ in range(times) for row in _audits(known, rng)]
    return [{"kind": kind, **row} for row in told]


def _audits(known: Pool, rng: np.random.Generator) -> Iterator[dict[str, Any]]:
    order = rng.permutation(len(known.fresh))
    held = min(len(order) // 2, 2 * SAMPLES)
    real = _some(known.fresh, order[:held])
    backgrounds = {FRESH: _some(known.fresh, order[held:]), **known.innocents}
    for name, background in backgrounds.items():
        for share in SHARES:
            yield {"background": name, "share": share, **_audit(known, background, real, share, rng)}
    memory = known.copies["exact"]
    found = named(levels(memory, real, FAIL_ABOVE), ranked(memory, real, ALPHA), ALPHA)
    yield {"background": "MemGEN", "share": 1.0, "recall": float(found.mean())}
    limit_ = limit(FAIL_ABOVE)
    seen = {name: float((one.values <= limit_).mean()) for name, one in known.copies.items()}
    yield {"background": "changes", "share": 1.0, "seen": {FRESH: float((real.values <= limit_).mean()), **seen}}


def _audit(known: Pool, background: Scores, real: Scores, share: float, rng: np.random.Generator) -> dict[str, Any]:
    samples = min(SAMPLES, len(background))
    copies = round(share * samples)
    changes = list(known.copies)
    innocent = _some(background, rng.choice(len(background), samples - copies, replace=False))
    which = rng.integers(0, len(changes), copies)
    planted = [_some(known.copies[changes[at]], rng.integers(0, len(known.copies[changes[at]]), 1)) for at in which]
    made = Scores(
        np.concatenate([innocent.values, *(one.values for one in planted)]),
        np.concatenate([innocent.is_same, *(one.is_same for one in planted)]),
    )
    limits = levels(made, real, FAIL_ABOVE)
    by_rank = ranked(made, real, ALPHA)
    found = named(limits, by_rank, ALPHA)
    told = at_least([one.rates for one in limits], by_rank.rates if by_rank else None)
    false, right = int(found[: len(innocent)].sum()), found[len(innocent) :]
    by_change = {name: [int(right[which == at].sum()), int((which == at).sum())] for at, name in enumerate(changes)}
    return {
        "false": false,
        "named": int(found.sum()),
        "recall": float(right.mean()) if copies else None,
        "by_change": by_change,
        "planted": float(sum((one.values <= limit(FAIL_ABOVE)).mean() for one in planted) / samples),
        "low": told.low,
        "value": told.value,
        "high": told.high,
        "verdict": verdict(told, FAIL_ABOVE),
    }


def _some(scores: Scores, which: npt.NDArray[np.int64]) -> Scores:
    return Scores(scores.values[which], scores.is_same[which])
