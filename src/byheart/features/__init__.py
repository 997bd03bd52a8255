"""Features: records as vectors, which neighbours and metrics are of."""

from byheart.features.base import Extractor, Fitted, Records
from byheart.features.choosing import EXTRACTORS, extractor

__all__ = ["EXTRACTORS", "Extractor", "Fitted", "Records", "extractor"]
