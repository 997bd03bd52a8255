"""`make demo`: learn real data by heart, and sample it."""

import tempfile
from pathlib import Path

from sklearn.datasets import load_digits

from byheart import MemGEN


def main() -> None:
    """Learn the digits of scikit-learn."""
    digits = load_digits()
    with tempfile.TemporaryDirectory() as folder:
        model = MemGEN(Path(folder) / "digits.memory").fit(digits.images, [str(y) for y in digits.target])
        batch = model.sample(4, random_state=0)
        print(f"learned {len(model):,} images; sampled labels {batch.labels}")


if __name__ == "__main__":
    main()
