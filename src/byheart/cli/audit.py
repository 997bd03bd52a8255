"""`byheart audit`: which generated records are copies of training records?"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click

from byheart import _files
from byheart.auditing.annotations import github
from byheart.auditing.audit import ALPHA, FAIL_ABOVE
from byheart.auditing.audit import audit as audited
from byheart.auditing.findings import Audit
from byheart.auditing.reading import BUDGET
from byheart.auditing.redaction import Ids, ids_of
from byheart.auditing.why import Explanation
from byheart.auditing.why import why as explained
from byheart.cli import copies, progress
from byheart.cli.options import SEED, SHARE, Share, check_free, check_learned, print_json
from byheart.errors import InputError

_MEGABYTE: Final = 1 << 20


@click.command()
@click.option("--generated", required=True, metavar="G", help="Records of the generator.")
@click.option("--heldout", metavar="H", help="Real records that it was not trained on (`byheart split`).")
@click.option("--memory", metavar="M", help="What it was trained on, learned by heart.")
@click.option("--train", metavar="T", help="The same as files, where there is no memory.")
@click.option(
    "--alpha",
    type=Share(),
    default=ALPHA,
    show_default=True,
    help="False discovery rate of the copies that are named.",
)
@click.option(
    "--fail-above",
    type=SHARE,
    default=FAIL_ABOVE,
    show_default=True,
    help="The share of copies that is too much: exit 0 below, 1 above, 3 where it cannot be told.",
)
@click.option(
    "--features",
    metavar="NAME",
    help="What to compare records by, as pixels, onnx:PATH or column:NAME; left out, what suits their kind.",
)
@click.option("--keys", metavar="NAMES", help="Columns, separated by commas, that tell together whom a row is about.")
@click.option("--id", "id_column", metavar="COLUMN", help="Who a row is; it is no part of the record.")
@click.option("--field", metavar="NAME", help="Of JSON lines, CSV or Parquet, the field that is the record.")
@click.option("--why", type=click.IntRange(min=0), metavar="INDEX", help="Explain one sample, by its number from 0.")
@click.option("--show-records", is_flag=True, help="Show training records in the report, which no report does unasked.")
@click.option("--id-key", metavar="FILE", help="Keep the key by which reports name training records, or use one kept.")
@click.option(
    "--memory-budget", type=click.IntRange(min=1), default=BUDGET // _MEGABYTE, show_default=True, help="MB of RAM."
)
@click.option("--checkpoint", metavar="FOLDER", help="Keep finished parts there: the same command goes on from them.")
@click.option("--seed", type=SEED, default=0, show_default=True, help="The same seed, the same answer.")
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "github"]),
    default="text",
    help="What to print: for people, or a pipeline.",
)
@click.option(
    "--html", metavar="OUT", help="A page that opens without a network; with --show-records, with pairs side by side."
)
@click.option(
    "--json",
    "out",
    is_flag=False,
    flag_value="-",
    metavar="[OUT]",
    help="Print one JSON object, or write it to a file.",
)
@click.option("--overwrite", is_flag=True, help="Replace the files of --html and --json.")
@click.pass_context
def audit(
    ctx: click.Context,
    generated: str,
    heldout: str | None,
    memory: str | None,
    train: str | None,
    alpha: float,
    fail_above: float,
    features: str | None,
    keys: str | None,
    id_column: str | None,
    field: str | None,
    why: int | None,
    show_records: bool,
    id_key: str | None,
    memory_budget: int,
    checkpoint: str | None,
    seed: int,
    style: str,
    html: str | None,
    out: str | None,
    overwrite: bool,
) -> None:
    """Name the generated records that are copies of training records, and tell what share of the output they are.

    Each sample is compared with all training records: by bytes, by content, and by what its kind allows (pictures, words, cells, features). Held-out
    records tell what is near by chance. Reports hold nothing of a training record, unless --show-records is said.
    """
    check_learned(memory, train)
    _check_files(html, None if out == "-" else out, overwrite=overwrite)
    names = () if keys is None else tuple(name.strip() for name in keys.split(","))
    asked = _Asked(
        generated, heldout, memory, train, features, names, id_column, field, ids_of(id_key), memory_budget << 20, seed
    )
    if why is not None:
        _check_alone({"--html": html, "--format": style if style != "text" else None, "--checkpoint": checkpoint})
        _explain(asked, why, out, show_records=show_records)
        return
    with progress.bar("auditing", shown=out != "-") as bar:
        told = asked.audit(alpha, fail_above, checkpoint, bar)
        seconds = bar.seconds
    if html is not None:
        _files.replace(Path(html), told.to_html(show_records=show_records).encode())
    if out is not None:
        _put(out, told.to_dict(show_records=show_records))
    if style == "github":
        for line in github(told, generated if Path(generated).is_file() else None):
            click.echo(line, err=out == "-")  # runners read both; standard output is the object's alone
    elif out != "-":
        copies.show(told, seconds, show_records=show_records)
        for path in filter(None, (html, out)):
            click.echo(f"written to {path}")
        click.echo(f"{told.verdict}: exit {told.exit_code}")
    ctx.exit(told.exit_code)


def _check_files(html: str | None, out: str | None, *, overwrite: bool) -> None:
    for option, path in (("--html", html), ("--json", out)):
        check_free(option, path, overwrite=overwrite)
    if html is not None and out is not None and Path(html).absolute() == Path(out).absolute():
        raise InputError(f"--html, --json: wanted a file each, got {html} for both: name another")


def _check_alone(others: Mapping[str, str | None]) -> None:
    """An explanation of one sample has none of what is asked for an audit."""
    for option, value in others.items():
        if value is not None:
            raise InputError(f"{option} {value}: wanted an audit, got --why, which explains one sample: leave one out")


def _explain(asked: "_Asked", index: int, out: str | None, *, show_records: bool) -> None:
    with progress.bar("explaining", shown=out != "-") as bar:
        told = asked.explain(index, bar)
    if out is None:
        copies.explain(told, show_records=show_records)
    else:
        _put(out, told.to_dict(show_records=show_records))


@dataclass(frozen=True, slots=True)
class _Asked:
    """What an audit and an explanation are both asked."""

    generated: str
    heldout: str | None
    memory: str | None
    train: str | None
    features: str | None
    keys: tuple[str, ...]
    id_column: str | None
    field: str | None
    ids: Ids
    budget: int
    seed: int

    def audit(self, alpha: float, fail_above: float, checkpoint: str | None, bar: progress.Bar) -> Audit:
        """Audit all samples."""
        return audited(
            self.generated,
            self.heldout,
            memory=self.memory,
            train=self.train,
            alpha=alpha,
            fail_above=fail_above,
            features=self.features,
            keys=self.keys,
            id_column=self.id_column,
            field=self.field,
            ids=self.ids,
            memory_budget=self.budget,
            checkpoint=checkpoint,
            random_state=self.seed,
            say=lambda what, share: bar.tell(share, what),
        )

    def explain(self, index: int, bar: progress.Bar) -> Explanation:
        """Explain one of them."""
        return explained(
            self.generated,
            index,
            self.heldout,
            memory=self.memory,
            train=self.train,
            features=self.features,
            keys=self.keys,
            id_column=self.id_column,
            field=self.field,
            ids=self.ids,
            memory_budget=self.budget,
            random_state=self.seed,
            say=lambda what, share: bar.tell(share, what),
        )


def _put(out: str, told: dict[str, Any]) -> None:
    """To a file, or as a line to standard output."""
    if out == "-":
        print_json(told)
    else:
        _files.replace(Path(out), json.dumps(told, indent=2, ensure_ascii=False, allow_nan=False).encode())
