"""A cell of a row as both sides write it: what is missing, numbers, dates and texts, each in one way for its column.

Rule 1: a column in which every cell is a number, or can be read as one, is of numbers; they are written with one number of places after the point: the fewest that write a fifth of the
cells in full (to four significant digits), so that a side that has more of them does not show it. Where numbers are so small that it would take more than six, with an exponent.
Rule 2: truth values are true and false; if the column has other numbers, 1 and 0.
Rule 3: dates are written as ISO 8601 says; without a time of day, if none of the column has one.
Rule 4: all else is text, as `texts` makes it plain, of up to 200 characters.
Rule 5: null, NaN, an empty cell, NA, N/A, null, None and ? are all missing.
"""

import datetime as dt
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from numbers import Integral, Real
from typing import Any, Final

from byheart.rating.media.texts import cut, plain

MISSING: Final = "(missing)"
_MISSING: Final = frozenset({"", "na", "n/a", "nan", "null", "none", "?", "-", "nat", "<na>"})
_TRUTH: Final = {"true": "true", "false": "false"}
_DIGITS: Final = 4
_PLACES: Final = 6
_SHARE: Final = 0.2
_MOST: Final = 200


def is_missing(value: Any) -> bool:
    """Whether a cell says nothing.

    >>> is_missing(float("nan")), is_missing(" N/A "), is_missing(0)
    (True, True, False)
    """
    if value is None or (isinstance(value, Real | Decimal) and value != value):  # noqa: PLR0124  # NaN alone is not itself
        return True
    return isinstance(value, str) and value.strip().casefold() in _MISSING


def number(value: Any) -> float | int | None:
    """The number that a cell is, or can be read as; None for any other, and for infinities.

    >>> number("1e3"), number(True), number("1,5"), number("007")
    (1000.0, 1, None, None)
    """
    if isinstance(value, Integral):
        return int(value)
    told = _read(value) if isinstance(value, str) else value
    if isinstance(told, int) or not isinstance(told, Real | Decimal):
        return told if isinstance(told, int) else None
    try:
        read = float(told)
    except (OverflowError, ValueError):
        return None
    return read if math.isfinite(read) else None


def _read(text: str) -> float | int | None:
    """The number that stands there; 007 is a name, and so is 1_000."""
    told = text.strip()
    digits = told.lstrip("+-")
    if not told.isascii() or "_" in told or (digits.startswith("0") and digits[1:2].isdigit()):
        return None
    try:
        return int(told) if digits.isdigit() and len(told) < 19 else float(told)
    except ValueError:
        return None


def places(value: float) -> int:
    """How many places after the point write a number, to four significant digits, in full.

    >>> places(3), places(0.5), places(12.3456), places(0.00012)
    (0, 1, 2, 5)
    """
    if isinstance(value, int) or value == int(value):
        return 0
    digits, _, exponent = f"{value:.{_DIGITS - 1}e}".partition("e")
    return max(0, len(digits.lstrip("-").rstrip("0").rstrip(".").replace(".", "")) - 1 - int(exponent))


@dataclass(frozen=True, slots=True)
class Numbers:
    """A column of numbers.

    Attributes:
        places: after the point; None for an exponent.
    """

    places: int | None

    def write(self, value: Any) -> str:
        """A number in the column's way; what is none, as text."""
        read = number(value)
        if read is None:
            return text(value)
        if self.places is None:
            return f"{float(read):.{_DIGITS - 1}e}"
        told = f"{round(read)}" if self.places == 0 else f"{float(read):.{self.places}f}"
        return told[1:] if told.startswith("-") and not told.strip("-0.") else told


def text(value: Any) -> str:
    """Any cell as text."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if isinstance(value, list | dict | tuple):
        value = json.dumps(value, ensure_ascii=False, default=str)
    return cut(" ".join(plain(str(value)).split()), _MOST) or MISSING


def truth(value: Any) -> str:
    """A truth value."""
    return _TRUTH.get(str(value).strip().casefold()) or text(value)


def _day(value: Any) -> str:
    told = _date(value)
    return text(value) if told is None else told.date().isoformat()


def _moment(value: Any) -> str:
    told = _date(value)
    return text(value) if told is None else told.replace(tzinfo=None).isoformat(" ", "seconds")


def _date(value: Any) -> dt.datetime | None:
    """The moment that a cell is, or can be read as."""
    if isinstance(value, dt.datetime):
        return value
    if isinstance(value, dt.date):
        return dt.datetime(value.year, value.month, value.day)  # noqa: DTZ001  # a day has no zone
    if isinstance(value, str) and value[:4].isdigit() and value[4:5] == "-":
        try:
            return dt.datetime.fromisoformat(value.strip())
        except ValueError:
            return None
    return None


def writer(cells: Sequence[Any]) -> Callable[[Any], str]:
    """How the cells of a column are written, by a look at those of both sides."""
    told = [cell for cell in cells if not is_missing(cell)]
    if told and all(str(cell).strip().casefold() in _TRUTH for cell in told):
        return truth
    numbers = [number(cell) for cell in told]
    known = [each for each in numbers if each is not None]
    if told and len(known) == len(told):
        return Numbers(_places(known)).write
    dates = [_date(cell) for cell in told]
    moments = [each for each in dates if each is not None]
    if told and len(moments) == len(told):
        return _day if all(each.time() == dt.time() for each in moments) else _moment
    return text


def _places(numbers: Sequence[float]) -> int | None:
    needed = sorted(map(places, numbers))
    few = needed[min(int(_SHARE * len(needed)), len(needed) - 1)]
    return few if few <= _PLACES else None
