"""What a stranger's connection may take: asked through a network, since it is the server that hangs up."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from byheart.web import connections
from byheart.web.serving import configured

_PATIENCE = 0.5
_HEAD = b"POST / HTTP/1.1\r\nHost: here\r\n"


async def _echo(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        for told in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{told}.complete"})
        return
    try:
        answer = PlainTextResponse(f"{len(await Request(scope, receive).body())} bytes")
    except ClientDisconnect:
        return
    await answer(scope, receive, send)


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(connections, "PATIENCE", _PATIENCE)
    server = uvicorn.Server(configured(_echo))
    with socket.create_server(("127.0.0.1", 0)) as bound:
        thread = threading.Thread(target=server.run, args=([bound],))
        thread.start()
        yield bound.getsockname()[1]
        server.should_exit = True
        thread.join()


def _told(port: int, *sent: bytes) -> bytes:
    """What is answered until the server hangs up, or has answered."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        try:
            for one in sent:
                client.sendall(one)
            return client.recv(1 << 16)
        except (ConnectionResetError, BrokenPipeError):
            return b""


def _has_answered(client: socket.socket) -> None:
    told = b""
    while not told.endswith(b"60000 bytes"):
        more = client.recv(1 << 16)
        assert more, told
        told += more


def test_whoever_says_nothing_or_not_all_is_hung_up_on(port: int) -> None:
    for sent in (b"", b"GET / HT", _HEAD, _HEAD + b"Content-Length: 10\r\n\r\n12345"):
        began = time.monotonic()
        assert _told(port, sent) == b""
        assert _PATIENCE * 0.9 < time.monotonic() - began < 8


def test_a_head_without_an_end_takes_no_memory(port: int) -> None:
    long = [b"a" * 65_536] * (4 * connections.LONGEST_HEAD // 65_536)
    assert _told(port, b"GET / HTTP/1.1\r\nHost: here\r\nX: ", *long) == b""
    many = [b"X: a\r\n" * 10_000] * (4 * connections.LONGEST_HEAD // 60_000)
    assert _told(port, b"GET / HTTP/1.1\r\nHost: here\r\n", *many) == b""


def test_who_asks_as_people_do_is_answered(port: int) -> None:
    whole = _HEAD + b"Cookie: " + b"a" * 8_000 + b"\r\nContent-Length: 60000\r\n\r\n" + b"b" * 60_000
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        for _ in range(30):  # one connection, more bytes in all than one head may have
            client.sendall(whole)
            _has_answered(client)
        time.sleep(2 * _PATIENCE)  # and a while after the last: uvicorn's own patience is longer
        client.sendall(whole)
        _has_answered(client)
