"""MemGEN (the paper, Algorithm 1): learn any data by heart, and sample it exactly."""

from collections.abc import Iterator, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from byheart import draws
from byheart.batch import Batch
from byheart.draws import RandomState
from byheart.errors import InputError
from byheart.memory import manifest as m
from byheart.memory.learning import Learned, Plan, Progress, Structure, learn, learn_in_ram
from byheart.memory.membership import Membership
from byheart.memory.snapshot import Snapshot
from byheart.sources import Options, Source, open_source
from byheart.sources.python import PythonSource

_AHEAD = 1024


class MemGEN:
    """A generative model that outputs the distribution that it was given.

    Args:
        path: where the memory is or shall be, a folder; None keeps it in RAM.
        structure: "list" keeps every occurrence, "hashmap" each distinct record once with its count: the same distribution.
        kind: what the records are; "auto" tells by the first.

    >>> model = MemGEN().fit(["to be", "or", "not to be"])
    >>> len(model), model.sample(2, random_state=1)[0] in model
    (3, True)
    """

    def __init__(
        self, path: str | PathLike[str] | None = None, *, structure: Structure | None = None, kind: str = "auto"
    ) -> None:
        self.path = path
        self.structure = structure
        self.kind = kind
        self._snapshot: Snapshot | None = None
        self._membership: Membership | None = None

    def fit(self, X: object, y: Sequence[Any] | None = None, *, overwrite: bool = False) -> Self:  # noqa: N803  # scikit-learn's name
        """Learn `X` by heart, and nothing else: a path, an address, or any Python object that holds records.

        Args:
            X: n records.
            y: their labels, or None.
            overwrite: whether a memory that is at `path` already may be replaced.

        Raises:
            MemoryExistsError: there is one, and `overwrite` is False.
            InputError: there are no records in `X`, or not of one kind.
        """
        self._learn(X, y, "replace" if overwrite else "create")
        return self

    def partial_fit(self, X: object, y: Sequence[Any] | None = None) -> Self:  # noqa: N803  # scikit-learn's name
        """Learn `X` by heart, after what was learned before."""
        self._learn(X, y, "append")
        return self

    def sample(
        self, n_samples: int = 1, random_state: RandomState = None, *, start: int = 0, replace: bool = True
    ) -> Batch:
        """Draws `start` to `start + n_samples - 1` of the sequence that `random_state` names.

        Args:
            n_samples: how many.
            random_state: an integer seed, None for one from the operating system, or a numpy generator.
            start: the number of the first draw; sample(100, 7, start=50) are the last 100 of sample(150, 7).
            replace: whether a record may be drawn again; where not, the draws are a random order of the records.
        """
        snapshot = self.snapshot
        seed = draws.seed_from(random_state)
        how = draws.draw if replace else draws.permute
        return Batch(snapshot, how(seed, start=start, count=n_samples, total=len(snapshot)))

    def stream(self, random_state: RandomState = None, *, start: int = 0) -> Iterator[Any]:
        """Draws one by one, for ever: the same as `sample` gives, gathered 1,024 ahead."""
        seed = draws.seed_from(random_state)
        while True:
            yield from self.sample(_AHEAD, seed, start=start)
            start += _AHEAD

    def __len__(self) -> int:
        return len(self.snapshot)

    def __contains__(self, record: object) -> bool:
        return bool(np.isfinite(self.score_samples([record])[0]))

    def score_samples(self, X: object) -> npt.NDArray[np.float64]:  # noqa: N803  # scikit-learn's name
        """The natural logarithm of each record's empirical probability, whatever its label; -inf for what was never learned."""
        snapshot = self.snapshot
        if self._membership is None:
            self._membership = Membership(snapshot)
        source = PythonSource(list(X) if isinstance(X, Batch) else X)
        counts = [np.empty(0, np.int64)]
        for chunk in source.chunks():
            try:
                x = snapshot.kind.encode(chunk.values, snapshot.field)
            except InputError:  # of another kind: never learned
                counts.append(np.zeros(len(chunk), np.int64))
            else:
                counts.append(self._membership.counts(x))
        with np.errstate(divide="ignore"):
            return np.log(np.concatenate(counts) / len(snapshot))

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The arguments of `__init__`, as scikit-learn asks for them."""
        del deep  # there are no nested estimators
        return {"path": self.path, "structure": self.structure, "kind": self.kind}

    def set_params(self, **params: Any) -> Self:
        """Set arguments of `__init__`."""
        for name, value in params.items():
            if name not in self.get_params():
                raise InputError(f"no parameter {name!r}: wanted one of {', '.join(self.get_params())}")
            setattr(self, name, value)
        return self

    @property
    def snapshot(self) -> Snapshot:
        """The version that is sampled: the newest when it was first needed."""
        if self._snapshot is None:
            if self.path is None:
                raise InputError("this model has learned nothing yet: call fit first")
            self._snapshot = Snapshot.open(Path(self.path))
        return self._snapshot

    def learn_sources(self, sources: Sequence[Source], plan: Plan, progress: Progress | None = None) -> Learned:
        """Learn sources that are open already; what `fit` and `byheart learn` share."""
        if self.path is None:
            raise InputError("wanted a memory with a path")
        learned = learn(sources, Path(self.path), plan, progress)
        self._snapshot = self._membership = None
        return learned

    def _learn(self, data: object, labels: Sequence[Any] | None, mode: Any) -> None:
        is_python = labels is not None or not isinstance(data, (str, Path))
        source = PythonSource(data, labels) if is_python else open_source(data, Options(kind=self.kind))
        if self.path is None:
            base = self._snapshot if mode == "append" else None
            self._snapshot = learn_in_ram([source], Plan(self.kind, self.structure), base)
            self._membership = None
        else:
            if mode == "append" and not m.versions(Path(self.path)):
                mode = "create"
            self.learn_sources([source], Plan(self.kind, self.structure, mode))
