"""Copies of texts are found through what is done to them; who says common phrases is no copier."""

import pydoc_data.topics
import random
import re
import string
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from byheart import MemGEN, _native
from byheart.auditing.evidence import Evidence, Found, Setting
from byheart.auditing.forms_text import text_form, text_forms
from byheart.auditing.keeping import Checkpoint
from byheart.auditing.originals import Asked, Originals
from byheart.auditing.shingles import Wording
from byheart.auditing.spans import Spans
from byheart.errors import MissingExtraError
from byheart.judging.samples import Train, read
from byheart.neighbours import Work
from byheart.paper.generators.sentences import markov

BOTH: Sequence[Evidence] = (Wording(), Spans())


def passages() -> list[str]:
    """Of the manual that Python ships: some sentences each."""
    told = " ".join(" ".join(text.split()) for _, text in sorted(pydoc_data.topics.topics.items()))
    sentences = list(dict.fromkeys(re.split(r"(?<=[.!?])\s+", told)))
    made = list(dict.fromkeys(" ".join(sentences[at : at + 4]) for at in range(0, len(sentences), 4)))
    random.Random(0).shuffle(made)
    return [passage for passage in made if 250 < len(passage) < 2000]


PASSAGES = passages()
TRAIN, FRESH = PASSAGES[: len(PASSAGES) // 2], PASSAGES[len(PASSAGES) // 2 :]


def originals_of(texts: Sequence[str]) -> Originals:
    return Originals(Train(MemGEN().fit(list(texts)).snapshot))


ORIGINALS = originals_of(TRAIN)


def ask(originals: Originals, texts: Sequence[str]) -> Asked:
    return Asked.all_of(read(list(texts), "generated", originals.train))


def find(evidence: Evidence, *asked: Asked, originals: Originals = ORIGINALS) -> list[Found]:
    return evidence.find(Setting(originals, [], how=Work(threads=2)), asked)


def told(original: int, originals: Originals = ORIGINALS) -> str:
    text: str = originals.x(np.array([original]))[0].as_py()
    return text


def words_changed(text: str, share: float, rng: random.Random) -> str:
    words = text.split(" ")
    for at in rng.sample(range(len(words)), round(share * len(words))):
        words[at] = rng.choice(["green", "seldom", "horses", "of", "lamp", "sang"])
    return " ".join(words)


def with_sentences(text: str, rng: random.Random) -> str:
    parts = re.split(r"(?<=[.!?])\s+", text)
    return " ".join([*parts[:2], rng.choice(FRESH)[:120], *parts[2:]])


COPIES = random.Random(1).sample(TRAIN, 60)
CHANGED = {
    "white space": ["\n".join(text.split(" ")) + "\t" for text in COPIES],
    "case": [text.upper() for text in COPIES],
    "punctuation": [text.translate(str.maketrans("", "", string.punctuation)) for text in COPIES],
    "a sentence put in": [with_sentences(text, random.Random(2)) for text in COPIES],
    "the beginning left out": [text[len(text) // 3 :] for text in COPIES],
    "a fifth of the words changed": [words_changed(text, 0.2, random.Random(3)) for text in COPIES],
}


def below(found: Found, fresh: Found) -> float:
    """The share of scores that are below all but one in twenty of those of fresh texts: the manual repeats itself."""
    return float((found.scores < np.quantile(fresh.scores, 0.05)).mean())


def test_wording_sees_copies_through_what_is_done_to_them() -> None:
    fresh, *changed = find(Wording(), ask(ORIGINALS, FRESH), *(ask(ORIGINALS, texts) for texts in CHANGED.values()))
    for name, found in zip(CHANGED, changed, strict=True):
        nearest = [told(original) == text for original, text in zip(found.records[:, 0], COPIES, strict=True)]
        assert (name, below(found, fresh)) >= (name, 0.95)
        assert (name, float(np.mean(nearest))) >= (name, 0.95)


def test_a_span_is_seen_inside_of_new_text() -> None:
    spans = [text[40:240] for text in COPIES]
    inside = [fresh[:300] + span + fresh[300:] for fresh, span in zip(FRESH, spans, strict=False)]
    fresh, found = find(Spans(), ask(ORIGINALS, FRESH), ask(ORIGINALS, inside))
    assert below(found, fresh) >= 0.9
    holds = [span[20:-20] in told(at) for at, span in zip(found.records[:, 0], spans, strict=True)]
    assert np.mean(holds) >= 0.9
    sizes = 1 / found.distances[:, 0] - 1
    assert np.median(sizes) == pytest.approx(200, abs=20)
    assert Spans().describe("", "", float(found.distances[0, 0])) == f"{round(sizes[0])} bytes in a row stand in it"


@pytest.mark.parametrize("evidence", BOTH, ids=lambda evidence: evidence.name)
def test_a_train_record_is_no_copy_of_itself_however_often_it_was_learned(evidence: Evidence) -> None:
    originals = originals_of([text for text in TRAIN[:100] for _ in range(3)])
    own = originals.draw(100, 0)
    found, fresh = find(evidence, own, ask(originals, FRESH[:300]), originals=originals)
    assert not (found.records == own.own[:, None]).any()
    assert below(found, fresh) <= 0.12
    (as_copies,) = find(evidence, ask(originals, own.x(slice(0, 100)).to_pylist()), originals=originals)
    assert (as_copies.records[:, 0] == own.own).all()
    assert below(as_copies, fresh) == 1


@pytest.mark.parametrize("evidence", BOTH, ids=lambda evidence: evidence.name)
def test_who_else_is_asked_for_changes_nothing(evidence: Evidence) -> None:
    every = [*COPIES[:20], *FRESH[:50], *CHANGED["case"][:20], "", "?", "a"]
    order = np.random.default_rng(0).permutation(len(every))
    (alone,) = find(evidence, ask(ORIGINALS, every))
    _, again = find(evidence, ask(ORIGINALS, FRESH[50:90]), ask(ORIGINALS, [every[at] for at in order]))
    (one,) = find(evidence, ask(ORIGINALS, every[3:4]))
    for name in ("scores", "distances", "records"):
        np.testing.assert_array_equal(getattr(again, name), getattr(alone, name)[order])
        np.testing.assert_array_equal(getattr(one, name)[0], getattr(alone, name)[3])


@pytest.mark.parametrize("evidence", BOTH, ids=lambda evidence: evidence.name)
def test_what_stands_in_all_records_is_no_evidence(evidence: Evidence) -> None:
    licence = " " + " ".join(FRESH[-3:])[:600]
    originals = originals_of([text + licence for text in TRAIN[:200]])
    asked = ask(originals, [text + licence for text in FRESH[:200]]), ask(originals, [COPIES[0] + licence])
    fresh, copy = find(evidence, *asked, originals=originals_of([text + licence for text in [*TRAIN[:200], COPIES[0]]]))
    assert copy.scores[0] < np.quantile(fresh.scores, 0.05)
    assert np.median(fresh.scores) > 3 * copy.scores[0]


def test_a_chain_of_single_words_is_no_copier_and_one_of_three_is() -> None:
    sentences = [part for text in TRAIN for part in re.split(r"(?<=[.!?])\s+", text) if 40 < len(part) < 300]
    held = [part for text in FRESH for part in re.split(r"(?<=[.!?])\s+", text) if 40 < len(part) < 300]
    originals = originals_of(sentences)
    made = [[str(text) for text in markov(order)(sentences, 0)(300, 0)] for order in (1, 3)]
    asked = [ask(originals, texts) for texts in (held, *made)]
    for evidence in BOTH:
        fresh, single, triple = find(evidence, *asked, originals=originals)
        assert (evidence.name, below(single, fresh)) <= (evidence.name, 0.1)
        assert (evidence.name, below(triple, fresh)) >= (evidence.name, 0.4)


def test_an_evidence_says_nothing_of_the_record() -> None:
    for evidence in BOTH:
        assert evidence.describe("a secret", "a secret", 0.25).isascii()
        assert "secret" not in evidence.describe("a secret", "a secret", 0.25)


def test_without_what_builds_the_index_spans_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pydivsufsort", None)
    monkeypatch.setitem(sys.modules, "pydivsufsort.dll", None)
    with pytest.raises(MissingExtraError, match="text"):
        find(Spans(), ask(ORIGINALS, FRESH[:2]))


@pytest.mark.parametrize("evidence", BOTH, ids=lambda evidence: evidence.name)
def test_parts_that_were_kept_are_not_made_again(evidence: Evidence, tmp_path: Path) -> None:
    setting = Setting(ORIGINALS, [], kept=Checkpoint(tmp_path, "x"))
    asked = [ask(ORIGINALS, COPIES[:5])]
    (first,), (again,) = evidence.find(setting, asked), evidence.find(setting, asked)
    np.testing.assert_array_equal(first.scores, again.scores)
    assert list(tmp_path.iterdir())


@pytest.mark.parametrize("evidence", BOTH, ids=lambda evidence: evidence.name)
def test_the_plain_path_gives_the_same_answers(evidence: Evidence, monkeypatch: pytest.MonkeyPatch) -> None:
    originals = originals_of(TRAIN[:20])
    asked = ask(originals, [*TRAIN[:3], *FRESH[:5], "a b", "日本語の文章です。", "zwölf Jahre"])
    (compiled,) = find(evidence, asked, originals=originals)
    monkeypatch.setattr(_native, "kernels", None)
    (plain,) = find(evidence, asked, originals=originals)
    np.testing.assert_array_equal(plain.scores, compiled.scores)
    np.testing.assert_array_equal(plain.records, compiled.records)


@pytest.mark.parametrize("evidence", BOTH, ids=lambda evidence: evidence.name)
def test_a_memory_of_one_text_and_empty_texts_are_answered(evidence: Evidence) -> None:
    originals = originals_of(["a"])
    found, none = find(evidence, ask(originals, ["a", "", "b c d"]), originals.draw(5, 0), originals=originals)
    assert found.distances.shape == (3, 11)
    assert np.isinf(found.scores[1:]).all()
    assert np.isinf(none.scores).all()


@given(st.lists(st.text(max_size=12), max_size=8))
def test_forms_of_many_are_the_forms_of_each(texts: list[str]) -> None:
    assert text_forms(pa.array(texts, pa.string())).to_pylist() == [text_form(text) for text in texts]


@given(st.lists(st.text(st.characters(categories=["L"]), min_size=1), min_size=1), st.data())
def test_a_form_is_the_same_whatever_stands_between_words(words: list[str], data: st.DataObject) -> None:
    between = st.sampled_from([" ", "\n", ", ", "\u00a0", " - ", ".", "\u201c", "\u3000", "'"])
    joined = words[0] + "".join(data.draw(between) + word for word in words[1:])
    assert text_form(joined) == text_form(" ".join(words))


def test_forms_of_the_manual_see_case_white_space_and_punctuation_and_nothing_else() -> None:
    forms = text_forms(pa.array(PASSAGES, pa.large_string())).to_pylist()
    assert len(set(forms)) == len(PASSAGES)
    plain = [text for text in PASSAGES if not re.search(r"\d\W+\d", text)][:200]
    marks = str.maketrans("", "", "".join(set(string.punctuation) - set("$+<=>^|~")))
    assert [text_form(text.upper().translate(marks).replace(" ", "\r\n")) for text in plain] == [*map(text_form, plain)]


@pytest.mark.parametrize(("one", "other"), [("1.5", "15"), ("!", "?"), ("a+b", "a<b"), ("की", "का"), ("1 23", "12 3")])
def test_forms_differ_where_more_than_punctuation_does(one: str, other: str) -> None:
    assert text_form(one) != text_form(other)
