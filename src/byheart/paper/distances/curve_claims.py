"""What the section on distances says of the paper's curves: each from numbers."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from byheart.paper.claims import OURS, Claim, holds
from byheart.paper.distances.claims import some
from byheart.paper.distances.curves import SHARES, Curve

_PLACE: Final = "1"


def up_and_right(curves: Sequence[Curve]) -> Claim:
    """That curves go up and to the right: false if one falls for sure, open if many go neither way."""
    distances = [curve for curve in curves if curve.against == "test"]
    up, down = ([curve for curve in distances if curve.way == way] for way in ("up", "down"))
    falls = [curve for curve in down if curve.is_clear(len(distances))]
    fall = f" For sure falls: {some([curve.about.title for curve in falls])}." if falls else ""
    resamples = len(distances[0].values) if distances else 0
    undecided = len(distances) - len(up) - len(down)
    detail = (
        f"With the share of memorised samples going from 0 to 100 %, {len(up)} of {len(distances)} curves of distances to test rise (a 95 % interval of the slope, over {resamples} half samples, is above 0), "
        f"{len(down)} fall, and {undecided} may do either. Of so many curves a few fall by chance; {len(falls)} {'falls' if len(falls) == 1 else 'fall'} by more than that.{fall} What lifts the others is copying. "
        "It does not hold if any falls for sure. It holds if all rise, with a caveat if more than half do and the others are undecided; else it is not settled."
    )
    is_so = False if falls else 2 * len(up) > len(distances) or None
    number = f"{len(up)} of {len(distances)} rise for sure, {len(down)} {'falls' if len(down) == 1 else 'fall'}"
    return Claim(
        "The curves go up and to the right.", _PLACE, holds(is_so, caveat=len(up) < len(distances)), number, detail
    )


def told_by_slopes(curves: Sequence[Curve]) -> Claim:
    """That what looks for copies sees them grow."""
    copies = [curve for curve in curves if curve.against == "copies"]
    caught, fooled = ([curve for curve in copies if curve.way == way] for way in ("down", "up"))
    others = [curve.about.title for curve in copies if curve.way != "down"]
    detail = (
        f"{len(caught)} of {len(copies)} values that look for copies get worse as the share of memorised samples grows, {len(fooled)} improve"
        f"{'; not all resamples agree on, or improve: ' + some(others) if others else ''}. It holds if all get worse, with a caveat if more than half do and none improves; "
        "it does not hold if one improves."
    )
    claim = "Some metrics show what the paper's metrics hide: those that look for copies get worse with each one."
    is_so = False if fooled else 2 * len(caught) > len(copies) or None
    return Claim(claim, OURS, holds(is_so, caveat=bool(others)), f"{len(caught)} of {len(copies)}", detail)


def transposing(curves: Sequence[Curve]) -> Claim:
    """That transposing helps where lower is better."""
    low = [curve for curve in curves if curve.against == "test" and curve.is_low_good and curve.way == "up"]
    helped = sum(not before and after for before, after in map(rises, low))
    detail = (
        f"Of {len(low)} curves of which lower is better, that fall as samples are memorised, {helped} rise when their axes are exchanged: "
        "that is arithmetic, as a falling curve's inverse falls. What helps is to turn the axis over, which is how all are drawn here."
    )
    claim = "Where lower is better, transposing the figure makes the curve go up and to the right."
    return Claim(claim, _PLACE, holds(helped == len(low) if low else None), f"{helped} of {len(low)}", detail)


def rises(curve: Curve) -> tuple[bool, bool]:
    """Whether a curve goes up and to the right, as it is and transposed."""
    share, value = np.array(SHARES), curve.values.mean(axis=0)
    return bool(np.polyfit(share, value, 1)[0] > 0), bool(np.polyfit(value, share, 1)[0] > 0)
