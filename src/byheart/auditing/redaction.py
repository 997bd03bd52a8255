"""Names of training records that tell nothing of them: HMAC-SHA256 of the fingerprint, with a key of each report.

A plain hash would not do: who knows what rows may look like (an age, a zip code, a sex) hashes them all, and finds the one. With a key that is thrown away, a
report's names tell only which pairs have the same original. Who keeps the key (`--id-key`) finds the record again.
"""

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from byheart import _files
from byheart.errors import InputError

_BYTES: Final = 32
_NAME: Final = 16  # of a name's hexadecimal digits: 64 bits


@dataclass(frozen=True, slots=True)
class Ids:
    """A way to name records.

    Attributes:
        key: 32 bytes that no report holds.
    """

    key: bytes = field(default_factory=lambda: secrets.token_bytes(_BYTES), repr=False)

    def of(self, fingerprint: int) -> str:
        """The name of a record.

        >>> Ids(bytes(32)).of(1) == Ids(bytes(32)).of(1) != Ids(bytes(31) + b"a").of(1)
        True
        """
        return hmac.new(self.key, fingerprint.to_bytes(8, "little"), hashlib.sha256).hexdigest()[:_NAME]


def ids_of(path: str | os.PathLike[str] | None) -> Ids:
    """Names by the key in a file, which is made if it is not there, for its owner's eyes alone; without a file, by a key of this report.

    Raises:
        InputError: the file holds no key.
    """
    if path is None:
        return Ids()
    file = Path(path)
    if not file.exists():
        _files.write_private(file, secrets.token_bytes(_BYTES))
    key = file.read_bytes()
    if len(key) != _BYTES:
        raise InputError(f"{file}: wanted a key of {_BYTES} bytes, got a file of {len(key):,}: name one that is free")
    return Ids(key)
