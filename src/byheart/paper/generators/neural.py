"""A small neural generator, trained here: a variational autoencoder by torch; where there is no torch, an autoencoder by scikit-learn.

Either ends as a decoder of normal noise: numpy draws from it, whoever trained it. So weights are kept as arrays, and nothing that a file says is run.
"""

import hashlib
import importlib.util
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from byheart import _files
from byheart._optional import require
from byheart.paper.generators.base import Arrays, Draw, Fit

Layers: TypeAlias = "list[tuple[npt.NDArray[Any], npt.NDArray[Any]]]"

NAME: Final = "neural network"
LATENT: Final = 24
WIDTH: Final = 192
_BATCH: Final = 64
_RATE: Final = 2e-3
_RESIDUAL: Final = 0.1  # the variance of what the decoder leaves open, per number


@dataclass(frozen=True, slots=True)
class Decoder:
    """What makes records of noise.

    Attributes:
        mean: of the noise, shape (k,).
        factor: shape (k, k), whose product factor factor' is its covariance.
        layers: weights of shape (in, out) and what is added, tanh between them.
    """

    mean: Arrays
    factor: Arrays
    layers: Layers

    def draw(self, count: int, seed: int) -> Arrays:
        """So many records, float32 of shape (count, d)."""
        rng = np.random.default_rng(seed)
        out = self.mean + rng.standard_normal((count, len(self.mean))) @ self.factor.T
        for weights, bias in self.layers:
            out = np.tanh(out) @ weights + bias
        records: Arrays = out.astype(np.float32)
        return records


def by() -> str:
    """The package that trains it, here."""
    return "torch" if importlib.util.find_spec("torch") is not None else "scikit-learn"


def what() -> str:
    """It is, in words."""
    kind = "a variational autoencoder" if by() == "torch" else "an autoencoder, whose codes are drawn from a normal"
    return f"{kind}, {WIDTH} wide with {LATENT} codes, by {by()}"


def stand_ins() -> dict[str, str]:
    """What stands in for what it should be."""
    return {} if by() == "torch" else {"the variational autoencoder by torch": "an autoencoder by scikit-learn"}


def neural(epochs: int, cache: Path | None = None) -> Fit:
    """One of them.

    Args:
        epochs: of training.
        cache: a folder where weights are kept; None: they are not.
    """

    def fit(train: Arrays, seed: int) -> Draw:
        train = np.ascontiguousarray(train, np.float32)
        if cache is None:
            return _trained(train, seed, epochs).draw
        digest = hashlib.sha256(f"{by()} {epochs} {seed} {WIDTH} {LATENT} {train.shape}".encode() + train.tobytes())
        path = cache / f"neural-{digest.hexdigest()[:16]}.npz"
        found = _read(path, train.shape[1])
        if found is None:
            found = _trained(train, seed, epochs)
            _keep(path, found)
        return found.draw

    return fit


def _trained(train: Arrays, seed: int, epochs: int) -> Decoder:
    return (_by_torch if by() == "torch" else _by_scikit_learn)(train, seed, epochs)


def _by_scikit_learn(train: Arrays, seed: int, epochs: int) -> Decoder:
    """An autoencoder: its codes are what reaches the narrow layer, before tanh; their normal distribution is what is drawn from."""
    network = require("sklearn.neural_network", "judge").MLPRegressor
    model = network(
        hidden_layer_sizes=(WIDTH, LATENT, WIDTH),
        activation="tanh",
        batch_size=min(_BATCH, len(train)),
        learning_rate_init=_RATE,
        max_iter=epochs,
        n_iter_no_change=epochs + 1,
        random_state=seed % 2**32,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it might learn more
        model.fit(train, train)
    layers = list(zip(model.coefs_, model.intercepts_, strict=True))
    wide = np.tanh(train @ layers[0][0] + layers[0][1])
    codes = (wide @ layers[1][0] + layers[1][1]).astype(np.float64)
    values, vectors = np.linalg.eigh(np.cov(codes, rowvar=False))
    factor = (vectors * np.sqrt(np.maximum(values, 0))).astype(np.float32)
    return Decoder(codes.mean(axis=0).astype(np.float32), factor, layers[2:])


def _by_torch(train: Arrays, seed: int, epochs: int) -> Decoder:
    """A variational autoencoder (Kingma and Welling, 2014, "Auto-encoding variational Bayes", Appendix B and C.1)."""
    torch: Any = require("torch", "torch")
    width = train.shape[1]
    with torch.random.fork_rng(devices=[]), _one_core(torch):
        torch.manual_seed(seed % 2**63)
        encoder = torch.nn.Sequential(
            torch.nn.Linear(width, WIDTH), torch.nn.Tanh(), torch.nn.Linear(WIDTH, 2 * LATENT)
        )
        wide, narrow = torch.nn.Linear(LATENT, WIDTH), torch.nn.Linear(WIDTH, width)
        parts = [*encoder.parameters(), *wide.parameters(), *narrow.parameters()]
        steps = torch.optim.Adam(parts, lr=_RATE)
        points = torch.from_numpy(train)
        for _ in range(epochs):
            for some in torch.randperm(len(points)).split(_BATCH):
                seen = points[some]
                mean, spread = encoder(seen).chunk(2, dim=1)
                codes = mean + torch.randn_like(mean) * (spread / 2).exp()
                told = narrow(wide(torch.tanh(codes)).tanh())
                apart = (told - seen).square().sum(dim=1) / (2 * _RESIDUAL)
                surprise = (spread.exp() + mean.square() - 1 - spread).sum(dim=1) / 2
                steps.zero_grad()
                (apart + surprise).mean().backward()
                steps.step()
    layers: Layers = [
        (one.weight.detach().numpy().T.copy(), one.bias.detach().numpy().copy()) for one in (wide, narrow)
    ]
    return Decoder(np.zeros(LATENT, np.float32), np.eye(LATENT, dtype=np.float32), layers)


@contextmanager
def _one_core(torch: Any) -> Iterator[None]:
    """As the others have: torch has threads of its own."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _keep(path: Path, decoder: Decoder) -> None:
    arrays: dict[str, Any] = {
        f"{name}{at}": one[part] for at, one in enumerate(decoder.layers) for part, name in enumerate("wb")
    }
    data = BytesIO()
    np.savez(data, mean=decoder.mean, factor=decoder.factor, **arrays)
    _files.make_folder(path.parent)
    _files.replace(path, data.getvalue())


def _read(path: Path, width: int) -> Decoder | None:
    """What was kept, of records so wide; None where nothing was, or it cannot be that: it is made again."""
    shapes = {"w0": (LATENT, WIDTH), "b0": (WIDTH,), "w1": (WIDTH, width), "b1": (width,)}
    shapes |= {"mean": (LATENT,), "factor": (LATENT, LATENT)}
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
            arrays = {name: kept[name] for name in shapes}
    except (OSError, ValueError, KeyError, EOFError, TypeError, MemoryError, zipfile.BadZipFile, zlib.error):
        return None
    if any(arrays[name].shape != shape or not np.isfinite(arrays[name]).all() for name, shape in shapes.items()):
        return None
    return Decoder(arrays["mean"], arrays["factor"], [(arrays["w0"], arrays["b0"]), (arrays["w1"], arrays["b1"])])
