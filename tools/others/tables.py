"""SDMetrics' DCR overfitting protection, on three tables."""

from typing import Any, Final

import numpy as np

from tools.others.case import Case, Figures
from tools.others.ours import audited, judged, prefixed

_ROWS: Final = 20_000
_ASKED: Final = 500
_MADE: Final = 2000
_CELLS: Final = 1000
_HEAVY: Final = 1000
_SEEDS: Final = 20


def _protection(train: Any, made: Any, heldout: Any, **how: int) -> tuple[float, float]:
    """Its score, and the share that it finds closer to train."""
    from sdmetrics.single_table import DCROverfittingProtection  # noqa: PLC0415  # here, as with all others

    np.random.seed(0)  # noqa: NPY002  # it draws by pandas, which draws by this
    kinds = {name: "numerical" if train[name].dtype.kind in "if" else "categorical" for name in train}
    metadata = {"columns": {name: {"sdtype": kind} for name, kind in kinds.items()}}
    told = DCROverfittingProtection.compute_breakdown(train, made, heldout, {"tables": {"t": metadata}}, "t", **how)
    return float(told["score"]), float(told["synthetic_data_percentages"]["closer_to_training"])


def _people(count: int, seed: int) -> Any:
    import pandas as pd  # noqa: PLC0415  # as above

    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "income": rng.lognormal(size=count),
            "age": rng.integers(18, 90, count),
            "hours": rng.normal(40, 10, count).round(),
            "sex": rng.choice(["f", "m"], count),
            "state": rng.choice(list("abcdefgh"), count),
        }
    )


def _subsampled() -> Figures:
    train, heldout, fresh = (_people(_ROWS, seed) for seed in range(3))
    copies = train.sample(_MADE, random_state=0)
    told: dict[str, Any] = {"rows": _ROWS, "made": _MADE, "asked": _ASKED}
    for name, made in (("copies", copies), ("fresh", fresh[:_MADE])):
        told[name] = _protection(train, made, heldout, num_rows_subsample=_ASKED, num_iterations=10)[0]
        told |= prefixed(name, judged(made, heldout, train, "dcr_share") | audited(made, heldout, train))
    return told


def _cells() -> Figures:
    import pandas as pd  # noqa: PLC0415  # as above

    rng, names = np.random.default_rng(3), ["a", "b", "c", "d"]
    train, heldout, fresh = (
        pd.DataFrame(np.array(["x", "y", "z"])[rng.integers(0, 3, (_CELLS, 4))], columns=names) for _ in range(3)
    )
    told: dict[str, Any] = {"rows": _CELLS, "score": _protection(train, train, heldout)[0]}
    told["fresh"] = _protection(train, fresh, heldout)[0]
    for name, made in (("memory", train), ("innocent", fresh)):
        told |= prefixed(name, judged(made, heldout, train, "dcr_share", "exact_share") | audited(made, heldout, train))
    return told


def _heavy() -> Figures:
    import pandas as pd  # noqa: PLC0415  # as above

    theirs, ours, named, verdicts = [], [], 0, []
    for seed in range(_SEEDS):
        train, heldout, fresh = (
            pd.DataFrame(part, columns=["a", "b", "c"])
            for part in np.random.default_rng(seed).standard_cauchy((3, _HEAVY, 3))
        )
        theirs.append(_protection(train, fresh, heldout)[1])
        told = judged(fresh, heldout, train, "dcr_share")
        ours.append(told["dcr_share"])
        verdicts.append(told["dcr_share_verdict"])
        named += audited(fresh, heldout, train)["named"]
    return {
        "rows": _HEAVY,
        "seeds": _SEEDS,
        "least": min(theirs),
        "most": max(theirs),
        "ours_least": min(ours),
        "ours_most": max(ours),
        "accused": sum(verdict == "depends on train" for verdict in verdicts),
        "named": named,
    }


CASES: Final = (
    Case(
        name="A table, subsampled",
        peer=f"SDMetrics 0.32.0, `DCROverfittingProtection(num_rows_subsample={_ASKED})`",
        given="{made:,} rows, all copied from a table of {rows:,}; or {made:,} fresh ones",
        says="score {copies:.3f} for copies, {fresh:.3f} for fresh rows (1 is best)",
        true="nothing but copies, and none",
        ours="share of closest records in train {copies_dcr_share:.2f} and {fresh_dcr_share:.2f}; {copies_named:,} and {fresh_named:,} named: {copies_verdict} and {fresh_verdict}",
        text="To be fast, it draws as many rows of train as of the sample. Of {asked} among {rows:,} train rows hardly one is the original of a copy that was drawn, so the copies look like fresh rows: "
        "the more train rows there are, the better. A sample may be made smaller, train may not. byheart looks at every train row.",
        run=_subsampled,
        peer_errs=lambda f: f["copies"] > 0.9,
        ours_holds=lambda f: (
            f["copies_named"] == f["copies_samples"]
            and f["copies_verdict"] == "COPIES"
            and f["fresh_named"] == 0
            and f["copies_dcr_share_verdict"] == "depends on train"
            and f["fresh_dcr_share_verdict"] == "like real"
        ),
    ),
    Case(
        name="A table of 81 cells",
        peer="SDMetrics 0.32.0, `DCROverfittingProtection`",
        given="the whole memory of {rows:,} rows, of four columns with three values each",
        says="score {score:.2f}, the best there is; fresh rows have {fresh:.2f}",
        true="all are copies; but fresh rows agree with train as often, so that agreement shows nothing",
        ours="share {memory_dcr_share:.2f}, of fresh rows {innocent_dcr_share:.2f}; {memory_named:,} and {innocent_named:,} named: {memory_verdict} and {innocent_verdict}",
        text="Each row stands in train and in held-out, at distance 0 from both. It counts what is strictly closer to train, so a tie is taken for protection, and a perfect score for safety. "
        "In byheart a tie counts one half, and the audit warns. It says neither that the table is protected nor that it was copied. "
        "Only how often each cell recurs could tell: of the memory itself, `dcr_share` is p = {memory_dcr_share_p:.2g}, by labels exchanged; of fresh rows p = {innocent_dcr_share_p:.2g}.",
        run=_cells,
        peer_errs=lambda f: f["score"] >= 0.999,
        ours_holds=lambda f: (
            f["memory_named"] == f["innocent_named"] == 0
            and f["memory_verdict"] == f["innocent_verdict"] == "INCONCLUSIVE"
            and bool(f["memory_warnings"])
        ),
    ),
    Case(
        name="A table with heavy tails",
        peer="SDMetrics 0.32.0, `DCROverfittingProtection`",
        given="{seeds} times {rows:,} fresh rows of three Cauchy columns",
        says="{least:.2f} to {most:.2f} of them are closer to train, by the seed",
        true="one half, and nothing is copied",
        ours="share {ours_least:.2f} to {ours_most:.2f}; {accused} of {seeds} said to depend on train; {named} rows named",
        text="It divides each column by the range of train for the distances to train, and by that of held-out for those to held-out. Where tails are heavy, the two ranges are far apart, and "
        "whichever has the larger outlier seems closer. byheart fits one scale to both, logarithmic in the tails.",
        run=_heavy,
        peer_errs=lambda f: f["most"] > 0.7 or f["least"] < 0.3,
        ours_holds=lambda f: f["ours_least"] > 0.4 and f["ours_most"] < 0.6 and not f["accused"] and not f["named"],
    ),
)
