"""How two rows differ, told by the names of their columns: no value is said."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pyarrow as pa

from byheart._names import printable
from byheart.auditing.digits import tolerance
from byheart.auditing.normal_cells import Normal, normal

_NAMED: Final = 4


def told(made: Mapping[str, Any], original: Mapping[str, Any]) -> str:
    """In how many cells two rows differ, and which.

    >>> told({"age": 40, "job": "Sales", "sex": "F"}, {"age": 37, "job": " sales", "sex": "M"})
    '2 of 3 cells differ: age (rounded), sex'
    """
    names = [_name(name, made[name], original[name]) for name in made if name in original]
    differ = [name for name in names if name]
    if not differ:
        return f"all {len(names)} cells agree"
    more = f" and {len(differ) - _NAMED} more" if len(differ) > _NAMED else ""
    return f"{len(differ)} of {len(names)} cells {'differs' if len(differ) == 1 else 'differ'}: {', '.join(differ[:_NAMED])}{more}"


def _name(name: str, made: Any, original: Any) -> str:
    """The column's name, if the cells differ, and whether by rounding."""
    one, other = _normal(made), _normal(original)
    if one.codes[0] == other.codes[0]:
        return ""
    is_near = abs(one.numbers[0] - other.numbers[0]) <= tolerance(one.numbers)[0]  # False where one is no number
    return f"{printable(name)} (rounded)" if is_near else printable(name)


def _normal(value: Any) -> Normal:
    if isinstance(value, np.generic):
        value = value.item()
    try:
        column = pa.array([value])
    except (pa.ArrowException, OverflowError):  # what the table's own type holds, and the one that is guessed does not
        column = pa.array([str(value)])
    return normal(column)
