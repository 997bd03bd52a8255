"""The sections, in the paper's order: each a module with a function `run`, imported when its turn comes."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Final

from byheart.paper.found import Found
from byheart.paper.stage import Stage


@dataclass(frozen=True, slots=True)
class Section:
    """One of them.

    Attributes:
        name: that `--only` takes.
        title: for people.
        place: in the paper.
        module: of `byheart.paper`, that has it.
        is_of_page: whether it looks at the page as it is so far, so that what it found before does not count.
    """

    name: str
    title: str
    place: str
    module: str
    is_of_page: bool = False

    def run(self, stage: Stage) -> Found:
        """Put it to the test."""
        run: Callable[[Stage], Found] = import_module(f"byheart.paper.{self.module}").run
        return run(stage)


SECTIONS: Final = (
    Section("algorithm", "Algorithm 1", "3.1", "theory.algorithm"),
    Section("convergence", "Theorem 2: convergence", "3.2", "theory.convergence"),
    Section("distribution", "The same distribution", "1, 3", "theory.distribution"),
    Section("distances", "Figure 1: distances from two samples", "4.1.1", "distances.section"),
    Section("people", "Figure 2: people, and the coin", "4.1.1", "people.section"),
    Section("text", "Text", "4.1.2", "samples.text"),
    Section("pictures", "Figure 3: pictures, and collapse", "4.1.3", "samples.pictures"),
    Section("pi", "Digits of pi", "4.1.4", "samples.pi"),
    Section("costs", "Figure 4: what training costs", "4.2", "costs.section"),
    Section("one_shot", "One shot", "Abstract", "samples.one_shot", is_of_page=True),
)
