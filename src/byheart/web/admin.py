"""The admin's routes: behind a token of their own, that no rater has, and that is made anew each time the study is served."""

import asyncio
import math
import os
import sys
from asyncio.subprocess import PIPE
from collections.abc import Awaitable, Callable
from time import monotonic, time
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route

from byheart.rating.counting import count
from byheart.rating.folder import DATABASE
from byheart.web.desk import Desk
from byheart.web.guarding import Limit, is_same, refused, set_cookie, token
from byheart.web.pages import Pages
from byheart.web.writing import Writer

COOKIE: Final = "byheart_admin"
_TYPES: Final = {"csv": "text/csv", "json": "application/json", "parquet": "application/vnd.apache.parquet"}
_FRESH: Final = 1.0
_ANSWERS: Final = {0, 1, 3}  # exit codes of a report that could be made

_Answer = Callable[[Request], Awaitable[Response]]


class Admin:
    """What the study's owner asks for.

    Args:
        desk: of the raters.
        writer: of the ledger.
        pages: what browsers are given.
        raters: the raters' address.
        database: where the ledger is, if not in the study's folder.
        is_secure: whether they come by https.
    """

    def __init__(  # noqa: PLR0913  # all that an admin looks at
        self,
        desk: Desk,
        writer: Writer,
        pages: Pages,
        *,
        raters: str,
        database: str | None,
        is_secure: bool,
    ) -> None:
        self._desk, self._writer, self._pages = desk, writer, pages
        self._database = database
        self._raters, self._is_secure = raters, is_secure
        self._environment = os.environ | (
            {DATABASE: database} if database else {}
        )  # no password in a list of processes
        self._environment["PYTHONSAFEPATH"] = (
            "1"  # a random.py where the server was started is not the one that is meant
        )
        self.token, self._cookie, self._csrf = token(), token(), token()
        self._state: tuple[float, dict[str, Any]] = (-math.inf, {})
        self._lock = asyncio.Lock()
        self._tries = Limit(rate=0.5, burst=20)

    @property
    def path(self) -> str:
        """The address that lets its owner in."""
        return f"/a/{self.token}"

    def routes(self) -> Mount:
        """All of them."""
        guarded, changing = self._guarded, self._changing
        return Mount(
            "/a",
            routes=[
                Route("/", guarded(self._page)),
                Route("/state", guarded(self._tell)),
                Route("/export.{form:str}", guarded(self._export)),
                Route("/verdict", changing(self._verdict), methods=["POST"]),
                Route("/stop", changing(self._stop), methods=["POST"]),
                Route("/resume", changing(self._resume), methods=["POST"]),
                Route("/{token}", self._enter),
            ],
        )

    async def _enter(self, request: Request) -> Response:
        if not is_same(request.path_params["token"], self.token):
            if not self._tries.allows("anyone"):  # who has the token comes in, whoever else tries
                return refused(429, "often", "too many tries: wait a little", **{"Retry-After": "10"})
            return refused(404, "token", "this is no admin's address: take the one that `byheart rate serve` printed")
        answer = RedirectResponse("/a/", 303)
        set_cookie(answer, COOKIE, self._cookie, path="/a", is_secure=self._is_secure)
        return answer

    async def _page(self, request: Request) -> Response:
        return self._pages.admin

    async def _tell(self, request: Request) -> Response:
        async with self._lock:  # however many look on, the ledger is read once a second
            then, told = self._state
            if monotonic() - then > _FRESH:
                told = await asyncio.to_thread(self._read)
                self._state = monotonic(), told
        return JSONResponse(
            {
                **told,
                "csrf": self._csrf,
                "raters_address": self._raters,
                "is_stopped": self._desk.is_stopped,
                "turned_away": self._desk.turned_away,
            }
        )

    def _read(self) -> dict[str, Any]:
        ledger = self._desk.opened.ledger(self._database, read_only=True)
        try:
            return count(self._desk.opened, ledger, now=time())
        finally:
            ledger.close()

    async def _verdict(self, request: Request) -> Response:
        code, told, error = await self._run("report", "--json")
        if code not in _ANSWERS:
            return refused(409, "report", error)
        return Response(told, media_type="application/json")

    async def _export(self, request: Request) -> Response:
        form = request.path_params["form"]
        if form not in _TYPES:
            return refused(404, "form", f"wanted one of {', '.join(_TYPES)}")
        code, told, error = await self._run("export", "--format", form)
        if code:
            return refused(409, "export", error)
        name = f'attachment; filename="judgments.{form}"'
        return Response(told, media_type=_TYPES[form], headers={"Content-Disposition": name})

    async def _stop(self, request: Request) -> Response:
        return await self._let(is_stopped=True)

    async def _resume(self, request: Request) -> Response:
        return await self._let(is_stopped=False)

    async def _let(self, *, is_stopped: bool) -> Response:
        await self._desk.stop(is_stopped=is_stopped)
        return JSONResponse({"is_stopped": is_stopped})

    async def _run(self, verb: str, *options: str) -> tuple[int, bytes, str]:
        """A verb of the command line, in a process of its own: what it needs would stay in the server's memory."""
        arguments = ["rate", verb, str(self._desk.opened.path), *options]
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "byheart", *arguments, stdout=PIPE, stderr=PIPE, env=self._environment
        )
        told, error = await process.communicate()
        return process.returncode or 0, told, error.decode(errors="replace").strip()

    def _guarded(self, answer: _Answer) -> _Answer:
        async def guarded(request: Request) -> Response:
            if not is_same(request.cookies.get(COOKIE), self._cookie):
                return refused(403, "admin", "this is the admin's: open the address that `byheart rate serve` printed")
            return await answer(request)

        return guarded

    def _changing(self, answer: _Answer) -> _Answer:
        async def changing(request: Request) -> Response:
            if not is_same(request.headers.get("x-csrf"), self._csrf):
                return refused(403, "csrf", "the page is not of this session: reload it")
            return await answer(request)

        return self._guarded(changing)
