"""Files: a folder of them (recursive), or one that is a record by itself."""

from collections.abc import Iterator
from pathlib import Path

from byheart.errors import InputError
from byheart.records import Chunk
from byheart.records.kinds import media_kind
from byheart.sources.base import Options, batched

TEXT_SUFFIXES = frozenset({".txt", ".md", ".rst", ".tex", ".text", ".log"})


class FilesSource:
    """Each file is a record, in the order of the paths; hidden ones (.DS_Store, .git) are left out."""

    def __init__(self, path: Path, options: Options) -> None:
        self._root = path if path.is_dir() else path.parent
        self._options = options
        self.name = str(path)
        self._files = sorted(_walk(path)) if path.is_dir() else [path]
        if not self._files:
            raise InputError(f"{path}: wanted a folder with files, got one with none")
        self.total: int | None = len(self._files)
        self.done = 0

    @property
    def kind(self) -> str | None:
        """Text where all files say so by their names; images or audio where all begin like some; else bytes."""
        if self._options.by == "file" or all(file.suffix.lower() in TEXT_SUFFIXES for file in self._files):
            return "text"
        kinds = {media_kind(_head(file)) for file in self._files[:: max(1, len(self._files) // 100)]}
        return (kinds.pop() or "bytes") if len(kinds) == 1 else "bytes"

    def chunks(self) -> Iterator[Chunk]:
        """The files' bytes, a chunk at a time."""
        for batch in batched(self._read(), lambda item: len(item[1])):
            names = [str(file.relative_to(self._root)) for file, _ in batch]
            labels = None
            if self._options.labels:
                labels = [
                    file.relative_to(self._root).parts[0] if file.parent != self._root else None for file, _ in batch
                ]
            yield Chunk([data for _, data in batch], names, 0, labels)

    def _read(self) -> Iterator[tuple[Path, bytes]]:
        for file in self._files:
            try:
                yield file, file.read_bytes()
            except OSError as error:
                raise InputError(f"{file}: cannot be read ({error.strerror}): nothing was learned") from error
            self.done += 1


def _walk(folder: Path) -> Iterator[Path]:
    for entry in folder.iterdir():
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            yield from _walk(entry)
        elif entry.is_file():
            yield entry


def _head(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(16)
    except OSError as error:
        raise InputError(f"{file}: cannot be read ({error.strerror})") from error
