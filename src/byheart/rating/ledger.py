"""The ledger of a study: who came, and what was chosen. It is appended to, never changed.

Rule 1: what was acknowledged is on the disk.
Rule 2: a trial of a slot is judged once, whoever sends what how often: (slot, trial) is unique, and so is (session, trial).
Rule 3: people and simulated raters have ledgers of their own.
Rule 4: a rater is known by an HMAC; no address, no name. `erase` takes all that a rater left, bytes on the disk included.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final, Protocol

KNOWN_BY: Final = 12
"""Letters of a rater's HMAC that pages show: enough for `erase-rater`."""


@dataclass(frozen=True, slots=True)
class Session:
    """A rater's way through a slot.

    Attributes:
        number: of the session.
        slot: of the plan.
        rater: HMAC of whoever it is, in hexadecimal.
        done: the trials of the slot that need no judgment any more, by whomever they were judged.
        own: how many of those were judged in this session.
        has_practised: whether practice is behind them.
        is_lapsed: whether the slot was taken back.
        consent: version of the text that was agreed to.
    """

    number: int
    slot: int
    rater: str
    done: frozenset[int]
    own: int
    has_practised: bool
    is_lapsed: bool
    consent: str

    def is_finished(self, trials: int) -> bool:
        """Whether all trials of the slot, of which there are so many, are judged, and it is still theirs."""
        return not self.is_lapsed and len(self.done) >= trials


@dataclass(frozen=True, slots=True)
class Judgment:
    """A choice, as it comes in.

    Attributes:
        session: its number.
        trial: its place in the slot, from 0.
        chose_left: which side.
        milliseconds: from the frame that showed the pair to the choice.
        key: names this judgment, however often it is sent: random, by the browser.
        device: "key", "mouse" or "touch".
    """

    session: int
    trial: int
    chose_left: bool
    milliseconds: float
    key: str
    device: str


class Outcome(Enum):
    """What became of a judgment."""

    KEPT = "kept"
    """It is on the disk."""
    KNOWN = "known"
    """The same (key, trial and side) was there already: sent again. It is said even where the session has lapsed, or the study is stopped."""
    TAKEN = "taken"
    """The trial was judged otherwise before: in another tab, or by whoever has, or had, the slot."""
    REFUSED = "refused"
    """There is no such session or trial; or the session has lapsed, and the slot is another's; or the study is stopped.

    Or it is no judgment: its key names another one, is empty, longer than 100 characters or holds what cannot be printed; its milliseconds are negative or no number; its device is unknown.
    """


@dataclass(frozen=True, slots=True)
class Kept:
    """A judgment in the ledger, with its place."""

    judgment: Judgment
    slot: int
    rater: str
    received: float


@dataclass(frozen=True, slots=True)
class Note:
    """Something that happened besides judgments: "practised", "hidden", "shown", "paused", "resumed", "peeked", "read" (a look while the study was stopped) ...

    The ledger itself notes "consent" (with each new token; detail: version), "lapsed", "returned", and for the study "stopped", "resumed" and "erased" (detail: judgments).

    Attributes:
        session: whose; None for the study's own.
        kind: a word.
        detail: of it, in JSON types.
        at: seconds since 1970.
    """

    session: int | None
    kind: str
    detail: Mapping[str, str | int | float | bool | None]
    at: float


class Ledger(Protocol):
    """Where it is kept: all methods are called from one thread at a time, and return when what they wrote is on the disk."""

    def join(self, rater: str, token: bytes, *, consent: str, now: float) -> Session | None:
        """Lease a slot; a rater who was here before gets the session of then (with the new token besides), never a second slot.

        Args:
            rater: HMAC.
            token: SHA-256 of the session's token.
            consent: version of the text.
            now: seconds since 1970.

        Returns:
            None: no slot is free; or the rater's was taken back, and is another's; or the study is stopped.
        """
        ...

    def session(self, token: bytes, *, now: float) -> Session | None:
        """Whose token this is the SHA-256 of; the lease is renewed, and taken up again where it had lapsed and no one has the slot.

        That it was renewed may be known in RAM alone for a minute: other servers see it later, and a crash forgets it.
        """
        ...

    def append(self, judgments: Sequence[Judgment], *, now: float) -> list[Outcome]:
        """Write them, all in one transaction; an outcome for each, in order: a later one may be what an earlier one made it. The leases are renewed.

        Raises:
            StorageError: none of them was written; sending them again does no harm.
        """
        ...

    def note(self, notes: Sequence[Note]) -> None:
        """Write what happened; a note "practised" sets `has_practised`; those of sessions that are not there are left out."""
        ...

    def lapse(self, before: float) -> int:
        """Take back the slots of unfinished sessions that said nothing since then; how many."""
        ...

    def release(self, before: float) -> int:
        """Take back the slots of unfinished sessions that came before then and have judged nothing, however often they are heard; how many."""
        ...

    def stop(self, *, is_stopped: bool, now: float) -> None:
        """Let nobody join or judge; or let them again; a note of it is written."""
        ...

    @property
    def is_stopped(self) -> bool:
        """Whether nobody may judge."""
        ...

    def judgments(self) -> list[Kept]:
        """All, in the order in which they came in."""
        ...

    def sessions(self) -> list[Session]:
        """All, by number."""
        ...

    def notes(self) -> list[Note]:
        """All, in the order in which they came in."""
        ...

    def erase(self, rater: str) -> int:
        """Take all that a rater left; how many judgments. Their trials are free again: to whoever took the slot over, or to the next.

        Raises:
            StorageError: the rater is gone, but bytes may be left where another process reads the file: erase again.
        """
        ...

    def close(self) -> None:
        """Let go of it."""
        ...
