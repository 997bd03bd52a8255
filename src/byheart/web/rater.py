"""The rater's routes: a page, its state, samples by names that say nothing, and choices that are kept before they are acknowledged."""

import json
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeGuard

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from byheart.rating.ledger import Judgment
from byheart.rating.study import CONSENT
from byheart.web.desk import Desk, Visit
from byheart.web.guarding import Limit, hashed, is_same, refused, set_cookie
from byheart.web.pages import Pages

COOKIE: Final = "byheart_rater"
_MOST: Final = 64  # judgments at once
_HOUR: Final = 3_600_000.0
_SIDES: Final = ("left", "right")  # no sets: what is sent may be no text, and has no hash then
_DEVICES: Final = ("key", "mouse", "touch")
_NOTES: Final = ("practised", "hidden", "shown", "paused", "resumed", "offline", "online")
_LONGEST: Final = 128

_Answer = Callable[[Request, Visit, dict[str, Any]], Awaitable[Response]]


class Rater:
    """What raters ask for.

    Args:
        desk: lets them in.
        pages: what browsers are given.
        is_secure: whether they come by https.
        a_second: how often each may ask; 0: as often as they like.
    """

    def __init__(self, desk: Desk, pages: Pages, *, is_secure: bool, a_second: int) -> None:
        self._desk, self._pages, self._is_secure = desk, pages, is_secure
        self._limit = Limit(rate=a_second, burst=10 * a_second) if a_second else None
        self._joins = (
            Limit(rate=a_second / 4, burst=20 * a_second) if a_second else None
        )  # a whole class, from one address

    @property
    def path(self) -> str:
        """Where the study is: the same for all raters, and not to be guessed."""
        return f"/r/{self._desk.opened.hide('study', 'raters')}"

    def routes(self) -> Mount:
        """All of them."""
        return Mount(
            self.path,
            routes=[
                Route("/", self._page),
                Route("/state", self._state),
                Route("/join", self._join, methods=["POST"]),
                Route("/judge", self._with(self._judge), methods=["POST"]),
                Route("/practice", self._with(self._practise), methods=["POST"]),
                Route("/note", self._with(self._note), methods=["POST"]),
                Route("/m/{name}", self._sample),
            ],
        )

    async def _page(self, request: Request) -> Response:
        return self._pages.rater

    async def _state(self, request: Request) -> Response:
        visit = await self._visit(request)
        return JSONResponse({"phase": "new"} if visit is None else self._desk.state(visit))

    async def _join(self, request: Request) -> Response:
        address = request.client.host if request.client else ""
        if self._joins and not self._joins.allows(address):
            return _too_often()
        told = await _body(request)
        params = told.get("params", {})
        if not isinstance(params, dict) or not all(_is_short(one) for pair in params.items() for one in pair):
            return refused(400, "params", "wanted the address's parameters, each a short text")
        if told.get("consent") != CONSENT:
            return refused(409, "consent", "the text was renewed: reload the page and read it again")
        if self._desk.is_stopped:
            return refused(403, "stopped", "the study is closed")
        joined = await self._desk.join(params, CONSENT)
        if joined is None:
            return refused(409, "full", "the study has all the raters that it needs")
        secret, visit = joined
        answer = JSONResponse(self._desk.state(visit))
        set_cookie(answer, COOKIE, secret, path=self.path, is_secure=self._is_secure)
        return answer

    async def _judge(self, request: Request, visit: Visit, told: dict[str, Any]) -> Response:
        judgments = _judgments(told, visit)
        if judgments is None:
            return refused(400, "judgments", "wanted choices, each with n, side, ms, key and device")
        if not visit.session.has_practised and self._desk.opened.plan.practice:
            return refused(409, "practice", "practice comes first")
        refusals = await self._desk.judge(visit, judgments)
        visit = await self._visit(request) or visit
        return JSONResponse({**self._desk.state(visit), "refused": refusals})

    async def _practise(self, request: Request, visit: Visit, told: dict[str, Any]) -> Response:
        place, side = told.get("n"), told.get("side")
        if not _is_whole(place) or place >= len(self._desk.opened.plan.practice) or side not in _SIDES:
            return refused(400, "practice", "wanted n and side of a practice pair")
        return JSONResponse({"right": self._desk.is_right(place, side)})

    async def _note(self, request: Request, visit: Visit, told: dict[str, Any]) -> Response:
        if told.get("kind") not in _NOTES:
            return refused(400, "note", f"wanted one of {', '.join(_NOTES)}")
        await self._desk.note(visit, told["kind"])
        return JSONResponse({})

    async def _sample(self, request: Request) -> Response:
        visit = await self._visit(request)
        item = visit.items.get(request.path_params["name"]) if visit else None
        if item is None:
            return refused(404, "sample", "there is no such sample")
        items = self._desk.opened.items
        return Response(items.body(item), media_type=items.content_type)

    async def _visit(self, request: Request) -> Visit | None:
        return await self._desk.visit(request.cookies.get(COOKIE))

    def _with(self, answer: _Answer) -> Callable[[Request], Awaitable[Response]]:
        """For those who are in, and whose page it is that asks, and not too often."""

        async def guarded(request: Request) -> Response:
            secret = request.cookies.get(COOKIE)
            visit = await self._desk.visit(secret)
            if visit is None or secret is None:
                return refused(403, "session", "the session is over: reload the page")
            if not is_same(request.headers.get("x-csrf"), visit.csrf):
                return refused(403, "csrf", "the page is not of this session: reload it")
            if self._limit and not self._limit.allows(hashed(secret).hex()):
                return _too_often()
            return await answer(request, visit, await _body(request))

        return guarded


def _too_often() -> Response:
    return refused(429, "often", "too many requests: wait a little", **{"Retry-After": "2"})


async def _body(request: Request) -> dict[str, Any]:
    """The object that was sent; an empty one for whatever else, also of who went away while sending it."""
    try:
        told = json.loads(await request.body())
    except (ValueError, RecursionError, ClientDisconnect):
        return {}
    return told if isinstance(told, dict) else {}


def _judgments(told: dict[str, Any], visit: Visit) -> list[Judgment] | None:
    given = told.get("judgments")
    if not isinstance(given, list) or not 0 < len(given) <= _MOST:
        return None
    found = [_judgment(one, visit.session.number) for one in given]
    judgments = [one for one in found if one is not None]
    return judgments if len(judgments) == len(found) else None


def _judgment(told: object, session: int) -> Judgment | None:
    if not isinstance(told, dict):
        return None
    n, side, ms, key, device = (told.get(name) for name in ("n", "side", "ms", "key", "device"))
    if not (_is_whole(n) and side in _SIDES and _is_time(ms) and _is_short(key) and _is_short(device)):
        return None
    return Judgment(session, n, side == "left", float(ms), key, device) if device in _DEVICES else None


def _is_whole(told: object) -> TypeGuard[int]:
    return isinstance(told, int) and not isinstance(told, bool) and 0 <= told < 2**31


def _is_time(told: object) -> TypeGuard[float]:
    return isinstance(told, (int, float)) and not isinstance(told, bool) and 0 <= told <= _HOUR


def _is_short(told: object) -> TypeGuard[str]:
    """And whether it is text: half of a surrogate pair, which JSON can name, is none, and could be neither hashed nor kept."""
    return (
        isinstance(told, str)
        and 0 < len(told) <= _LONGEST
        and not any("\ud800" <= letter <= "\udfff" for letter in told)
    )
