"""Pi: two computations agree; and where memory runs out there is one clear error, and nothing is lost."""

import sys
from pathlib import Path

import pytest
from stages import claims, stage

from byheart.cli.failures import explain
from byheart.paper.samples import pi, running_out
from byheart.paper.samples.chudnovsky import digits_of_pi
from byheart.sources.pi import require_room

linux = pytest.mark.skipif(not running_out.IS_POSSIBLE, reason="the limit is Linux's")


@pytest.mark.parametrize("count", [1, 2, 100, 767, 5000])
def test_fewer_digits_are_the_beginning_of_more(count: int) -> None:
    """The digits 763 to 768 are six nines: cut off, not rounded."""
    assert digits_of_pi(6000).startswith(digits_of_pi(count))
    assert len(digits_of_pi(count)) == count
    assert digits_of_pi(50) == "31415926535897932384626433832795028841971693993751"


@pytest.mark.parametrize("has_flint", [True, False])
def test_everything_that_is_claimed_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_flint: bool) -> None:
    if has_flint:
        pytest.importorskip("flint")
    else:
        monkeypatch.setattr(pi, "find_spec", lambda _: None)
        monkeypatch.setattr(pi, "_WITHOUT_FLINT", 20_000)
    found = pi.run(stage(tmp_path))
    told = claims(found)
    assert told["640 kB ought to be enough."].verdict == ("holds, with a caveat" if has_flint else "holds")
    assert 640_000 < found.numbers["fit_640_kB"] < 655_360
    arranged = told["Digits were produced as long as the memory permitted: 3.1415Segmentation fault."]
    assert arranged.verdict == ("does not hold" if running_out.IS_POSSIBLE else "not tried")  # there is no such bug
    clear = told["Where memory runs out there is one clear error, and no crash."]
    assert clear.verdict == ("holds" if running_out.IS_POSSIBLE else "not tried")
    assert told["It applies to the decimals of pi, as long as one can print them as text."].verdict == "holds"
    assert "3.14159265358979323846" in "".join(map(str, found.parts))


@linux
def test_the_papers_sample_ends_in_a_clear_error(tmp_path: Path) -> None:
    pytest.importorskip("flint")
    ending = running_out.learning(tmp_path, None)
    assert ending.printed == "3.1415\n"
    assert ending.code == 2
    assert ending.said.startswith("byheart: out of memory: wanted more RAM than is free")
    assert ending.is_clear
    assert ending.is_intact


@pytest.mark.parametrize(("said", "code"), [("Segmentation fault\n", -11), ("byheart: out of memory: a\nb\n", 2)])
def test_a_crash_or_a_traceback_is_no_clear_ending(said: str, code: int) -> None:
    assert not running_out.Ending((), "3.1415\n", said, code, is_intact=True).is_clear


def test_where_there_is_no_limit_it_is_not_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running_out, "IS_POSSIBLE", False)
    monkeypatch.setattr(pi, "find_spec", lambda _: None)
    monkeypatch.setattr(pi, "_WITHOUT_FLINT", 20_000)
    told = claims(pi.run(stage(tmp_path)))
    assert sum(claim.verdict == "not tried" for claim in told.values()) == 3


@pytest.mark.skipif(sys.maxsize < 2**32, reason="wants more than there are addresses")
def test_more_room_than_there_is_is_a_memory_error() -> None:
    with pytest.raises(MemoryError, match="wanted"):
        require_room(2**56)
    require_room(1 << 20)


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        OSError(12, "Cannot allocate memory"),
        ImportError("libarrow.so: failed to map segment from shared object"),
    ],
)
def test_running_out_of_memory_is_told_as_such_wherever_it_happens(error: BaseException) -> None:
    message, code = explain(error)
    assert (message or "").startswith("out of memory: ")
    assert code == 2
    assert "fault of byheart" in (explain(ImportError("no module"))[0] or "")
