"""A rater's way through the routes: in, practice, every trial once, and the code at the end alone."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from time import time

import pytest
from studies import PLACE, Site, make, site

from byheart.errors import StorageError
from byheart.rating.ledger_sqlite import SQLiteLedger
from byheart.rating.study import CONSENT
from byheart.web import desk
from command_line import command


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("study"))


@pytest.fixture
def study(made: Path, tmp_path: Path) -> Path:
    """The study with nobody in it."""
    return Path(shutil.copytree(made, tmp_path / "study"))


@pytest.fixture
def served(study: Path) -> Iterator[Site]:
    with site(study) as found:
        yield found


def test_a_rater_goes_from_consent_to_the_code(served: Site) -> None:
    rater = served.rater()
    assert rater.state() == {"phase": "new"}
    state = rater.join().json()
    assert (state["phase"], len(state["practice"]), state["code"]) == ("practice", 3, "")
    right = [rater.ask("POST", "/practice", {"n": 0, "side": side}).json()["right"] for side in ("left", "right")]
    assert sorted(right) == [False, True]
    state = rater.practised()
    judged = []
    while state["phase"] == "trials":
        assert state["code"] == ""
        assert 0 < len(state["trials"]) <= 4
        n = state["trials"][0]["n"]
        for side in ("left", "right"):
            body = rater.ask("GET", f"/m/{state['trials'][0][side]}")
            assert (body.status_code, body.headers["content-type"]) == (200, "text/plain; charset=utf-8")
        judged.append(n)
        state = rater.judge(n).json()
    assert judged == list(range(state["total"]))
    assert (state["phase"], state["code"], state["link"]) == ("done", "DONE42", "https://panel.example/")


def test_a_script_that_takes_all_places_gives_them_back(served: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    person = served.rater()
    person.join()
    person.practised()
    person.judge(0)
    answers = [served.rater().join().status_code for _ in range(len(served.opened.slots) + 2)]
    assert answers.count(409) == 3  # one place is a person's
    served.client.get(served.admin)
    told = served.client.get("/a/state").json()
    assert (told["turned_away"], told["people"]["silent"]) == (3, len(served.opened.slots) - 1)
    monkeypatch.setattr(desk, "time", lambda: time() + 601)
    assert served.rater().join(rater="late").status_code == 200
    assert person.judge(1).json()["done"] == 2


def test_a_choice_counts_once_however_often_it_is_sent_and_from_however_many_tabs(served: Site) -> None:
    rater = served.rater()
    rater.join()
    first = rater.practised()["trials"][0]["n"]
    assert rater.judge(first, "left", "a").json()["done"] == 1
    assert rater.judge(first, "left", "a").json()["done"] == 1  # sent again: its answer was lost
    assert rater.judge(first, "right", "b").json()["done"] == 1  # another tab, another choice
    kept = served.opened.ledger(read_only=True).judgments()
    assert [(one.judgment.chose_left, one.judgment.key) for one in kept] == [(True, "a")]


def test_who_comes_again_goes_on_where_they_were(served: Site) -> None:
    rater, again = served.rater(), served.rater()
    rater.join(PROLIFIC_PID="5f1e", STUDY_ID="s", SESSION_ID="x")
    rater.practised()
    rater.judge(0)
    state = again.join(PROLIFIC_PID="5f1e").json()
    assert (state["phase"], state["done"], [one["n"] for one in state["trials"]]) == ("trials", 1, [1, 2, 3, 4])
    assert served.rater().join(PROLIFIC_PID="other").json()["done"] == 0


def test_when_all_slots_are_taken_the_study_is_full(served: Site) -> None:
    slots = len(served.opened.plan.slots)
    assert [served.rater().join(rater=str(at)).status_code for at in range(slots)] == [200] * slots
    answer = served.rater().join(rater="late")
    assert (answer.status_code, answer.json()["error"]) == (409, "full")


def test_trials_wait_for_practice_and_consent_for_its_newest_text(served: Site) -> None:
    rater = served.rater()
    old = rater.ask("POST", "/join", {"consent": "1999-01-01", "params": {}})
    assert (old.status_code, old.json()["error"]) == (409, "consent")
    assert CONSENT in rater.ask("GET", "/").text
    rater.join()
    assert rater.judge(0).json()["error"] == "practice"


def test_the_consent_of_a_study_is_shown_as_text_and_its_version_is_kept(tmp_path: Path) -> None:
    text = "The lab of A & B asks: <script>alert(1)</script>\nWrite to a@b.example.\n\nIt pays $1.50 in ${title}."
    with site(make(tmp_path, consent=text, title="Which <i>wall</i>?")) as served:
        version, rater = served.opened.study.consent_version, served.rater()
        page = rater.ask("GET", "/").text
        assert page.index("It pays $1.50 in ${title}.</p>") < page.index("What is stored")
        assert "A &amp; B asks: &lt;script&gt;alert(1)&lt;/script&gt;\nWrite to" in page
        assert "<title>Which &lt;i&gt;wall&lt;/i&gt;?</title>" in page
        assert f'data-consent="{version}"' in page
        assert version.startswith(f"{CONSENT}-")
        assert rater.ask("POST", "/join", {"consent": CONSENT, "params": {}}).json()["error"] == "consent"
        rater.join()
        assert [one.consent for one in served.opened.ledger(read_only=True).sessions()] == [version]


def test_the_owner_is_told_the_studys_name_and_raters_a_title(served: Site) -> None:
    name = served.opened.study.name
    assert "A study" in served.rater().ask("GET", "/").text
    assert name not in served.rater().ask("GET", "/").text
    assert name in served.client.get(served.admin).text


def test_who_came_as_nobody_in_particular_is_erased_by_what_the_page_showed(
    served: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    rater, other = served.rater(), served.rater()
    mine, theirs = rater.join().json()["rater"], other.join().json()["rater"]
    assert (len(mine), mine == theirs) == (12, False)
    for one in (rater, other):
        one.practised()
        one.judge(0)
    assert rater.state()["rater"] == mine
    told = command(capsys)("rate", "erase-rater", served.opened.path, mine, "--json")
    assert json.loads(told.out)["judgments"] == 1
    assert [one.rater[:12] for one in served.opened.ledger(read_only=True).judgments()] == [theirs]


def test_who_comes_to_a_closed_study_is_told_by_the_page_itself(served: Site) -> None:
    assert 'data-stopped=""' in served.rater().ask("GET", "/").text
    served.client.get(served.admin)
    csrf = served.client.get("/a/state").json()["csrf"]
    for verb, told in (("stop", 'data-stopped="yes"'), ("resume", 'data-stopped=""')):
        headers = {"Origin": PLACE.address, "X-CSRF": csrf}
        assert served.client.post(f"/a/{verb}", headers=headers).status_code == 200
        assert told in served.rater().ask("GET", "/").text


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"judgments": []},
        {"judgments": [{"n": 0}]},
        {"judgments": [{"n": True, "side": "left", "ms": 1, "key": "k", "device": "key"}]},
        {"judgments": [{"n": 0, "side": "middle", "ms": 1, "key": "k", "device": "key"}]},
        {"judgments": [{"n": 0, "side": ["left"], "ms": 1, "key": "k", "device": "key"}]},
        {"judgments": [{"n": 0, "side": "left", "ms": -1, "key": "k", "device": "key"}]},
        {"judgments": [{"n": 0, "side": "left", "ms": 1, "key": "", "device": "key"}]},
        {"judgments": [{"n": 0, "side": "left", "ms": 1, "key": "k" * 500, "device": "key"}]},
        {"judgments": [{"n": 0, "side": "left", "ms": 1, "key": "k", "device": "telepathy"}]},
        {"judgments": [{"n": 0, "side": "left", "ms": 1, "key": "k", "device": {}}]},
        {"judgments": [0] * 1000},
        [],
        "left",
    ],
)
def test_what_is_no_choice_is_refused_and_leaves_no_trace(served: Site, told: object) -> None:
    rater = served.rater()
    rater.join()
    rater.practised()
    assert rater.ask("POST", "/judge", told).status_code == 400
    assert rater.state()["done"] == 0


def test_a_trial_that_there_is_not_is_refused_alone(served: Site) -> None:
    rater = served.rater()
    rater.join()
    total = rater.practised()["total"]
    assert rater.judge(total).json()["refused"] == [total]
    assert rater.judge(0).json()["refused"] == []


def test_a_stopped_study_lets_nobody_in_and_keeps_nothing(served: Site) -> None:
    rater = served.rater()
    rater.join()
    rater.practised()
    admin = served.client
    admin.get(served.admin)
    csrf = admin.get("/a/state").json()["csrf"]
    headers = {"Origin": "http://127.0.0.1:8700", "X-CSRF": csrf}
    assert admin.post("/a/stop", headers=headers).json() == {"is_stopped": True}
    assert served.rater().join().json()["error"] == "stopped"
    assert rater.judge(0).json()["phase"] == "stopped"
    assert admin.post("/a/resume", headers=headers).json() == {"is_stopped": False}
    assert rater.judge(0).json()["done"] == 1


def test_while_nothing_can_be_kept_raters_are_asked_to_try_again(
    served: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    rater = served.rater()
    rater.join()
    rater.practised()

    def full(*_: object, **__: object) -> None:
        raise StorageError(28, "the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(SQLiteLedger, "append", full)
        answers = [rater.judge(0) for _ in range(3)]
    assert [(one.status_code, one.json()["error"]) for one in answers] == [(503, "storage")] * 3
    assert caplog.text.count("the disk is full") == 1
    assert rater.judge(0).json()["done"] == 1


def test_a_stop_by_another_process_is_known_as_soon_as_a_choice_is_refused(served: Site) -> None:
    rater = served.rater()
    rater.join()
    rater.practised()
    other = served.opened.ledger()
    other.stop(is_stopped=True, now=0.0)
    other.close()
    told = rater.judge(0).json()
    assert (told["phase"], told["refused"]) == ("stopped", [0])
