"""WAV files, read and written: PCM of 8 to 32 bits and floats, which the standard library's `wave` does not know, and generators write."""

import struct
from typing import Final

import numpy as np
import numpy.typing as npt

from byheart.errors import InputError

Samples = npt.NDArray[np.float32]
_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
_CHANNELS: Final = 32


def chunks(record: bytes) -> list[tuple[bytes, bytes]]:
    """The chunks of a WAV, by name; the last may be cut short."""
    found: list[tuple[bytes, bytes]] = []
    at = 12
    while at + 8 <= len(record):
        size = int.from_bytes(record[at + 4 : at + 8], "little")
        found.append((record[at : at + 4], record[at + 8 : at + 8 + size]))
        at += 8 + size + size % 2
    return found


def read(record: bytes, seconds: float) -> tuple[Samples, int]:
    """Samples from -1 to 1, float32 of shape (n, channels), of the first so many seconds; and the rate.

    Raises:
        InputError: it is no WAV, is compressed, or cut short before its sound begins.
    """
    if record[:4] not in {b"RIFF", b"RF64"} or record[8:12] != b"WAVE":
        raise InputError("audio: wanted a WAV file, got something else")
    parts = dict(reversed(chunks(record)))
    form, data = parts.get(b"fmt ", b""), parts.get(b"data", b"")
    if len(form) < 16 or not data:
        raise InputError("audio: wanted a WAV file with sound, got one without: it may be cut short; leave it out")
    code, channels, rate, _, _, bits = struct.unpack("<HHIIHH", form[:16])
    if code == _EXTENSIBLE and len(form) >= 26:
        code = int.from_bytes(form[24:26], "little")
    is_known = (code == _PCM and bits in {8, 16, 24, 32}) or (code == _FLOAT and bits in {32, 64})
    if not is_known or not 0 < channels <= _CHANNELS or not 1000 <= rate <= 1_000_000:
        got = f"format {code} of {bits} bits, {channels} channels at {rate} Hz"
        raise InputError(f"audio: wanted a WAV file of PCM or floats, got {got}: convert it (`ffmpeg -c:a pcm_s16le`)")
    frame = channels * bits // 8
    frames = min(len(data) // frame, round(seconds * rate))
    samples = _numbers(data[: frames * frame], code, bits).reshape(frames, channels)
    return np.nan_to_num(samples, nan=0.0, posinf=1.0, neginf=-1.0), rate


def write(samples: npt.NDArray[np.int16], rate: int) -> bytes:
    """A WAV of 16 bits, int16 of shape (n, channels), with nothing in it but the sound."""
    channels = samples.shape[1]
    data = samples.astype("<i2").tobytes()
    form = struct.pack("<HHIIHH", _PCM, channels, rate, rate * channels * 2, channels * 2, 16)
    body = b"WAVE" + b"fmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _numbers(data: bytes, code: int, bits: int) -> Samples:
    if code == _FLOAT:
        with np.errstate(over="ignore", invalid="ignore"):
            return np.frombuffer(data, f"<f{bits // 8}").astype(np.float32)
    if bits == 8:
        return (np.frombuffer(data, np.uint8).astype(np.float32) - 128) / np.float32(128)
    if bits == 24:
        wide = np.zeros((len(data) // 3, 4), np.uint8)
        wide[:, 1:] = np.frombuffer(data, np.uint8).reshape(-1, 3)
        return wide.view("<i4")[:, 0].astype(np.float32) / np.float32(2**31)
    return np.frombuffer(data, f"<i{bits // 8}").astype(np.float32) / np.float32(2 ** (bits - 1))
