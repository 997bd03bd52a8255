"""Digits of pi by Python's own numbers (Chudnovsky and Chudnovsky, 1988): where python-flint is missing, and to check what it says."""

from decimal import Decimal, localcontext
from typing import Final

_DIGITS_A_TERM: Final = 14.18
_GUARD: Final = 20
_CUBE: Final = 640_320**3 // 24


def digits_of_pi(count: int) -> str:
    """The first digits of pi, the 3 included, without the point.

    >>> digits_of_pi(7)
    '3141592'
    """
    _, q, t = _split(0, int(count / _DIGITS_A_TERM) + 2)
    with localcontext() as context:
        context.prec = count + _GUARD
        return str(Decimal(q) * 426_880 * Decimal(10_005).sqrt() / Decimal(t)).replace(".", "")[:count]


def _split(first: int, last: int) -> tuple[int, int, int]:
    """P, Q and T of the terms from `first` to `last` - 1: halves are put together, so that large numbers meet large ones."""
    if last - first == 1:
        p = (6 * first - 5) * (2 * first - 1) * (6 * first - 1) if first else 1
        q = first**3 * _CUBE if first else 1
        return p, q, (-1) ** first * p * (13_591_409 + 545_140_134 * first)
    middle = (first + last) // 2
    p, q, t = _split(first, middle)
    p_2, q_2, t_2 = _split(middle, last)
    return p * p_2, q * q_2, t * q_2 + p * t_2
