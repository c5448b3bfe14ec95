"""How the desk listens."""

import asyncio
import contextlib
import socket
from pathlib import Path

from desk.serve import listen
from models.settings import read_settings
from tests.receivers import free_port


def test_answers_are_sent_at_once(tmp_path: Path) -> None:
    """The second packet of an answer does not wait until the first has been acknowledged: that takes 40 ms on Linux."""
    settings = read_settings({"KENES_URL": f"http://127.0.0.1:{free_port()}"}, tmp_path)
    with contextlib.closing(listen(settings)) as listening:
        assert asyncio.run(_delays_of_one_accepted_by(listening)) is False


async def _delays_of_one_accepted_by(listening: socket.socket) -> bool:
    """Accept a connection as the desk's server does, and say whether the system holds back small packets."""
    accepted: asyncio.Future[asyncio.StreamWriter] = asyncio.get_running_loop().create_future()
    server = await asyncio.start_server(lambda _, writer: accepted.set_result(writer), sock=listening)
    async with server:
        _, caller = await asyncio.open_connection(*listening.getsockname())
        answering = await accepted
        at_once = answering.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        for one in (caller, answering):
            one.close()
            await one.wait_closed()
    return not at_once
