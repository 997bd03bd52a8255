"""The text index answers as looking at every place of every record does: whatever the records, the shards and the kernels."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Literal
from unittest.mock import patch

import numpy as np
import pytest
from by_hand import END, ByHand
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from byheart import MemGEN
from byheart.text import corpus
from byheart.text.building import most_of
from byheart.text.index import TextIndex

Structure = Literal["list", "hashmap"]
LETTERS = [0, 1, 2, 97, 98, 254, 255]
some_bytes = st.lists(st.sampled_from(LETTERS), max_size=12).map(bytes)
some_records = st.lists(some_bytes, min_size=1, max_size=8)
structures = st.sampled_from(["list", "hashmap"])
parts = st.sampled_from([1 << 16, 1, 3])  # bytes of a text that are looked at in one go
shards = st.sampled_from([None, 26, 60])  # bytes of a shard's text: the longest record needs 25, escaped
each_path = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)


@contextmanager
def in_parts(size: int) -> Iterator[None]:
    with patch.object(corpus, "_PART", size), patch.object(corpus, "_SPANS", size):
        yield


def index_of(records: Sequence[bytes], structure: Structure, shard: int | None) -> TextIndex:
    model = MemGEN(structure=structure, kind="bytes").fit(list(records))
    return TextIndex(model.snapshot, memory_budget=shard and shard * most_of(counted=structure == "hashmap"))


@each_path
@given(records=some_records, patterns=st.lists(some_bytes, min_size=1), structure=structures, shard=shards)
def test_a_pattern_is_counted_wherever_it_stands(
    path: str, records: list[bytes], patterns: list[bytes], structure: Structure, shard: int | None
) -> None:
    index, hand = index_of(records, structure, shard), ByHand.of(records)
    asked = [*patterns, *(record[1:4] for record in records)]
    assert index.counts(asked).tolist() == [hand.count(tuple(p)) for p in asked]


@each_path
@given(records=some_records, context=some_bytes, structure=structures, shard=shards)
def test_what_follows_the_longest_suffix_is_counted_exactly(
    path: str, records: list[bytes], context: bytes, structure: Structure, shard: int | None
) -> None:
    hand = ByHand.of(records)
    found = index_of(records, structure, shard).next_distribution(context)
    suffix = hand.longest_suffix(tuple(context))
    following = hand.following(suffix)
    assert found.matched == len(suffix)
    assert found.counts.tolist() == [following[symbol] for symbol in range(257)]
    assert found.probabilities.sum() == pytest.approx(1, abs=1e-12)


@each_path
@given(
    records=some_records,
    text=st.lists(st.sampled_from(LETTERS), max_size=30).map(bytes),
    least=st.integers(1, 5),
    structure=structures,
    shard=shards,
    part=parts,
)
def test_every_maximal_span_is_traced(
    path: str, records: list[bytes], text: bytes, least: int, structure: Structure, shard: int | None, part: int
) -> None:
    text += records[0]
    hand = ByHand.of(records)
    ordered = records if structure == "list" else [r for r in dict.fromkeys(records) for _ in range(records.count(r))]
    with in_parts(part):
        spans = index_of(records, structure, shard).trace(text, min_length=least).spans
    assert [(span.start, span.end) for span in spans] == hand.spans(text, least)
    for span in spans:
        assert span.count == hand.count(tuple(text[span.start : span.end]))
        for place in span.places:
            record = ordered[place.record]
            assert record[place.offset : place.offset + len(span)] == text[span.start : span.end]


@each_path
@given(
    records=some_records,
    text=some_bytes,
    context=st.none() | some_bytes,
    structure=structures,
    shard=shards,
    part=parts,
)
def test_a_text_is_scored_as_the_formula_says(
    path: str,
    records: list[bytes],
    text: bytes,
    context: bytes | None,
    structure: Structure,
    shard: int | None,
    part: int,
) -> None:
    hand = ByHand.of(records)
    with in_parts(part):
        found = index_of(records, structure, shard).score(text, context)
    before = (END,) if context is None else tuple(context)
    wanted = [hand.probability((*before, *text[:at]), text[at]) for at in range(len(text))]
    assert np.exp(found.log_probabilities).tolist() == pytest.approx([float(p) for p in wanted], rel=1e-12)


@settings(max_examples=20)
@given(records=some_records, context=some_bytes)
def test_the_probabilities_of_all_symbols_sum_to_one(records: list[bytes], context: bytes) -> None:
    index, hand = index_of(records, "list", None), ByHand.of(records)
    every = [index.score(bytes([symbol]), context).log_probability for symbol in range(256)]
    end = float(hand.probability(tuple(context), END))
    assert np.exp(every).sum() + end == pytest.approx(1, abs=1e-12)
    assert index.next_probabilities(context).tolist() == pytest.approx([*np.exp(every), end], rel=1e-12)
    begins = [float(hand.probability((END,), symbol)) for symbol in range(257)]
    assert index.next_probabilities().tolist() == pytest.approx(begins, rel=1e-12)


@each_path
@given(records=some_records, prompt=some_bytes, seed=st.integers(0, 2**64), structure=structures)
def test_a_recital_is_a_continuation_with_its_probability(
    path: str, records: list[bytes], prompt: bytes, seed: int, structure: Structure
) -> None:
    hand = ByHand.of(records)
    recitals = [index_of(records, structure, shard).recite(prompt, max_bytes=9, seed=seed) for shard in (None, 26)]
    assert recitals[0] == recitals[1]
    context = tuple(prompt) or (END,)
    said = (*recitals[0].text, *[END] * recitals[0].has_ended)
    assert len(recitals[0].text) <= 9
    wanted = 1.0
    for symbol in said:
        following = hand.following(hand.longest_suffix(context))
        wanted *= following[symbol] / sum(following.values())
        context = (*context, symbol)
    assert np.exp(recitals[0].log_probability) == pytest.approx(wanted, rel=1e-12)
