"""Samples as one plain file: lines of text, an array of numpy, or a single image, recording or file as it is."""

from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from byheart import _files
from byheart.errors import InputError
from byheart.saving.samples import Samples, contents
from byheart.saving.single import suffix_of

_SAME: Final = {".jpeg": ".jpg", ".tiff": ".tif"}


def save_txt(batches: Iterable[Samples], path: Path, total: int) -> int:
    """One sample: its text, and nothing else. More: a line each.

    Raises:
        InputError: a text that shall be one line of many holds a line break.
    """
    written = 0
    with _files.replacing(path) as file:
        for samples in batches:
            records = contents(samples)
            if total == 1:
                file.write(b"".join(records))
            else:
                broken = next(
                    (i for i, record in enumerate(records) if b"\n" in record or record.endswith(b"\r")), None
                )
                if broken is not None:
                    wanted = f"wanted texts of one line, but sample {written + broken} holds a line break"
                    raise InputError(f"{path}: {wanted}: save as .jsonl, or into a folder")
                file.write(b"".join(record + b"\n" for record in records))
            written += len(records)
    return written


def save_as_it_is(batches: Iterable[Samples], path: Path) -> int:
    """A single sample, whose first bytes must be those of a file with this suffix.

    Raises:
        InputError: they are not.
    """
    ((record,),) = (contents(samples) for samples in batches)
    wanted = suffix_of(record)
    if _SAME.get(path.suffix.lower(), path.suffix.lower()) != wanted:
        raise InputError(
            f"{path}: wanted {wanted}, as the first bytes of the sample say, got {path.suffix}: name it so"
        )
    _files.replace(path, record)
    return 1


def save_npy(batches: Iterable[Samples], path: Path, total: int) -> int:
    """One array (total, *shape), as `numpy.load` reads it."""
    written = 0
    with _files.replacing(path) as file:
        for samples in batches:
            numbers = samples.to_numpy()
            if not written:
                file.write(_npy_head(numbers, total))
            file.write(np.ascontiguousarray(numbers).reshape(-1).view(np.uint8).data)
            written += len(samples)
    return written


def _npy_head(first: npt.NDArray[Any], total: int) -> bytes:
    head = BytesIO()
    described = {"descr": np.lib.format.dtype_to_descr(first.dtype), "fortran_order": False}
    np.lib.format.write_array_header_2_0(head, {**described, "shape": (total, *first.shape[1:])})
    return head.getvalue()
