"""`byheart split` and `byheart judge`: what is typed, and what is seen."""

import json
from pathlib import Path

import numpy as np
import pytest

from command_line import Command


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    np.save("data.npy", np.random.default_rng(0).normal(size=(500, 3)))
    return tmp_path


METRICS = "mmd,manifold,exact_share,copy_share"


def test_split_learn_and_judge_a_generator_that_copies(byheart: Command, here: Path) -> None:
    told = byheart("split", "data.npy", "train.npy", "heldout.npy", "--share", "0.4")
    assert told.out.startswith("300 arrays in train.npy, 200 arrays in heldout.npy")
    both = np.concatenate([np.load("train.npy"), np.load("heldout.npy")])
    assert (np.sort(both, axis=0) == np.sort(np.load("data.npy"), axis=0)).all()
    byheart("learn", "train.npy", "train.memory")
    asked = ("--generated", "train.npy", "--heldout", "heldout.npy", "--metrics", METRICS)
    told = byheart("judge", *asked, "--memory", "train.memory")
    assert told.code == 0
    assert "Against held-out: is it as good as real data?" in told.out
    assert "depends on train" in told.out
    assert "Blind to copying against held-out data are MMD, precision" in told.out
    said = json.loads(byheart("judge", *asked, "--train", "train.npy", "--json", "--html", "r.html").out)
    assert Path("r.html").read_text("utf-8").startswith("<!doctype html>")
    again = byheart("judge", *asked, "--train", "train.npy", "--html", "r.html")
    assert (again.code, again.err) == (2, "byheart: r.html is there already: choose another name, or say --overwrite\n")
    exact = next(row for row in said["metrics"] if row["name"] == "exact_share")
    assert exact["generated"]["value"] == exact["memgen"]["value"] == 1
    assert exact["heldout"]["value"] == 0
    assert exact["blind_to_copying"] is False
    assert said["sizes"]["row"] == 100


def test_rows_that_belong_together_stay_together(byheart: Command, here: Path) -> None:
    Path("visits.csv").write_text("patient,age\n" + "".join(f"{n % 37},{n}\n" for n in range(370)))
    told = json.loads(byheart("split", "visits.csv", "a.csv", "b.csv", "--group", "patient", "--json").out)
    patients = [{line.split(",")[0] for line in Path(name).read_text().splitlines()[1:]} for name in ("a.csv", "b.csv")]
    assert not patients[0] & patients[1]
    assert told["records"] == {"train": 300, "heldout": 70}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("split", "data.npy", "data.npy", "b.npy"),
            "data.npy is there already: choose another name, or say --overwrite",
        ),
        (
            ("split", "data.npy", "a.npy", "b.npy", "--group", "patient"),
            "group: wanted one of label, source, got 'patient'",
        ),
        (
            ("split", "data.npy", "a.npy", "b.npy", "--group", "source"),
            "split: wanted different values of source for two parts, got 1",
        ),
        (("split", "none.npy", "a.npy", "b.npy"), "none.npy"),
        (("judge", "--generated", "data.npy", "--heldout", "data.npy"), "wanted either --memory or --train"),
        (("judge", "--generated", "data.npy", "--heldout", "data.npy", "--memory", "none"), "no memory at none"),
        (
            ("judge", "--generated", "data.npy", "--heldout", "data.npy", "--train", "data.npy", "--metrics", "fid"),
            "no metric 'fid'",
        ),
        (("judge", "--heldout", "data.npy", "--train", "data.npy"), "missing option '--generated'"),
        (
            ("judge", "--generated", "data.npy", "--heldout", "data.npy", "--train", "data.npy", "--group", "who"),
            "group: wanted one of label, source, got 'who'",
        ),
    ],
)
def test_what_is_wrong_is_said_in_a_line(byheart: Command, here: Path, arguments: tuple[str, ...], said: str) -> None:
    told = byheart(*arguments)
    assert told.code == 2
    assert said in told.err
    assert told.err.count("\n") <= 4
