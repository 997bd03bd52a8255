"""Prompts of any size, and the same answers whatever the shards and the threads: of the source code of byheart itself."""

from pathlib import Path

import numpy as np
import pytest

import byheart
from byheart import MemGEN
from byheart.text import corpus
from byheart.text.building import most_of
from byheart.text.index import TextIndex

FILES = [path.read_bytes() for path in sorted(Path(byheart.__file__).parent.rglob("*.py"))]
SOURCES = [part for file in FILES for part in file.splitlines()]
POEM = "Shall I compare thee to a summer's day?\nThou art more lovely and more temperate: été"
HUGE = 100_000_000  # bytes


@pytest.fixture(scope="module")
def huge() -> bytes:
    return (b"nothing of the sort, \xff\xfe! " * (HUGE // 25))[:HUGE]


def test_a_prompt_of_100_megabytes_is_answered(path: str, huge: bytes) -> None:
    index = MemGEN(kind="text").fit([POEM]).text
    prompt = huge + POEM[:50].encode()
    assert index.count(prompt) == 0
    found = index.next_distribution(prompt)
    assert found.matched == 50
    assert found.counts.argmax() == POEM.encode()[50]
    assert index.next_probabilities(prompt).sum() == pytest.approx(1, abs=1e-12)
    said = index.recite(prompt, max_bytes=1000, seed=1)
    assert (said.text, said.steps[0].matched) == (POEM.encode()[50:], 50)


def test_a_text_of_100_megabytes_is_traced_and_scored(huge: bytes) -> None:
    index = MemGEN(kind="text").fit([POEM]).text
    told: list[tuple[int, int]] = []
    (span,) = index.trace(huge + POEM.encode(), tell=lambda done, total: told.append((done, total))).spans
    assert (span.start, span.end) == (HUGE, HUGE + len(POEM.encode()))
    assert len(told) > HUGE / (1 << 20)  # often enough to be interrupted
    assert told == sorted(told)
    assert told[-1][0] == told[-1][1] > HUGE
    text = huge[: HUGE // 20] + POEM.encode()
    scored = index.score(text)
    assert scored.matched[-1] >= len(POEM) - 1
    assert np.isfinite(scored.log_probability)
    assert len(scored.log_probabilities) == len(text)


def test_a_record_of_50_megabytes_is_found_in_itself(huge: bytes) -> None:
    record = np.random.default_rng(1).bytes(HUGE // 2)
    index = MemGEN(kind="bytes").fit([record]).text
    assert index.count(record) == 1
    assert index.next_distribution(record).counts[256] == 1
    (span,) = index.trace(record).spans
    assert len(span) == len(record)
    assert index.recite(record[:20], max_bytes=len(record), seed=1).text == record[20:]


@pytest.mark.parametrize(("records", "covered"), [(["a"], 1), ([""], 0), (["ab", ""], 1002)])
def test_a_prompt_longer_than_the_corpus_is_answered(path: str, records: list[str], covered: int) -> None:
    index = MemGEN(kind="text").fit(records).text
    prompt = "b" * 1000 + records[0]
    assert index.count(prompt) == 0
    assert index.next_distribution(prompt).matched == len(records[0])
    assert index.recite(prompt, max_bytes=9, seed=1).has_ended
    assert index.trace(prompt, min_length=1).covered == covered
    assert np.isfinite(index.score(prompt).log_probability)


def test_an_empty_prompt_begins_a_record(path: str) -> None:
    index = MemGEN(kind="text").fit(["abc", "abd"]).text
    assert index.recite("", max_bytes=9, seed=1).text in {b"abc", b"abd"}
    assert index.recite("", max_bytes=0, seed=1).text == b""
    assert index.count("") == 8  # three letters and the end of each record
    assert index.next_distribution("").counts[[97, 98, 99, 100, 256]].tolist() == [2, 2, 1, 1, 2]
    assert index.trace("").share == 0
    assert (index.score("").log_probability, index.score("").bits_per_byte) == (0, 0)
    assert index.score("abc", "").log_probability == pytest.approx(
        sum(np.log(index.next_probabilities("abc"[:at])[ord("abc"[at])]) for at in range(3))
    )


@pytest.mark.parametrize("shards", [1, 4, 16])
def test_the_number_of_shards_changes_no_answer(path: str, shards: int) -> None:
    whole = MemGEN(kind="text").fit(SOURCES).text
    each = len(whole.corpus.shards[0].arrays.text) // shards + 200
    index = TextIndex(whole.snapshot, memory_budget=each * most_of(counted=False))
    assert len(index.corpus.shards) == shards
    random = np.random.default_rng(shards)
    for source in [FILES[i] for i in random.choice(len(FILES), 4)]:
        at = int(random.integers(len(source) - 300)) if len(source) > 400 else 0
        text = source[at : at + 80] + b" and nothing of the sort\n" + source[at + 90 : at + 200]
        assert index.locate(text[:9], limit=5) == whole.locate(text[:9], limit=5)
        assert index.next_distribution(text).counts.tolist() == whole.next_distribution(text).counts.tolist()
        assert index.trace(text, min_length=8) == whole.trace(text, min_length=8)
        assert index.score(text).log_probabilities.tolist() == whole.score(text).log_probabilities.tolist()
        assert index.recite(text, max_bytes=99, seed=at) == whole.recite(text, max_bytes=99, seed=at)


def test_the_number_of_threads_changes_no_answer(path: str) -> None:
    index = MemGEN(kind="text").fit(SOURCES).text
    text = b"".join(FILES)
    starts = np.random.default_rng(1).integers(len(text), size=4 * corpus._FEW)
    patterns = [text[at : at + at % 23] for at in starts.tolist()]
    one = index.counts(patterns).tolist()
    assert one == index.counts(patterns, threads=2).tolist() == index.counts(patterns, threads=5).tolist()
    assert one == [index.count(pattern) for pattern in patterns]
