"""`make demo-rate`: the paper's Figure 2, as a study: which one is real?

Two studies on real images: samples of MemGEN beside held-out ones, and those of a generator that blurs beside the same. No person is asked here: a machine looks at every picture that raters would see,
measures how natural it is (its edges, its grain and its contrast, by those of the training pictures), and simulated raters go by that. They are marked as such, and prove nothing about people; what they show
is that the verdict comes from the pictures. The demo ends with an error where a verdict is not what it must be.
"""

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import click
import numpy as np
from PIL import Image, ImageFilter

from byheart.paper.data import sets
from byheart.paper.data.parcels import CIFAR10
from byheart.paper.people.raters import Eye, Pictures, fill
from byheart.rating.folder import open_study
from tools.stage import Stage, own, say, title

_HELD_OUT: Final = 1_600
_GENERATED: Final = 1_000
_EXPECTED: Final = {"memgen": 0, "blurred": 1}
_BLUR: Final = 0.6  # pixels


def study(stage: Stage, name: str, real: Path, generated: Path, eye: Eye) -> int:
    """Make a study, let simulated raters fill it, and report; the exit code of the report."""
    folder, page = stage.paths(f"study-{name}", "", ".html")
    stage.byheart("rate", "new", folder, "--real", real, "--generated", generated, "--seed", "0")
    came = fill(open_study(folder), eye, now=time.time())
    say(f"{came.raters} simulated raters went by what a machine saw, and made {came.judgments:,} judgments")
    return stage.byheart("rate", "report", folder, "--simulated", "--html", page, expected=(0, 1, 3))


def _save(pictures: Sequence[Any] | Pictures, folder: Path) -> Path:
    folder.mkdir()
    for at, picture in enumerate(pictures):
        Image.fromarray(np.asarray(picture)).save(folder / f"{at:04}.png")
    return folder


def run(folder: Path, *, offline: bool) -> bool:
    """Both studies; whether both verdicts are what they must be."""
    began = time.perf_counter()
    stage = Stage(folder, offline)
    title("Which one is real? (the paper's Figure 2)")
    pictures = stage.have(CIFAR10, sets.cats, "scikit-learn's digits", sets.digits)
    order = np.random.default_rng(0).permutation(len(pictures))
    count = min(_HELD_OUT, len(pictures) // 2)
    heldout, train = pictures[order[:count]], pictures[order[count:]]
    paths = stage.paths("rate", "-train", "-heldout", ".memory", "-memgen", "-blurred")
    source, real, memory, memgen, blurred = paths
    _save(train, source)
    _save(heldout, real)
    stage.byheart("learn", source, memory)
    stage.byheart("sample", memory, "-n", str(_GENERATED), "--seed", "1", "-o", memgen)
    blur = ImageFilter.GaussianBlur(_BLUR)
    _save([Image.fromarray(picture).filter(blur) for picture in train[:_GENERATED]], blurred)
    eye = Eye(np.array([_upright(picture) for picture in train]))
    title("MemGEN beside held-out pictures")
    codes = {"memgen": study(stage, "memgen", real, memgen, eye)}
    title("A generator that blurs, beside the same")
    codes["blurred"] = study(stage, "blurred", real, blurred, eye)
    title("Figure 2")
    for name, code in codes.items():
        said = {0: "INDISTINGUISHABLE", 1: "DISTINGUISHABLE", 3: "INCONCLUSIVE"}[code]
        say(f"{name:8}  {said}   {folder / f'study-{name}.html'}")
    say(f"{time.perf_counter() - began:.0f} s; simulated raters: nothing is known of people")
    return codes == _EXPECTED


def _upright(picture: Pictures) -> Pictures:
    return np.asarray(Image.fromarray(picture).convert("RGB"))


@click.command()
@click.option("--folder", default="demo", type=click.Path(path_type=Path), help="Where everything is made.")
@click.option("--offline", is_flag=True, help="Fetch nothing.")
def main(folder: Path, *, offline: bool) -> None:
    """Figure 2, as a study."""
    if not run(own(folder), offline=offline):
        sys.exit("the demo ends here: a verdict is not what it must be")


if __name__ == "__main__":
    main()
