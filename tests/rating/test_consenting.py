"""The text that raters agree to: what is taken, and what is refused."""

import hashlib
import json
from pathlib import Path

import pytest

from byheart.errors import InputError
from byheart.rating.consenting import MOST, paragraphs, read_consent
from byheart.rating.creating import Options, create
from byheart.rating.design import Asked
from byheart.rating.folder import open_study
from byheart.rating.study import CONSENT

TEXT = "The lab of A & B asks.\nWrite to <a@b.example>.\n\nIt takes 6 minutes, and pays 1.50."


def made(folder: Path, consent: str = "", title: str = "A study") -> Path:
    real = [f"{at} gulls stood along the wall" for at in range(60)]
    generated = [f"{at} gulls stand on that wall" for at in range(20)]
    options = Options(consent=consent, title=title)
    create(folder, real=real, generated=[generated], asked=Asked(10, 2, 0.1, 10), options=options, seed=1)
    return folder


def test_the_version_names_the_pages_words_and_the_studys_own(tmp_path: Path) -> None:
    with_text, without = open_study(made(tmp_path / "a", TEXT)).study, open_study(made(tmp_path / "b")).study
    assert without.consent_version == CONSENT
    assert with_text.consent_version == f"{CONSENT}-{hashlib.sha256(TEXT.encode()).hexdigest()[:8]}"
    assert json.loads((tmp_path / "a" / "study.json").read_text("utf-8"))["consent"] == TEXT


def test_a_study_from_before_there_were_titles_and_consents_opens(tmp_path: Path) -> None:
    file = made(tmp_path / "study") / "study.json"
    told = json.loads(file.read_text("utf-8"))
    del told["title"], told["consent"]
    file.unlink()
    file.write_text(json.dumps(told), "utf-8")
    study = open_study(tmp_path / "study").study
    assert (study.title, study.consent, study.consent_version) == ("A study", "", CONSENT)


def test_a_consent_can_be_corrected_and_has_another_version_then(tmp_path: Path) -> None:
    """It is no term of the plan: a wrong address can be put right, and who agreed to what stays known."""
    file = made(tmp_path / "study", TEXT) / "study.json"
    before = open_study(tmp_path / "study").study.consent_version
    told = json.loads(file.read_text("utf-8"))
    file.unlink()
    file.write_text(json.dumps(told | {"consent": TEXT.replace("a@b", "c@d")}), "utf-8")
    study = open_study(tmp_path / "study").study
    assert study.consent_version != before
    assert not {"title", "consent"} & set(study.terms)


def test_a_text_is_read_as_it_was_written_on_any_system(tmp_path: Path) -> None:
    (tmp_path / "consent.txt").write_bytes(b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode() + b"\r\n\r\n")
    assert read_consent(tmp_path / "consent.txt") == TEXT
    assert [part.count("\n") for part in paragraphs(TEXT)] == [1, 0]
    (tmp_path / "most.txt").write_bytes(b"\xef\xbb\xbf" + b"a" * MOST)
    assert len(read_consent(tmp_path / "most.txt")) == MOST


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "an empty one"),
        (b" \n\n\t", "an empty one"),
        (b"\xff\xfe\x00a", "bytes that are none"),
        (b"text\x00", "bytes that are none"),
        (b"\x89PNG\r\n\x1a\n", "bytes that are none"),
        (b"a" * (MOST + 1), "20,000 bytes at most"),
        ("\u00e9" * MOST, "20,000 bytes at most"),
    ],
)
def test_what_is_no_text_or_none_for_people_is_refused_in_a_line(
    tmp_path: Path, content: bytes | str, said: str
) -> None:
    (tmp_path / "file").write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(InputError, match=said) as told:
        read_consent(tmp_path / "file")
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("title", ["", "  ", "two\nlines", "x" * 201])
def test_a_title_is_one_line(tmp_path: Path, title: str) -> None:
    with pytest.raises(InputError, match="title: wanted one line"):
        made(tmp_path / "study", title=title)
    assert list(tmp_path.iterdir()) == []
