"""Train a TVAE (Xu et al., 2019, "Modeling Tabular Data using Conditional GAN") on a table, and sample it: `tvae.py TRAIN OUT SETTINGS`.

TRAIN and OUT are CSV files; SETTINGS is a JSON object: `count` is how many rows are wanted, `seed` what all is drawn from, `categories` which numbers are
taken for categories; the others go to TVAE. It is run in an environment of its own (`tools.synthesizer`), and imports nothing of this project.
"""

import json
import sys

import numpy as np
import pandas as pd
import torch
from ctgan import TVAE


def main(train: str, out: str, told: str) -> None:
    """Train, sample, write."""
    settings = json.loads(told)
    count, seed, categories = (settings.pop(name) for name in ("count", "seed", "categories"))
    torch.set_num_threads(1)  # sums in another order are other sums
    torch.manual_seed(seed)  # the first weights
    np.random.seed(seed)  # noqa: NPY002  # ctgan draws from here
    rows = pd.read_csv(train, keep_default_na=False)
    discrete = [name for name in rows if not pd.api.types.is_numeric_dtype(rows[name]) or name in categories]
    model = TVAE(enable_gpu=False, **settings)
    model.set_random_state(seed)
    model.fit(rows, discrete)
    model.sample(count).to_csv(out, index=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
