"""Tensors and datasets of torch: a tensor's first axis is the records; an item that is a pair is a record and its label."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from byheart.errors import InputError
from byheart.records.chunk import Values
from byheart.sources.arrays import array_blocks
from byheart.sources.base import batched
from byheart.sources.iterables import size_of


def is_tensor(data: Any) -> bool:
    """Whether it is a tensor."""
    return hasattr(data, "detach") and hasattr(data, "cpu")


def tensor_blocks(data: Any) -> Iterator[Values]:
    """The records, from whatever device the tensor is on."""
    return array_blocks(_record(data))


def is_torch_dataset(data: Any) -> bool:
    """Whether it is a `torch.utils.data.Dataset`."""
    return any(base.__module__.startswith("torch.utils.data.") for base in type(data).__mro__)


def torch_dataset_blocks(data: Any) -> Iterator[tuple[Values, list[str | None]]]:
    """The records and their labels; None where an item is a record by itself."""
    items = (data[i] for i in range(len(data))) if hasattr(data, "__len__") else data  # not all end by IndexError
    for pairs in batched(map(_pair, items), lambda pair: size_of(pair[0])):
        yield [record for record, _ in pairs], [label for _, label in pairs]


def _pair(item: Any) -> tuple[Any, str | None]:
    if not isinstance(item, (tuple, list)):
        return _record(item), None
    if len(item) == 1:
        return _record(item[0]), None
    label = _record(item[-1])
    if len(item) > 2 or np.ndim(label) != 0:
        raise InputError(f"dataset: wanted records, or pairs of a record and a label, got items of {len(item)} parts")
    return _record(item[0]), str(label)


def _record(value: Any) -> Any:
    if not is_tensor(value):
        return value
    try:
        return value.detach().cpu().numpy()
    except TypeError as error:
        raise InputError(
            f"tensor: wanted numbers that numpy has, got {value.dtype}: convert it first (.float())"
        ) from error
