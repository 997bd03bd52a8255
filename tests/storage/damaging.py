"""Small memories of each kind, damage to any of their files, and all the ways to look at what is left."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

import numpy as np
from killing import PROCESSES

from byheart import ByheartError, MemGEN, MemoryNotFoundError
from byheart.memory.checking import check

TEXTS: Final = [f"text {i}: {'ä' * i}" for i in range(12)]
ROWS: Final = [
    {
        "n": i if i % 3 else None,
        "word": f"w{i}",
        "day": date(2020, 1, 1 + i),
        "parts": [i] * (i % 3),
        "d": Decimal(i) / 8,
    }
    for i in range(12)
]
LABELS: Final = ["a", None, "b"] * 4


def _texts(root: Path) -> None:
    model = MemGEN(root).fit(TEXTS, LABELS, sample_weight=np.arange(12) + 0.5)
    model.partial_fit(["later", "text 3"]).forget(["text 1: ä"])


def _counted(root: Path) -> None:
    model = MemGEN(root, structure="hashmap").fit([*TEXTS, *TEXTS[:5]], [*LABELS, *LABELS[:5]])
    model.forget(where="label = 'b' and size < 12")


def _bytes(root: Path) -> None:
    MemGEN(root).fit([bytes([i]) * i for i in range(12)]).partial_fit([b"", b"\0" * 40])


def _arrays(root: Path) -> None:
    MemGEN(root).fit(np.arange(12 * 6, dtype=np.int16).reshape(12, 2, 3), LABELS).forget(where="label = 'b'")


def _complex(root: Path) -> None:
    MemGEN(root, structure="hashmap").fit((np.arange(24) + 1j).reshape(12, 2))


def _rows(root: Path) -> None:
    MemGEN(root).fit(ROWS, LABELS, sample_weight=np.ones(12)).forget(where="n > 9")


def _counted_rows(root: Path) -> None:
    MemGEN(root, structure="hashmap").fit([*ROWS, *ROWS[4:7]])


MEMORIES: Final[dict[str, Callable[[Path], None]]] = {
    "texts with labels, weights and tombstones": _texts,
    "texts in a hashmap with tombstones": _counted,
    "bytes": _bytes,
    "arrays with tombstones": _arrays,
    "complex arrays in a hashmap": _complex,
    "rows with nulls": _rows,
    "rows in a hashmap": _counted_rows,
}


def comparable(record: Any, label: str | None) -> str:
    """A record and its label as text that differs where they do."""
    told = (record.dtype.str, record.shape, record.tobytes()) if isinstance(record, np.ndarray) else record
    return repr((told, label))


def records_of(root: Path) -> set[str]:
    """All that the newest version holds, as far as it is what was learned."""
    model = MemGEN(root)
    batch = model.sample(len(model), 0, replace=False, verify=True)
    return {comparable(*pair) for pair in zip(batch, batch.labels or [None] * len(batch), strict=True)}


def look_everywhere(root: Path) -> None:
    """Everything that reads, without comparing: it may tell of damage or not notice, but nothing else."""
    model = MemGEN(root)
    looks: list[Callable[[], object]] = [
        lambda: list(model.sample(50, 1)),
        lambda: [batch := model.sample(20, 2), batch.labels, batch.origins, batch.fingerprints.tolist()],
        lambda: model.to_reader().read_all(),
        lambda: list(model.sample(5, 3, where="label = 'a' and locator < 100 and source != 'x'")),
        lambda: list(model.sample(5, 3, weights="weight")),
        lambda: model.score_samples(list(model.sample(3, 4))),
        lambda: model.distinct,
        lambda: model.verify(100),
    ]
    for look in looks:
        with suppress(ByheartError):
            look()


@dataclass(frozen=True, slots=True)
class Harm:
    """What is done to a file."""

    file: str
    told: str
    data: bytes | None  # what it holds instead; None where it is missing


def flips(root: Path, stride: int) -> Iterator[Harm]:
    """One flipped bit in each byte of each file, or in every so many, and always some near its beginning and end."""
    for path in files_of(root):
        data = path.read_bytes()
        for at in range(len(data)):
            if at % stride == 0 or at in {1, 9, len(data) - 1, len(data) - 7}:
                harmed = bytearray(data)
                harmed[at] ^= 1 << (at * 5 % 8)
                yield Harm(str(path.relative_to(root)), f"bit {at * 5 % 8} of byte {at} flipped", bytes(harmed))


def replacements(root: Path) -> Iterator[Harm]:
    """Files cut short, grown, emptied, removed, zeroed, and exchanged for others."""
    all_ = files_of(root)
    for i, path in enumerate(all_):
        data, name = path.read_bytes(), str(path.relative_to(root))
        others = [other.read_bytes() for other in all_ if other.suffix == path.suffix and other != path]
        yield Harm(name, "missing", None)
        yield Harm(name, "empty", b"")
        yield Harm(name, "zeros", bytes(len(data)))
        yield Harm(name, "foreign", b"PAR1 this is another file altogether" * 9)
        for size in {1, 7, len(data) // 2, len(data) - 8, len(data) - 1}:
            yield Harm(name, f"cut to {size} bytes", data[:size])
        for more in (b"\0", b"ARROW1", data):
            yield Harm(name, f"{len(more)} bytes longer", data + more)
        for other in others[:4]:
            if other != data:
                yield Harm(name, f"exchanged ({i})", other)


def files_of(root: Path) -> list[Path]:
    """Every file of a memory."""
    return sorted(path for path in root.rglob("*") if path.is_file())


def inspect(root: Path, harms: list[Harm], parent: "Connection[Any, Any]") -> None:
    """Do each harm, look at what is left, and mend it; tell what went wrong. Runs in a process of its own, since it may crash."""
    sound = records_of(root)
    for number, harm in enumerate(harms):
        path = root / harm.file
        kept = path.read_bytes()
        parent.send((number, None))
        if harm.data is None:
            path.unlink()
        else:
            path.write_bytes(harm.data)
        try:
            _inspect(root, harm, sound)
        except Exception as error:  # noqa: BLE001  # whatever it was is told, with what it came of
            parent.send((number, f"{type(error).__name__}: {error}"))
        path.write_bytes(kept)
    parent.send((len(harms), None))


def _inspect(root: Path, harm: Harm, sound: set[str]) -> None:
    no_manifest = harm.data is None and harm.file.startswith("manifest")  # the version before it is the newest then
    report = None
    with suppress(MemoryNotFoundError):
        report = check(root)
    assert no_manifest or (report and harm.file in {damage.file for damage in report.damage}), "not found by check"
    with suppress(ByheartError):
        assert no_manifest or records_of(root) <= sound, "a damaged record was given"
    look_everywhere(root)


def problems(
    make: Callable[[Path], None], harm: Callable[[Path], Iterator[Harm]], place: Path
) -> tuple[int, list[str]]:
    """How many harms were done to a memory, and what went wrong."""
    root = place / "m"
    make(root)
    harms = list(harm(root))
    ours, theirs = PROCESSES.Pipe()
    process = PROCESSES.Process(target=inspect, args=(root, harms, theirs))
    process.start()
    theirs.close()
    last, found = -1, []
    with suppress(EOFError):
        while last < len(harms):
            last, told = ours.recv()
            if told is not None:
                found.append(f"{harms[last].file}: {harms[last].told}: {told}")
    process.join()
    if last < len(harms):
        found.append(f"{harms[last].file}: {harms[last].told}: the interpreter ended with {process.exitcode}")
    return len(harms), found
