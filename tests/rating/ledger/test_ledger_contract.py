"""What `Ledger` promises, of both kinds."""

import math
from pathlib import Path

import pytest
from ledgers import CONSENT, Place, both, join, judged

from byheart.errors import InputError
from byheart.rating.ledger import Judgment, Ledger, Note, Outcome

KEPT, KNOWN, TAKEN, REFUSED = Outcome


@both
def test_slots_are_leased_in_order_until_none_is_left(kind: str, tmp_path: Path) -> None:
    with Place(kind, tmp_path).open([2, 3]) as made:
        ledger: Ledger = made  # a type checker reads here that it is one
        assert [join(ledger, name).slot for name in ("a", "b")] == [0, 1]
        assert ledger.join("c", b"c", consent=CONSENT, now=0.0) is None


@both
def test_a_rater_who_joins_again_has_the_same_session_by_either_token(kind: str, tmp_path: Path) -> None:
    with Place(kind, tmp_path).open([2, 2]) as ledger:
        first = join(ledger, "a")
        ledger.append([judged(first, 1)], now=1.0)
        again = ledger.join("a", b"another", consent="2027-01-01", now=2.0)
        assert again is not None
        assert (again.number, again.slot, again.done, again.own) == (first.number, 0, frozenset({1}), 1)
        assert ledger.session(b"a", now=3.0) == ledger.session(b"another", now=3.0) == again
        assert again.consent == "2027-01-01"
        consents = [note.detail["version"] for note in ledger.notes() if note.kind == "consent"]
        assert consents == [CONSENT, "2027-01-01"]


@both
def test_a_token_that_nobody_has_is_nobodys(kind: str, tmp_path: Path) -> None:
    with Place(kind, tmp_path).open([2]) as ledger:
        join(ledger, "a")
        assert ledger.session(b"b", now=0.0) is None


@both
def test_what_was_begun_is_finished_first(kind: str, tmp_path: Path) -> None:
    with Place(kind, tmp_path).open([4, 4, 4, 4]) as ledger:
        for name, count in (("a", 1), ("b", 0), ("c", 3)):
            session = join(ledger, name)
            ledger.append([judged(session, trial) for trial in range(count)], now=0.0)
        assert ledger.lapse(1.0) == 3
        assert [join(ledger, name, now=2.0).slot for name in "wxyz"] == [2, 0, 1, 3]
        assert ledger.session(b"w", now=2.0).done == {0, 1, 2}  # type: ignore[union-attr]  # it has just joined


@both
def test_a_slot_that_was_taken_back_is_taken_up_again_while_it_is_free(kind: str, tmp_path: Path) -> None:
    with Place(kind, tmp_path).open([4, 4, 4]) as ledger:
        for name in "abc":
            join(ledger, name)
        assert ledger.lapse(1.0) == 3
        assert all(session.is_lapsed for session in ledger.sessions())
        assert not ledger.session(b"a", now=2.0).is_lapsed  # type: ignore[union-attr]  # of a rater who joined
        assert not join(ledger, "b", now=2.0).is_lapsed
        assert ledger.append([judged(ledger.sessions()[2], 0)], now=2.0) == [KEPT]
        assert not any(session.is_lapsed for session in ledger.sessions())
        assert [note.kind for note in ledger.notes()] == ["consent"] * 3 + ["lapsed"] * 3 + ["returned"] * 3


@both
def test_a_slot_that_is_anothers_stays_anothers(kind: str, tmp_path: Path) -> None:
    with Place(kind, tmp_path).open([3]) as ledger:
        old = join(ledger, "old")
        assert ledger.append([judged(old, 0)], now=0.0) == [KEPT]
        ledger.lapse(1.0)
        new = join(ledger, "new", now=2.0)
        assert (new.slot, new.done, new.own) == (0, frozenset({0}), 0)
        assert ledger.append([judged(new, 1)], now=2.0) == [KEPT]
        told = ledger.append([judged(old, 0), judged(old, 1), judged(old, 2)], now=2.0)
        assert told == [KNOWN, TAKEN, REFUSED]
        assert ledger.join("old", b"more", consent=CONSENT, now=2.0) is None
        seen = ledger.session(b"old", now=2.0)
        assert seen is not None
        assert (seen.is_lapsed, seen.own, seen.done) == (True, 1, frozenset({0, 1}))
        assert [(kept.rater, kept.judgment.trial) for kept in ledger.judgments()] == [("old", 0), ("new", 1)]


@both
def test_of_two_who_come_back_to_one_slot_at_once_the_first_has_it(kind: str, tmp_path: Path) -> None:
    with Place(kind, tmp_path).open([3]) as ledger:
        one = join(ledger, "one")
        ledger.lapse(1.0)
        two = join(ledger, "two", now=2.0)
        assert two.slot == one.slot
        ledger.lapse(3.0)
        told = ledger.append([judged(two, 0), judged(one, 1), judged(two, 2)], now=4.0)
        assert told == [KEPT, REFUSED, KEPT]
        assert [session.is_lapsed for session in ledger.sessions()] == [True, False]
        assert [note.kind for note in ledger.notes()].count("returned") == 1


@both
def test_who_came_long_ago_and_judged_nothing_makes_room_however_often_they_are_heard(
    kind: str, tmp_path: Path
) -> None:
    with Place(kind, tmp_path).open([2, 2, 2]) as ledger:
        silent, busy, late = join(ledger, "silent"), join(ledger, "busy"), join(ledger, "late", now=90.0)
        assert ledger.append([judged(busy, 0)], now=1.0) == [KEPT]
        assert ledger.session(b"silent", now=99.0) == silent
        assert ledger.release(50.0) == 1
        assert [session.is_lapsed for session in ledger.sessions()] == [True, False, False]
        assert join(ledger, "new", now=99.0).slot == silent.slot
        assert ledger.append([judged(silent, 0), judged(late, 0)], now=99.0) == [REFUSED, KEPT]
        assert ledger.release(1e9) == 1  # of those who are still there, `new` alone has judged nothing


@both
def test_each_judgment_has_the_outcome_that_it_should(kind: str, tmp_path: Path) -> None:
    with Place(kind, tmp_path).open([3, 3]) as ledger:
        a, b = join(ledger, "a"), join(ledger, "b")
        told = ledger.append(
            [
                judged(a, 0, key="one"),
                judged(a, 0, key="one"),  # sent twice, in one go
                judged(a, 0, key="one", left=False),  # the same key, another choice
                judged(a, 0, key="two"),  # judged in another tab
                judged(a, 1, key="one"),  # a key that names another judgment
                judged(b, 0, key="one"),
                judged(b, 0, key="three", left=False),  # the same trial of another slot
                judged(a, 3, key="four"),
                Judgment(a.number + 1000, 0, True, 1.0, "five", "key"),
            ],
            now=7.0,
        )
        assert told == [KEPT, KNOWN, TAKEN, TAKEN, REFUSED, REFUSED, KEPT, REFUSED, REFUSED]
        assert ledger.append([judged(a, 0, key="one"), judged(a, 0, key="two")], now=8.0) == [KNOWN, TAKEN]
        kept = [(one.slot, one.judgment.key, one.judgment.chose_left, one.received) for one in ledger.judgments()]
        assert kept == [(0, "one", True, 7.0), (1, "three", False, 7.0)]
        assert ledger.append([], now=9.0) == []


@both
@pytest.mark.parametrize(
    ("trial", "milliseconds", "key", "device"),
    [
        (-1, 1.0, "k", "key"),
        (1 << 40, 1.0, "k", "key"),
        (0, math.nan, "k", "key"),
        (0, math.inf, "k", "key"),
        (0, -1.0, "k", "key"),
        (0, 1.0, "", "key"),
        (0, 1.0, "k" * 101, "key"),
        (0, 1.0, "\0", "key"),
        (0, 1.0, "\ud800", "key"),
        (0, 1.0, "k", "gamepad"),
    ],
)
def test_what_cannot_be_a_judgment_is_refused_and_takes_no_other_with_it(
    kind: str, tmp_path: Path, trial: int, milliseconds: float, key: str, device: str
) -> None:
    with Place(kind, tmp_path).open([3]) as ledger:
        session = join(ledger, "a")
        bad = Judgment(session.number, trial, True, milliseconds, key, device)
        nobody = Judgment(1 << 70, 0, True, 1.0, "nobody", "key")
        assert ledger.append([bad, nobody, judged(session, 0)], now=0.0) == [REFUSED, REFUSED, KEPT]


@both
def test_a_finished_slot_is_not_taken_back(kind: str, tmp_path: Path) -> None:
    with Place(kind, tmp_path).open([2]) as ledger:
        session = join(ledger, "a")
        ledger.append([judged(session, 0), judged(session, 1)], now=0.0)
        assert ledger.lapse(1e9) == 0
        assert ledger.join("b", b"b", consent=CONSENT, now=1e9) is None
        assert not join(ledger, "a", now=1e9).is_lapsed


@both
def test_who_is_heard_keeps_the_slot(kind: str, tmp_path: Path) -> None:
    place = Place(kind, tmp_path)
    with place.open([2, 2, 2]) as ledger:
        sessions = [join(ledger, name) for name in "abc"]
        ledger.session(b"a", now=50.0)
        ledger.append([judged(sessions[1], 0)], now=50.0)
        assert ledger.lapse(49.0) == 1
        ledger.session(b"a", now=90.0)
    with place.open([2, 2, 2]) as ledger:  # closing writes who was heard
        assert ledger.lapse(89.0) == 1
        assert [session.is_lapsed for session in ledger.sessions()] == [False, True, True]


@both
def test_while_a_study_is_stopped_nobody_joins_or_judges(kind: str, tmp_path: Path) -> None:
    place = Place(kind, tmp_path)
    with place.open([3, 3]) as ledger:
        session = join(ledger, "a")
        ledger.append([judged(session, 0)], now=0.0)
        ledger.stop(is_stopped=True, now=1.0)
    with place.open([3, 3]) as ledger:
        assert ledger.is_stopped
        assert [ledger.join(name, b"t", consent=CONSENT, now=2.0) for name in "ab"] == [None, None]
        assert ledger.append([judged(session, 0), judged(session, 1)], now=2.0) == [KNOWN, REFUSED]
        ledger.stop(is_stopped=False, now=3.0)
        assert not ledger.is_stopped
        assert ledger.append([judged(session, 1)], now=4.0) == [KEPT]
        assert ledger.notes()[1:] == [Note(None, "stopped", {}, 1.0), Note(None, "resumed", {}, 3.0)]


@both
def test_notes_are_kept_and_practice_is_remembered(kind: str, tmp_path: Path) -> None:
    with Place(kind, tmp_path).open([3, 3]) as ledger:
        a, b = join(ledger, "a"), join(ledger, "b")
        notes = [
            Note(a.number, "practised", {"right": 3, "shares": 0.75, "text": "é\0", "none": None, "is": True}, 1.5),
            Note(None, "peeked", {}, 2.5),
            Note(b.number, "hidden", {}, 3.5),
        ]
        ledger.note([*notes, Note(b.number + 1000, "practised", {}, 4.5)])  # of one who is not there: left out
        assert [note for note in ledger.notes() if note.kind != "consent"] == notes
        assert [session.has_practised for session in ledger.sessions()] == [True, False]
        ledger.note([])


@both
def test_an_erased_rater_leaves_nothing_and_their_trials_are_free_again(kind: str, tmp_path: Path) -> None:
    place = Place(kind, tmp_path)
    with place.open([2, 2]) as ledger:
        a, b = join(ledger, "a"), join(ledger, "b")
        ledger.append([judged(a, 0), judged(a, 1), judged(b, 0)], now=0.0)
        ledger.note([Note(a.number, "hidden", {}, 1.0)])
        assert ledger.erase("a") == 2
        assert ledger.erase("nobody") == 0
        assert ledger.session(b"a", now=2.0) is None
        assert [session.rater for session in ledger.sessions()] == ["b"]
        assert [kept.rater for kept in ledger.judgments()] == ["b"]
        assert [note.session for note in ledger.notes()] == [b.number, None]
        assert ledger.append([judged(a, 0)], now=3.0) == [REFUSED]
        again = join(ledger, "a", now=4.0)
        assert (again.slot, again.done, again.number > b.number) == (0, frozenset(), True)
        assert ledger.append([judged(again, 0), judged(again, 1)], now=5.0) == [KEPT, KEPT]


@both
def test_who_took_over_gets_the_trials_of_who_is_erased(kind: str, tmp_path: Path) -> None:
    with Place(kind, tmp_path).open([2]) as ledger:
        old = join(ledger, "old")
        ledger.append([judged(old, 0)], now=0.0)
        ledger.lapse(1.0)
        new = join(ledger, "new", now=2.0)
        ledger.append([judged(new, 1)], now=2.0)
        assert ledger.erase("old") == 1
        assert ledger.append([judged(new, 0)], now=3.0) == [KEPT]


@both
def test_nothing_that_was_written_can_be_changed(kind: str, tmp_path: Path) -> None:
    with Place(kind, tmp_path).open([2]) as ledger:
        ledger.append([judged(join(ledger, "a"), 0)], now=0.0)
        before = ledger.judgments(), ledger.notes()
        for table, change in (("judgments", "chose_left = 0"), ("notes", "at = 0")):
            for sql in (f"UPDATE {table} SET {change}", f"DELETE FROM {table}"):
                with pytest.raises(Exception, match="appended to, never changed"):
                    ledger._rows(sql)
        assert (ledger.judgments(), ledger.notes()) == before


@both
def test_reports_read_while_a_server_writes_and_change_nothing(kind: str, tmp_path: Path) -> None:
    place = Place(kind, tmp_path)
    with pytest.raises(InputError, match="nobody has joined this study yet"):
        place.make([2], read_only=True)
    with place.open([2]) as ledger, place.open([2], read_only=True) as report:
        session = join(ledger, "a")
        ledger.append([judged(session, 0)], now=0.0)
        assert report.judgments() == ledger.judgments()
        assert report.session(b"a", now=1e9) == ledger.sessions()[0]
        with pytest.raises(InputError, match="opened to be read"):
            report.append([judged(session, 1)], now=1.0)
        with pytest.raises(InputError, match="opened to be read"):
            report.erase("a")
    with place.open([2], read_only=True) as report:  # the server has gone
        assert len(report.judgments()) == 1


@both
def test_what_is_not_this_studys_ledger_is_refused(kind: str, tmp_path: Path) -> None:
    place = Place(kind, tmp_path)
    with pytest.raises(InputError, match="wanted slots of 1 trial or more"):
        place.make([2, 0])
    with place.open([2, 3]) as ledger:
        newer = "PRAGMA user_version = 2" if kind == "sqlite" else "UPDATE format SET version = 2"
        with pytest.raises(InputError, match=r"wanted the ledger of this plan \(1 slots, 9 trials\), got another"):
            place.make([9])
        ledger._rows(newer)
        with pytest.raises(InputError, match=r"version 1, got version 2: use a newer byheart"):
            place.make([2, 3])
