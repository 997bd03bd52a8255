"""One sample explained: who its nearest training records are, by what evidence, and how usual that is."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, replace
from os import PathLike
from typing import Any, Final

import numpy as np

from byheart.auditing.combining import places
from byheart.auditing.pairing import paired
from byheart.auditing.reading import BUDGET, Samples, Say, asked, read_samples
from byheart.auditing.redaction import Ids
from byheart.auditing.results import Pair, Shown
from byheart.auditing.scoring import Scored, score
from byheart.draws import RandomState
from byheart.errors import InputError
from byheart.model import MemGEN

_NEAREST: Final = 5


@dataclass(frozen=True, slots=True)
class Near:
    """The nearest training records by one evidence.

    Attributes:
        evidence: its name.
        place: the share of train records that are as near to the others, in [0, 1].
        records: their first occurrences in the memory, nearest first.
        fingerprints: of them.
        distances: to them, in the evidence's own unit.
    """

    evidence: str
    place: float
    records: tuple[int, ...] = dataclasses.field(repr=False)  # as in `Pair`
    fingerprints: tuple[int, ...] = dataclasses.field(repr=False)
    distances: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a sample is, or is not, taken for a copy.

    Attributes:
        pair: it, and its likeliest original; None where no evidence finds one.
        near: by each evidence.
        p_value: the share of held-out records that are as near, itself counted in; None without held-out.
        heldout: how many of held-out there are, and how many are the very same training record.
        shown: the two records themselves, which no report holds unless it is asked to.
        ids: names of training records.
    """

    sample: int
    pair: Pair | None
    near: tuple[Near, ...]
    p_value: float | None
    heldout: tuple[int, int]
    shown: Shown | None = dataclasses.field(repr=False)
    ids: Ids = dataclasses.field(repr=False)

    def to_dict(self, *, show_records: bool = False) -> dict[str, Any]:
        """All of it, as JSON has it; training records by names that tell nothing, unless `show_records`."""
        pair = self.pair
        told = None
        if pair is not None:
            told = {
                "record": pair.record if show_records else self.ids.of(pair.fingerprint),
                "source": "{}:{}".format(*pair.source) if show_records else None,
                "evidence": pair.evidence,
                "distance": pair.distance,
                "learned": pair.learned,
                "words": pair.words,
            }
        near = [
            {
                "evidence": one.evidence,
                "place": one.place,
                "records": list(one.records) if show_records else [self.ids.of(print_) for print_ in one.fingerprints],
                "distances": list(one.distances),
            }
            for one in self.near
        ]
        return {
            "sample": self.sample,
            "original": told,
            "p_value": self.p_value,
            "heldout": self.heldout[0],
            "heldout_the_same": self.heldout[1],
            "near": near,
        }


def why(  # noqa: PLR0913  # each is told by its name
    generated: object,
    index: int,
    heldout: object = None,
    *,
    memory: "MemGEN | str | PathLike[str] | None" = None,
    train: object = None,
    features: str | None = None,
    keys: Sequence[str] = (),
    id_column: str | None = None,
    field: str | None = None,
    ids: Ids | None = None,
    memory_budget: int = BUDGET,
    random_state: RandomState = 0,
    say: Say | None = None,
) -> Explanation:
    """Explain one sample; `audit` tells of the arguments.

    Args:
        generated: the generated records.
        index: which of them, from 0.
        heldout: real records that the generator was not trained on; None for no p-value.
        memory: what it was trained on, learned by heart.
        train: the same as records.
        features: what to compare records by.
        keys: of tables, quasi-identifiers.
        id_column: of tables, a column that says who a record is.
        field: of files with fields, the one that is the record.
        ids: how reports name training records.
        memory_budget: bytes of RAM, about.
        random_state: as in `audit`: the same seed, the same answer.
        say: called with what is being done, and how much of all is.

    Raises:
        InputError: there is no such sample; or as `audit` does.

    >>> rng = np.random.default_rng(0)
    >>> real = rng.normal(size=(300, 4))
    >>> told = why(real[5:6], 0, rng.normal(size=(99, 4)), train=real)
    >>> told.pair.record, told.pair.evidence, told.p_value
    (5, 'exact', 0.01)
    """
    whole = read_samples(generated, heldout, memory=memory, train=train, id_column=id_column, field=field)
    if not 0 <= index < len(whole.made):
        raise InputError(f"why: wanted a sample from 0 to {len(whole.made) - 1:,}, got {index:,}")
    alone = Samples(whole.made.only(np.array([index])), whole.learned, whole.real, whole.dropped, whole.names)
    asking = asked(random_state, features, keys, memory_budget, None, say)
    scored = score(alone, asking, fitted_beside=None if whole.real is not None else whole.made)
    is_known = np.array([scored.which[0] < 0 or np.isfinite(scored.found[scored.which[0]].scores[0])])
    told = paired(alone.made, scored, np.zeros(1, np.bool_), is_known)
    same_real = 0 if scored.same_real is None else int(_same_original(scored).sum())
    names = whole.made.place_names
    pairs = [replace(one, sample=index, name=names[index] if names else "") for one in told.pairs]
    pair = pairs[0] if pairs else None
    return Explanation(
        index,
        pair,
        tuple(_near(scored)),
        None if scored.p is None else float(scored.p[0]),
        (0 if whole.real is None else len(whole.real), same_real),
        None if pair is None else replace(told.shown[0], pair=pair),
        ids or Ids(),
    )


def _same_original(scored: Scored) -> Any:
    number = scored.same.records[0]
    return (scored.same_real.records == number) & (number >= 0) if scored.same_real is not None else np.zeros(0)


def _near(scored: Scored) -> list[Near]:
    told = []
    for evidence, found, learned in zip(scored.evidence, scored.found, scored.learned, strict=True):
        here = np.flatnonzero(np.isfinite(found.distances[0]))[:_NEAREST]
        numbers = found.records[0, here]
        told.append(
            Near(
                evidence.name,
                float(places(found.scores, learned.scores)[0]),
                tuple(scored.originals.first[numbers].tolist()),
                tuple(scored.originals.prints[numbers].tolist()),
                tuple(found.distances[0, here].tolist()),
            )
        )
    return told
