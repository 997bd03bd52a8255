"""The report opens without a network, says in words what the table says, and holds its numbers as JSON."""

import json
import re
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from byheart import audit
from byheart.judging import wording
from byheart.judging.judge import judge
from byheart.judging.judgment import Judgment
from byheart.judging.samples import numbering
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


def test_a_headline_says_that_an_audit_found_copies(copied: Judgment) -> None:
    assert wording.headline(copied, has_copies=True).endswith(
        "it depends on what it was trained on: the audit names copies of training records."
    )
    spared = replace(copied, findings=tuple(one for one in copied.findings if one.reference == "heldout"))
    assert wording.headline(spared).endswith("near copies were not looked for.")
    assert "alike to what it was trained on by no metric: the audit" in wording.headline(spared, has_copies=True)
    assert "the audit names copies of training records" in copied.to_html(has_copies=True)


def test_why_a_low_p_value_is_no_verdict_is_told(copied: Judgment) -> None:
    def told(heldout: float) -> list[str]:
        findings = [
            replace(one, verdict="like real", p_left=heldout if one.reference == "heldout" else 0.001, p_right=0.5)
            for one in copied.findings
            if one.name == "mmd"
        ]
        return wording.nearly(findings)

    assert told(0.5) == [
        "Below .05 on their own, but not after the correction for many tests: MMD (the train records)."
    ]
    assert told(0.01) == [
        "Nearer to train than chance brings it, as a sample that is only wider than the data is, too: MMD."
    ]


def test_what_may_only_number_the_rows_is_told() -> None:
    rng = np.random.default_rng(0)

    def people(start: int) -> pa.Table:
        return pa.table(
            {"id": range(start, start + 200), "age": rng.integers(20, 60, 200), "pay": rng.normal(size=200)}
        )

    train, heldout, made = (people(start) for start in (0, 200, 400))
    told = judge(made, heldout, train=train, metrics=["exact_share"])
    assert told.warnings == (numbering("id", "group"),)
    assert "'id' differs in every record of train" in str(told)
    assert judge(made, heldout, train=train, metrics=["exact_share"], group="id").warnings == ()
    assert numbering("id", "id") in audit(made, heldout, train=train).warnings
    assert numbering("id", "id") not in audit(made, heldout, train=train, id_column="id").warnings


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
