"""The report of a study, on a phone."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from browser.browsing import PHONE
from byheart.report.page import Cell, page, table


@pytest.mark.parametrize("width", [PHONE[0], 320])
def test_a_table_of_words_is_stacked_on_a_phone_and_nothing_of_it_is_out_of_sight(
    browser: Browser, tmp_path: Path, width: int
) -> None:
    said = "not shown to have looked: 90 % is the least"
    columns = [Cell("of"), Cell("share", "right"), Cell("judgments", "right"), Cell("what it says")]
    row = [Cell("right in catch pairs (undamaged against damaged)"), Cell("100.0 % [88.4, 100.0]", "right")]
    body = [table(columns, [[*row, Cell("30", "right"), Cell(said)]], is_stacked=True)]
    (tmp_path / "report.html").write_text(page(title="t", headline="h", subline="s", body=body, data={}), "utf-8")
    context = browser.new_context(viewport={"width": width, "height": PHONE[1]})
    shown = context.new_page()
    shown.goto((tmp_path / "report.html").as_uri())
    for cell in shown.locator("td").all():
        box = cell.bounding_box()
        assert box is not None
        assert 0 <= box["x"] <= box["x"] + box["width"] <= width
    assert shown.evaluate("document.documentElement.scrollWidth") == width
    named = "getComputedStyle(document.querySelectorAll('td')[3], '::before').content"
    assert "what it says" in shown.evaluate(named)
    shown.set_viewport_size({"width": 900, "height": 600})
    assert shown.evaluate(named) == "none"
    context.close()
