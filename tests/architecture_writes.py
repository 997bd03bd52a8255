"""The rule that only `_files.py` writes files, read off the code.

It sees: modes and flags of `open` in all its forms; the calls that make, rename or remove; and the writers of numpy, Arrow and the
standard library, which must be given a file that the module got from `_files` (or a buffer in RAM), never a path.
It cannot see a mode or an opener that comes in a variable of another module, nor a foreign method that takes a path under a name
of its own (Pillow's `save`). The run that `test_architecture.py` watches sees those, as far as they go through Python.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from architecture import PACKAGE, modules

WRITER: Final = f"{PACKAGE}._files"

_OPENERS: Final = {"open", "fdopen", "ZipFile", "TarFile", "GzipFile", "BZ2File", "LZMAFile", "ZstdFile", "memmap"}
_MODE: Final = re.compile(r"(?=.*[wax+])[rwaxbtU+]{1,4}([:|]\w*)?")
_FLAGS: Final = {"O_WRONLY", "O_RDWR", "O_CREAT", "O_APPEND", "O_TRUNC"}
_OF_PATHS: Final = {
    "hardlink_to", "mkdir", "rename", "rmdir", "symlink_to", "touch", "unlink", "write_bytes", "write_text",
}  # fmt: skip  # what a Path can do
_OF_OS: Final = _OF_PATHS | {
    "link", "makedirs", "mkfifo", "remove", "removedirs", "renames", "replace", "symlink", "truncate",
}  # fmt: skip  # what `os` can
_NEVER: Final = {
    "OSFile", "create_memory_map", "open_memmap", "tofile", "NamedTemporaryFile", "TemporaryDirectory", "TemporaryFile",
    "mkdtemp", "mkstemp", "copy2", "copyfile", "copytree", "rmtree", "FileHandler",
}  # fmt: skip  # whatever they are given
_INTO_SINKS: Final = {
    "CSVWriter", "ParquetWriter", "new_file", "new_stream", "savez", "savez_compressed", "savetxt", "to_csv",
    "to_excel", "to_feather", "to_json", "to_parquet", "write_csv", "write_feather", "write_table",
}  # fmt: skip  # the sink is their first argument, or the second (`write_table`)
_OPEN_FILES: Final = {"NewFile", "replacing", "BytesIO", "BufferOutputStream", "PythonFile"}


def writes(tree: Path) -> list[str]:
    """Only `_files.py` opens files for writing."""
    complaints = []
    for name, path in modules(tree).items():
        if name != WRITER:
            body = ast.parse(path.read_text("utf-8"))
            complaints += [f"{name}:{line} {what}" for line, what in _found(body)]
    return complaints


def _found(body: ast.Module) -> Iterator[tuple[int, str]]:
    literals, sinks = _literals(body), _sinks(body)
    devnull = {id(inner) for node in ast.walk(body) if _opens_devnull(node) for inner in ast.walk(node)}
    for found in ast.walk(body):
        node = found
        if isinstance(node, ast.Attribute) and node.attr in _FLAGS and id(node) not in devnull:
            yield node.lineno, f"has the flag {node.attr}"
        if not isinstance(node, ast.Call):
            continue
        if _names(node.func)[0] == "partial" and node.args:  # partial(open, path, "wb") opens when it is called
            node = ast.copy_location(ast.Call(node.args[0], node.args[1:], node.keywords), node)
        called, owner = _names(node.func)
        given = [*node.args, *(keyword.value for keyword in node.keywords)]
        if called in _OPENERS and owner != "os":
            mode = _mode(node, called, owner, literals)
            into_sink = called.endswith("File") and bool(node.args) and _is_sink(node.args[0], sinks)
            if mode is not None and not into_sink:
                yield node.lineno, f"opens a file with mode {mode!r}"
        elif called in _OF_PATHS or called in _NEVER or (owner in {"os", "shutil"} and called in _OF_OS):
            yield node.lineno, f"calls {called}"
        elif (called in _INTO_SINKS or (called == "save" and owner in {"np", "numpy"})) and not any(
            _is_sink(argument, sinks) for argument in given[:2]
        ):
            yield node.lineno, f"has {called} write to what it did not get from _files"


def _names(func: ast.expr) -> tuple[str, str]:
    """What is called, and of what."""
    if isinstance(func, ast.Attribute):
        return func.attr, ast.unparse(func.value)
    return (func.id if isinstance(func, ast.Name) else ""), ""


def _mode(call: ast.Call, called: str, owner: str, literals: dict[str, set[str]]) -> str | None:
    """The mode of a call that opens, if it writes; a mode in a variable is each literal that the module assigns to it."""
    has_path = not (called == "open" and owner) or owner in {"io", "gzip", "bz2", "lzma", "tarfile", "codecs"}
    at = 1 if has_path else 0
    asked = [keyword.value for keyword in call.keywords if keyword.arg == "mode"] or call.args[at : at + 1]
    if called == "memmap":  # its mode is the third, and writes where it is left out
        asked = [keyword.value for keyword in call.keywords if keyword.arg == "mode"] or call.args[2:3]
        asked = asked or [ast.Constant("r+")]
    for expression in asked:
        constants = {node.value for node in ast.walk(expression) if isinstance(node, ast.Constant)}
        for name in (node.id for node in ast.walk(expression) if isinstance(node, ast.Name)):
            constants |= literals.get(name, set())
        for value in sorted(value for value in constants if isinstance(value, str)):
            if _MODE.fullmatch(value):
                return value
    return None


def _literals(body: ast.Module) -> dict[str, set[str]]:
    """The strings that are assigned to each name, somewhere in the module."""
    found: dict[str, set[str]] = {}
    for node in ast.walk(body):
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        value = node.value if isinstance(node, (ast.Assign, ast.AnnAssign)) else None
        strings = {inner.value for inner in ast.walk(value) if isinstance(inner, ast.Constant)} if value else set()
        for target in targets:
            if isinstance(target, ast.Name):
                found.setdefault(target.id, set()).update(text for text in strings if isinstance(text, str))
    return found


def _sinks(body: ast.Module) -> set[str]:
    """The names that an open file has, somewhere in the module: made, entered by `with`, or a parameter of such a type."""
    found = set()
    for node in ast.walk(body):
        if isinstance(node, ast.Assign) and _makes_file(node.value):
            found |= {ast.unparse(target) for target in node.targets}
        elif isinstance(node, ast.withitem) and node.optional_vars is not None and _makes_file(node.context_expr):
            found.add(ast.unparse(node.optional_vars))
        elif isinstance(node, ast.arg) and node.annotation is not None:
            annotation = ast.unparse(node.annotation)
            if annotation.rpartition(".")[2] in _OPEN_FILES:
                found.add(node.arg)
    return found


def _makes_file(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and _names(node.func)[0] in _OPEN_FILES


def _is_sink(node: ast.expr, sinks: set[str]) -> bool:
    return ast.unparse(node) in sinks or _makes_file(node)


def _opens_devnull(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and bool(node.args) and ast.unparse(node.args[0]) == "os.devnull"
