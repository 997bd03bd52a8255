"""How the cells of a row are written down, whatever they say: places after the point, missing cells, types."""

import json
from collections.abc import Mapping
from typing import Any, Final

from byheart.rating.media.cells import MISSING, is_missing, number

_COLUMNS: Final = 32


def of_record(record: Any) -> dict[str, float]:
    """Of a row as it came."""
    if not isinstance(record, Mapping):
        return {}
    return _of({str(name): value for name, value in record.items()})


def of_body(body: bytes) -> dict[str, float]:
    """Of a row as it is sent."""
    told = {name: None if value == MISSING else value for name, value in json.loads(body)}
    return _of(told) | {"length as sent": float(len(body))}


def _of(cells: dict[str, Any]) -> dict[str, float]:
    places = {name: _places(value) for name, value in cells.items()}
    shown = list(cells)[:_COLUMNS]
    told = {
        "columns": len(cells),
        "missing cells": sum(map(is_missing, cells.values())),
        "places after the point": sum(places.values()),
        "white space around cells": sum(isinstance(cell, str) and cell != cell.strip() for cell in cells.values()),
        "numbers as text": sum(isinstance(cell, str) and number(cell) is not None for cell in cells.values()),
    }
    told |= {f"places after the point in {name}": places[name] for name in shown}
    told |= {f"{name} missing": is_missing(cells[name]) for name in shown}
    return {name: float(value) for name, value in told.items()}


def _places(value: Any) -> int:
    """How many digits stand behind the point, as the cell is written."""
    if is_missing(value) or number(value) is None:
        return 0
    _, _, behind = str(value).strip().lower().partition(".")
    return len(behind.partition("e")[0])
