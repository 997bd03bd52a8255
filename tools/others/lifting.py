"""A function out of an installed file, run as it stands there, where its package cannot be imported beside byheart."""

import ast
import importlib.util
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any


def lifted(package: str, file: str, path: str, names: Mapping[str, Any]) -> Callable[..., Any]:
    """The function, with no decorators and no annotations.

    Args:
        package: that is installed.
        file: in it.
        path: of the function in the file: "name", or "Class.name".
        names: that the function uses.

    Raises:
        ModuleNotFoundError: the package is not installed.
    """
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        raise ModuleNotFoundError(f"{package} is not installed")
    node: Any = ast.parse((Path(found.origin).parent / file).read_text("utf-8"))
    for name in path.split("."):
        node = next(part for part in node.body if getattr(part, "name", None) == name)
    node.decorator_list, node.returns = [], None
    for argument in node.args.args:
        argument.annotation = None
    space = dict(names)
    exec(compile(ast.Module([node], []), f"{package}/{file}", "exec"), space)
    function: Callable[..., Any] = space[node.name]
    return function
