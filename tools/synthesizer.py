"""Samples of a real synthesizer of tables, that is trained here: TVAE of the `ctgan` package (Xu et al., 2019).

It needs torch, which takes gigabytes on many machines: it has an environment of its own, that is made where there is room and time for it. What it
samples is kept beside the parcels, by a digest of all that it depends on, so that it is trained once.
"""

import contextlib
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from byheart.paper.data.parcels import UnavailableError, cache

_HERE: Final = Path(__file__).parent
_VENV: Final = _HERE.parent / ".venv-tvae"
_SCRIPT: Final = _HERE / "tvae.py"
_PINNED: Final = _HERE / "tvae.txt"
_ROOM: Final = 6 << 30  # bytes
_PATIENCE: Final = 300  # seconds, for the environment
_TRAINING: Final = 900  # seconds, for each generator


def is_trained(train: Path, settings: Mapping[str, Any]) -> bool:
    """Whether its samples are kept already."""
    return _kept(train, settings).is_file()


def synthesized(train: Path, settings: Mapping[str, Any]) -> Path:
    """A CSV file of samples, by a TVAE with such settings (`tools/tvae.py`) that was trained on the rows of another.

    Raises:
        UnavailableError: there is no environment for it, or it fails there; the message says why, in one line.
    """
    kept = _kept(train, settings)
    if kept.is_file():
        return kept
    _make()
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnavailableError(f"{cache()} cannot be written to (BYHEART_DATA names another folder)") from error
    with tempfile.TemporaryDirectory(dir=kept.parent, prefix="training-") as folder:
        made = Path(folder) / kept.name
        told = _run((_python(), _SCRIPT, train.absolute(), made, json.dumps(settings)), _TRAINING)
        if told or not made.is_file():
            raise UnavailableError(f"TVAE could not be trained ({told or 'it made no samples'})")
        made.replace(kept)
    return kept


def _kept(train: Path, settings: Mapping[str, Any]) -> Path:
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode())
    for file in (_SCRIPT, _PINNED, train):
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return cache() / digest.hexdigest()[:16] / "samples.csv"


def _make() -> None:
    """Have an environment."""
    if (_VENV / "made").is_file():
        return
    if shutil.which("bash") is None:
        raise UnavailableError("bash is not installed here")
    if shutil.disk_usage(_VENV.parent).free < _ROOM:
        raise UnavailableError(f"torch may take {_ROOM >> 30} GB, and there is less room")
    told = _run(("bash", _HERE / "tvae.sh", sys.executable, _VENV), _PATIENCE)
    if told:
        raise UnavailableError(f"torch and ctgan could not be installed ({told})")


def _python() -> Path:
    return _VENV / "bin" / "python"


def _run(command: tuple[str | Path, ...], patience: float) -> str:
    """Run it, and all that it starts, for so long at most; why it failed, "" if it did not."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    try:
        process = subprocess.Popen(
            command,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # so that what it started ends with it
        )
    except OSError as error:
        return str(error.strerror)
    try:
        code = process.wait(patience)
    except BaseException as error:  # an interrupt too: its processes are a group of their own, and would go on
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if isinstance(error, subprocess.TimeoutExpired):
            return f"not within {patience / 60:g} minutes"
        raise
    return f"exit code {code}" if code else ""
