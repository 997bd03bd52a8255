"""The picture grid: every sample is there, in its place, pixel by pixel."""

from io import BytesIO
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image
from sklearn.datasets import load_digits, load_sample_images

from byheart import InputError, MemGEN
from byheart.report.grid import MOST, columns_for, grid

Pixels = npt.NDArray[np.uint8]
MARGIN, GUTTER = 12, 6


def pixels(png: bytes) -> Pixels:
    with Image.open(BytesIO(png)) as picture:
        assert (picture.format, picture.mode) == ("PNG", "RGB")
        return np.asarray(picture)


def cell(canvas: Pixels, number: int, columns: int, width: int, height: int) -> Pixels:
    row, column = divmod(number, columns)
    top, left = MARGIN + row * (height + GUTTER), MARGIN + column * (width + GUTTER)
    return canvas[top : top + height, left : left + width]


def encoded(picture: Image.Image, format_: str = "PNG", **options: Any) -> bytes:
    out = BytesIO()
    picture.save(out, format_, **options)
    return out.getvalue()


@pytest.mark.parametrize("layout", ["HW", "HWC", "CHW", "HW1"])
def test_small_pictures_are_enlarged_pixel_by_pixel(layout: str) -> None:
    digits = (load_digits().images[:60] * 15).astype(np.uint8)
    arrays = {"HW": digits, "HW1": digits[..., None], "HWC": np.repeat(digits[..., None], 3, -1)}
    arrays["CHW"] = np.repeat(digits[:, None], 3, 1)
    batch = MemGEN().fit(arrays[layout]).sample(12, 0)
    canvas = pixels(grid(batch))
    columns = columns_for(12)
    for number, index in enumerate(batch.indices.tolist()):
        expected = np.repeat(np.repeat(digits[index], 16, 0), 16, 1)[..., None].repeat(3, -1)
        np.testing.assert_array_equal(cell(canvas, number, columns, 128, 128), expected)


def test_encoded_images_are_drawn_as_they_decode() -> None:
    generator = np.random.default_rng(0)
    pictures = generator.integers(0, 256, (9, 32, 32, 3), np.uint8)
    model = MemGEN(kind="image").fit([encoded(Image.fromarray(picture)) for picture in pictures])
    batch = model.sample(6, 3)
    canvas = pixels(grid(batch))
    for number, index in enumerate(batch.indices.tolist()):
        expected = np.repeat(np.repeat(pictures[index], 4, 0), 4, 1)
        np.testing.assert_array_equal(cell(canvas, number, columns_for(6), 128, 128), expected)


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        (np.array([[False, True]]), [0, 255]),
        (np.array([[0.0, 0.5]]), [0, 128]),
        (np.array([[0.0, 16.0]]), [0, 255]),
        (np.array([[-1, 3]], np.int16), [0, 255]),
        (np.array([[7.5, 7.5]]), [255, 255]),
        (np.array([[np.nan, 1.0]]), [0, 255]),
        (np.array([[3, 200]], np.uint8), [3, 200]),
    ],
)
def test_numbers_become_grey_levels(array: npt.NDArray[Any], expected: list[int]) -> None:
    canvas = pixels(grid(MemGEN().fit(array[None]).sample(1, 0)))
    width = 128
    assert [canvas[MARGIN + 2, MARGIN + 2, 0], canvas[MARGIN + 2, MARGIN + width - 2, 0]] == expected


def test_large_photographs_are_reduced_and_keep_their_shape() -> None:
    photograph = Image.fromarray(load_sample_images().images[0])  # 427 x 640
    canvas = pixels(grid(MemGEN(kind="image").fit([encoded(photograph, "JPEG", quality=95)]).sample(4, 0)))
    height, width = canvas.shape[:2]
    assert max(width, height) <= 2 * 256 + GUTTER + 2 * MARGIN
    small = np.asarray(photograph.resize((256, 171), Image.Resampling.LANCZOS)).astype(int)
    assert np.abs(cell(canvas, 0, 2, 256, 171).astype(int) - small).mean() < 3


def test_pictures_are_upright_and_on_white() -> None:
    turned = Image.new("RGB", (30, 10))
    exif = turned.getexif()
    exif[0x0112] = 6  # the camera was turned by a quarter
    canvas = pixels(grid(MemGEN(kind="image").fit([encoded(turned, "JPEG", exif=exif)]).sample(1, 0)))
    assert canvas.shape[0] > canvas.shape[1]
    clear = encoded(Image.new("RGBA", (8, 8), (255, 0, 0, 0)))
    assert (pixels(grid(MemGEN(kind="image").fit([clear]).sample(1, 0))) == 255).all()


def test_sixteen_bits_are_not_clipped() -> None:
    ramp = np.linspace(0, 65_535, 64).astype(np.uint16).reshape(8, 8)
    canvas = pixels(grid(MemGEN(kind="image").fit([encoded(Image.fromarray(ramp))]).sample(1, 0)))
    assert len(np.unique(canvas[MARGIN:-MARGIN, MARGIN:-MARGIN])) == 64


def test_what_cannot_be_decoded_is_a_grey_square() -> None:
    canvas = pixels(grid(MemGEN(kind="image").fit([b"\x89PNG\r\n\x1a\nbroken"]).sample(1, 0)))
    assert set(np.unique(canvas[MARGIN:-MARGIN, MARGIN:-MARGIN])) == {222}


def test_a_picture_too_large_to_be_innocent_is_not_decoded() -> None:
    bomb = encoded(Image.new("1", (10_000, 10_000)))
    assert len(bomb) < 100_000
    canvas = pixels(grid(MemGEN(kind="image").fit([bomb]).sample(1, 0)))
    assert set(np.unique(canvas[MARGIN:-MARGIN, MARGIN:-MARGIN])) == {222}


def test_labels_stand_below_where_there_are_several() -> None:
    arrays = np.zeros((4, 8, 8), np.uint8)
    alike = grid(MemGEN().fit(arrays, ["cat"] * 4).sample(4, 0))
    several = grid(MemGEN().fit(arrays, ["cat", "dog", "cat", "dog"]).sample(4, 0, replace=False))
    assert pixels(several).shape[0] == pixels(alike).shape[0] + 2 * 20
    batch = MemGEN().fit(arrays, ["cat"] * 4).sample(4, 0)
    assert grid(batch, labels=False) == alike
    assert grid(batch, labels=True) != alike


def test_a_long_label_is_cut() -> None:
    arrays = np.zeros((2, 8, 8), np.uint8)
    batch = MemGEN().fit(arrays, ["a" * 500, "b"]).sample(2, 0, replace=False)
    assert pixels(grid(batch)).shape[1] == 2 * 128 + GUTTER + 2 * MARGIN


def test_the_first_of_many_samples_are_drawn() -> None:
    model = MemGEN().fit(np.arange(64, dtype=np.uint8).reshape(1, 8, 8))
    assert grid(model.sample(MOST + 50, 0)) == grid(model.sample(MOST, 0))


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        (["a text"], "wanted images or arrays, got text records"),
        (np.zeros((2, 5)), r"got \(5,\)"),
        (np.zeros((2, 5, 6, 7)), r"got \(5, 6, 7\)"),
        (np.zeros((2, 3, 3), complex), "wanted real numbers"),
    ],
)
def test_what_is_no_picture_is_refused(data: Any, wanted: str) -> None:
    with pytest.raises(InputError, match=wanted):
        grid(MemGEN().fit(data).sample(1, 0))


def test_no_samples_make_no_grid() -> None:
    with pytest.raises(InputError, match="1 sample or more"):
        grid(MemGEN().fit(np.zeros((2, 8, 8))).sample(0, 0))


@pytest.mark.parametrize("count", range(1, MOST + 1, 7))
def test_a_grid_is_a_little_wider_than_high_and_has_few_gaps(count: int) -> None:
    columns = columns_for(count)
    rows = -(-count // columns)
    assert columns >= rows - 1
    assert columns * rows - count < columns
    assert (columns * rows - count) / count <= 0.25
