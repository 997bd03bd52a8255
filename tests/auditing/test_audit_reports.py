"""What leaves through a report: nothing of a training record unless asked, and nothing that runs."""

import json
import re
import stat
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from worlds import normal

from byheart import MemGEN, audit, judge
from byheart.auditing.annotations import github
from byheart.auditing.findings import Audit
from byheart.auditing.redaction import Ids, ids_of
from byheart.errors import InputError
from command_line import Command

HOSTILE = '</script><script>alert(1)</script><img src=x onerror="alert(2)">&amp;'
_SECRET = re.compile(r"secret-\d+")


def people(start: int, count: int) -> list[dict[str, Any]]:
    """Rows whose every text is a secret."""
    rng = np.random.default_rng(start)
    return [
        {"name": f"secret-{start + i}", "age": int(rng.integers(18, 90)), "town": f"secret-{rng.integers(1000)}"}
        for i in range(count)
    ]


@pytest.fixture(scope="module")
def leaked() -> Audit:
    train = people(0, 400)
    return audit(people(5000, 100) + train[:30], people(9000, 300), train=train)


def test_no_report_holds_a_training_record_unless_it_is_asked_to(leaked: Audit) -> None:
    assert len(leaked.copies) >= 30
    for told in (
        leaked.to_json(),
        leaked.to_html(),
        leaked.to_pandas().to_csv(),
        "\n".join(github(leaked)),
        repr(leaked),
        str(leaked),
    ):
        assert not _SECRET.search(told)
    assert str(leaked).startswith(repr(leaked).removeprefix("<Audit: ").removesuffix(">"))
    assert "exact: the same" in str(leaked)
    assert leaked.to_json().count('"source": null') == len(leaked.pairs)
    assert "secret-0" in leaked.to_html(show_records=True)
    shown = json.loads(leaked.to_json(show_records=True))["pairs"]
    assert {"record": 0, "source": "list:0"}.items() <= next(p for p in shown if p["sample"] == 100).items()


def test_the_json_has_what_pipelines_read(leaked: Audit) -> None:
    told = json.loads(leaked.to_json())
    assert {"samples", "copies", "share", "pairs", "methods", "verdict"} <= told.keys()
    assert told["share"].keys() == {"value", "low", "high"}
    assert {"sample", "record", "source", "evidence", "distance", "p_value"} <= told["pairs"][0].keys()
    assert (told["samples"], told["verdict"], told["exit_code"]) == (130, "COPIES", 1)


def test_names_of_records_are_of_one_report_unless_the_key_is_kept(tmp_path: Path) -> None:
    world = normal(0, copied=30)

    def names(ids: Ids | None) -> list[str]:
        told = audit(world.generated, world.heldout, train=world.train, ids=ids).to_dict()["pairs"]
        return [pair["record"] for pair in told]

    assert not set(names(None)) & set(names(None))
    key = tmp_path / "key"
    assert names(ids_of(key)) == names(ids_of(key))
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert b"Ids" not in key.read_bytes()
    assert key.read_bytes().hex() not in repr(ids_of(key))
    key.write_bytes(b"short")
    with pytest.raises(InputError, match="wanted a key of 32 bytes, got a file of 5"):
        ids_of(key)


@pytest.mark.parametrize("kind", ["text", "row"])
def test_markup_in_records_is_shown_and_does_not_run(kind: str) -> None:
    rng = np.random.default_rng(0)
    texts = [f"{HOSTILE} {' '.join(map(str, rng.integers(0, 10**6, 12)))}" for _ in range(500)]
    records: list[Any] = texts if kind == "text" else [{HOSTILE: one, "n": i} for i, one in enumerate(texts)]
    told = audit(records[:40], records[250:], train=records[:250], features=None)
    page = told.to_html(show_records=True)
    assert "alert(1)&lt;/script&gt;" in page.replace("<mark>", "").replace("</mark>", "")
    assert not re.search(r"<script>alert|<img src=x", page)
    assert page.count("<script") == 1


def test_pictures_stand_in_the_page_itself() -> None:
    world = normal(1, copied=30, width=64)
    shaped = [one.reshape(-1, 8, 8) for one in (world.generated, world.heldout, world.train)]
    page = audit(shaped[0], shaped[1], train=shaped[2]).to_html(show_records=True)
    assert page.count('src="data:image/png;base64,') == 48  # of 24 pairs
    assert not re.search(r"(?:src|href)=\"(?!data:image/png)", page)


def test_a_judgment_with_sections_has_the_copies() -> None:
    world = normal(2, copied=60)
    found = audit(world.generated, world.heldout, train=world.train)
    judged = judge(world.generated, world.heldout, train=world.train, metrics=["mmd"])
    page = judged.to_html(sections=found.to_sections())
    assert "Copies: which samples are training records?" in page
    assert "arrays are named as copies" in page


def test_annotations_cannot_be_broken_out_of() -> None:
    world = normal(3, copied=60)
    told = audit(world.generated, world.heldout, train=world.train)
    lines = list(github(told, "a,b:c\n::error::x"))
    assert len(lines) == 10
    assert lines[0].startswith("::error file=a%2Cb%3Ac%0A%3A%3Aerror%3A%3Ax,title=byheart audit%3A COPIES::")
    assert all("\n" not in line for line in lines)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    world = normal(4, copied=60)
    for name in ("train", "heldout", "generated"):
        np.save(f"{name}.npy", getattr(world, name))
    np.save("fresh.npy", np.random.default_rng(9).normal(size=(900, 8)))
    return tmp_path


GIVEN = ("--heldout", "heldout.npy", "--memory", "train.memory")


def test_the_command_stops_a_pipeline(byheart: Command, here: Path) -> None:
    byheart("learn", "train.npy", "train.memory")
    told = byheart("audit", "--generated", "generated.npy", *GIVEN, "--html", "a.html", "--json", "a.json")
    assert told.code == 1
    assert told.out.startswith("audited 600 arrays against 1,200 train, 600 held-out")
    assert "60 of 600 arrays are named as copies of a training record" in told.out
    assert told.out.endswith("written to a.html\nwritten to a.json\nCOPIES: exit 1\n")
    said = json.loads(Path("a.json").read_text("utf-8"))
    assert said["copies"] == 60
    assert Path("a.html").read_text("utf-8").startswith("<!doctype html>")
    fresh = byheart("audit", "--generated", "fresh.npy", *GIVEN, "--json", "--fail-above", "0.02")
    assert (fresh.code, json.loads(fresh.out)["verdict"]) == (0, "BELOW")
    few = byheart("audit", "--generated", "fresh.npy", *GIVEN, "--fail-above", "0.0001")
    assert few.code == 3
    assert "cannot tell whether that is above or below" in few.out
    lines = byheart("audit", "--generated", "generated.npy", *GIVEN, "--format", "github").out.splitlines()
    assert lines[0].startswith("::error file=generated.npy,title=byheart audit%3A COPIES::")
    again = byheart("audit", "--generated", "fresh.npy", *GIVEN, "--html", "a.html")
    assert (again.code, again.err) == (2, "byheart: a.html is there already: choose another name, or say --overwrite\n")


def test_one_sample_is_explained(byheart: Command, here: Path) -> None:
    byheart("learn", "train.npy", "train.memory")
    told = byheart("audit", "--generated", "generated.npy", *GIVEN, "--why", "599", "--show-records")
    assert told.code == 0
    assert re.search(r"sample 599: nearest is training record \d+ \(train.npy:\d+\)", told.out)
    assert "0 of 600 are the very same record" in told.out
    hidden = json.loads(byheart("audit", "--generated", "generated.npy", *GIVEN, "--why", "599", "--json").out)
    assert hidden["original"]["evidence"] == "exact"
    assert hidden["original"]["source"] is None
    assert byheart("audit", "--generated", "generated.npy", *GIVEN, "--why", "600").code == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--memory", "none.memory"), "none.memory"),
        (
            ("--train", "train.npy", "--alpha", "2"),
            "wanted a share of more than 0 and less than 1, such as 0.01 or 1%, got 2 ",
        ),
        (("--train", "train.npy", "--features", "nosuch"), "no features 'nosuch'"),
        (("--train", "train.npy", "--html", "no/such/a.html"), "--html: wanted a folder that exists"),
        ((), "wanted either --memory or --train"),
    ],
)
def test_bad_input_is_one_line_and_exit_2(byheart: Command, here: Path, arguments: tuple[str, ...], said: str) -> None:
    told = byheart("audit", "--generated", "generated.npy", "--heldout", "heldout.npy", *arguments)
    assert told.code == 2
    assert said in told.err
    assert told.err.count("\n") == 1


def test_judge_and_audit_in_one_run(byheart: Command, here: Path) -> None:
    asked = ("--generated", "generated.npy", "--heldout", "heldout.npy", "--train", "train.npy", "--metrics", "mmd")
    told = byheart("judge", *asked, "--audit", "--html", "j.html")
    assert "60 of 600 arrays are named as copies" in told.out
    assert "Copies: which samples are training records?" in Path("j.html").read_text("utf-8")


def test_held_out_that_was_learned_is_dropped_by_place_and_by_id(here: Path) -> None:
    """By who a record is; chance repeats of the same content stay."""
    rows = [f"{i},{i % 7},{i % 11}" for i in range(300)]
    Path("all.csv").write_text("who,a,b\n" + "\n".join(rows) + "\n")
    model = MemGEN().fit("all.csv")
    made = [{"a": i % 7, "b": i % 5} for i in range(60)]
    with pytest.raises(InputError, match="held-out: wanted records that were not learned, got 300 that all were"):
        audit(made, "all.csv", memory=model, id_column="who")
    Path("other.csv").write_text("who,a,b\n" + "\n".join(f"{i},{i % 7},{i % 11}" for i in range(250, 450)) + "\n")
    told = audit(made, "other.csv", memory=model, id_column="who")
    assert (told.sizes["held-out"], told.sizes["held-out dropped"]) == (150, 50)
    assert any("50 held-out records were learned too, and dropped" in one for one in told.warnings)
    kept = audit([{"who": -1, **one} for one in made], "other.csv", memory=model)
    assert kept.sizes["held-out dropped"] == 0  # other places: they may be repeats by chance


def test_images_are_the_same_whatever_their_file(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for folder, count in (("train", 120), ("heldout", 80)):
        (tmp_path / folder).mkdir()
        for number in range(count):
            pixels = rng.integers(0, 256, (24, 24, 3), np.uint8)
            Image.fromarray(pixels).save(tmp_path / folder / f"{number}.png")
    (tmp_path / "made").mkdir()
    for number in range(40):
        Image.open(tmp_path / "train" / f"{number}.png").save(tmp_path / "made" / f"{number}.bmp")
    told = audit(tmp_path / "made", tmp_path / "heldout", train=tmp_path / "train")
    assert len(told.copies) == 40
