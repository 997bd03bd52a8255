"""Sources: readers of whatever holds the records, a few megabytes at a time."""

from byheart.sources.base import Options, Source
from byheart.sources.opening import open_source

__all__ = ["Options", "Source", "open_source"]
