"""The metrics by name: a line each."""

from collections.abc import Callable, Sequence
from importlib import metadata
from typing import Final

from byheart.errors import InputError
from byheart.judging.metric import Metric
from byheart.judging.metrics.classifier import Classifier
from byheart.judging.metrics.classifier_score import ClassifierScore
from byheart.judging.metrics.closest_record import ClosestRecord
from byheart.judging.metrics.cmmd import CMMD
from byheart.judging.metrics.copying import authenticity, copy_share, distance_ratio, exact_share
from byheart.judging.metrics.data_copying import data_copying
from byheart.judging.metrics.feature_likelihood import FeatureLikelihood
from byheart.judging.metrics.frechet import Frechet
from byheart.judging.metrics.frechet_infinity import FrechetInfinity
from byheart.judging.metrics.kernels import energy, kid, mmd
from byheart.judging.metrics.manifold import Manifold
from byheart.judging.metrics.mauve import Mauve
from byheart.judging.metrics.mifid import MiFID
from byheart.judging.metrics.nearest_neighbour import NearestNeighbour
from byheart.judging.metrics.pqmass import PQMass
from byheart.judging.metrics.sliced_wasserstein import SlicedWasserstein
from byheart.judging.metrics.tables import ColumnShapes, PairTrends
from byheart.judging.metrics.text_samples import SelfSimilarity, TextLength
from byheart.judging.metrics.texts import longest_span, novelty
from byheart.judging.metrics.train_on_synthetic import TrainOnSynthetic
from byheart.judging.metrics.vendi import Vendi
from byheart.registry import Registry

ENTRY_POINTS: Final = "byheart.metrics"
PRIMARY: Final = "mmd"

METRICS: Final = Registry[Callable[[], Metric]]("metric")
METRICS.add("frechet_distance", Frechet)
METRICS.add("frechet_infinity", FrechetInfinity)
METRICS.add("kid", kid)
METRICS.add("mmd", mmd)
METRICS.add("cmmd", CMMD)
METRICS.add("energy_distance", energy)
METRICS.add("sliced_wasserstein", SlicedWasserstein)
METRICS.add("pqmass", PQMass)
METRICS.add("mauve", Mauve)
METRICS.add("classifier_auc", Classifier)
METRICS.add("nearest_neighbour_accuracy", NearestNeighbour)
METRICS.add("manifold", Manifold)
METRICS.add("vendi_score", Vendi)
METRICS.add("classifier_score", ClassifierScore)
METRICS.add("column_shapes", ColumnShapes)
METRICS.add("pair_trends", PairTrends)
METRICS.add("train_on_synthetic", TrainOnSynthetic)
METRICS.add("self_similarity", SelfSimilarity)
METRICS.add("text_length", TextLength)
METRICS.add("exact_share", exact_share)
METRICS.add("copy_share", copy_share)
METRICS.add("dcr_share", ClosestRecord)
METRICS.add("c_t", data_copying)
METRICS.add("authenticity", authenticity)
METRICS.add("nndr", distance_ratio)
METRICS.add("mifid", MiFID)
METRICS.add("fld", FeatureLikelihood)
METRICS.add("longest_span", longest_span)
METRICS.add("ngram_novelty", novelty)


def chosen(kind: str, names: Sequence[str] | None = None) -> list[Metric]:
    """The metrics of some names, or all for a kind of record: those of byheart, then those that other packages bring as entry points.

    Raises:
        InputError: there is none of a name (the nearest one is suggested), or it is for another kind.

    >>> [about.name for about in chosen("row", ["manifold"])[0].abouts]
    ['precision', 'recall', 'density', 'coverage']
    """
    for entry in metadata.entry_points(group=ENTRY_POINTS):
        if entry.name not in METRICS:
            METRICS.add(entry.name, entry.load())
    every = {name: METRICS[name]() for name in (METRICS if names is None else dict.fromkeys(names))}
    fit = {name: metric for name, metric in every.items() if metric.traits.kinds is None or kind in metric.traits.kinds}
    odd = next((name for name in every if name not in fit), None)
    if names is not None and odd is not None:
        raise InputError(f"metric {odd}: wanted {' or '.join(every[odd].traits.kinds or ())} records, got {kind}")
    return list(fit.values())
