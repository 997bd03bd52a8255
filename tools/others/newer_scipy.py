"""clean-fid under SciPy 1.18, which needs a newer Python than the other peers: in an environment, and a process, of its own."""

import json
import subprocess
from pathlib import Path
from typing import Final

from tools.others.case import Case, Figures

_ROOT: Final = Path(__file__).parents[2]
PYTHON: Final = _ROOT / ".venv-others-scipy" / "bin" / "python"


def _run() -> Figures:
    if not PYTHON.exists():
        raise ModuleNotFoundError("SciPy 1.18 needs Python 3.12, and there is none here")
    done = subprocess.run([PYTHON, "-m", "tools.others.roots"], cwd=_ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.strip().splitlines()[-1])
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    return figures


CASES: Final = (
    Case(
        name="A square root that is gone",
        peer="clean-fid 0.1.35, `frechet_distance` (dgm-eval and FLD have the same)",
        given="{rows:,} fresh records in {width} dimensions, with SciPy {scipy}",
        says="{theirs}",
        true="a distance, as of fresh records",
        ours="Fréchet distance to train {ours_train:.2f}, to held-out {ours_heldout:.2f}: {verdict_train}, {verdict_heldout}; {named} named: {verdict}",
        text="All three ask SciPy for the square root of a product of two covariances by an option that SciPy 1.18 no longer has. That root, of a matrix that is not symmetric, may have imaginary parts too where there are few "
        "records: its most frequent error. byheart takes the eigenvalues of a symmetric matrix, which have none. (Python {python}, numpy {numpy}.)",
        run=_run,
        peer_errs=lambda f: "Error" in f["theirs"],
        ours_holds=lambda f: f["verdict_train"] == f["verdict_heldout"] == "like real" and f["named"] == 0,
    ),
)
