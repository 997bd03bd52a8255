"""An ONNX model as bytes: what it computes, which other files it needs, and how to have it give out what it computes on the way.

ONNX files are protocol buffers: fields, each a number and a value (protobuf.dev, "Encoding"). The numbers below are those of `onnx.proto`. A message that
comes twice is merged, so that an output is added by writing the graph again, with nothing in it but that output.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from byheart.errors import InputError

_GRAPH: Final = 7  # of a model
_NODE: Final = 1  # of a graph, as the next two
_INITIALIZER: Final = 5
_OUTPUT: Final = 12
_OUTPUT_OF_NODE: Final = 2
_EXTERNAL: Final = 13  # of a tensor
_KEY: Final = 1  # of an entry, as the next one
_VALUE: Final = 2
_NAME: Final = 1  # of a value's description
_VARINT: Final = 0  # how a value is written, as the next ones
_EIGHT: Final = 1
_LONG: Final = 2
_FOUR: Final = 5


class OnnxFile:
    """A model.

    Args:
        path: its file.

    Raises:
        InputError: it is none.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.data = path.read_bytes()
        try:
            graphs = [graph for number, graph in _fields(memoryview(self.data)) if number == _GRAPH]
            parts = [part for graph in graphs for part in _fields(graph)]
            nodes = [node for number, node in parts if number == _NODE]
            self.computed = [
                _text(name) for node in nodes for number, name in _fields(node) if number == _OUTPUT_OF_NODE
            ]
            tensors = [tensor for number, tensor in parts if number == _INITIALIZER]
            self.files = sorted({path.parent / name for tensor in tensors for name in _locations(tensor)})
        except (IndexError, ValueError) as error:
            raise InputError(f"{path}: wanted an ONNX model, got something else") from error
        if not nodes:
            raise InputError(f"{path}: wanted an ONNX model, got something else")

    def giving(self, output: str) -> bytes:
        """The model with one output more."""
        return self.data + _field(_GRAPH, _field(_OUTPUT, _field(_NAME, output.encode())))


def _fields(message: memoryview) -> Iterator[tuple[int, memoryview]]:
    """The fields of a message that have a length; the others are skipped."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        sort = tag & 7
        if sort == _LONG:
            size, at = _varint(message, at)
            if at + size > len(message):
                raise IndexError(at)
            yield tag >> 3, message[at : at + size]
            at += size
        elif sort == _VARINT:
            _, at = _varint(message, at)
        elif sort in {_EIGHT, _FOUR}:
            at += 8 if sort == _EIGHT else 4
        else:
            raise ValueError(sort)


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    """A number, seven bits a byte, the lowest first; and where it ends."""
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at
        if shift > 63:
            raise ValueError(at)


def _locations(tensor: memoryview) -> Iterator[str]:
    """The file that holds a tensor's numbers, where it is another one."""
    for number, entry in _fields(tensor):
        if number == _EXTERNAL:
            told = {which: _text(value) for which, value in _fields(entry)}
            if told.get(_KEY) == "location":
                yield told[_VALUE]


def _text(value: memoryview) -> str:
    return value.tobytes().decode()


def _field(number: int, value: bytes) -> bytes:
    return _number(number << 3 | _LONG) + _number(len(value)) + value


def _number(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])
