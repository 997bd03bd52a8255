"""`byheart rate`: from two sources to a report, and what is refused."""

import csv
import hashlib
import http.client
import io
import json
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pyarrow.parquet as pq
import pytest
from PIL import Image

from byheart.rating.folder import open_study
from byheart.rating.ledger import Judgment
from command_line import Command


@pytest.fixture
def study(byheart: Command, sources: tuple[Path, Path], tmp_path: Path) -> Path:
    real, generated = sources
    folder = tmp_path / "study"
    answer = byheart(
        *("rate", "new", folder, "--real", real, "--generated", generated, "--pairs", 80, "--seed", 3, "--catch", 0.2)
    )
    assert answer.code == 0, answer.err
    return folder


def test_a_study_is_made_filled_and_reported(byheart: Command, study: Path, tmp_path: Path) -> None:
    told = byheart("rate", "simulate", study, "--raters", 30, "--accuracy", 0.9)
    assert told.code == 0
    assert "SIMULATED" in told.out
    page = tmp_path / "report.html"
    answer = byheart("rate", "report", study, "--simulated", "--html", page)
    assert answer.code == 1
    assert "DISTINGUISHABLE: raters picked the real one" in answer.out
    assert "SIMULATED" in page.read_text("utf-8")
    report = json.loads(byheart("rate", "report", study, "--simulated", "--json").out)
    assert report["verdict"] == "DISTINGUISHABLE"
    assert report["simulated"] is True
    assert set(report["estimate"]) == {"value", "low", "high"}
    assert {"tests", "panel", "raters", "judgments"} <= set(report)
    assert report["judgments"] == 160
    assert byheart("rate", "report", study, "--simulated", "--html", page).code == 2  # it is there already


def test_simulated_raters_and_people_are_kept_apart(byheart: Command, study: Path) -> None:
    byheart("rate", "simulate", study, "--raters", 30)
    answer = byheart("rate", "report", study)
    assert (answer.code, answer.out) == (2, "")
    assert "nobody has joined" in answer.err
    judge(study, "someone", 5)
    report = json.loads(byheart("rate", "report", study, "--json").out)
    assert (report["simulated"], report["kept"], report["raters"]["joined"]) == (False, 5, 1)


def test_where_only_simulated_raters_were_one_is_told_how_to_see_them(byheart: Command, study: Path) -> None:
    for command_ in (("rate", "report", study), ("coin", study)):
        assert "--simulated" not in byheart(*command_).err
    byheart("rate", "simulate", study, "--raters", 30, "--accuracy", 0.9)
    for command_ in (("rate", "report", study), ("coin", study)):
        answer = byheart(*command_)
        assert (answer.code, answer.err.count("\n")) == (2, 1)
        assert "--simulated tells of them" in answer.err
    open_study(study).ledger().close()  # served, and nobody came
    assert "--simulated tells of them" in byheart("rate", "report", study).out
    assert "--simulated tells of them" in byheart("coin", study).err
    told = byheart("coin", study, "--simulated")
    assert (told.code, told.err) == (1, "")
    assert told.out.startswith("SIMULATED RATERS")
    assert json.loads(byheart("rate", "report", study, "--simulated", "--json").out)["peeks"] == 0


def test_a_study_has_a_margin_of_its_own_and_a_file_no_raters(byheart: Command, study: Path, tmp_path: Path) -> None:
    byheart("rate", "simulate", study, "--raters", 30)
    answer = byheart("coin", study, "--simulated", "--margin", 0.05)
    assert (answer.code, answer.err.count("\n")) == (2, 1)
    assert "--margin: wanted none with a study" in answer.err
    (tmp_path / "choices").write_text("a\nb\n")
    assert "--simulated: wanted a study" in byheart("coin", tmp_path / "choices", "--simulated").err
    assert "postgresql://" in byheart("coin", study, "--database", "mysql://nowhere").err


def test_the_same_seed_makes_the_same_plan_and_the_digest_binds_it(
    byheart: Command, study: Path, sources: tuple[Path, Path], tmp_path: Path
) -> None:
    real, generated = sources
    words = ("--real", real, "--generated", generated, "--pairs", 80, "--catch", 0.2, "--json")
    again = json.loads(byheart("rate", "new", tmp_path / "again", *words, "--seed", 3).out)
    secret = json.loads(byheart("rate", "new", tmp_path / "secret", *words).out)
    assert again["digest"] == open_study(study).study.digest != secret["digest"]


def test_exports_are_blind_until_the_study_is_closed(byheart: Command, study: Path, tmp_path: Path) -> None:
    judge(study, "someone", 5)
    rows = list(csv.DictReader(io.StringIO(byheart("rate", "export", study).out)))
    assert len(rows) == 5
    assert {"trial_index", "rt", "response"} <= set(rows[0])
    assert "chose_real" not in rows[0]
    assert "chose_real" in json.loads(byheart("rate", "export", study, "--json", "--unblind").out)[0]
    assert byheart("rate", "export", study, "--plan").code == 2
    close(study)
    out = tmp_path / "judgments.parquet"
    assert byheart("rate", "export", study, "-o", out).code == 0
    assert "chose_real" in pq.read_table(out).column_names
    plan = json.loads(byheart("rate", "export", study, "--plan").out)
    text = json.dumps(plan["plan"], separators=(",", ":"), sort_keys=True)
    assert hashlib.sha256(bytes.fromhex(plan["seed"]) + text.encode()).hexdigest() == plan["digest"]


def test_whoever_looks_before_the_end_is_told_so(byheart: Command, study: Path) -> None:
    judge(study, "someone", 5)
    assert json.loads(byheart("rate", "report", study, "--json").out)["peeks"] == 0
    told = json.loads(byheart("rate", "report", study, "--json").out)
    assert told["peeks"] == 1
    assert told["is_interim"]
    assert any("looked at" in line for line in told["warnings"])


def test_whoever_stops_looks_and_resumes_is_told_so(byheart: Command, study: Path) -> None:
    judge(study, "someone", 5)
    let(study, is_stopped=True)
    for look in (("report",), ("export",), ("export", "--plan"), ("report",)):
        byheart("rate", *look, study)
    assert json.loads(byheart("rate", "report", study, "--json").out)["peeks"] == 0  # nothing came after
    let(study, is_stopped=False)
    assert json.loads(byheart("rate", "report", study, "--json").out)["peeks"] == 5


def test_catch_trials_that_decide_on_raters_are_not_counted_for_the_panel(
    byheart: Command, sources: tuple[Path, Path], tmp_path: Path
) -> None:
    real, generated = sources
    made = ("--real", real, "--generated", generated, "--pairs", 80, "--seed", 3, "--catch", 0.2)
    all_of_them = byheart("rate", "new", tmp_path / "one", *made).err
    half = byheart("rate", "new", tmp_path / "other", *made, "--exclude-below", 0.7).err
    assert "45 catch trials are planned" in all_of_them
    assert "20 catch trials measure the panel" in half
    wide = byheart("rate", "new", tmp_path / "wide", *made, "--margin", 0.45).err
    assert ("picked 95 % of the time" in wide, "picked" in half) == (True, False)


def let(study: Path, *, is_stopped: bool) -> None:
    ledger = open_study(study).ledger()
    ledger.stop(is_stopped=is_stopped, now=0.0)
    ledger.close()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("margin", 0.2),
        ("analysis", "sequential"),
        ("exclude_below", 0.9),
        ("question", "better"),
        ("generators", ["better.txt"]),
        ("generators", 5),
        ("raters_per_pair", 1),
    ],
)
def test_what_was_settled_beforehand_cannot_be_changed(byheart: Command, study: Path, name: str, value: object) -> None:
    told = json.loads((study / "study.json").read_bytes())
    (study / "study.json").write_text(json.dumps({**told, name: value}))
    answer = byheart("rate", "report", study)
    assert (answer.code, "published" in answer.err) == (2, True)


@pytest.mark.parametrize("plan", ["{}", '{"pairs": [[1]], "slots": [], "practice": []}', '{"pairs": 1}', "[]", "{"])
def test_a_damaged_plan_is_said_to_be_one(byheart: Command, study: Path, plan: str) -> None:
    (study / "plan.json").write_text(plan)
    answer = byheart("rate", "report", study)
    assert (answer.code, "plan.json" in answer.err) == (2, True)


def test_a_rater_is_erased_by_the_id_of_the_platform(byheart: Command, study: Path) -> None:
    name = judge(study, "5f1e0c77", 5)
    judge(study, "another", 3)
    assert json.loads(byheart("rate", "erase-rater", study, "5f1e0c77", "--json").out)["judgments"] == 5
    assert name.encode() not in b"".join(path.read_bytes() for path in study.glob("ledger*"))
    assert byheart("rate", "erase-rater", study, "5f1e0c77").code == 2
    assert json.loads(byheart("rate", "report", study, "--json").out)["kept"] == 3


def test_a_study_of_people_is_held_against_a_coin(byheart: Command, study: Path) -> None:
    for name in ("one", "two"):
        judge(study, name, 40)
    told = json.loads(byheart("coin", study, "--json").out)
    assert told["names"] == ["real", "generated"]
    assert 0 < told["flips"] <= 80
    assert json.loads(byheart("rate", "report", study, "--json").out)["peeks"] == 1  # that was a look, too


def test_whoever_holds_an_open_study_against_a_coin_has_looked(byheart: Command, study: Path) -> None:
    judge(study, "someone", 40)
    assert "noted" in byheart("coin", study).err
    assert json.loads(byheart("rate", "report", study, "--json").out)["peeks"] == 1
    close(study)
    assert "noted" not in byheart("coin", study).err


def test_a_plan_tells_what_it_takes(byheart: Command) -> None:
    told = json.loads(byheart("rate", "plan", "--margin", 0.05, "--power", 0.9, "--pair-correlation", 0, "--json").out)
    assert told["judgments"] == 1104
    assert "1,104" in byheart("rate", "plan", "--pair-correlation", 0).out


@pytest.mark.parametrize("words", [(), ("--margin", 0.1), ("--raters-per-pair", 3, "--trials", 30)])
def test_the_study_that_a_plan_proposes_is_the_one_that_was_planned(
    byheart: Command, tmp_path: Path, words: tuple[object, ...]
) -> None:
    (tmp_path / "real.txt").write_text("".join(f"{at} gulls stood along the wall\n" for at in range(1_500)))
    (tmp_path / "made.txt").write_text("".join(f"{at} gulls stand along the wall\n" for at in range(600)))
    proposed = byheart("rate", "plan", *words).out.splitlines()[-1].partition("byheart ")[2].partition("  ")[0]
    places = {"STUDY": tmp_path / "study", "REAL": tmp_path / "real.txt", "MADE": tmp_path / "made.txt"}
    said = proposed.replace("SRC", "REAL", 1).replace("SRC", "MADE", 1).split()
    told = json.loads(byheart(*(places.get(word, word) for word in said), "--json").out)
    assert told["raters_per_pair"] == (3 if "--raters-per-pair" in words else 2)
    assert not any("catch trials" in line or "equivalence" in line for line in told["warnings"])


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--real", "{real}"), "wanted --real SRC and --generated SRC"),
        (("--real", "{real}", "--generated", "{none}"), "none.txt"),
        (("--real", "{real}", "--generated", "{real}", "--pairs", 5_000), "pairs: wanted 5,000"),
        (("--real", "{generated}", "--generated", "{real}", "--pairs", 250), "real: wanted"),
        (("--real", "{real}", "--generated", "{picture}"), "say --kind"),
        (("--real", "{real}", "--generated", "{real}", "--margin", 0.7), "margin"),
        (("--real", "{real}", "--generated", "{generated}", "--link", "prolific"), "wanted --code too"),
        (("--real", "{real}", "--generated", "{generated}", "--link", "javascript:alert(1)"), "https://"),
    ],
)
def test_what_cannot_be_a_study_is_refused_in_a_line_and_leaves_nothing(
    byheart: Command, sources: tuple[Path, Path], tmp_path: Path, words: tuple[object, ...], told: str
) -> None:
    (tmp_path / "pictures").mkdir()
    Image.new("RGB", (8, 8)).save(tmp_path / "pictures" / "one.png")
    places = {
        "real": sources[0],
        "generated": sources[1],
        "none": tmp_path / "none.txt",
        "picture": tmp_path / "pictures",
    }
    answer = byheart("rate", "new", tmp_path / "study", *(str(word).format(**places) for word in words))
    assert (answer.code, answer.out, answer.err.count("\n")) == (2, "", 1)
    assert told in answer.err
    assert sorted(path.name for path in tmp_path.iterdir() if "study" in path.name) == []


def test_samples_that_are_the_same_as_the_real_ones_are_refused(byheart: Command, tmp_path: Path) -> None:
    (tmp_path / "same.txt").write_text("the same\n" * 300)
    answer = byheart(
        "rate", "new", tmp_path / "study", "--real", tmp_path / "same.txt", "--generated", tmp_path / "same.txt"
    )
    assert answer.code == 2
    assert "nobody could tell them apart" in answer.err


def test_nothing_is_overwritten(byheart: Command, study: Path, sources: tuple[Path, Path]) -> None:
    before = (study / "plan.json").read_bytes()
    answer = byheart("rate", "new", study, "--real", sources[0], "--generated", sources[1])
    assert answer.code == 2
    assert "already" in answer.err
    assert (study / "plan.json").read_bytes() == before


@pytest.mark.parametrize("name", ["study.json", "plan.json", "secret.json"])
def test_a_study_that_was_changed_is_not_served(byheart: Command, study: Path, name: str) -> None:
    told = json.loads((study / name).read_text("utf-8"))
    if name == "study.json":
        told["digest"] = "0" * 64
    elif name == "plan.json":
        told["slots"][0][0][1] ^= 1
    else:
        told["seed"] = "00" * 32
    (study / name).unlink()
    (study / name).write_text(json.dumps(told))
    answer = byheart("rate", "serve", study)
    assert answer.code == 2
    assert "whose digest was published" in answer.err
    (study / name).write_text("{")
    assert byheart("rate", "report", study).code == 2


def test_one_line_makes_a_study_and_serves_it(sources: tuple[Path, Path], tmp_path: Path) -> None:
    real, generated = sources
    words = ["--real", str(real), "--generated", str(generated), "--port", "0", "--json"]
    process = subprocess.Popen(
        [sys.executable, "-m", "byheart", "rate", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
    )
    assert process.stdout is not None
    told = json.loads(process.stdout.readline())
    for address, status in ((told["raters"], 200), (told["admin"], 303)):
        asked = urlsplit(address)
        connection = http.client.HTTPConnection(asked.netloc, timeout=10)
        connection.request("GET", asked.path)
        assert connection.getresponse().status == status
        connection.close()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out, "Traceback" in (err or "")) == (0, "", False)
    assert (tmp_path / "study" / "study.json").is_file()


def test_what_is_served_where_it_cannot_be_is_refused(byheart: Command, study: Path) -> None:
    for words, told in (
        (("--host", "192.0.2.7"), "--host"),
        (("--public-url", "study.example"), "--public-url"),
        (("--public-url", "https://study.example/path"), "without a path"),
        (("--database", "mysql://x"), "postgresql://"),
    ):
        answer = byheart("rate", "serve", study, *words)
        assert answer.code == 2
        assert told in answer.err
    assert byheart("rate", "serve", study / "none").code == 2


def judge(study: Path, name: str, count: int) -> str:
    """Somebody comes and judges; what they are called in the ledger."""
    opened = open_study(study)
    ledger = opened.ledger()
    rater = opened.hide("prolific", name, 32)
    session = ledger.join(rater, hashlib.sha256(name.encode()).digest(), consent="2026-11-26", now=1e9)
    assert session is not None
    judgments = [Judgment(session.number, at, bool(at % 3), 900.0, f"{name}-{at}", "key") for at in range(count)]
    ledger.append(judgments, now=1e9 + 60)
    ledger.close()
    return rater


def close(study: Path) -> None:
    """Let nobody judge any more."""
    ledger = open_study(study).ledger()
    ledger.stop(is_stopped=True, now=1e9 + 100)
    ledger.close()
