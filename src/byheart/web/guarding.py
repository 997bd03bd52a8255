"""What every request passes first.

Rule 1: an answer never says more than it must: no server's name, no referrer, no cache, no frame, nothing from elsewhere, and no script or style that stands in a page.
Rule 2: a request that changes something comes from a page of ours: by its Origin, and by a token that only that page was told.
Rule 3: hosts are those that the study is served under, so that no foreign name can be made to point here.
Rule 4: bodies are small, and nobody asks too often.
Rule 5: tokens have 128 bits or more, are kept as hashes, and compared in constant time.
"""

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY: Final = 64 << 10
_MONTH: Final = 60 * 60 * 24 * 30
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self' blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Guard:
    """Stands in front of an application.

    Args:
        app: what answers.
        hosts: names, with ports, that it is served under; None: any.
    """

    def __init__(self, app: ASGIApp, hosts: frozenset[str] | None) -> None:
        self._app, self._hosts = app, hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or let the application answer (ASGI)."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
            await send(message)

        refusal = self._refusal(scope)
        await (refusal or self._app)(scope, receive, guarded)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if self._hosts is not None and host not in self._hosts:
            return refused(
                400, "host", "this study is not served under that name: say --public-url to whoever serves it"
            )
        if scope["method"] in {"GET", "HEAD"}:
            return None
        origin = _place_of(headers.get("origin", ""))
        if not origin or origin != host:
            return refused(403, "origin", "the request did not come from a page of this study: reload the page")
        length = headers.get("content-length", "")
        if not length.isdigit() or int(length) > LARGEST_BODY:
            return refused(413, "length", "the request is too long")
        return None


def _place_of(origin: str) -> str:
    """Host and port of an Origin; "" of what is none."""
    try:
        return urlsplit(origin).netloc
    except ValueError:  # such as a bracket that is never closed
        return ""


def refused(status: int, error: str, message: str, **headers: str) -> Response:
    """An answer that says why not."""
    return JSONResponse({"error": error, "message": message}, status, headers=headers or None)


def is_same(told: str | None, wanted: str) -> bool:
    """Whether a token is the one, in a time that does not depend on how much of it is right."""
    return hmac.compare_digest((told or "").encode(), wanted.encode())


def token() -> str:
    """One of 256 bits that nobody can guess."""
    return secrets.token_urlsafe(32)


def hashed(told: str) -> bytes:
    """What is kept of a token.

    >>> len(hashed("secret"))
    32
    """
    return hashlib.sha256(told.encode()).digest()


def host_names(port: int, public: str | None, bound: str) -> frozenset[str] | None:
    """The names a server is known by: its own machine's, and those of the public address; None where it is bound to all and no address was said.

    >>> sorted(host_names(8700, "https://study.example", "127.0.0.1"))[-1]
    'study.example'
    """
    loopback = {"127.0.0.1", "localhost", "[::1]"}
    if public is None and bound not in {*loopback, "::1"}:
        return None
    names = {f"{name}:{port}" for name in loopback}
    return frozenset(names | ({_as_sent(public)} if public else set()))


def _as_sent(address: str) -> str:
    """The Host that browsers send for an address: in small letters, without a user, and without the port that goes without saying.

    >>> _as_sent("https://Study.Example:443"), _as_sent("http://study.example:443")
    ('study.example', 'study.example:443')
    """
    told = urlsplit(address)
    host = told.netloc.rpartition("@")[2].lower()
    return host.removesuffix({"https": ":443", "http": ":80"}.get(told.scheme, " "))


def set_cookie(response: Response, name: str, value: str, *, path: str, is_secure: bool) -> None:
    """One that scripts cannot read, and that no other site's page sends; by https alone where the page came so."""
    response.set_cookie(name, value, path=path, httponly=True, samesite="strict", secure=is_secure, max_age=_MONTH)


class Limit:
    """How often somebody may ask: so many at once, then so many a second.

    >>> limit = Limit(rate=1, burst=2, clock=lambda: 0.0)
    >>> [limit.allows("one") for _ in range(3)], limit.allows("other")
    ([True, True, False], True)
    """

    _MOST: Final = 10_000

    def __init__(self, *, rate: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._burst, self._clock = rate, burst, clock
        self._left: dict[str, tuple[float, float]] = {}

    def allows(self, who: str) -> bool:
        """Whether they may ask once more; that is one time less."""
        now = self._clock()
        left, then = self._left.get(who, (float(self._burst), now))
        left = min(left + (now - then) * self._rate, self._burst)
        if len(self._left) >= self._MOST:
            self._forget(now)
        self._left[who] = (max(left - 1, 0.0), now) if left >= 1 else (left, now)
        return left >= 1

    def _forget(self, now: float) -> None:
        """Those that asked so long ago that they may ask as often as anyone; if all of them ask, everyone may begin anew."""
        full = self._burst / self._rate
        self._left = {who: told for who, told in self._left.items() if now - told[1] < full}
        if len(self._left) >= self._MOST:
            self._left.clear()
