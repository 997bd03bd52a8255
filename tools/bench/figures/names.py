"""What the figures are called, in the tables and in the results."""

from typing import Final

LEARN: Final = "learn"
SMALL: Final = "batches of 256"
LARGE: Final = "batches of 4,096"
ONE: Final = "one by one"
COLD: Final = "from the disk, batches of 256"
OPEN: Final = "open 10 M records and draw one, cold"
GROWTH: Final = "growth"
START: Final = "start"
