"""The audit's part of the demo: generators that copy what they were trained on, and ones that do not, told apart by `byheart audit`.

The demo ends with an error where one is not: a copier must be stopped (exit code 1), another let through (0), or sent back for more records (3).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from PIL import Image

from byheart.paper.data import sets
from byheart.paper.data.parcels import UnavailableError
from byheart.paper.generators.vectors import kernel_density
from tools.files import read_rows, write_rows
from tools.stage import Stage, say, title
from tools.synthesizer import is_trained, synthesized

Pictures = npt.NDArray[np.uint8]

ROWS: Final = 1000  # of each generator of rows
PICTURES: Final = 600  # and of pictures
_COPIES: Final = (1,)  # exit codes
_COPIES_NOT: Final = (0, 3)
_ENDS: Final = {0: "let through", 1: "stopped", 3: "not stopped, for want of records"}
_NUMBERS: Final = ["age", "fnlwgt", "education_num", "capital_gain", "capital_loss", "hours_per_week"]
_FEW: Final = 100  # rows
_WIDTHS: Final = (
    ("verbatim", 0.1, "which copies: its noise is lost in rounding"),
    ("near", 5.0, "which copies, and adds a little noise"),
    ("blurred", 48.0, "which adds so much noise that it copies no more"),
)
"""Names, and bandwidths in levels of 256."""


@dataclass(frozen=True, slots=True)
class _Training:
    """How a TVAE is trained.

    Attributes:
        rows: in words.
        is_copier: whether it must be found to copy.
        options: of TVAE, and which numbers are taken for categories.
    """

    rows: str
    is_copier: bool
    options: Mapping[str, Any]

    @property
    def settings(self) -> dict[str, Any]:
        """All that `tools/tvae.py` is told."""
        return {"count": ROWS, "seed": 0, **self.options}


_OVERFITTED: Final = _Training(
    f"{_FEW} of these rows",
    is_copier=True,
    options={
        "categories": _NUMBERS,
        "epochs": 1500,
        "batch_size": _FEW,
        "embedding_dim": 3,
        "compress_dims": [128],
        "decompress_dims": [256, 256],
        "loss_factor": 10,
        "l2scale": 0.2,  # large, as ctgan samples by tanh of logits: beyond 9 all are 1, and it takes the first
    },
)
_FITTED: Final = _Training("all of these rows", is_copier=False, options={"categories": [], "epochs": 4})


def audited(stage: Stage) -> Path:
    """Tables, pictures and texts; the report of pictures, with the training records in it."""
    title("Audited: is any of it a copy, and of what?")
    _people(stage)
    report = _handwriting(stage)
    _sentences(stage)
    return report


def _people(stage: Stage) -> None:
    """A synthesizer of tables: trained on few rows until it knows them by heart, and on many for a short while."""
    try:
        if stage.offline:
            raise UnavailableError("offline")  # noqa: TRY301  # what cannot be had is told below, whatever the reason
        names, people = sets.adult()
        source, many, heldout, few = stage.paths("adult", ".csv", "-train.csv", "-heldout.csv", "-few.csv")
        write_rows(source, [names, *people])
        stage.byheart("split", source, many, heldout, "--share 0.3")
        write_rows(few, read_rows(many)[: _FEW + 1])
        _synthesized(stage, few, heldout, _OVERFITTED)
        _synthesized(stage, many, heldout, _FITTED)
    except UnavailableError as error:
        say(f"no synthesizer of tables is audited here: {error}")


def _synthesized(stage: Stage, train: Path, heldout: Path, training: _Training) -> None:
    samples, memory = stage.paths(train.stem, "-tvae.csv", ".memory")
    what = f"a TVAE, trained on {training.rows} in {training.options['epochs']:,} epochs"
    if not is_trained(train, training.settings):
        say(f"{what}, is being made (once; a few minutes)")
    samples.write_bytes(synthesized(train, training.settings).read_bytes())
    say(f"{what}; {ROWS:,} samples are in {samples}")
    stage.byheart("learn", train, memory)
    _audit(stage, samples, heldout, memory, is_copier=training.is_copier)


def _handwriting(stage: Stage) -> Path:
    """A generator of pictures, at three bandwidths."""
    source, train, heldout, memory = stage.paths("pictures", "", "-train", "-heldout", ".memory")
    _draw(source, sets.digits())
    stage.byheart("split", source, train, heldout, "--share 0.4")
    stage.byheart("learn", train, memory)
    learned = np.stack([np.asarray(Image.open(file)) for file in sorted(train.glob("*.png"))])
    for name, bandwidth, told in _WIDTHS:
        (samples,) = stage.paths(f"pictures-{name}", "")
        made = kernel_density(bandwidth)(learned.reshape(-1, 64).astype(np.float32), 0)(PICTURES, 0)
        _draw(samples, made.round().clip(0, 255).astype(np.uint8).reshape(-1, 8, 8))
        say(f"a kernel density of bandwidth {bandwidth:g}, {told}; {PICTURES} pictures are in {samples}")
        shown = ("--show-records",) if name == "near" else ()
        report = _audit(stage, samples, heldout, memory, *shown, is_copier=name != "blurred")
        if shown:
            look = report
    return look


def _draw(folder: Path, pictures: Pictures) -> None:
    """A PNG file for each."""
    folder.mkdir()
    for number, pixels in enumerate(pictures):
        Image.fromarray(pixels).save(folder / f"digit-{number:04d}.png")


def _sentences(stage: Stage) -> None:
    """Markov chains, that were trained to be judged."""
    say("the sentences of the Markov chains are those that were judged above")
    heldout, memory = (stage.folder / f"sentences{end}" for end in ("-heldout.txt", ".memory"))
    for order in (3, 1):
        _audit(stage, stage.folder / f"sentences-markov-{order}.txt", heldout, memory, is_copier=order == 3)


def _audit(stage: Stage, samples: Path, heldout: Path, memory: Path, *options: str, is_copier: bool) -> Path:
    """As a user types it; where the report is."""
    (report,) = stage.paths(f"{samples.stem}-audit", ".html")
    command: list[str | Path] = ["audit --generated", samples, "--heldout", heldout, "--memory", memory]
    code = stage.byheart(*command, "--html", report, *options, expected=_COPIES if is_copier else _COPIES_NOT)
    say(f"{_ENDS[code]}, as it should be (exit code {code})")
    return report
