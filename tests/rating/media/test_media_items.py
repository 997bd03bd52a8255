"""The store of a study's samples: what went in comes out, at one length, from any thread, in a small process."""

import io
import json
import subprocess
import sys
import wave
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from media_worlds import crop, encoded, tone
from PIL import Image

from byheart.errors import DamagedError, FormatError, InputError
from byheart.rating.media.bodies import FORMS
from byheart.rating.media.items import BODIES, INDEX, Items, write_items

BODIES_OF: dict[str, list[bytes]] = {
    "image": [encoded(crop(number, 20 + number, 30)) for number in range(5)],
    "text": [b"To be", "être, ou ne pas être".encode()],
    "audio": [tone(1, seconds=0.1), tone(2, seconds=0.15), tone(3, seconds=0.1001)],
    "row": [b'[["a","1"]]', b'[["a","1.25"],["b","(missing)"]]'],
}


def decoded(kind: str, body: bytes) -> Any:
    if kind == "image":
        return Image.open(io.BytesIO(body)).tobytes()
    if kind == "audio":
        with wave.open(io.BytesIO(body)) as file:
            return file.getparams(), file.readframes(file.getnframes())
    return json.loads(body) if kind == "row" else body.decode().rstrip("\0")


@pytest.mark.parametrize("kind", ["image", "text", "audio", "row"])
def test_all_bodies_have_one_length_and_decode_to_what_went_in(kind: Any, tmp_path: Path) -> None:
    bodies = BODIES_OF[kind]
    write_items(tmp_path / "items", kind, iter(bodies))
    with Items(tmp_path / "items") as items:
        assert (items.kind, len(items), items.content_type) == (kind, len(bodies), FORMS[kind].content_type)
        sent = [items.body(item) for item in range(len(items))]
        assert {len(body) for body in sent} == {items.length}
        assert [decoded(kind, body) for body in sent] == [decoded(kind, body) for body in bodies]
        assert [items.unpadded(item) for item in range(len(items))] == bodies


@given(st.lists(st.binary(min_size=1, max_size=300), min_size=1, max_size=20))
def test_whatever_bytes_go_in_come_out(bodies: list[bytes]) -> None:
    with TemporaryDirectory() as folder:
        write_items(folder, "text", bodies)
        with Items(folder) as items:
            assert [items.unpadded(item) for item in range(len(items))] == bodies
            assert items.length - max(map(len, bodies)) in {0, 1}


def test_a_chunk_that_fills_a_wav_is_whole(tmp_path: Path) -> None:
    """The container says how long it is, and every chunk in it, whatever the lengths."""
    write_items(tmp_path, "audio", BODIES_OF["audio"])
    with Items(tmp_path) as items:
        for item in range(len(items)):
            body = items.body(item)
            assert int.from_bytes(body[4:8], "little") == len(body) - 8
            at = 12
            while at < len(body):
                at += 8 + int.from_bytes(body[at + 4 : at + 8], "little")
            assert at == len(body)


def test_many_threads_read_at_once(tmp_path: Path) -> None:
    bodies = [bytes([65 + number % 26]) * (1 + number) for number in range(300)]
    write_items(tmp_path, "text", bodies)
    with Items(tmp_path) as items, ThreadPoolExecutor(8) as pool:
        asked = [number * 7 % 300 for number in range(3000)]
        assert list(pool.map(items.unpadded, asked)) == [bodies[number] for number in asked]


def test_serving_needs_neither_numpy_nor_pyarrow_nor_pillow(tmp_path: Path) -> None:
    write_items(tmp_path, "image", BODIES_OF["image"])
    code = (
        "import sys; from byheart.rating.media.items import Items\n"
        f"items = Items({str(tmp_path)!r}); items.body(0)\n"
        "print([name for name in ('numpy', 'pyarrow', 'PIL') if name in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_few_files_are_written_whatever_the_number_of_items(tmp_path: Path) -> None:
    write_items(tmp_path, "text", [b"x"] * 2000)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([BODIES, INDEX])


@pytest.mark.parametrize("bodies", [[], [b"a", b""], [b"a" * (FORMS["text"].most + 1)]])
def test_what_cannot_be_kept_is_refused_and_leaves_nothing(bodies: list[bytes], tmp_path: Path) -> None:
    with pytest.raises(InputError):
        write_items(tmp_path, "text", bodies)
    assert not list(tmp_path.iterdir())


def test_items_that_are_not_there_are_told(tmp_path: Path) -> None:
    write_items(tmp_path, "text", [b"a", b"b"])
    items = Items(tmp_path)
    for item in (-1, 2):
        with pytest.raises(IndexError):
            items.body(item)
    items.close()
    items.close()
    with pytest.raises(ValueError, match="closed"):
        items.body(0)
    with pytest.raises(InputError, match="wanted the items of a study"):
        Items(tmp_path / "nowhere")


def test_damage_is_told(tmp_path: Path) -> None:
    write_items(tmp_path, "text", [b"to be", b"or not"])
    whole = (tmp_path / BODIES).read_bytes()
    (tmp_path / BODIES).write_bytes(whole.replace(b"or", b"on"))
    with Items(tmp_path) as items:
        assert items.unpadded(0) == b"to be"
        with pytest.raises(DamagedError, match="item 1"):
            items.body(1)
    (tmp_path / BODIES).write_bytes(whole[:-1])
    with pytest.raises(DamagedError, match="wanted 11 bytes, got 10"):
        Items(tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"kind": "video"},
        {"length": 3},
        {"sizes": []},
        {"sizes": "x"},
        {"crc32": [1]},
        {"sizes": [-5, 16]},
    ],
)
def test_an_index_that_makes_no_sense_is_told(change: dict[str, Any], tmp_path: Path) -> None:
    write_items(tmp_path, "text", [b"to be", b"or not"])
    index = json.loads((tmp_path / INDEX).read_bytes())
    (tmp_path / INDEX).write_text(json.dumps(index | change))
    with pytest.raises(FormatError):
        Items(tmp_path)


@given(st.binary(max_size=60))
def test_whatever_stands_in_place_of_the_index_is_no_crash(junk: bytes) -> None:
    with TemporaryDirectory() as folder:
        write_items(folder, "text", [b"a"])
        (Path(folder) / INDEX).write_bytes(junk)
        with pytest.raises(FormatError):
            Items(folder)
