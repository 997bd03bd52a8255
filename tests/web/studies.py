"""Studies and raters for the tests of the routes: the application itself, asked without a network."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from httpx2 import Response
from starlette.testclient import TestClient

from byheart.rating.creating import Options, create
from byheart.rating.design import Asked
from byheart.rating.folder import Opened, open_study
from byheart.rating.study import CONSENT
from byheart.web.app import Place, Served, serve

PLACE: Final = Place("127.0.0.1", 8700)
WORDS: Final = [
    "the",
    "rain",
    "in",
    "spain",
    "falls",
    "mainly",
    "on",
    "the",
    "plain",
    "and",
    "nobody",
    "minds",
    "it",
    "at",
    "all",
]


def make(folder: Path, **options: Any) -> Path:
    """A study of texts; the generator's name is one that would stand out."""
    folder.mkdir(exist_ok=True)
    rng = random.Random(1)
    for name, count in (("real.txt", 140), ("zebragan.txt", 60)):
        lines = [" ".join(rng.choices(WORDS, k=rng.randint(4, 40))) + f" {at}" for at in range(count)]
        (folder / name).write_text("\n".join(lines))
    study = folder / "study"
    create(
        study,
        real=folder / "real.txt",
        generated=[folder / "zebragan.txt"],
        asked=Asked(40, 2, 0.1, 12),
        options=Options(**{"code": "DONE42", "link": "https://panel.example/", **options}),
        seed=5,
    )
    return study


@dataclass(slots=True)
class Rater:
    """Somebody who asks as the page would, and keeps all that they were answered."""

    client: TestClient
    path: str
    csrf: str = ""
    answers: list[Response] = field(default_factory=list)

    def ask(self, method: str, path: str, told: Any = None, **headers: str) -> Response:
        """Ask for something below the study's path."""
        sent = {"Origin": PLACE.address, "X-CSRF": self.csrf, **headers}
        answer = self.client.request(method, f"{self.path}{path}", json=told, headers=sent)
        self.answers.append(answer)
        return answer

    def join(self, **params: str) -> Response:
        """Come in."""
        answer = self.ask("POST", "/join", {"consent": CONSENT, "params": params})
        self.csrf = answer.json().get("csrf", "")
        return answer

    def practised(self) -> dict[str, Any]:
        """Get behind the practice; the state then."""
        self.ask("POST", "/note", {"kind": "practised"})
        return self.state()

    def state(self) -> dict[str, Any]:
        """What the page knows."""
        told: dict[str, Any] = self.ask("GET", "/state").json()
        return told

    def judge(self, n: int, side: str = "left", key: str | None = None) -> Response:
        """Choose."""
        judgment = {"n": n, "side": side, "ms": 812.5, "key": key or f"key-{self.csrf}-{n}", "device": "key"}
        return self.ask("POST", "/judge", {"judgments": [judgment]})


@dataclass(slots=True)
class Site:
    """A study that is served."""

    opened: Opened
    served: Served
    client: TestClient

    @property
    def raters(self) -> str:
        """The path of the raters' address."""
        return self.served.raters.removeprefix(PLACE.address).rstrip("/")

    @property
    def admin(self) -> str:
        """The path of the admin's address."""
        return self.served.admin.removeprefix(PLACE.address)

    def rater(self) -> Rater:
        """Somebody in a browser of their own."""
        return Rater(TestClient(self.client.app, base_url=PLACE.address), self.raters)


@contextmanager
def site(study: Path, place: Place = PLACE, *, a_second: int = 0) -> Iterator[Site]:
    """Serve a study."""
    opened = open_study(study)
    served = serve(opened, opened.ledger(), place, a_second=a_second)
    with TestClient(served.app, base_url=place.address) as client:
        yield Site(opened, served, client)
