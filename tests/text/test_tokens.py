"""An index of tokens answers as looking at every token of every record does, for either library's tokenizers."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from by_hand import END, ByHand
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from byheart import InputError, MemGEN
from byheart.text.contamination import contamination
from byheart.text.index import TextIndex
from byheart.text.tokenizers import HuggingFace, Tiktoken
from byheart.text.tokens import TokenAlphabet, alphabet_of
from command_line import command

tokenizers = pytest.importorskip("tokenizers")
tiktoken = pytest.importorskip("tiktoken")

LETTERS = [chr(code) for code in range(512) if chr(code) in set(tokenizers.pre_tokenizers.ByteLevel.alphabet())]
CORPUS = ["abba abb", "bab abab", "cab c abc", "aab bba"] * 3
texts = st.text(alphabet="abc é", max_size=10)
each_path = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)


def trained(size: int = 300) -> Any:
    """A small byte-level BPE, as language models have it."""
    tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE())
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = tokenizers.decoders.ByteLevel()
    alphabet = tokenizers.pre_tokenizers.ByteLevel.alphabet()
    trainer = tokenizers.trainers.BpeTrainer(vocab_size=size, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator(CORPUS, trainer)
    return tokenizer


def encoding() -> Any:
    ranks = {bytes([byte]): byte for byte in range(256)}
    for number, merged in enumerate([b"ab", b"ba", b"bb", b" a", b"abb", b"\xc3\xa9"]):
        ranks[merged] = 256 + number
    return tiktoken.Encoding(
        "small", pat_str=r" ?\w+|\s+|[^\s\w]+", mergeable_ranks=ranks, special_tokens={"<end>": 300}
    )


class Small:
    """Tokens of two letters, numbered below 256: what `by_hand` can follow; `size` tells in how many bytes they are kept."""

    def __init__(self, size: int) -> None:
        self.name = f"small-{size}"
        pairs = [a + b for a in "abc é" for b in ["", *"abc é"]]
        self._numbers = {pair: number for number, pair in enumerate(pairs)}
        self.pieces = [pair.encode() for pair in pairs] + [b""] * (size - len(pairs))

    def encode(self, texts: Any) -> list[list[int]]:
        return [[self._numbers[text[at : at + 2]] for at in range(0, len(text), 2)] for text in texts]


def numbers(text: str) -> tuple[int, ...]:
    return tuple(Small(40).encode([text])[0])


@each_path
@given(
    records=st.lists(texts, min_size=1, max_size=6),
    text=texts,
    size=st.sampled_from([40, 2**16]),
    shard=st.sampled_from([None, 60]),
)
def test_every_search_is_of_tokens(path: str, records: list[str], text: str, size: int, shard: int | None) -> None:
    text += records[0]
    hand = ByHand.of([numbers(record) for record in records], size + 1)
    index = TextIndex(
        MemGEN(kind="text").fit(records).snapshot, TokenAlphabet(Small(size)), memory_budget=shard and shard * 6
    )
    tokens = numbers(text)
    for pattern in (text[:2], text[:4], text[2:6]):
        if pattern:
            assert index.count(pattern) == hand.count(numbers(pattern))
    places = np.cumsum([0, *(len(Small(40).pieces[token]) for token in tokens)])
    spans = index.trace(text, min_length=1).spans
    assert [(span.start, span.end) for span in spans] == [(places[a], places[b]) for a, b in hand.spans(tokens, 1)]
    for span in spans:
        for place in span.places:
            record = records[place.record].encode()
            assert record[place.offset : place.offset + len(span)] == text.encode()[span.start : span.end]
    found = index.next_distribution(text)
    following = hand.following(hand.longest_suffix(tokens))
    assert {number: count for number, count in enumerate(found.counts.tolist()) if count} == {
        (size if symbol == END else symbol): count for symbol, count in following.items()
    }
    scored = np.exp(index.score(text).log_probabilities)
    wanted = [hand.probability((END, *tokens[:at]), tokens[at]) for at in range(len(tokens))]
    assert scored.tolist() == pytest.approx([float(p) for p in wanted], rel=1e-12)


@pytest.mark.parametrize(
    "made", [lambda: HuggingFace.of(trained()), lambda: Tiktoken.of(encoding())], ids=["tokenizers", "tiktoken"]
)
def test_the_tokens_of_either_library_recite_and_trace(path: str, made: Any, tmp_path: Path) -> None:
    poem = "Shall I compare thee to a summer's day?\nThou art more lovely ♥ and more temperate: été"
    index = TextIndex(MemGEN(tmp_path / "m").fit([poem, "Rough winds do shake"]).snapshot, TokenAlphabet(made()))
    said = index.recite("Shall I compare", max_bytes=1000, seed=1)
    assert (said.text.decode(), said.has_ended) == (poem.removeprefix("Shall I compare"), True)
    assert len(index.recite("Shall I compare", max_bytes=11, seed=1).text) <= 11
    (span,) = index.trace("He said: more lovely ♥ and", min_length=4).spans
    assert "more lovely ♥ and" in "He said: more lovely ♥ and".encode()[span.start : span.end].decode()
    assert span.places[0].before.decode().endswith("Thou art"[-4:])
    assert index.count(" more") == 2
    assert np.isfinite(index.score("never seen before").log_probabilities).all()


def test_the_index_of_a_tokenizer_is_kept_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trained().save(str(tmp_path / "tokenizer.json"))
    MemGEN(tmp_path / "m").fit(["abba abb", "bab"])
    byheart = command(capsys)
    told = json.loads(byheart("index", tmp_path / "m", "--tokenizer", tmp_path / "tokenizer.json", "--json").out)
    assert told["text_bytes"] == len("abba abbbab")
    assert json.loads(byheart("count", tmp_path / "m", "b", "--json").out)["count"] == 6
    counted = byheart("count", tmp_path / "m", "bab", "--tokenizer", tmp_path / "tokenizer.json", "--json")
    assert json.loads(counted.out)["count"] >= 1
    assert len([path for path in (tmp_path / "m" / "indexes").iterdir() if path.name.startswith("text-")]) == 2
    answer = byheart("count", tmp_path / "m", "a", "--words", "--tokenizer", tmp_path / "tokenizer.json")
    assert (answer.code, answer.err) == (2, "byheart: words, tokenizer: wanted one of them, got both\n")


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("nowhere.json", "which is no file"),
        ("tiktoken:no-such", "has no encoding 'no-such': wanted one of gpt2, "),
        (5, "got int"),
        (__file__, "cannot be read"),
    ],
)
def test_what_is_no_tokenizer_is_refused(told: object, said: str) -> None:
    with pytest.raises(InputError, match=said):
        alphabet_of(tokenizer=told)


def lower() -> Any:
    """One that folds letters, as those of BERT do."""
    tokenizer = trained()
    tokenizer.normalizer = tokenizers.normalizers.Lowercase()
    return tokenizer


def of_words() -> Any:
    """One that knows few words, and drops white space."""
    tokenizer = tokenizers.Tokenizer(tokenizers.models.WordLevel({"to": 0, "be": 1, "[UNK]": 2}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    return tokenizer


@pytest.mark.parametrize("made", [lower, of_words])
def test_a_tokenizer_that_does_not_give_its_text_back_is_refused(made: Any) -> None:
    with pytest.raises(
        InputError, match=r"wanted one that gives its text back, got .* take one that drops and folds nothing"
    ):
        MemGEN().fit(["To be or\nnot"]).index_text(tokenizer=made())


def test_a_pattern_that_a_tokenizer_cannot_tell_is_refused() -> None:
    """It gives back all that was learned, but not what is asked for: that is no occurrence of an unknown token."""
    tokenizer = of_words()
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Split(" ", "isolated")
    tokenizer.add_tokens([" "])
    index = MemGEN().fit(["to be to be"]).index_text(tokenizer=tokenizer)
    assert index.count("to be") == 2
    with pytest.raises(InputError, match=r"gives its text back, got '\[UNK\]' for 'qzqz'"):
        index.count("qzqz")


def cut_short() -> Any:
    tokenizer = trained()
    tokenizer.enable_truncation(5)
    return tokenizer


def filled_up() -> Any:
    tokenizer = trained()
    tokenizer.enable_padding(pad_id=0, pad_token="[PAD]")
    return tokenizer


@pytest.mark.parametrize("made", [cut_short, filled_up])
def test_a_tokenizer_that_cuts_short_or_fills_up_is_kept_from_it(made: Any) -> None:
    records = ["bab abab cab c abc aab bba", "a"]
    index, whole = (MemGEN().fit(records).index_text(tokenizer=one) for one in (made(), trained()))
    assert index.count("bba") == whole.count("bba")
    assert index.count([0]) == whole.count([0])
    assert index.recite("bab abab", max_bytes=99, seed=0).text == b" cab c abc aab bba"


def test_numbers_of_tokens_may_have_gaps() -> None:
    model = tokenizers.models.WordLevel({"a": 0, "b": 1, "c": 50, " ": 7, "?": 3}, unk_token="?")
    tokenizer = tokenizers.Tokenizer(model)
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Split(" ", "isolated")
    index = MemGEN().fit(["a c", "a b"]).index_text(tokenizer=tokenizer)
    counts = index.next_distribution("a ").counts
    assert (len(counts), {number: count for number, count in enumerate(counts.tolist()) if count}) == (
        52,
        {1: 1, 50: 1},
    )
    assert index.count([50]) == 1


def test_tokens_that_cut_characters_are_bytes() -> None:
    """A tokenizer of single bytes: what is found is what stands there, to the byte."""
    shown = [
        chr(byte) for byte in range(256) if chr(byte) in LETTERS
    ]  # GPT-2's letters: those that are seen, then the others in order
    others = iter([letter for letter in LETTERS if letter not in shown])
    numbered = {chr(byte) if chr(byte) in shown else next(others): byte for byte in range(256)}
    tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE(vocab=numbered, merges=[]))
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = tokenizers.decoders.ByteLevel()
    for records, text in [(["é abc"], "ê abd"), (["𝄞", "𝄢 𝄡"], "𝄢𝄞")]:
        model = MemGEN().fit(records)
        index = model.index_text(tokenizer=tokenizer)
        assert index.trace(text, min_length=1) == model.trace(text, min_length=1)
        assert index.next_distribution(text).counts.tolist() == model.next_distribution(text).counts.tolist()
        for size in (3, 6):
            said = index.recite("", max_bytes=size, seed=3)
            assert b"".join(step.text for step in said.steps) == said.text
            assert any(said.text in record.encode() for record in records)


def test_a_space_that_a_tokenizer_puts_first_moves_no_place() -> None:
    tokenizer = trained()
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=True)
    records = ["abba abb bab", " cab bba"]
    index = MemGEN().fit(records).index_text(tokenizer=tokenizer)
    for word in ("abb", "bab", "bba", "cab"):
        for place in index.locate(word):
            record = records[place.record].encode()
            assert record[place.offset :].lstrip().startswith(word.encode()), (word, place)
            assert record[: place.offset].endswith(place.before)
    (span,) = index.trace("abba abb", min_length=1).spans
    assert (span.start, span.end) == (0, 8)


def test_contamination_by_tokens_is_of_runs_of_tokens() -> None:
    """A word within a text is another token than at its beginning: what was learned is found all the same."""
    index = MemGEN().fit(["bab abab cab c abc aab bba"]).index_text(tokenizer=trained())
    copied, other = contamination(index, ["abab cab c abc aab", "cab bab bba bab cab"], n=3)
    tokens = index.tokens(" abab cab c abc aab")
    assert tokens is not None
    assert copied.n_grams >= 3
    assert copied.share > 0.5 > other.share
    whole = next(contamination(index, [" abab cab c abc aab"], n=3))
    assert (whole.n_grams, whole.share, whole.longest) == (len(tokens) - 2, 1.0, 19)


def test_the_numbers_of_tokens_are_looked_for_as_their_text_is() -> None:
    alphabet = TokenAlphabet(HuggingFace.of(trained()))
    index = TextIndex(MemGEN().fit(CORPUS).snapshot, alphabet)
    text = "bab abab cab"
    ids = alphabet.tokenizer.encode([text])[0]
    assert index.count(ids[:2]) == index.count(np.array(ids[:2])) > 0
    assert index.counts([ids[:1], ids]).tolist() == [index.count(ids[:1]), index.count(text)]
    assert index.next_distribution(ids).counts.tolist() == index.next_distribution(text).counts.tolist()
    spans = [(span.start, span.end, span.count, span.places) for span in index.trace(ids, min_length=2).spans]
    sizes = np.cumsum([0, *(len(alphabet.tokenizer.pieces[token]) for token in ids)])
    assert [(sizes[start], sizes[end], *rest) for start, end, *rest in spans] == [
        (span.start, span.end, span.count, span.places) for span in index.trace(text, min_length=2).spans
    ]
    assert index.trace(ids).share == 0 < index.trace(ids, min_length=2).share <= 1
    assert index.score(ids).log_probabilities.tolist() == index.score(text).log_probabilities.tolist()
    assert index.recite(ids, max_bytes=9, seed=1) == index.recite(text, max_bytes=9, seed=1)
    assert index.count([]) == index.count("")


@pytest.mark.parametrize("tokens", [[1, 5000], [-1], [0.5], ["a"], 7, None, [2**40]])
def test_tokens_that_there_are_not_are_refused(tokens: Any) -> None:
    model = MemGEN().fit(CORPUS)
    with pytest.raises(InputError, match="tokens: wanted numbers from 0 to 2"):
        model.index_text(tokenizer=trained()).count(tokens)
    with pytest.raises(InputError, match="wanted text or bytes, got"):
        MemGEN().fit(CORPUS).count(tokens)


def test_bytes_that_are_no_text_have_no_tokens() -> None:
    with pytest.raises(InputError, match="wanted text in UTF-8"):
        MemGEN(kind="bytes").fit([b"\xff"]).index_text(tokenizer=trained())
