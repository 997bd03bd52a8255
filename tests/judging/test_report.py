"""The report opens without a network, says in words what the table says, and holds its numbers as JSON."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest

from byheart.judging import wording
from byheart.judging.judge import judge
from byheart.judging.judgment import Judgment
from byheart.report.charts import Deviation, deviations


@pytest.fixture(scope="module")
def copied() -> Judgment:
    train, heldout = (np.random.default_rng(seed).normal(size=(300, 3)) for seed in (0, 1))
    return judge(train[:150], heldout, train=train, metrics=["mmd", "manifold", "copy_share"])


def test_the_page_loads_nothing_and_holds_its_numbers(copied: Judgment) -> None:
    page = copied.to_html()
    assert not re.search(
        r"(?:src|href|url)\s*[=(]\s*[\"']?(?!#)\w",
        re.sub(r"<script.*?</script>|xmlns:?\w*=\"[^\"]*\"", "", page, flags=re.DOTALL),
    )
    found = re.search(r'<script id="data" type="application/json">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    assert json.loads(found[1]) == json.loads(copied.to_json())
    assert page.count("<svg") == 2
    assert "var(--accent)" in page
    assert copied.to_html() == page


def test_what_comes_from_outside_is_escaped(copied: Judgment) -> None:
    hostile = replace(
        copied, left_out=("</script><script>alert(1)</script> & co",), methods={**copied.methods, "<b>": "<i>"}
    )
    page = hostile.to_html()
    assert "<script>alert" not in page
    assert "&lt;b&gt;" in page


def test_the_words_say_what_the_findings_say(copied: Judgment) -> None:
    assert wording.headline(copied) == (
        "The generator is as good as real data, as far as these records tell, and it depends on what it was trained on."
    )
    told = " ".join(wording.summary(copied))
    assert "Train and held-out cannot be told apart" in told
    assert "near copies" in told
    assert "blind to copying against held-out data are MMD, precision" in told
    copies = next(finding for finding in copied.findings if finding.name == "copy_share")
    said = wording.paragraph(copies)
    assert said.startswith("1 [.976, 1], where real data of the same size have")
    assert "That need not mean that records were copied." in said
    assert copied.real is not None
    differing = replace(copied, real=replace(copied.real, p_value=0.01))
    assert wording.summary(differing)[0].startswith("Train and held-out differ (MMD, p .010")


def test_a_judgment_prints_as_its_table(copied: Judgment) -> None:
    lines = str(copied).splitlines()
    assert lines[0] == wording.headline(copied)
    assert repr(copied) == f"<Judgment: {lines[0]}>"
    heads = [number for number, line in enumerate(lines) if line.startswith("metric ")]
    assert [lines[head - 1] for head in heads] == list(wording.TITLES.values())
    for head, reference in zip(heads, wording.TITLES, strict=True):
        end = lines[head].index("verdict")
        rows = [finding for finding in copied.findings if finding.reference == reference]
        for line, finding in zip(lines[head + 1 :], rows, strict=False):
            assert line.startswith(f"{finding.title} ")
            assert line[end:].startswith(finding.verdict)


def test_a_chart_marks_what_is_beyond_its_ends() -> None:
    rows = [Deviation("a <metric>", 0.0, -1.0, 1.0, 100.0), Deviation("b", -50.0, None, None, 0.0)]
    svg = deviations(rows, left="near", right="far", value="yours", control="memory")
    assert svg.startswith("<svg")
    assert "a &lt;metric&gt;" in svg
    assert "#0" not in re.sub(r"#[a-zA-Z]", "", svg).replace("#000000", "")
