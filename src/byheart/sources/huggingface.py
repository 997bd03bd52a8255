"""Datasets of Hugging Face, held or streamed: rows; images and audio as their encoded bytes, which are not decoded."""

from collections.abc import Iterator
from typing import Any, Final

import pyarrow as pa

from byheart.records.chunk import Values
from byheart.sources.base import CHUNK_BYTES
from byheart.sources.frames import arrow_blocks

_FEW: Final = 16
_MANY: Final = 1024


def is_huggingface(data: Any) -> bool:
    """Whether it is a `Dataset` or an `IterableDataset`."""
    return hasattr(data, "with_format") and hasattr(data, "features")


def huggingface_blocks(data: Any) -> Iterator[Values]:
    """The rows; of a single column of images or audio, these themselves."""
    media = {name for name, feature in (data.features or {}).items() if type(feature).__name__ in {"Image", "Audio"}}
    for table in _tables(data.with_format("arrow")):
        columns = {name: table.column(name) for name in table.column_names}
        columns |= {name: _encoded(data.features[name], columns[name]) for name in media}
        is_one = len(columns) == len(media) == 1
        yield from arrow_blocks(next(iter(columns.values())) if is_one else pa.table(columns))


def _tables(data: Any) -> Iterator[Any]:
    """Tables of about 2 MB, by the size of the first rows; of a stream, of few rows each."""
    rows = _FEW
    if hasattr(data, "select") and len(data):
        first = data.select(range(min(_FEW, len(data))))[:]
        rows = max(1, min(_MANY, CHUNK_BYTES * first.num_rows // max(first.nbytes, 1)))
    yield from data.iter(rows)


def _encoded(feature: Any, column: Any) -> Any:
    """The bytes of images or audio, read from their files where only the paths are held."""
    embedded = feature.embed_storage(pa.chunked_array(column.chunks, column.type).combine_chunks())
    return pa.chunked_array([embedded.field("bytes").cast(pa.large_binary())])
