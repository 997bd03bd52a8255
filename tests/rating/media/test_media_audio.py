"""Sounds that give nothing away but what is heard."""

import io
import struct
import wave
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from media_worlds import tone, with_chunk

from byheart.errors import InputError, MissingExtraError
from byheart.rating.media import audio, wav
from byheart.rating.media.bodies import FORMS
from byheart.rating.media.formats import audit_bodies, audit_originals
from byheart.rating.media.preparation import preparation, prepare_all


def sent(records: Sequence[bytes]) -> list[bytes]:
    bodies = [body for body in prepare_all(preparation("audio", records), records) if isinstance(body, bytes)]
    assert len(bodies) == len(records)
    length = FORMS["audio"].length(min(map(len, bodies)), max(map(len, bodies)))
    return [FORMS["audio"].pad(body, length) for body in bodies]


def heard(body: bytes) -> npt.NDArray[np.float32]:
    return wav.read(body, 60)[0][:, 0]


def louder(sound: bytes, gain: float) -> bytes:
    numbers, rate = wav.read(sound, 60)
    return wav.write(np.rint(numbers * gain * 32_767).astype(np.int16), rate)


def as_floats(sound: bytes) -> bytes:
    numbers, rate = wav.read(sound, 60)
    data = numbers.astype("<f4").tobytes()
    form = struct.pack("<HHIIHH", 3, 1, rate, rate * 4, 4, 32)
    body = b"WAVEfmt " + struct.pack("<I", 16) + form + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


def later(sound: bytes, seconds: float) -> bytes:
    numbers, rate = wav.read(sound, 60)
    quiet = np.zeros((round(seconds * rate), 1))
    return wav.write(np.rint(np.concatenate([quiet, numbers]) * 32_767).astype(np.int16), rate)


CHANGES: dict[str, Callable[[int], bytes]] = {
    "rate": lambda number: tone(number, rate=22_050),
    "channels": lambda number: tone(number, channels=2),
    "loudness": lambda number: louder(tone(number), 0.3),
    "floats": lambda number: as_floats(tone(number)),
    "notes": lambda number: with_chunk(tone(number), b"LIST", b"INFOISFT\x04\x00\x00\x00TTS\x00"),
    "silence before": lambda number: later(tone(number), 0.2),
    "duration": lambda number: tone(number, seconds=2.5),
}


@pytest.mark.parametrize("change", CHANGES)
def test_formats_are_told_before_and_not_after(change: str) -> None:
    real, made = [tone(number) for number in range(40)], [CHANGES[change](number) for number in range(40, 80)]
    before = audit_originals("audio", real, made)
    assert before.is_told
    bodies = sent(real + made)
    assert not audit_bodies("audio", bodies[:40], bodies[40:]).is_told
    assert len({(len(body), body[:44]) for body in bodies}) == 1


def test_silence_that_is_kept_would_be_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audio, "_trimmed", lambda sound: sound)
    bodies = sent([tone(number) for number in range(40)] + [later(tone(number), 0.2) for number in range(40)])
    told = audit_bodies("audio", bodies[:40], bodies[40:])
    assert told.is_told
    assert told.feature == "silence before"


def test_what_one_rate_cannot_carry_nobody_has() -> None:
    """White noise at a high rate beside what was once at a low one: afterwards, neither has anything in the upper tenth."""
    rng = np.random.default_rng(0)
    noise = [wav.write(rng.integers(-9000, 9000, (rate, 1)).astype(np.int16), rate) for rate in (16_000, 44_100)]
    for body in sent(noise):
        spectrum = np.abs(np.fft.rfft(heard(body)))
        assert spectrum[int(0.92 * len(spectrum)) :].max() < 0.1 * spectrum[: int(0.8 * len(spectrum))].mean()


def test_all_have_one_loudness_and_none_is_clipped() -> None:
    bodies = sent([louder(tone(number), gain) for number, gain in enumerate((0.01, 0.1, 1.0, 3.0))])
    loudness = [float(np.sqrt((heard(body) ** 2).mean())) for body in bodies]
    assert max(loudness) / min(loudness) < 1.05
    assert max(float(np.abs(heard(body)).max()) for body in bodies) <= 0.99


def test_the_same_sound_at_another_rate_is_the_same() -> None:
    time = np.arange(32_000) / 16_000
    slow = wav.write(np.rint(9000 * np.sin(2 * np.pi * 440 * time))[:, None].astype(np.int16), 16_000)
    time = np.arange(64_000) / 32_000
    fast = wav.write(np.rint(9000 * np.sin(2 * np.pi * 440 * time))[:, None].astype(np.int16), 32_000)
    one, other = (heard(body) for body in sent([slow, fast]))
    assert np.corrcoef(one[2000:-2000], other[2000:-2000])[0, 1] > 0.99


def test_what_was_written_is_read_by_the_standard_library() -> None:
    with wave.open(io.BytesIO(sent([tone(0)])[0])) as file:
        assert (file.getnchannels(), file.getframerate(), file.getsampwidth()) == (1, 16_000, 2)


@pytest.mark.parametrize(("width", "scale"), [(1, 127), (2, 32_767), (3, 8_388_607), (4, 2_147_483_647)])
def test_what_the_standard_library_wrote_is_read(width: int, scale: int) -> None:
    wanted = np.sin(np.arange(400) / 9)
    numbers = np.rint(wanted * scale).astype(np.int64)
    data = b"".join(int(number).to_bytes(width, "little", signed=True) for number in numbers)
    if width == 1:
        data = bytes(int(number) + 128 for number in numbers)
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(width)
        out.setframerate(8000)
        out.writeframes(data)
    told, rate = wav.read(file.getvalue(), 60)
    assert rate == 8000
    assert np.abs(told[:, 0] - wanted).max() < 0.02


def test_degraded_ones_are_plainly_so_and_the_same_for_the_same_seed() -> None:
    decided = preparation("audio", [tone(number) for number in range(5)])
    for number in range(5):
        good, bad = heard(decided.prepare(tone(number))), heard(decided.degrade(tone(number), 3))
        fit = np.polyfit(good, bad, 1)
        assert np.std(bad - np.polyval(fit, good)) > np.std(good)  # more noise than sound
    assert decided.degrade(tone(0), 3) == decided.degrade(tone(0), 3) != decided.degrade(tone(0), 4)


def test_content_is_that_of_the_samples() -> None:
    decided = preparation("audio", [tone(0)])
    body = decided.prepare(tone(0))
    assert decided.content(body) == decided.content(FORMS["audio"].pad(body, len(body) + 100))
    assert decided.content(body) == decided.content(decided.prepare(with_chunk(tone(0), b"LIST", b"who")))
    assert decided.content(body) != decided.content(decided.prepare(tone(1)))


@pytest.mark.parametrize(
    "record",
    [
        b"",
        b"RIFF\x00\x00\x00\x00WAVE",
        tone(0)[:40],
        wav.write(np.zeros((8000, 1), np.int16), 8000),
        b"<svg/>",
        "text",
        tone(0).replace(struct.pack("<I", 16_000), struct.pack("<I", 3), 1),
    ],
    ids=["empty", "no chunks", "cut short", "silent", "svg", "no bytes", "rate"],
)
def test_what_cannot_be_heard_is_told(record: Any) -> None:
    with pytest.raises(InputError, match="audio: wanted"):
        preparation("audio", [tone(0)]).prepare(record)


def test_a_format_that_needs_soundfile_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "soundfile", None)
    with pytest.raises(MissingExtraError, match=r"byheart\[audio\]"):
        preparation("audio", [b"fLaC" + bytes(60)])


@pytest.mark.parametrize("form", ["FLAC", "OGG", "MP3"])
def test_other_formats_come_out_like_wav_where_soundfile_is(form: str) -> None:
    soundfile = pytest.importorskip("soundfile")
    numbers, rate = wav.read(tone(0), 60)
    file = io.BytesIO()
    soundfile.write(file, numbers, rate, format=form)
    packed = file.getvalue()
    one, other = (heard(body) for body in sent([tone(0), packed]))
    assert len(one) == len(other)
    if form == "FLAC":
        assert np.abs(one - other).max() < 0.01
    with pytest.raises(InputError, match="audio: wanted"):
        preparation("audio", [tone(0)]).prepare(packed[:20])
