"""The architecture holds; and each rule of it can fail, as made-up trees show."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import architecture as a
from architecture_writes import writes
from byheart import MemGEN

ROOT = Path(__file__).parent.parent
SRC = ROOT / "src"
with_sources = pytest.mark.skipif(not SRC.exists(), reason="the sources are out of reach: what is installed is tested")


@with_sources
@pytest.mark.parametrize("rule", [a.layers, a.cycles, a.length, a.inits, a.pickles, a.suppressions, a.stub, writes])
def test_the_sources_keep_the_rule(rule: a.Rule) -> None:
    assert rule(SRC) == []


@pytest.mark.parametrize("folder", ["tests", "tools"])
@pytest.mark.parametrize("rule", [a.length, a.suppressions])
def test_tests_and_tools_keep_the_rules_for_files(rule: a.Rule, folder: str) -> None:
    assert rule(ROOT / folder) == []


def test_ruff_checks_everything_but_what_has_a_reason() -> None:
    assert a.ignores(ROOT) == []


@with_sources
def test_every_layer_has_a_module() -> None:
    there = {name.partition(".")[2].partition(".")[0] for name in a.modules(SRC)}
    assert {part for row in a.LAYERS for part in row} == there


def in_a_fresh_process(code: str, *arguments: object) -> str:
    command = [sys.executable, "-B", "-c", code, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, check=True, text=True, timeout=120).stdout


def test_importing_byheart_loads_none_of_what_it_depends_on() -> None:
    loaded = in_a_fresh_process("import sys, byheart; print(*sys.modules)").split()
    assert not {"numpy", "pyarrow", "click", "rich", "xxhash", "pandas", "torch", "PIL"} & set(loaded)
    assert "byheart.errors" in loaded


def test_a_memory_is_opened_and_sampled_without_what_only_learning_needs(tmp_path: Path) -> None:
    MemGEN(tmp_path / "m").fit([b"a", b"b"])
    code = "import sys; from byheart import MemGEN; MemGEN(sys.argv[1]).sample(1).tolist(); print(*sys.modules)"
    loaded = in_a_fresh_process(code, tmp_path / "m").split()
    assert not {"pyarrow.compute", "pandas", "byheart.memory.writer", "byheart.sources"} & set(loaded)
    assert "pyarrow" in loaded


WATCHED = """
import json, os, sys

found = []
CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate"}
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def watch(event, arguments):
    opens = event == "open" and arguments[0] != os.devnull and isinstance(arguments[2], int) and arguments[2] & WRITES
    if not opens and event not in CHANGES:
        return
    frame = sys._getframe(1)
    while frame is not None and frame.f_globals.get("__name__", "").partition(".")[0] != "byheart":
        frame = frame.f_back
    found.append([event, str(arguments[0]), frame.f_globals["__name__"] if frame else "?"])


from pathlib import Path
from byheart import MemGEN
from byheart.cli.main import run

sys.addaudithook(watch)
os.chdir(sys.argv[1])
if "stray" in sys.argv:
    import byheart.draws
    eval(compile("open('stray', 'w').close()", "draws", "eval"), byheart.draws.__dict__)
model = MemGEN("m").fit(["a", "b", "c"] * 9, list("xyz") * 9)
model.partial_fit(["d"], ["x"])
for name in ("folder", "some.txt", "some.jsonl", "some.csv", "some.parquet", "some.arrow", "some.zip"):
    model.sample(3, random_state=0).save(name)
MemGEN("numbers").fit([[1, 2], [3, 4]]).sample(2).save("some.npy")
model.forget(["a"])
model.forget(where="label = 'y'", compact=True)
assert model.check(repair=True).ok
assert run(["learn", "some.jsonl", "n", "--quiet"]) == run(["sample", "m", "-o", "out"]) == 0
print(json.dumps(found))
"""


def test_every_file_that_a_whole_life_writes_is_written_by_files_py(tmp_path: Path) -> None:
    (tmp_path / "sound").mkdir()
    (tmp_path / "stray").mkdir()
    sound = json.loads(in_a_fresh_process(WATCHED, tmp_path / "sound").splitlines()[-1])
    stray = json.loads(in_a_fresh_process(WATCHED, tmp_path / "stray", "stray").splitlines()[-1])
    assert {event for event, _, _ in sound} >= {"open", "os.rename", "os.remove", "os.mkdir", "os.link"}
    assert [seen for seen in sound if seen[2] != "byheart._files"] == []
    assert [seen for seen in stray if seen[2] != "byheart._files"] == [["open", "stray", "byheart.draws"]]


SOUND = {
    "byheart/__init__.py": '"""Root."""\n\nfrom byheart import _lazy\n\n__all__ = ["M"]\n'
    '__getattr__ = _lazy.names(__name__, {"M": "byheart.model"})\n',
    "byheart/__init__.pyi": 'from byheart.model import M\n\n__all__ = ["M"]\n',
    "byheart/_lazy.py": "def names(package, homes): ...\n",
    "byheart/_files.py": 'open("f", "w")\n',
    "byheart/errors.py": "",
    "byheart/draws.py": "import os\nfrom byheart.errors import E\nos.open(os.devnull, os.O_WRONLY)\n",
    "byheart/memory/__init__.py": '"""Memory."""\n\nfrom byheart.memory.store import S\n\n__all__ = ["S"]\n',
    "byheart/memory/store.py": "from byheart import _files, errors\n\ndef f():\n    from byheart.draws import d\n"
    '    with _files.replacing(p) as file, open("f", "rb"), ZipFile(file, "w"):\n        np.save(file, 1)\n',
    "byheart/model.py": "from .memory import S\nx = 1  # type: ignore[x]  # a good reason\n",
    "pyproject.toml": '[tool.ruff.lint]\nselect = ["ALL"]\nignore = [\n    "EM", # a good reason\n]\n',
}

BROKEN: list[tuple[a.Rule, str, str, str]] = [
    (a.layers, "draws", "import byheart.memory.store", "draws:1 imports byheart.memory.store"),
    (a.layers, "draws", "def f():\n    from byheart.model import M", "draws:2 imports byheart.model"),
    (a.layers, "draws", "from . import memory", "draws:1 imports byheart.memory,"),
    (a.layers, "memory/store", "from ..model import M", "store:1 imports byheart.model"),
    (a.layers, "memory/store", "from byheart import MemGEN", "store:1 imports byheart,"),
    (a.layers, "draws", 'import_module("byheart.model")', "draws:1 imports byheart.model"),
    (a.layers, "draws", 'import_module(f"byheart.memory.{name}")', "draws:1 imports byheart.memory.store"),
    (a.layers, "draws", "if TYPE_CHECKING:\n    from byheart.model import M", "draws:2 imports byheart.model"),
    (a.layers, "attic", "", "byheart.attic stands in no layer"),
    (a.cycles, "memory/store", "from byheart.memory import S", "a cycle"),
    (a.cycles, "errors", "def f():\n    from byheart import draws", "a cycle"),
    (a.length, "draws", "x = 1\n" * 400, "draws.py has 401 lines"),
    (a.inits, "memory/__init__", '"""M."""\nx = 1', "memory/__init__.py:2 holds logic"),
    (a.inits, "memory/__init__", '"""M."""\n__getattr__ = f()', "memory/__init__.py:2 holds logic"),
    (a.inits, "memory/__init__", '"""M."""\ndef f(): ...', "memory/__init__.py:2 holds logic"),
    (a.inits, "memory/__init__", "from byheart.memory.store import S", "has no docstring"),
    (a.pickles, "draws", "from pickle import load", "draws:1 uses pickle"),
    (a.pickles, "draws", "np.load(f, allow_pickle=flag)", "draws:1 uses allow_pickle"),
    (a.pickles, "draws", 'import_module("dill")', "draws:1 uses dill"),
    (a.pickles, "draws", 'eval("1")', "draws:1 uses eval"),
    (a.suppressions, "draws", "import x  # noqa: F401", "draws.py:1 silences a check without a reason"),
    (a.suppressions, "draws", "import x  # noqa  # for a good reason", "draws.py:1 silences"),
    (a.suppressions, "draws", "import x  # type: ignore", "draws.py:1 silences"),
    (a.suppressions, "draws", "if x:  # pragma: no cover\n    y = 1", "draws.py:1 silences"),
    (a.stub, "__init__", '"""R."""\n__all__ = ["M", "N"]\nfrom byheart.model import M, N', "N is of byheart.model"),
    (a.stub, "__init__", '"""R."""\n__all__ = ["M"]\nfrom byheart.errors import M', "M is of byheart.errors"),
    (a.stub, "__init__", '"""R."""\n__all__ = ["M", "L"]\nfrom byheart.model import M, L', "is not sorted"),
    (a.stub, "__init__", '"""R."""\n__all__ = ["M"]', "lists M, and has none"),
    (writes, "draws", 'open("f", "w")', "draws:1 opens a file with mode 'w'"),
    (writes, "draws", 'io.open("f", mode="r+b")', "draws:1 opens a file with mode 'r+b'"),
    (writes, "draws", 'Path("f").open("xb")', "draws:1 opens a file with mode 'xb'"),
    (writes, "draws", 'path.open(mode="a" if more else "w")', "draws:1 opens a file with mode 'a'"),
    (writes, "draws", 'how = "w"\ntarfile.open(fileobj=x, mode=how)', "draws:2 opens a file with mode 'w'"),
    (writes, "draws", 'partial(open, "f", "wb")', "draws:1 opens a file with mode 'wb'"),
    (writes, "draws", 'zipfile.ZipFile(path, "w")', "draws:1 opens a file with mode 'w'"),
    (writes, "draws", 'np.memmap(path, "u1")', "draws:1 opens a file with mode 'r+'"),
    (writes, "draws", "os.open(path, os.O_RDWR)", "draws:1 has the flag O_RDWR"),
    (writes, "draws", 'path.write_text("")', "draws:1 calls write_text"),
    (writes, "draws", "os.replace(a, b)", "draws:1 calls replace"),
    (writes, "draws", "shutil.rmtree(a)", "draws:1 calls rmtree"),
    (writes, "draws", "np.save(path, x)", "draws:1 has save write"),
    (writes, "draws", "pa.OSFile(path, mode)", "draws:1 calls OSFile"),
    (writes, "draws", "pa.ipc.new_file(path, schema)", "draws:1 has new_file write"),
    (writes, "draws", "def f(sink: Path):\n    pc.CSVWriter(sink, schema)", "draws:2 has CSVWriter write"),
]


def planted(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return root


@pytest.mark.parametrize(("rule", "module", "code", "complaint"), BROKEN)
def test_a_rule_that_is_broken_is_told(rule: a.Rule, module: str, code: str, complaint: str, tmp_path: Path) -> None:
    broken = planted(tmp_path, SOUND | {f"byheart/{module}.py": code + "\n"})
    assert any(complaint in told for told in rule(broken)), rule(broken)


@pytest.mark.parametrize(
    "rule", [a.layers, a.cycles, a.length, a.inits, a.pickles, a.suppressions, a.ignores, a.stub, writes]
)
def test_a_sound_tree_has_no_complaint(rule: a.Rule, tmp_path: Path) -> None:
    assert rule(planted(tmp_path, SOUND)) == []


@pytest.mark.parametrize(
    ("lint", "complaint"),
    [
        ('select = ["ALL"]\nignore = [\n"EM",\n]', "ruff leaves out EM without a reason"),
        ('select = ["E"]', "ruff selects"),
        ('select = ["ALL"]\n[tool.ruff.lint.per-file-ignores]\n"a.py" = ["EM"]', "leaves out a.py without a reason"),
        (
            'select = ["ALL"]\nignore = [' + "".join(f'\n"E{i}", # a good reason' for i in range(21)) + "\n]",
            "21 entries",
        ),
    ],
)
def test_settings_of_ruff_that_hide_something_are_told(lint: str, complaint: str, tmp_path: Path) -> None:
    planted(tmp_path, {"pyproject.toml": f"[tool.ruff.lint]\n{lint}\n"})
    assert any(complaint in told for told in a.ignores(tmp_path))
