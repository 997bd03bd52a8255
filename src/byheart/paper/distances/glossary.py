"""What each metric is, in a line: for whoever reads the page and not the papers."""

from collections.abc import Sequence
from typing import Final

from byheart.judging.metric import Metric
from byheart.report.page import folded, terms

LINES: Final = {
    "frechet_distance": "how far apart two normal distributions are that have the samples' means and covariances",
    "frechet_infinity": "the same, extrapolated to infinitely many records",
    "kid": "the mean difference that a function of a certain family (a cubic kernel) can find between two samples",
    "mmd": "the same with another family: a Gaussian kernel",
    "cmmd": "the same with the kernel that is published for CLIP's features, of directions alone",
    "energy_distance": "how much further apart records of two samples are than records of one",
    "sliced_wasserstein": "how far records have to be moved to make one sample the other, along many lines",
    "pqmass": "whether random regions hold as many records of the one as of the other; 1 for equals",
    "mauve": "how well two histograms cover each other, over clusters; 1 for equals",
    "classifier_auc": "how well a classifier, trained to, tells the two samples apart; a half is a guess",
    "nearest_neighbour_accuracy": "how often a record's nearest neighbour is of its own sample; a half for equals, 0 for a list of the other",
    "precision": "the share of generated records that lie among real ones",
    "recall": "the share of real records that lie among generated ones",
    "density": "how many real records' neighbourhoods a generated one lies in; 1 for equals",
    "coverage": "the share of real records that have a generated one in their neighbourhood",
    "vendi_score": "how many different records there are, of the sample alone",
    "classifier_score": "how surely records are of one class each, and how evenly of all, of the sample alone",
    "column_shapes": "how alike the columns are, one by one; 1 for equals",
    "pair_trends": "how alike pairs of columns are; 1 for equals",
    "train_on_synthetic": "how well the last column of held-out rows is foretold by what learned from the sample",
    "self_similarity": "how much texts repeat each other, of the sample alone",
    "text_length": "how alike the lengths of texts are; 1 for equals",
    "exact_share": "the share of records that stand in train, byte for byte",
    "copy_share": "the share that lies nearer to train than 99 % of held-out records",
    "dcr_share": "the share whose closest real record is of train, not of held-out; a half for fresh data",
    "c_t": "whether distances to train are smaller than those of held-out records, cell by cell; below 0 they are",
    "authenticity": "the share that is further from train than train is from itself there",
    "nndr": "the distance to the nearest train record, over that to the second nearest; 0 for a copy",
    "mifid": "the Fréchet distance to train, raised where records lie suspiciously near to it",
    "cosine_to_train": "how far a record's direction is from the nearest train record's; 0 for a copy",
    "fld": "how unlikely held-out records are, if each record of the sample is the centre of a cloud",
    "fld_gap": "how much likelier than those the train records are; far below 0 for a list of them",
    "longest_span": "the longest part of each text that stands in train, in bytes, on average",
    "ngram_novelty": "the share of runs of five words that stand in no train text",
}


def glossary(metrics: Sequence[Metric]) -> str:
    """The metrics, each in a line, folded; those of other packages by their papers."""
    abouts = {about.name: about for metric in metrics for about in metric.abouts}
    told = [(about.title, LINES.get(name, about.paper)) for name, about in abouts.items()]
    return folded("What each metric is, in a line", [terms(told)])
