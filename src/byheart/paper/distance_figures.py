"""The figures of the section on distances."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from byheart.paper.curves import SHARES, Curve
from byheart.paper.figures import COLOURS, DASHES, MARKS, Figure, drawn, finish, line
from byheart.paper.standing import HELDOUT, MEMGEN, Against, Standing

_ALIKE: Final = 1.0
_SHOWN: Final = 6  # lines that have a name
_FIRST: Final = (  # which ones, where there are more
    *("frechet_distance", "mmd", "recall", "coverage", "mauve", "nearest_neighbour_accuracy"),
    *("exact_share", "copy_share", "dcr_share", "c_t", "authenticity", "mifid"),
)


def samples(standing: Standing, each: int = 14) -> Figure | None:
    """What pictures look like: a row a generator; None for what are no pictures."""
    show = standing.material.shown
    if show is None:
        return None
    pools = {name: comparer.pool for name, comparer in standing.comparers.items()}
    last = next(reversed(pools.values()))
    rows = {name: pool.generated for name, pool in pools.items()} | {MEMGEN: last.memory}
    if last.stand_in is not None:
        rows[HELDOUT] = last.stand_in
    with drawn(0.52 * len(rows), rows=len(rows)) as (canvas, every):
        for axes, (name, points) in zip(every, rows.items(), strict=True):
            shown = show(points.vectors[:each])
            gap = np.ones((shown.shape[1], 1, *shown.shape[3:]))
            axes.imshow(
                np.concatenate([part for one in shown for part in (one, gap)], axis=1), cmap="gray", vmin=0, vmax=1
            )
            axes.set_ylabel(name, rotation=0, ha="right", va="center")
            axes.set_xticks([])
            axes.set_yticks([])
            axes.grid(visible=False)
            axes.spines[["left", "bottom"]].set_visible(False)
        caption = f"What each gives: {each} samples, {standing.material.what}. MemGEN's are train records, the last row was held out."
        return finish(canvas, "figure-1-samples", caption, f"A row of {each} thumbnails for each generator.")


def dots(standing: Standing) -> Figure:
    """Who stands where, metric by metric: against test, and against train."""
    test, train = ({score.about.name: score for score in standing.of(one)} for one in ("test", "train"))
    names = list(test)
    with drawn(0.2 * len(names) + 1.2, columns=2, sharey=True) as (canvas, pair):
        for axes, scores, what in zip(pair, (test, train), ("test", "train"), strict=True):
            _dots(axes, [scores.get(name) for name in names], standing)
            axes.set_title(f"against {what}")
        pair[0].set_yticks(range(len(names)), [test[name].about.title for name in names])
        pair[0].invert_yaxis()
        canvas.legend(*pair[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
        caption = (
            "Figure 1, not generic: how much further from real records each generator lies than held-out ones do (0). "
            "1 is where 95 % intervals cease to overlap: within the grey band none is told from real data."
        )
        alt = f"Dots of {len(standing.material.generators)} generators and MemGEN for {len(names)} metrics, in two panels."
        return finish(canvas, f"figure-1-{standing.material.name}", caption, alt)


def copies(standing: Standing) -> Figure:
    """Who copies, by the metrics that look for it."""
    scores = standing.of("copies")
    with drawn(0.22 * len(scores) + 1.2) as (canvas, axes):
        _dots(axes, scores, standing)
        axes.set_yticks(range(len(scores)), [score.about.title for score in scores])
        axes.invert_yaxis()
        axes.set_xlabel(
            "\N{LEFTWARDS ARROW} further from train than held-out | nearer to train: copies \N{RIGHTWARDS ARROW}"
        )
        canvas.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=3)
        caption = "The same generators, by the metrics that look for copies: how much nearer to train than held-out records (0)."
        return finish(
            canvas,
            f"figure-1-{standing.material.name}-copies",
            caption,
            f"Dots of {len(standing.material.generators)} generators and MemGEN for {len(scores)} values.",
        )


def _dots(axes: Any, scores: Sequence[Any], standing: Standing) -> None:
    axes.axvspan(-_ALIKE, _ALIKE, color="#e8e8e8", zorder=0)
    for number, name in enumerate([*standing.material.generators, MEMGEN]):
        worse = [np.nan if score is None else score.worse(name, HELDOUT) for score in scores]
        is_own = name == MEMGEN
        look = {"marker": "*" if is_own else MARKS[number], "color": "black" if is_own else COLOURS[number]}
        filled = {} if is_own else {"markerfacecolor": "none"}
        axes.plot(worse, range(len(scores)), linestyle="", markersize=9 if is_own else 6, label=name, **look, **filled)
    axes.set_xscale("symlog", linthresh=1)
    ticks = [tick for tick in (-100, -10, -1, 0, 1, 10, 100, 1000) if axes.get_xlim()[0] <= tick <= axes.get_xlim()[1]]
    axes.set_xticks(ticks, [str(tick) for tick in ticks])
    axes.minorticks_off()
    axes.set_xlabel("\N{LEFTWARDS ARROW} nearer than held-out | further \N{RIGHTWARDS ARROW}")


def curve_panels(curves: Sequence[Curve], generator: str, name: str) -> Figure:
    """Curves up and to the right, and down: those that are fooled, and those that catch it."""
    fooled = [curve for curve in curves if curve.way == "up"]
    caught = [curve for curve in curves if curve.way == "down" and curve.against == "copies"]
    with drawn(4.2, columns=2, sharex=True, sharey=True) as (canvas, pair):
        titles = (("improves with copies", "improve with copies"), ("catches them", "catch them"))
        for axes, some, title in zip(pair, (fooled, caught), titles, strict=True):
            _lines(axes, some)
            axes.set_title(f"1 value that {title[0]}" if len(some) == 1 else f"{len(some)} values that {title[1]}")
            axes.set_xlabel("share of samples that are memorised, %")
        pair[0].set_ylabel("better \N{RIGHTWARDS ARROW}   (each on its own scale)")
        caption = (
            f"Curves up and to the right: samples of the {generator} are replaced by MemGEN's. Lines are means over resamples, of which the bars hold 95 %; "
            "all are turned so that up is better. Left: metrics that praise memorising; right: those that look for copies."
        )
        return finish(
            canvas, f"figure-1-curves-{name}", caption, "Left, curves that rise to the right; right, curves that fall."
        )


def _lines(axes: Any, curves: Sequence[Curve]) -> None:
    named = sorted(curves, key=lambda one: _FIRST.index(one.about.name) if one.about.name in _FIRST else len(_FIRST))
    shares = 100 * np.array(SHARES)
    for curve in named[_SHOWN:]:
        axes.plot(shares, curve.turned.mean(axis=0), color="#bbbbbb", linewidth=0.8, zorder=1)
    for number, curve in enumerate(named[:_SHOWN]):
        line(axes, number, shares, curve.turned.mean(axis=0), curve.about.title, zorder=3)
        low, high = np.quantile(curve.turned, (0.025, 0.975), axis=0)
        axes.vlines(shares + number - 2.5, low, high, color=COLOURS[number], linewidth=0.8, zorder=2)
    if len(named) > _SHOWN:
        axes.plot([], [], color="#bbbbbb", linewidth=0.8, label=f"{len(named) - _SHOWN} more")
    axes.set_ylim(-0.35, 1.35)
    if named:
        axes.legend(loc="best", fontsize=8)


def transposed(curve: Curve) -> Figure:
    """A curve of which lower is better, transposed as the paper says, and turned as it must be."""
    share, value = 100 * np.array(SHARES), curve.values.mean(axis=0)
    with drawn(2.6, columns=3) as (canvas, three):
        told = {"color": COLOURS[0], "marker": MARKS[0], "linestyle": DASHES[0], "markersize": 4}
        for axes, (x, y) in zip(three, ((share, value), (value, share), (share, value)), strict=True):
            axes.plot(x, y, **told)
        three[2].invert_yaxis()
        for axes, title in zip(three, ("as it is", "transposed: it still falls", "turned over: it rises"), strict=True):
            axes.set_title(title)
        for axes in (three[0], three[2]):
            axes.set_xlabel("memorised, %")
            axes.set_ylabel(curve.about.title)
        three[1].set_ylabel("memorised, %")
        three[1].set_xlabel(curve.about.title)
        caption = (
            f"“Unless lower is better, in which case we transpose the figure”: the {curve.about.title} of the curves above. "
            "A transposed curve that falls still falls; the axis has to be turned over."
        )
        return finish(
            canvas, "figure-1-transposed", caption, "Three small charts of one curve: it falls, falls, and rises."
        )


def rises(curve: Curve) -> tuple[bool, bool]:
    """Whether a curve goes up and to the right, as it is and transposed."""
    share, value = np.array(SHARES), curve.values.mean(axis=0)
    return bool(np.polyfit(share, value, 1)[0] > 0), bool(np.polyfit(value, share, 1)[0] > 0)


def title_of(against: Against) -> str:
    """What a part of the table is of."""
    return {
        "test": "against test: held-out records",
        "train": "against train",
        "itself": "of the sample alone",
        "copies": "looking for copies: nearer to train than held-out records are",
    }[against]
