"""What a connection may take before it has asked for anything: so many bytes, so many seconds.

uvicorn and httptools keep a request's head whole, however long it is, and wait for it as long as it takes: one stranger could fill the memory, and a thousand idle connections are all that a process may
have open.

Rule 1: who has not sent a whole request in time is hung up on, be it in its head or in its body.
Rule 2: so is who sends a head that is too long.
"""

import asyncio
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

PATIENCE: Final = 30.0
"""Seconds for a whole request, from its first byte; of a new connection, from when it was made. Between two requests uvicorn waits for less."""
LONGEST_HEAD: Final = 512 << 10
"""Bytes; what comes at once, with requests of before in it, is at most half of that."""


class Connection(HttpToolsProtocol):
    """One that hangs up."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._is_in_head, self._head = True, 0
        self._patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        """Somebody is there."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """They are gone."""
        self._wait_no_longer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """They said something."""
        super().data_received(data)
        self._head = self._head + len(data) if self._is_in_head else 0
        if self._head > LONGEST_HEAD:
            self.transport.abort()

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self._is_in_head, self._head = True, 0
        self._wait()

    def on_headers_complete(self) -> None:
        """Its head is there."""
        self._is_in_head = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """All of it is."""
        self._wait_no_longer()
        super().on_message_complete()

    def _wait(self) -> None:
        self._wait_no_longer()
        self._patience = self.loop.call_later(PATIENCE, self.transport.abort)

    def _wait_no_longer(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None
