"""The application: raters' routes, the admin's, static files; a guard in front, and what is done now and then."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from byheart.errors import StorageError
from byheart.rating.folder import Opened
from byheart.rating.ledger import Ledger
from byheart.web.admin import Admin
from byheart.web.desk import Desk
from byheart.web.guarding import Guard, Limit, host_names, refused
from byheart.web.pages import pages
from byheart.web.rater import Rater
from byheart.web.writing import Writer

_TIDIED: Final = 30.0
A_SECOND: Final = 20
"""How many requests a second each rater may make."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a study is served.

    Attributes:
        host, port: that it is bound to.
        public: the address that people use, if that is another.
    """

    host: str
    port: int
    public: str | None = None

    @property
    def address(self) -> str:
        """What people type, without a slash at the end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return (self.public or f"http://{host}:{self.port}").rstrip("/")

    @property
    def is_secure(self) -> bool:
        """Whether by https."""
        return self.address.startswith("https:")


@dataclass(frozen=True, slots=True)
class Served:
    """An application with the two addresses."""

    app: ASGIApp
    raters: str
    admin: str


def serve(
    opened: Opened, ledger: Ledger, place: Place, *, database: str | None = None, a_second: int = A_SECOND
) -> Served:
    """Make the application.

    Args:
        opened: the study.
        ledger: where judgments go.
        place: where it will be served.
        database: where the ledger is, if not in the study's folder.
        a_second: how many requests each rater may make; 0: as many as they like.
    """
    writer = Writer(ledger)
    desk = Desk(opened, writer)
    shown = pages(opened.study)
    rater = Rater(desk, shown, is_secure=place.is_secure, a_second=a_second)
    raters = f"{place.address}{rater.path}/"  # with its slash: a redirect would cost a rater a request
    admin = Admin(desk, writer, shown, raters=raters, database=database, is_secure=place.is_secure)

    @asynccontextmanager
    async def open_for_all(_: Starlette) -> AsyncIterator[None]:
        await desk.tidy()
        task = asyncio.create_task(_now_and_then(desk))
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            await writer.close()

    app = Starlette(
        routes=[rater.routes(), admin.routes(), shown.static, Route("/", _nothing)],
        lifespan=open_for_all,
        exception_handlers={StorageError: _not_kept},
    )
    guarded = Guard(app, host_names(place.port, place.public, place.host))
    return Served(guarded, raters, f"{place.address}{admin.path}")


async def _now_and_then(desk: Desk) -> None:
    while True:
        await asyncio.sleep(_TIDIED)
        with suppress(Exception):  # whatever it is, raters go on; the next time may do
            await desk.tidy()


_TOLD: Final = Limit(rate=1 / 30, burst=1)


async def _not_kept(_: Request, error: Exception) -> Response:
    """The disk, or the database, refused: browsers keep choices and try again; whoever serves is told why, now and then."""
    if _TOLD.allows(str(error)):
        logging.getLogger("uvicorn.error").error("%s", error)
    return refused(503, "storage", "nothing can be kept at the moment: try again in a little", **{"Retry-After": "5"})


async def _nothing(_: Request) -> Response:
    return refused(404, "page", "there is nothing here: use the address that you were given")
