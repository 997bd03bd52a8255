"""Images and audio are told by their first bytes, as real encoders write them, and kept bit for bit."""

import io
import wave
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, features

from byheart.records.kinds import media_kind
from sources import learn

IMAGES = ["PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", *(["AVIF"] if features.check("avif") else [])]


def encoded(format_: str, mode: str = "RGB") -> bytes:
    packed = io.BytesIO()
    Image.new(mode, (8, 8), 100).save(packed, format_)
    return packed.getvalue()


@pytest.mark.parametrize("format_", IMAGES)
def test_images_are_told_and_kept_bit_for_bit(tmp_path: Path, format_: str) -> None:
    data = encoded(format_)
    (tmp_path / "a").write_bytes(data)
    for thing in (tmp_path, tmp_path / "a", [data]):
        found = learn(thing)
        assert (found.kind, found.records) == ("image", [data])


def sound() -> bytes:
    packed = io.BytesIO()
    with wave.open(packed, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(800))
    return packed.getvalue()


@pytest.mark.parametrize(
    "head",
    [
        sound(),
        b"fLaC\0\0\0\x22",
        b"OggS\0\x02",
        b"ID3\x03\0\0\0\0\0\0",
        b"\xff\xfb\x90\x00",
        b"\xff\xf3\x40\xc0",
        b"\xff\xfa\x92\x64",
        b"\0\0\0\x20ftypM4A \0\0\0\0",
        b"FORM\0\0\0\x1aAIFFCOMM",
        b"RF64\xff\xff\xff\xffWAVEds64",
    ],
)
def test_audio_is_told_and_kept_bit_for_bit(tmp_path: Path, head: bytes) -> None:
    (tmp_path / "a.bin").write_bytes(head)
    found = learn(tmp_path)
    assert (found.kind, found.records) == ("audio", [head])


@pytest.mark.parametrize("brand", [b"avif", b"avis", b"heic", b"heix", b"hevc", b"mif1"])
def test_images_in_iso_containers_are_told_by_their_brand(brand: bytes) -> None:
    assert media_kind(b"\0\0\0\x1cftyp" + brand + b"\0\0\0\0") == "image"


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\xff",
        b"BM, a firm of old, and others besides",
        b"BMW",
        b"GIF8 is no version",
        b"RIFF\0\0\0\0AVI LIST",
        b"FORM\0\0\0\0ILBMBMHD",
        b"\0\0\0\x20ftypisom\0\0\0\0",
        "\ufeffutf".encode("utf-16-le"),
        b"\xff\xff\xff\xff\xff\xff",
        b"\xff\xf1\x50\x80",
        b"\xff\xe0\0\0",
        b"PK\x03\x04",
        b"12345678WEBP",
    ],
)
def test_what_only_looks_like_an_image_or_audio_is_bytes(head: bytes) -> None:
    assert media_kind(head) is None


@given(st.text(max_size=40).map(str.encode))
def test_text_is_seldom_taken_for_anything_else(head: bytes) -> None:
    assert media_kind(head) is None or head.startswith((b"GIF8", b"ID3", b"fLaC", b"OggS", b"II*\0", b"MM\0*"))
