"""Who takes part, by the names that tables have."""

from typing import Final

from tools.bench_rate.contestant import Contestant
from tools.bench_rate.ours import Byheart
from tools.bench_rate.potato import Potato

OURS: Final = "byheart"
PEER: Final = "Potato"
SAVING: Final = "Potato, saving alone"
_ALL: Final[dict[str, Contestant]] = {
    OURS: Byheart(),
    PEER: Potato(),
    SAVING: Potato(SAVING, is_going_on=False),
}


def get(who: str) -> Contestant:
    """One of them."""
    return _ALL[who]
