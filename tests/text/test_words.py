"""The index of words: a third of the size, and what begins where a word does is found in it as in the other."""

import re

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from byheart import MemGEN
from byheart.text.alphabet import WORDS
from byheart.text.index import TextIndex

texts = st.text(alphabet="ab é.-", max_size=14)
each_path = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
WORD = re.compile("(?<![a-zé])[a-zé]")


@each_path
@given(records=st.lists(texts, min_size=1, max_size=6), patterns=st.lists(texts, min_size=1))
def test_what_begins_with_a_word_is_counted(path: str, records: list[str], patterns: list[str]) -> None:
    index = TextIndex(MemGEN(kind="text").fit(records).snapshot, WORDS)
    for pattern in [*patterns, *(record[at:] for record in records for at in range(len(record)))]:
        if pattern:
            starts = [
                match.start()
                for record in records
                for match in WORD.finditer(record)
                if record.startswith(pattern, match.start())
            ]
            assert index.count(pattern) == len(starts)


@each_path
@given(records=st.lists(texts, min_size=1, max_size=6), text=texts, least=st.integers(1, 4))
def test_spans_begin_with_words_and_none_longer_does(path: str, records: list[str], text: str, least: int) -> None:
    text += records[0]
    data = text.encode()
    index = TextIndex(MemGEN(kind="text").fit(records).snapshot, WORDS)
    reached, wanted = 0, []
    for start in [len(text[: match.start()].encode()) for match in WORD.finditer(text)]:
        end = max((end for end in range(start + 1, len(data) + 1) if index.count(data[start:end])), default=start)
        if end > reached and end - start >= least:
            wanted.append((start, end))
        reached = max(reached, end)
    assert [(span.start, span.end) for span in index.trace(text, min_length=least).spans] == wanted


@each_path
@given(records=st.lists(texts, min_size=1, max_size=6), text=texts, seed=st.integers(0, 99))
def test_it_recites_and_scores_as_it_is_asked(path: str, records: list[str], text: str, seed: int) -> None:
    index = TextIndex(MemGEN(kind="text").fit(records).snapshot, WORDS)
    assert np.isfinite(index.score(text).log_probabilities).all()
    assert len(index.recite(text, max_bytes=5, seed=seed).text) <= 5


def test_it_takes_a_third_of_the_room(path: str) -> None:
    model = MemGEN().fit(["the quick brown fox jumps over the lazy dog, and the dog does not mind it at all"] * 50)
    every, begun = model.index_text(), model.index_text(words=True)
    sizes = [index.corpus.shards[0].arrays.suffixes.size for index in (every, begun)]
    assert sizes[1] < sizes[0] / 4
    assert begun.count("dog") == every.count("dog") == 100
    assert begun.count("og") == 0
    assert every.count("og") == 100


def test_another_index_leaves_what_the_model_answers_as_it_is() -> None:
    model = MemGEN().fit(["the dog"])
    model.index_text(words=True)
    assert model.count("og") == 1
