"""torchmetrics' MiFID, and torch's distances."""

from typing import Any, Final

import numpy as np

from tools.others.case import Case, Figures
from tools.others.ours import Points, audited, judged, normal, prefixed

_ROWS: Final = 2000
_COPIED: Final = 200
_WIDTH: Final = 16
_WIDE: Final = 512
_MEAN: Final = 30
_POINTS: Final = 400


def _mifid(train: Points, made: Points) -> float:
    """Its value of features as they are."""
    import torch  # noqa: PLC0415  # here, as with all others
    from torchmetrics.image.mifid import MemorizationInformedFrechetInceptionDistance  # noqa: PLC0415  # as above

    metric = MemorizationInformedFrechetInceptionDistance(torch.nn.Identity())
    metric.update(torch.as_tensor(train), real=True)
    metric.update(torch.as_tensor(made), real=False)
    return float(metric.compute())


def _angle(made: Points, train: Points) -> float:
    """The mean over the sample of 1 - |cos| to the nearest train record, as Bai et al. (2021) define it."""
    made, train = (points / np.linalg.norm(points, axis=1, keepdims=True) for points in (made, train))
    return abs(float((1 - np.abs(made @ train.T)).min(axis=1).mean()))  # 0 may be a rounding below it


def _turned() -> Figures:
    train, heldout, fresh = normal(_ROWS, _WIDTH, 0), normal(_ROWS, _WIDTH, 1), normal(_COPIED, _WIDTH, 2)
    told: dict[str, Any] = {"rows": _ROWS, "copied": _COPIED}
    for name, made in (("copies", train[:_COPIED]), ("list", train), ("fresh", fresh)):
        told[name] = _mifid(train, made)
        told[f"{name}_angle"], told[f"{name}_turned"] = _angle(made, train), _angle(train, made)
        told |= prefixed(name, judged(made, heldout, train, "mifid", "exact_share") | audited(made, heldout, train))
    return told


def _far_from_0() -> Figures:
    import torch  # noqa: PLC0415  # as above

    from byheart.neighbours import nearest  # noqa: PLC0415  # as above

    points = (_MEAN + normal(_POINTS, _WIDE, 22)).astype(np.float32)
    heldout = (_MEAN + normal(_POINTS, _WIDE, 23)).astype(np.float32)
    told = torch.as_tensor(points)
    exact = torch.cdist(told, told, compute_mode="donot_use_mm_for_euclid_dist")
    return {
        "points": _POINTS,
        "width": _WIDE,
        "mean": _MEAN,
        "theirs": float(torch.cdist(told, told).diagonal().max()),
        "exact": float(exact.diagonal().max()),
        "found": float(nearest(points.copy(), points).distances.max()),
    } | audited(points.copy(), heldout, points)


CASES: Final = (
    Case(
        name="Copies of a tenth of train",
        peer="torchmetrics 1.9.0, `MemorizationInformedFrechetInceptionDistance`",
        given="{copied:,} records of train, which has {rows:,}; then the whole list",
        says="{copies:.2f}, and as many fresh records {fresh:.2f}: no penalty. The list: {list:.2f}, perfect",
        true="all are copies: a penalty without bound",
        ours="MiFID {copies_mifid:.3g} and {list_mifid:.3g}, fresh {fresh_mifid:.3g}; exact share {copies_exact_share:.2f} and {list_exact_share:.2f}; {copies_named:,}, {list_named:,} and {fresh_named:,} named: {copies_verdict}, {list_verdict} and {fresh_verdict}",
        text="The penalty is the mean, over the *sample*, of 1 - |cos| to the nearest train record: {copies_angle:.2g} here. It takes the mean over *train* of that to the nearest generated record: {copies_turned:.2f}, above its limit of "
        "0.1, from which on there is no penalty. Of the whole list the Fréchet distance is 0, and 0 is what it returns. No penalty does, though, and byheart's MiFID is in doubt by design ([Judging](judging.md) shows why): records are counted instead. "
        "({copied} fresh records are too few for the audit to tell that a share is below 1 %.)",
        run=_turned,
        peer_errs=lambda f: f["list"] == 0 and f["copies"] < 100,
        ours_holds=lambda f: (
            f["copies_mifid"] > 1e6
            and f["copies_named"] == f["copies_samples"]
            and f["copies_verdict"] == "COPIES"
            and f["list_named"] == f["list_samples"]
            and f["list_verdict"] == "COPIES"
            and f["fresh_named"] == 0
        ),
    ),
    Case(
        name="Features far from zero",
        peer="torch 2.13.0, `torch.cdist`",
        given="{points:,} float32 records, compared with themselves: {width} dimensions, mean {mean}",
        says="distances of up to {theirs:.2f} between identical records",
        true="0",
        ours="largest distance to the nearest {found:.0f}; {named:,} of {samples:,} named: {verdict}",
        text="Above 25 records it works out |x|² + |y|² - 2xy in float32, where the difference of large numbers is lost; what is built on it takes copies for new records where the limit is small. With "
        '`compute_mode="donot_use_mm_for_euclid_dist"` it says {exact:.0f}. byheart centres the data first, and works out the nearest anew in float64.',
        run=_far_from_0,
        peer_errs=lambda f: f["theirs"] > 0.05,
        ours_holds=lambda f: f["found"] == 0 and f["named"] == f["samples"] and f["verdict"] == "COPIES",
    ),
)
