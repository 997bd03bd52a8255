"""Parts of a text are counted in it as a search from end to end counts them."""

from hypothesis import given
from hypothesis import strategies as st

from byheart.auditing.within import Within


def looked_for(data: bytes, pattern: bytes) -> int:
    return sum(data.startswith(pattern, at) for at in range(len(data)))


@given(st.text(st.sampled_from("ab \x00é"), min_size=1, max_size=300), st.data())
def test_parts_are_counted_as_often_as_they_occur(text: str, draw: st.DataObject) -> None:
    data = text.encode()
    starts = draw.draw(st.lists(st.integers(0, len(data) - 1), max_size=20))
    parts = [data[at : at + draw.draw(st.integers(1, 30))] for at in starts]
    assert Within(data).counts(parts) == [looked_for(data, part) for part in parts]


def test_a_part_that_occurs_hundreds_of_times_is_counted() -> None:
    data = b"=" * 500 + b"end"
    assert Within(data).counts([b"=" * 20, b"=" * 3, b"==end"]) == [481, 498, 1]
