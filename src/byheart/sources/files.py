"""Files, one after the other: of a folder, a pattern or an archive, or a single one; and what their names and first bytes tell."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from byheart.sources.file import File

_HEADS: Final = 8
_HEAD_BYTES: Final = 32
_NAMES: Final = 64


class Files:
    """Some files, in order. They may be gone through more than once; each can be opened until the next is taken.

    Args:
        name: where, for people.
        walk: gives the files.
        is_named: whether they were named one by one or by a pattern, not found in a folder or an archive.
        outer: the archives that they are in.
    """

    def __init__(
        self, name: str, walk: Callable[[], Iterator[File]], *, is_named: bool = False, outer: "Files | None" = None
    ) -> None:
        self.name = name
        self.is_named = is_named
        self.outer = outer
        self._walk = walk
        self._past = 0
        self._file: File | None = None

    @property
    def done(self) -> int:
        """The bytes that have been read, as they are stored on the disk."""
        if self.outer is not None:
            return self.outer.done
        return self._past + (self._file.done if self._file is not None else 0)

    def __iter__(self) -> Iterator[File]:
        self._past, self._file = 0, None
        for file in self._walk():
            self._file = file
            yield file
            self._past, self._file = self._past + (file.done if file.size is None else file.size), None

    def unpacked(self, members: Callable[[File], Iterator[File]]) -> "Files":
        """The members of these files, which are archives."""
        return Files(self.name, lambda: (member for file in self for member in members(file)), outer=self)


@dataclass(slots=True)
class Survey:
    """What a look at files tells.

    Attributes:
        suffixes: of each suffix, the first bytes of the first few files; none of a file that can be read once only.
        names: of the first files.
        count: how many files there are.
        size: how many bytes they have, as stored; None where that is not known.
        has_labels: whether one of them is in a sub-folder.
    """

    suffixes: dict[str, list[bytes]] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    count: int = 0
    size: int | None = 0
    has_labels: bool = False

    @classmethod
    def of(cls, files: Files, most: int | None = None) -> "Survey":
        """Look at the files: at the first `most`, where going through them all is slow."""
        survey = cls()
        for file in islice(files, most):
            heads = survey.suffixes.setdefault(file.suffix, [])
            if len(heads) < _HEADS and not file.is_once:
                with file.stored() as stored:
                    heads.append(stored.read(_HEAD_BYTES))
            if len(survey.names) < _NAMES:
                survey.names.append(file.name)
            survey.count += 1
            survey.has_labels |= file.label is not None
            survey.size = None if survey.size is None or file.size is None else survey.size + file.size
        return survey
