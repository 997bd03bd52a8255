"""Simulated raters who go by what a machine saw: no person is asked, and nothing is known of people.

The machine looks at every picture that raters would see, and measures how natural it is: by its edges, its grain and its contrast, against those of training pictures. Of two pictures a rater takes the more natural
one, with log-odds in proportion to the difference; and so damaged ones are told, too.
"""

from collections.abc import Sequence
from io import BytesIO
from typing import Final

import numpy as np
import numpy.typing as npt

from byheart._optional import require
from byheart.rating.folder import Opened
from byheart.rating.simulating import Behaviour, Simulated, simulate

Pictures = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]

RATERS: Final = 200
"""More than there is room for."""
_KEENNESS: Final = 3.0  # log-odds, for each step away from natural
_LAPSE: Final = 0.01


class Eye:
    """Tells natural pictures by their edges, their grain and their contrast: how far these are from those of pictures that were seen before.

    Args:
        pictures: natural ones, uint8 of shape (n, height, width) or (n, height, width, 3).
    """

    def __init__(self, pictures: Pictures) -> None:
        seen = np.array([self._traits(picture) for picture in pictures])
        self._mean, spread = seen.mean(axis=0), np.cov(seen.T)
        self._inverse = np.linalg.inv(spread)

    def naturalness(self, picture: Pictures) -> float:
        """0 for what is as natural as can be, less for what is not: minus the distance of Mahalanobis."""
        off = self._traits(picture) - self._mean
        return -float(np.sqrt(off @ self._inverse @ off))

    def tells(self, some: Sequence[Pictures], others: Sequence[Pictures]) -> float:
        """The p-value of both being as natural (Mann and Whitney, 1947, "On a test of whether one of two random variables is stochastically larger than the other")."""
        seen = [[self.naturalness(one) for one in each] for each in (some, others)]
        return float(require("scipy.stats", "judge").mannwhitneyu(*seen).pvalue)

    def _traits(self, picture: Pictures) -> Floats:
        grey = np.asarray(picture, np.float64).reshape(*picture.shape[:2], -1).mean(axis=2)
        finest = np.abs(np.diff(grey, 2, axis=0)).mean() + np.abs(np.diff(grey, 2, axis=1)).mean()
        edges = np.abs(np.diff(grey, axis=0)).mean() + np.abs(np.diff(grey, axis=1)).mean()
        return np.log([finest + 0.5, edges + 0.5, grey.std() + 0.5])


def fill(opened: Opened, eye: Eye, *, seed: int = 0, now: float = 0.0) -> Simulated:
    """Let simulated raters judge all of a study of pictures, by what the machine saw of them; its ledger is that of simulated raters.

    Args:
        opened: the study.
        eye: the machine's.
        seed: of all that is random.
        now: when the first one comes, in seconds since 1970.
    """
    looks = [_KEENNESS * eye.naturalness(picture(opened.items.body(item))) for item in range(len(opened.items))]
    ledger = opened.ledger(realm="simulated")
    try:
        return simulate(
            opened.study,
            opened.plan,
            ledger,
            Behaviour(lapse=_LAPSE),
            raters=RATERS,
            seed=seed,
            now=now,
            looks=looks,
        )
    finally:
        ledger.close()


def picture(body: bytes) -> Pictures:
    """A sample as raters are sent it: uint8 of shape (height, width, 3)."""
    with require("PIL.Image", "image").open(BytesIO(body)) as sent:
        return np.asarray(sent.convert("RGB"))
