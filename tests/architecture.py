"""The rules of the architecture, each a function from a source tree to the complaints about it.

They read the code (`ast`), so imports inside functions, under TYPE_CHECKING, relative ones and names of modules in strings count.
What no reading can see, a run shows: `test_architecture.py` watches every file that a process opens.
"""

import ast
import io
import re
import tokenize
import tomllib
from collections.abc import Callable, Iterable, Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Final

PACKAGE: Final = "byheart"
LONGEST: Final = 400
MOST_IGNORES: Final = 20

LAYERS: Final = (  # a module imports only what stands in its own row or above it
    ("errors",),
    ("registry", "_lazy", "_names", "_native", "_optional", "_files"),
    ("draws",),
    ("records",),
    ("sources",),
    ("memory",),
    ("text",),
    ("features",),
    ("neighbours",),
    ("saving",),
    ("batch", "model"),
    ("torch", "lm_eval"),
    ("report",),
    ("judging",),
    ("auditing",),
    ("testing", "coin"),
    ("rating",),
    ("web",),
    ("paper",),
    ("cli", "__main__"),
    ("",),  # the package itself: what users see of all the above
)

Rule = Callable[[Path], list[str]]


def modules(tree: Path) -> dict[str, Path]:
    """Each module of the package below `tree`, by its dotted name."""
    found = {}
    for path in sorted((tree / PACKAGE).rglob("*.py")):
        parts = path.relative_to(tree).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(name: str, path: Path, known: Iterable[str], *, guessed: bool = True) -> Iterator[tuple[int, str]]:
    """What a module imports of the package: the line, and the module; `guessed`: what a name that is put together may stand for, too."""
    names = set(known)
    tree = ast.parse(path.read_text("utf-8"))
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # docstrings
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names if alias.name in names)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(name, path, node)
            for alias in node.names:
                inner = f"{base}.{alias.name}"
                yield from ((node.lineno, found) for found in (inner if inner in names else base,) if found in names)
        elif isinstance(node, ast.JoinedStr) and node.values and isinstance(node.values[0], ast.Constant):
            prefix = str(node.values[0].value)  # f"byheart.cli.{verb}" may be any of them
            if guessed and prefix.startswith(f"{PACKAGE}."):
                yield from ((node.lineno, found) for found in names if found.startswith(prefix) and found != name)
        elif isinstance(node, ast.Constant) and id(node) not in told and node.value in names - {PACKAGE}:
            yield node.lineno, str(node.value)


def layers(tree: Path) -> list[str]:
    """Each module stands in a layer, and imports only its own and those above."""
    known = modules(tree)
    complaints = [f"{name} stands in no layer" for name in known if _layer(name) < 0]
    for name, path in known.items():
        for line, imported in imports(name, path, known):
            if _layer(imported) > _layer(name):
                complaints.append(f"{name}:{line} imports {imported}, from a layer below its own")
    return complaints


def cycles(tree: Path) -> list[str]:
    """No module imports itself, by whatever way round."""
    known = modules(tree)
    graph = {
        name: {imported for _, imported in imports(name, path, known, guessed=False)} for name, path in known.items()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return [f"a cycle: {' <- '.join(error.args[1])}"]
    return []


def length(tree: Path) -> list[str]:
    """No file of Python or C is longer than 400 lines."""
    files = (path for ending in ("py", "c", "h") for path in sorted(tree.rglob(f"*.{ending}")))
    lengths = {path: len(path.read_text("utf-8").splitlines()) for path in files}
    return [f"{path.name} has {count} lines" for path, count in lengths.items() if count > LONGEST]


def inits(tree: Path) -> list[str]:
    """A package's `__init__` holds a docstring, imports and `__all__`; the root also the `__getattr__` of its lazy names."""
    complaints = []
    for name, path in modules(tree).items():
        if path.name != "__init__.py":
            continue
        targets = {"__all__"} | ({"__getattr__"} if name == PACKAGE else set())
        statements = ast.parse(path.read_text("utf-8")).body
        if not statements or not _is_docstring(statements[0]):
            complaints.append(f"{name}/__init__.py has no docstring")
        complaints += [
            f"{name}/__init__.py:{node.lineno} holds logic"
            for node in statements
            if not (isinstance(node, (ast.Import, ast.ImportFrom)) or _is_docstring(node) or _assigns(node, targets))
        ]
    return complaints


_LOADERS: Final = {"pickle", "cPickle", "_pickle", "cloudpickle", "dill", "joblib", "shelve", "marshal"}
_EVALUATE: Final = {"eval", "exec", "compile", "__import__"}


def pickles(tree: Path) -> list[str]:
    """Nothing that a file says is run: no pickle, no `allow_pickle` but False, no eval or exec."""
    complaints = []
    for name, path in modules(tree).items():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            bad = None
            if isinstance(node, ast.Import):
                bad = next((alias.name for alias in node.names if alias.name.partition(".")[0] in _LOADERS), None)
            elif isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in _LOADERS:
                bad = node.module
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _EVALUATE:
                bad = node.func.id
            elif isinstance(node, ast.keyword) and node.arg == "allow_pickle" and not _is_false(node.value):
                bad = "allow_pickle"
            elif isinstance(node, ast.Attribute) and node.attr in {"read_pickle", "to_pickle"}:
                bad = node.attr
            elif isinstance(node, ast.Constant) and node.value in _LOADERS:
                bad = str(node.value)  # a module's name for `import_module`
            if bad is not None:
                complaints.append(f"{name}:{getattr(node, 'lineno', 0)} uses {bad}")
    return complaints


_SUPPRESSION: Final = re.compile(r"#\s*(noqa|type:\s*ignore|pragma:|fmt:\s*(?:skip|off)|pylint:|mypy:)", re.IGNORECASE)
_EXPLAINED: Final = re.compile(
    r"#\s*(noqa: [A-Z]+\d+(, ?[A-Z]+\d+)*|type: ignore\[[\w, -]+\]|pragma: [\w ]+|fmt: (skip|off))  # \S.{5,}"
)


def suppressions(tree: Path) -> list[str]:
    """What silences a check names it, and gives the reason on its line: `# noqa: S301  # the reason`."""
    complaints = []
    for path in sorted(tree.rglob("*.py")):
        for token in tokenize.generate_tokens(io.StringIO(path.read_text("utf-8")).readline):
            if token.type != tokenize.COMMENT or not _SUPPRESSION.search(token.string):
                continue
            found = _SUPPRESSION.search(token.string)
            if found and not _EXPLAINED.match(token.string[found.start() :]):
                complaints.append(f"{path.name}:{token.start[0]} silences a check without a reason: {token.string}")
    return complaints


def ignores(tree: Path) -> list[str]:
    """ruff selects ALL, with at most 20 entries that it leaves out, each with its reason on its line."""
    text = (tree / "pyproject.toml").read_text("utf-8")
    lint = tomllib.loads(text)["tool"]["ruff"]["lint"]
    complaints = [] if lint["select"] == ["ALL"] else [f"ruff selects {lint['select']}"]
    entries = [*lint.get("ignore", ()), *lint.get("per-file-ignores", ())]
    if len(entries) > MOST_IGNORES:
        complaints.append(f"ruff leaves out {len(entries)} entries")
    for entry in entries:
        line = next((line for line in text.splitlines() if line.strip().startswith(f'"{entry}"')), "")
        if not re.search(r"#\s*\S.{5,}", line):
            complaints.append(f"ruff leaves out {entry} without a reason on its line")
    return complaints


def stub(tree: Path) -> list[str]:
    """What type checkers read of the root (`__init__.pyi`) is what runs (`__init__.py`): the same names, from the same modules."""
    homes = []
    complaints = []
    for suffix in (".py", ".pyi"):
        body = ast.parse((tree / PACKAGE / f"__init__{suffix}").read_text("utf-8"))
        found: dict[str, str | None] = {}
        public: list[str] = []
        for node in ast.walk(body):
            if isinstance(node, ast.ImportFrom):
                found |= {alias.asname or alias.name: node.module for alias in node.names}
            elif isinstance(node, ast.Dict):
                found |= ast.literal_eval(node)
            elif isinstance(node, ast.Assign) and _assigns(node, {"__all__"}):
                public = ast.literal_eval(node.value)
        complaints += [f"__init__{suffix} lists {name}, and has none" for name in public if name not in found]
        complaints += [] if public == sorted(public) else [f"__all__ of __init__{suffix} is not sorted"]
        homes.append({name: found.get(name) for name in public})
    runs, told = homes
    return complaints + [
        f"{name} is of {runs.get(name)} in __init__.py, of {told.get(name)} in __init__.pyi"
        for name in sorted(runs.keys() | told.keys())
        if runs.get(name) != told.get(name)
    ]


def _absolute(name: str, path: Path, node: ast.ImportFrom) -> str:
    """The module that `from ... import` names."""
    if not node.level:
        return node.module or ""
    parts = name.split(".") + (["__init__"] if path.name == "__init__.py" else [])
    return ".".join([*parts[: -node.level], *([node.module] if node.module else [])])


def _layer(name: str) -> int:
    part = name.removeprefix(PACKAGE).lstrip(".").partition(".")[0]
    return next((number for number, row in enumerate(LAYERS) if part in row), -1)


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _assigns(node: ast.stmt, names: set[str]) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else []
    return bool(targets) and all(isinstance(target, ast.Name) and target.id in names for target in targets)


def _is_false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is False
