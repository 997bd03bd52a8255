"""What strangers, other sites and raters themselves cannot do. Each rule fails its test when what keeps it is taken away."""

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.routing import Mount, Route
from starlette.testclient import TestClient
from studies import PLACE, Rater, Site, make, site

from byheart.rating.study import CONSENT
from byheart.web import guarding
from byheart.web.app import Place
from byheart.web.guarding import host_names


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("study"))


@pytest.fixture
def study(made: Path, tmp_path: Path) -> Path:
    """The study with nobody in it."""
    return Path(shutil.copytree(made, tmp_path / "study"))


@pytest.fixture
def served(study: Path) -> Iterator[Site]:
    for left in study.glob("ledger.sqlite*"):  # of whichever test was before: another order, another one
        left.unlink()
    with site(study) as found:
        yield found


@pytest.fixture
def rater(served: Site) -> Rater:
    one = served.rater()
    one.join(PROLIFIC_PID="5f1e0c77aa")
    one.practised()
    return one


def changing(app: Any) -> Iterator[tuple[str, str]]:
    """Each route that takes a POST, with its path."""
    for mount in app.routes:
        for route in mount.routes if isinstance(mount, Mount) else ():
            if isinstance(route, Route) and "POST" in (route.methods or ()):
                yield mount.path, route.path


def on_disk(study: Path) -> bytes:
    """All that a study's folder holds."""
    return b"".join(path.read_bytes() for path in study.rglob("*") if path.is_file())


def posts(served: Site) -> list[str]:
    return [f"{above}{path}" for above, path in changing(served.served.app._app)]  # type: ignore[attr-defined]  # behind the guard


def test_there_are_as_many_routes_that_change_something_as_are_tested_here(served: Site) -> None:
    assert len(posts(served)) == 7


def test_every_request_that_changes_something_wants_its_origin(served: Site, rater: Rater) -> None:
    served.client.get(served.admin)
    for client in (rater.client, served.client):
        for path in posts(served):
            for origin in (
                "",
                "null",
                "https://evil.example",
                "http://127.0.0.1:8700.evil.example",
                "http://127.0.0.1",
                "http://[",
            ):
                answer = client.post(path, json={}, headers={"Origin": origin, "X-CSRF": rater.csrf})
                assert (answer.status_code, answer.json()["error"]) == (403, "origin")


def test_every_request_that_changes_something_wants_the_pages_token(served: Site, rater: Rater) -> None:
    served.client.get(served.admin)
    other = served.rater()
    other.join()
    for path in posts(served):
        if path.endswith("/join"):
            continue  # nobody is in yet
        client = served.client if path.startswith("/a/") else rater.client
        for csrf in (None, "", "x", other.csrf, f"{rater.csrf}x"):
            headers = {"Origin": PLACE.address} | ({} if csrf is None else {"X-CSRF": csrf})
            answer = client.post(path, json={}, headers=headers)
            assert (answer.status_code, answer.json()["error"]) == (403, "csrf")


def test_the_admins_pages_refuse_everybody_else(served: Site, rater: Rater) -> None:
    secret = rater.client.cookies["byheart_rater"]
    for path in ("/a/", "/a/state", "/a/export.csv"):
        for cookie in ("", f"byheart_rater={secret}", f"byheart_admin={secret}", f"byheart_admin={served.admin[3:]}"):
            answer = served.rater().client.get(path, headers={"Cookie": cookie})
            assert (answer.status_code, answer.json()["error"]) == (403, "admin")
    for guess in (secret, served.raters.rpartition("/")[2], "x" * 43):
        assert served.client.get(f"/a/{guess}").status_code == 404


def test_an_admin_is_no_rater(served: Site) -> None:
    served.client.get(served.admin)
    assert served.client.get(f"{served.raters}/state").json() == {"phase": "new"}


def test_who_guesses_admins_addresses_has_to_wait(served: Site) -> None:
    answers = [served.client.get(f"/a/guess-{at}") for at in range(30)]
    assert {answer.status_code for answer in answers} == {404, 429}
    assert answers[-1].headers["retry-after"]
    assert served.client.get(served.admin).url.path == "/a/"  # the admin need not


def test_no_foreign_name_can_point_here(served: Site, rater: Rater) -> None:
    for host in ("evil.example", "evil.example:8700", "127.0.0.1:80"):
        assert rater.client.get(f"{served.raters}/", headers={"Host": host}).status_code == 400
    assert host_names(8700, None, "0.0.0.0") is None
    for public in (
        "https://study.example",
        "https://Study.Example",
        "https://study.example:443",
        "HTTPS://study.example",
    ):
        assert "study.example" in (host_names(8700, public, "0.0.0.0") or set())
    assert Place("::1", 8700).address == "http://[::1]:8700"


def test_every_answer_has_the_headers_that_keep_browsers_careful(served: Site, rater: Rater) -> None:
    served.client.get(served.admin)
    state = rater.state()
    paths = ["/", "/nothing", f"{served.raters}/", f"{served.raters}/state", f"{served.raters}/m/x", "/static/rate.css"]
    paths += [f"{served.raters}/m/{state['trials'][0]['left']}"]
    answers = [rater.client.get(path) for path in paths] + [served.client.get(path) for path in ("/a/", "/a/state")]
    answers += [rater.ask("POST", "/judge", {}), rater.client.post("/a/stop")]
    for answer in answers:
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "no-store"
        assert "server" not in answer.headers


def test_pages_hold_no_script_or_style_of_their_own(served: Site) -> None:
    served.client.get(served.admin)
    for page in (served.client.get(f"{served.raters}/").text, served.client.get("/a/").text):
        assert "<style" not in page
        assert " style=" not in page
        assert page.count("<script") == page.count('<script type="module" src="/static/')
        assert "http://" not in page.replace("http://www.w3.org/2000/svg", "")
        assert "https://" not in page


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(study: Path, served: Site) -> None:
    cookies = [
        served.rater().join().headers["set-cookie"],
        served.client.get(served.admin, follow_redirects=False).headers["set-cookie"],
    ]
    for cookie in cookies:
        assert "httponly" in cookie.lower()
        assert "samesite=strict" in cookie.lower()
        assert "secure" not in cookie.lower()
    with site(study, Place("127.0.0.1", 8700, "https://study.example")) as public:
        assert (
            "secure"
            in public.client.get(public.admin.removeprefix("https://study.example"), follow_redirects=False)
            .headers["set-cookie"]
            .lower()
        )


def test_tokens_have_more_bits_than_can_be_guessed_and_are_kept_as_hashes(
    served: Site, study: Path, rater: Rater
) -> None:
    secret = rater.client.cookies["byheart_rater"]
    admin = served.admin.rpartition("/")[2]
    assert min(len(secret), len(admin)) * 6 >= 128
    assert len(served.raters.rpartition("/")[2]) * 4 >= 128
    written = on_disk(study)
    assert secret.encode() not in written
    assert admin.encode() not in written
    assert guarding.hashed(secret) in written


def test_neither_a_raters_id_nor_their_address_is_kept(study: Path, rater: Rater) -> None:
    rater.judge(0)
    written = on_disk(study)
    assert b"5f1e0c77aa" not in written
    assert b"testclient" not in written  # who asks, as the application is told


def test_the_secrets_of_a_study_are_their_owners_alone(study: Path) -> None:
    if os.name == "posix":
        assert {stat.S_IMODE((study / name).stat().st_mode) for name in ("plan.json", "secret.json")} == {0o600}


def test_samples_are_given_by_name_to_those_in_whose_session_they_are(served: Site, rater: Rater) -> None:
    other = served.rater()
    other.join()
    theirs = other.practised()["trials"][0]["left"]
    for name in (theirs, "0", "1", "..", "../state", "..%2F..%2Fplan.json", "%00", "secret.json"):
        assert rater.ask("GET", f"/m/{name}").status_code in {404, 200 if name in {"..", "../state"} else 404}
    own = rater.state()["trials"][0]["left"]
    assert rater.ask("GET", f"/m/{own}").status_code == 200
    assert served.rater().ask("GET", f"/m/{own}").status_code == 404


def test_bodies_are_small_and_have_a_length(served: Site, rater: Rater) -> None:
    large = rater.ask("POST", "/judge", {"judgments": [], "more": "x" * 70_000})
    assert (large.status_code, large.json()["error"]) == (413, "length")
    endless = rater.client.post(f"{served.raters}/judge", content=iter([b"{", b"}"]), headers={"Origin": PLACE.address})
    assert endless.status_code == 413
    deep = rater.client.post(
        f"{served.raters}/judge", content=b"[" * 60_000, headers={"Origin": PLACE.address, "X-CSRF": rater.csrf}
    )
    assert deep.status_code == 400


def test_an_id_that_is_no_text_is_refused(served: Site) -> None:
    half = b'{"consent": "%s", "params": {"%s": "\\ud800"}}'
    for name in (b"rater", b"PROLIFIC_PID", b"other"):
        answer = served.client.post(
            f"{served.raters}/join", content=half % (CONSENT.encode(), name), headers={"Origin": PLACE.address}
        )
        assert (answer.status_code, answer.json()["error"]) == (400, "params")


def test_nobody_asks_too_often(study: Path) -> None:
    with site(study, a_second=2) as served:
        rater = served.rater()
        rater.join()
        answers = [rater.ask("POST", "/note", {"kind": "hidden"}) for _ in range(60)]
        assert {answer.status_code for answer in answers} == {200, 429}
        assert answers[-1].headers["retry-after"]
        assert {served.rater().join().status_code for _ in range(60)} >= {429}


def test_what_is_no_route_is_nothing(served: Site) -> None:
    for path in (
        "/docs",
        "/openapi.json",
        "/static/",
        "/static/../guarding.py",
        "/static/..%2Fguarding.py",
        "/r/",
        "/r/x/state",
    ):
        assert served.client.get(path).status_code == 404
    assert served.client.get(f"{served.raters}/judge", headers={"Host": "127.0.0.1:8700"}).status_code == 405
    assert isinstance(served.client, TestClient)
