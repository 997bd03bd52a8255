"""What cannot be judged is said in a line, or left out and counted: never a number that means nothing, never a traceback."""

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from byheart import judge
from byheart.errors import InputError


def arrays(count: int, seed: int, width: int = 3) -> Any:
    return np.random.default_rng(seed).normal(size=(count, width))


def with_value(value: float, row: int = 7) -> Any:
    told = arrays(60, 1)
    told[row, 1] = value
    return told


def pixels(count: int, seed: int) -> list[Any]:
    return list(np.random.default_rng(seed).integers(0, 256, (count, 6, 6, 3)).astype(np.uint8))


def encoded(picture: Any, mode: str | None = None, format_: str = "PNG") -> bytes:
    out = io.BytesIO()
    image = Image.fromarray(picture)
    (image if mode is None else image.convert(mode)).save(out, format_)
    return out.getvalue()


def judged(generated: Any = None, heldout: Any = None, train: Any = None, **options: Any) -> Any:
    given = (arrays(60, 1) if generated is None else generated, arrays(60, 2) if heldout is None else heldout)
    options = {"metrics": ["mmd", "exact_share"], **options}
    return judge(*given, train=arrays(60, 3) if train is None else train, **options)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e300])
@pytest.mark.parametrize("sample", ["generated", "heldout", "train"])
def test_numbers_that_are_not_finite_are_said_with_their_sample(sample: str, value: float) -> None:
    name = "held-out" if sample == "heldout" else sample
    with pytest.raises(InputError, match=f"{name}, features: wanted finite numbers"):
        judged(**{sample: with_value(value)})


@pytest.mark.parametrize("sample", ["generated", "heldout", "train"])
@pytest.mark.parametrize("count", [0, 1])
def test_no_record_or_one_is_said(sample: str, count: int) -> None:
    with pytest.raises(InputError, match=r"wanted (at least one record|\d+ records or more), got|no records"):
        judged(**{sample: arrays(count, 0)})


@pytest.mark.parametrize("sample", ["generated", "heldout"])
def test_arrays_of_another_shape_are_said(sample: str) -> None:
    name = "held-out" if sample == "heldout" else sample
    with pytest.raises(InputError, match=rf"{name}: arrays: wanted float64 of shape \(3,\) as before, got .*\(4,\)"):
        judged(**{sample: arrays(60, 0, 4)})


@pytest.mark.parametrize(
    ("features", "said"),
    [
        ("nubmers", "no features 'nubmers': did you mean 'numbers'"),
        ("onx:model.onnx", "no features 'onx:': did you mean 'onnx:'"),
        ("sentense:x", "no features 'sentense:': did you mean 'sentence:'"),
        ("colum:x", "no features 'colum:': did you mean 'column:'"),
        ("table", "features table: wanted row records, got array"),
        ("column:x", "features column:x: wanted row records, got array"),
        ("numbers:x", "no features 'numbers:': did you mean 'numbers'"),
    ],
)
def test_features_of_an_unknown_name_or_for_other_records_are_said(features: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        judged(features=features)


def test_constant_columns_are_judged() -> None:
    constant = [np.column_stack([arrays(60, seed, 2), np.full(60, 5.0)]) for seed in (1, 2, 3)]
    told = judged(*constant, metrics=None)
    assert {row.verdict for row in told.findings} == {"like real"}
    assert all(np.isfinite(row.generated.value) for row in told.findings)


def rows(count: int, seed: int) -> list[dict[str, Any]]:
    rng = np.random.default_rng(seed)
    return [
        {
            "n": None if number % 7 == 0 else float(rng.normal()),
            "constant": 1,
            "unknown": float("nan"),
            "huge": float("inf") if number % 20 == 0 else float(rng.normal()),
            "word": None if number % 5 == 0 else f"w{rng.integers(200)}",
        }
        for number in range(count)
    ]


@pytest.mark.parametrize("features", ["table", "gower", "one_hot"])
def test_tables_with_missing_constant_and_infinite_values_are_judged(features: str) -> None:
    told = judged(
        rows(60, 1), rows(60, 2), rows(60, 3), features=features, metrics=["mmd", "column_shapes", "pair_trends"]
    )
    assert {row.verdict for row in told.findings} == {"like real"}
    assert all(np.isfinite(row.generated.value) for row in told.findings)


def test_a_column_of_embeddings_is_judged_by_and_left_out_where_it_is_null() -> None:
    def table(seed: int, *, holes: int = 0, count: int = 60) -> list[dict[str, Any]]:
        vectors = arrays(count, seed).tolist()
        return [{"e": None if at < holes else vector, "n": at} for at, vector in enumerate(vectors)]

    told = judged(table(1, holes=5), table(2, count=120), table(3), features="column:e")
    assert told.findings[0].features == "column:e"
    assert told.left_out == ("5 records of generated that cannot be read",)
    with pytest.raises(
        InputError, match=r"column 'e': wanted numbers, dates or categories, got .*: drop it, or .*column:e"
    ):
        judged(table(1), table(2), table(3))
    only = [[{"e": row["e"]} for row in table(seed)] for seed in (1, 2, 3)]
    told = judged(*only, features="column:e", metrics=["mmd", "column_shapes", "pair_trends"])
    assert told.left_out == ("metrics of columns: wanted numbers, dates or categories, got lists only",)
    short = [{**row, "e": row["e"][:2]} for row in table(1)]
    with pytest.raises(InputError, match="column 'e': wanted 3 numbers in each row, got 2"):
        judged(short, table(2), table(3), features="column:e")
    unsound = table(1)
    unsound[3]["e"] = [1.0, None, float("nan")]
    with pytest.raises(InputError, match="generated, features: wanted finite numbers"):
        judged(unsound, table(2, count=120), table(3), features="column:e")


def test_images_of_16_bits_and_of_cmyk_are_judged_as_what_they_show() -> None:
    """The same pictures three times: against themselves, however they are written, none is worse than real."""
    plain = [np.repeat(one[..., :1], 3, axis=-1) for one in pixels(180, 0)]
    made = [encoded(one[..., 0].astype(np.uint16) * 257) for one in plain[:60]]
    heldout = [encoded(one, "CMYK", "TIFF") for one in plain[60:120]]
    told = judged(made, heldout, [encoded(one) for one in plain[120:]], features="pixels")
    assert {row.verdict for row in told.findings} == {"like real"}
    assert told.left_out == ()
    assert not told.real.differ


def test_broken_images_are_left_out_and_counted_and_too_many_are_said() -> None:
    files = [[encoded(one) for one in pixels(60 * (1 + seed % 2), seed)] for seed in range(3)]  # all of them in a row
    files[0][-9:] = [file[:40] for file in files[0][-9:]]
    files[2][-4:] = [b"no image at all"] * 4
    told = judged(*files)
    assert told.left_out == (
        "9 records of generated that cannot be read",
        "4 records of train that cannot be read",
    )
    files[0] = [file[:40] for file in files[0]]
    with pytest.raises(InputError, match="generated: wanted 20 records or more that can be read, got 0"):
        judged(*files)


def test_samples_of_another_kind_are_refused_in_the_words_of_users() -> None:
    picture = b"\x89PNG\r\n\x1a\n"
    for train, made, wanted, got in (
        ([{"a": 1}] * 30, [picture] * 30, "rows of a table", "images"),
        ([picture] * 30, np.zeros((30, 2)), "images", "arrays"),
        (["to be"] * 30, np.zeros((30, 2)), "texts", "arrays"),
    ):
        with pytest.raises(InputError, match=f"^generated: wanted {wanted}, as were learned, got {got}: name samples"):
            judge(made, train=train)
