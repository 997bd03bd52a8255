"""Copies of pictures are seen through what people do to them; what is no copy is not taken for one."""

import io
from collections.abc import Sequence

import imagehash
import numpy as np
import pyarrow as pa
import pytest
from pictures import CHANGES, encoded, tiles
from PIL import Image, ImageOps
from sklearn.datasets import load_digits

from byheart import MemGEN
from byheart.auditing import hamming, perceptual
from byheart.auditing.alignment import aligned, sampled
from byheart.auditing.crops import WINDOWS, crop_hashes, within_borders
from byheart.auditing.evidence import Found, Setting
from byheart.auditing.forms_image import picture_form
from byheart.auditing.images import Pictures
from byheart.auditing.originals import Asked, Originals
from byheart.judging.samples import Train, read
from byheart.neighbours import Work

LEARNED, FRESH = 110, 34
HARDER = {"another hue": 0.7, "text over it": 0.8}


def originals(records: Sequence[bytes]) -> Originals:
    return Originals(Train(MemGEN(kind="image").fit(list(records)).snapshot))


def found(train: Originals, records: Sequence[bytes], how: Work | None = None) -> Found:
    sample = read(list(records), "generated", train.train)
    return Pictures().find(Setting(train, (), how=how or Work(threads=1)), [Asked.all_of(sample)])[0]


@pytest.fixture(scope="module")
def photographs() -> Originals:
    return originals([encoded(tile) for tile in tiles()[:LEARNED]])


@pytest.fixture(scope="module")
def fresh(photographs: Originals) -> Found:
    return found(photographs, [encoded(tile) for tile in tiles()[LEARNED:]])


def numbers(train: Originals, which: range) -> list[int]:
    """Of the records that were learned at some places."""
    places = {int(first): number for number, first in enumerate(train.first)}
    return [places[place] for place in which]


def test_hashes_are_those_of_imagehash_bit_by_bit() -> None:
    digits = [Image.fromarray((digit * 15).astype(np.uint8)) for digit in load_digits().images[:200]]
    flat = [Image.new("L", (20, 30), shade) for shade in (0, 7, 255)]
    ramps = [Image.linear_gradient("L"), Image.radial_gradient("L"), Image.linear_gradient("L").rotate(90)]
    pictures = [*tiles(), *digits, *flat, *ramps]
    greys = perceptual.reduced(pa.array([encoded(picture) for picture in pictures], pa.large_binary())).greys
    expected = [int(str(imagehash.phash(picture.convert("RGB"))), 16) for picture in pictures]
    assert perceptual.phashes(greys).tolist() == expected
    assert crop_hashes(greys)[:, 0].tolist() == expected


def test_a_mirrored_picture_has_the_mirrored_frequencies() -> None:
    greys = np.stack([np.asarray(tile.convert("L").resize((32, 32))) for tile in tiles()])
    seen = perceptual.mirrored(perceptual.frequencies(greys))
    assert seen == pytest.approx(perceptual.frequencies(greys[:, :, ::-1]), abs=1e-6)


def test_the_hash_of_a_part_is_that_of_the_part_cut_out_but_for_few_bits() -> None:
    pictures = [tile.convert("L").resize((256, 256)) for tile in tiles()]
    top, bottom, left, right = (WINDOWS[-3] * 8).tolist()
    parts = np.stack([np.asarray(picture.crop((left, top, right, bottom)).resize((32, 32))) for picture in pictures])
    wholes = np.stack([np.asarray(picture.resize((32, 32), Image.Resampling.LANCZOS)) for picture in pictures])
    differing = np.bitwise_count(crop_hashes(wholes)[:, -3] ^ perceptual.phashes(parts))
    assert differing.mean() < 3
    assert np.bitwise_count(crop_hashes(wholes)[:, 0] ^ perceptual.phashes(parts)).mean() > 10


def test_near_hashes_are_found_among_many() -> None:
    draw = np.random.default_rng(0)
    many = draw.integers(0, 1 << 64, 100_000, np.uint64)
    asked, margins = many[:500].copy(), np.ones((500, 64))
    for _ in range(4):
        turned = draw.integers(0, 64, 500)
        asked ^= np.uint64(1) << (63 - turned).astype(np.uint64)
        margins[np.arange(500), turned] = 0.1
    keys = np.sort(hamming.Orders(many, seed=0).near(asked, margins), axis=1)
    expected = np.bitwise_count(many[:500] ^ asked)
    is_found = hamming.entries(keys[:, :1])[:, 0] == np.arange(500)
    assert is_found.mean() > 0.95
    assert (hamming.differing(keys[:, :1])[:, 0] == expected)[is_found].all()


def test_all_of_a_few_hashes_are_compared() -> None:
    few = np.array([5, 1 << 63, 7, (1 << 64) - 1], np.uint64)
    keys = np.sort(hamming.Orders(few, seed=1).near(np.array([4], np.uint64), np.ones((1, 64))), axis=1)[0, :5]
    assert hamming.entries(keys[:4]).tolist() == [0, 1, 2, 3]
    assert hamming.differing(keys[:4]).tolist() == [1, 2, 2, 63]
    assert keys[4] == hamming.NONE


def test_a_part_is_aligned_to_parts_of_a_pixel() -> None:
    greys = perceptual.shades(np.stack([np.asarray(tile.convert("L").resize((32, 32))) for tile in tiles()[:20]]))
    true = np.tile([3.3, 0.86, 1.2, 0.84], (20, 1))
    asked = sampled(greys, true)[0] * np.float32(0.8) + np.float32(0.1)
    told = aligned(asked, greys, true + np.array([1.0, 0.0, -1.0, 0.0]))
    assert np.median(np.abs(told.frames - true)) < 0.05
    assert np.median(told.distances) < 0.002


def test_a_border_of_one_shade_is_seen() -> None:
    greys = np.stack([np.asarray(tile.convert("L").resize((32, 32))) for tile in tiles()[:2]]).copy()
    greys[0, :3], greys[0, :, 30:] = 250, 250
    assert within_borders(greys).tolist()[0] == [3, 32, 0, 30]
    assert within_borders(greys[:, ::-1]).tolist()[0] == [0, 29, 0, 30]


@pytest.mark.parametrize("change", CHANGES)
def test_copies_are_seen_through(change: str, photographs: Originals, fresh: Found) -> None:
    copies = found(photographs, [CHANGES[change](tile) for tile in tiles()[:40]])
    is_named = copies.records[:, 0] == numbers(photographs, range(40))
    assert is_named.mean() >= 0.9
    assert (is_named & (copies.scores < fresh.scores.min())).mean() >= HARDER.get(change, 0.95)


def test_fresh_photographs_are_no_nearer_to_their_nearest_than_to_others(fresh: Found) -> None:
    assert fresh.scores.min() > 0.5
    assert (np.diff(fresh.distances, axis=1) >= 0).all()
    assert fresh.records.shape == fresh.distances.shape == (FRESH, 11)


def test_flat_pictures_are_no_copies_of_each_other() -> None:
    flat = [encoded(Image.new("RGB", (16, 16), (shade, shade, shade))) for shade in range(0, 250, 5)]
    train = originals([*flat[::2], *(encoded(tile) for tile in tiles()[:60])])
    assert found(train, flat[1::2]).scores.min() > 0.9


def test_small_digits_are_no_copies_of_each_other_but_of_themselves() -> None:
    digits = [encoded(Image.fromarray((digit * 15).astype(np.uint8))) for digit in load_digits().images[:600]]
    train = originals(digits[:400])
    fresh, copies = (
        found(train, digits[400:]),
        found(train, [encoded(Image.open(io.BytesIO(one)), "WEBP", 80) for one in digits[:100]]),
    )
    assert np.median(fresh.scores) > 0.5
    assert (copies.scores < np.quantile(fresh.scores, 0.01)).mean() > 0.9


def test_simple_digits_score_no_lower_than_others_by_chance() -> None:
    digits = load_digits()
    records = [encoded(Image.fromarray((digit * 15).astype(np.uint8))) for digit in digits.images]
    scores, classes = found(originals(records[:1000]), records[1000:]).scores, digits.target[1000:]
    is_low = scores <= np.quantile(scores, 0.1)
    assert (
        max(is_low[classes == digit].mean() for digit in range(10)) < 0.4
    )  # by the plain ratio more than half of the ones


def test_a_train_record_is_scored_against_the_others(photographs: Originals) -> None:
    own = Pictures().find(Setting(photographs, (), how=Work(threads=1)), [photographs.draw(40, seed=0)])[0]
    assert (own.records != photographs.draw(40, seed=0).own[:, None]).all()
    assert own.scores.min() > 0.3


def test_who_else_is_asked_and_how_many_work_changes_nothing(photographs: Originals) -> None:
    records = [CHANGES["crop of 80 %"](tile) for tile in tiles()[:20]] + [encoded(tile) for tile in tiles()[LEARNED:]]
    together, turned = found(photographs, records), found(photographs, records[::-1], Work(threads=2))
    alone = found(photographs, records[7:8])
    assert together.scores.tolist() == turned.scores[::-1].tolist()
    assert together.scores[7] == alone.scores[0]
    assert together.records[7].tolist() == alone.records[0].tolist()


def test_a_file_that_cannot_be_read_is_no_copy_and_has_none(photographs: Originals) -> None:
    broken = b"\x89PNG\r\n\x1a\nbroken"
    assert np.isinf(found(photographs, [broken]).scores).all()
    assert (found(photographs, [broken]).records == -1).all()
    train = originals([broken, *(encoded(tile) for tile in tiles()[:20])])
    black = found(train, [encoded(Image.new("RGB", (9, 9))), encoded(tiles()[0])])
    unreadable = int(train.numbers(read([broken], "generated", train.train).fingerprints)[0])
    assert unreadable not in black.records


def test_few_originals_are_enough() -> None:
    told = found(
        originals([encoded(tile) for tile in tiles()[:3]]), [CHANGES["JPEG 95"](tiles()[1]), encoded(tiles()[9])]
    )
    assert told.scores[0] < 0.3 < told.scores[1]
    assert (told.records[:, 3:] == -1).all()
    assert np.isinf(told.distances[:, 3:]).all()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("mirrored", "mirrored"),
        ("crop of 80 %", "a crop of it"),
        ("black border", "with a border around it"),
        ("JPEG 30", "re-encoded: pixels differ by"),
    ],
)
def test_it_says_how_a_copy_differs(change: str, words: str, photographs: Originals) -> None:
    made = CHANGES[change](tiles()[4])
    distance = float(found(photographs, [made]).distances[0, 0])
    told = Pictures().describe(made, encoded(tiles()[4]), distance)
    assert words in told
    assert ("mirrored" in told) == (change == "mirrored")


def test_the_same_pixels_have_one_form_in_whatever_file() -> None:
    tile = tiles()[0]
    turned = tile.transpose(Image.Transpose.ROTATE_90)
    exif = turned.getexif()
    exif[0x0112] = 6
    held = io.BytesIO()
    turned.save(held, "PNG", exif=exif)
    clear = tile.convert("RGBA")
    forms = {picture_form(record) for record in (encoded(tile), encoded(tile, "TIFF"), encoded(clear), held.getvalue())}
    assert len(forms) == 1
    others = {
        picture_form(encoded(other)) for other in (ImageOps.mirror(tile), tile.convert("L"), tile.resize((47, 48)))
    }
    assert len(forms | others) == 4


def test_what_is_transparent_is_white_and_sixteen_bits_stay() -> None:
    assert picture_form(encoded(Image.new("RGBA", (4, 4), (1, 2, 3, 0)))) == picture_form(
        encoded(Image.new("RGB", (4, 4), "white"))
    )
    ramp = np.linspace(0, 65_535, 64).astype(np.uint16).reshape(8, 8)
    assert picture_form(encoded(Image.fromarray(ramp))) != picture_form(encoded(Image.fromarray(ramp // 256 * 256)))
    assert perceptual.reduced(pa.array([encoded(Image.fromarray(ramp))], pa.large_binary())).greys.std() > 50


def test_what_is_no_picture_has_no_form() -> None:
    assert picture_form(b"") is None
    assert picture_form(encoded(tiles()[0])[:100]) is None
