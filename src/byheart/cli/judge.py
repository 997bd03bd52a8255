"""`byheart judge`: how far is a generator from the data, and from its memory?"""

from collections.abc import Sequence
from typing import Final

import click

from byheart.cli import progress, screen, table, words
from byheart.cli.options import json_option, print_json
from byheart.errors import InputError
from byheart.judging.judge import MOST
from byheart.judging.judge import judge as judged
from byheart.judging.judgment import Estimate, Finding, Judgment, Reference
from byheart.judging.verdicts import ALPHA

_REFERENCES: Final[dict[Reference, str]] = {
    "heldout": "Against held-out: is it as good as real data?",
    "train": "Against train: does it depend on what it was trained on?",
}


@click.command()
@click.option("--generated", required=True, metavar="G", help="Records of the generator.")
@click.option(
    "--heldout", required=True, metavar="H", help="Real records that it was not trained on (`byheart split`)."
)
@click.option("--memory", metavar="M", help="What it was trained on, learned by heart.")
@click.option("--train", metavar="T", help="The same as files, where there is no memory.")
@click.option("--metrics", metavar="NAMES", help="Separated by commas; left out, all.")
@click.option("--features", metavar="NAME", help="What to compare records by; left out, what suits their kind.")
@click.option(
    "--max-records", type=click.IntRange(min=20), default=MOST, show_default=True, help="Of each row, at most."
)
@click.option(
    "--seed", type=click.IntRange(0, 2**128 - 1), default=0, show_default=True, help="The same seed, the same judgment."
)
@json_option
def judge(
    generated: str,
    heldout: str,
    memory: str | None,
    train: str | None,
    metrics: str | None,
    features: str | None,
    max_records: int,
    seed: int,
    as_json: bool,
) -> None:
    """Judge the records of a generator by every metric, beside the memory itself and real data.

    Each metric is told for three samples of one size: yours, MemGEN (the memory, which only copies) and held-out (real data). Tests are permutation
    tests; verdicts are told after a correction for many of them.
    """
    if (memory is None) == (train is None):
        raise InputError("wanted either --memory or --train, got both or neither: say what it was trained on, once")
    with progress.bar("judging", shown=not as_json) as bar:
        told = judged(
            generated,
            heldout,
            memory=memory,
            train=train,
            metrics=None if metrics is None else [name.strip() for name in metrics.split(",")],
            features=features,
            max_records=max_records,
            random_state=seed,
            say=lambda what, share: bar.tell(share, what),
        )
        seconds = bar.seconds
    if as_json:
        print_json(told.to_dict())
    else:
        _show(told, seconds)


def _show(told: Judgment, seconds: float) -> None:
    sizes = told.sizes
    screen.headline(
        f"judged by {told.real.features}, {words.count(sizes['row'])} records a row", words.seconds(seconds)
    )
    p_value = f"{told.real.metric.upper()}, p {_p(told.real.p_value)}"
    if told.real.differ:
        click.echo(f"train and held-out differ ({p_value}): what is said below may be their difference")
    else:
        click.echo(f"train and held-out are alike ({p_value})")
    for reference, title in _REFERENCES.items():
        findings = [finding for finding in told.findings if finding.reference == reference]
        if findings:
            click.echo(f"\n{title}")
            _table(findings)
    _blind(told.findings)
    for missing in told.left_out:
        click.echo(f"left out: {missing}")


def _table(findings: Sequence[Finding]) -> None:
    columns = [
        table.Column("metric"),
        table.Column("yours", right=True),
        table.Column("95 %"),
        table.Column("MemGEN", right=True),
        table.Column("held-out", right=True),
        table.Column("p", right=True),
        table.Column("verdict"),
        table.Column("copies"),
    ]
    cells = [_cells(finding) for finding in findings]
    for spared in ("", "copies", "95 %"):  # the first that a narrow screen does without
        kept = [number for number, column in enumerate(columns) if column.name != spared]
        columns, cells = [columns[number] for number in kept], [[row[number] for number in kept] for row in cells]
        fitted = table.fit(columns, cells, screen.width())
        if len(fitted) == len(columns):
            break
    table.header(fitted)
    table.rows(fitted, cells)


def _cells(finding: Finding) -> list[str]:
    p_value = finding.p_left if finding.verdict == "depends on train" else finding.p_right
    sees = {None: "", True: "blind", False: "sees 100 %"}[finding.blind_to_copying]
    if finding.detects is not None and finding.detects < 1:
        sees = f"sees {finding.detects * 100:.3g} %"
    return [
        finding.title,
        _number(finding.generated.value),
        _interval(finding.generated),
        _number(finding.memgen.value),
        _number(finding.heldout.value),
        "" if p_value is None else _p(p_value),
        finding.verdict,
        sees,
    ]


def _blind(findings: Sequence[Finding]) -> None:
    names = dict.fromkeys(f.title for f in findings if f.blind_to_copying and f.reference == "heldout")
    if names:
        click.echo(f"\nBlind to copying (MemGEN does as well as real data): {', '.join(names)}.")


def _number(value: float) -> str:
    """Three figures, without the 0 before the point: .982, 14.2; two of the very small: -1.1e-4.

    >>> _number(0.98211), _number(-0.000112), _number(0), _number(1_234_567)
    ('.982', '-1.1e-4', '0', '1.2e6')
    """
    if value == 0 or 1e-3 <= abs(value) < 1e5:
        told = f"{value:.3g}"
        return told.replace("0.", ".", 1) if told.lstrip("-").startswith("0.") else told
    digits, _, power = f"{value:.1e}".partition("e")
    return f"{digits}e{int(power)}"


def _interval(estimate: Estimate) -> str:
    if estimate.low is None or estimate.high is None:
        return ""
    return f"[{_number(estimate.low)}, {_number(estimate.high)}]"


def _p(value: float) -> str:
    if value < 0.001:
        return "< .001"
    return f"{value:.3f}".lstrip("0") if value <= ALPHA else f"{value:.2f}".lstrip("0")
