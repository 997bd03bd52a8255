"""Potato, and its raters: what its page asks when somebody chooses, and goes on."""

import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from tools.bench_rate.contestant import Choice
from tools.bench_rate.wire import Wire

_SCHEME: Final = "real"
_CONFIGURATION: Final = {
    "annotation_task_name": "Which one is real?",
    "task_dir": ".",
    "output_annotation_dir": "annotation_output",
    "output_annotation_format": "json",
    "data_files": ["pairs.json"],
    "item_properties": {"id_key": "id", "text_key": "text"},
    "user_config": {"allow_all_users": True, "users": []},
    "require_password": False,
    "login": {"type": "url_direct", "url_argument": "PROLIFIC_PID"},
    "secret_key": "of a benchmark",
    "annotation_schemes": [
        {
            "annotation_type": "pairwise",
            "name": _SCHEME,
            "description": "Which one is real?",
            "mode": "binary",
            "items_key": "text",
        }
    ],
}


def program() -> str | None:
    """Where it is, beside this interpreter; None: not installed."""
    return shutil.which("potato", path=str(Path(sys.executable).parent))


class Rater:
    """Somebody who comes by a link of Prolific's.

    Args:
        address: of the study.
        name: the id.
        is_going_on: whether the next pair is asked for, as the page does.
    """

    def __init__(self, address: str, name: str, *, is_going_on: bool) -> None:
        self.wire = Wire(address)
        self._path, self._name, self._is_going_on = urlsplit(address).path, name, is_going_on
        self._at, self._is_saved = 0, False
        self._last = 1 << 30

    async def enter(self) -> bool:
        """See `Rater`."""
        answer = await self.wire.ask("GET", f"{self._path}?PROLIFIC_PID={self._name}")
        if b'id="instance_id"' not in answer.body:
            await self.wire.ask("GET", "/annotate")
        return True

    async def judge(self) -> list[Choice]:
        """See `Rater`."""
        if self._at >= self._last:
            return []
        is_left = self._at % 2 == 0
        told = {
            "instance_id": str(self._at),
            "annotations": {f"{_SCHEME}:::selection": "A" if is_left else "B"},
            "span_annotations": [],
        }
        saved = await self._post("/updateinstance", told)
        if saved in {403, 404}:  # no such pair: the one before was the last
            self._last = self._at
            return []
        if saved != 200:
            raise ConnectionError(f"not saved: {saved}")
        if self._is_going_on:
            await self._post("/annotate", {"action": "next_instance", "instance_id": str(self._at)})
        self._at += 1
        return [Choice(f"{self._name} {self._at - 1}", is_left)]

    async def _post(self, path: str, told: Mapping[str, object]) -> int:
        answer = await self.wire.ask("POST", path, json.dumps(told).encode(), "Content-Type: application/json")
        return answer.status


@dataclass(frozen=True, slots=True)
class Potato:
    """The command line, as it is installed beside this interpreter.

    Attributes:
        is_going_on: see `Rater`.
    """

    is_going_on: bool = True

    def furnish(self, folder: Path, real: Sequence[str], generated: Sequence[str], pairs: int) -> Path:
        """See `Contestant`."""
        study = folder / "potato"
        study.mkdir(parents=True)
        rows = [
            {"id": str(at), "text": list(pair)} for at, pair in enumerate(zip(real[:pairs], generated, strict=False))
        ]
        (study / "pairs.json").write_text(json.dumps(rows), "utf-8")
        (study / "config.yaml").write_text(json.dumps(_CONFIGURATION), "utf-8")  # JSON is YAML
        return study

    def command(self, study: Path, port: int) -> list[str]:
        """See `Contestant`."""
        return [str(program()), "start", str(study / "config.yaml"), "-p", str(port)]

    def page(self, study: Path, port: int) -> str:
        """See `Contestant`."""
        return f"http://127.0.0.1:{port}/"

    def rater(self, address: str, name: str) -> Rater:
        """See `Contestant`."""
        return Rater(address, name, is_going_on=self.is_going_on)

    def kept(self, study: Path) -> list[Choice]:
        """See `Contestant`."""
        kept = []
        for file in (study / "annotation_output").glob("*/user_state.json"):
            labels = json.loads(file.read_text("utf-8"))["instance_id_to_label_to_value"]
            kept += [Choice(f"{file.parent.name} {at}", told[0][1] == "A") for at, told in labels.items() if told]
        return kept
