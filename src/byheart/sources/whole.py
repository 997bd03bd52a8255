"""Files that are a record each, kept bit for bit."""

from collections.abc import Iterable, Iterator

import numpy as np

from byheart.records import Chunk
from byheart.records.kinds import media_kind
from byheart.sources.base import Options, batched
from byheart.sources.file import File
from byheart.sources.files import Survey

TEXT_SUFFIXES = frozenset({".txt", ".md", ".rst", ".tex", ".text", ".log"})


def read_whole(files: Iterable[File], options: Options) -> Iterator[Chunk]:
    """The files' bytes, as they are stored."""
    for batch in batched(((file, file.whole()) for file in files), lambda item: len(item[1])):
        names = [file.name for file, _ in batch]
        labels = [file.label for file, _ in batch] if options.labels else None
        yield Chunk([data for _, data in batch], names, np.zeros(len(batch), np.int64), labels)


def kind_of_files(survey: Survey, options: Options) -> str:
    """Text if all names say so, or `--by file`; images or audio if the first bytes of all say so; else bytes."""
    if options.by == "file" or TEXT_SUFFIXES.issuperset(survey.suffixes):
        return "text"
    kinds = {media_kind(head) for heads in survey.suffixes.values() for head in heads}
    return (kinds.pop() if len(kinds) == 1 else None) or "bytes"
