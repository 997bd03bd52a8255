"""The commands that search text: what people see, what programs read, and what goes wrong."""

import json
import sys
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from byheart import MemGEN, _optional
from byheart.errors import MissingExtraError
from command_line import Command, installed, on_a_terminal

POEM = [
    "Shall I compare thee to a summer's day?\nThou art more lovely and more temperate:\n",
    "Rough winds do shake the darling buds of May,\n",
]


@pytest.fixture
def poem(tmp_path: Path) -> Path:
    MemGEN(tmp_path / "poem.memory").fit(POEM)
    return tmp_path / "poem.memory"


def test_a_poem_is_recited_from_its_first_words(byheart: Command, poem: Path) -> None:
    answer = byheart("recite", poem, "Shall I compare", "--seed", 1)
    assert (answer.code, answer.err) == (0, "")
    assert answer.out == POEM[0] + "\n"


def test_a_recital_for_programs_tells_every_choice(byheart: Command, poem: Path) -> None:
    told = json.loads(byheart("recite", poem, "more ", "--max-bytes", 6, "--seed", 5, "--json").out)
    assert told["text"] in {"lovely", "temper"}
    assert [step["text"] for step in told["steps"]] == [told["text"]]
    assert told["steps"][0] == {
        "text": told["text"],
        "log_probability": pytest.approx(-0.6931, abs=1e-4),
        "matched": 5,
        "occurrences": 2,
    }
    assert told["log_probability"] == pytest.approx(-0.6931, abs=1e-4)
    assert told["ended"] is False
    again = json.loads(byheart("recite", poem, "more ", "--max-bytes", 6, "--seed", 5, "--json").out)
    assert again == told


def test_greedy_takes_the_most_frequent(byheart: Command, tmp_path: Path) -> None:
    MemGEN(tmp_path / "m").fit(["ab", "ac", "ac"])
    assert byheart("recite", tmp_path / "m", "a", "--greedy").out == "ac\n"
    assert {byheart("recite", tmp_path / "m", "a", "--seed", seed).out for seed in range(20)} == {"ab\n", "ac\n"}
    cold = {byheart("recite", tmp_path / "m", "a", "--seed", seed, "--temperature", 0.01).out for seed in range(20)}
    assert cold == {"ac\n"}


def test_a_pattern_is_counted_and_shown(byheart: Command, poem: Path) -> None:
    answer = byheart("count", poem, "more ")
    lines = answer.out.splitlines()
    assert lines[0] == "2 occurrences"
    assert [line.rsplit("  ", 1)[-1] for line in lines[1:]] == ["list, line 2", "list, line 2"]
    assert json.loads(byheart("count", poem, "ou", "--json").out)["count"] == 2
    assert json.loads(byheart("count", poem, "zebra", "--json").out) == {
        "memory": str(poem), "version": 1, "count": 0, "places": [],
    }  # fmt: skip  # one line


def test_a_text_is_traced(byheart: Command, poem: Path, tmp_path: Path) -> None:
    said = "As he said: Rough winds do shake the buildings, and more lovely and more temperatures."
    (tmp_path / "essay.txt").write_text(said)
    arguments = ["trace", poem, tmp_path / "essay.txt", "--min-length", 12]
    told = json.loads(byheart(*arguments, "--json").out)
    assert [span["text"] for span in told["spans"]] == ["Rough winds do shake the ", " more lovely and more temperat"]
    assert [span["count"] for span in told["spans"]] == [1, 1]
    assert (told["bytes"], told["covered"], told["share"]) == (len(said), 55, 55 / len(said))
    place = {
        "record": 1,
        "source": "list",
        "locator": 1,
        "offset": 0,
        "line": 1,
        "before": "",
        "after": "darling buds of May,\n",
    }
    assert told["spans"][0]["places"] == [place]
    lines = byheart(*arguments).out.splitlines()
    assert lines[0] == f"64 % of the text stands verbatim in {poem}, in 2 spans of 12 bytes or more"
    assert lines[1].split()[:4] == ["30", "bytes", "1", "time"]
    assert lines[2].split()[:4] == ["25", "bytes", "1", "time"]
    assert lines[2].endswith("list:2")


def test_a_text_can_come_from_standard_input(byheart: Command, poem: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(b"the darling buds of May, 1609")))
    assert json.loads(byheart("trace", poem, "-", "--json").out)["covered"] == 24


def test_a_prompt_can_come_from_standard_input(byheart: Command, poem: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for before in (b"", b"\xff and "):  # what is no text goes through as it is
        said = installed("recite", poem, "-", input=before + b"Rough winds do shake").stdout
        assert said == before + POEM[1].encode() + b"\n"
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(b"winds" * 1_000_000)))
    assert json.loads(byheart("count", poem, "-", "--json").out)["count"] == 0


def test_a_page_shows_the_spans_and_escapes_what_is_in_them(byheart: Command, tmp_path: Path) -> None:
    evil = "<script>alert('read me')</script> & </script>"
    MemGEN(tmp_path / "m").fit([evil])
    (tmp_path / "text.txt").write_text(f"it says {evil}, and ü no more")
    out = tmp_path / "trace.html"
    assert byheart("trace", tmp_path / "m", tmp_path / "text.txt", "--html", out).code == 0
    page = out.read_text("utf-8")
    assert "<script>alert" not in page
    assert page.count("</script>") == 2
    assert '<mark class="h1" data-spans="0">&lt;script&gt;alert' in page
    assert "http" not in page.replace("http-equiv", "")
    answer = byheart("trace", tmp_path / "m", tmp_path / "text.txt", "--html", out)
    assert answer.code == 2
    assert "say --overwrite" in answer.err
    assert byheart("trace", tmp_path / "m", tmp_path / "text.txt", "--html", out, "--overwrite").code == 0


def test_contaminated_items_are_named_and_the_answer_is_no(byheart: Command, poem: Path, tmp_path: Path) -> None:
    items = ["Shall I compare thee to a summer's day? Or not", "something else altogether", "buds of May,"]
    (tmp_path / "bench.jsonl").write_text("".join(json.dumps({"question": item}) + "\n" for item in items))
    answer = byheart("contaminated", poem, tmp_path / "bench.jsonl", "--field", "question", "--n-gram", 4)
    assert answer.code == 1
    assert answer.out.splitlines()[0].startswith("2 of 3 items (66.7 %) stand in")
    told = json.loads(
        byheart("contaminated", poem, tmp_path / "bench.jsonl", "--field", "question", "--n-gram", 4, "--json").out
    )
    assert [(item["n_grams"], item["found"], item["longest"]) for item in told["found"]] == [
        (7, 5, 39),
        (1, 0, 0),
        (1, 1, 12),
    ]
    clean = byheart(
        "contaminated", poem, tmp_path / "bench.jsonl", "--field", "question", "--threshold", 1, "--n-gram", 5
    )
    assert clean.code == 1
    (tmp_path / "clean.txt").write_text("nothing of the sort\n")
    assert byheart("contaminated", poem, tmp_path / "clean.txt").code == 0


def test_an_index_is_built_and_told_of(byheart: Command, poem: Path) -> None:
    told = json.loads(byheart("index", poem, "--memory-budget", "1k", "--json").out)
    assert (told["shards"], told["text_bytes"]) == (1, sum(map(len, POEM)))
    MemGEN(poem).partial_fit(["more"])
    assert json.loads(byheart("index", poem, "--json").out)["shards"] == 2
    assert json.loads(byheart("index", poem, "--compact", "--json").out)["shards"] == 1
    assert "indexed" in byheart("index", poem, "--words").out
    assert json.loads(byheart("count", poem, "hall", "--words", "--json").out)["count"] == 0


def test_a_memory_of_rows_is_told_how_its_texts_can_be_searched(byheart: Command, tmp_path: Path) -> None:
    MemGEN(tmp_path / "m").fit([{"name": "Anna"}])
    answer = byheart("recite", tmp_path / "m", "Anna")
    assert answer.code == 2
    told = "only text can be searched: learn one of its columns: byheart learn FILE MEMORY --field NAME\n"
    assert answer.err.endswith(told)


@pytest.mark.parametrize("name", ["bench.csv", "bench.jsonl", "bench.json"])
def test_a_benchmark_of_rows_needs_a_field(byheart: Command, poem: Path, tmp_path: Path, name: str) -> None:
    rows = {"bench.csv": "q,a\nx,y\n", "bench.jsonl": '{"q": "x", "a": "y"}\n', "bench.json": '[{"q": "x", "a": "y"}]'}
    (tmp_path / name).write_text(rows[name])
    answer = byheart("contaminated", poem, tmp_path / name)
    assert answer.code == 2
    assert answer.err.endswith("wanted text records, got rows of a table: say which column with --field\n")
    assert byheart("contaminated", poem, tmp_path / name, "--field", "q").code == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["count", "{poem}", ""], "wanted some text, got none"),
        (["count", "{nowhere}", "a"], "no memory"),
        (["trace", "{poem}", "{nowhere}"], "no such file: check the path"),
        (["recite", "{poem}", "a", "--greedy", "--temperature", "2"], "wanted one of them, got both"),
        (["recite", "{poem}", "a", "--temperature", "nan"], "temperature"),
        (["index", "{poem}", "--memory-budget", "lots"], "wanted a size such as 500M or 2G, got 'lots'"),
        (["index", "{poem}", "--memory-budget", "10"], "the memory budget: wanted"),
        (["contaminated", "{poem}", "{nowhere}"], "nowhere"),
        (["contaminated", "{poem}", "{poem}", "--threshold", "0"], "threshold"),
    ],
)
def test_what_goes_wrong_is_told_in_one_line(byheart: Command, poem: Path, arguments: list[str], told: str) -> None:
    named = {"poem": poem, "nowhere": poem.parent / "nowhere"}
    answer = byheart(*[word.format(**named) for word in arguments])
    assert answer.code == 2
    assert told in answer.err
    assert answer.err.count("\n") == 1


def test_what_sorts_is_an_extra_and_named(byheart: Command, poem: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(module: str, extra: str) -> None:
        raise MissingExtraError(f"this needs {module}, which is not installed: pip install 'byheart[{extra}]'")

    monkeypatch.setattr(_optional, "require", missing)
    monkeypatch.setattr("byheart.text.building.require", missing)
    answer = byheart("count", poem, "a")
    assert answer.code == 2
    assert "pip install 'byheart[text]'" in answer.err


def test_where_something_stands_is_told_by_the_line(byheart: Command, tmp_path: Path) -> None:
    (tmp_path / "poems").mkdir()
    (tmp_path / "poems" / "tyger.txt").write_text("Tyger Tyger,\nburning bright,\nIn the forests\n")
    (tmp_path / "lines.txt").write_text("one\ntwo\nthree\n")
    byheart("learn", tmp_path / "poems", tmp_path / "poems.memory")
    byheart("learn", tmp_path / "lines.txt", tmp_path / "lines.memory")
    assert byheart("count", tmp_path / "poems.memory", "forests").out.rstrip().endswith("tyger.txt, line 3")
    assert byheart("count", tmp_path / "lines.memory", "three").out.rstrip().endswith("lines.txt:3")


def test_what_is_recited_cannot_command_the_terminal(tmp_path: Path) -> None:
    MemGEN(tmp_path / "m").fit(["all \x1b[31mred\a text"])
    seen = on_a_terminal(["recite", tmp_path / "m", "all"], NO_COLOR="1")
    assert "all \\x1b[31mred\\x07 text" in seen
    assert installed("recite", tmp_path / "m", "all").stdout == b"all \x1b[31mred\a text\n"


def test_indexing_shows_how_far_it_has_come(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    texts = [f"text {number} of many, long enough to be of several parts" * 40 for number in range(3000)]
    MemGEN(tmp_path / "m").fit(texts).index_text(tell=lambda done, total: told.append((done, total)))
    shares = [done / total for done, total in told]
    assert shares == sorted(shares)
    assert sum(share < 0.1 for share in shares) > 2
    assert shares[-1] == 1


def test_a_page_that_cannot_be_written_is_named_as_it_was(byheart: Command, poem: Path, tmp_path: Path) -> None:
    (tmp_path / "essay.txt").write_text("Rough winds do shake")
    answer = byheart("trace", poem, tmp_path / "essay.txt", "--html", tmp_path / "nowhere" / "x.html")
    wanted = f"byheart: cannot write {tmp_path}/nowhere/x.html: there is no folder {tmp_path}/nowhere: make it first\n"
    assert (answer.code, answer.err) == (2, wanted)


def test_a_field_that_is_no_text_is_named(byheart: Command, poem: Path, tmp_path: Path) -> None:
    (tmp_path / "b.jsonl").write_text('{"id": 1, "question": "Rough winds"}\n')
    answer = byheart("contaminated", poem, tmp_path / "b.jsonl", "--field", "id")
    assert (answer.code, answer.err.splitlines()[0][:9]) == (2, "byheart: ")
    assert "b.jsonl, field id: " in answer.err
