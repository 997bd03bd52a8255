"""A library that is not installed is said with the command that installs it; so is one that does not fit."""

import sys
from pathlib import Path
from typing import NoReturn

import pytest
from onnx_models import model

from byheart.errors import InputError, MissingExtraError
from byheart.features import extractor, torch_images


@pytest.mark.parametrize(
    ("kind", "spec", "module", "extra"),
    [
        ("image", "onnx:{path}", "onnxruntime", "onnx"),
        ("image", "timm:resnet18", "timm", "torch-features"),
        ("image", "torchvision:resnet18", "torchvision", "torch-features"),
        ("image", "open_clip:RN50", "open_clip", "torch-features"),
        ("text", "sentence:someone/some-model", "huggingface_hub", "sentence"),
    ],
)
def test_what_is_not_installed_is_said_with_its_extra(
    kind: str, spec: str, module: str, extra: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = model(tmp_path / "m.onnx", ("n", 3, 2, 2))
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtraError, match=rf"this needs {module}, .*: pip install 'byheart\[{extra}\]'"):
        extractor(kind, spec.format(path=path))


def test_a_library_that_was_built_for_another_torch_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: str) -> NoReturn:
        raise RuntimeError("operator torchvision::nms does not exist")

    monkeypatch.setattr(torch_images, "require", refuse)
    with pytest.raises(
        InputError, match=r"features timm: it does not fit this torch \(operator .*\): install both anew"
    ):
        extractor("image", "timm:resnet18")
