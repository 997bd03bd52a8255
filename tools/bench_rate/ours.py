"""byheart, and its raters: an outbox, as the page has one."""

import json
import random
import re
import shutil
import sqlite3
import subprocess
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from tools.bench_rate.contestant import Choice, python
from tools.bench_rate.wire import Wire

_CONSENT: Final = re.compile(rb'data-consent="([^"]+)"')


class RefusedError(Exception):
    """The server said no where it should not have."""


class Rater:
    """Somebody who comes by a link with an id.

    Args:
        address: the raters'.
        name: the id.
        most: how many choices go out at once: more than one where a browser had to wait.
    """

    def __init__(self, address: str, name: str, most: int = 1) -> None:
        self.wire = Wire(address)
        self._base, self._name, self._most = urlsplit(address).path.rstrip("/"), name, most
        self._state: dict[str, Any] = {}
        self._outbox: list[dict[str, Any]] = []

    async def enter(self) -> bool:
        """See `Rater`."""
        page = await self.wire.ask("GET", f"{self._base}/")
        found = _CONSENT.search(page.body)
        if found is None:
            raise RefusedError(f"wanted the raters' page, got {page.status}: {page.body[:100]!r}")
        told = {"consent": found[1].decode(), "params": {"rater": self._name}}
        status, self._state = await self._ask("/join", told)
        if status == 409 and self._state.get("error") == "full":
            return False
        self._expect(status)
        if self._state["phase"] == "practice":
            self._expect((await self._ask("/note", {"kind": "practised"}))[0])
            answer = await self.wire.ask("GET", f"{self._base}/state")
            self._state = json.loads(answer.body)
        return True

    async def judge(self) -> list[Choice]:
        """See `Rater`."""
        if not self._outbox:
            self._outbox = [_choice(shown["n"]) for shown in self._state["trials"][: random.randint(1, self._most)]]
        if not self._outbox:
            return []
        csrf = self._state["csrf"]
        status, state = await self._ask("/judge", {"judgments": self._outbox}, f"X-CSRF: {csrf}")
        self._expect(status)
        if state["refused"]:
            raise RefusedError(f"refused: {state['refused']}")
        sent, self._outbox, self._state = self._outbox, [], state
        return [Choice(one["key"], one["side"] == "left") for one in sent]

    async def _ask(self, path: str, told: dict[str, Any], *headers: str) -> tuple[int, dict[str, Any]]:
        if not headers and self._state:
            headers = (f"X-CSRF: {self._state['csrf']}",)
        body = json.dumps(told).encode()
        answer = await self.wire.ask("POST", self._base + path, body, "Content-Type: application/json", *headers)
        return answer.status, json.loads(answer.body)

    def _expect(self, status: int) -> None:
        if status != 200:
            raise RefusedError(f"{status}: {self._state}")


def _choice(n: int) -> dict[str, Any]:
    side = random.choice(("left", "right"))
    return {"n": n, "side": side, "ms": 812.5, "key": str(uuid.uuid4()), "device": "key"}


@dataclass(frozen=True, slots=True)
class Byheart:
    """The command line, as it is installed.

    Attributes:
        database: where the ledger is; None: in the study's folder.
        most: see `Rater`.
        options: of `rate new`.
    """

    database: str | None = None
    most: int = 1
    options: Sequence[str] = field(default=())

    def furnish(self, folder: Path, real: Sequence[str], generated: Sequence[str], pairs: int) -> Path:
        """See `Contestant`."""
        sources = write(folder, real, generated)
        study = folder / "study"
        made = [*python(), "-m", "byheart", "rate", "new", str(study), *sources, "--pairs", str(pairs)]
        subprocess.run([*made, *self.options, "--json"], check=True, stdout=subprocess.DEVNULL)
        return study

    def command(self, study: Path, port: int) -> list[str]:
        """See `Contestant`."""
        place = ["--port", str(port), "--requests-per-second", "0"]
        if self.database:
            place += ["--database", self.database]
        return [*python(), "-m", "byheart", "rate", "serve", str(study), *place]

    def page(self, study: Path, port: int) -> str:
        """See `Contestant`."""
        from byheart.rating.folder import open_study  # noqa: PLC0415  # not needed where load is made

        return f"http://127.0.0.1:{port}/r/{open_study(study).hide('study', 'raters')}/"

    def rater(self, address: str, name: str) -> Rater:
        """See `Contestant`."""
        return Rater(address, name, self.most)

    def kept(self, study: Path) -> list[Choice]:
        """See `Contestant`."""
        with sqlite3.connect(f"file:{study / 'ledger.sqlite'}?mode=ro", uri=True) as ledger:
            rows = ledger.execute("SELECT key, chose_left FROM judgments").fetchall()
        ledger.close()
        return [Choice(key, bool(left)) for key, left in rows]


def write(folder: Path, real: Sequence[str], generated: Sequence[str]) -> list[str]:
    """Two files of texts, and the options that name them."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, lines in (("real", real), ("generated", generated)):
        (folder / f"{name}.txt").write_text("\n".join(lines), "utf-8")
    return ["--real", str(folder / "real.txt"), "--generated", str(folder / "generated.txt")]


def anew(study: Path) -> None:
    """A study as if nobody had been there."""
    for file in study.glob("ledger.sqlite*"):
        if file.is_dir():
            shutil.rmtree(file)
        else:
            file.unlink()
