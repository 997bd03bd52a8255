"""For PyTorch: the same draws on any number of workers and ranks, and a run that can be resumed."""

from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from byheart import InputError, MemGEN
from byheart.torch import BatchSampler, Dataset, Sampler

torch = pytest.importorskip("torch")

IMAGES = np.arange(1000 * 6, dtype=np.float32).reshape(1000, 2, 3)


@pytest.mark.parametrize("workers", [0, 2])
def test_an_epoch_in_a_data_loader_is_every_record_once(tmp_path: Path, workers: int) -> None:
    model = MemGEN(tmp_path / "m").fit(IMAGES, [str(i) for i in range(1000)])
    dataset = Dataset(model, labels=True)
    sampler = BatchSampler(Sampler(len(dataset), seed=3, replace=False), 64)
    loader = torch.utils.data.DataLoader(dataset, batch_sampler=sampler, num_workers=workers)
    batches = list(loader)
    assert len(batches) == len(loader) == 16
    images = torch.cat([images for images, _ in batches])
    labels = [label for _, labels in batches for label in labels]
    assert torch.equal(images, torch.from_numpy(IMAGES[[int(label) for label in labels]]))
    assert sorted(map(int, labels)) == list(range(1000))
    assert [int(label) for label in labels] == list(Sampler(1000, seed=3, replace=False))


def test_a_transform_is_given_the_record() -> None:
    dataset = Dataset(MemGEN().fit(["a", "bb"]), transform=len)
    assert [dataset[0], dataset[1], dataset[-1]] == [1, 2, 2]
    with pytest.raises(IndexError, match="wanted a record below 2"):
        dataset[2]


@pytest.mark.parametrize("replace", [True, False])
def test_ranks_share_the_draws_of_one(replace: bool) -> None:
    alone = list(Sampler(101, seed=5, replace=replace))
    shares = [list(Sampler(101, seed=5, replace=replace, rank=rank, world_size=3)) for rank in range(3)]
    assert [len(share) for share in shares] == [34, 34, 33]
    assert [shares[i % 3][i // 3] for i in range(101)] == alone


def test_epochs_differ_and_are_repeatable() -> None:
    sampler = Sampler(100, seed=1, replace=False)
    first, second = list(sampler), list(sampler)
    assert sorted(first) == sorted(second) == list(range(100))
    assert first != second
    sampler.set_epoch(0)
    assert list(sampler) == first


def test_a_run_is_resumed_where_it_was() -> None:
    sampler = Sampler(10_000, seed=1)
    begun = list(islice(sampler, 4100))
    resumed = Sampler(10_000, seed=1)
    resumed.load_state_dict(sampler.state_dict())
    assert begun + list(resumed) == list(Sampler(10_000, seed=1))


def test_impossible_shares_are_refused() -> None:
    with pytest.raises(InputError, match="rank"):
        Sampler(10, rank=2, world_size=2)
    with pytest.raises(InputError, match="without replacement"):
        Sampler(10, 11, replace=False)
    with pytest.raises(InputError, match="batch_size"):
        BatchSampler(Sampler(10), 0)
