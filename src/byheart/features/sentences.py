"""`sentence:PATH_OR_NAME`: texts by what they say, as a pretrained model puts it.

- `wordllama`: the 256 numbers that come with the package of that name: the mean of a vector for each token (Miller, 2024). No network is needed.
- A folder that model2vec wrote, or the name of one on the hub (`minishlab/potion-base-8M`): static embeddings, quick without a graphics card.
- A folder that sentence-transformers wrote, or a name: whatever it runs, by torch.

The package wordllama is not imported, its files are read: it would set up logging for the whole program, and look for its tokenizer on the network. Of a model's
folder the weights are read as safetensors only.
"""

import json
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
import pyarrow as pa

from byheart._optional import require
from byheart.errors import InputError, MissingExtraError
from byheart.features import digesting, hub
from byheart.features.base import Singles, Vectors
from byheart.features.pretrained import Pretrained

_EXTRA: Final = "sentence"
_WORDLLAMA: Final = "wordllama"
_WEIGHTS: Final = "weights/l2_supercat_256.safetensors"
_TOKENIZER: Final = "tokenizers/l2_supercat_tokenizer_config.json"
_PATTERNS: Final = ["*.json", "*.txt", "*.safetensors", "*.model"]
_AT_ONCE: Final = 64

Embed: TypeAlias = Callable[[list[str]], Any]


def sentence(asked: str) -> Pretrained:
    """The extractor that was asked for.

    Raises:
        InputError: there is no such model.
        MissingExtraError: what runs it is not installed.
    """
    if not asked:
        raise InputError(f"features sentence: wanted sentence:{_WORDLLAMA}, or sentence:PATH_OR_NAME, got no name")
    if asked == _WORDLLAMA:
        return _extractor(asked, *_wordllama())
    folder = Path(asked)
    if not folder.is_dir():
        folder = hub.folder(asked, _PATTERNS)
    files = sorted(path for path in folder.rglob("*") if path.is_file() and any(map(path.match, _PATTERNS)))
    if not any(path.suffix == ".safetensors" for path in files):
        raise InputError(
            f"features sentence: {asked}: wanted a model's folder, with its weights as safetensors, got none"
        )
    embed, library = _static(folder) if _is_static(folder) else _transformers(folder)
    return _extractor(Path(asked).name if Path(asked).is_dir() else asked, embed, files, library)


def _extractor(name: str, embed: Embed, files: list[Path], library: str) -> Pretrained:
    width = int(np.asarray(embed([""])).shape[1])

    def of(x: pa.Array) -> Vectors:
        points = np.zeros((len(x), width), np.float32)
        for start in range(0, len(x), _AT_ONCE):
            texts = x[start : start + _AT_ONCE].to_pylist()
            points[start : start + len(texts)] = np.asarray(embed(texts), np.float32)
        return Vectors(points, np.ones(len(x), np.bool_))

    identity = f"sentence:{name}, weights {digesting.of_files(files)}, {library}"
    return Pretrained(f"sentence:{name}", ("text",), identity, width, of)


def _wordllama() -> tuple[Embed, list[Path], str]:
    found = find_spec(_WORDLLAMA)
    if found is None or not found.submodule_search_locations:
        raise MissingExtraError(f"this needs {_WORDLLAMA}, which is not installed: pip install 'byheart[{_EXTRA}]'")
    folder = Path(next(iter(found.submodule_search_locations)))
    files = [folder / _WEIGHTS, folder / _TOKENIZER]
    digesting.of_files(files)  # raises where a version keeps them elsewhere
    matrix = require("safetensors.numpy", _EXTRA).load_file(files[0])["embedding.weight"].astype(np.float32)
    tokenizer = require("tokenizers", _EXTRA).Tokenizer.from_file(str(files[1]))
    tokenizer.no_padding()
    tokenizer.no_truncation()

    def embed(texts: list[str]) -> Singles:
        told = [np.array(one.ids, np.int64) for one in tokenizer.encode_batch(texts, add_special_tokens=False)]
        means = [matrix[ids].mean(axis=0) if len(ids) else np.zeros(matrix.shape[1], np.float32) for ids in told]
        return np.stack(means)

    return embed, files, "mean of tokens 1"


def _is_static(folder: Path) -> bool:
    """Whether model2vec wrote a folder, which says so in one of two places."""
    config, modules = _json(folder / "config.json"), _json(folder / "modules.json")
    if isinstance(config, dict) and config.get("model_type") == "model2vec":
        return True
    types = [module.get("type", "") for module in modules] if isinstance(modules, list) else []
    return bool(types) and types[0].endswith("StaticEmbedding")


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None


def _static(folder: Path) -> tuple[Embed, str]:
    library = require("model2vec", _EXTRA)
    model = library.StaticModel.from_pretrained(folder)
    return lambda texts: model.encode(texts, use_multiprocessing=False), f"model2vec {library.__version__}"


def _transformers(folder: Path) -> tuple[Embed, str]:
    library = require("sentence_transformers", "torch-features")
    options = {"use_safetensors": True}
    model = library.SentenceTransformer(str(folder), device="cpu", model_kwargs=options, trust_remote_code=False)
    model.eval()
    # One at a time: what a text is filled up with, to be as long as its neighbours, would change its last digits.
    return lambda texts: model.encode(
        texts, batch_size=1, show_progress_bar=False
    ), f"sentence-transformers {library.__version__}"
