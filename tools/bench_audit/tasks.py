"""What is measured: each task has its contestants, and each of these is prepared, and then does it once."""

from collections.abc import Mapping
from typing import Final

from tools.bench_audit import arrays, pictures, tables, texts
from tools.bench_judge.tasks import Task

_PICTURES: Final = "of 10,000 pictures against 100,000"
TASKS: Final[Mapping[str, Task]] = {
    "table": Task(
        "audit of 100,000 rows against 100,000, 20 columns, 25,000 held out",
        {"byheart": tables.byheart},
        rounds=1,
    ),
    "pairs": Task(
        f"distances of {tables.OF_PEER:,} rows to {tables.OF_PEER:,}, 20 columns", {"SDMetrics": tables.sdmetrics}
    ),
    "pictures": Task(
        f"hashes and near hashes {_PICTURES}",
        {
            "byheart": pictures.byheart_wholes,
            "imagehash and faiss": pictures.imagehash_faiss,
            "imagededup": pictures.imagededup,
        },
    ),
    "parts": Task(
        f"hashes, with those of 29 parts of each, and near hashes {_PICTURES}", {"byheart": pictures.byheart_parts}
    ),
    "kept": Task(
        f"hashes and near hashes {_PICTURES}, whose hashes were kept",
        {"byheart": pictures.byheart_kept, "imagehash and faiss": pictures.imagehash_faiss_kept},
    ),
    "gallery": Task(f"audit {_PICTURES}, 5,000 held out", {"byheart": pictures.audit_first}, rounds=1),
    "gallery-again": Task(f"a second audit {_PICTURES}, 5,000 held out", {"byheart": pictures.audit_again}, rounds=1),
    "text": Task(
        "audit of 10,000 texts of 1 KB against all that was learned, with its index, 5,000 held out",
        {"byheart": texts.byheart},
        rounds=1,
    ),
    **{
        f"budget-{size}": Task(
            f"audit of 300,000 arrays of 64 numbers against 1,000,000, 10,000 held out, a budget of {size} MB",
            {"byheart": arrays.within(size << 20)},
            rounds=1,
        )
        for size in (64, 512)
    },
}
