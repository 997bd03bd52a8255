"""What an audit is of, and how it is to look."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Final

from byheart import _files, draws
from byheart.auditing.overlap import unlearned
from byheart.draws import RandomState
from byheart.errors import InputError
from byheart.judging.samples import Sample, Train, generate, learned_by, read
from byheart.model import MemGEN

BUDGET: Final = 1 << 29
_LEAST_BUDGET: Final = 1 << 20
_MADE: Final = 10_000  # records that a generator is asked for where held-out does not say how many
Say = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Samples:
    """The three samples.

    Attributes:
        made: generated.
        learned: train.
        real: held-out, without those that were learned; None where there are none.
        dropped: how many these were.
        names: of the three, as they were given.
    """

    made: Sample
    learned: Train
    real: Sample | None
    dropped: int
    names: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asking:
    """How to look.

    Attributes:
        seed: of what is random.
        features: what records are compared by; None for what their kind suggests.
        keys: quasi-identifiers.
        budget: bytes of RAM, about.
        folder: where parts that are done are kept; None for nowhere.
        say: called with what is being done, and how much of all is.
    """

    seed: int
    features: str | None
    keys: tuple[str, ...]
    budget: int
    folder: Path | None
    say: Say


def read_samples(  # noqa: PLR0913  # each is told by its name
    generated: object,
    heldout: object,
    *,
    memory: "MemGEN | str | PathLike[str] | None",
    train: object,
    id_column: str | None,
    field: str | None = None,
) -> Samples:
    """Read them, to the kind and type of what was learned."""
    learned = Train(learned_by(memory, train).snapshot, id_column)
    if id_column is not None and id_column not in learned.names:
        raise InputError(
            f"id_column: wanted one of {', '.join(learned.names) or 'the columns of rows'}, got {id_column!r}"
        )
    real, dropped = (None, 0) if heldout is None else unlearned(read(heldout, "held-out", learned, field), learned)
    names = {"generated": _name(generated), "train": _name(train if memory is None else memory)}
    if heldout is not None:
        names["held-out"] = _name(heldout)
    if not callable(generated):
        return Samples(read(generated, "generated", learned, field), learned, real, dropped, names)
    count = min(len(learned), _MADE) if real is None else len(real)
    return Samples(generate(generated, count, learned), learned, real, dropped, names)


def _name(thing: object) -> str:
    """A file's own name; of what is in RAM, what it is."""
    return Path(thing).name if isinstance(thing, str | PathLike) else type(thing).__name__


def asked(  # noqa: PLR0913, PLR0917  # what it is made of, in its order
    random_state: RandomState,
    features: str | None,
    keys: Sequence[str],
    budget: int,
    checkpoint: "str | PathLike[str] | None",
    say: Say | None,
) -> Asking:
    """How to look, checked; the folder of a checkpoint is made."""
    if budget < _LEAST_BUDGET:
        raise InputError(f"memory_budget: wanted 1 MB or more, got {budget:,} bytes")
    folder = None if checkpoint is None else Path(checkpoint)
    if folder is not None:
        _files.make_folder(folder)
    return Asking(draws.seed_from(random_state), features, tuple(keys), budget, folder, say or _quiet)


def _quiet(what: str, share: float) -> None:
    """Say nothing."""
    del what, share  # as said
