"""How near records lie to the train records: to all of them, never to some, or copies would be missed.

Rule 1: neighbours are distinct train records: one that was learned twice is not two neighbours.
Rule 2: a record that is in train finds itself: what the memory says is as near as can be.
Rule 3: equal records are one cluster. Of records at one distance, one is taken at random, whichever sample it is of.
"""

from dataclasses import dataclass, fields, replace
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from byheart._optional import require
from byheart.neighbours import Work, nearest
from byheart.neighbours.blocks import Floats, Indices, Matrix

Prints: TypeAlias = npt.NDArray[np.uint64]

NEIGHBOURS: Final = 11
CELLS: Final = 5
_FITTED_ON: Final = 20_000


@dataclass(frozen=True, slots=True)
class Nearness:
    """Of n points, where the train records are.

    Attributes:
        distances: to the 11 nearest distinct train records, nearest first; float64 of shape (n, 11).
        own: from the nearest one to its own nearest neighbour in train, its duplicates included; float64 of shape (n,).
        is_exact: whether a train record has the same bytes; bool of shape (n,).
        cells: which part of the space it lies in, of 5 that k-means makes of train; int64 of shape (n,).
        clusters: the cluster of the nearest record of train and held-out together; int64 of shape (n,).
        of_train, of_heldout: how many records of that cluster are of train, and of held-out; int64 of shape (n,).
        totals: how many records there are, of train and of held-out.
    """

    distances: Floats
    own: Floats
    is_exact: npt.NDArray[np.bool_]
    cells: Indices
    clusters: Indices
    of_train: Indices
    of_heldout: Indices
    totals: tuple[int, int]

    def first(self, count: int) -> "Nearness":
        """Of so many of the points at most."""
        return replace(self, **{name: getattr(self, name)[:count] for name in _COLUMNS})

    def and_of(self, other: "Nearness") -> "Nearness":
        """Of these points and others."""
        both: dict[str, Any] = {name: np.concatenate([getattr(self, name), getattr(other, name)]) for name in _COLUMNS}
        return replace(self, **both)


_COLUMNS: Final = tuple(field.name for field in fields(Nearness) if field.name != "totals")


class RealSpace:
    """All the train records and the held-out reference, as points.

    Args:
        train, heldout: float32 of shape (n, d) and (m, d).
        fingerprints: of the records of each, of shape (n,) and (m,).
        seed: of the cells, and of who is taken of equally near ones.
        how: threads and RAM.

    Where there are fewer distinct train records than neighbours are told of, the furthest stands for those that there are not.
    """

    def __init__(
        self, train: Matrix, heldout: Matrix, fingerprints: tuple[Prints, Prints], *, seed: int, how: Work
    ) -> None:
        self._train, self._how = train, how
        self._learned, first = np.unique(fingerprints[0], return_index=True)
        self._distinct = train[first] if len(first) < len(train) else train
        few = train[:: max(len(train) // _FITTED_ON, 1)]
        cells = require("sklearn.cluster", "judge").KMeans(min(CELLS, len(first)), n_init=4, random_state=seed % 2**32)
        with require("threadpoolctl", "judge").threadpool_limits(
            1
        ):  # its threads wait for each other: 40 times as long on a busy machine
            cells.fit(few)
        self._centres = cells.cluster_centers_.astype(np.float64)
        order = np.random.Generator(np.random.Philox(key=seed)).permutation(len(train) + len(heldout))
        self._both = np.concatenate([train, heldout])[order]
        _, clusters = np.unique(np.concatenate(fingerprints), return_inverse=True)
        self._clusters = clusters[order]
        self._of_train = np.bincount(clusters[: len(train)], minlength=clusters.max() + 1)
        self._of_heldout = np.bincount(clusters[len(train) :], minlength=clusters.max() + 1)

    def nearness(self, points: Matrix, fingerprints: Prints) -> Nearness:
        """Where the train records are, seen from some points."""
        found = nearest(points, self._distinct, k=min(NEIGHBOURS, len(self._distinct)), how=self._how)
        lacking = NEIGHBOURS - found.distances.shape[1]
        closest, which = np.unique(found.indices[:, 0], return_inverse=True)
        own = nearest(self._distinct[closest], self._train, k=2, how=self._how).distances[:, 1]  # the first is itself
        clusters = self._clusters[nearest(points, self._both, how=self._how).indices[:, 0]]
        return Nearness(
            distances=np.pad(found.distances, ((0, 0), (0, lacking)), mode="edge"),
            own=own[which],
            is_exact=np.isin(fingerprints, self._learned),
            cells=nearest(points, self._centres, how=self._how).indices[:, 0],
            clusters=clusters,
            of_train=self._of_train[clusters],
            of_heldout=self._of_heldout[clusters],
            totals=(int(self._of_train.sum()), int(self._of_heldout.sum())),
        )
