"""The whole paper, quickly, from end to end: its claims against tolerances, its page in a browser, and twice the same."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import pytest
from pypdf import PdfReader

from byheart.paper.asking import Asked
from byheart.paper.claims import Verdict
from byheart.paper.found import Found
from byheart.paper.running import run
from byheart.paper.sections import SECTIONS, Section
from chromium import axe, chromium


class Nobody:
    """Who watches."""

    def say(self, text: str) -> None:
        pass

    def begin(self, section: Section, at: int, of: int) -> Callable[[float, str], None]:
        return lambda share, told: None

    def end(self, section: Section, found: Found, seconds: float | None) -> None:
        pass


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole") / "paper"
    run(folder, Asked(is_offline=True), Nobody())
    return folder


def results(folder: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((folder / "results.json").read_text("utf-8"))
    return told


def test_every_section_has_claims_with_a_number_and_a_verdict(out: Path) -> None:
    told = results(out)
    assert set(told["numbers"]) == {section.name for section in SECTIONS}
    assert len(told["claims"]) >= 30
    for claim in told["claims"]:
        assert claim["verdict"] in set(get_args(Verdict))
        assert claim["number"] or claim["verdict"] == "not tried"
        assert claim["detail"]


def test_what_is_certain_of_memgen_holds(out: Path) -> None:
    """Not what rests on times, on chance beyond a test's level, or on what simulated raters say."""
    told = {claim["claim"]: claim for claim in results(out)["claims"]}

    def verdict(words: str) -> str:
        (found,) = [claim for name, claim in told.items() if re.search(words, name)]
        return str(found["verdict"])

    assert verdict("identity function is auto-invertible") == "holds"
    assert verdict("poem recitation") == "holds"
    assert verdict("Duplicates are respected") == "holds"
    assert verdict("generates this page") == "holds"
    assert verdict("of any type").startswith("holds")
    assert verdict("internet is full of") == "not tried"


def test_the_files_say_the_same(out: Path) -> None:
    told = results(out)
    names = {figure["name"] for figure in told["figures"]}
    assert {path.stem for path in (out / "figures").glob("*.svg")} == names
    assert {path.stem for path in (out / "figures").glob("*.pdf")} == names
    printed = "".join(page.extract_text() for page in PdfReader(out / "paper.pdf").pages)
    assert all(claim["claim"].split()[0] in printed for claim in told["claims"])
    page = (out / "index.html").read_text("utf-8")
    assert all(claim["verdict"] in page for claim in told["claims"])
    assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", page)


def test_two_runs_with_one_seed_find_the_same_but_for_times(out: Path, tmp_path: Path) -> None:
    """And for what rests on times, which is marked."""

    def but_for_times(folder: Path) -> dict[str, Any]:
        told = {name: value for name, value in results(folder).items() if name not in {"timings", "environment"}}
        return told | {"claims": [claim for claim in told["claims"] if not claim["is_timed"]]}

    run(tmp_path / "again", Asked(is_offline=True), Nobody())
    assert but_for_times(tmp_path / "again") == but_for_times(out)


def test_the_page_opens_without_a_network_and_without_an_error_and_for_everyone(out: Path) -> None:
    with chromium() as browser:
        context = browser.new_context(offline=True)
        page = context.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda told: faults.append(told.text) if told.type == "error" else None)
        page.goto(out.joinpath("index.html").as_uri())
        assert page.inner_text("h1").startswith("Of ")
        assert axe(page) == []
        assert faults == []
