"""Real text: documentation, dictionaries and books of Debian packages, as plain text, a document each.

`apt-get download` fetches and checks the packages, whatever their newest version is; nothing of them is installed or run. The documents
are shuffled from a seed; what is held out is never learned.
"""

import gzip
import hashlib
import html
import json
import random
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PACKAGES: Final = (
    *("anarchism", "debian-handbook", "dict-gcide", "dict-wn", "erlang-doc", "glibc-doc"),
    *("installation-guide-amd64", "linux-doc-6.1", "openjdk-17-doc", "python3.11-doc"),
)
HELD_OUT: Final = 2000  # documents
_SHORTEST: Final = 200  # characters of a document
_ENTRIES: Final = 2000  # characters of a dictionary that make a document
_TEXTS: Final = (".txt", ".rst", ".md", ".html", ".htm", ".xml")
_TAG: Final = re.compile(r"<(script|style)\b.*?</\1>|<!--.*?-->|<[^>]+>", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Corpus:
    """Documents to learn, and some that are not learned."""

    documents: list[bytes]
    held_out: list[bytes]

    def first(self, size: int) -> list[bytes]:
        """As many documents as are at most so many bytes together."""
        taken, total = [], 0
        for document in self.documents:
            total += len(document)
            if total > size:
                break
            taken.append(document)
        return taken


def corpus(folder: Path) -> Corpus:
    """The documents, fetched once."""
    path = folder / "documents.jsonl"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        made = path.with_suffix(".making")
        with made.open("w", encoding="utf-8") as file:
            seen = set[bytes]()
            for package in PACKAGES:
                for text in documents(package, folder):
                    digest = hashlib.blake2b(text.encode()).digest()
                    if digest not in seen:
                        seen.add(digest)
                        file.write(json.dumps(text) + "\n")
        made.replace(path)
    with path.open(encoding="utf-8") as file:
        found = [json.loads(line).encode() for line in file]
    random.Random(0).shuffle(found)
    return Corpus(found[HELD_OUT:], found[:HELD_OUT])


def documents(package: str, folder: Path) -> Iterator[str]:
    """The texts of a package."""
    subprocess.run(["apt-get", "download", "-q", package], cwd=folder, check=True, capture_output=True)
    (archive,) = folder.glob(f"{package}_*.deb")
    unpacked = folder / "unpacked"
    subprocess.run(["dpkg-deb", "-x", archive, unpacked], check=True)
    archive.unlink()
    for path in sorted(unpacked.rglob("*")):
        if path.is_file() and not path.is_symlink():
            for text in texts(path):
                plain = text.replace("\0", "").strip()
                if len(plain) >= _SHORTEST:
                    yield plain
    shutil.rmtree(unpacked)


def texts(path: Path) -> Iterator[str]:
    """The texts of a file: one, those of a dictionary, or none."""
    if path.name.endswith(".dict.dz"):
        entries: list[str] = []
        for line in gzip.decompress(path.read_bytes()).decode("utf-8", "replace").split("\n"):
            if sum(map(len, entries)) > _ENTRIES and line and not line[0].isspace():
                yield "\n".join(entries)
                entries = []
            entries.append(line)
        yield "\n".join(entries)
        return
    name, data = path.name, b""
    if name.endswith(".gz"):
        name, data = name.removesuffix(".gz"), gzip.decompress(path.read_bytes())
    if name.endswith(_TEXTS):
        text = (data or path.read_bytes()).decode("utf-8", "replace")
        yield re.sub(r"\s*\n\s*\n\s*", "\n\n", html.unescape(_TAG.sub(" ", text))) if "<" in text[:300] else text
