"""Progress on standard error: the paper's "something useless which looks fancy".

Only on a terminal, never in a log or a pipe, and only for work that takes longer than a moment; rich is imported then.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from byheart.cli import screen, words

if TYPE_CHECKING:  # what samples need not wait for what learns, nor either for a bar that is not shown
    from rich.progress import Progress

    from byheart.batch import Batch
    from byheart.sources import Source

_MOMENT: Final = 0.4


class Bar:
    """A bar, a share, a rate and the time that is left; nothing at all unless it is shown.

    Args:
        doing: the word in front.
        shown: whether it may be seen; it never is where standard error is no terminal.
    """

    def __init__(self, doing: str, *, shown: bool) -> None:
        self._doing = doing
        self._shown = shown and screen.is_watched()
        self._began = time.perf_counter()
        self._progress: Progress | None = None

    def tell(self, share: float | None, told: str) -> None:
        """Say how far it has come: a share of 1 (None: it cannot be known), and what to write beside the bar."""
        if not self._shown:
            return
        if self._progress is None:
            if time.perf_counter() - self._began < _MOMENT:
                return
            self._progress = _start(self._doing)
        total = None if share is None else 1.0
        self._progress.update(self._progress.task_ids[0], completed=share or 0.0, total=total, told=told)

    @property
    def seconds(self) -> float:
        """Since it began."""
        return time.perf_counter() - self._began

    def close(self) -> None:
        """Take it off the screen."""
        if self._progress is not None:
            self._progress.stop()


@contextmanager
def bar(doing: str, *, shown: bool) -> Iterator[Bar]:
    """A bar that goes when the block ends, however it ends."""
    made = Bar(doing, shown=shown)
    try:
        yield made
    finally:
        made.close()


@contextmanager
def waiting(doing: str) -> Iterator[None]:
    """A sign of life beside work that cannot say how far it has come."""
    if not screen.is_watched():
        yield
        return
    from rich.console import Console  # noqa: PLC0415  # heavy, and only for a terminal

    with Console(stderr=True).status(doing, spinner_style="cyan"):
        yield


def of_learning(made: Bar, sources: "Sequence[Source]") -> "Callable[[Source, int, int], None]":
    """What `learn` calls after each chunk: the sources count alike, whatever each counts in."""
    place = {id(source): number for number, source in enumerate(sources)}

    def tell(source: "Source", records: int, size: int) -> None:
        share = None
        if source.total:
            share = (place[id(source)] + min(source.done / source.total, 1)) / len(place)
        rate = words.size(size / made.seconds)
        made.tell(share, f"{words.records(records, source.kind or 'bytes')}, {words.size(size)}, {rate}/s")

    return tell


def of_drawing(made: Bar, batches: "Iterable[Batch]", total: int) -> "Iterator[Batch]":
    """The same batches; the bar follows them."""
    done = 0
    for batch in batches:
        yield batch
        done += len(batch)
        made.tell(done / max(total, 1), f"{words.count(done)} of {words.count(total)}")


def _start(doing: str) -> "Progress":
    from rich.console import Console  # noqa: PLC0415  # heavy, and seldom needed
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn  # noqa: PLC0415  # as above

    progress = Progress(
        SpinnerColumn(style="cyan"),
        TextColumn("{task.description}"),
        BarColumn(complete_style="cyan", finished_style="cyan", pulse_style="cyan"),
        TextColumn("{task.fields[told]}"),
        TimeRemainingColumn(compact=True),
        console=Console(stderr=True),
        transient=True,
    )
    progress.add_task(doing, total=None, told="")
    progress.start()
    return progress
