"""`byheart paper` on the command line: a line a section, and an interruption that says how to go on."""

import subprocess
import sys
from pathlib import Path

import pytest

from byheart.paper import asking, running
from byheart.paper.claims import OURS, Claim, Verdict
from byheart.paper.found import Found
from byheart.paper.sections import SECTIONS, Section
from byheart.paper.stage import Stage
from command_line import Command


def found(*verdicts: Verdict) -> Found:
    return Found([], [Claim("It works.", "1", verdict, "1 of 1", "tried") for verdict in verdicts])


class First(Section):
    def run(self, stage: Stage) -> Found:
        ours = Claim("It works twice.", OURS, "holds", "2 of 2", "tried")
        told = found("holds", "does not hold", "not tried")
        return Found([], [ours, *told.claims])


class Stopped(Section):
    def run(self, stage: Stage) -> Found:
        raise KeyboardInterrupt


@pytest.fixture(autouse=True)
def sections(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (asking, running):
        monkeypatch.setattr(
            module, "SECTIONS", [First("first", "First", "1", "none"), Stopped("second", "Second", "2", "none")]
        )


def test_an_interruption_says_that_the_same_command_goes_on(byheart: Command, tmp_path: Path) -> None:
    answer = byheart("paper", "--offline", "--out", tmp_path / "out")
    assert answer.code == 130
    assert "finished sections are kept in" in answer.err
    assert "the same command goes on from there" in answer.err
    assert "2 of 3 hold, 1 not tried" in answer.out
    again = byheart("paper", "--offline", "--out", tmp_path / "out")
    assert "done before" in again.out


def test_a_run_ends_with_every_claim_and_where_to_look(byheart: Command, tmp_path: Path) -> None:
    assert "separated by commas, or again for each" in " ".join(byheart("paper", "--help").out.split())
    answer = byheart("paper", "--offline", "--only", "first", "--out", tmp_path / "out")
    assert answer.code == 0
    assert 'Of 3 claims of "MemGEN: Memory is All You Need", 1 holds, 1 does not hold, 1 not tried' in answer.out
    papers, _, ours = answer.out.partition("What the paper does not say")
    assert (papers.count("It works."), papers.count("twice"), ours.count("It works twice. (2 of 2)")) == (3, 0, 1)
    assert "index.html" in answer.out + answer.err


def test_the_help_names_every_section(byheart: Command) -> None:
    answer = byheart("paper", "--help")
    assert all(section.name in answer.out.replace("\n", " ") for section in SECTIONS)


def test_the_command_can_be_asked_for_help_where_no_extra_is_installed() -> None:
    """And says which is missing before there is work."""
    without = "import sys; sys.modules.update(dict.fromkeys(('PIL', 'scipy', 'sklearn', 'matplotlib', 'pypdf')))"
    code = f"{without}; from byheart.cli.main import run; sys.exit(run(sys.argv[1:]))"
    helped = subprocess.run([sys.executable, "-c", code, "paper", "--help"], capture_output=True, check=False)
    assert helped.returncode == 0
    told = subprocess.run([sys.executable, "-c", code, "paper"], capture_output=True, text=True, check=False)
    assert (told.returncode, told.stdout) == (2, "")
    assert "pip install 'byheart[paper]'" in told.stderr


def test_standard_error_may_be_closed(tmp_path: Path) -> None:
    code = "import sys; sys.stderr = None; from byheart.cli.main import run; sys.exit(run(sys.argv[1:]))"
    command = [sys.executable, "-c", code, "paper", "--offline", "--only", "one_shot", "--out", str(tmp_path / "out")]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
