"""MemGEN (the paper, Algorithm 1): learn any data by heart, and sample it exactly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np

from byheart import draws
from byheart.batch import Batch
from byheart.errors import InputError, MemoryNotFoundError
from byheart.memory.snapshot import Snapshot
from byheart.text.face import TextFace

if TYPE_CHECKING:  # what a sampler need not wait for is imported where it is used
    from os import PathLike

    import numpy.typing as npt
    import pyarrow as pa

    from byheart.draws import RandomState
    from byheart.memory.checking import Report
    from byheart.memory.compacting import Compacted
    from byheart.memory.forgetting import Forgotten
    from byheart.memory.learning import Learned, Mode, Plan, Progress, Structure
    from byheart.memory.membership import Membership
    from byheart.memory.verifying import Verification
    from byheart.sources import Source

_AHEAD: Final = 1024
_FIRST_AHEAD: Final = 16  # of those that a condition or weights choose, whose size is not known yet
_AHEAD_BYTES: Final = 1 << 20  # more would leave the processor's cache, and the allocator's, before it is looked at


class MemGEN(TextFace):
    """A generative model that outputs the distribution that it was given.

    Args:
        path: where the memory is or shall be, a folder; None keeps it in RAM, where it takes any Python object.
        structure: "list" keeps every occurrence, "hashmap" each distinct record once with its count: the same distribution.
        kind: what the records are; "auto" tells by the first.
        version: a version to go back to, to be read only; None for the newest.

    >>> model = MemGEN().fit(["to be", "or", "not to be"])
    >>> len(model), model.sample(2, random_state=1)[0] in model
    (3, True)
    """

    def __init__(
        self,
        path: str | PathLike[str] | None = None,
        *,
        structure: Structure | None = None,
        kind: str = "auto",
        version: int | None = None,
    ) -> None:
        self.path = path
        self.structure = structure
        self.kind = kind
        self.version = version
        self._snapshot: Snapshot | None = None
        self._membership: Membership | None = None

    def fit(
        self,
        X: object,  # noqa: N803  # scikit-learn's name
        y: Sequence[Any] | None = None,
        *,
        sample_weight: npt.ArrayLike | None = None,
        overwrite: bool = False,
    ) -> Self:
        """Learn `X` by heart, and nothing else: a path, an address, or any Python object that holds records.

        Args:
            X: n records; a memory, its folder or a model, gives those that it has, with their labels, weights and sources.
            y: their labels, or None.
            sample_weight: their weights, n numbers of 0 or more; `sample(weights="weight")` draws by them.
            overwrite: whether a memory that is at `path` already may be replaced.

        Raises:
            MemoryExistsError: there is one, and `overwrite` is False.
            InputError: there are no records in `X`, or not of one kind.
        """
        self._learn(X, y, sample_weight, "replace" if overwrite else "create")
        return self

    def partial_fit(
        self,
        X: object,  # noqa: N803  # scikit-learn's name
        y: Sequence[Any] | None = None,
        *,
        sample_weight: npt.ArrayLike | None = None,
    ) -> Self:
        """Learn `X` by heart, after what was learned before; `fit` tells what the arguments are."""
        self._learn(X, y, sample_weight, "append")
        return self

    def sample(  # noqa: PLR0913  # each says what to draw, and is told by its name
        self,
        n_samples: int = 1,
        random_state: RandomState = None,
        *,
        start: int = 0,
        replace: bool = True,
        where: str | None = None,
        weights: str | None = None,
        verify: bool = False,
    ) -> Batch:
        """Draws `start` to `start + n_samples - 1` of the sequence that `random_state` names.

        Args:
            n_samples: how many.
            random_state: an integer seed, None for one from the operating system, or a numpy generator.
            start: the number of the first draw; sample(100, 7, start=50) are the last 100 of sample(150, 7).
            replace: whether a record may be drawn again; where not, the draws are a random order of the records.
            where: a condition on the records to draw from, such as "label = 'cat' and size < 1000".
            weights: a column to draw in proportion to: "weight" (see `fit`), or one of a table's own.
            verify: whether to compare each record with the fingerprint that it was learned with.

        Raises:
            InputError: `weights` together with `replace=False`, or more draws without replacement than there are records.
            WhereError: the condition cannot be read, or no record meets it.
            DamagedError: a record is not what was learned.

        >>> model = MemGEN().fit(["meow", "purr", "woof"], ["cat", "cat", "dog"])
        >>> set(model.sample(100, random_state=0, where="label = 'cat'")) == {"meow", "purr"}
        True
        """
        snapshot = self.snapshot
        if weights is not None and not replace:
            raise InputError("weights: wanted draws with replacement, got replace=False: leave one of them out")
        seed = draws.seed_from(random_state)
        selection = None if where is None and weights is None else snapshot.select(where, weights)
        total = len(snapshot) if selection is None else selection.total
        if selection is None and replace:
            return Batch(snapshot, draws.drawing(seed, start=start, count=n_samples, total=total), verify=verify)
        units = (draws.draw if replace else draws.permute)(seed, start=start, count=n_samples, total=total)
        return Batch(snapshot, units if selection is None else selection.occurrences(units), verify=verify)

    def stream(
        self,
        random_state: RandomState = None,
        *,
        start: int = 0,
        where: str | None = None,
        weights: str | None = None,
    ) -> Iterator[Any]:
        """Draws one by one, for ever: the same as `sample` gives, gathered up to 1,024, or a megabyte, ahead; of this version."""
        from byheart.sources.iterables import size_of

        seed = draws.seed_from(random_state)
        version = MemGEN()
        version._snapshot = self.snapshot  # what is learned or forgotten meanwhile is of a later one
        size = self.snapshot.mean_size
        ahead = min(max(_AHEAD_BYTES // size, 1), _AHEAD if where is None and weights is None else _FIRST_AHEAD)
        while True:
            records = version.sample(ahead, seed, start=start, where=where, weights=weights).tolist()
            yield from records
            start += ahead
            if where is not None or weights is not None:  # those that are drawn may be larger than most
                size = max(sum(map(size_of, records)) // len(records), 1)
                ahead = min(max(_AHEAD_BYTES // size, 1), _AHEAD)

    def __len__(self) -> int:
        return len(self.snapshot)

    def __contains__(self, record: object) -> bool:
        return bool(np.isfinite(self.score_samples([record])[0]))

    @property
    def distinct(self) -> int:
        """How many records differ, with their labels: by fingerprint (two that differ share one once in 2^64)."""
        from byheart.memory.counting import distinct

        return distinct(self.snapshot)

    def score_samples(self, X: object) -> npt.NDArray[np.float64]:  # noqa: N803  # scikit-learn's name
        """The natural logarithm of each record's empirical probability, whatever its label; -inf for what was never learned.

        >>> MemGEN().fit(["a", "a", "b", "c"]).score_samples(["a", "z"]).tolist()
        [-0.6931471805599453, -inf]
        """
        from byheart.memory.relearning import open_data
        from byheart.sources import Options
        from byheart.sources.python import PythonSource

        snapshot = self.snapshot
        source = (
            open_data(X, Options()) if isinstance(X, MemGEN) else PythonSource(list(X) if isinstance(X, Batch) else X)
        )
        counts = [np.empty(0, np.int64)]
        for chunk in source.chunks():
            try:
                x = snapshot.encode(chunk.values)
            except InputError:  # of another kind: never learned
                counts.append(np.zeros(len(chunk), np.int64))
            else:
                counts.append(self._index.counts(x))
        with np.errstate(divide="ignore"):
            return np.log(np.concatenate(counts) / max(len(snapshot), 1))

    def score(self, X: object, y: object = None) -> float:  # noqa: N803  # scikit-learn's name
        """The log-probability of all of `X` together, as scikit-learn's density estimators have it."""
        del y  # there for scikit-learn's tools
        return float(self.score_samples(X).sum())

    def forget(self, records: object = None, *, where: str | None = None, compact: bool = False) -> Forgotten:
        """Unlearn, exactly: every occurrence of some records, whatever their labels, or all that meet a condition.

        Args:
            records: records, as `fit` takes them in a list.
            where: a condition, as `sample` has it.
            compact: whether their bytes, and every older version, shall go from the disk now.

        Raises:
            InputError: not one of the two was given, or the model is in RAM.
        """
        from byheart.memory.forgetting import forget

        told = None if records is None else list(records) if isinstance(records, Batch) else records
        forgotten = forget(self._root, where=where, records=told, compact=compact)
        self._reopen()
        return forgotten

    def compact(self) -> Compacted:
        """Take what was forgotten off the disk, and every older version with it."""
        from byheart.memory.compacting import compact

        compacted = compact(self._root)
        self._reopen()
        return compacted

    def check(self, *, repair: bool = False) -> Report:
        """Read every byte of the memory and compare it with its digest; `repair` removes what dead writers left."""
        from byheart.memory.checking import check

        return check(self._root, repair=repair)

    def verify(self, n_draws: int | None = None, random_state: RandomState = 0) -> Verification:
        """The goodness of fit of the sampler (chi-squared), and what learning took (Theorem 2)."""
        from byheart.memory.verifying import verify

        return verify(self.snapshot, n_draws, draws.seed_from(random_state))

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The arguments of `__init__`, as scikit-learn asks for them."""
        del deep  # there are no nested estimators
        return {"path": self.path, "structure": self.structure, "kind": self.kind, "version": self.version}

    def set_params(self, **params: Any) -> Self:
        """Set arguments of `__init__`."""
        for name, value in params.items():
            if name not in self.get_params():
                raise InputError(f"no parameter {name!r}: wanted one of {', '.join(self.get_params())}")
            setattr(self, name, value)
        self._reopen()
        return self

    def __sklearn_clone__(self) -> Self:
        return type(self)(
            structure=self.structure, kind=self.kind
        )  # in RAM: a clone must not write where its model does

    def __sklearn_is_fitted__(self) -> bool:
        try:
            return self.snapshot is not None
        except (InputError, MemoryNotFoundError):
            return False

    def __sklearn_tags__(self) -> Any:
        sklearn = import_module("sklearn.utils")  # it is there: it asks
        target = sklearn.TargetTags(required=False)
        return sklearn.Tags(estimator_type="density_estimator", target_tags=target)

    def __getstate__(self) -> dict[str, Any]:
        kept = {} if self.path is not None else {"_snapshot": self._snapshot}
        return {**self.__dict__, "_snapshot": None, "_membership": None, "_text_index": None, **kept}

    def __repr__(self) -> str:
        given = ", ".join(
            f"{name}={value!r}" for name, value in self.get_params().items() if value not in {None, "auto"}
        )
        return f"MemGEN({given})"

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """All that was learned, record after record, as an Arrow stream (the PyCapsule protocol)."""
        return self.to_reader().__arrow_c_stream__(requested_schema)

    def to_reader(self) -> pa.RecordBatchReader:
        """All that was learned, a batch at a time: a table's columns, or `record`; and `label`, where there are some."""
        from byheart.memory.reading import reader

        return reader(self.snapshot)

    @property
    def snapshot(self) -> Snapshot:
        """The version that is sampled: the newest when it was first needed."""
        if self._snapshot is None:
            if self.path is None:
                raise InputError("this model has learned nothing yet: call fit first")
            self._snapshot = Snapshot.open(Path(self.path), self.version)
        return self._snapshot

    def learn_sources(self, sources: Sequence[Source], plan: Plan, progress: Progress | None = None) -> Learned:
        """Learn sources that are open already; what `fit` and `byheart learn` share."""
        from byheart.memory.learning import learn

        learned = learn(sources, self._root, plan, progress)
        self._reopen()
        return learned

    @property
    def _root(self) -> Path:
        """Where the memory is, if it may be changed."""
        if self.path is None:
            raise InputError("wanted a memory on disk, got one in RAM: give MemGEN a path")
        if self.version is not None:
            raise InputError(f"version {self.version} can only be read: leave `version` out to change the memory")
        return Path(self.path)

    @property
    def _index(self) -> Membership:
        from byheart.memory.membership import Membership

        if self._membership is None:
            self._membership = Membership(self.snapshot)
        return self._membership

    def _reopen(self) -> None:
        """See what is on the disk now, when it is next needed; what is in RAM stays."""
        if self.path is not None:
            self._snapshot = None
        self._membership = self._text_index = None

    def _learn(self, data: object, labels: Sequence[Any] | None, weights: npt.ArrayLike | None, mode: Mode) -> None:
        from byheart.memory.learning import Plan, learn_in_ram
        from byheart.memory.relearning import open_data
        from byheart.sources import Options
        from byheart.sources.python import PythonSource

        is_opened = isinstance(data, (str, Path, MemGEN))
        if is_opened and (labels is not None or weights is not None):
            raise InputError(
                "y, sample_weight: wanted none for a path or a memory, whose records have their own, got some: leave them out"
            )
        source = (
            open_data(data, Options(kind=self.kind), counted=True) if is_opened else PythonSource(data, labels, weights)
        )
        if self.path is None:
            base = self._snapshot if mode == "append" else None
            try:
                self._snapshot = learn_in_ram([source], Plan(self.kind, self.structure), base)
            except InputError:
                if base is not None or self.kind != "auto" or not isinstance(data, Sequence) or is_opened:
                    raise  # else: of no one kind, and RAM holds any object
                again = PythonSource(data, labels, weights)
                self._snapshot = learn_in_ram([again], Plan("object", self.structure))
            self._membership = self._text_index = None
        else:
            self.learn_sources([source], Plan(self.kind, self.structure, mode))
