"""Media that mean harm: bombs, scripts, files cut short, files of two kinds; and random bytes, which never crash anything."""

import io
import json
import struct
import subprocess
import sys
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from media_worlds import crop, encoded, tone
from PIL import Image

from byheart.errors import InputError, MissingExtraError
from byheart.rating.media import audio, images, png, rows, texts
from byheart.rating.media.formats import audit_originals

IMAGE = images.preparation([encoded(crop(0))])
SOUND = audio.preparation([tone(0)])
HEADS = (b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"GIF89a", b"II*\x00", b"RIFF\x00\x01\x00\x00WEBPVP8 ", b"BM")
SOUND_HEADS = (b"", b"RIFF\xff\xff\xff\xffWAVEfmt ", b"RIFF\xff\xff\xff\xffWAVE")


def bomb(width: int, height: int) -> bytes:
    """A PNG that says it is huge, and would unpack to that."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    packed = zlib.compress(bytes(1 << 20))
    return b"\x89PNG\r\n\x1a\n" + png._chunk(b"IHDR", header) + png._chunk(b"IDAT", packed) + png._chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "record",
    [
        b"",
        bomb(20_000, 20_000),
        bomb(2**31 - 1, 2**31 - 1),
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<?xml version='1.0'?><svg/>",
        b"<html><body onload=alert(1)>",
        b"%!PS-Adobe-3.0 EPSF-3.0\n(/etc/passwd) (r) file",
        b"%PDF-1.7",
        encoded(crop(0))[:200],
        encoded(crop(0), "JPEG")[:300],
        encoded(crop(0), "WEBP")[:100],
        encoded(crop(0), "GIF")[:60],
        encoded(crop(0)).replace(b"IDAT", b"IDAX"),
    ],
    ids=["empty", "bomb", "overflow", "svg", "xml", "html", "eps", "pdf", "png", "jpeg", "webp", "gif", "no pixels"],
)
def test_what_is_no_image_is_refused_in_one_line(record: bytes) -> None:
    with pytest.raises(InputError) as raised:
        IMAGE.prepare(record)
    assert "\n" not in str(raised.value)
    assert "image: wanted" in str(raised.value)


def test_a_bomb_takes_no_memory() -> None:
    code = (
        "import resource, sys; sys.path.insert(0, sys.argv[1])\n"
        "from test_media_hostile import IMAGE, InputError, bomb\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "try: IMAGE.prepare(bomb(20_000, 20_000))\n"
        "except InputError: print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    here = __file__.rpartition("/")[0]
    ran = subprocess.run([sys.executable, "-c", code, here], capture_output=True, text=True, check=True)
    assert int(ran.stdout) < 50_000  # KB; its pixels would be 1.2 GB


def test_a_file_that_is_an_image_and_a_page_is_sent_as_the_image_alone() -> None:
    page = b"<script>alert(document.cookie)</script>"
    for form in ("PNG", "GIF", "JPEG"):
        both = encoded(crop(0), form) + page
        assert page not in IMAGE.prepare(both)
        assert IMAGE.content(IMAGE.prepare(both)) == IMAGE.content(IMAGE.prepare(encoded(crop(0), form)))
    noted = encoded(crop(0), comment=page.decode())
    assert page not in IMAGE.prepare(noted)


def test_html_stays_the_letters_that_it_is() -> None:
    told = texts.preparation(["x"]).prepare("<img src=x onerror=alert(1)>&amp; <b>to be</b>").decode()
    assert told == "<img src=x onerror=alert(1)>&amp; <b>to be</b>"
    row = rows.preparation([{"a": "x"}])
    assert row.prepare({"a": "<script>"}) == b'[["a","<script>"]]'


def test_text_that_hides_something_shows_all_or_nothing_of_it() -> None:
    hidden = "to\u202e eb\u202c \u200bbe\U000e0041\x1b[31m\x00"
    assert texts.preparation(["x"]).prepare(hidden) == b"to eb be[31m"


@given(st.sampled_from(HEADS), st.binary(max_size=400))
def test_random_bytes_are_an_image_or_an_input_error(head: bytes, rest: bytes) -> None:
    try:
        body = IMAGE.prepare(head + rest)
    except InputError:
        return
    assert Image.open(io.BytesIO(body)).size == IMAGE.size


@given(st.data(), st.sampled_from(["PNG", "JPEG", "WEBP", "GIF", "TIFF", "BMP"]))
def test_a_damaged_image_is_an_image_or_an_input_error(data: st.DataObject, form: str) -> None:
    whole = bytearray(encoded(crop(0, 16, 16), form))
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        body = IMAGE.prepare(bytes(whole))
        images.preparation([bytes(whole)])
    except InputError:
        return
    assert Image.open(io.BytesIO(body)).size == IMAGE.size


@given(st.sampled_from(SOUND_HEADS), st.binary(max_size=400))
def test_random_bytes_are_a_sound_or_an_input_error(head: bytes, rest: bytes) -> None:
    try:
        body = SOUND.prepare(head + rest)
    except (InputError, MissingExtraError):
        return
    assert len(body) == len(SOUND.prepare(tone(0)))


@given(st.data())
def test_a_damaged_sound_is_a_sound_or_an_input_error(data: st.DataObject) -> None:
    whole = bytearray(tone(0, seconds=0.2))
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(0, 60))] = data.draw(st.integers(0, 255))
    try:
        body = SOUND.prepare(bytes(whole))
        audio.preparation([bytes(whole)])
    except (InputError, MissingExtraError):
        return
    assert len(body) == len(SOUND.prepare(tone(0)))


@given(st.text(max_size=300) | st.binary(max_size=300), st.integers(0, 2**64))
def test_any_text_is_a_body_that_decodes_or_an_input_error(record: Any, seed: int) -> None:
    decided = texts.preparation([record])
    for make in (decided.prepare, lambda each: decided.degrade(each, seed)):
        try:
            body = make(record)
        except InputError:
            continue
        told = body.decode()
        assert told.strip() == told
        assert not any(letter < " " and letter != "\n" for letter in told)


CELLS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.binary(max_size=9)


@given(
    st.lists(
        st.dictionaries(st.sampled_from("abc"), CELLS | st.dates() | st.datetimes() | st.lists(CELLS)), min_size=1
    ),
    st.integers(0, 2**64),
)
def test_any_rows_are_bodies_or_input_errors(records: list[Any], seed: int) -> None:
    try:
        decided = rows.preparation(records)
    except InputError:
        return
    for record in records:
        assert json.loads(decided.prepare(record))
        assert decided.degrade(record, seed) == decided.degrade(record, seed)


@given(st.lists(st.binary(max_size=80), min_size=20, max_size=24))
def test_the_audit_survives_whatever_the_originals_are(records: list[bytes]) -> None:
    for kind in ("image", "audio", "text"):
        try:
            audit_originals(kind, records[:10], records[10:])
        except MissingExtraError:
            continue
