"""What new users ran into."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from byheart import InputError, MemGEN, audit
from command_line import command


@pytest.mark.parametrize("path", [None, "m"])
def test_a_structure_that_there_is_not_is_refused_before_anything_is_made(path: str | None, tmp_path: Path) -> None:
    where = None if path is None else tmp_path / path
    with pytest.raises(InputError, match="did you mean 'hashmap'"):
        MemGEN(where, structure="hashMap").fit(["a"])  # type: ignore[arg-type]  # that is the point
    assert list(tmp_path.iterdir()) == []


def test_a_memory_within_a_folder_is_not_learned_with_it(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    (tmp_path / "b.txt").write_text("b")
    for name in ("first.memory", "second.memory"):
        model = MemGEN(tmp_path / name).fit(tmp_path)
        assert sorted(model.sample(2, 0, replace=False)) == ["a", "b"]
    assert len(MemGEN(tmp_path / "first.memory").partial_fit(tmp_path)) == 4
    assert len(MemGEN(tmp_path / "third.memory").fit(tmp_path / "first.memory")) == 4  # who names one means it


def test_scikit_learn_sees_whether_it_is_fitted(tmp_path: Path) -> None:
    pipeline = pytest.importorskip("sklearn.pipeline")
    preprocessing = pytest.importorskip("sklearn.preprocessing")
    validation = pytest.importorskip("sklearn.utils.validation")
    exceptions = pytest.importorskip("sklearn.exceptions")
    data = np.arange(12.0).reshape(6, 2)
    for model in (MemGEN(), MemGEN(tmp_path / "m")):
        with pytest.raises(exceptions.NotFittedError):
            validation.check_is_fitted(model)
        validation.check_is_fitted(model.fit(data))
    scored = pipeline.make_pipeline(preprocessing.StandardScaler(), MemGEN()).fit(data).score(data)
    assert scored == pytest.approx(6 * np.log(1 / 6))


def test_a_replaced_memory_tells_how_many_differ(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.txt").write_text("a\na\nb\n")
    byheart = command(capsys)
    for arguments in ([], ["--replace"]):
        assert (
            "learned 3 texts (2 distinct, 3 bytes)"
            in byheart("learn", tmp_path / "a.txt", tmp_path / "m", *arguments).out
        )
    assert json.loads(byheart("info", tmp_path / "m", "--json").out)["distinct"] == 2
    shutil.rmtree(tmp_path / "m")


def test_rows_of_one_text_are_said_to_be_compared_as_cells(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def lines(name: str, first: int, count: int) -> Path:
        path = tmp_path / name
        path.write_text("".join(json.dumps({"text": f"sentence {first + i}"}) + "\n" for i in range(count)))
        return path

    train, real, made = lines("t.jsonl", 0, 40), lines("h.jsonl", 100, 20), lines("g.jsonl", 200, 20)
    byheart = command(capsys)
    told = byheart("audit", "--generated", made, "--heldout", real, "--train", train).out
    assert "compared as cells" in told
    assert byheart("learn", train, tmp_path / "m", "--field", "text").code == 0
    answer = byheart("audit", "--generated", made, "--heldout", real, "--memory", tmp_path / "m")
    assert answer.code == 2
    assert "say which column with --field" in answer.err
    asked = ("--generated", made, "--heldout", real, "--memory", tmp_path / "m", "--field", "text")
    assert byheart("audit", *asked).code in {0, 3}


def test_verbatim_copies_that_chance_makes_too_are_not_said_to_be_named_by_the_handful() -> None:
    rng = np.random.default_rng(0)
    train, fresh = rng.normal(size=(500, 4)), rng.normal(size=(340, 4))
    heldout = np.concatenate([fresh[:196], train[:4]])
    made = np.concatenate([fresh[196:], train[100:130]])
    told = audit(made, heldout, train=train, alpha=1e-4)
    assert (told.verdict, len(told.copies)) == ("COPIES", 0)
    html = told.to_html()
    assert "chance makes too many that look alike to say which" in html
    assert "a handful is not enough, since held-out has 4" in html
    assert "verbatim ones are named from" in audit(made, fresh[:196], train=train).to_html()
