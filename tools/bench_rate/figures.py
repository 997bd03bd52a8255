"""Each figure, by everyone in turn."""

import asyncio
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from byheart.paper.people.screenshot import chromium
from tools.bench.results import Results, Series, Verdict
from tools.bench_rate import browsing, contestants, load, postgres, samples
from tools.bench_rate import names as n
from tools.bench_rate.contestant import Contestant, Process, free_port, python, served
from tools.bench_rate.killing import Siege
from tools.bench_rate.ours import Byheart, anew, write

_MB: Final = 1e6
_SPARE: Final = 1.6  # of real samples, so many a pair: some show twice, or are what is caught with


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is done.

    Attributes:
        texts, images: pairs that are made and served.
        crowd: pairs of the study that many rate.
        seconds: that they rate.
        seen: pairs that follow a choice, in the browser.
        kills, wanted, wanted_of_peer: how often a server is killed, and how many judgments are to be acknowledged.
        rounds: turns of everyone.
    """

    texts: int = 500
    images: int = 1_000
    crowd: int = 6_000
    seconds: float = 5.0
    seen: int = 30
    kills: int = 20
    wanted: int = 10_000
    wanted_of_peer: int = 300
    rounds: int = 3


QUICK: Final = Sizes(40, 20, 300, 0.5, 3, 2, 100, 10, 1)


class Turns:
    """What everyone reached, turn by turn."""

    def __init__(self, results: Results, workload: str) -> None:
        self._results, self._workload = results, workload
        self._values: dict[tuple[str, str, str], list[float]] = defaultdict(list)

    def add(self, who: str, figure: str, unit: str, value: float) -> None:
        """A turn's figure."""
        self._values[figure, who, unit].append(value)

    @contextmanager
    def of(self, who: str) -> Iterator[None]:
        """A turn: one that fails is told of, and the others go on."""
        try:
            yield
        except (RuntimeError, OSError) as error:
            self._results.missing[f"{who}, {self._workload}"] = str(error).strip().splitlines()[-1][:200]

    def tell(self) -> None:
        """Keep them."""
        for (figure, who, unit), values in self._values.items():
            self._results.series.append(Series(figure, self._workload, who, unit, tuple(values)))


def start(folder: Path, sizes: Sizes, results: Results) -> None:
    """From the command to the first answer; byheart makes the study first."""
    turns = Turns(results, n.TEXTS)
    real, generated = samples.texts(int(sizes.texts * _SPARE), 1), samples.texts(sizes.texts, 2)
    sources = write(folder, real, generated)
    made = contestants.get(n.OURS).furnish(folder / "made", real, generated, sizes.texts)
    for turn in range(sizes.rounds):
        with turns.of(n.OURS):
            _one_line(turns, folder / f"one{turn}", sources, sizes.texts)
        with turns.of(n.MADE):
            anew(made)
            _serve(turns, n.MADE, contestants.get(n.OURS), made)
        if _is_here(results):
            with turns.of(n.PEER):
                peer = contestants.get(n.PEER)
                _serve(turns, n.PEER, peer, peer.furnish(folder / f"potato{turn}", real, generated, sizes.texts))
    turns.tell()


def start_images(folder: Path, sizes: Sizes, results: Results) -> None:
    """The same, of pictures."""
    turns = Turns(results, n.IMAGES)
    real, generated = samples.pictures(folder, int(sizes.images * _SPARE), sizes.images)
    for turn in range(sizes.rounds):
        with turns.of(n.OURS):
            sources = ["--real", str(real), "--generated", str(generated)]
            _one_line(turns, folder / f"one{turn}", sources, sizes.images)
    results.missing[f"{n.PEER}, {n.IMAGES}"] = "it prepares no pictures: they are sent as they are, by their names"
    turns.tell()


def browse(folder: Path, sizes: Sizes, results: Results) -> None:
    """What a rater sees."""
    if chromium() is None:
        results.missing[n.BROWSER] = "no Chromium is installed"
        return
    turns = Turns(results, n.BROWSER)
    real, generated = samples.texts(int(sizes.texts * _SPARE), 1), samples.texts(sizes.texts, 2)
    for turn in range(sizes.rounds):
        for who, query in ((n.OURS, "?rater=b"), (n.PEER, "?PROLIFIC_PID=b")):
            if who == n.PEER and not _is_here(results):
                continue
            contestant = contestants.get(who)
            study = contestant.furnish(folder / f"{who}{turn}", real, generated, sizes.texts)
            with turns.of(who), _served(contestant, study) as (server, page):
                seen = browsing.see(who, f"{page}{query}", sizes.seen)
                turns.add(who, n.FIRST, "s", seen.first)
                turns.add(who, n.REQUESTS, "requests", seen.requests)
                turns.add(who, n.NEXT, "s", sorted(seen.waits)[int(0.95 * len(seen.waits))])
                del server
    turns.tell()


def crowds(folder: Path, sizes: Sizes, results: Results) -> None:
    """What many raters wait, and what the server takes."""
    turns = {raters: Turns(results, n.crowd(raters)) for raters in n.CROWDS}
    real, generated = samples.texts(int(sizes.crowd * _SPARE), 1), samples.texts(sizes.crowd, 2)
    ours = Byheart(options=("--raters-per-pair", "3"))
    study = ours.furnish(folder / "ours", real, generated, sizes.crowd)
    binaries = postgres.programs()
    if binaries is None:
        results.missing[n.POSTGRES] = "the programs of PostgreSQL are not installed"
    for turn in range(sizes.rounds):
        anew(study)
        _load(turns, n.OURS, ours, study, sizes)
        if _is_here(results):
            for who in (n.PEER, n.SAVING):
                peer = contestants.get(who)
                furnished = peer.furnish(folder / f"{who}{turn}", real, generated, sizes.texts)
                _load(turns, who, peer, furnished, sizes)
        if binaries is not None:
            with postgres.server(binaries) as address:
                _load(turns, n.POSTGRES, Byheart(database=address), study, sizes)
    for one in turns.values():
        one.tell()


def kill(folder: Path, sizes: Sizes, results: Results) -> None:
    """Whether what was acknowledged is there after kills."""
    turns = Turns(results, n.KILLS)
    for who, wanted in ((n.OURS, sizes.wanted), (n.PEER, sizes.wanted_of_peer)):
        if who == n.PEER and not _is_here(results):
            continue
        contestant = Byheart(options=("--raters-per-pair", "3"), most=4) if who == n.OURS else contestants.get(who)
        pairs = max(wanted * 3 // 4, 400)  # of three raters each: some are left after the last kill
        real, generated = samples.texts(int(pairs * _SPARE), 1), samples.texts(pairs, 2)
        study = contestant.furnish(folder / who, real, generated, pairs)
        with turns.of(who):
            found = asyncio.run(Siege(contestant, study, free_port(), raters=10).run(sizes.kills, wanted))
            turns.add(who, n.ACKNOWLEDGED, "judgments", found.acknowledged)
            turns.add(who, n.LOST, "judgments", found.lost)
            turns.add(who, n.DOUBLED, "judgments", found.doubled)
            turns.add(who, n.SAFE, "share", 1 - (found.lost + found.doubled) / found.acknowledged)
    turns.tell()


TASKS: Final[Mapping[str, Callable[[Path, Sizes, Results], None]]] = {
    "start": start,
    "images": start_images,
    "browser": browse,
    "crowds": crowds,
    "kills": kill,
}


def run(name: str, sizes: Sizes, results: Results) -> None:
    """Measure one of them, in a folder that is removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="bench-rate-"))
    try:
        TASKS[name](folder, sizes, results)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def judge(results: Results) -> None:
    """The targets, of what there is."""
    for limits, at_least in ((n.LIMITS, False), (n.LEAST, True)):
        for figure, workload, unit, wanted in limits:
            if found := results.of(figure, workload).get(n.OURS):
                verdict = Verdict(figure, workload, n.OURS, found.values, wanted, at_least=at_least, unit=unit)
                results.judge(verdict)
    for figure, workload, one, other, claim in n.RATIOS:
        results.judge(Verdict(figure, workload, claim, results.ratio(figure, workload, one, other), 0.0))


def _one_line(turns: Turns, folder: Path, sources: list[str], pairs: int) -> None:
    """`byheart rate --real ... --generated ...`, until it answers; what it answers first is its style, since the raters' address is not known before."""
    folder.mkdir()
    port = free_port()
    made = [*python(), "-m", "byheart", "rate", *sources, "--study", str(folder / "study"), "--pairs", str(pairs)]
    server = Process([*made, "--port", str(port)], f"http://127.0.0.1:{port}/static/rate.css", folder)
    try:
        turns.add(n.OURS, n.START, "s", server.wait())
        turns.add(n.OURS, n.RAM, "MB", server.resident / _MB)
    finally:
        server.end()


def _serve(turns: Turns, who: str, contestant: Contestant, study: Path) -> None:
    port = free_port()
    server = Process(contestant.command(study, port), contestant.page(study, port), study)
    try:
        turns.add(who, n.START, "s", server.wait())
        turns.add(who, n.RAM, "MB", server.resident / _MB)
    finally:
        server.end()


def _load(turns: dict[int, Turns], who: str, contestant: Contestant, study: Path, sizes: Sizes) -> None:
    """Two crowds, one after the other, at one server."""
    with turns[n.CROWDS[-1]].of(who), _served(contestant, study) as (server, page):
        for raters, told in turns.items():
            spent = server.spent
            found = load.put(who, page, raters, sizes.seconds)
            told.add(who, n.RATE, "judgments/s", found.rate)
            told.add(who, n.HALF, "s", found.quantile(0.5))
            told.add(who, n.MOST, "s", found.quantile(0.99))
            told.add(who, n.SPENT, "µs", (server.spent - spent) / len(found.waits) * 1e6)
            told.add(who, n.RAM, "MB", server.resident / _MB)


@contextmanager
def _served(contestant: Contestant, study: Path) -> Iterator[tuple[Process, str]]:
    port = free_port()
    page = contestant.page(study, port)
    with served(contestant.command(study, port), page, study) as server:
        yield server, page


def _is_here(results: Results) -> bool:
    """Whether Potato is installed beside this interpreter."""
    if contestants.potato():
        return True
    results.missing[n.PEER] = "it could not be installed here"
    return False
