"""A run of the paper: kept section by section, taken up again, written whole; a page, a print, figures and results that say the same."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from byheart import _files
from byheart.errors import InputError, MemoryExistsError, MissingExtraError
from byheart.paper import asking, running, writing
from byheart.paper.asking import Asked, copy_of
from byheart.paper.claims import OURS, Claim, holds
from byheart.paper.figures import is_narrow, line, painted
from byheart.paper.found import Found, found_of
from byheart.paper.running import run
from byheart.paper.sections import Section
from byheart.paper.stage import Stage
from byheart.report.page import paragraph


@dataclass(frozen=True, slots=True)
class Played(Section):
    """A section of the test's own."""

    play: Callable[[Stage], Found] = lambda _: Found([], [])

    def run(self, stage: Stage) -> Found:
        return self.play(stage)


class Quiet:
    """Nobody watches; what was said is kept."""

    def __init__(self) -> None:
        self.ended: list[tuple[str, bool]] = []

    def say(self, text: str) -> None:
        pass

    def begin(self, section: Section, at: int, of: int) -> Callable[[float, str], None]:
        return lambda share, told: None

    def end(self, section: Section, found: Found, seconds: float | None) -> None:
        self.ended.append((section.name, seconds is not None))


def found(name: str) -> Found:
    def paint(canvas: Any, both: Any) -> None:
        for axes in both:
            line(axes, 0, [1, 2, 3], [1, 4, 9], "small" if is_narrow(canvas) else "<squares>")
            axes.legend()

    figure = painted(paint, f"figure-{name}", "Squares & <numbers>", "a line that rises", columns=2)
    claims = [
        Claim(f"{name} <b>works</b>", "4.1", holds(is_so=True, caveat=name == "second"), "3 of 3", "tried & told"),
        Claim(f"{name} runs `byheart check`", OURS, holds(None), "4 of 5", "by the `way`"),
    ]
    return Found([paragraph(f"of {name}"), figure], claims, {"n": 3}, {"seconds": 0.5})


@pytest.fixture
def sections(monkeypatch: pytest.MonkeyPatch) -> list[Played]:
    made = [
        Played("first", "First", "4", "none", play=lambda _: found("first")),
        Played("second", "Second", "4", "none", play=lambda _: found("second")),
    ]
    for module in (asking, running):
        monkeypatch.setattr(module, "SECTIONS", made)
    return made


def test_a_run_writes_a_page_a_print_figures_and_results(sections: list[Played], tmp_path: Path) -> None:
    told = run(tmp_path / "paper", Asked(is_offline=True), Quiet())
    page = (tmp_path / "paper" / "index.html").read_text("utf-8")
    assert "<b>works" not in page
    assert "&lt;b&gt;works&lt;/b&gt;" in page
    assert page.count('role="img"') == 4  # a wide and a narrow form of each
    assert not re.search(r"""(?:src|href)=["']https?:""", page)
    results = json.loads((tmp_path / "paper" / "results.json").read_text("utf-8"))
    assert results == json.loads(json.dumps(told.results))
    assert [claim["verdict"] for claim in results["claims"]] == [
        *("holds", "not settled"),
        *("holds, with a caveat", "not settled"),
    ]
    assert [figure["name"] for figure in results["figures"]] == ["figure-first", "figure-second"]
    assert sorted(path.name for path in (tmp_path / "paper" / "figures").iterdir()) == [
        "figure-first.pdf",
        "figure-first.svg",
        "figure-second.pdf",
        "figure-second.svg",
    ]
    assert writing.headline(told.claims).endswith("1 holds, 1 holds with a caveat")
    assert not (tmp_path / "paper" / ".work").exists()


def test_what_the_page_adds_is_not_counted_as_the_papers_and_every_claim_leads_to_its_section(
    sections: list[Played], tmp_path: Path
) -> None:
    told = run(tmp_path / "paper", Asked(is_offline=True), Quiet())
    assert writing.headline(told.claims).startswith("Of 2 claims of")
    page = (tmp_path / "paper" / "index.html").read_text("utf-8")
    tables = page.split('<h2 id="ours">')
    assert [table.count("first <") + table.count("first &lt;b") for table in tables[:1]] == [1]
    assert "first runs <code>byheart check</code>" in tables[1]
    links = re.findall(r'<a href="#([a-z_]+)">', page)
    assert set(links) == {"claims", "ours", "first", "second", "machine"}
    assert all(f'<h2 id="{name}">' in page for name in links)


def test_a_long_detail_is_folded_at_the_end_of_a_sentence(sections: list[Played], tmp_path: Path) -> None:
    detail = f"It was {'very ' * 50}short. {'And so on, and so on. ' * 10}".strip()
    long = Found([], [Claim("It works", "1", "holds", "1", detail)])
    monkeyed = Played("first", "First", "4", "none", play=lambda _: long)
    sections[:] = [monkeyed]
    run(tmp_path / "paper", Asked(is_offline=True), Quiet())
    page = (tmp_path / "paper" / "index.html").read_text("utf-8")
    seen, folded = re.findall(r"<td[^>]*>(It was [^<]*)<details><summary>more</summary>([^<]*)</details>", page)[0]
    assert f"{seen} {folded}" == detail
    assert seen.endswith(".")
    assert len(seen) <= 320


def test_the_print_has_every_claim_with_its_caveat_and_every_figure_with_its_caption(
    sections: list[Played], tmp_path: Path
) -> None:
    run(tmp_path / "paper", Asked(is_offline=True), Quiet())
    pages = PdfReader(tmp_path / "paper" / "paper.pdf").pages
    text = " ".join(page.extract_text() for page in pages)
    for said in ("first <b>works</b>", "HOLDS, WITH A CAVEAT", "tried & told", "NOT SETTLED", "Squares & <numbers>"):
        assert said in text
    assert text.count("<squares>") == 4  # two panels of each figure, as they are wide
    assert {(float(page.mediabox.width), float(page.mediabox.height)) for page in pages} == {(595.44, 841.68)}


def test_an_interrupted_run_goes_on_where_it_was(
    sections: list[Played], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(stage: Stage) -> Found:
        (stage.folder / "half").write_text("made")
        raise KeyboardInterrupt

    monkeypatch.setattr(running, "SECTIONS", [sections[0], Played("second", "Second", "4", "none", play=fails)])
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "paper", Asked(is_offline=True), Quiet())
    assert not (tmp_path / "paper" / ".work").exists()
    assert not (tmp_path / "paper" / "results.json").exists()
    monkeypatch.setattr(running, "SECTIONS", sections)
    audience = Quiet()
    again = run(tmp_path / "paper", Asked(is_offline=True), audience)
    assert audience.ended == [("first", False), ("second", True)]
    whole = run(tmp_path / "whole", Asked(is_offline=True), Quiet())
    assert without_times(again.results) == without_times(whole.results)


def test_a_missing_package_is_told_before_there_is_work(
    sections: list[Played], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "_NEEDED", ("numpy", "nobody_has_this"))
    with pytest.raises(MissingExtraError, match=r"byheart\[paper\]"):
        run(tmp_path / "paper", Asked(is_offline=True), Quiet())
    assert not (tmp_path / "paper").exists()


def test_two_runs_do_not_write_into_one_folder(sections: list[Played], tmp_path: Path) -> None:
    run(tmp_path / "paper", Asked(is_offline=True), Quiet())
    with _files.Lock(tmp_path / "paper" / ".lock"), pytest.raises(InputError, match="another run writes"):
        run(tmp_path / "paper", Asked(is_offline=True), Quiet())
    run(tmp_path / "paper", Asked(is_offline=True), Quiet())
    assert not (tmp_path / "paper" / ".lock").exists()


def test_another_seed_is_another_run(sections: list[Played], tmp_path: Path) -> None:
    run(tmp_path / "paper", Asked(is_offline=True), Quiet())
    audience = Quiet()
    run(tmp_path / "paper", Asked(is_offline=True, seed=1), audience)
    assert audience.ended == [("first", True), ("second", True)]


@pytest.mark.parametrize(
    "damage",
    [
        lambda told: "",
        lambda told: json.dumps(told)[:-9],
        lambda told: "[" * 100_000,
        lambda told: json.dumps(told | {"claims": [told["claims"][0] | {"verdict": "proved"}]}),
        lambda told: json.dumps(told | {"parts": [told["parts"][1] | {"name": "../../escaped"}]}),
        lambda told: json.dumps(told | {"numbers": 3}),
    ],
)
def test_what_was_kept_and_is_damaged_is_found_again(
    sections: list[Played], tmp_path: Path, damage: Callable[[Any], str]
) -> None:
    whole = run(tmp_path / "paper", Asked(is_offline=True), Quiet())
    (kept,) = (tmp_path / "paper" / "kept").glob("first-*.json")
    kept.write_text(damage(json.loads(kept.read_text("utf-8"))), "utf-8")
    audience = Quiet()
    again = run(tmp_path / "paper", Asked(is_offline=True), audience)
    assert audience.ended == [("first", True), ("second", False)]
    assert without_times(again.results) == without_times(whole.results)
    assert not list(tmp_path.glob("escaped*"))


def test_what_stood_in_for_data_is_tried_again_and_what_is_of_the_page_always(
    sections: list[Played], tmp_path: Path
) -> None:
    def plays(stage: Stage) -> Found:
        return Found([], [], stand_ins={"Adult": "wines"})

    sections[:] = [
        Played("first", "First", "4", "none", play=plays),
        Played("second", "Second", "4", "none", is_of_page=True),
    ]
    for asked, ended in ((Asked(is_offline=True), [False, True]), (Asked(), [True, True])):
        run(tmp_path / "paper", asked, Quiet())
        audience = Quiet()
        run(tmp_path / "paper", asked, audience)
        assert [is_new for _, is_new in audience.ended] == ended


def test_a_run_leaves_what_belongs_to_it_and_nothing_else(sections: list[Played], tmp_path: Path) -> None:
    run(tmp_path / "paper", Asked(is_offline=True), Quiet())
    for left in ("paper.pdf.1f.tmp", "kept/first.json.2e.tmp", "figures/figure-gone.svg"):
        (tmp_path / "paper" / left).write_text("half")
    run(tmp_path / "paper", Asked(is_offline=True, only=("first",)), Quiet())
    names = {str(path.relative_to(tmp_path / "paper")) for path in (tmp_path / "paper").rglob("*") if path.is_file()}
    assert {name for name in names if "kept" not in name} == {
        *(".byheart-paper", "index.html", "paper.pdf", "results.json"),
        *("figures/figure-first.svg", "figures/figure-first.pdf"),
    }
    assert not [name for name in names if name.endswith(".tmp")]


def test_a_copy_of_the_paper_changes_no_other_section(sections: list[Played], tmp_path: Path) -> None:
    run(tmp_path / "paper", Asked(is_offline=True), Quiet())
    (tmp_path / "论文\x1b.txt").write_text("Memory is All You Need")
    audience = Quiet()
    told = run(tmp_path / "paper", Asked(is_offline=True, paper=copy_of(tmp_path / "论文\x1b.txt")), audience)
    assert audience.ended == [("first", False), ("second", False)]
    assert told.results["settings"]["paper"] == "论文\\x1b.txt"


def test_what_was_found_comes_back_from_the_disk_as_it_was() -> None:
    one = found("first")
    assert found_of(one.kept()) == one


def test_the_same_figure_has_the_same_bytes() -> None:
    assert found("first").figures == found("first").figures


def test_what_cannot_be_run_is_refused(sections: list[Played], tmp_path: Path) -> None:
    with pytest.raises(InputError, match="did you mean"):
        Asked(only=("frist",))
    with pytest.raises(InputError, match="--paper"):
        copy_of(tmp_path / "none.pdf")
    (tmp_path / "empty.pdf").touch()
    with pytest.raises(InputError, match="empty"):
        copy_of(tmp_path / "empty.pdf")
    with (tmp_path / "sparse.pdf").open("wb") as file:
        file.truncate(2**31)
    with pytest.raises(InputError, match=r"at most 50 MB, got 2,147 MB"):
        copy_of(tmp_path / "sparse.pdf")
    sections.append(Played("one_shot", "One shot", "4", "none"))
    assert Asked(only=("one-shot", "First, second")).only == ("one_shot", "first", "second")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "results.json").write_text("years of work")
    (tmp_path / "mine" / "kept").mkdir()
    with pytest.raises(MemoryExistsError):
        run(tmp_path / "mine", Asked(), Quiet())
    assert sorted(path.name for path in (tmp_path / "mine").iterdir()) == ["kept", "results.json"]


def without_times(results: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in results.items() if name not in {"timings", "environment"}}
