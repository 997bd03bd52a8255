"""Tiny ONNX models, written as the protocol buffers that they are: the tests need neither a network nor the onnx package."""

from pathlib import Path

from byheart.features.onnx_file import _field, _number


def number(field: int, value: int) -> bytes:
    return _number(field << 3) + _number(value)


def text(field: int, value: str) -> bytes:
    return _field(field, value.encode())


def described(name: str, sides: tuple[int | str, ...], dtype: int = 1) -> bytes:
    """A value's name, type (1: float32, 2: uint8) and shape; a side that is a name may have any size."""
    dims = b"".join(_field(1, number(1, side) if isinstance(side, int) else text(2, side)) for side in sides)
    return text(1, name) + _field(2, _field(1, number(1, dtype) + _field(2, dims)))


def node(kind: str, taken: tuple[str, ...], given: str, attributes: bytes = b"") -> bytes:
    return _field(1, b"".join(text(1, name) for name in taken) + text(2, given) + text(4, kind) + attributes)


def model(path: Path, sides: tuple[int | str, ...], *, dtype: int = 1, bias: bytes | None = None) -> Path:
    """A model that flattens its input ("flat"), and gives what of it is positive ("out").

    Args:
        path: where to write it.
        sides: of its input.
        dtype: of its input, as above.
        bias: float32 numbers that are added before, in a file of their own; None for none.
    """
    nodes, tensors = b"", b""
    if dtype != 1:
        to_float = _field(5, text(1, "to") + number(3, 1) + number(20, 2))
        nodes += node("Cast", ("in",), "cast", to_float)
    nodes += node("Flatten", ("cast" if dtype != 1 else "in",), "flat")
    if bias is not None:
        path.with_suffix(".data").write_bytes(bias)
        where = _field(13, text(1, "location") + text(2, path.with_suffix(".data").name))
        tensors = _field(5, number(1, len(bias) // 4) + number(2, 1) + text(8, "bias") + where + number(14, 1))
        nodes += node("Add", ("flat", "bias"), "moved")
    nodes += node("Relu", ("flat" if bias is None else "moved",), "out")
    ends = _field(11, described("in", sides, dtype)) + _field(12, described("out", ("n", "width")))
    graph = nodes + text(2, "tiny") + tensors + ends
    path.write_bytes(number(1, 8) + _field(7, graph) + _field(8, text(1, "") + number(2, 13)))
    return path
