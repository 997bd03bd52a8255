"""Kinds of record, and their exact encoding as a column of an Arrow file."""

from byheart.records.chunk import Chunk
from byheart.records.kinds import KINDS, Kind, kind_of

__all__ = ["KINDS", "Chunk", "Kind", "kind_of"]
