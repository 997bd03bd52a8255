"""`onnx:PATH[:OUTPUT][@SCALING]`: an ONNX model of images, of the user's own choice, run by onnxruntime on the processor.

The model's input says its size, its layout (NCHW or NHWC) and whether it is grey. Pixels are scaled as for ImageNet (grey ones from 0 to 1, whole numbers
from 0 to 255), unless one of `SCALINGS` is named. OUTPUT is anything that the model computes; left out, its first output.
"""

from pathlib import Path
from typing import Any, Final

import numpy as np

from byheart._optional import require
from byheart.errors import InputError
from byheart.features import digesting
from byheart.features.onnx_file import OnnxFile
from byheart.features.pretrained import SCALINGS, Batch, Frame, Pretrained, of_images
from byheart.registry import nearest

_SIDE: Final = 224  # where the model leaves its size open
_AT_ONCE: Final = 16
_DTYPES: Final = {"tensor(float)": "float32", "tensor(float16)": "float16", "tensor(uint8)": "uint8"}
_FOLDER: Final = "session.model_external_initializers_file_folder_path"


def onnx(asked: str) -> Pretrained:
    """The extractor that was asked for.

    Raises:
        InputError: there is no such file, output or scaling, or the model does not take images.
        MissingExtraError: onnxruntime is not installed.
    """
    path, output, scaling = _asked(asked)
    runtime = require("onnxruntime", "onnx")
    model = OnnxFile(path)
    if output is not None and output not in model.computed:
        raise InputError(f"{path}: no output {output!r}: {nearest(output, model.computed)}")
    name = f"onnx:{path.name}{f':{output}' if output else ''}{f'@{scaling}' if scaling else ''}"
    session = _session(runtime, model, output)
    (taken, *others) = session.get_inputs()
    if others:
        got = ", ".join(told.name for told in (taken, *others))
        raise InputError(f"{path}: wanted a model of images, with one input, got {got}")
    frame, size = _frame(path, taken, scaling)
    output = output or session.get_outputs()[0].name

    def run(batch: Batch) -> Batch:
        return np.asarray(session.run([output], {taken.name: batch})[0])

    weights = digesting.of_files([path, *model.files])
    identity = f"onnx, output {output}, weights {weights}, onnxruntime {runtime.__version__}"
    return of_images(name, identity, frame, run, size)


def _asked(asked: str) -> tuple[Path, str | None, str | None]:
    """The file, the output and the scaling: what stands before the last colon that a file stands before is the file."""
    told, _, scaling = asked.rpartition("@")
    if Path(asked).is_file() or not told or "/" in scaling:
        told, scaling = asked, ""
    if scaling:
        SCALINGS[scaling]  # raises where there is none
    parts = told.split(":")
    for count in range(len(parts), 0, -1):
        path = Path(":".join(parts[:count]))
        if path.is_file():
            return path, ":".join(parts[count:]) or None, scaling or None
    raise InputError(
        f"features onnx: wanted onnx:PATH[:OUTPUT][@SCALING], got no file {told!r}: export the model to ONNX"
    )


def _session(runtime: Any, model: OnnxFile, output: str | None) -> Any:
    options = runtime.SessionOptions()
    options.log_severity_level = 3
    options.use_deterministic_compute = True
    options.add_session_config_entry(_FOLDER, str(model.path.parent.resolve()))
    try:
        plain = runtime.InferenceSession(model.data, options, providers=["CPUExecutionProvider"])
        if output is None or output in {told.name for told in plain.get_outputs()}:
            return plain
        return runtime.InferenceSession(model.giving(output), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # its errors share no class but this
        raise InputError(f"{model.path}: onnxruntime cannot run it: {str(error).splitlines()[0]}") from error


def _frame(path: Path, taken: Any, scaling: str | None) -> tuple[Frame, int]:
    """What an input takes, and how many images at once."""
    shape = [side if isinstance(side, int) and side > 0 else None for side in taken.shape]
    places = [place for place in (1, 3) if len(shape) == 4 and shape[place] in {1, 3}]
    if not places or taken.type not in _DTYPES:
        wanted = "wanted an input of images, (n, 3, height, width) or (n, height, width, 3)"
        raise InputError(f"{path}: {wanted}, got {taken.type} of shape {tuple(taken.shape)}")
    is_first = places[0] == 1
    height, width = (side or _SIDE for side in (shape[2:] if is_first else shape[1:3]))
    channels = shape[places[0]] or 3
    dtype = _DTYPES[taken.type]
    default = "bytes" if dtype == "uint8" else "imagenet" if channels == 3 else "unit"
    return Frame(width, height, SCALINGS[scaling or default], channels, is_first, dtype), shape[0] or _AT_ONCE
