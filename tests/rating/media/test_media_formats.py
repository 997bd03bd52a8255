"""The audit of blinding: it warns where something leaks, names it, and seldom where nothing does."""

from typing import Any

import numpy as np
import pytest
from media_worlds import crop, encoded, paragraphs
from scipy.stats import mannwhitneyu

from byheart.rating.media import telling, traits_text
from byheart.rating.media.formats import audit_originals


def nothing(rng: np.random.Generator, count: int) -> Any:
    """Features of many shapes, two of them nearly the same."""
    made = rng.normal(size=(count, 8))
    made[:, 0] = rng.integers(0, 3, count)
    made[:, 1] = rng.random(count) < 0.05
    made[:, 2] = np.exp(2 * made[:, 2])
    made[:, 3] = made[:, 4] + 0.01 * made[:, 3]
    return made


@pytest.mark.parametrize(("ones", "others"), [(20, 20), (60, 60), (60, 180)])
def test_where_nothing_leaks_it_warns_in_5_per_cent_at_most(ones: int, others: int) -> None:
    """500 studies: of 5 %, the count is 25 +- 5."""
    rng = np.random.default_rng(ones + others)
    found = [telling.tell(nothing(rng, ones), nothing(rng, others)) for _ in range(500)]
    warned = np.mean([each.is_above_chance for each in found])
    assert 0.005 <= warned <= 0.07
    assert abs(np.mean([each.auc for each in found if each.auc is not None]) - 0.5) < 0.01


def test_halves_of_one_corpus_are_not_told_apart() -> None:
    told = [traits_text.of_record(text) for text in paragraphs()]
    table = np.array([list(each.values()) for each in told])
    rng = np.random.default_rng(0)
    orders = [rng.permutation(len(table))[:200] for _ in range(200)]
    warned = np.mean([telling.tell(table[at[:100]], table[at[100:]]).is_above_chance for at in orders])
    assert warned <= 0.09  # of 200 studies: 5 % and 2.6 standard errors


def test_without_the_correction_for_shared_training_it_would_warn_too_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "_SHARED", 1.0)
    rng = np.random.default_rng(0)
    told = [telling.tell(nothing(rng, 120), nothing(rng, 120)) for _ in range(500)]
    assert np.mean([each.is_above_chance for each in told]) > 0.075


@pytest.mark.parametrize("shift", [0.8, 1.5, 3.0])
def test_a_shift_of_one_feature_is_found_and_named(shift: float) -> None:
    rng = np.random.default_rng(0)
    made = nothing(rng, 150)
    made[:, 6] += shift
    told = telling.tell(nothing(rng, 150), made)
    assert told.is_above_chance
    assert told.most == 6


def test_what_differs_in_spread_alone_is_found() -> None:
    rng = np.random.default_rng(0)
    told = telling.tell(rng.normal(size=(100, 3)), rng.normal(size=(100, 3)) * [1, 4, 1])
    assert told.is_above_chance
    assert told.most == 1


def test_of_sides_far_apart_the_auc_is_1_and_its_interval_narrow() -> None:
    told = telling.tell(np.zeros((50, 1)), np.ones((50, 1)))
    assert told.auc == 1.0
    assert told.low > 0.95


def test_with_one_feature_the_auc_is_that_of_mann_and_whitney() -> None:
    rng = np.random.default_rng(0)
    ones, others = rng.normal(size=400), rng.normal(1, 1, 400)
    told = telling.tell(ones[:, None], others[:, None])
    wanted = 1 - mannwhitneyu(ones, others).statistic / (400 * 400)
    assert told.auc == pytest.approx(wanted, abs=0.02)


def test_of_few_samples_nothing_is_said() -> None:
    told = audit_originals("text", ["It ends."] * 9, ["It does not"] * 50)
    assert (told.auc, told.is_told) == (None, False)
    assert "too few" in told.sentence
    assert audit_originals("text", [], []).auc is None


def test_where_all_is_equal_chance_is_told() -> None:
    told = audit_originals("text", ["It ends."] * 20, ["It ends."] * 20)
    assert (told.auc, told.low, told.high, told.is_told, told.feature) == (0.5, 0.5, 0.5, False, "")
    assert "does not tell" in told.sentence


def test_jpeg_on_one_side_alone_is_named() -> None:
    real = [encoded(crop(number), "JPEG", quality=95) for number in range(40)]
    told = audit_originals("image", real, [encoded(crop(number)) for number in range(40, 80)])
    assert told.is_told
    assert told.feature == "format JPEG"
    assert "most by format JPEG, 1 in real and 0 in generated" in told.sentence


def test_33_pixels_beside_32_are_named() -> None:
    real = [encoded(crop(number, 33, 33)) for number in range(30)]
    told = audit_originals("image", real, [encoded(crop(number, 32, 32)) for number in range(30)])
    assert (told.is_told, told.feature) == (True, "width")


@pytest.mark.parametrize(
    "options", [{"exif": b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0"}, {"icc_profile": b"x" * 200}, {"comment": "hi"}]
)
def test_notes_in_jpegs_are_named(options: dict[str, Any]) -> None:
    real = [encoded(crop(number), "JPEG") for number in range(30)]
    made = [encoded(crop(number), "JPEG", **options) for number in range(30, 60)]
    told = audit_originals("image", real, made)
    assert told.is_told
    assert told.feature in {"EXIF", "colour profile", "notes within the file", "encoded length"}


def test_arrays_of_other_shapes_are_named() -> None:
    told = audit_originals("image", [np.zeros((8, 9))] * 20, [np.zeros((8, 8))] * 20)
    assert (told.is_told, told.feature) == (True, "width")


def test_what_cannot_be_read_is_passed_over() -> None:
    whole = [encoded(crop(number)) for number in range(30)]
    assert audit_originals("image", [*whole, b"", b"<svg/>"], whole).looked_at == 60
