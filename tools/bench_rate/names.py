"""What the figures and workloads are called in tables, and the targets."""

from typing import Final

START: Final = "first answer"
RAM: Final = "RAM"
FIRST: Final = "first pair seen"
REQUESTS: Final = "requests until then"
NEXT: Final = "choice to next pair, p95"
RATE: Final = "judgments"
HALF: Final = "half wait at most"
MOST: Final = "99 % wait at most"
SPENT: Final = "processor a judgment"
ACKNOWLEDGED: Final = "acknowledged"
LOST: Final = "lost"
DOUBLED: Final = "doubled"
SAFE: Final = "acknowledged that are there, once"

TEXTS: Final = "from two files of 500 texts to raters"
IMAGES: Final = "from two folders of 1,000 pictures to raters"
BROWSER: Final = "one rater, in Chromium"
KILLS: Final = "20 times kill -9, 10 raters"
CROWDS: Final = (10, 40)

OURS: Final = "byheart"
MADE: Final = "byheart, of a study that was made"
POSTGRES: Final = "byheart, in PostgreSQL"
PEER: Final = "Potato"
SAVING: Final = "Potato, saving alone"


def crowd(raters: int) -> str:
    """A workload's name."""
    return f"{raters} raters who choose at once"


LIMITS: Final = (  # figure, workload, unit, byheart's at most
    (START, TEXTS, "s", 1.0),
    (START, IMAGES, "s", 5.0),
    (FIRST, BROWSER, "s", 0.4),
    (REQUESTS, BROWSER, "requests", 8),
    (NEXT, BROWSER, "s", 0.05),
    (MOST, crowd(10), "s", 0.02),
    (MOST, crowd(40), "s", 0.04),
    (RAM, crowd(40), "MB", 120),
)
LEAST: Final = (  # figure, workload, unit, byheart's at least
    (RATE, crowd(40), "judgments/s", 1000),
    (SAFE, KILLS, "", 1.0),
)
RATIOS: Final = (  # figure, workload, whose are divided by whose, what that says; no target
    (START, TEXTS, PEER, OURS, "Potato takes so many times as long"),
    (FIRST, BROWSER, PEER, OURS, "Potato takes so many times as long"),
    (NEXT, BROWSER, PEER, OURS, "Potato takes so many times as long"),
    *((RATE, crowd(count), OURS, PEER, "so many times Potato's") for count in CROWDS),
    *((RATE, crowd(count), OURS, SAVING, "so many times Potato's, saving alone") for count in CROWDS),
    *((MOST, crowd(count), PEER, OURS, "Potato's raters wait so many times as long") for count in CROWDS),
    (RAM, crowd(40), PEER, OURS, "Potato takes so many times as much"),
)
