"""What a sound's file and format say, whatever is heard."""

from typing import Any, Final

import numpy as np

from byheart.rating.media import audio, wav

_SILENT: Final = 0.01  # of the peak
_SOUND: Final = frozenset({b"fmt ", b"data", b"JUNK"})


def of_record(record: Any) -> dict[str, float]:
    """Of a sound as it came.

    Raises:
        InputError: it cannot be read.
    """
    data = bytes(record)
    samples, rate = audio.heard(data)
    parts = wav.chunks(data) if data[:4] == b"RIFF" else []
    form = dict(parts).get(b"fmt ", b"")
    told = {
        "encoded length": len(data),
        "rate": rate,
        "channels": samples.shape[1],
        "duration": len(samples) / rate,
        f"container {data[:4]!r}": 1,
        "bits a sample": int.from_bytes(form[14:16], "little"),
        "notes within the file": sum(name not in _SOUND for name, _ in parts),
        "peak": np.abs(samples).max(initial=0),
        "offset": samples.mean() if samples.size else 0,
        "loudness": np.sqrt((samples.astype(np.float64) ** 2).mean()) if samples.size else 0,
    }
    return {name: float(value) for name, value in told.items()} | _heard(samples, rate)


def of_body(body: bytes) -> dict[str, float]:
    """Of a sound as it is sent."""
    samples, rate = audio.heard(body)
    told = {
        "length as sent": len(body),
        "rate": rate,
        "channels": samples.shape[1],
        "duration": len(samples) / rate,
        "notes within the file": sum(name not in _SOUND for name, _ in wav.chunks(body)),
    }
    return {name: float(value) for name, value in told.items()} | _heard(samples, rate)


def _heard(samples: wav.Samples, rate: int) -> dict[str, float]:
    """Silence at the ends, and what was clipped: samples at the peak whose neighbour is there too."""
    loud = np.abs(samples).max(axis=1, initial=0)
    peak = loud.max(initial=0)
    if peak <= 0:
        return {"silence before": 0.0, "silence after": 0.0, "clipped": 0.0}
    is_loud = loud > _SILENT * peak
    flat = loud >= peak * (1 - 1e-4)
    return {
        "silence before": float(np.argmax(is_loud)) / rate,
        "silence after": float(np.argmax(is_loud[::-1])) / rate,
        "clipped": float((flat[1:] & flat[:-1]).mean()) if len(flat) > 1 else 0.0,
    }
