"""Tokens: an index of 16 bits a token, beside infini-gram's and fast-gram's of the same tokens."""

import random
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from tools.bench.results import Results, Series, Verdict
from tools.bench_text import figures
from tools.bench_text.corpus import Corpus
from tools.bench_text.figures import BUILD, TOKENS_COUNT, TOKENS_NEXT, TOKENS_TRACE
from tools.bench_text.peers import Engine, Span, gram_open, infini_gram_index, learn

WORKLOAD: Final = "100 MB, tokens"
_BYTES: Final = 100_000_000
_TRAINED_ON: Final = 20_000_000
_VOCABULARY: Final = 32_000
_LEAST: Final = 5  # tokens of a span
_LONG: Final = 600  # tokens of a document that questions are taken from


def measure(results: Results, found: Corpus, folder: Path) -> None:
    """All figures of tokens."""
    documents = found.first(_BYTES)
    shutil.rmtree(folder, ignore_errors=True)
    tokenizer = _trained(found.first(_TRAINED_ON))
    known, held_out = _encoded(tokenizer, documents), _encoded(tokenizer, found.held_out)
    _write(known, folder / "infini-gram" / "index")
    before = figures.cpu()
    infini_gram_index(folder / "infini-gram", "u16")
    number = sum(map(len, known))
    results.series.append(
        Series(BUILD, WORKLOAD, "infini-gram", "ns/token", ((figures.cpu() - before) / number * 1e9,))
    )
    (folder / "byheart").mkdir()
    learn(documents, folder / "byheart")
    engines = {
        "byheart": _byheart(folder / "byheart", tokenizer),
        "infini-gram": gram_open("infini_gram.engine", "InfiniGramEngine", "u16", _LEAST)(folder / "infini-gram"),
        "fast-gram": gram_open("fastgram.engine", "GramEngine", "u16", _LEAST)(folder / "infini-gram"),
    }
    questions = _Questions(known[:4000], held_out)
    asked = {
        TOKENS_COUNT: questions.of(5, 2000),
        TOKENS_NEXT: questions.of(50, 400),
        TOKENS_TRACE: questions.of(512, 60, is_known=False),
    }
    figures.ask(results, WORKLOAD, engines, asked)
    for figure in asked:
        for who, times in (("infini-gram", 30.0 if figure == TOKENS_COUNT else 1.0), ("fast-gram", 1.0)):
            ratios = results.ratio(figure, WORKLOAD, who, "byheart")
            results.judge(Verdict(figure, WORKLOAD, f"{who} takes so many times as long", ratios, times))
    _agree(results, engines, questions)
    engines.clear()
    shutil.rmtree(folder, ignore_errors=True)


def _agree(results: Results, engines: dict[str, Engine], questions: "_Questions") -> None:
    index, trace, theirs = engines["byheart"].itself, engines["byheart"].trace, engines["infini-gram"]
    if trace is None or theirs.count is None or theirs.trace is None:
        return
    patterns = questions.of(5, 500) + questions.of(2, 500)
    same = [index.count(pattern) == theirs.count(pattern) for pattern in patterns]
    results.judge(Verdict("agreement", WORKLOAD, "1,000 counts that are infini-gram's", (float(np.mean(same)),), 1.0))
    same = [trace(text) == theirs.trace(text) for text in questions.of(512, 20, is_known=False)]
    claim = "20 texts whose spans and their counts are infini-gram's"
    results.judge(Verdict("agreement", WORKLOAD, claim, (float(np.mean(same)),), 1.0))


class _Questions:
    """Tokens to ask for, from a seed: of the corpus, of what was held out, or of both in turns."""

    def __init__(self, known: Sequence[list[int]], held_out: Sequence[list[int]]) -> None:
        self._random = random.Random(2)
        self._known = [tokens for tokens in known if len(tokens) > _LONG]
        self._held_out = [tokens for tokens in held_out if len(tokens) > _LONG]

    def of(self, size: int, number: int, *, is_known: bool | None = None) -> list[list[int]]:
        found = []
        for turn in range(number):
            tokens = self._random.choice(
                self._known if (turn % 2 == 0 if is_known is None else is_known) else self._held_out
            )
            at = self._random.randrange(len(tokens) - size)
            found.append(tokens[at : at + size])
        return found


def _trained(documents: Sequence[bytes]) -> Any:
    """A byte-level BPE, as language models have it."""
    import tokenizers  # noqa: PLC0415  # the peers' environment has it, the project's own need not

    tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE())
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = tokenizers.decoders.ByteLevel()
    alphabet = tokenizers.pre_tokenizers.ByteLevel.alphabet()
    trainer = tokenizers.trainers.BpeTrainer(vocab_size=_VOCABULARY, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator((document.decode() for document in documents), trainer)
    return tokenizer


def _encoded(tokenizer: Any, documents: Sequence[bytes]) -> list[list[int]]:
    found = []
    for start in range(0, len(documents), 1000):
        texts = [document.decode() for document in documents[start : start + 1000]]
        found += [encoded.ids for encoded in tokenizer.encode_batch(texts, add_special_tokens=False)]
    return found


def _write(documents: Sequence[list[int]], folder: Path) -> None:
    """As infini-gram's own first step would: it knows no tokenizers but those of a hub."""
    folder.mkdir(parents=True)
    parts = [np.array([65535, *tokens], np.uint16) for tokens in documents]
    np.concatenate(parts).tofile(folder / "tokenized.0")
    starts = np.cumsum([0, *(2 * len(part) for part in parts[:-1])])
    starts.astype(np.uint64).tofile(folder / "offset.0")


def _byheart(folder: Path, tokenizer: Any) -> Engine:
    from byheart import MemGEN  # noqa: PLC0415  # here, as with all others

    index = MemGEN(folder / "x.memory").index_text(tokenizer=tokenizer)

    def trace(tokens: list[int]) -> list[Span]:
        found = index.trace(tokens, min_length=_LEAST, limit=0).spans
        return [(span.start, span.end, span.count) for span in found]

    return Engine(index.count, index.next_distribution, trace, index.score, index)
