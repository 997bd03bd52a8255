"""The Fréchet distance under SciPy 1.18: `python -m tools.others.roots` runs in an environment that has it, and prints its figures."""

import json
import sys
from importlib.metadata import version
from typing import Any, Final

import numpy as np

from tools.others.lifting import lifted

_ROWS: Final = 1000
_WIDTH: Final = 64


def figures() -> dict[str, Any]:
    """By clean-fid, and by byheart, of the same samples."""
    from scipy import linalg  # noqa: PLC0415  # slow to import

    from byheart import audit, judge  # noqa: PLC0415  # as above

    frechet_distance = lifted("cleanfid", "fid.py", "frechet_distance", {"np": np, "linalg": linalg})
    train, heldout, fresh = (np.random.default_rng(seed).normal(size=(_ROWS, _WIDTH)) for seed in (10, 11, 12))
    told: dict[str, Any] = {name: version(name) for name in ("scipy", "numpy", "clean-fid")}
    told |= {"rows": _ROWS, "width": _WIDTH, "python": ".".join(map(str, sys.version_info[:3]))}
    try:
        parts = [(points.mean(axis=0), np.cov(points, rowvar=False)) for points in (fresh, train)]
        told["theirs"] = f"{frechet_distance(*parts[0], *parts[1]):.2f}"
    except Exception as error:  # noqa: BLE001  # whatever it is, is what the page tells
        told["theirs"] = f"{type(error).__name__}: {error}"
    for row in judge(fresh, heldout, train=train, metrics=["frechet_distance"]).findings:
        told[f"ours_{row.reference}"], told[f"verdict_{row.reference}"] = row.generated.value, row.verdict
    audited = audit(fresh, heldout, train=train)
    return told | {"named": len(audited.copies), "verdict": audited.verdict, "samples": audited.samples}


if __name__ == "__main__":
    print(json.dumps(figures()))
