"""`byheart rate serve`: let raters in."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

import click

from byheart._optional import require
from byheart.cli import screen, words
from byheart.cli.options import json_option, print_json
from byheart.cli.rate_options import database_option
from byheart.errors import InputError
from byheart.rating.folder import open_study

F = TypeVar("F", bound=Callable[..., Any])
_PLACE: Final = (
    click.option("--port", type=click.IntRange(0, 65535), help="Left out, 8700 or the next that is free; 0, any."),
    click.option(
        "--host",
        default="127.0.0.1",
        show_default=True,
        help="To listen on; this machine alone, unless another is said.",
    ),
    click.option(
        "--public-url", metavar="URL", help="The address that people use, where a proxy or a tunnel stands in front."
    ),
    click.option(
        "--requests-per-second",
        "a_second",
        type=click.IntRange(min=0),
        default=20,
        show_default=True,
        help="That each rater may make; 0 for any number.",
    ),
)


def place_options(command: F) -> F:
    """Where a study is served."""
    for option in reversed(_PLACE):
        command = option(command)
    return command


@click.command()
@click.argument("study")
@place_options
@database_option
@json_option
def rate_serve(study: str, as_json: bool, **said: Any) -> None:
    """Serve STUDY until Ctrl-C; what was acknowledged is on the disk, and the next `serve` goes on.

    Two addresses are printed: the raters', which is always the same, and the admin's, whose token is made anew each time.
    """
    serve(study, said, as_json=as_json)


def serve(study: str, said: dict[str, Any], *, as_json: bool) -> None:
    """Serve a study as was said by the options above."""
    public = said["public_url"]
    if public is not None and (urlsplit(public).scheme not in {"http", "https"} or not urlsplit(public).netloc):
        raise InputError(f"--public-url: wanted an address such as https://study.example, got {public}")
    if public is not None and urlsplit(public).path.strip("/"):
        raise InputError(
            f"--public-url: wanted an address without a path, got {public}: give the study a name of its own"
        )
    for module in ("starlette", "uvicorn"):
        require(module, "rate")
    opened = open_study(Path(study))
    serving = require("byheart.web.serving", "rate")

    def ready(served: Any) -> None:
        if as_json:
            print_json({"study": study, "raters": served.raters, "admin": served.admin})
        else:
            screen.fields([("raters", served.raters), ("you", served.admin)])
            click.echo("Ctrl-C stops; nothing is lost")

    try:
        serving.run(
            opened,
            host=said["host"],
            port=said["port"],
            public=public,
            database=said["database"],
            a_second=said["a_second"],
            ready=ready,
        )
    except KeyboardInterrupt:  # how serving ends
        if not as_json:
            click.echo(
                f"\nstopped; `byheart rate serve {words.shell(study)}` goes on, `byheart rate report {words.shell(study)}` says what was found"
            )
