"""One core: for times that can be compared, and since on a busy machine the threads of numpy's libraries wait for each other."""

from typing import Any, Final

from byheart._optional import require

_THEIR_OWN: Final = (
    "scipy.linalg",
    "sklearn.cluster",
    "sklearn.neural_network",
)  # each brings libraries that have threads


def one_core() -> Any:
    """While it lasts, all that numpy, scipy and scikit-learn do takes one core."""
    for module in _THEIR_OWN:  # what is not loaded yet is not limited
        require(module, "judge")
    return require("threadpoolctl", "judge").threadpool_limits(1)
