"""A stage for a section: offline, quick."""

from pathlib import Path

from byheart.paper.claims import Claim
from byheart.paper.found import Found, found_of
from byheart.paper.library import Library
from byheart.paper.stage import Copy, Stage


def stage(folder: Path, *, seed: int = 0, paper: Copy | None = None, so_far: bytes = b"<!doctype html>") -> Stage:
    library = Library(is_offline=True, say=lambda _: None)
    return Stage(folder, folder / "cache", True, seed, library, lambda *_: None, paper, lambda: so_far)


def claims(found: Found) -> dict[str, Claim]:
    """By their places and first words; and what was found is what is kept."""
    assert found_of(found.kept()).claims == list(found.claims)
    return {claim.claim: claim for claim in found.claims}
