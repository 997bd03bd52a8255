"""The compiled searches over an index that lies: an answer or an error, never a byte out of bounds. `make asan` checks every access."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from byheart import MemGEN, _native
from byheart.text.alphabet import BYTES, WORDS
from byheart.text.index import TextIndex

kernels: Any = _native.kernels
pytestmark = pytest.mark.skipif(kernels is None, reason="no compiler was found when byheart was installed")

REFUSED = (ValueError, TypeError, OverflowError, MemoryError, BufferError)
RECORDS = [b"abracadabra", b"", b"a", b"\xfe\xff\xfe", b"cadabra abra", bytes(range(256)) * 3, b"a" * 700]
INDEXES = {
    (structure, alphabet.name): TextIndex(
        MemGEN(structure=structure, kind="bytes").fit(RECORDS * (1 + (structure == "hashmap"))).snapshot, alphabet
    ).corpus.shards[0]
    for structure in ("list", "hashmap")
    for alphabet in (BYTES, WORDS)
} if kernels is not None else {}  # fmt: skip  # one comprehension

some_text = st.one_of(
    st.sampled_from(RECORDS),
    st.binary(max_size=40),
    st.lists(st.sampled_from([97, 98, 254, 255, 1]), max_size=40).map(bytes),
)
odd = st.one_of(st.integers(-3, 900), st.sampled_from([2**31, 2**63 - 1, -(2**63)]))


@st.composite
def corpora(draw: st.DrawFn) -> Any:
    """One or two shards, some numbers or bytes of which are not what they were."""
    shards = []
    for _ in range(draw(st.integers(1, 2))):
        arrays = INDEXES[draw(st.sampled_from(sorted(INDEXES)))].arrays
        told = [arrays.text, arrays.suffixes, arrays.firsts, arrays.keys, arrays.peaks, arrays.sums]
        for _ in range(draw(st.integers(0, 4))):
            which = draw(st.integers(0, 5))
            array = np.array(told[which] if told[which] is not None else [])
            if array.size:
                limits = np.iinfo(array.dtype)
                for at in draw(st.lists(st.integers(0, len(array) - 1), max_size=9)):
                    array[at] = draw(
                        st.one_of(
                            st.integers(int(limits.min), int(limits.max)), st.just(limits.max), st.integers(0, 100)
                        )
                    )
                told[which] = array[: len(array) - draw(st.sampled_from([0, 0, 0, 0, 1, 7]))]
        shards.append(tuple(told))
    return shards


@given(data=st.data(), shards=corpora(), words=st.booleans(), step=st.sampled_from([1, 1, 1, 2, 4, 3]))
def test_whatever_an_index_says_no_search_leaves_it(data: st.DataObject, shards: Any, words: bool, step: int) -> None:
    def attempt(name: str, *arguments: Any) -> Any:
        try:
            return getattr(kernels, name)(*arguments)
        except REFUSED:
            return None

    corpus = attempt("corpus", shards, step, words)
    if corpus is None:
        return
    count = len(shards)
    for _ in range(4):
        text = data.draw(some_text)
        ranges = np.zeros((count, 2), np.int64)
        attempt("count_pattern", corpus, text)
        attempt("find_text", corpus, text, np.array([0, len(text) // 2, len(text)]), np.zeros((2, count, 2), np.int64))
        start = attempt("longest_suffix", corpus, text, ranges)
        known = len(text) - (start or 0)
        attempt("follow_text", corpus, text, np.zeros(data.draw(st.sampled_from([0, 1, 257])), np.int64))
        spans = np.zeros((data.draw(st.integers(0, 3)), 2), np.int64)
        so_far = np.array([data.draw(st.integers(-1, 50)), data.draw(st.integers(-1, 50))])
        attempt("trace_text", corpus, text, data.draw(odd), data.draw(odd), so_far, spans)
        attempt(
            "count_text",
            corpus,
            text,
            data.draw(odd) % 5 - 1,
            data.draw(odd),
            np.zeros((data.draw(st.integers(0, 50)), 5), np.int64),
        )
        room = data.draw(st.integers(0, 300))
        symbols, inner = np.zeros(room, np.uint32), np.zeros((room, 2), np.int64)
        for number, (low, high) in enumerate(ranges.tolist()):
            attempt("children", corpus, number, low, high, known, symbols, inner)
        attempt("children", corpus, data.draw(odd), data.draw(odd), data.draw(odd), data.draw(odd), symbols, inner)
        attempt("agreed", corpus, ranges, known, data.draw(odd))
        ranges[:] = data.draw(odd)
        attempt("agreed", corpus, ranges, data.draw(odd), data.draw(odd))


@given(data=st.binary(max_size=60), ends=st.lists(odd, max_size=5), room=st.integers(0, 80), places=st.integers(0, 6))
def test_records_are_laid_out_within_their_room(data: bytes, ends: list[int], room: int, places: int) -> None:
    out, begins = np.full(room + 8, 0xA5, np.uint8), np.zeros(places, np.int64)
    try:
        size = kernels.lay_out(data, np.array(ends, np.int64), out[:room], begins)
    except REFUSED:
        return
    assert (out[room:] == 0xA5).all()
    assert size == begins[len(ends) - 1]


def test_pairs_are_counted_where_there_is_room() -> None:
    with pytest.raises(ValueError, match="counts"):
        kernels.count_pairs(b"ab", np.zeros(65_535, np.int64))
