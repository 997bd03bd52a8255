"""Whatever raters do, in whatever order, either ledger says what a simple model says."""

import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from ledgers import CONSENT, Place

from byheart.rating.ledger import Judgment, Note, Outcome, Session

TRIALS: Final = [2, 3, 1]
RATERS: Final = st.sampled_from("abcde")
TIMES: Final = st.integers(0, 100)
PLACES: Final = st.tuples(RATERS, st.integers(-1, 3), st.sampled_from(["", "x", "y"]), st.booleans())


@dataclass
class Rater:
    """What the model knows of one who joined."""

    number: int
    slot: int
    heard: float
    has_practised: bool = False
    tokens: set[bytes] = field(default_factory=set)


class Model:
    """A ledger without a disk, for one who reads."""

    def __init__(self) -> None:
        self.raters: dict[str, Rater] = {}
        self.holders: list[str | None] = [None] * len(TRIALS)
        self.judged: dict[tuple[int, int], tuple[str, str, bool]] = {}  # (slot, trial): rater, key, left
        self.is_stopped = False

    def done(self, slot: int) -> frozenset[int]:
        return frozenset(trial for at, trial in self.judged if at == slot)

    def is_free(self, slot: int) -> bool:
        return self.holders[slot] is None and len(self.done(slot)) < TRIALS[slot]

    def may(self, name: str) -> bool:
        """Whether the slot is theirs, or becomes so again."""
        slot = self.raters[name].slot
        if self.is_free(slot):
            self.holders[slot] = name
        return self.holders[slot] == name

    def join(self, name: str, now: float) -> bool:
        if self.is_stopped:
            return False
        if name not in self.raters:
            free = [slot for slot in range(len(TRIALS)) if self.is_free(slot)]
            if not free:
                return False
            slot = max(free, key=lambda slot: (len(self.done(slot)), -slot))
            self.raters[name] = Rater(0, slot, now)
            self.holders[slot] = name
        elif not self.may(name):
            return False
        self.raters[name].heard = now
        return True

    def append(self, name: str, trial: int, key: str, *, left: bool) -> Outcome:
        slot = self.raters[name].slot
        if not 0 <= trial < TRIALS[slot]:
            return Outcome.REFUSED
        same = next((place for place, (_, known, _) in self.judged.items() if known == key), None)
        if same is not None and (same != (slot, trial) or self.judged[same][0] != name):
            return Outcome.REFUSED
        if (slot, trial) in self.judged:
            is_same = self.judged[slot, trial] == (name, key, left)
            return Outcome.KNOWN if is_same else Outcome.TAKEN
        if self.is_stopped or self.holders[slot] != name:
            return Outcome.REFUSED
        self.judged[slot, trial] = (name, key, left)
        return Outcome.KEPT

    def lapse(self, before: float) -> int:
        late = [
            slot
            for slot, name in enumerate(self.holders)
            if name is not None and len(self.done(slot)) < TRIALS[slot] and self.raters[name].heard < before
        ]
        for slot in late:
            self.holders[slot] = None
        return len(late)

    def erase(self, name: str) -> int:
        gone = [place for place, (rater, _, _) in self.judged.items() if rater == name]
        for place in gone:
            del self.judged[place]
        if self.raters.pop(name, None) is not None:
            self.holders = [None if holder == name else holder for holder in self.holders]
        return len(gone)

    def session(self, name: str) -> Session:
        rater = self.raters[name]
        own = sum(judge == name for judge, _, _ in self.judged.values())
        is_lapsed = self.holders[rater.slot] != name
        return Session(
            rater.number, rater.slot, name, self.done(rater.slot), own, rater.has_practised, is_lapsed, CONSENT
        )


class Machine(RuleBasedStateMachine):
    """The ledger beside the model."""

    kind = "sqlite"

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.place = Place(self.kind, self.folder)
        self.ledger: Any = self.place.make(TRIALS)
        self.model = Model()
        self.now = 0.0

    @rule(rater=RATERS, token=st.sampled_from([b"1", b"2"]), later=TIMES)
    def join(self, rater: str, token: bytes, later: int) -> None:
        self.now += later
        token = rater.encode() + token
        told = self.ledger.join(rater, token, consent=CONSENT, now=self.now)
        assert (told is not None) == self.model.join(rater, self.now)
        if told is not None:
            known = self.model.raters[rater]
            known.number = known.number or told.number
            known.tokens.add(token)
            assert told == self.model.session(rater)

    @rule(rater=RATERS, token=st.sampled_from([b"1", b"2"]), later=TIMES)
    def come_back(self, rater: str, token: bytes, later: int) -> None:
        self.now += later
        told = self.ledger.session(rater.encode() + token, now=self.now)
        known = self.model.raters.get(rater)
        if known is None or rater.encode() + token not in known.tokens:
            assert told is None
            return
        self.model.may(rater)
        known.heard = self.now
        assert told == self.model.session(rater)

    @rule(choices=st.lists(PLACES, max_size=6), later=TIMES)
    def judge(self, choices: list[tuple[str, int, str, bool]], later: int) -> None:
        self.now += later
        known = [choice for choice in choices if choice[0] in self.model.raters]
        judgments = [
            Judgment(self.model.raters[rater].number, trial, left, 1.0, key or f"{rater}{trial}", "touch")
            for rater, trial, key, left in known
        ]
        told = self.ledger.append(judgments, now=self.now)
        for rater, trial, _, _ in known:
            if trial >= 0:  # one that no browser sends is not heard
                self.model.raters[rater].heard = self.now
                if not self.model.is_stopped:
                    self.model.may(rater)
        wanted = [
            self.model.append(rater, trial, key or f"{rater}{trial}", left=left) for rater, trial, key, left in known
        ]
        assert told == wanted

    @rule(rater=RATERS)
    def practise(self, rater: str) -> None:
        known = self.model.raters.get(rater)
        if known is not None:
            self.ledger.note([Note(known.number, "practised", {}, self.now)])
            known.has_practised = True

    @rule(ago=TIMES)
    def lapse(self, ago: int) -> None:
        assert self.ledger.lapse(self.now - ago) == self.model.lapse(self.now - ago)

    @rule(is_stopped=st.booleans())
    def stop(self, is_stopped: bool) -> None:
        self.ledger.stop(is_stopped=is_stopped, now=self.now)
        self.model.is_stopped = is_stopped

    @rule(rater=RATERS)
    def erase(self, rater: str) -> None:
        assert self.ledger.erase(rater) == self.model.erase(rater)

    @rule()
    def open_again(self) -> None:
        self.ledger.close()
        self.ledger = self.place.make(TRIALS)

    @invariant()
    def they_agree(self) -> None:
        wanted = {name: self.model.session(name) for name in self.model.raters}
        assert {session.rater: session for session in self.ledger.sessions()} == wanted
        kept = {(one.slot, one.judgment.trial): one for one in self.ledger.judgments()}
        told = {place: (one.rater, one.judgment.key, one.judgment.chose_left) for place, one in kept.items()}
        assert told == self.model.judged
        assert self.ledger.is_stopped == self.model.is_stopped

    def teardown(self) -> None:
        if hasattr(self, "ledger"):
            self.ledger.close()
            shutil.rmtree(self.folder)


class PostgresMachine(Machine):
    """The same, of PostgreSQL."""

    kind = "postgres"


def test_a_file_says_what_the_model_says() -> None:
    run_state_machine_as_test(Machine, settings=settings(max_examples=60, stateful_step_count=25))


@pytest.mark.full
def test_a_file_says_what_the_model_says_for_long() -> None:
    run_state_machine_as_test(Machine, settings=settings(max_examples=1_000, stateful_step_count=50))


def test_postgres_says_what_the_model_says() -> None:
    few = settings(max_examples=8, stateful_step_count=20)  # erasing writes its tables anew, which takes time
    run_state_machine_as_test(PostgresMachine, settings=few)
