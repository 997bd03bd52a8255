"""Audit a generator: which of its samples are training records, how sure that is, and what share they are."""

import importlib.metadata
import platform
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from os import PathLike
from typing import Final

import numpy as np
import pyarrow as pa

from byheart.auditing import conformal
from byheart.auditing.findings import Audit
from byheart.auditing.likeness import likeness
from byheart.auditing.naming import RANKED, Level, levels, limit, named, ranked
from byheart.auditing.pairing import paired
from byheart.auditing.reading import BUDGET, Asking, Samples, Say, asked, read_samples
from byheart.auditing.redaction import Ids
from byheart.auditing.results import DIFFER, Seen, verdict
from byheart.auditing.scoring import Scored, score
from byheart.auditing.share import at_least
from byheart.draws import RandomState
from byheart.errors import InputError
from byheart.judging.samples import numbering
from byheart.model import MemGEN

ALPHA: Final = 0.05
FAIL_ABOVE: Final = 0.01
_DOUBT: Final = (
    "train and held-out differ: held-out does not tell what chance does; the share allows for all that were seen,"
    " and the copies that are named are in doubt"
)
_CELLS: Final = (
    "these rows have a single column, of text, and are compared as cells: wording and verbatim parts are seen where the texts themselves are given,"
    " as .txt with a line each or as strings from Python"
)
_CHANCE: Final = 0.01
"""From this share of held-out on that recurs in train, it must be said that agreement may be chance."""


def audit(  # noqa: PLR0913  # each is told by its name
    generated: object,
    heldout: object = None,
    *,
    memory: "MemGEN | str | PathLike[str] | None" = None,
    train: object = None,
    alpha: float = ALPHA,
    fail_above: float = FAIL_ABOVE,
    features: str | None = None,
    keys: Sequence[str] = (),
    id_column: str | None = None,
    field: str | None = None,
    ids: Ids | None = None,
    memory_budget: int = BUDGET,
    checkpoint: str | PathLike[str] | None = None,
    random_state: RandomState = 0,
    say: Say | None = None,
) -> Audit:
    """Find which generated records are copies of training records.

    Args:
        generated: records, as `MemGEN.fit` takes them, or a function that is asked for n of them.
        heldout: real records that the generator was not trained on. Without any, nothing tells what chance does: copies are shown, but not named.
        memory: what it was trained on, learned by heart: a `MemGEN` or its path.
        train: the same as records, where there is no memory.
        alpha: the false discovery rate of the copies that are named, in (0, 1).
        fail_above: the share of copies that is too much, in [0, 1): `Audit.verdict` and `Audit.exit_code` say which side of it the share lies on.
        features: what to compare records by, as in `judge`; None for what their kind suggests.
        keys: of tables, columns that tell together whom a row is about (quasi-identifiers): agreement on all of them is evidence.
        id_column: of tables, a column that says who a record is; it is no part of the record. Held-out records whose id was learned are dropped.
        field: of JSON lines, CSV or Parquet, the field that is the record, as it was when the memory learned it; None for whole rows.
        ids: how reports name training records; None for names by a key that no one keeps.
        memory_budget: bytes of RAM beyond the generated and held-out records, about.
        checkpoint: a folder to keep finished parts in: the same audit goes on from there, to the same answer.
        random_state: an integer seed, None for one from the operating system, or a numpy generator.
        say: called with what is being done, and how much of all is (0 to 1).

    Raises:
        InputError: the samples are not of one kind; a name is unknown; a number is out of its range.
        MissingExtraError: what an evidence needs is not installed.

    >>> rng = np.random.default_rng(0)
    >>> real = rng.normal(size=(900, 4))
    >>> fresh = rng.normal(size=(300, 4))
    >>> told = audit(np.concatenate([fresh[:200], real[:100]]), fresh[200:], train=real)
    >>> len(told.copies), told.verdict, round(told.share.value, 2)
    (103, 'COPIES', 0.34)
    """
    _check(alpha, fail_above)
    samples = read_samples(generated, heldout, memory=memory, train=train, id_column=id_column, field=field)
    asking = asked(random_state, features, keys, memory_budget, checkpoint, say)
    made, real = samples.made, samples.real
    scored = score(samples, asking)
    limits = levels(scored.made, scored.real, fail_above)
    found = None if scored.real is None else ranked(scored.made, scored.real, alpha)
    is_copy = np.zeros(len(made), np.bool_) if scored.real is None else named(limits, found, alpha)
    told = paired(made, scored, is_copy, limits[-1].made)
    asking.say("comparing train with held-out", 0.95)
    alike = likeness(samples, scored.originals, asking)
    is_doubtful = alike is not None and alike.p_value <= DIFFER
    if is_doubtful:
        share = at_least(
            [(one.rate_made, None) for one in (*limits, *([found] if found else []))], unseen=_unseen(scored)
        )
    else:
        share = at_least([one.rates for one in limits], found.rates if found else None, unseen=_unseen(scored))
    scored.kept.clear()
    return Audit(
        samples=len(made),
        kind=made.kind,
        pairs=told.pairs,
        share=share,
        verdict=verdict(share, fail_above),
        alpha=alpha,
        fail_above=fail_above,
        fewest=None if real is None else conformal.fewest(len(made), len(real), RANKED * alpha),
        seen=tuple(Seen(level.name, *level.rates) for level in (*limits, *([found] if found else []))),
        sizes={
            "generated": len(made),
            "train": len(samples.learned),
            "distinct train": len(scored.originals),
            "held-out": 0 if real is None else len(real),
            "held-out dropped": samples.dropped,
        },
        heldout_p_value=None if alike is None else alike.p_value,
        warnings=(
            *_warnings(scored, limits, samples.dropped, alpha),
            *(numbering(one, "id") for one in samples.learned.numbered),
            *([_DOUBT] if is_doubtful else []),
            *([_CELLS] if _is_text_column(samples.learned.field.type) else []),
        ),
        methods=_methods(samples, scored, asking, alpha, fail_above),
        shown=told.shown,
        ids=ids or Ids(),
    )


def _is_text_column(type_: pa.DataType) -> bool:
    """Whether it is of rows that are a text each."""
    if not pa.types.is_struct(type_) or type_.num_fields != 1:
        return False
    inner = type_.field(0).type
    return bool(pa.types.is_string(inner) or pa.types.is_large_string(inner))


def _check(alpha: float, fail_above: float) -> None:
    if not 0 < alpha < 1:
        raise InputError(f"alpha: wanted more than 0 and less than 1, got {alpha:g}")
    if not 0 <= fail_above < 1:
        raise InputError(f"fail_above: wanted a share from 0 to less than 1, got {fail_above:g}")


def _warnings(scored: Scored, limits: Sequence[Level], dropped: int, alpha: float) -> tuple[str, ...]:
    told = [*scored.left_out, *_not_compared(scored)]
    same = limits[0]
    real = same.rate_real
    if real is None:
        told.append(
            "no held-out records: how many samples would be near by chance is not known, so none is named; share and verdict allow for all that were seen"
        )
        return tuple(told)
    if dropped:
        told.append(f"{dropped:,} held-out records were learned too, and dropped")
    if same.rate_made.hits and real.value >= _CHANCE and not same.is_beyond_chance(alpha):
        told.append(
            f"{real.value * 100:.3g} % of held-out records stand in train too, and {same.rate_made.value * 100:.3g} % of the samples:"
            " here agreement with a training record proves nothing"
        )
    return tuple(told)


def _unseen(scored: Scored) -> int:
    """The samples that no evidence could look at, such as pictures that cannot be read."""
    if not scored.evidence:
        return 0
    nothing = np.all([np.isinf(one.distances[:, 0]) for one in scored.found], axis=0) & ~scored.same.found
    return int(nothing.sum())


def _not_compared(scored: Scored) -> Iterator[str]:
    """What of the samples was not looked at."""
    if not scored.evidence:
        yield "these records are compared byte by byte alone: no copy that was changed is seen"
    unseen = _unseen(scored)
    if unseen:
        yield f"{unseen:,} samples could not be compared, but byte by byte: the upper limit of the share counts them as copies"


def _methods(of: Samples, scored: Scored, asking: Asking, alpha: float, fail_above: float) -> dict[str, str]:
    packages = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("byheart", "numpy", "scipy"))
    seen = {f"evidence: {one.name}": f"a copy is seen through {one.invariance}" for one in scored.evidence}
    return {
        **of.names,
        "date": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        **({"keys": ", ".join(asking.keys)} if asking.keys else {}),
        "the same": "equal bytes; or equal content, however it was written",
        **seen,
        "score": "the smallest place, over all evidence, among train records that are each scored against the others",
        "p-values": "conformal, by held-out records" if scored.p is not None else "none: there are no held-out records",
        "train and held-out": f"compared with train by a permutation test (MMD); they differ at {DIFFER:g}",
        "named": f"false discovery rate {alpha:g}: Benjamini and Hochberg at 3/4 of it, and Fisher's exact test at each limit, at 1/8",
        "limits": f"the same record; a place of at most {limit(fail_above):.2g}, a tenth of the threshold",
        "share": "1 - (1 - F_G) / (1 - F_H), F the shares of generated and held-out records that are seen; 95 % interval: MOVER below, above all that was seen (Clopper and Pearson)",
        "threshold": f"{fail_above:g}",
        "seed": str(asking.seed),
        "versions": f"{packages}, Python {platform.python_version()}",
    }
