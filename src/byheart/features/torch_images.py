"""`timm:NAME[@PATH]`, `torchvision:NAME[@PATH]`, `open_clip:NAME[@PATH]`: networks of images by name, run by torch on the processor.

Their weights are those of a file, or else those that the library knows for that name, from the hub or from what was fetched from there before. The features are
what the network's last layer, which tells classes apart, is given; of open_clip, the embedding of the image.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from byheart._optional import require
from byheart.errors import InputError
from byheart.features import digesting, hub
from byheart.features.pretrained import Batch, Frame, Pretrained, Scaling, of_images
from byheart.registry import nearest

_EXTRA: Final = "torch-features"
_AT_ONCE: Final = 16
_WRAPPERS: Final = ("state_dict", "model")  # what checkpoints keep their weights under
_COUNTERS: Final = "num_batches_tracked"  # old checkpoints have none, and nothing depends on them


@dataclass(frozen=True, slots=True)
class _Network:
    """A model with its weights, and how to ask it for features."""

    module: Any
    frame: Frame
    features: Callable[[Any], Any]
    library: str


def timm(asked: str) -> Pretrained:
    """A network of timm.

    Raises:
        InputError: timm knows no such name, or the weights are missing or of another network.
        MissingExtraError: timm is not installed.
    """
    library = _library("timm")
    name, path = _asked("timm", asked)
    bare, _, tag = name.partition(".")
    if not library.is_model(bare):
        raise InputError(f"features timm: no network {bare!r}: {nearest(bare, library.list_models())}")
    if tag and name not in (tags := library.list_pretrained(f"{bare}.*")):
        raise InputError(f"features timm: no weights {name!r}: {nearest(name, tags)}")
    module = library.create_model(name, pretrained=False, num_classes=0)  # what is left gives the features
    told = module.pretrained_cfg
    if path is None:
        where = told.get("hf_hub_id") and f"timm/{bare}.{told['tag']}"
        path = _fetched("timm", name, where, "model.safetensors")
    _load(module, path, f"timm:{name}")
    data = library.data.resolve_model_data_config(module)
    channels, height, width = data["input_size"]
    frame = Frame(width, height, Scaling(tuple(data["mean"]), tuple(data["std"])), channels)
    return _extractor("timm", asked, _Network(module, frame, module, f"timm {library.__version__}"))


def torchvision(asked: str) -> Pretrained:
    """A network of torchvision.

    Raises:
        InputError: torchvision knows no such name, or the weights are missing or of another network.
        MissingExtraError: torchvision is not installed.
    """
    library = _library("torchvision")
    name, path = _asked("torchvision", asked)
    if name not in (known := library.models.list_models(module=library.models)):
        raise InputError(f"features torchvision: no network {name!r}: {nearest(name, known)}")
    module = library.models.get_model(name, weights=None, **_EAGER.get(name, {}))
    weights = library.models.get_model_weights(name).DEFAULT
    if path is None:
        try:
            module.load_state_dict(weights.get_state_dict(progress=False, check_hash=True, weights_only=True))
        except OSError as error:
            raise _unfetched("torchvision", name, weights.url) from error
    else:
        _load(module, path, f"torchvision:{name}", _last(module))
    data = weights.transforms()
    (side,) = data.crop_size
    frame = Frame(side, side, Scaling(tuple(data.mean), tuple(data.std)))
    network = _Network(module, frame, _before(module, _last(module)), f"torchvision {library.__version__}")
    return _extractor("torchvision", asked, network)


_EAGER: Final = {
    "inception_v3": {"init_weights": False},
    "googlenet": {"init_weights": False},
}  # minutes of random numbers


def open_clip(asked: str) -> Pretrained:
    """The images' side of a network of open_clip.

    Raises:
        InputError: open_clip knows no such name, or the weights are missing or of another network.
        MissingExtraError: open_clip is not installed.
    """
    library = _library("open_clip")
    name, path = _asked("open_clip", asked)
    if name not in (known := library.list_models()):
        raise InputError(f"features open_clip: no network {name!r}: {nearest(name, known)}")
    if path is None:
        tag = next(iter(library.list_pretrained_tags_by_model(name)), "")
        told = library.get_pretrained_cfg(name, tag) if tag else {}
        path = _fetched("open_clip", name, str(told.get("hf_hub", "")).strip("/"), "open_clip_*.safetensors")
    module = library.create_model(name, pretrained=None)
    _load(module, path, f"open_clip:{name}")
    visual = module.visual
    height, width = visual.image_size if isinstance(visual.image_size, tuple) else (visual.image_size,) * 2
    frame = Frame(width, height, Scaling(tuple(visual.image_mean), tuple(visual.image_std)))
    network = _Network(module, frame, module.encode_image, f"open_clip {library.__version__}")
    return _extractor("open_clip", asked, network)


def _library(name: str) -> Any:
    """A library that builds upon torch.

    Raises:
        InputError: it cannot be imported beside this torch.
        MissingExtraError: it is not installed.
    """
    try:
        return require(name, _EXTRA)
    except RuntimeError as error:  # torchvision says so of a torch that it was not built for
        raise InputError(f"features {name}: it does not fit this torch ({error}): install both anew") from error


def _asked(prefix: str, asked: str) -> tuple[str, Path | None]:
    name, _, path = asked.partition("@")
    if not name:
        raise InputError(f"features {prefix}: wanted {prefix}:NAME or {prefix}:NAME@PATH, got no name")
    if path and not Path(path).is_file():
        raise InputError(f"features {prefix}: wanted a file of weights, got {path}, which is none")
    return name, Path(path) if path else None


def _fetched(prefix: str, name: str, repository: str | None, pattern: str) -> Path:
    """The weights of a network from the hub."""
    if not repository:
        raise InputError(f"features {prefix}: {name} has no weights on the hub: bring a file, {prefix}:{name}@PATH")
    try:
        found = sorted(hub.folder(repository, [pattern]).glob(pattern))
    except InputError as error:
        raise _unfetched(prefix, name, repository) from error
    if not found:
        raise _unfetched(prefix, name, repository)
    return found[0]


def _unfetched(prefix: str, name: str, where: str) -> InputError:
    got = f"the weights of {name} are not here, and cannot be fetched from {where}"
    return InputError(f"features {prefix}: {got}: bring a file, {prefix}:{name}@PATH")


def _load(module: Any, path: Path, network: str, unused: str | None = None) -> None:
    """Give a network the weights of a file, which may have more; `unused` is a layer that need not be among them, or fit."""
    told, state = _weights(path), module.state_dict()
    needed = [key for key in state if key.rpartition(".")[0] != unused and not key.endswith(_COUNTERS)]
    wrong = [key for key in needed if key not in told or told[key].shape != state[key].shape]
    if wrong:
        got = f"got none of the right shape for {wrong[0]}{f' and {len(wrong) - 1} more' if wrong[1:] else ''}"
        raise InputError(f"features {network}: wanted its weights in {path}, {got}")
    module.load_state_dict(state | {key: told[key] for key in needed})


def _weights(path: Path) -> dict[str, Any]:
    """Tensors by name, out of a file of which nothing is unpickled."""
    torch = require("torch", _EXTRA)
    if path.suffix == ".safetensors":
        told: Any = require("safetensors.torch", _EXTRA).load_file(path)
    else:
        try:
            told = torch.load(path, map_location="cpu", weights_only=True)
        except Exception as error:  # whatever is wrong with it
            wanted = "wanted tensors by name, as safetensors or as torch.save writes a state_dict"
            raise InputError(f"{path}: {wanted}, got a file that holds something else") from error
    for wrapper in _WRAPPERS:
        if isinstance(told, dict) and isinstance(told.get(wrapper), dict):
            told = told[wrapper]
    if not isinstance(told, dict) or not all(isinstance(one, torch.Tensor) for one in told.values()):
        raise InputError(f"{path}: wanted tensors by name, got something else: save the model's state_dict()")
    return told


def _last(module: Any) -> str:
    """The name of the last linear layer, which tells classes apart."""
    linear = require("torch.nn", _EXTRA).Linear
    names: list[str] = [name for name, layer in module.named_modules() if isinstance(layer, linear)]
    if not names:
        raise InputError("features torchvision: wanted a network that ends in a linear layer, got one without")
    return names[-1]


def _before(module: Any, layer: str) -> Callable[[Any], Any]:
    """What a layer is given."""
    given: list[Any] = []
    module.get_submodule(layer).register_forward_pre_hook(lambda _, arguments: given.append(arguments[0]))

    def features(batch: Any) -> Any:
        given.clear()
        module(batch)
        return given.pop()

    return features


def _extractor(prefix: str, asked: str, network: _Network) -> Pretrained:
    torch = require("torch", _EXTRA)
    network.module.eval()
    path = Path(asked.partition("@")[2])
    name = f"{prefix}:{asked.partition('@')[0]}{f'@{path.name}' if path.name else ''}"

    def run(batch: Batch) -> Batch:
        with torch.inference_mode():
            out: Batch = network.features(torch.from_numpy(batch)).float().numpy()
        return out

    told = (
        (f"{key} {one.dtype} {tuple(one.shape)}", _bytes(torch, one))
        for key, one in network.module.state_dict().items()
    )
    versions = f"{network.library}, torch {torch.__version__}"
    identity = f"{prefix}:{asked.partition('@')[0]}, weights {digesting.of_arrays(told)}, {versions}"
    return of_images(name, identity, network.frame, run, _AT_ONCE)


def _bytes(torch: Any, tensor: Any) -> Any:
    return tensor.detach().contiguous().reshape(-1).view(torch.uint8).numpy()
