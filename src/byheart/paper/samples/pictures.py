"""Generated pictures (the paper, Section 4.1.3): Figure 3, and whether the model collapsed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from byheart.model import MemGEN
from byheart.paper.claims import OURS, Claim, holds
from byheart.paper.figures import COLOURS, Figure, is_narrow, painted
from byheart.paper.fitting import ALPHA
from byheart.paper.found import Found
from byheart.paper.library import Pictures
from byheart.paper.samples.collapse import Collapse, clusters_of, collapse
from byheart.paper.showing import lay, montage
from byheart.paper.stage import Stage
from byheart.rating.wording import p_of
from byheart.report.page import Cell, heading, paragraph, table

_SHOWN: Final = 36
_TURNED: Final = 10  # one sample in so many, of the one that is made to collapse
_AT_ONCE: Final = 10_000

Images = npt.NDArray[np.uint8]
Indices = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Drawn:
    """Samples of a memory.

    Attributes:
        classes: of the training picture that each is; shape (n,).
        clusters: the same, of clusters.
        identical: how many are training pictures, bit for bit.
        first: the first ones.
    """

    classes: Indices
    clusters: Indices
    identical: int
    first: Images


@dataclass(frozen=True, slots=True)
class Seen:
    """What was measured.

    Attributes:
        learned: how many pictures the memory of all holds.
        only: the class that the other memory learned alone, and of how many pictures.
        everything: samples of the memory of all.
        alone: samples of the other.
        classes: of the samples of all.
        clusters: the same.
        single: the classes of the other's samples, against its own training pictures.
        turned: as `classes`, of samples that were made to collapse.
        figure: the same, of as many of them as the figure shows.
    """

    learned: int
    only: tuple[str, int]
    everything: Drawn
    alone: Drawn
    classes: Collapse
    clusters: Collapse
    single: Collapse
    turned: Collapse
    figure: Collapse


def run(stage: Stage) -> Found:
    """Learn pictures, look at samples, and ask whether the model collapsed."""
    known = stage.library.pictures
    seen = look(stage, known)
    figures = [_grid(known, seen), _shares(seen)]
    return Found([*_body(known, seen, figures)], claims(known.name, seen), _numbers(known.name, seen))


def look(stage: Stage, known: Pictures) -> Seen:
    """Learn all pictures, and those of one class alone; sample both."""
    random = np.random.Generator(np.random.Philox(key=stage.seed))
    chosen = np.sort(random.permutation(len(known.images))[: stage.pick(10_000, len(known.images))])
    images, classes = known.images[chosen], known.classes[chosen]
    stage.tell(0.1, "clusters of pictures")
    clusters = clusters_of(images, stage.seed)
    cat = known.names.index("cat") if "cat" in known.names else int(np.bincount(classes).argmax())
    stage.tell(0.4, f"learning {len(images):,} pictures")
    everything = _sampled(stage, "everything", images, (classes, clusters), stage.pick(10_000, 100_000))
    is_cat = classes == cat
    alone = _sampled(stage, "alone", images[is_cat], (classes[is_cat], clusters[is_cat]), stage.pick(2_000, 20_000))
    stage.tell(0.8, "figures")
    turned = np.where(np.arange(len(everything.classes)) % _TURNED, everything.classes, cat)
    names, numbered = known.names, tuple(str(at + 1) for at in range(int(clusters.max()) + 1))
    return Seen(
        len(images),
        (names[cat], int(is_cat.sum())),
        everything,
        alone,
        _compared(names, classes, everything.classes),
        _compared(numbered, clusters, everything.clusters),
        _compared(names, classes[is_cat], alone.classes),
        _compared(names, classes, turned),
        _compared(names, classes, turned[:_SHOWN]),
    )


def claims(name: str, seen: Seen) -> list[Claim]:
    """What came of the paper's claims."""
    samples, tests = len(seen.everything.classes), (seen.classes, seen.clusters)
    is_same = all(test.p_value > ALPHA and not test.missing for test in tests)
    is_seen = seen.turned.p_value <= ALPHA
    p_values = " and ".join(p_of(test.p_value) for test in tests)
    off = float(np.abs(seen.classes.samples - seen.classes.train).max())
    only = seen.only[0]
    drawn = samples + len(seen.alone.classes)
    identical = seen.everything.identical + seen.alone.identical
    return [
        Claim(
            "Each generated picture is a training picture, bit for bit.",
            OURS,
            holds(identical == drawn),
            f"{identical:,} of {drawn:,}",
            f"Compared pixel by pixel with the training pictures of {name}. Whether all of them together can be told from other pictures is another question: see Figure 1.",
        ),
        Claim(
            "This is a proof that the generated data distribution is representative of the learning distribution.",
            "4.1.3, Figure 3",
            holds(seen.figure.p_value <= ALPHA),
            f"{_SHOWN} pictures of a model that is not representative: {p_of(seen.figure.p_value)}",
            f"If a figure of so many pictures were a proof, it would not look the same where the distribution is another. Of samples one in {_TURNED} of which was turned into a {only}, so many are not told by their classes, or it holds. "
            "They are evidence, as are more samples: see the claims of this page. The proof is that each draw is a place of the list.",
        ),
        Claim(
            "Classes and clusters are represented among the samples as among the training pictures.",
            OURS,
            holds(is_same and is_seen),
            f"no class's share is further from its training share than {100 * off:.2g} points; {p_values} for classes and clusters",
            f"{samples:,} samples; total variation of class shares {seen.classes.variation:.4f}, expected {seen.classes.expected:.4f} of so many draws. It would not hold below p = {ALPHA:g}, or with a class missing. "
            f"The same test sees samples one in {_TURNED} of which was turned into a {only} ({p_of(seen.turned.p_value)}).",
        ),
        Claim(
            f"To the untrained eye it seems that the model collapsed and only generates {_plural(only)}.",
            "4.1.3",
            "not tried",
            f"{_plural(only)}: {_percent(seen.single.samples.max())} of the samples, and {_percent(seen.single.train.max())} of what it learned",
            f"No eye was asked. A memory that learned {_plural(only)} alone generates nothing else, and it has not collapsed: what it learned has no others. "
            f"The memory of everything generates {_percent(seen.classes.samples[seen.classes.names.index(only)])} of them, and learned {_percent(seen.classes.train[seen.classes.names.index(only)])}.",
        ),
        Claim(
            "Maybe the internet is full of cat images?",
            "4.1.3",
            "not tried",
            "",
            "Further investigation is required: the internet was not downloaded.",
        ),
    ]


def _sampled(stage: Stage, name: str, images: Images, groups: tuple[Indices, Indices], count: int) -> Drawn:
    """Learn pictures by heart, draw so many, and compare each with the training pictures."""
    model = MemGEN(stage.folder / f"{name}.memory").fit(images)
    indices, identical, first = [], 0, images[:0]
    for start in range(0, count, _AT_ONCE):
        batch = model.sample(min(_AT_ONCE, count - start), stage.seed, start=start)
        pixels = batch.to_numpy()
        first = first if len(first) else pixels[:_SHOWN].copy()
        identical += int((pixels == images[batch.indices]).all(axis=tuple(range(1, images.ndim))).sum())
        indices.append(batch.indices)
    which = np.concatenate(indices)
    return Drawn(groups[0][which], groups[1][which], identical, first)


def _compared(names: Sequence[str], train: Indices, samples: Indices) -> Collapse:
    return collapse(tuple(names), *(np.bincount(side, minlength=len(names)) for side in (train, samples)))


def _grid(known: Pictures, seen: Seen) -> Figure:
    """Figure 3."""
    only, learned = seen.only

    def paint(_: Any, axes: Any) -> None:
        lay(axes[0], montage(seen.everything.first), f"learned {known.name}: {seen.learned:,} pictures")
        lay(axes[1], montage(seen.alone.first), f"learned {_plural(only)} alone: {learned:,} pictures")

    return painted(
        paint,
        "figure-3-pictures",
        f"The paper's Figure 3: random pictures that MemGEN generated, {_SHOWN} each, in the order that they were drawn. The first memory learned pictures of {known.name} of all classes. The second learned {_plural(only)} and nothing else.",
        f"Two grids of small pictures. In the first all kinds of subjects, in the second {_plural(only)} only.",
        height=3.9,
        columns=2,
    )


def _shares(seen: Seen) -> Figure:
    """Bars: the share of each class and of each cluster, of the training pictures and of the samples."""

    def paint(canvas: Any, axes: Any) -> None:
        for one, found, title in zip(axes, (seen.classes, seen.clusters), ("classes", "clusters"), strict=True):
            _bars(one, found)
            one.set_title(f"{title}: {p_of(found.p_value)}, total variation {found.variation:.3f}")
        axes[0].set_ylabel("share, %")
        if max(map(len, seen.classes.names)) > 2:
            axes[0].set_xticks(
                axes[0].get_xticks(), seen.classes.names, rotation=45, ha="right", rotation_mode="anchor"
            )
        axes[1].set_xlabel("cluster, the largest first")
        axes[1].tick_params(axis="x", labelsize=7)
        canvas.legend(
            *axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=1 if is_narrow(canvas) else 3
        )

    return painted(
        paint,
        "figure-3-collapse",
        f"Has it collapsed? The share of each class, and of each cluster, of {seen.learned:,} training pictures and of {seen.classes.drawn:,} samples. The lines: where 95 of 100 such shares of samples fall if nothing has collapsed.",
        f"Pairs of bars, training pictures hatched and samples filled, for {len(seen.classes.names)} classes and {len(seen.clusters.names)} clusters.",
        height=3.2,
        columns=2,
        sharey=False,
    )


def _bars(axes: Any, found: Collapse) -> None:
    at = np.arange(len(found.names))
    bars = {"width": 0.4, "edgecolor": "black", "linewidth": 0.5}
    axes.bar(at - 0.2, 100 * found.train, color="white", hatch="//////", label="training pictures", **bars)
    axes.bar(at + 0.2, 100 * found.samples, color=COLOURS[0], label="samples", **bars)
    whiskers = {"fmt": "none", "ecolor": "black", "elinewidth": 1, "capsize": 2}
    axes.errorbar(at - 0.2, 100 * found.train, yerr=100 * found.half, label="95 % of samples' shares", **whiskers)
    axes.set_xticks(at, found.names)
    axes.grid(visible=False, axis="x")
    axes.set_axisbelow(True)


def _body(known: Pictures, seen: Seen, figures: Sequence[Figure]) -> Iterator[str | Figure]:
    only, learned = seen.only
    yield paragraph(
        f"MemGEN learned {seen.learned:,} pictures of {known.name}, and a second memory {learned:,} {_plural(only)} alone. Every sampled picture was compared with the training pictures, pixel by pixel: "
        f"{seen.everything.identical:,} of {len(seen.everything.classes):,}, and {seen.alone.identical:,} of {len(seen.alone.classes):,}, are training pictures, bit for bit."
    )
    yield figures[0]
    yield heading("Did it collapse?", level=3)
    yield paragraph(
        "A generator collapses when it gives back a few kinds of what it learned, and forgets the rest. The classes of the samples are counted and held against the training shares, by chi-squared and by total variation: "
        "the share of samples that would have to change their class. The latter is never 0 for a finite number of draws; its expectation is known, and stands beside it. Where there are no classes, clusters serve (k-means on the pictures, made small)."
    )
    yield figures[1]
    columns = ["samples of", "held against", "chi-squared", "total variation", "expected", "missing", "collapsed"]
    right = {2, 3, 4, 5}
    rows = [
        ("all pictures", f"{len(seen.classes.names)} classes", seen.classes),
        ("all pictures", f"{len(seen.clusters.names)} clusters", seen.clusters),
        (f"{_plural(only)} alone", "its own training pictures", seen.single),
        (f"one in {_TURNED} turned into a {only}", f"{len(seen.classes.names)} classes", seen.turned),
    ]
    yield table(
        [Cell(name, "right" if at in right else "") for at, name in enumerate(columns)],
        [_row(*row) for row in rows],
    )
    yield paragraph(
        f"The last row is made to collapse, so that it can be seen that the test would notice. The model that learned {_plural(only)} alone only generates {_plural(only)}: it has not collapsed, it has learned nothing else.",
        is_soft=True,
    )


def _row(name: str, against: str, found: Collapse) -> list[Cell]:
    is_told = found.p_value <= ALPHA
    cells = [p_of(found.p_value), f"{found.variation:.4f}", f"{found.expected:.4f}", str(len(found.missing))]
    told = [Cell(name, "strong"), Cell(against), *(Cell(cell, "right") for cell in cells)]
    return [*told, Cell("yes" if is_told else "no", "copy" if is_told else "")]


def _numbers(name: str, seen: Seen) -> dict[str, Any]:
    told = {"classes": seen.classes, "clusters": seen.clusters, "single": seen.single, "turned": seen.turned}
    return {
        "data": name,
        "learned": seen.learned,
        "only": {"class": seen.only[0], "learned": seen.only[1]},
        "identical": {"all": seen.everything.identical, "only": seen.alone.identical},
        **{
            key: {
                "drawn": one.drawn,
                "p_value": one.p_value,
                "total_variation": one.variation,
                "expected": one.expected,
                "missing": list(one.missing),
                "train": one.train.tolist(),
                "samples": one.samples.tolist(),
            }
            for key, one in told.items()
        },
    }


def _plural(name: str) -> str:
    return f"{name}s" if name.isalpha() else f"pictures of {name}"


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"
