"""Whole audits of tables, texts and pictures: what is planted is named by the evidence that sees it, with what was found in words."""

import io
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageOps
from sklearn.datasets import load_sample_images

from byheart import audit
from byheart.auditing.findings import Audit
from byheart.errors import InputError


def evidence_of(told: Audit, samples: Sequence[int]) -> Counter[str]:
    """By which evidence some samples were named."""
    return Counter(pair.evidence for pair in told.copies if pair.sample in samples)


def people(rng: np.random.Generator, count: int) -> list[dict[str, Any]]:
    towns = [f"town {number}" for number in range(40)]
    return [
        {
            "age": int(rng.integers(18, 90)),
            "zip": f"{rng.integers(10_000, 99_999)}",
            "sex": "fm"[rng.integers(2)],
            "town": towns[min(int(rng.exponential(9)), 39)],
            "income": float(np.round(np.exp(rng.normal(10, 1)), 2)),
            "height": float(np.round(rng.normal(170, 9), 1)),
            "weight": float(np.round(rng.normal(75, 12), 1)),
            "visits": int(rng.poisson(4)),
        }
        for _ in range(count)
    ]


def test_rows_with_a_changed_cell_and_rounded_numbers_are_named() -> None:
    rng = np.random.default_rng(0)
    train, heldout, fresh = people(rng, 1500), people(rng, 900), people(rng, 400)
    changed = [{**row, "town": "nowhere"} for row in train[:30]]
    rounded = [{**row, "income": float(f"{row['income']:.2g}"), "weight": round(row["weight"])} for row in train[30:60]]
    told = audit([*fresh, *changed, *rounded], heldout, train=train)
    assert evidence_of(told, range(400, 430)).total() == 30
    assert evidence_of(told, range(430, 460)).total() >= 28
    assert evidence_of(told, range(400)).total() <= 3
    words = next(pair.words for pair in told.copies if pair.sample == 400)
    assert words == "1 of 8 cells differs: town"
    assert "nowhere" not in told.to_json()


def test_rows_that_agree_on_the_keys_alone_are_named_by_them() -> None:
    rng = np.random.default_rng(1)
    train, heldout, fresh = people(rng, 1500), people(rng, 900), people(rng, 400)
    about = [
        {**other, **{key: row[key] for key in ("age", "zip", "sex")}}
        for row, other in zip(train[:40], people(rng, 40), strict=True)
    ]
    told = audit([*fresh, *about], heldout, train=train, keys=["age", "zip", "sex"])
    assert evidence_of(told, range(400, 440))["keys"] >= 38
    assert not audit([*fresh, *about], heldout, train=train).copies
    with pytest.raises(InputError, match="did you mean 'zip'"):
        audit(fresh, heldout, train=train, keys=["zp"])
    with pytest.raises(InputError, match="keys: wanted rows of a table, got array records"):
        audit(np.zeros((5, 3)), np.ones((5, 3)), train=np.ones((5, 3)), keys=["zip"])


WORDS = [f"{a}{b}{c}" for a in ("ba", "to", "ki", "lu", "re") for b in "nmstl" for c in ("a", "os", "er", "ing", "um")]


def text(rng: np.random.Generator, sentences: int = 3) -> str:
    drawn = [rng.choice(WORDS, rng.integers(7, 14)) for _ in range(sentences)]
    return " ".join(" ".join(words).capitalize() + "." for words in drawn)


def test_texts_through_spelling_insertions_and_quotations_are_named() -> None:
    rng = np.random.default_rng(2)
    train, heldout, fresh = ([text(rng) for _ in range(count)] for count in (700, 500, 300))
    spelt = [one.upper().replace(".", " !").replace(" ", "  ") for one in train[:20]]
    inserted = [one.replace(". ", f". {text(rng, 1)} ", 1) for one in train[20:40]]
    quoted = [f"{text(rng, 2)} {one[10:150]} {text(rng, 2)}" for one in train[40:60]]
    told = audit([*fresh, *spelt, *inserted, *quoted], heldout, train=train)
    assert evidence_of(told, range(300, 320)) == {"canonical": 20}
    assert evidence_of(told, range(320, 340)).total() == 20
    assert evidence_of(told, range(340, 360)).total() >= 18
    assert evidence_of(told, range(300)).total() <= 3


def tiles() -> list[Image.Image]:
    """Parts of two real photographs that do not overlap, 32 pixels a side, in a random order."""
    photos = load_sample_images().images
    places = [(photo, top, left) for photo in photos for top in range(0, 396, 32) for left in range(0, 609, 32)]
    order = np.random.default_rng(0).permutation(len(places))
    cut = [photo[top : top + 32, left : left + 32] for photo, top, left in (places[at] for at in order)]
    return list(map(Image.fromarray, cut))


def coded(picture: Image.Image, name: str = "PNG", **options: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, name, **options)
    return out.getvalue()


def test_pictures_through_formats_mirrors_and_sizes_are_named() -> None:
    apart = tiles()
    train, heldout, fresh = apart[:200], apart[200:380], apart[380:]
    count = len(fresh)
    made = [
        *map(coded, fresh),
        *(coded(one, "JPEG", quality=40) for one in train[:15]),
        *(coded(ImageOps.mirror(one)) for one in train[15:30]),
        *(coded(one.resize((50, 50))) for one in train[30:45]),
    ]
    told = audit(made, list(map(coded, heldout)), train=list(map(coded, train)))
    assert evidence_of(told, range(count, count + 45)).total() >= 28  # some are of a plain sky
    assert evidence_of(told, range(count)).total() <= 4
    assert evidence_of(told, range(count + 15, count + 30))["picture"] >= 7
