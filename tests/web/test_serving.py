"""What a server of studies does not keep its raters waiting for, and does not keep in its memory."""

import asyncio
import socket
import subprocess
import sys

from byheart.web.serving import _bound

_IMPORTED = """
import sys
from byheart.cli import main, rate, rate_serve
from byheart.web import serving
print(*sorted({"numpy", "pyarrow", "PIL", "scipy", "matplotlib", "rich"} & sys.modules.keys()))
"""


def test_an_answer_is_sent_at_once() -> None:
    """Its head and its body are two pieces: with Nagle's algorithm, the second would wait for the other side to acknowledge the first, 40 ms later."""

    async def accepted() -> int:
        told: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        class Accepting(asyncio.Protocol):
            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                one = transport.get_extra_info("socket")
                told.set_result(one.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
                transport.close()

        bound = _bound("127.0.0.1", 0)
        server = await asyncio.get_running_loop().create_server(Accepting, sock=bound)
        async with server:
            _, writer = await asyncio.open_connection(*bound.getsockname())
            value = await told
            writer.close()
            await writer.wait_closed()
        return value

    assert asyncio.run(accepted()) != 0


def test_serving_a_study_imports_nothing_that_is_heavy() -> None:
    """A server would keep it: 100 MB, and half a second before the first answer."""
    done = subprocess.run([sys.executable, "-c", _IMPORTED], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
