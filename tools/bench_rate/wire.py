"""HTTP/1.1 with little work of one's own: a generator of load must not be what is measured.

A connection asks one thing at a time, keeps alive where the server lets it, keeps cookies, and is opened again where it broke.
"""

import asyncio
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

_PATIENCE: Final = 60.0  # seconds until an answer is given up
_END: Final = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, the lines of the head, and the body."""

    status: int
    head: tuple[bytes, ...]
    body: bytes


class Wire:
    """A connection to a server.

    Args:
        address: http://host:port, with or without a path.

    Its `ask` raises OSError where the server is not there, or goes away before the answer has come: then it may or may not have heard.
    """

    def __init__(self, address: str) -> None:
        place = urlsplit(address)
        self.origin = f"{place.scheme}://{place.netloc}"
        self._place = (place.hostname or "", place.port or 80)
        self._host = place.netloc.encode()
        self._cookies: dict[bytes, bytes] = {}
        self._open: _Open | None = None

    async def ask(self, method: str, path: str, body: bytes = b"", *headers: str) -> Answer:
        """Ask, and wait for the whole answer.

        Args:
            method: GET or POST.
            path: with its query.
            body: of a POST.
            headers: whole lines, such as "X-CSRF: 12".
        """
        lines = [f"{method} {path} HTTP/1.1\r\nHost: ".encode() + self._host, *(line.encode() for line in headers)]
        if self._cookies:
            lines.append(b"Cookie: " + b"; ".join(b"%s=%s" % pair for pair in self._cookies.items()))
        if method != "GET":
            lines.append(f"Origin: {self.origin}\r\nContent-Length: {len(body)}".encode())
        if self._open is None or self._open.is_over:
            loop = asyncio.get_running_loop()
            _, self._open = await loop.create_connection(_Open, *self._place)
        answer = await self._open.ask(b"\r\n".join(lines) + _END + body)
        for line in answer.head:
            if line[:11].lower() == b"set-cookie:":
                name, _, value = line[11:].partition(b";")[0].strip().partition(b"=")
                self._cookies[name] = value
        return answer

    def close(self) -> None:
        """Hang up."""
        if self._open is not None:
            self._open.hang_up()


class _Open(asyncio.Protocol):
    """An open connection: what has come so far of the answer that is waited for."""

    def __init__(self) -> None:
        self.is_over = False
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[Answer] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._got = b""
        self._head: tuple[bytes, ...] = ()
        self._wanted: int | None = None  # bytes of the body; -1: in chunks, -2: until the end

    def ask(self, told: bytes) -> "asyncio.Future[Answer]":
        assert self._transport is not None
        self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(told)
        self._timer = asyncio.get_running_loop().call_later(_PATIENCE, self.hang_up)
        return self._waiting

    def hang_up(self) -> None:
        self.is_over = True
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_over = True
        if self._timer is not None:
            self._timer.cancel()
        if self._wanted == -2 and exc is None:
            self._done(self._got)
        elif self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(ConnectionError("the server went away"))

    def data_received(self, data: bytes) -> None:
        self._got += data
        if self._wanted is None:
            head, end, rest = self._got.partition(_END)
            if not end:
                return
            self._head, self._got = tuple(head.split(b"\r\n")), rest
            self._wanted = _length(self._head)
        if self._wanted >= 0 and len(self._got) >= self._wanted:
            self._done(self._got)
        elif self._wanted == -1 and self._got.endswith(b"0" + _END):
            self._done(_joined(self._got))

    def _done(self, body: bytes) -> None:
        answer = Answer(int(self._head[0].split(b" ", 2)[1]), self._head, body)
        if any(line.lower() == b"connection: close" for line in self._head):
            self.hang_up()
        self._got, self._wanted = b"", None
        if self._timer is not None:
            self._timer.cancel()
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(answer)


def _length(head: tuple[bytes, ...]) -> int:
    for line in head:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
        if name.lower() == b"transfer-encoding":
            return -1
    return -2


def _joined(chunks: bytes) -> bytes:
    """A body that came in chunks."""
    parts = []
    while chunks:
        size, _, chunks = chunks.partition(b"\r\n")
        length = int(size.partition(b";")[0], 16)
        parts.append(chunks[:length])
        chunks = chunks[length + 2 :] if length else b""
    return b"".join(parts)
