"""One contestant at one task, in a process of its own: `python -m tools.bench_audit.worker TASK WHO THREADS`."""

import click

from tools.bench_audit.tasks import TASKS
from tools.bench_judge import worker


@click.command()
@click.argument("task", type=click.Choice(list(TASKS)))
@click.argument("who")
@click.argument("threads", type=int)
def main(task: str, who: str, threads: int) -> None:
    """Do it, and print what it took."""
    worker.tell(worker.measured(TASKS[task].contestants[who](threads)))


if __name__ == "__main__":
    main()
