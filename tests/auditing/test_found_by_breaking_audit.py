"""What attempts to break the audit found, each with what must happen instead."""

import io
import json
import re
import subprocess
import sys
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pictures import encoded, tiles
from worlds import normal

from byheart import audit
from byheart.auditing import wording
from byheart.auditing.annotations import github
from byheart.auditing.naming import fewest_same
from byheart.auditing.why import why
from byheart.errors import InputError
from command_line import Command


@pytest.fixture
def arrays(tmp_path: Path) -> dict[str, Path]:
    """Files of train, held-out and generated records, ten of which are copies."""
    world = normal(0, copied=10)
    paths = {name: tmp_path / f"{name}.npy" for name in ("train", "heldout", "generated")}
    for name, path in paths.items():
        np.save(path, getattr(world, name))
    return paths


def options(paths: dict[str, Path]) -> list[Any]:
    return [part for name, path in paths.items() for part in (f"--{name}", path)]


# -- What it says --------------------------------------------------------------------------------------------------------


def test_whoever_is_named_is_in_the_share_also_where_train_and_heldout_differ() -> None:
    rng = np.random.default_rng(0)
    train, heldout = rng.normal(size=(1000, 5)), np.repeat(3 + rng.normal(size=(10, 5)), 50, axis=0)
    told = audit(rng.normal(size=(500, 5)), heldout, train=train)
    assert not told.knows_chance
    assert told.copies
    assert told.share.high >= len(told.copies) / 500
    assert told.verdict == "INCONCLUSIVE"


def test_verbatim_copies_are_promised_from_as_many_on_as_are_named() -> None:
    rng = np.random.default_rng(1)
    train, fresh, heldout = rng.normal(size=(900, 5)), rng.normal(size=(1000, 5)), rng.normal(size=(30, 5))
    fewest = fewest_same(1000, 30, 0.05)
    assert fewest is not None
    for count, is_named in ((fewest, True), (fewest - 1, False)):
        copies = train[rng.integers(0, 900, count)]
        told = audit(np.concatenate([fresh[count:], copies]), heldout, train=train)
        assert bool(told.copies) == is_named
        assert f"verbatim ones are named from {fewest:,} on" in " ".join(wording.limits(told))


def test_pictures_that_cannot_be_read_are_counted_in_a_warning() -> None:
    """Cut off at the end, each is a copy that neither its bytes nor its pixels tell."""
    pictures = [encoded(tiles()[seed]) for seed in range(60)]
    cut = [one[: len(one) // 2] for one in pictures[:30]]
    told = audit([*cut, *pictures[30:40]], pictures[40:60], train=pictures[:30])
    assert any("30 samples could not be compared" in warning for warning in told.warnings)


def test_records_that_no_evidence_reads_are_said_to_be_compared_by_bytes_alone() -> None:
    told = audit(
        [b"RIFF" + bytes([i] * 40) for i in range(30)], [b"RIFF" + bytes([i] * 50) for i in range(30)], train=waves()
    )
    assert any("byte by byte alone" in warning for warning in told.warnings)


def waves() -> list[bytes]:
    """Recordings."""
    told = []
    for seed in range(20):
        out = io.BytesIO()
        with wave.open(out, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(8000)
            file.writeframes(np.random.default_rng(seed).integers(-99, 99, 400).astype("<i2").tobytes())
        told.append(out.getvalue())
    return told


# -- What is the same ----------------------------------------------------------------------------------------------------


def test_small_numbers_beside_large_ones_are_not_lost() -> None:
    """A first number of 1e6 and others of 1: six figures of the largest would leave nothing of the others."""
    rng = np.random.default_rng(2)
    train, heldout, fresh = rng.normal(size=(3, 5000, 5)) * [1e6, 1, 1, 1, 1]
    told = audit(fresh[:1000], heldout[:1000], train=train)
    assert told.seen[0].made.hits == told.seen[0].real.hits == 0  # type: ignore[union-attr]  # there is held-out


def test_numbers_that_six_figures_do_not_tell_apart_are_not_called_the_same() -> None:
    """Times in a thousand seconds of today: all agree in six figures, and none is another."""
    rng = np.random.default_rng(3)
    train, heldout, fresh = 1.7e9 + 1000 * rng.random(size=(3, 300, 3))
    told = audit(np.concatenate([fresh[:280], train[:20]]), heldout, train=train)
    assert [pair.sample for pair in told.pairs if pair.evidence == "exact"] == list(range(280, 300))
    assert "canonical" not in {pair.evidence for pair in told.pairs}
    assert told.seen[0].made.hits == 20


# -- Numbers at the edge -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_arrays_without_a_shape_in_train_are_audited_by_their_features(value: float) -> None:
    rng = np.random.default_rng(4)
    train = np.repeat(value * rng.normal(size=(50, 1)), 9, axis=1)
    told = audit(rng.normal(size=(50, 9)), rng.normal(size=(50, 9)), train=train)
    assert told.samples == 50


def test_scaled_copies_of_tiny_numbers_are_found_by_their_shape() -> None:
    """Squares of 1e-25 are no float32."""
    world = normal(5, copied=60, width=12)
    made = np.where(np.arange(600)[:, None] < 540, world.generated, 1.1 * world.generated)
    told = audit(1e-25 * made, 1e-25 * world.heldout, train=1e-25 * world.train)
    assert sum(pair.sample >= 540 for pair in told.copies) == 60


def test_a_table_with_two_columns_of_one_name_is_refused() -> None:
    twice = pa.Table.from_arrays([pa.array([1, 2]), pa.array([3, 4])], names=["a", "a"])
    with pytest.raises(InputError, match="generated: table: wanted one column of each name, got 'a' twice"):
        audit(twice, pa.table({"a": [1]}), train=pa.table({"a": [2]}))


# -- What leaves ---------------------------------------------------------------------------------------------------------


def test_a_printed_audit_or_explanation_tells_no_training_record_and_no_place(arrays: dict[str, Path]) -> None:
    told = audit(str(arrays["generated"]), str(arrays["heldout"]), train=str(arrays["train"]))
    explained = why(str(arrays["generated"]), 595, str(arrays["heldout"]), train=str(arrays["train"]))
    pair = next(pair for pair in told.pairs if pair.sample == 595)
    for printed in (repr(told), repr(told.copies), repr(explained)):
        assert "train.npy:" not in printed
        assert str(pair.fingerprint) not in printed
        assert f"record={pair.record}" not in printed


def test_an_explanations_pair_has_the_number_that_was_asked_for() -> None:
    world = normal(6, copied=10)
    told = why(world.generated, 595, world.heldout, train=world.train)
    assert told.pair is not None
    assert told.shown is not None
    assert (told.sample, told.pair.sample, told.shown.pair.sample) == (595, 595, 595)


def test_names_of_columns_give_no_commands(tmp_path: Path, byheart: Command) -> None:
    """A line of its own that begins with two colons is a command to the runner of a pipeline."""
    rng = np.random.default_rng(7)
    name = "\x1b]0;owned\x07\n::error::forged"
    columns = {name: rng.normal(size=400), **{f"c{at}": rng.integers(0, 50, 400) for at in range(6)}}
    table = pa.table(columns)
    changed = table.slice(0, 40).set_column(0, name, pa.array(rng.normal(size=40)))
    files = {"train": table.slice(0, 200), "heldout": table.slice(200), "generated": changed}
    paths = {key: tmp_path / f"{key}.parquet" for key in files}
    for key, path in paths.items():
        pq.write_table(files[key], path)
    told = audit(str(paths["generated"]), str(paths["heldout"]), train=str(paths["train"]))
    assert any("forged" in pair.words for pair in told.pairs)
    answer = byheart("audit", *options(paths))
    for printed in (answer.out, "\n".join(github(told)), told.to_json(), told.to_html()):
        assert "\x1b" not in printed
        assert "\n::error::forged" not in printed


# -- The command line ----------------------------------------------------------------------------------------------------


def test_json_on_standard_output_is_alone_there_also_beside_annotations(
    arrays: dict[str, Path], byheart: Command
) -> None:
    answer = byheart("audit", *options(arrays), "--json", "--format", "github")
    assert json.loads(answer.out)["exit_code"] == answer.code
    assert answer.err.startswith("::")


@pytest.mark.parametrize("more", [["--html", "a.html"], ["--format", "github"], ["--checkpoint", "parts"]])
def test_what_an_explanation_cannot_do_is_refused(arrays: dict[str, Path], byheart: Command, more: list[str]) -> None:
    answer = byheart("audit", *options(arrays), "--why", 3, *more)
    assert answer.code == 2
    assert more[0] in answer.err


def test_one_file_is_not_written_twice(arrays: dict[str, Path], byheart: Command, tmp_path: Path) -> None:
    answer = byheart("audit", *options(arrays), "--html", tmp_path / "out", "--json", tmp_path / "out")
    assert answer.code == 2
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("verb", ["audit", "judge"])
def test_a_folder_for_a_file_is_refused_before_the_work(
    arrays: dict[str, Path], byheart: Command, tmp_path: Path, verb: str
) -> None:
    answer = byheart(verb, *options(arrays), "--html", tmp_path, "--overwrite")
    assert answer.code == 2
    assert "--html: wanted a file, got the folder" in answer.err


def test_where_no_extra_is_installed_one_sentence_names_one(tmp_path: Path) -> None:
    for name in ("train.csv", "made.csv"):
        (tmp_path / name).write_text("a,b\n" + "".join(f"{at},{at * at % 97}\n" for at in range(200)))
    without = "import sys; sys.modules.update(dict.fromkeys(('scipy', 'sklearn', 'threadpoolctl')))"
    code = f"{without}; from byheart.cli.main import run; sys.exit(run(sys.argv[1:]))"
    asked = ["audit", "--generated", str(tmp_path / "made.csv"), "--train", str(tmp_path / "train.csv")]
    told = subprocess.run([sys.executable, "-c", code, *asked], capture_output=True, text=True, check=False)
    assert (told.returncode, told.stdout) == (2, "")
    assert re.fullmatch(
        r"byheart: this needs \w+, which is not installed: pip install 'byheart\[judge\]'\n", told.stderr
    )
