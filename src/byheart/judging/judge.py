"""Judge a generator: every metric, beside the memory itself and real data (the paper, Section 4.1)."""

import importlib.metadata
import platform
from collections.abc import Callable, Sequence
from os import PathLike
from typing import Final

import numpy as np

from byheart import draws
from byheart._optional import require
from byheart.draws import RandomState
from byheart.errors import InputError
from byheart.features import Fitted, extractor
from byheart.features.pretrained import Pretrained
from byheart.judging import design as designs
from byheart.judging.choosing import PRIMARY, chosen
from byheart.judging.comparing import Comparer, TooFew
from byheart.judging.design import STREAMS, Design
from byheart.judging.findings import Finding, Reference
from byheart.judging.judgment import Judgment
from byheart.judging.metric import Metric
from byheart.judging.pool import Pool, pool
from byheart.judging.samples import Sample, Train, generate, learned_by, numbering, read
from byheart.judging.texts import TrainTexts
from byheart.judging.verdicts import with_verdicts
from byheart.model import MemGEN
from byheart.neighbours import Work

MOST: Final = 2000
_LEAK: Final = 1e-6  # the chance of as many held-out records in train
_REFERENCES: Final[dict[str, tuple[Reference, ...]]] = {
    "GR": ("heldout", "train"),
    "GH": ("heldout",),
    "G": ("heldout",),
    "GTH": ("train",),
}
_WITHOUT_HELDOUT: Final[dict[str, tuple[Reference, ...]]] = {"GR": ("train",), "G": ("train",), "GH": (), "GTH": ()}
Say = Callable[[str, float], None]


def judge(  # noqa: PLR0913  # each is told by its name
    generated: object,
    heldout: object = None,
    *,
    memory: "MemGEN | str | PathLike[str] | None" = None,
    train: object = None,
    metrics: Sequence[str] | None = None,
    features: str | None = None,
    group: str | None = None,
    field: str | None = None,
    max_records: int = MOST,
    random_state: RandomState = 0,
    say: Say | None = None,
) -> Judgment:
    """Judge generated records against held-out ones, and against what the generator was trained on.

    Args:
        generated: records, as `MemGEN.fit` takes them, or a function that is asked for n of them.
        heldout: real records that the generator was not trained on, and that are not in the memory. Without any (None), the sample is
            compared with train alone: nothing tells then what real data would have, nor which copies are more than chance.
        memory: what it was trained on, learned by heart: a `MemGEN` or its path.
        train: the same as records, where there is no memory.
        metrics: names of metrics; None for all.
        features: what to compare records by, such as "pixels", "onnx:PATH" or "column:NAME"; None for what their kind suggests.
        group: "label", "source", or a column of a table: records that share its value belong together, as those of one patient. They stay in
            one half of held-out, and are exchanged and left out together.
        field: of JSON lines, CSV or Parquet, the field that is the record, as it was when the memory learned it; None for whole rows.
        max_records: of each row and of held-out's half; of train twice as many.
        random_state: an integer seed, None for one from the operating system, or a numpy generator.
        say: called with what is being done, and how much of all is (0 to 1).

    Raises:
        InputError: the samples are not of one kind, or too small; a name is unknown.

    >>> rng = np.random.default_rng(0)
    >>> told = judge(rng.normal(1, 1, (200, 2)), rng.normal(size=(200, 2)), train=rng.normal(size=(200, 2)), metrics=["mmd"])
    >>> [(row.reference, row.verdict) for row in told.findings]
    [('heldout', 'worse than real'), ('train', 'worse than real')]
    """
    say = say or (lambda _what, _share: None)
    seed = draws.seed_from(random_state)
    learned = Train(learned_by(memory, train).snapshot, group)
    wanted = chosen(learned.kind, metrics)
    real = None if heldout is None else read(heldout, "held-out", learned, field)
    made = (
        generate(generated, min(len(learned if real is None else real), max_records), learned)
        if callable(generated)
        else read(generated, "generated", learned, field)
    )
    groups = np.empty(0, np.int64) if real is None else real.groups
    drawn = designs.design(made.groups, learned.groups, groups, most=max_records, seed=seed)
    name, extract = extractor(learned.kind, features)
    say("fitting features", 0)
    fitted = extract.fit([learned, made if real is None else real], drawn.stream("features") % 2**63)
    copying = real is not None and any(m.traits.sees == "GTH" and m.traits.kinds is None for m in wanted)
    how = Work(tell=lambda done, total: say("features", 0.1 * done / total))
    points = pool(fitted, (made, learned, real), drawn, how, copying=copying)
    if real is not None and any(metric.traits.kinds == ("text",) for metric in wanted):
        say("looking for the texts in train", 0.1)
        points = points.each(TrainTexts(learned).told_of)
    told = _Told(Comparer(name, points, drawn, Work()))
    real_test = told.comparer.real_test(chosen(learned.kind, [PRIMARY])[0])
    references = _WITHOUT_HELDOUT if real is None else _REFERENCES
    steps = [(metric, reference) for metric in wanted for reference in references[metric.traits.sees]]
    told.left_out += [_untold(metric, made, learned) for metric in wanted if not references[metric.traits.sees]]
    for number, (metric, reference) in enumerate(steps):
        say(metric.abouts[0].title, 0.1 + 0.9 * number / len(steps))
        told.add(metric, reference)
    return Judgment(
        real_test,
        with_verdicts(told.findings, is_doubtful=real_test is not None and real_test.differ),
        tuple(told.left_out),
        _sizes(made, learned, real, points),
        {"seed": seed, **{stream: drawn.stream(stream) for stream in STREAMS}},
        _methods(learned, name, fitted, drawn, max_records),
        (*([] if real is None else _leaks(real, learned)), *(numbering(one, "group") for one in learned.numbered)),
    )


class _Told:
    """What has been found so far."""

    def __init__(self, comparer: Comparer) -> None:
        self.comparer = comparer
        self.findings: list[Finding] = []
        lost = comparer.pool.unreadable.items()
        self.left_out = [f"{count:,} records of {sample} that cannot be read" for sample, count in lost]

    def add(self, metric: Metric, reference: Reference) -> None:
        """Measure one metric against one reference, or say why not."""
        try:
            self.findings += self.comparer.compare(metric, reference)
        except TooFew as few:
            title = metric.abouts[0].title
            self.left_out.append(f"{title} against {reference}: {few.got} records, where it needs {few.least}")
        except InputError as error:  # it has nothing to measure here, or too little: the other metrics may have
            self.left_out += [str(error)] * (str(error) not in self.left_out)


def _leaks(real: Sample, learned: Train) -> list[str]:
    """Whether more held-out records stand in train than its own records repeat each other: then they are no held-out records."""
    again = np.unique(learned.fingerprints, return_inverse=True, return_counts=True)
    repeats = int((again[2][again[1]] > 1).sum())
    rate = (repeats + 1) / (len(learned) + 1)  # that there was none does not say that there is never one
    count = int(np.isin(real.fingerprints, learned.fingerprints).sum())
    if require("scipy.stats", "judge").binom.sf(count - 1, len(real), rate) > _LEAK:
        return []
    told = (
        f"{count:,} of {len(real):,} held-out records stand in train too, where {rate * len(real):,.0f} would by chance"
    )
    return [f"{told}: leave them out of one of the two, and judge again"]


def _untold(metric: Metric, made: Sample, learned: Train) -> str:
    """Why a metric is left out where there is no held-out; and of exact copies how many there are, which can be said all the same."""
    about = metric.abouts[0]
    if about.name != "exact_share":
        return f"{about.title}: it needs held-out records"
    count = int(np.isin(made.fingerprints, learned.fingerprints).sum())
    return f"{about.title}: no test without held-out; {count:,} of {len(made):,} generated records stand in train, byte for byte"


def _sizes(made: Sample, learned: Train, real: Sample | None, points: Pool) -> dict[str, int]:
    return {
        "generated": len(made),
        "train": len(learned),
        "heldout": 0 if real is None else len(real),
        "row": len(points.generated),
        "reference_heldout": 0 if points.heldout is None else len(points.heldout),
        "reference_train": len(points.train),
    }


def _methods(learned: Train, features: str, fitted: Fitted, drawn: Design, most: int) -> dict[str, str]:
    packages = ("byheart", "numpy", "scipy")
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in packages)
    return {
        "versions": f"{versions}, Python {platform.python_version()}",
        "records": learned.kind,
        "features": f"{fitted.identity if isinstance(fitted, Pretrained) else features}, {fitted.width:,} numbers a record",
        "rows": f"as many records of each of the three, at most {most:,}, drawn without replacement",
        "references": f"{'a half of' if len(drawn.heldout) else 'no'} held-out, at most {most:,} records; train, at most {2 * most:,}",
        "units": "single records" if learned.group is None else f"records of one {learned.group}",
        "intervals": "95 %, of the expected value at these sizes: delete-a-group jackknife, 20 groups; of shares Clopper and Pearson",
        "tests": "permutations of the pooled records; verdicts after Benjamini and Hochberg, 5 %",
    }
