"""The generators that the demo judges, by name."""

from typing import Final

from byheart.paper.generators.base import Trained
from byheart.paper.generators.rows import gaussian_copula
from byheart.paper.generators.sentences import markov
from byheart.paper.generators.vectors import kernel_density, normal_mixture

OF_DIGITS: Final = {
    "kde-narrow": Trained("a kernel density of bandwidth .5, that copies and adds a little noise", kernel_density(0.5)),
    "kde-wide": Trained("a kernel density of bandwidth 3, that adds much", kernel_density(3.0)),
    "mixture": Trained("a mixture of 20 normal distributions", normal_mixture(20)),
}

OF_ROWS: Final = {
    "leaking": Trained("a Gaussian copula, one row in twenty of which is a train row instead", gaussian_copula(0.05)),
    "copula": Trained("a Gaussian copula", gaussian_copula()),
}

OF_SENTENCES: Final = {
    "markov-1": Trained("a Markov chain of single words", markov(1)),
    "markov-3": Trained("a Markov chain of three words, that has often but one way to go on", markov(3)),
}
