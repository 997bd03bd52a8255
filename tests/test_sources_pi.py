"""The decimals of pi."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from byheart import InputError
from byheart.sources import Options, open_source
from sources import learn

pytest.importorskip("flint")

MILLION = "387877db67fdddbd"  # the first hexadecimal digits of the SHA-256 of as many digits, the 3 included
TEN_MILLION = "b9ab87d543b32442"


def sha256(digits: str) -> str:
    return hashlib.sha256(digits.encode()).hexdigest()[:16]


def test_a_million_digits_are_those_that_are_known() -> None:
    (text,) = learn("pi:1000000").records
    assert text.startswith("3.14159265358979323846")
    assert len(text) == 1_000_001
    assert sha256(text.replace(".", "")) == MILLION


@pytest.mark.full
def test_ten_million_digits_are_those_that_are_known() -> None:
    found = learn("pi:10000000", chunk=1000)
    assert len(found.records) == 10_000
    assert sha256("".join(found.records).replace(".", "")) == TEN_MILLION


@settings(max_examples=40)
@given(st.integers(1, 3000), st.integers(1, 3000))
def test_records_of_so_many_digits_make_up_the_whole(digits: int, chunk: int) -> None:
    (whole,) = learn(f"pi:{digits}").records
    found = learn(f"pi:{digits}", chunk=chunk)
    assert "".join(found.records) == whole
    assert all(len(record.replace(".", "")) == chunk for record in found.records[:-1])
    assert found.locators == list(range(0, digits, chunk))
    assert found.done == found.total == digits


def test_fewer_digits_are_the_beginning_of_more() -> None:
    """Cut off, not rounded: the digits 762 to 767 are six nines."""
    (more,) = learn("pi:2000").records
    for digits in range(2, 1000):
        (fewer,) = learn(f"pi:{digits}").records
        assert more.startswith(fewer)


@pytest.mark.parametrize("digits", ["0", "-1", "x", "", "1e3", "100000001", "٣"])
def test_no_number_of_digits_is_refused(digits: str) -> None:
    with pytest.raises(InputError, match=r"wanted a number of digits, from 1 to 100,000,000"):
        open_source(f"pi:{digits}", Options())


def test_records_of_no_digits_are_refused() -> None:
    with pytest.raises(InputError, match="at least one digit"):
        open_source("pi:10", Options(chunk=0))
