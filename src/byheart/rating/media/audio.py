"""Sounds that give nothing away but what is heard.

Rule 1: one rate, the lowest of all (8 to 44.1 kHz), and nothing above nine tenths of what it can carry: a side that was once at a lower rate does not show it by what is missing. One number of
channels, the lowest (1 or 2). 16 bits.
Rule 2: silence before the sound is cut off; then one length, that nine of ten have, of 10 seconds at most; shorter ones end in silence. Both ends are faded.
Rule 3: no offset, one loudness (root mean square), none louder than full scale.
Rule 4: WAV, of nothing but the sound. WAV is read without more; FLAC, Ogg and MP3 need soundfile.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from byheart import draws
from byheart._optional import require
from byheart.errors import InputError
from byheart.rating.media import wav
from byheart.rating.study import Kind
from byheart.records.kinds import media_kind

SECONDS: Final = 10.0
_LOOKED_AT: Final = 30.0  # of a longer sound, the first so many seconds
_SHORT: Final = 0.1
_LEAST: Final = 0.1
_RATES: Final = (8_000, 44_100)
_BAND: Final = 0.9
_LOUD: Final = 0.1
_PEAK: Final = 0.98
_SILENT: Final = 0.01  # of the peak
_FADE: Final = 0.005
_NOISE: Final = 0.15
_CLIP: Final = 0.05
_FULL: Final = 32_767

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sounds:
    """How the sounds of a study are prepared.

    Attributes:
        rate: in Hz.
        channels: 1 or 2.
        frames: how long each is.
    """

    rate: int
    channels: int
    frames: int
    kind: Kind = "audio"

    @property
    def description(self) -> str:
        """The format, for people."""
        return f"WAV of 16 bits, {self.channels} channel{'s' * (self.channels > 1)} at {self.rate:,} Hz, {self.frames / self.rate:.2f} s"

    def prepare(self, record: Any) -> bytes:
        """The sound, as WAV.

        Raises:
            InputError: it cannot be heard: damaged, silent, or in a format that needs soundfile, which is not installed.
        """
        return self._written(self._levelled(record))

    def degrade(self, record: Any, seed: int) -> bytes:
        """The sound, clipped hard, in loud noise.

        Raises:
            InputError: it cannot be heard.
        """
        sound = self._levelled(record)
        rng = np.random.Generator(np.random.Philox(key=draws.split(seed, 0)))
        return self._written(2 * np.clip(sound, -_CLIP, _CLIP) + rng.normal(0, _NOISE, sound.shape))

    def content(self, body: bytes) -> str:
        """A digest of the samples."""
        return sha256(next((data for name, data in wav.chunks(body) if name == b"data"), b"")).hexdigest()

    def _levelled(self, record: Any) -> Floats:
        samples, rate = heard(record)
        sound = _trimmed(_mixed(samples, self.channels))
        sound = _resampled(sound[: round(self.frames / self.rate * rate) + 1], rate, self.rate)[: self.frames]
        power = float(np.sqrt((sound**2).mean()))
        peak = float(np.abs(sound).max(initial=0))
        if power <= 0 or peak <= 0:
            raise InputError("audio: wanted a sound that can be heard, got silence: leave it out")
        sound *= min(_LOUD / power, _PEAK / peak)
        fade = min(round(_FADE * self.rate), len(sound) // 2)
        ramp = np.linspace(0, 1, fade, endpoint=False)[:, None]
        sound[:fade] *= ramp
        sound[len(sound) - fade :] *= ramp[::-1]
        return np.pad(sound, ((0, self.frames - len(sound)), (0, 0)))

    def _written(self, sound: Floats) -> bytes:
        return wav.write(np.rint(np.clip(sound, -1, 1) * _FULL).astype(np.int16), self.rate)


def preparation(survey: Sequence[Any]) -> Sounds:
    """The one format of some sounds.

    Raises:
        InputError: none of them can be read.
    """
    rates, channels, lengths = [], [], []
    for record in survey:
        try:
            samples, rate = heard(record)
            lengths.append(len(_trimmed(_mixed(samples, 1))) / rate)
        except InputError:
            continue
        rates.append(rate)
        channels.append(samples.shape[1])
    if not rates:
        raise InputError("sounds: wanted at least one that can be read, got none")
    rate = min(max(min(rates), _RATES[0]), _RATES[1])
    seconds = max(_LEAST, min(sorted(lengths)[int(_SHORT * len(lengths))], SECONDS))
    return Sounds(rate, 2 if min(channels) > 1 else 1, round(seconds * rate))


def heard(record: Any) -> tuple[wav.Samples, int]:
    """Samples from -1 to 1, float32 of shape (n, channels), of the first half minute; and the rate.

    Raises:
        InputError: it cannot be read.
        MissingExtraError: it is no WAV, and soundfile is not installed.
    """
    if not isinstance(record, bytes | bytearray):
        raise InputError(f"audio: wanted the bytes of a file, got {type(record).__name__}")
    if not record:
        raise InputError("audio: wanted a sound, got an empty file: leave it out")
    data = bytes(record)
    if data[:4] in {b"RIFF", b"RF64"}:
        return wav.read(data, _LOOKED_AT)
    if media_kind(data[:32]) != "audio":
        raise InputError("audio: wanted WAV, FLAC, Ogg or MP3, got something else: convert it to WAV")
    soundfile = require("soundfile", "audio")
    try:
        with soundfile.SoundFile(BytesIO(data)) as file:
            samples = file.read(round(_LOOKED_AT * file.samplerate), dtype="float32", always_2d=True)
            return np.nan_to_num(samples, nan=0.0, posinf=1.0, neginf=-1.0), int(file.samplerate)
    except (RuntimeError, OSError, ValueError, TypeError) as error:
        raise InputError(
            f"audio: wanted one that can be heard, got one that cannot be read ({error}): leave it out"
        ) from error


def _mixed(samples: wav.Samples, channels: int) -> Floats:
    """To one channel or two."""
    numbers = samples.astype(np.float64)
    return numbers.mean(axis=1, keepdims=True) if channels == 1 else numbers[:, :2]


def _trimmed(sound: Floats) -> Floats:
    """Without the silence before it."""
    loud = np.abs(sound - np.median(sound)).max(axis=1, initial=0)
    peak = loud.max(initial=0)
    if peak <= 0:
        raise InputError("audio: wanted a sound that can be heard, got silence: leave it out")
    return sound[int(np.argmax(loud > _SILENT * peak)) :]


def _resampled(sound: Floats, rate: int, wanted: int) -> Floats:
    """At another rate, by its spectrum, of which no more is kept than all have; without an offset."""
    count = max(1, round(len(sound) * wanted / rate))
    spectrum = np.fft.rfft(sound, axis=0)
    spectrum[0] = 0
    kept = int(_BAND * count / 2) + 1
    spectrum[kept:] = 0
    made: Floats = np.fft.irfft(spectrum[: count // 2 + 1], count, axis=0) * (count / len(sound))
    return made
