"""Whom the audit names: copies and near copies, and no innocents."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
import pytest
from worlds import World, normal

import byheart.neighbours
from byheart import MemGEN, audit
from byheart.auditing import vectors
from byheart.auditing.findings import Audit
from byheart.auditing.why import why
from byheart.errors import InputError

Floats = npt.NDArray[np.float64]


def audited(world: World, **options: float) -> Audit:
    return audit(world.generated, world.heldout, train=world.train, **options)  # type: ignore[arg-type]  # numbers alone


def test_copies_are_named_and_their_originals_are_right() -> None:
    world = normal(0, copied=60)
    told = audited(world)
    assert {pair.sample for pair in told.copies} == set(range(540, 600))
    assert told.verdict == "COPIES"
    assert told.share.low <= 0.1 <= told.share.high
    for pair in told.copies:
        assert (world.train[pair.record] == world.generated[pair.sample]).all()
        assert (pair.evidence, pair.distance, pair.words) == ("exact", 0.0, "the same")


@pytest.mark.parametrize("noise", [0.01, 0.05])
def test_near_copies_are_named_with_few_false_ones(noise: float) -> None:
    world = normal(1, copied=60, noise=noise)
    found = [pair.sample for pair in audited(world).copies]
    assert sum(map(world.is_copy, found)) >= 58
    assert sum(not world.is_copy(sample) for sample in found) <= 6


def test_arrays_that_are_scaled_and_shifted_are_found_by_their_shape() -> None:
    world = normal(2, copied=60, width=24)
    made = world.generated.copy()
    made[540:] = 3 * made[540:] + 7
    told = audit(made, world.heldout, train=world.train)
    named = {pair.sample for pair in told.copies if pair.evidence == "shape"}
    assert len(named & set(range(540, 600))) >= 58
    assert all(pair.words == "correlation 1.000" for pair in told.copies if pair.sample >= 540)


def test_numbers_that_were_rounded_to_float32_are_the_same_content() -> None:
    world = normal(3, copied=60)
    made = world.generated.astype(np.float32).astype(np.float64)
    evidence = {pair.evidence for pair in audit(made, world.heldout, train=world.train).copies}
    assert "canonical" in evidence


@pytest.mark.parametrize("scale", [1.0, 0.6, 0.3])
def test_narrow_innocents_are_not_named(scale: float) -> None:
    told = [audited(normal(seed, copied=0, scale=scale)) for seed in range(5)]
    assert sum(len(one.copies) for one in told) <= 10
    assert sum(one.verdict == "COPIES" for one in told) == 0


def test_fresh_data_is_below_the_threshold() -> None:
    world = normal(7, copied=0)
    told = audited(world, fail_above=0.05)
    assert (told.verdict, told.exit_code, told.copies) == ("BELOW", 0, ())
    assert told.share.low == 0


@pytest.mark.parametrize("structure", ["list", "hashmap"])
@pytest.mark.parametrize("times", [1, 7])
def test_every_sample_of_the_memory_itself_is_named(structure: Literal["list", "hashmap"], times: int) -> None:
    """Whatever the structure, and however often each record was learned."""
    rng = np.random.default_rng(0)
    real = rng.standard_t(1.5, size=(700, 5))  # heavy tails
    repeated = np.repeat(real[:500], rng.integers(1, times + 1, 500), axis=0)
    model = MemGEN(structure=structure).fit(repeated)
    told = audit(model.sample(300, random_state=1), real[500:], memory=model)
    assert len(told.copies) == 300
    assert told.share.low > 0.97


def test_a_table_of_few_combinations_proves_nothing() -> None:
    """81 cells: every fresh row stands in train, and the memory itself can neither be accused nor cleared."""
    rng = np.random.default_rng(0)
    real, heldout = (
        [{f"c{i}": "abc"[k] for i, k in enumerate(row)} for row in rng.integers(0, 3, (n, 4))] for n in (2000, 800)
    )
    for made in (real[:500], [real[0]] * 500, heldout[:400]):
        told = audit(made, heldout, train=real)
        assert (told.verdict, told.copies) == ("INCONCLUSIVE", ())
        assert any("proves nothing" in warning for warning in told.warnings)


def test_where_much_recurs_by_chance_what_recurs_is_not_called_copied() -> None:
    """73 % of held-out recurs in train: fresh data do, too."""
    rng = np.random.default_rng(1)

    def draw(n: int) -> list[dict[str, int]]:
        return [{"a": int(a), "b": int(b)} for a, b in np.floor(rng.exponential(7, (n, 2)))]

    real, heldout, fresh = draw(1500), draw(800), draw(800)
    known = {tuple(row.values()) for row in real}
    assert 0.6 < np.mean([tuple(row.values()) in known for row in heldout]) < 0.95
    told = audit(fresh, heldout, train=real)
    assert told.share.low == 0
    assert len(told.copies) == 0


def test_duplicates_in_train_are_one_original() -> None:
    """A record that was learned twice is not its own neighbour: its noisy copy is named as those of others are."""
    world = normal(5, copied=60, noise=0.02)
    told = audit(world.generated, world.heldout, train=np.repeat(world.train, 3, axis=0))
    assert sum(world.is_copy(pair.sample) for pair in told.copies) >= 58
    assert all(pair.learned == 3 for pair in told.copies)


def test_train_whose_records_were_learned_several_times_does_not_differ_from_held_out_for_that() -> None:
    """200 records, six times each: as occurrences they would be 1,200 that cluster."""
    told = []
    for seed in range(10):
        rng = np.random.default_rng(seed)
        real, heldout = rng.normal(size=(200, 8)), rng.normal(size=(400, 8))
        told.append(audit(np.repeat(real, 6, axis=0)[::4], heldout, train=np.repeat(real, 6, axis=0)))
    assert [one.verdict for one in told].count("COPIES") >= 9
    assert all(len(one.copies) == 300 for one in told)


def test_without_held_out_copies_are_shown_but_not_named() -> None:
    world = normal(6, copied=60)
    told = audit(world.generated, train=world.train)
    assert (told.verdict, told.copies, told.fewest) == ("INCONCLUSIVE", (), None)
    assert {pair.sample for pair in told.pairs} >= set(range(540, 600))
    assert told.share.low == 0
    assert "no held-out records" in told.warnings[-1]
    clean = audit(world.generated[:540], train=world.train, fail_above=0.05)
    assert clean.verdict == "BELOW"  # what was not seen needs no comparison


def test_held_out_that_differs_from_train_tells_nothing() -> None:
    world = normal(8, copied=60)
    told = audit(world.generated, world.heldout + 0.5, train=world.train)
    assert told.verdict == "INCONCLUSIVE"
    assert not told.knows_chance
    assert any("train and held-out differ" in warning for warning in told.warnings)


def test_held_out_too_small_to_name_single_samples_says_from_how_many_on() -> None:
    world = normal(9, copied=60)
    told = audit(world.generated, world.heldout[:80], train=world.train)
    assert told.fewest == 198  # 600 / (0.0375 * 81)
    assert {pair.sample for pair in told.copies} == set(range(540, 600))  # the same, by their number


def test_the_answer_depends_on_the_seed_alone() -> None:
    world = normal(10, copied=30, noise=0.02)
    first, second = audited(world), audited(world)
    assert (first.pairs, first.share, first.seen) == (second.pairs, second.share, second.seen)


def test_a_small_budget_gives_the_same_answer() -> None:
    world = normal(11, copied=30, noise=0.02, width=200)
    first, second = (
        audit(
            world.generated,
            world.heldout,
            train=np.tile(world.train, (5, 1)) + np.arange(6000)[:, None] * 1e-4,
            memory_budget=b,
        )
        for b in (1 << 20, 1 << 30)
    )
    assert [(p.sample, p.record) for p in first.pairs] == [(p.sample, p.record) for p in second.pairs]


def test_a_generator_is_asked_for_as_many_as_held_out_has() -> None:
    world = normal(12, copied=0)
    asked: list[int] = []

    def generator(count: int) -> Floats:
        asked.append(count)
        return np.random.default_rng(0).normal(size=(count, 8))

    assert audit(generator, world.heldout, train=world.train).samples == 600
    assert asked == [600]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"alpha": 1.5}, "alpha: wanted more than 0 and less than 1, got 1.5"),
        ({"fail_above": -1}, "fail_above: wanted a share from 0"),
        ({"memory_budget": 3}, "memory_budget: wanted 1 MB or more"),
        ({"id_column": "who"}, "id_column: wanted one of the columns of rows, got 'who'"),
        ({"features": "pixls"}, "no features 'pixls': did you mean 'pixels'?"),
    ],
)
def test_bad_input_is_told_in_a_line(options: dict[str, object], said: str) -> None:
    world = normal(13, copied=0)
    with pytest.raises(InputError, match="^" + said.replace("?", r"\?")):
        audit(world.generated, world.heldout, train=world.train, **options)  # type: ignore[arg-type]  # wrong ones, too


def test_why_says_which_record_is_nearest_and_how_usual_that_is() -> None:
    world = normal(14, copied=60)
    whole = audited(world)
    told = why(world.generated, 599, world.heldout, train=world.train)
    pair = next(pair for pair in whole.pairs if pair.sample == 599)
    assert told.pair is not None
    assert (told.pair.record, told.pair.evidence, told.p_value) == (pair.record, pair.evidence, pair.p_value)
    assert told.heldout == (600, 0)
    near = next(one for one in told.near if one.evidence == "features")
    nearest = np.argsort(np.linalg.norm(world.train - world.generated[599], axis=1))[:5]
    assert near.records == tuple(nearest.tolist())
    with pytest.raises(InputError, match="why: wanted a sample from 0 to 599, got 600"):
        why(world.generated, 600, world.heldout, train=world.train)


@pytest.fixture
def interrupting(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    def interrupt() -> None:
        whole, calls = byheart.neighbours.nearest, [0]

        def some(*args: object, **kwargs: object) -> object:
            calls[0] += 1
            if calls[0] > 4:
                raise KeyboardInterrupt
            return whole(*args, **kwargs)  # type: ignore[arg-type]  # passed on

        monkeypatch.setattr(vectors, "nearest", some)

    return interrupt


def test_an_audit_that_was_interrupted_goes_on_to_the_same_answer(
    tmp_path: Path, interrupting: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "parts"
    world = normal(15, copied=30, noise=0.02)
    expected = audited(world)
    with monkeypatch.context():
        interrupting()
        with pytest.raises(KeyboardInterrupt):
            audit(world.generated, world.heldout, train=world.train, checkpoint=folder)
        monkeypatch.undo()
    parts = list(folder.glob("*.part"))
    assert parts
    parts[0].write_bytes(parts[0].read_bytes()[:-1] + b"!")  # what is damaged is made anew
    told = audit(world.generated, world.heldout, train=world.train, checkpoint=folder)
    assert (told.pairs, told.share) == (expected.pairs, expected.share)
    assert not list(folder.iterdir())
