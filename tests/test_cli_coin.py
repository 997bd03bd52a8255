"""`byheart coin`: what is typed, and what is seen."""

import io
import json
from pathlib import Path

import pytest

from byheart.coin import flip
from command_line import Command


def test_flips_are_recognised_as_a_coins(byheart: Command, tmp_path: Path) -> None:
    flipped = byheart("coin", "--flip", "2000", "--seed", "1")
    assert flipped.out.split() == [str(side) for side in flip(2000, random_state=1)]
    (tmp_path / "flips").write_text(flipped.out)
    told = byheart("coin", tmp_path / "flips")
    assert (told.code, told.out.splitlines()[0]) == (0, "INDISTINGUISHABLE: Within 5 points of a coin")


def test_choices_of_people_are_not(byheart: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("real\n" * 70 + "generated\n" * 30))
    told = json.loads((answer := byheart("coin", "-", "--json")).out)
    assert (answer.code, told["verdict"], told["names"], told["heads"]) == (
        1,
        "DISTINGUISHABLE",
        ["generated", "real"],
        30,
    )
    (tmp_path / "few").write_text("a\nb\nb\na\na\nb\n")
    assert byheart("coin", tmp_path / "few").code == 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "wanted either FILE or --flip N, got both or neither"),
        (("nowhere.txt",), "nowhere.txt: no such file or directory: check the path"),
        (("--flip", "-1"), "-1 is not in the range x>=0"),
    ],
)
def test_bad_input_is_one_line_and_exit_2(byheart: Command, arguments: tuple[str, ...], said: str) -> None:
    told = byheart("coin", *arguments)
    assert told.code == 2
    assert said in told.err
    assert told.err.count("\n") == 1
