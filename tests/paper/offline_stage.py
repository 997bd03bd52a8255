"""A stage for a section, without a network."""

from pathlib import Path

from byheart.paper.library import Library
from byheart.paper.stage import Stage


def staged(folder: Path, seed: int = 0) -> Stage:
    (folder / "work").mkdir(parents=True, exist_ok=True)
    library = Library(is_offline=True, say=lambda _: None)
    return Stage(folder / "work", folder / "cache", True, seed, library, lambda *_: None, None, lambda: b"")
