"""The figures of the section on distances: what each generator gives, and where it stands."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from byheart.paper.distances.standing import HELDOUT, MEMGEN, Against, Score, Standing, rows_of
from byheart.paper.figures import COLOURS, MARKS, Figure, is_narrow, painted

_ALIKE: Final = 1.0
_WIDE: Final = 30  # from here on a tick a power of ten is enough
_TICKS: Final = (-1000, -100, -10, -1, 0, 1, 10, 100, 1000)


def samples(standing: Standing, each: int = 14) -> Figure | None:
    """What pictures look like: a row a generator; None for what are no pictures."""
    show = standing.material.shown
    if show is None:
        return None
    rows = rows_of(standing)

    def paint(canvas: Any, every: Any) -> None:
        few, size = (each // 2, 7) if is_narrow(canvas) else (each, 8)
        for axes, (name, points) in zip(every, rows.items(), strict=True):
            shown = show(points.vectors[:few])
            gap = np.ones((shown.shape[1], 1, *shown.shape[3:]))
            axes.imshow(
                np.concatenate([part for one in shown for part in (one, gap)], axis=1), cmap="gray", vmin=0, vmax=1
            )
            axes.set_ylabel("\n".join(name.rsplit(" ", 1)), rotation=0, ha="right", va="center", fontsize=size)
            axes.set_xticks([])
            axes.set_yticks([])
            axes.grid(visible=False)
            axes.spines[["left", "bottom"]].set_visible(False)

    return painted(
        paint,
        "figure-1-samples",
        f"What each gives: the first samples, {standing.material.what}. MemGEN's are train records, the last row was held out.",
        "A row of thumbnails for each generator.",
        height=0.52 * len(rows),
        narrow=0.42 * len(rows),
        rows=len(rows),
    )


def dots(standing: Standing) -> Figure:
    """Who stands where, metric by metric: against test, and against train."""
    both = [{one.about.name: one for one in standing.of(against)} for against in ("test", "train")]
    names = [name for name in both[0] if any(_is_drawn(some[name], standing) for some in both if name in some)]

    def paint(canvas: Any, pair: Any) -> None:
        for axes, scores, what in zip(pair, both, ("test", "train"), strict=True):
            _dots(axes, [scores.get(name) for name in names], standing)
            axes.set_title(f"against {what}")
            axes.set_xlabel(
                "\N{LEFTWARDS ARROW} better than held-out | worse \N{RIGHTWARDS ARROW}\n(logarithmic beyond \N{PLUS-MINUS SIGN}1)"
            )
        pair[0].set_yticks(range(len(names)), [_titled(both[0][name]) for name in names])
        pair[0].invert_yaxis()
        _legend(canvas, pair[0])

    return painted(
        paint,
        f"figure-1-{standing.material.name}",
        f"Figure 1, not generic ({standing.material.name}): how much worse than held-out records (0) each generator is. Better is where a metric's arrow points: down, up, or to a value. "
        "1 is where 95 % intervals cease to overlap: within the grey band none is told from real data.",
        f"Dots of {len(standing.material.generators)} generators and MemGEN for {len(names)} metrics, in two panels.",
        height=0.2 * len(names) + 1.5,
        narrow=0.34 * len(names) + 3.6,
        columns=2,
        sharey=True,
    )


def copies(standing: Standing) -> Figure:
    """Who copies, by the metrics that look for it and have intervals."""
    scores = [one for one in standing.of("copies") if _is_drawn(one, standing)]

    def paint(canvas: Any, axes: Any) -> None:
        _dots(axes, scores, standing)
        axes.set_yticks(range(len(scores)), [one.about.title for one in scores])
        axes.invert_yaxis()
        further, nearer = ("further", "nearer") if is_narrow(canvas) else ("further than held-out", "nearer to train")
        axes.set_xlabel(
            f"\N{LEFTWARDS ARROW} {further} | {nearer}: copies \N{RIGHTWARDS ARROW}\n(logarithmic beyond \N{PLUS-MINUS SIGN}1)"
        )
        _legend(canvas, axes)

    return painted(
        paint,
        f"figure-1-{standing.material.name}-copies",
        f"The same generators ({standing.material.name}) by the metrics that look for copies: how much nearer to train they lie than held-out records (0), in the same units.",
        f"Dots of {len(standing.material.generators)} generators and MemGEN for {len(scores)} values.",
        height=0.22 * len(scores) + 1.5,
        narrow=0.22 * len(scores) + 2.2,
    )


def _is_drawn(score: Score, standing: Standing) -> bool:
    """Whether anyone has a place."""
    return any(np.isfinite(score.worse(name, HELDOUT)) for name in [*standing.material.generators, MEMGEN])


def _titled(score: Score) -> str:
    return f"{score.about.title.replace(', extrapolated', ', extrap.')} {score.arrow}"


def _legend(canvas: Any, axes: Any) -> None:
    canvas.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=1 if is_narrow(canvas) else 3)


def _dots(axes: Any, scores: Sequence[Score | None], standing: Standing) -> None:
    axes.axvspan(-_ALIKE, _ALIKE, color="#e8e8e8", zorder=0)
    for number, name in enumerate([*standing.material.generators, MEMGEN]):
        worse = [np.nan if score is None else score.worse(name, HELDOUT) for score in scores]
        is_own = name == MEMGEN
        look: dict[str, Any] = {
            "marker": "*" if is_own else MARKS[number],
            "color": "black" if is_own else COLOURS[number],
        }
        look |= (
            {"zorder": 2} if is_own else {"zorder": 3, "markerfacecolor": "none"}
        )  # who is at the same place is seen
        axes.plot(worse, range(len(scores)), linestyle="", markersize=9 if is_own else 7, label=name, **look)
    axes.set_xscale("symlog", linthresh=1)
    low, high = axes.get_xlim()
    axes.set_xlim(min(low, -1.5), max(high, 1.5))
    fine = (-3, 3) if max(-low, high) < _WIDE else ()
    ticks = [tick for tick in sorted([*_TICKS, *fine]) if axes.get_xlim()[0] <= tick <= axes.get_xlim()[1]]
    axes.set_xticks(ticks, [f"{tick:,}".replace("-", "\N{MINUS SIGN}") for tick in ticks])
    axes.minorticks_off()


def title_of(against: Against) -> str:
    """What a part of the table is of."""
    return {
        "test": "against test: held-out records",
        "train": "against train",
        "itself": "of the sample alone",
        "copies": "looking for copies: nearer to train than held-out records are",
    }[against]
