"""Who takes part, by the names that tables have."""

from typing import Final

from tools.bench_rate.contestant import Contestant
from tools.bench_rate.names import OURS, PEER, POSTGRES, SAVING
from tools.bench_rate.ours import Byheart
from tools.bench_rate.potato import Potato, program

_ALL: Final[dict[str, Contestant]] = {
    OURS: Byheart(),
    POSTGRES: Byheart(),  # its raters; the server is told where the ledger is
    PEER: Potato(),
    SAVING: Potato(is_going_on=False),
}


def get(who: str) -> Contestant:
    """One of them."""
    return _ALL[who]


def potato() -> bool:
    """Whether Potato is installed beside this interpreter."""
    return program() is not None
