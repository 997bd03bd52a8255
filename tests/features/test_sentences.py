"""Texts by what they say: real weights out of a package, without a network; folders of model2vec; what is missing is said."""

import logging
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from test_features import points

from byheart.errors import InputError, MissingExtraError
from byheart.features import extractor, sentences
from byheart.features.pretrained import Pretrained

TEXTS = ["the cat sat on the mat", "a kitten was lying on a rug", "quarterly revenue grew by three per cent"]


def cosines(
    rows: np.ndarray[tuple[int, ...], np.dtype[np.float32]],
) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(unit @ unit.T, np.float32)


@pytest.mark.skipif(find_spec("wordllama") is None, reason="the package that brings the weights is not installed")
def test_texts_that_say_the_same_in_other_words_are_near() -> None:
    handlers = list(logging.getLogger().handlers)
    told = points("text", [*TEXTS, "", TEXTS[0]], name="sentence:wordllama")
    assert told.shape == (5, 256)
    near = cosines(told[:3])
    assert near[0, 1] > near[0, 2] + 0.2
    assert not told[3].any()
    assert (told[0] == told[4]).all()
    assert all(
        (points("text", [text], name="sentence:wordllama")[0] == row).all()
        for text, row in zip(TEXTS, told, strict=False)
    )
    assert logging.getLogger().handlers == handlers


@pytest.mark.skipif(find_spec("wordllama") is None, reason="the package that brings the weights is not installed")
def test_it_is_the_mean_that_wordllama_gives() -> None:
    wordllama = pytest.importorskip("wordllama", reason="it has no wheel for this Python")
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    folder = Path(wordllama.__file__).parent  # where its tokenizer is: left to itself, it looks on the network
    theirs = wordllama.WordLlama.load(cache_dir=folder, disable_download=True).embed(TEXTS)
    for handler in set(root.handlers) - set(handlers):
        root.removeHandler(handler)
    root.setLevel(level)
    assert np.allclose(points("text", TEXTS, name="sentence:wordllama"), theirs, atol=1e-5)


def test_a_folder_of_model2vec_is_read_and_its_digest_told(tmp_path: Path) -> None:
    model2vec = pytest.importorskip("model2vec", reason="it has no wheel for this Python")
    tokenizers = pytest.importorskip("tokenizers", reason="it has no wheel for this Python")
    words = ["[UNK]", "cat", "mat", "revenue"]
    tokenizer = tokenizers.Tokenizer(
        tokenizers.models.WordLevel({w: i for i, w in enumerate(words)}, unk_token="[UNK]")
    )
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    numbers = np.eye(4, dtype=np.float32)
    identities = []
    for name in ("one", "two"):
        model2vec.StaticModel(numbers, tokenizer, normalize=False).save_pretrained(tmp_path / name)
        told = points("text", ["cat mat", "mat", "cat mat"], name=f"sentence:{tmp_path / name}")
        assert np.allclose(told, [(numbers[1] + numbers[2]) / 2, numbers[2], (numbers[1] + numbers[2]) / 2])
        found = extractor("text", f"sentence:{tmp_path / name}")[1]
        assert isinstance(found, Pretrained)
        identities.append(found.identity)
        assert str(tmp_path) not in found.identity + found.name
        numbers = numbers * 2
    assert identities[0] != identities[1]


def test_what_cannot_be_loaded_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    for asked, said in (
        ("", "got no name"),
        (str(tmp_path), "weights as safetensors, got none"),
        ("no/such-model", "got neither"),
    ):
        with pytest.raises((InputError, MissingExtraError), match=said):
            extractor("text", f"sentence:{asked}")
    monkeypatch.setattr(sentences, "find_spec", lambda _: None)
    with pytest.raises(MissingExtraError, match=r"pip install 'byheart\[sentence\]'"):
        extractor("text", "sentence:wordllama")
