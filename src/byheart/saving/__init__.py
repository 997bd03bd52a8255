"""Saving: samples as files, bit for bit."""

from byheart.saving.formats import FORMATS, Saved, save
from byheart.saving.samples import Samples, about
from byheart.saving.single import from_file, to_file

__all__ = ["FORMATS", "Samples", "Saved", "about", "from_file", "save", "to_file"]
