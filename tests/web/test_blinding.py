"""Nothing that a browser gets tells which sample is real: looked for from the outside, by whoever knows the plan.

Each leak is planted once, to show that what looks for it finds it.
"""

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import Response
from studies import STUDY, Rater, Site, make, site

from byheart.rating import design
from byheart.rating.folder import Opened
from byheart.rating.ledger import Session
from byheart.rating.media.items import Items
from byheart.rating.plan import Trial
from byheart.web import pages
from byheart.web.desk import Desk, Visit
from byheart.web.rater import Rater as Routes

BEYOND = 4.0  # standard errors, that a coin is off by once in 16,000


@dataclass(frozen=True, slots=True)
class Seen:
    """A sample as somebody was given it, and what they should not know of it."""

    rater: Rater
    name: str
    n: int
    is_left: bool
    is_first: bool
    item: int
    at: int
    answer: Any


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("study")
    made = make(folder)
    for source in folder.glob("*.txt"):
        source.unlink()  # a study needs its sources no more: no sample waits for one
    return made


def look(served: Site) -> tuple[list[Seen], list[Rater]]:
    """Let raters go through whole slots, and keep all that they are given."""
    plan = served.opened.plan
    found: list[Seen] = []
    raters: list[Rater] = []
    for number in range(6):
        rater = served.rater()
        rater.ask("GET", "/")
        rater.join(rater=f"rater {number}")
        state = rater.practised()
        number_of = served.opened.ledger(read_only=True).sessions()[-1].slot
        while state["phase"] == "trials":
            shown = state["trials"][0]
            trial = plan.slots[number_of][shown["n"]]
            for at, side in enumerate(("left", "right")):
                item = trial.items(plan.pairs[trial.pair])[at]
                answer = rater.ask("GET", f"/m/{shown[side]}")
                is_first = plan.pairs[trial.pair].first == item
                found.append(Seen(rater, shown[side], shown["n"], side == "left", is_first, item, len(found), answer))
            state = rater.judge(shown["n"], ("left", "right")[shown["n"] % 2]).json()
        raters.append(rater)
    return found, raters


def leaks(served: Site) -> list[str]:
    """What tells; nothing, of a study that is blind."""
    found, raters = look(served)
    checks: dict[str, Callable[[list[Seen], list[Rater], Site], bool]] = {
        "names": _names_tell,
        "sides": _sides_tell,
        "bodies": _bodies_tell,
        "headers": _headers_tell,
        "answers": _answers_tell,
        "words": _words_tell,
    }
    return [name for name, tells in checks.items() if tells(found, raters, served)]


def _names_tell(found: list[Seen], raters: list[Rater], served: Site) -> bool:
    """A name is met again, in another session or for another sample; or it is sorted as samples are, or is an item's number."""
    is_again = len({one.name for one in found}) < len(found)
    pairs = list(zip(found[::2], found[1::2], strict=True))
    first_is_less = sum((one.name < other.name) == one.is_first for one, other in pairs)
    has_number = any(str(one.item) == one.name.lstrip("0") for one in found)
    return is_again or has_number or _is_no_coin(first_is_less, len(pairs)) or len({len(one.name) for one in found}) > 1


def _sides_tell(found: list[Seen], raters: list[Rater], served: Site) -> bool:
    """The real one is on one side more often, or on the same for both raters of a pair."""
    lefts = [one for one in found if one.is_left]
    on = Counter[int]()
    for slot in served.opened.plan.slots:
        for trial in slot:
            if served.opened.plan.pairs[trial.pair].purpose == "study":
                on[trial.pair] += 1 if trial.is_first_left else -1
    return _is_no_coin(sum(one.is_first for one in lefts), len(lefts)) or any(on.values())


def _bodies_tell(found: list[Seen], raters: list[Rater], served: Site) -> bool:
    """Samples have lengths of their own, or cannot be had."""
    return len({len(one.answer.content) for one in found}) > 1 or any(one.answer.status_code != 200 for one in found)


def _headers_tell(found: list[Seen], raters: list[Rater], served: Site) -> bool:
    """Headers differ from sample to sample, or say what it is, or how old."""
    told = {tuple(sorted(one.answer.headers.items())) for one in found}
    names: set[str] = {name for headers in told for name, _ in headers}
    return len(told) > 1 or not names.isdisjoint({"etag", "last-modified", "content-disposition", "age", "date"})


def _answers_tell(found: list[Seen], raters: list[Rater], served: Site) -> bool:
    """An answer has other parts, or another length, after a right choice than after a wrong one."""
    plan = served.opened.plan
    told: dict[bool, set[tuple[Any, ...]]] = {True: set(), False: set()}
    for rater, slot in zip(raters, plan.slots, strict=False):
        judged = [answer for answer in rater.answers if answer.url.path.endswith("/judge")]
        for n, answer in enumerate(judged[:-5]):  # the last ones have fewer trials ahead, and the code
            right = slot[n].is_first_left == (n % 2 == 0)
            state = answer.json()
            digits = len(str(state["done"])) + sum(len(str(one["n"])) for one in state["trials"])
            told[right].add((tuple(state), len(answer.content) - digits, answer.status_code))
    return told[True] != told[False]


def _words_tell(found: list[Seen], raters: list[Rater], served: Site) -> bool:
    """Whatever a browser gets holds the name of the study's folder, of a source, or a word of the plan."""
    forbidden = (
        served.opened.study.name,
        "zebragan",
        "real.txt",
        '"correct"',
        '"purpose"',
        '"catch"',
        '"is_real"',
        '"generated"',
    )
    texts = [answer.text.lower() for rater in raters for answer in rater.answers]
    texts += [served.client.get(f"/static/{name}").text.lower() for name in ("rater.js", "rate.css")]
    return any(word in text for text in texts for word in forbidden)


def _is_no_coin(heads: int, flips: int) -> bool:
    return bool(abs(heads - flips / 2) > BEYOND * flips**0.5 / 2)


@pytest.fixture
def fresh(study: Path, tmp_path: Path) -> Path:
    """The study with nobody in it."""
    return Path(shutil.copytree(study, tmp_path / STUDY))


def test_nothing_that_a_browser_gets_tells_which_sample_is_real(fresh: Path) -> None:
    with site(fresh) as served:
        assert leaks(served) == []


def names_are_items(monkeypatch: pytest.MonkeyPatch) -> None:
    """Samples are called what they are called on the disk."""
    honest = Desk._visit

    def visit(self: Desk, session: Session) -> Visit:
        told = honest(self, session)
        numbers = {name: f"{item:032}" for name, item in told.items.items()}
        shown = tuple({**one, "left": numbers[one["left"]], "right": numbers[one["right"]]} for one in told.shown)
        return replace(told, shown=shown, items={numbers[name]: item for name, item in told.items.items()})

    monkeypatch.setattr(Desk, "_visit", visit)


def names_are_the_same_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sample's name has nothing of the session in it."""
    honest = Opened.hide
    monkeypatch.setattr(
        Opened,
        "hide",
        lambda self, use, told, size=16: honest(self, use, told.partition(":")[2] if use == "sample" else told, size),
    )


def the_real_one_is_on_the_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """The plan forgot its coin."""
    honest = Trial.items
    monkeypatch.setattr(Trial, "items", lambda self, pair: honest(replace(self, is_first_left=True), pair))


def bodies_are_as_long_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """Samples are not padded."""
    monkeypatch.setattr(Items, "body", Items.unpadded)


def samples_have_etags(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever serves files adds what files have."""
    honest = Routes._sample

    async def sample(self: Routes, request: Any) -> Response:
        answer = await honest(self, request)
        answer.headers["ETag"] = f'"{hash(bytes(answer.body))}"'
        return answer

    monkeypatch.setattr(Routes, "_sample", sample)


def choices_are_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer says whether the choice was right."""
    honest = Desk.state
    monkeypatch.setattr(Desk, "state", lambda self, visit: {**honest(self, visit), **_mark(self, visit)})


def _mark(desk: Desk, visit: Visit) -> dict[str, Any]:
    last = max(visit.session.done, default=-1)
    if last < 0:
        return {}
    trial = desk.opened.plan.slots[visit.session.slot][last]
    return {"ok" if trial.is_first_left == (last % 2 == 0) else "no": 1}


def pages_name_generators(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page says of what the samples are."""
    honest = pages.pages
    monkeypatch.setattr(
        "byheart.web.app.pages", lambda study: honest(replace(study, title=f"real against {study.generators[0]}"))
    )


def pages_name_the_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """Raters are told what the study's owner calls it."""
    honest = pages.pages
    monkeypatch.setattr("byheart.web.app.pages", lambda study: honest(replace(study, title=study.name.upper())))


@pytest.mark.parametrize(
    ("plant", "told"),
    [
        (names_are_items, "names"),
        (names_are_the_same_for_all, "names"),
        (the_real_one_is_on_the_left, "sides"),
        (bodies_are_as_long_as_they_are, "bodies"),
        (samples_have_etags, "headers"),
        (choices_are_marked, "answers"),
        (pages_name_generators, "words"),
        (pages_name_the_folder, "words"),
    ],
)
def test_a_leak_that_is_planted_is_found(
    fresh: Path, monkeypatch: pytest.MonkeyPatch, plant: Callable[[pytest.MonkeyPatch], None], told: str
) -> None:
    plant(monkeypatch)
    with site(fresh) as served:
        assert told in leaks(served)


def test_the_second_rater_of_a_pair_sees_it_the_other_way_round(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with site(make(tmp_path / "honest")) as served:
        assert not _sides_tell([], [], served)
    monkeypatch.setattr(
        design, "Trial", lambda pair, _: Trial(pair, is_first_left=pair % 2 == 0)
    )  # whose turn it is no longer counts
    with site(make(tmp_path / "planted")) as served:
        assert _sides_tell([], [], served)


@pytest.fixture(autouse=True)
def unpatched(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    yield
    monkeypatch.undo()
