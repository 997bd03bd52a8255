"""Who takes part: each builds an index of documents, opens it, and answers what it can."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from importlib import import_module
from io import StringIO
from pathlib import Path
from typing import Any, Final

import numpy as np

Span = tuple[int, int, int]  # start, end, count
TRACED_FROM: Final = 20  # bytes


@dataclass(frozen=True, slots=True)
class Engine:
    """What an index answers, of bytes or of lists of tokens; None where it does not."""

    count: Callable[[Any], int] | None = None
    following: Callable[[Any], Any] | None = None
    trace: Callable[[Any], list[Span]] | None = None
    score: Callable[[Any], Any] | None = None
    itself: Any = None


@dataclass(frozen=True, slots=True)
class Peer:
    """A contestant.

    Attributes:
        name: in the tables.
        package: that it needs; "" for none.
        build: index documents in a folder.
        open: what answers.
        largest: the bytes that it can index here, in minutes and in RAM.
    """

    name: str
    package: str
    build: Callable[[list[bytes], Path], None]
    open: Callable[[Path], Engine]
    largest: int = 10**12


def _byheart_build(_: list[bytes], folder: Path) -> None:
    from byheart import MemGEN  # noqa: PLC0415  # here, as with all others

    MemGEN(folder / "x.memory").index_text()


def learn(documents: list[bytes], folder: Path) -> None:
    """What comes before byheart's index: it is no part of it."""
    from byheart import MemGEN  # noqa: PLC0415  # as above

    MemGEN(folder / "x.memory", kind="text").fit([document.decode() for document in documents])


def _byheart_open(folder: Path) -> Engine:
    from byheart import MemGEN  # noqa: PLC0415  # as above

    index = MemGEN(folder / "x.memory").text

    def trace(text: bytes) -> list[Span]:
        return [(span.start, span.end, span.count) for span in index.trace(text, min_length=TRACED_FROM, limit=0).spans]

    return Engine(index.count, index.next_distribution, trace, index.score, index)


def _infini_gram_build(documents: list[bytes], folder: Path) -> None:
    (folder / "data").mkdir()
    with (folder / "data" / "documents.jsonl").open("w", encoding="utf-8") as file:
        file.writelines(json.dumps({"text": document.decode()}) + "\n" for document in documents)
    infini_gram_index(folder, "u8")


def infini_gram_index(folder: Path, dtype: str) -> None:
    """Index what stands in `data`; or, if it is there already, `index/tokenized.0`."""
    (folder / "data").mkdir(exist_ok=True)
    arguments = ["--data_dir", folder / "data", "--save_dir", folder / "index", "--temp_dir", folder]
    arguments += ["--token_dtype", dtype]
    limits = ["--cpus", "1", "--mem", "8", "--shards", "1", "--ulimit", "1024"]
    command = [sys.executable, "-m", "infini_gram.indexing", *map(str, arguments), *limits]
    subprocess.run(command, check=True, capture_output=True)


def gram_open(module: str, name: str, dtype: str = "u8", least: int = TRACED_FROM) -> Callable[[Path], Engine]:
    """infini-gram, or what answers from its index; of bytes, or of tokens of 16 bits."""

    def open_(folder: Path) -> Engine:
        engine_class = getattr(import_module(module), name)
        symbols = {"u8": 255, "u16": 65535}[dtype]
        engine = engine_class(
            index_dir=[str(folder / "index")], eos_token_id=0, vocab_size=symbols, version=4, token_dtype=dtype
        )
        following = getattr(engine, "infgram_ntd", None) or engine.ntd
        probability = getattr(engine, "infgram_prob", None) or engine.prob

        def trace(text: Sequence[int]) -> list[Span]:
            told = engine.attribute(input_ids=list(text), delim_ids=[], min_len=least, max_cnt=10**9, enforce_bow=False)
            return [(span["l"], span["r"], span["count"]) for span in told["spans"]]

        def score(text: bytes) -> list[Any]:
            ids = list(text)
            return [probability(prompt_ids=ids[:at], cont_id=ids[at]) for at in range(1, len(ids))]

        return Engine(
            lambda pattern: int(engine.count(input_ids=list(pattern))["count"]),
            lambda prompt: following(prompt_ids=list(prompt)),
            trace,
            score,
            engine,
        )

    return open_


def _tokengrams_build(documents: list[bytes], folder: Path) -> None:
    np.frombuffer(b"\xff".join(documents), np.uint8).astype(np.uint16).tofile(folder / "tokens.bin")
    index = import_module("tokengrams").MemmapIndex
    index.build(str(folder / "tokens.bin"), str(folder / "tokens.idx"), vocab=256, verbose=False)


def _tokengrams_open(folder: Path) -> Engine:
    index = import_module("tokengrams").MemmapIndex(str(folder / "tokens.bin"), str(folder / "tokens.idx"), vocab=256)
    return Engine(lambda pattern: int(index.count(list(pattern))), itself=index)


def _py_infinigram_build(documents: list[bytes], folder: Path) -> None:
    with redirect_stdout(StringIO()):
        import_module("infinigram").Infinigram.build(b"\xff".join(documents), str(folder / "model"))


def _py_infinigram_open(folder: Path) -> Engine:
    with redirect_stdout(StringIO()):
        model = import_module("infinigram").Infinigram.load(str(folder / "model"))
    return Engine(lambda pattern: int(model.count(list(pattern))), lambda prompt: model.predict(list(prompt)))


def _fm_index_build(documents: list[bytes], folder: Path) -> None:
    index = import_module("fm_index").FMIndex("\n\n".join(document.decode() for document in documents))
    _FM[folder] = index  # it lives in RAM


_FM: dict[Path, Any] = {}


def _fm_index_open(folder: Path) -> Engine:
    index = _FM[folder]
    return Engine(lambda pattern: int(index.count(pattern.decode())), itself=index)


OURS: Final = Peer("byheart", "byheart", _byheart_build, _byheart_open)
INFINI_GRAM: Final = Peer(
    "infini-gram", "infini_gram", _infini_gram_build, gram_open("infini_gram.engine", "InfiniGramEngine")
)
FAST_GRAM: Final = Peer(
    "fast-gram (infini-gram's index)", "fastgram", lambda _, __: None, gram_open("fastgram.engine", "GramEngine")
)
PEERS: Final[Mapping[str, Peer]] = {
    "byheart": OURS,
    "infini-gram": INFINI_GRAM,
    "fast-gram": FAST_GRAM,
    "tokengrams": Peer("tokengrams", "tokengrams", _tokengrams_build, _tokengrams_open, largest=50_000_000),
    "py-infinigram": Peer("py-infinigram", "infinigram", _py_infinigram_build, _py_infinigram_open),
    "fm-index": Peer("fm-index", "fm_index", _fm_index_build, _fm_index_open, largest=150_000_000),
}


def missing(names: Sequence[str]) -> dict[str, str]:
    """Those that cannot be imported, and why."""
    found = {}
    for name in names:
        try:
            import_module(PEERS[name].package)
        except ImportError as error:
            found[name] = str(error)
    return found
