r"""Names of files: kept with the records to tell where each came from, and never opened.

>>> harmless("../../etc/passwd"), harmless("C:\\photos\\cat.png"), harmless("a/./b//c\x1b.txt")
('etc/passwd', 'photos/cat.png', 'a/b/c\\x1b.txt')
"""

from byheart._names import SAMPLES_INDEX, printable


def harmless(name: str) -> str:
    """A printable relative name, without a drive or `..`."""
    plain = printable(name.replace("\\", "/"))
    if plain[1:2] == ":" and plain[0].isalpha():
        plain = plain[2:]
    return "/".join(part for part in plain.split("/") if part not in {"", ".", ".."}) or "unnamed"


def is_hidden(name: str) -> bool:
    """Whether a part of a name begins with a dot, as what systems leave behind does (.DS_Store, ._cat.png, .git).

    So is the index beside saved samples: it is about records, and none itself.

    >>> is_hidden("a/.git/config"), is_hidden("../a.txt"), is_hidden(f"a/{SAMPLES_INDEX}")
    (True, False, True)
    """
    return name.endswith(SAMPLES_INDEX) or any(
        part.startswith(".") and part not in {".", ".."} for part in name.replace("\\", "/").split("/")
    )


def label_of(name: str) -> str | None:
    """The first sub-folder of a harmless name.

    >>> label_of("cats/small/1.png"), label_of("1.png")
    ('cats', None)
    """
    folder, slash, _ = name.partition("/")
    return folder if slash else None
