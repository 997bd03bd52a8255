"""A whole judgment, and where its time goes: `python -m tools.bench_judge.whole`."""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

import numpy as np

from tools.bench.results import Results, Series
from tools.bench_judge.worker import environment

COUNT: Final = 10_000
WIDTH: Final = 2048
PART: Final = "processor time of a part"
_ROOT: Final = Path(__file__).parents[2]


def measure(results: Results, threads: int) -> None:
    """Judge in a process of its own, and tell of each part."""
    command = [sys.executable, "-W", "ignore", "-m", "tools.bench_judge.whole"]
    told = subprocess.run(command, cwd=_ROOT, env=environment(threads), capture_output=True, check=True).stdout
    title = f"byheart.judge, {COUNT:,} vectors of each, d = {WIDTH}"
    for name, spent in json.loads(told).items():
        results.series.append(Series(PART, title, name, "CPU-s", (spent,)))


def main() -> None:
    """Judge vectors as a network makes them of images, against as many that are held out, with as many learned."""
    from byheart import MemGEN, judge  # noqa: PLC0415  # the benchmark itself does without it

    rng = np.random.default_rng(0)
    axes = rng.standard_normal((WIDTH, WIDTH), np.float32) * (np.arange(1, WIDTH + 1) ** -0.5)[:, None].astype(
        np.float32
    )
    train, heldout, made = (rng.standard_normal((COUNT, WIDTH), np.float32) @ axes for _ in range(3))
    model = MemGEN().fit(train)
    told: dict[str, float] = {}
    began = at = time.process_time()
    what = "reading"

    def say(now: str, _share: float) -> None:
        nonlocal at, what
        if now != what:
            spent = time.process_time()
            told[what] = told.get(what, 0.0) + spent - at
            at, what = spent, now

    judge(made * np.float32(0.9), heldout, memory=model, say=say)
    say("", 1.0)
    print(json.dumps({**told, "all of it": time.process_time() - began}))


if __name__ == "__main__":
    main()
