"""Images that give nothing away: each property, and that the check of it fails when the leak is put back."""

import io
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from media_worlds import crop, digits, encoded, photos, swapped_colours
from PIL import Image, ImageCms, ImageOps
from PIL.PngImagePlugin import PngInfo

from byheart.errors import InputError
from byheart.rating.media import images, opening, png, traits_image
from byheart.rating.media.bodies import FORMS
from byheart.rating.media.formats import audit_bodies
from byheart.rating.media.images import Images, preparation
from byheart.rating.media.preparation import preparation as preparation_of
from byheart.rating.media.preparation import prepare_all


def pixels(body: bytes) -> npt.NDArray[np.int16]:
    told: npt.NDArray[np.int16] = np.asarray(Image.open(io.BytesIO(body))).astype(np.int16)
    return told


def prepared(records: Sequence[object], survey: Sequence[object] | None = None) -> list[bytes]:
    told = prepare_all(preparation_of("image", records if survey is None else survey), records)
    assert all(isinstance(body, bytes) for body in told), told
    return [body for body in told if isinstance(body, bytes)]


def padded(bodies: Sequence[bytes], length: int) -> list[bytes]:
    return [FORMS["image"].pad(body, length) for body in bodies]


def hold_nothing_but_pixels(bodies: Sequence[bytes]) -> bool:
    return all([name for name, _ in png.chunks(body)] == [b"IHDR", b"IDAT", b"IEND"] for body in bodies)


def noted() -> list[bytes]:
    """The same image with EXIF, a colour profile, notes, and without."""
    notes = PngInfo()
    notes.add_text("parameters", "a cat, made by a model")
    exif = Image.Exif()
    exif[0x010F] = "A camera"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    picture = crop(0)
    return [
        encoded(picture),
        encoded(picture, pnginfo=notes),
        encoded(picture, exif=exif),
        encoded(picture, icc_profile=profile),
        encoded(picture, dpi=(300, 300)),
    ]


def test_what_stands_beside_the_pixels_is_dropped() -> None:
    bodies = prepared(noted())
    assert hold_nothing_but_pixels(bodies)
    assert max(np.abs(pixels(body) - pixels(bodies[0])).max() for body in bodies) <= 1  # a profile of sRGB rounds
    assert len({bodies[number] for number in (0, 1, 2, 4)}) == 1


def test_notes_that_are_kept_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = png.encode
    monkeypatch.setattr(
        png,
        "encode",
        lambda each: plain(each).replace(b"IHDR", b"IHDR", 1)[:33] + png._chunk(b"tEXt", b"who") + plain(each)[33:],
    )
    assert not hold_nothing_but_pixels(prepared(noted()))


def test_sizes_and_formats_come_out_alike() -> None:
    mixed = [
        encoded(crop(0, 120, 90), "JPEG"),
        encoded(crop(1, 121, 90), "WEBP"),
        encoded(crop(2, 200, 200)),
        encoded(crop(3, 90, 120).convert("L"), "PNG"),
        encoded(crop(4, 120, 90).convert("P"), "GIF"),
        encoded(crop(5, 120, 90), "TIFF"),
        encoded(crop(6, 120, 90), "BMP"),
        encoded(crop(7, 120, 90).convert("CMYK"), "JPEG"),
        encoded(Image.fromarray((np.arange(10_800, dtype=np.uint16) * 6).reshape(90, 120))),
        encoded(crop(8, 120, 90).convert("1")),
        encoded(crop(9, 120, 90).convert("RGBA")),
        encoded(crop(10, 120, 90).convert("LA")),
    ]
    bodies = prepared(mixed)
    assert len({png.chunks(body)[0] for body in bodies}) == 1  # size, depth, colours, filter, interlacing
    assert hold_nothing_but_pixels(bodies)


def test_33_pixels_beside_32_are_told_before_and_not_after(monkeypatch: pytest.MonkeyPatch) -> None:
    real = [encoded(crop(number, 33, 33)) for number in range(60)]
    made = [encoded(crop(number, 32, 32)) for number in range(60, 120)]
    bodies = prepared(real + made)
    length = max(map(len, bodies))
    assert not audit_bodies("image", padded(bodies[:60], length), padded(bodies[60:], length)).is_told
    monkeypatch.setattr(Images, "_placed", lambda _, record: opening.shown(record))
    leaking = padded(prepared(real + made), 8000)
    told = audit_bodies("image", leaking[:60], leaking[60:])
    assert told.is_told
    assert told.feature in {"width", "height"}


def test_lengths_that_are_not_padded_are_told() -> None:
    flat = prepared([encoded(Image.new("RGB", (64, 64), (number, 9, 9))) for number in range(40)])
    busy = prepared([encoded(crop(number)) for number in range(40)])
    told = audit_bodies("image", flat, busy)
    assert told.is_told
    assert told.feature == "length as sent"
    length = max(map(len, flat + busy))
    assert audit_bodies("image", padded(flat, length), padded(busy, length)).feature != "length as sent"


def test_blocks_of_jpeg_are_told_before_and_not_after(monkeypatch: pytest.MonkeyPatch) -> None:
    """JPEG on one side alone: as pixels its blocks are told; shrunk and compressed alike, as preparation does, they are not."""
    real = [encoded(crop(number, 128, 128), "JPEG", quality=60) for number in range(60)]
    made = [encoded(crop(number, 128, 128)) for number in range(60, 120)]
    straight = padded([png.encode(np.asarray(opening.shown(each))) for each in real + made], 60_000)
    told = audit_bodies("image", straight[:60], straight[60:])
    assert told.is_told
    assert "blocks" in told.feature
    bodies = padded(prepared(real + made), 60_000)
    assert not audit_bodies("image", bodies[:60], bodies[60:]).is_told
    monkeypatch.setattr(images, "_SHRINK", 1.0)
    monkeypatch.setattr(Images, "_placed", Images._fitted)
    bodies = padded(prepared(real + made), 60_000)
    assert audit_bodies("image", bodies[:60], bodies[60:]).is_told


def test_where_some_were_compressed_all_are_compressed_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    """What never was a JPEG has its blocks then, too: steps between columns 7 and 8, 15 and 16, ... are larger than others."""
    survey = [encoded(crop(0, 128, 128), "JPEG"), encoded(crop(1, 128, 128))]

    def blocks() -> float:
        bodies = prepared([encoded(crop(number, 128, 128)) for number in range(40)], survey)
        return float(np.mean([traits_image.of_body(body)["blocks of JPEG"] for body in bodies]))

    assert blocks() > 1.05
    monkeypatch.setattr(Images, "_placed", Images._fitted)
    assert blocks() < 1.05


def test_blocks_that_nobody_can_take_away_are_told() -> None:
    """Poor JPEGs that were saved as PNG: no header says so, but the audit of what is sent does."""
    poor = [encoded(crop(number, 64, 64), "JPEG", quality=20) for number in range(50)]
    real = [encoded(Image.open(io.BytesIO(each))) for each in poor]
    bodies = padded(prepared(real + [encoded(crop(number)) for number in range(50, 100)]), 60_000)
    told = audit_bodies("image", bodies[:50], bodies[50:])
    assert told.is_told
    assert "blocks" in told.feature


def test_none_passes_untouched_where_some_are_resized() -> None:
    decided = preparation([encoded(crop(0, width, 64)) for width in (64, 66)])
    assert decided.is_resized
    assert decided.size == (44, 44)
    assert preparation([encoded(crop(0))] * 2).size == (64, 64)
    assert preparation([encoded(crop(0)), encoded(crop(0), "JPEG")]).size == (44, 44)
    assert not preparation([encoded(crop(0))]).is_resized


def test_large_images_are_shrunk_to_512_pixels_and_keep_their_proportions() -> None:
    body = prepared([encoded(photos()[0])])[0]
    assert pixels(body).shape == (342, 512, 3)
    odd = prepared([encoded(photos()[0].resize((100, 300)))], [encoded(photos()[0])] * 9)[0]
    grey = (pixels(odd) == 128).all(axis=-1).all(axis=0)
    assert pixels(odd).shape == (342, 512, 3)
    assert grey[:190].all()
    assert grey[-190:].all()
    assert not grey[210:300].any()


def test_pictures_are_upright(monkeypatch: pytest.MonkeyPatch) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = encoded(crop(0, 80, 40).transpose(Image.Transpose.ROTATE_90), exif=exif)
    straight = encoded(crop(0, 80, 40))
    assert prepared([turned, straight])[0] == prepared([straight, turned])[0]
    monkeypatch.setattr(ImageOps, "exif_transpose", lambda picture: picture)
    assert prepared([turned, straight])[0] != prepared([straight, turned])[0]


def test_colours_are_those_that_the_profile_means(monkeypatch: pytest.MonkeyPatch) -> None:
    red, green, blue = crop(0).split()
    swapped = encoded(Image.merge("RGB", (green, red, blue)), icc_profile=swapped_colours())

    def differ() -> int:
        body, straight = prepared([swapped, encoded(crop(0))])
        return int(np.abs(pixels(body) - pixels(straight)).mean())

    assert differ() <= 2
    monkeypatch.setattr(opening, "_to_srgb", lambda *_: None)
    assert differ() > 2


def test_a_damaged_profile_is_none() -> None:
    assert prepared([encoded(crop(0), icc_profile=b"no profile at all" * 20)]) == prepared([encoded(crop(0))])


def test_what_is_transparent_shows_grey() -> None:
    glass = Image.new("RGBA", (16, 16), (255, 0, 0, 0))
    glass.paste((255, 0, 0, 255), (0, 0, 8, 16))
    for form in ("PNG", "WEBP"):
        told = pixels(prepared([encoded(glass, form, lossless=True)])[0])
        assert np.abs(told[:, 9:] - 128).max() <= 1
        assert np.abs(told[:, :7] - [255, 0, 0]).max() <= 1


def test_of_moving_pictures_the_first_is_shown() -> None:
    frames = [crop(number) for number in range(3)]
    for form in ("PNG", "WEBP"):
        moving = encoded(frames[0], form, save_all=True, append_images=frames[1:], lossless=True)
        assert prepared([moving]) == prepared([encoded(frames[0])])


def test_arrays_are_shown_on_one_scale() -> None:
    bodies = prepared([*digits()[:20], np.zeros((8, 8)), np.full((8, 8), 16.0)])
    assert pixels(bodies[-2]).max() == 0
    assert pixels(bodies[-1]).min() == 255
    photo = np.asarray(crop(0))
    assert len(set(prepared([photo, np.moveaxis(photo, -1, 0)]))) == 1
    assert len(set(prepared([photo, photo / 255]))) == 1
    assert len(set(prepared([photo / 127.5 - 1, photo]))) == 1
    assert pixels(prepared([np.dstack([photo, np.zeros((64, 64), np.uint8)])])[0]).max() == 128
    assert prepared([photo]) == prepared([encoded(crop(0))])


def test_degraded_ones_are_plainly_so_and_the_same_for_the_same_seed() -> None:
    for records in ([encoded(crop(number)) for number in range(20)], list(digits()[:20])):
        decided = preparation(records)
        for record in records:
            good, bad = pixels(decided.prepare(record)), pixels(decided.degrade(record, 7))
            assert np.abs(good - bad).mean() > 30
        assert decided.degrade(records[0], 7) == decided.degrade(records[0], 7) != decided.degrade(records[0], 8)


def test_content_is_that_of_pixels_whatever_the_file() -> None:
    decided = preparation([encoded(crop(0))])
    first = decided.prepare(encoded(crop(0)))
    again = decided.prepare(encoded(crop(0), "TIFF"))
    assert decided.content(first) == decided.content(FORMS["image"].pad(again, 60_000))
    assert decided.content(first) != decided.content(decided.prepare(encoded(crop(1))))


@given(st.integers(1, 40), st.integers(1, 40), st.randoms(use_true_random=False))
def test_what_is_encoded_decodes_to_the_same_pixels(width: int, height: int, random: object) -> None:
    made = np.random.default_rng(width * 41 + height).integers(0, 256, (height, width, 3), np.uint8)
    assert (np.asarray(Image.open(io.BytesIO(png.encode(made)))) == made).all()


def test_an_image_of_any_canvas_fits_the_store() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (images.SIDE, images.SIDE, 3), np.uint8)
    assert len(png.encode(noise)) < FORMS["image"].most


def test_nothing_to_read_is_told() -> None:
    with pytest.raises(InputError, match="at least one that can be read"):
        preparation([b"no image", np.zeros(3)])
    with pytest.raises(InputError, match="wanted an array of real numbers"):
        preparation([encoded(crop(0))]).prepare(np.zeros((2, 2, 7)))
