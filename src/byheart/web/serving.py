"""Serve a study until it is interrupted, from one process."""

import errno
import os
import socket
from collections.abc import Callable
from contextlib import closing
from typing import Final

import uvicorn
from starlette.types import ASGIApp

from byheart.errors import InputError, StorageError
from byheart.rating.folder import Opened
from byheart.web.app import A_SECOND, Place, Served, serve
from byheart.web.connections import Connection

PORT: Final = 8700
_NEXT: Final = 20
_WAITING: Final = 2_048


def run(  # noqa: PLR0913  # where, for whom, and how
    opened: Opened,
    *,
    host: str,
    port: int | None,
    public: str | None,
    database: str | None,
    a_second: int = A_SECOND,
    ready: Callable[[Served], None],
) -> None:
    """Serve it; end when interrupted, with all that was acknowledged on the disk.

    Args:
        opened: the study.
        host: to bind to.
        port: of it; 0: any that is free; None: 8700, or the next that is free.
        public: the address that people use, if that is another.
        database: where the ledger is, if not in the study's folder.
        a_second: how many requests each rater may make; 0: as many as they like.
        ready: told the addresses once they answer.
    """
    with closing(_bound(host, port)) as bound:
        place = Place(host, bound.getsockname()[1], public)
        served = serve(opened, opened.ledger(database), place, database=database, a_second=a_second)
        _Server(configured(served.app), lambda: ready(served)).run(sockets=[bound])


def configured(app: ASGIApp) -> uvicorn.Config:
    """How uvicorn serves an application: it names neither itself nor the time, writes no address down, and hangs up on who takes too much."""
    return uvicorn.Config(
        app,
        http=Connection,
        ws="none",
        log_level="error",
        access_log=False,
        server_header=False,
        date_header=False,
        lifespan="on",
    )


class _Server(uvicorn.Server):
    """One that tells when it answers."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()


def _bound(host: str, port: int | None) -> socket.socket:
    ports = range(PORT, PORT + _NEXT) if port is None else (port,)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for one in ports:
        bound = socket.socket(family, proto=socket.IPPROTO_TCP)  # said, so that asyncio sends all at once (TCP_NODELAY)
        if os.name == "posix":  # elsewhere it would take the port from whoever has it
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind((host, one))
            bound.listen(_WAITING)  # bound alone, a port could be taken once more
        except OSError as error:
            bound.close()
            if error.errno not in {errno.EADDRINUSE, errno.EACCES}:
                raise InputError(f"--host: wanted an address of this machine, got {host}") from error
        else:
            return bound
    told = f"port {ports[0]} is" if len(ports) == 1 else f"ports {ports[0]} to {ports[-1]} are"
    raise StorageError(errno.EADDRINUSE, f"cannot serve: {told} taken: choose another by --port")
