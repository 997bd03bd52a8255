"""Features are a function of the record, on a scale that was fitted on real records of both samples; what cannot be read is told."""

import datetime as dt
import io
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from PIL import Image

from byheart.errors import InputError
from byheart.features import EXTRACTORS, extractor
from byheart.features.base import Rows, Singles, Vectors
from byheart.records import KINDS, Chunk


@dataclass
class Sample:
    """Records in RAM, as a judgment has them."""

    kind: str
    column: pa.Array
    field: pa.Field
    name: str = "sample"

    def __len__(self) -> int:
        return len(self.column)

    def x(self, which: Rows) -> pa.Array:
        return self.column.take(pa.array(which))


def sample(kind: str, values: Any) -> Sample:
    field = KINDS[kind].field(values)
    return Sample(kind, KINDS[kind].encode(Chunk(values).values, field), field)


def vectors(kind: str, values: Any, fitted_on: Any = None, name: str | None = None) -> Vectors:
    told = sample(kind, values)
    real = told if fitted_on is None else sample(kind, fitted_on)
    _, made = extractor(kind, name)
    return made.fit([real, real], seed=0).vectors(told.column, told.field)


def points(kind: str, values: Any, fitted_on: Any = None, name: str | None = None) -> Singles:
    return vectors(kind, values, fitted_on, name).points


def apart(rows: Singles) -> float:
    return float(np.linalg.norm(rows[0] - rows[1]))


def encoded(pixels: np.ndarray[Any, Any], mode: str | None = None, format_: str = "PNG", **options: Any) -> bytes:
    out = io.BytesIO()
    picture = Image.fromarray(pixels)
    if mode is not None:
        picture = picture.quantize(64) if mode == "P" else picture.convert(mode)  # converting to P would dither
    picture.save(out, format_, **options)
    return out.getvalue()


def test_arrays_are_their_numbers() -> None:
    values = np.arange(12, dtype=np.uint8).reshape(3, 2, 2)
    assert points("array", values).tolist() == values.reshape(3, 4).tolist()


def test_texts_are_as_near_as_what_they_say() -> None:
    cat, cats, other = "the cat sat on the mat", "the cats sat on the mat", "quarterly revenue grew 3 %"
    told = points("text", [cat, cats, other, cat, "", "a", cat * 50])
    assert np.allclose(np.linalg.norm(told[[0, 1, 2, 6]], axis=1), 1)
    assert (told[0] == told[3]).all()
    assert not told[4:6].any()
    assert apart(told[[0, 1]]) < 0.7
    assert apart(told[[0, 2]]) > 1.2
    assert apart(told[[0, 6]]) < 0.4


def test_a_text_has_the_vector_that_it_has_alone() -> None:
    """However texts are put together: no run of bytes crosses from one into the next."""
    rng = np.random.default_rng(0)
    texts = ["".join(map(chr, rng.integers(0, 300, rng.integers(0, 40)))) for _ in range(60)]
    together = points("text", texts)
    assert all((points("text", [text])[0] == row).all() for text, row in zip(texts, together, strict=True))
    wide = texts[0] * 100_000
    assert (points("text", [wide, "after", wide])[1] == points("text", ["after"])[0]).all()


def test_columns_of_all_sorts_weigh_alike() -> None:
    rng = np.random.default_rng(1)
    count = 4000
    table = pa.RecordBatch.from_pydict(
        {
            "normal": rng.normal(5e6, 1e6, count),
            "cauchy": rng.standard_cauchy(count),
            "day": pa.array(rng.integers(0, 20_000, count).astype(np.int32), pa.date32()),
            "word": rng.choice(["red", "green", "blue", "white"], count),
            "yes": rng.random(count) < 0.5,
        }
    )
    told = points("row", table)
    total = 0.0
    parts = []
    for name in table.schema.names:
        only = points("row", table.select([name]))
        parts.append(2 * only.var(axis=0).sum())
        total += parts[-1]
    assert total == pytest.approx(2 * told.var(axis=0).sum(), rel=1e-5)
    assert max(parts) < 5 * min(parts)


def test_missing_values_unknown_categories_and_infinities_have_vectors() -> None:
    train = [{"n": 1.0, "c": "a"}, {"n": 2.0, "c": "b"}, {"n": None, "c": None}, {"n": 4.0, "c": "a"}] * 5
    odd = [{"n": None, "c": "never seen"}, {"n": float("inf"), "c": None}, {"n": float("nan"), "c": "a"}]
    told = points("row", odd, train)
    assert np.isfinite(told).all()
    assert told[0][:2].tolist() == told[2][:2].tolist() == [0, 1]
    assert told[1][0] > 100


def test_dates_and_times_are_numbers() -> None:
    day = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    rows = [{"t": day + dt.timedelta(hours=hour)} for hour in range(48)]
    told = points("row", rows)[:, 0]
    assert (np.diff(told) > 0).all()


def test_more_categories_than_are_counted_are_hashed() -> None:
    rows = [{"id": f"user {number}"} for number in range(1000)]
    told = points("row", rows)
    assert told.shape[1] < 100
    assert (told.sum(axis=1) == 1).all()


@pytest.mark.parametrize("column", [{"x": [[1, 2]] * 9}, {"x": [None] * 9}])
def test_columns_that_are_no_vectors_are_named(column: dict[str, list[Any]]) -> None:
    with pytest.raises(InputError, match="column 'x': wanted numbers, dates or categories, got"):
        points("row", pa.RecordBatch.from_pydict(column))


def test_pixels_of_small_images_are_their_own() -> None:
    pixels = np.random.default_rng(2).integers(0, 256, (5, 8, 6, 3)).astype(np.uint8)
    told = points("image", [encoded(one) for one in pixels], name="pixels")
    assert np.allclose(told, pixels.reshape(5, -1) / 255, atol=1e-6)


def test_images_of_all_modes_come_to_one_scale() -> None:
    """16 bits, CMYK, a palette, greys, and transparency: the same picture has about the same pixels."""
    ramp = np.tile(np.linspace(0, 255, 40).astype(np.uint8), (40, 1))
    colour = np.stack([ramp] * 3, axis=-1)
    clear = np.dstack([colour, np.full_like(ramp, 255)])
    files = [
        encoded(colour),
        encoded(ramp),
        encoded(ramp.astype(np.uint16) * 257),
        encoded(colour, "CMYK", "TIFF"),
        encoded(colour, "P"),
        encoded(clear),
        encoded(colour, None, "JPEG", quality=95),
    ]
    told = points("image", files, name="pixels")
    assert np.abs(told - told[0]).max() < 0.06


def test_broken_images_are_told_and_say_nothing() -> None:
    good = encoded(np.zeros((4, 4), np.uint8))
    told = vectors("image", [good, good[:30], b"no image", good], name="pixels")
    assert told.readable.tolist() == [True, False, False, True]
    with pytest.raises(InputError, match="wanted images that can be read, got none"):
        points("image", [b"no image"], name="pixels")


def test_resizing_does_not_alias() -> None:
    """A board of one-pixel squares is grey from afar."""
    board = (np.indices((96, 96)).sum(axis=0) % 2 * 255).astype(np.uint8)
    assert np.abs(points("image", [encoded(board)], name="pixels") - 0.5).max() < 0.1


def test_principal_components_keep_distances() -> None:
    """Where the images differ in no more directions than are kept, as far as they were apart they are."""
    rng = np.random.default_rng(3)
    base = rng.integers(60, 190, (16, 16))
    moves = rng.integers(-40, 40, (10, 16, 16))
    files = [encoded((base + moves[number % 10] * ((number // 10) % 2)).astype(np.uint8)) for number in range(100)]
    pixels, told = points("image", files, name="pixels"), points("image", files)
    assert told.shape[1] == 64
    assert apart(told[[0, 37]]) == pytest.approx(apart(pixels[[0, 37]]), rel=1e-3)


def test_gowers_distances_are_by_range_and_one_hot_ones_by_standard_deviation() -> None:
    rows = [{"n": 0.0, "c": "a"}, {"n": 5.0, "c": "b"}, {"n": 10.0, "c": "a"}, {"n": None, "c": None}]
    gower = points("row", rows, name="gower")
    assert [apart(gower[[0, other]]) ** 2 for other in (1, 2)] == pytest.approx([0.25 + 1, 1])
    one_hot = points("row", rows, name="one_hot")
    deviation = np.std([0, 5, 10])
    assert [apart(one_hot[[0, other]]) ** 2 for other in (1, 2)] == pytest.approx(
        [(5 / deviation) ** 2 + 2, (10 / deviation) ** 2]
    )
    assert np.isfinite(np.concatenate([gower, one_hot], axis=1)).all()


def test_one_value_that_lies_far_out_leaves_the_default_as_it_was_and_no_other_scale() -> None:
    """Why it is the default: the same two rows, in a table with and without the income of one who is very rich."""
    plain = [{"income": float(value), "sex": "fm"[value % 2]} for value in range(100)]
    rich = [*plain, {"income": 1e9, "sex": "f"}]
    shrunk = {}
    for name in ("table", "gower", "one_hot"):
        near, far = (apart(points("row", plain[10:91:80], fitted_on, name)) for fitted_on in (plain, rich))
        shrunk[name] = far / near
    assert shrunk["table"] > 0.95
    assert max(shrunk["gower"], shrunk["one_hot"]) < 0.01


def test_a_column_of_vectors_is_what_rows_are_compared_by() -> None:
    values = np.arange(12.0).reshape(4, 3)
    for type_ in (pa.list_(pa.float32()), pa.list_(pa.float64(), 3), pa.large_list(pa.int16()), pa.list_(pa.float16())):
        column = pa.array([*values.astype(int).tolist(), None], pa.list_(pa.int16())).cast(pa.list_(pa.float64()))
        column = pa.array(column.to_pylist(), type_)
        told = vectors("row", pa.RecordBatch.from_pydict({"id": range(5), "e": column}), name="column:e")
        assert told.readable.tolist() == [True] * 4 + [False]
        assert told.points[:4].tolist() == values.tolist()
    named, _ = extractor("row", "column:e")
    assert named == "column:e"


@pytest.mark.parametrize(
    ("column", "name", "said"),
    [
        ([[1.0]] * 5, "d", "no column 'd': wanted one of e"),
        ([[1.0]] * 5, "", "no column '': wanted one of e"),
        ([1.0] * 5, "e", "column 'e': wanted a list of numbers in each row, got double"),
        ([["a"]] * 5, "e", "column 'e': wanted a list of numbers in each row, got large_list<.*string"),
        ([[1.0, 2.0], [1.0]], "e", "column 'e': wanted 2 numbers in each row, got 1"),
        ([[[1.0]]], "e", "column 'e': wanted a list of numbers in each row, got large_list"),
        (pa.nulls(3, pa.list_(pa.float32())), "e", "column 'e': wanted lists of numbers, got nulls only"),
    ],
)
def test_a_column_that_holds_no_vectors_is_named(column: Any, name: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        points("row", pa.RecordBatch.from_pydict({"e": column}), name=f"column:{name}")


def test_a_kind_that_has_no_vectors_is_told() -> None:
    with pytest.raises(InputError, match="wanted records that can be vectors, got audio"):
        extractor("audio")
    with pytest.raises(InputError, match="features table: wanted row records, got text"):
        extractor("text", "table")
    with pytest.raises(InputError, match="did you mean 'pixels'"):
        extractor("image", "pixles")
    assert all(EXTRACTORS[name]().kinds for name in EXTRACTORS)
