"""Fingerprints find the candidates, the bytes decide: with fingerprints of two bits, of which nearly all collide, nothing is mixed up."""

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from contents import contents, require_sound
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from byheart import MemGEN, _files
from byheart.memory import membership, piece, snapshot, writer
from byheart.memory.learning import Structure
from byheart.records.fingerprint import Hashes, fingerprint

RECORDS = [b"", b"a", b"b", b"aa", b"ab", b"ba", b"bb", b"\0", b"\0\0", b"a\0"]
labelled = st.lists(st.tuples(st.sampled_from(RECORDS), st.sampled_from([None, "", "x", "y"])), min_size=1, max_size=30)


@pytest.fixture
def _weak_fingerprints(monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    def weak(*arguments: Any) -> Hashes:
        hashes: Hashes = fingerprint(*arguments) % np.uint64(4)
        return hashes

    for module in (piece, membership, snapshot):
        monkeypatch.setattr(module, "fingerprint", weak)
    monkeypatch.setattr(writer, "BATCH_ROWS", 7)
    monkeypatch.setattr(writer, "HASHMAP_SEGMENT_BYTES", 400)
    monkeypatch.setattr(_files, "_fsync", lambda descriptor: None)  # no power is lost here


@pytest.mark.usefixtures("_weak_fingerprints")
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])  # the fixtures keep nothing
@given(labelled, labelled, st.sampled_from(RECORDS), st.sampled_from(["list", "hashmap"]))
def test_records_that_share_a_fingerprint_are_told_apart(
    tmp_path_factory: pytest.TempPathFactory,
    first: list[tuple[bytes, str | None]],
    second: list[tuple[bytes, str | None]],
    gone: bytes,
    structure: Structure,
) -> None:
    root = tmp_path_factory.mktemp("weak") / "m"
    model = MemGEN(root, structure=structure)
    for told, learn in ((first, model.fit), (second, model.partial_fit)):
        records, labels = zip(*told, strict=True)
        learn(list(records), list(labels))
    _require(root, [*first, *second])
    left = [(record, label) for record, label in [*first, *second] if record != gone]
    assert model.forget([gone]).records == len(first) + len(second) - len(left)
    _require(root, left)
    model.compact()
    _require(root, left)
    if structure == "hashmap":
        assert model.snapshot.manifest.rows >= len(set(left))


def _require(root: Path, wanted: list[tuple[bytes, str | None]]) -> None:
    assert Counter(contents(root)) == Counter(wanted)
    model, counts = MemGEN(root), Counter(record for record, _ in wanted)
    shares = np.exp(model.score_samples([*RECORDS, b"never learned"]))
    assert np.allclose(shares * max(len(wanted), 1), [*(counts[record] for record in RECORDS), 0])
    require_sound(root)
