"""How samples are prepared: one format for all, decided once, from a look at both sides.

Adding a kind is one file with a `preparation(survey)`, and a line here.
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import Any, Final, Protocol

from byheart.errors import InputError
from byheart.rating.study import Kind
from byheart.registry import Registry


class Preparation(Protocol):
    """The one format of a study's samples."""

    @property
    def kind(self) -> Kind:
        """Of the samples."""

    @property
    def description(self) -> str:
        """The format, for people."""

    def prepare(self, record: Any) -> bytes:
        """A sample as it will be shown.

        Raises:
            InputError: it cannot be shown.
        """

    def degrade(self, record: Any, seed: int) -> bytes:
        """A real sample, broken so that whoever looks sees it: the same for the same seed.

        Raises:
            InputError: it cannot be shown, or cannot be broken.
        """

    def content(self, body: bytes) -> str:
        """A digest of what is seen or heard of a body: pixels, words, sounds; not of how they are written, or padded."""


PREPARATIONS: Final = Registry[str]("kind")
"""The module of each kind, imported when it is needed."""
PREPARATIONS.add("image", "byheart.rating.media.images")
PREPARATIONS.add("text", "byheart.rating.media.texts")
PREPARATIONS.add("audio", "byheart.rating.media.audio")
PREPARATIONS.add("row", "byheart.rating.media.rows")


def preparation(kind: Kind, survey: Sequence[Any]) -> Preparation:
    r"""Decide the one format that samples of both sides will be shown in.

    Args:
        kind: of the samples.
        survey: records, as many of each side: first the real ones (the columns of rows come in their order), then the others. What cannot be read is passed over.

    Raises:
        InputError: none can be read, or they have nothing in common.

    >>> preparation("text", ["to be", "or not"]).prepare("To be,\r\nor not").decode()
    'To be,\nor not'
    """
    decide: Callable[[Sequence[Any]], Preparation] = import_module(PREPARATIONS[kind]).preparation
    if not len(survey):
        raise InputError(f"{kind}: wanted at least one record to look at, got none")
    return decide(survey)


def prepare_all(preparation: Preparation, records: Sequence[Any]) -> list[bytes | InputError]:
    """Prepare many, on as many threads as there are cores, in order; each is read when its turn comes. What cannot be shown gives its error.

    >>> told = prepare_all(preparation("text", ["a"]), ["to be", ""])
    >>> told[0], type(told[1]).__name__
    (b'to be', 'InputError')
    """

    def one(at: int) -> bytes | InputError:
        try:
            return preparation.prepare(records[at])
        except InputError as error:
            return error

    if preparation.kind in {"text", "row"}:  # what Python does alone, threads only slow down
        return [one(at) for at in range(len(records))]
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        return list(pool.map(one, range(len(records))))
