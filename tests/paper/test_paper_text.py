"""Text: samples are verbatim, the identity is its own inverse, and the memory foretells its bytes."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from stages import stage as staged

from byheart import MemGEN
from byheart.paper.library import Texts
from byheart.paper.samples import foretold, text
from byheart.paper.samples.text import Read


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Read:
    stage = staged(tmp_path_factory.mktemp("text"))
    return text.learn(stage, stage.library.texts, stage.library.poems)


def test_the_section_prints_a_sample_recites_a_poem_and_its_claims_hold(tmp_path: Path) -> None:
    found = text.run(staged(tmp_path))
    assert [figure.name for figure in found.figures] == ["text-next-byte"]
    assert [claim.verdict for claim in found.claims] == [
        "holds, with a caveat",
        *5 * ["holds"],
        "not tried",
    ]
    page = "".join(part for part in found.parts if isinstance(part, str))
    assert "Simple is better than complex." in page
    assert found.numbers["sample"]["title"] in page


def test_one_seed_gives_one_answer_to_the_last_byte(tmp_path: Path) -> None:
    first, again = (text.run(staged(tmp_path / name, seed=5)).kept() for name in "ab")
    assert first == again


def test_every_sample_is_verbatim_and_a_poem_that_was_not_learned_is_not(read: Read) -> None:
    assert read.traced == (1.0, 10)
    assert read.others < 0.1


def test_bytes_that_come_out_changed_are_told(read: Read) -> None:
    broken = replace(read, digests=(read.digests[0], read.digests[1], "0" * 64))
    assert text.claims(broken)[1].verdict == "does not hold"


def test_garbage_that_comes_out_changed_is_told(read: Read) -> None:
    assert read.garbage == (500, 500)
    assert text.claims(replace(read, garbage=(499, 500)))[2].verdict == "does not hold"


def test_a_sample_that_is_not_verbatim_or_not_drawn_evenly_is_told(read: Read) -> None:
    assert text.claims(replace(read, traced=(0.99, 10)))[0].verdict == "does not hold"
    assert text.claims(replace(read, p_value=1e-9))[0].verdict == "does not hold"


def test_the_caveat_goes_where_the_corpus_is_wikipedia_and_has_the_article(read: Read) -> None:
    whole = replace(read, corpus=("Wikipedia", 106, 9), has_article=True)
    assert text.claims(whole)[0].verdict == "holds"


def test_a_poem_whose_first_line_begins_two_is_not_recited_for_certain(tmp_path: Path) -> None:
    poems = Texts("twins", tuple((str(n), f"roses are red\nviolet number {n}\n") for n in range(8)))
    right, count = text.recited(staged(tmp_path), poems)
    assert count == 8
    assert right == 1  # one seed, one continuation


def test_probabilities_of_bytes_multiply_to_that_of_the_text_also_where_texts_repeat_and_begin_alike() -> None:
    model = MemGEN().fit(["banana", "banana", "band", "can"])
    assert foretold.off_by(model, 20, seed=0) < 1e-12
    assert np.exp(model.recite("b", random_state=0, temperature=0).log_probability) == pytest.approx(1)


def test_what_may_follow_sums_to_one_after_anything() -> None:
    model = MemGEN().fit(["banana", "ananas"])
    assert foretold.sums_off_by(model, b"banana, ananas", 50, seed=0) < 1e-12


def test_what_follows_is_counted_exactly() -> None:
    told = foretold.foretell(MemGEN().fit(["a b", "a c", "a c\n"]), b"a ")
    assert (told.count, told.names, told.shares) == (3, ("c", "b"), (2 / 3, 1 / 3))
    assert told.bits == pytest.approx(0.918, abs=1e-3)
    assert told.others == (0, 0.0)
