"""What others miss: the page says what its run found, and a function of theirs is run as it stands."""

import json
from pathlib import Path

import pytest
from tools.others import page
from tools.others.lifting import lifted

DOCS = Path(__file__).parents[1] / "docs"
TOLD = json.loads((DOCS / "what-others-miss.json").read_text("utf-8"))


def test_the_page_has_the_figures_of_the_run_beside_it() -> None:
    assert (DOCS / "what-others-miss.md").read_text("utf-8") == page.page(TOLD)


def test_every_case_was_run_and_the_peer_erred_in_each() -> None:
    assert not TOLD["missing"]
    assert set(TOLD["cases"]) == {case.name for case in page.CASES}
    assert not page.not_reproduced(TOLD)


def test_where_byheart_falls_short_the_page_says_so() -> None:
    text = page.page(TOLD)
    assert ("byheart itself falls short in" in text) == bool(page.missed(TOLD))
    name = "A table of 81 cells"
    wrong = {**TOLD["cases"][name], "memory_verdict": "BELOW"}
    assert f"byheart itself falls short in: {name}." in page.page({**TOLD, "cases": {name: wrong}})


def test_each_row_leads_to_its_paragraph() -> None:
    text = page.page(TOLD)
    for case in page.CASES:
        assert f"(#{case.anchor})" in text
        assert f"\n## {case.name}\n" in text


def test_a_case_that_cannot_be_run_says_why() -> None:
    text = page.page({**TOLD, "cases": {}, "missing": {"A case": "ModuleNotFoundError: nobody is not installed"}})
    assert "Not run here: A case: ModuleNotFoundError: nobody is not installed." in text


def test_a_function_is_run_as_it_stands_in_a_package_that_is_not_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "peer_of_none").mkdir()
    (tmp_path / "peer_of_none" / "__init__.py").write_text("raise ImportError\n")
    (tmp_path / "peer_of_none" / "sums.py").write_text(
        "import nothing\nclass Sums:\n    @nothing.checked\n    def twice(self, what: nothing.Number) -> nothing.Number:\n        return double * what\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    assert lifted("peer_of_none", "sums.py", "Sums.twice", {"double": 2})(None, 21) == 42
    with pytest.raises(ModuleNotFoundError, match="nobody"):
        lifted("nobody", "sums.py", "twice", {})
