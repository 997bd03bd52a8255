"""A body: a sample as a browser gets it. What it is called, how large it may be, and how it is brought to the length of the others.

Rule 1: all bodies of a study have one length, whatever they show; what is added is seen by nobody: after the end of a PNG, a chunk of a WAV that no player knows, NULs after a
text, spaces after JSON.
Rule 2: a body is small enough to be padded: an image of 512 x 512 pixels, a text of 1,200 characters, ten seconds of sound and a row of 64 cells fit by far.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from byheart.errors import InputError
from byheart.registry import Registry

_CHUNK: Final = 8  # what the name and the length of a chunk of a WAV take


@dataclass(frozen=True, slots=True)
class Form:
    """The bodies of one kind.

    Attributes:
        content_type: of HTTP.
        most: bytes that a body may have.
        pad: a body, and the length it shall have: the body of that length.
        spare: bytes by which the padded length is above that of the longest, where lengths differ.
    """

    content_type: str
    most: int
    pad: Callable[[bytes, int], bytes]
    spare: int = 0

    def length(self, shortest: int, longest: int) -> int:
        """The one length of bodies that have from `shortest` to `longest` bytes."""
        return longest if shortest == longest else longest + self.spare + (longest + self.spare) % 2


def _zeros(body: bytes, length: int) -> bytes:
    return body.ljust(length, b"\0")


def _spaces(body: bytes, length: int) -> bytes:
    return body.ljust(length)


def _junk(body: bytes, length: int) -> bytes:
    """A WAV with a chunk at its end that says nothing: `JUNK` is what editors leave room by."""
    if len(body) == length:
        return body
    chunk = b"JUNK" + (length - len(body) - _CHUNK).to_bytes(4, "little")
    whole = (body + chunk).ljust(length, b"\0")
    return whole[:4] + (length - _CHUNK).to_bytes(4, "little") + whole[_CHUNK:]


FORMS: Final = Registry[Form]("kind")
FORMS.add("image", Form("image/png", 2 << 20, _zeros))
FORMS.add("text", Form("text/plain; charset=utf-8", 256 << 10, _zeros))
FORMS.add("audio", Form("audio/wav", 4 << 20, _junk, _CHUNK))
FORMS.add("row", Form("application/json", 256 << 10, _spaces))


def checked(kind: str, body: bytes) -> bytes:
    """The body itself.

    Raises:
        InputError: it is empty, or larger than all others would have to be padded to.
    """
    most = FORMS[kind].most
    if not 0 < len(body) <= most:
        raise InputError(
            f"{kind}: wanted a sample of 1 to {most:,} bytes, got {len(body):,}: all are sent with the length of the longest; cut it"
        )
    return body
