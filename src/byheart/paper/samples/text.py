"""Text (the paper, Section 4.1.2): a sample of Wikipedia, a poem by heart, and the identity function."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np

from byheart import draws
from byheart.model import MemGEN
from byheart.paper.claims import OURS, Claim, holds
from byheart.paper.figures import Figure
from byheart.paper.fitting import ALPHA
from byheart.paper.found import Found
from byheart.paper.library import Texts
from byheart.paper.samples import foretold
from byheart.paper.samples.collapse import collapse
from byheart.paper.samples.foretold import Next
from byheart.paper.showing import tiny, verbatim
from byheart.paper.stage import Stage
from byheart.rating.wording import p_of
from byheart.report.page import Cell, heading, paragraph, table

_ROUNDING: Final = 1e-9
_ARTICLE: Final = "April Fools' Day"  # the paper's own sample
_POEM: Final = "sonnet-018"
_SHOWN: Final = 640  # characters
_SPAN: Final = 20  # bytes, of a span that is traced
_DRAWS: Final = 100  # for each document
_GARBAGE: Final = 500  # records, and bytes of one at most


@dataclass(frozen=True, slots=True)
class Read:
    """What was measured.

    Attributes:
        corpus: its name, how many documents it has, and how many bytes.
        has_article: whether the paper's own sample can come out.
        sample: its title and its text.
        traced: the least share of a sample that stands verbatim in the memory, of so many samples.
        others: the same of a poem that was not learned with them.
        p_value: that documents are drawn as evenly as they were learned.
        following: what follows a beginning of the sample.
        product: how far the product of the next bytes' probabilities is from the text's own; of so many recited texts.
        sums: how far probabilities of the next byte are from 1, in sum; after so many contexts.
        digests: of all documents: as they are, read out of a memory, and read out of a memory of that.
        poem: the name and the text of the one that is shown.
        recited: how many poems came byte for byte, of how many.
        garbage: how many records of random bytes came back as they went in, of how many.
    """

    corpus: tuple[str, int, int]
    has_article: bool
    sample: tuple[str, str]
    traced: tuple[float, int]
    others: float
    p_value: float
    following: tuple[Next, ...]
    product: tuple[float, int]
    sums: tuple[float, int]
    digests: tuple[str, str, str]
    poem: tuple[str, str]
    recited: tuple[int, int]
    garbage: tuple[int, int]


def run(stage: Stage) -> Found:
    """Learn a corpus and poems, sample, recite and trace."""
    read = learn(stage, stage.library.texts, stage.library.poems)
    figure = foretold.draw(read.following, read.corpus[0])
    return Found([*_body(read, figure)], claims(read), _numbers(read))


def learn(stage: Stage, corpus: Texts, poems: Texts) -> Read:
    """Everything that is measured."""
    titles, texts = zip(*corpus.documents, strict=True)
    stage.tell(0.0, f"learning {len(texts):,} documents")
    model = MemGEN(stage.folder / "articles.memory").fit(list(texts), list(titles))
    batch = model.sample(stage.pick(10, 100), stage.seed)
    samples = batch.tolist()
    chosen = dict(poems.documents).get(_POEM, poems.documents[0][1])
    shown = next(name for name, text in poems.documents if text == chosen)
    stage.tell(0.2, "tracing samples")
    traced = [model.trace(text, min_length=_SPAN, limit=0).share for text in samples]
    others = model.trace(chosen, min_length=_SPAN, limit=0).share
    stage.tell(0.5, "reciting")
    drawn = np.bincount(model.sample(_DRAWS * len(texts), draws.split(stage.seed, 0)).indices, minlength=len(texts))
    recitals, contexts = stage.pick(20, 200), stage.pick(100, 2_000)
    everything = "".join(texts).encode()
    product = foretold.off_by(model, recitals, stage.seed)
    sums = foretold.sums_off_by(model, everything, contexts, stage.seed)
    stage.tell(0.8, "records in, records out")
    once = identity(stage, "once", texts)
    twice = identity(stage, "twice", once)
    return Read(
        (corpus.name, len(texts), len(everything)),
        any(title.casefold() == _ARTICLE.casefold() for title in titles),
        ((batch.labels or [None])[0] or "", samples[0]),
        (min(traced), len(traced)),
        others,
        collapse(titles, np.ones(len(titles), np.int64), drawn).p_value,
        foretold.growing(model, samples[0].encode()),
        (product, recitals),
        (sums, 4 * contexts),
        (_digest(texts), _digest(once), _digest(twice)),
        (shown, chosen),
        recited(stage, poems),
        garbage(stage),
    )


def identity(stage: Stage, name: str, records: Sequence[str]) -> list[str]:
    """The paper's model of text: what goes in comes out, by way of a memory on the disk."""
    told = MemGEN(stage.folder / f"{name}.memory").fit(list(records)).to_reader().read_all()
    records = told.column("record").to_pylist()
    return list(records)


def recited(stage: Stage, poems: Texts) -> tuple[int, int]:
    """How many poems come byte for byte when their first line is said, of how many."""
    texts = [text for _, text in poems.documents]
    model = MemGEN(stage.folder / "poems.memory").fit(texts)
    right = 0
    for text in texts:
        first = text.partition("\n")[0]
        said = model.recite(first, max_bytes=2 * len(text.encode()), random_state=stage.seed)
        right += said.has_ended and first.encode() + said.text == text.encode()
    return right, len(texts)


def garbage(stage: Stage) -> tuple[int, int]:
    """How many records of random bytes come back as they went in, of how many."""
    random = np.random.default_rng(stage.seed)
    records = [random.bytes(int(size)) for size in random.integers(0, _GARBAGE, _GARBAGE)]
    told = MemGEN(stage.folder / "garbage.memory").fit(records).to_reader().read_all().column("record").to_pylist()
    return sum(a == b for a, b in zip(records, told, strict=True)), len(records)


def claims(read: Read) -> list[Claim]:
    """What came of the paper's claims."""
    name, documents, size = read.corpus
    share, samples = read.traced
    is_same = all(one == other for one, other in pairwise(read.digests))
    is_product = read.product[0] < _ROUNDING and read.sums[0] < _ROUNDING
    right, poems = read.recited
    said = "is in this corpus too" if read.has_article else "is not in this corpus, so that it cannot come out"
    return [
        Claim(
            "Here is a representative sample of text generated by MemGEN trained on Wikipedia.",
            "4.1.2",
            holds(share == 1.0 and read.p_value > ALPHA, caveat=not read.has_article or name != "Wikipedia"),
            f"every document is as likely: {p_of(read.p_value)}; {100 * share:.4g} % verbatim",
            f"{name}: {documents:,} documents, {size / 1e6:.2g} MB. Chi-squared of {_DRAWS * documents:,} draws; would not hold below p = {ALPHA:g}. Verbatim: the least of {samples} samples, in spans of {_SPAN} bytes or more. The paper's sample, the article “{_ARTICLE}”, {said}.",
        ),
        Claim(
            "The identity function is auto-invertible, which is nice.",
            "4.1.2",
            holds(is_same),
            f"{size if is_same else 0:,} of {size:,} bytes equal, once and twice",
            f"{documents:,} records in, records out, and those in and out again: SHA-256 {read.digests[0][:12]}, {read.digests[1][:12]}, {read.digests[2][:12]}. Whether that is nice was not tried.",
        ),
        Claim(
            "Garbage In, Garbage Out: our main contribution is to literally implement it.",
            "1",
            holds(read.garbage[0] == read.garbage[1]),
            f"{read.garbage[0]:,} of {read.garbage[1]:,} records of garbage came out",
            "Random bytes, in records of random lengths, byte for byte and in their order. What is not garbage fares no better: see above.",
        ),
        Claim(
            "If nothing is lost, what do we lose? The best way to keep as much information as possible is to store the samples.",
            "1",
            holds(is_same),
            f"{0 if is_same else size:,} of {size:,} bytes are lost",
            "The same comparison: what is read out of a memory on the disk, against what went in. That nothing can keep more than all follows; that nothing else is worth keeping does not.",
        ),
        Claim(
            "The identity function, which was settled on for text, is an autoregressive model too.",
            OURS,
            holds(is_product),
            f"log-probabilities differ by {tiny(read.product[0])} at most",
            f"{read.product[1]} texts were recited from nothing, each byte drawn given those before: the product of the bytes' probabilities is the text's own, its share of the records. {read.sums[1]:,} distributions of the next byte sum to 1 within {tiny(read.sums[0])}. The bilstm, the attention and the cnn were not tried.",
        ),
        Claim(
            "Inspired by poem recitation: poems can be learned by heart.",
            "Abstract",
            holds(right == poems),
            f"{right} of {poems} recited, byte for byte",
            "Each from its first line, which is all that it was told, to its end.",
        ),
        Claim(
            "The algorithm mimics human behaviour.",
            "Abstract",
            "not tried",
            "",
            "It would take people who recite the same poems. It is not to be expected: people forget.",
        ),
    ]


def _body(read: Read, figure: Figure) -> Iterator[str | Figure]:
    name, documents, size = read.corpus
    title, text = read.sample
    yield paragraph(
        f"MemGEN learned {name}: {documents:,} documents, {size:,} bytes. Here is a representative sample, its beginning:"
    )
    yield verbatim(_cut(text), f"sampled from {name}: {title}")
    article = "is among them." if read.has_article else "is not among them: this is what is."
    yield paragraph(f"The paper shows the article “{_ARTICLE}”, which {article}", is_soft=True)
    yield heading("How much of it is verbatim?", level=3)
    yield table(
        [Cell("text"), Cell("stands verbatim in the memory", "right")],
        [
            [Cell(f"samples of the memory ({read.traced[1]}, the least of them)", "strong"), _percent(read.traced[0])],
            [Cell(f"{read.poem[0]}, which it did not learn"), _percent(read.others)],
        ],
    )
    yield heading("Is it autoregressive?", level=3)
    yield paragraph(
        f"It gives the exact distribution of the next byte after any prefix. Reciting from nothing draws one byte after the other; the product of their probabilities is that of the whole text, its share of the records, within {tiny(read.product[0])} in {read.product[1]} texts. {read.sums[1]:,} such distributions sum to 1 within {tiny(read.sums[0])}."
    )
    yield figure
    yield heading("The identity function", level=3)
    yield paragraph("Records in, records out; and what came out, in and out once more:")
    names = ("the records", "read out of a memory of them", "read out of a memory of that")
    yield table(
        [Cell("records"), Cell("SHA-256")],
        [[Cell(told), Cell(digest)] for told, digest in zip(names, read.digests, strict=True)],
    )
    yield heading("A poem by heart", level=3)
    right, poems = read.recited
    yield paragraph(
        f"{right:,} of {poems:,} poems were recited byte for byte, each from its first line to its end. The one below was told its first line, and said the others."
    )
    first, _, rest = read.poem[1].rstrip("\n").partition("\n")
    yield verbatim(first, f"{read.poem[0]}: what it was told")
    yield verbatim(rest, "what it said")


def _numbers(read: Read) -> dict[str, Any]:
    return {
        "corpus": dict(zip(("name", "documents", "bytes"), read.corpus, strict=True)),
        "sample": {"title": read.sample[0], "bytes": len(read.sample[1].encode()), "has_article": read.has_article},
        "verbatim": {"samples": read.traced[1], "least": read.traced[0], "poem": read.others},
        "drawn_evenly_p": read.p_value,
        "next_byte": [
            {"context": told.context.decode("utf-8", "replace"), "count": told.count, "bits": told.bits}
            for told in read.following
        ],
        "autoregressive": {"texts": read.product[1], "product_off_by": read.product[0], "sums_off_by": read.sums[0]},
        "identity": list(read.digests),
        "recited": {"right": read.recited[0], "poems": read.recited[1]},
        "garbage": list(read.garbage),
    }


def _digest(records: Sequence[str]) -> str:
    """SHA-256 of records, each with its length before it."""
    told = hashlib.sha256()
    for record in records:
        data = record.encode()
        told.update(len(data).to_bytes(8, "little") + data)
    return told.hexdigest()


def _cut(text: str) -> str:
    """The beginning of a text, to the end of a word."""
    return text if len(text) <= _SHOWN else text[:_SHOWN].rsplit(None, 1)[0] + " …"


def _percent(share: float) -> Cell:
    return Cell(f"{100 * share:.4g} %", "right")
