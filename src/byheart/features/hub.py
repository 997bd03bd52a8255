"""A model's files from the Hugging Face hub, or from what was fetched from there before."""

from collections.abc import Sequence
from pathlib import Path

from byheart._optional import require
from byheart.errors import InputError


def folder(name: str, patterns: Sequence[str]) -> Path:
    """The folder that holds a repository's files: those that meet one of the patterns.

    Raises:
        InputError: they are not here, and cannot be fetched.
    """
    library = require("huggingface_hub", "sentence")
    try:
        return Path(library.snapshot_download(name, allow_patterns=list(patterns)))
    except Exception as error:  # whatever its network, its cache or the hub say
        raise InputError(
            f"{name}: wanted files that are here, or that can be fetched from the hub, got neither"
        ) from error
