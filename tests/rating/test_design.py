"""The plan keeps its rules: no sample in two pairs that count, no rater meets one twice, sides are balanced, the digest binds."""

from collections import Counter
from itertools import count

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from byheart.errors import InputError
from byheart.rating.design import Asked, Sizes, lay_out, repeats, sizes
from byheart.rating.plan import DEGRADED, Pair, Plan, digest, plan_of


def made(told: Sizes) -> list[Pair]:
    items = count()
    pairs = [
        Pair("study", next(items), next(items), (0, player)) for player, n in enumerate(told.pairs, 1) for _ in range(n)
    ]
    pairs += [Pair("catch", next(items), next(items), (0, DEGRADED)) for _ in range(told.catches)]
    pairs += [Pair("control", next(items), next(items), (0, 0)) for _ in range(told.controls)]
    return pairs + [Pair("practice", next(items), next(items), (0, DEGRADED)) for _ in range(told.practice)]


def laid_out(told: Sizes, raters: int, seed: bytes = b"seed") -> Plan:
    pairs = made(told)
    contents = [str(item) for item in range(2 * len(pairs))]
    return lay_out(pairs, contents, told, raters_per_pair=raters, seed=seed)


@given(
    st.integers(80, 300),
    st.lists(st.integers(6, 100), min_size=1, max_size=3),
    st.integers(1, 3),
    st.floats(0, 0.4),
    st.integers(4, 80),
)
def test_every_pair_is_judged_as_often_as_planned_and_by_nobody_twice(
    real: int, generated: list[int], raters: int, catch: float, trials: int
) -> None:
    try:
        told = sizes(Asked(None, raters, catch, trials), real=real, generated=generated)
    except InputError:
        reject()
    assert told.real <= real
    plan = laid_out(told, raters)
    shown = Counter(trial.pair for slot in plan.slots for trial in slot)
    assert all(shown[n] == raters for n, pair in enumerate(plan.pairs) if pair.purpose == "study")
    for slot in plan.slots:
        assert len({trial.pair for trial in slot}) == len(slot)
    lefts = {n: Counter[bool]() for n in shown}
    for slot in plan.slots:
        for trial in slot:
            lefts[trial.pair][trial.is_first_left] += 1
    assert all(abs(sides[True] - sides[False]) <= 1 for sides in lefts.values())
    assert repeats(plan, [str(item) for item in range(2 * len(plan.pairs))]) == 0


def test_no_rater_meets_a_sample_twice_also_where_samples_are_alike() -> None:
    told = sizes(Asked(200, 2, 0.1, 25), real=600, generated=[200])
    pairs = made(told)
    contents = [str(item) for item in range(2 * len(pairs))]
    for n in range(0, 40, 2):
        contents[pairs[n].second] = contents[pairs[n + 1].second]  # a generator that makes some samples twice
    plan = lay_out(pairs, contents, told, raters_per_pair=2, seed=b"seed")
    assert repeats(plan, contents) == 0


def test_another_seed_is_another_plan_and_the_digest_binds_them_and_the_terms() -> None:
    told = sizes(Asked(100, 2, 0.1), real=300, generated=[100])
    one, other = laid_out(told, 2, b"one"), laid_out(told, 2, b"other")
    assert one == laid_out(told, 2, b"one") != other
    made = [(b"one", one, 0.05), (b"one", other, 0.05), (b"other", one, 0.05), (b"one", one, 0.2)]
    assert len({digest(seed, plan, {"margin": margin}) for seed, plan, margin in made}) == 4
    assert plan_of(one.told()) == one


def test_too_few_samples_are_told_with_what_was_wanted() -> None:
    with pytest.raises(InputError, match=r"wanted 200, got generated samples for 100"):
        sizes(Asked(200), real=1000, generated=[100])
    with pytest.raises(InputError, match=r"real: wanted .* got 100"):
        sizes(Asked(100), real=100, generated=[100])
    assert sum(sizes(Asked(), real=100, generated=[100]).pairs) > 60
