"""Receivers of what kenes sends: a mail server and a webhook on loopback, in threads of their own."""

import asyncio
import contextlib
import email
import http.server
import socket
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.controller import Controller

READY_WITHIN_S = 600.0  # on a machine that others keep busy; else at once


@dataclass
class Postbox:
    """What a mail server has received, and how badly it behaves."""

    url: str = ""
    letters: list[EmailMessage] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)  # addresses it does not know
    replies: dict[str, list[str]] = field(
        default_factory=dict
    )  # what it says next of an address, of a sender or of a text
    silent: int = 0  # so many of the next letters it takes, and does not say so
    sessions: int = 0

    async def handle_EHLO(self, server, session, envelope, hostname, responses):  # noqa: N802
        self.sessions += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802
        envelope.mail_from = address
        return self._said_of("MAIL")

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if address in self.refused:
            return "550 5.1.1 no such mailbox"
        if (said := self._said_of(address)) == "250 OK":
            envelope.rcpt_tos.append(address)
        return await _forever() if said == "silence" else said

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if (said := self._said_of("DATA")) != "250 OK":
            return said
        self.letters.append(email.message_from_bytes(envelope.content, policy=default))
        if self.silent:
            self.silent -= 1
            return await _forever()
        return "250 OK"

    def _said_of(self, what: str) -> str:
        replies = self.replies.get(what)
        return replies.pop(0) if replies else "250 OK"

    @property
    def ids(self) -> list[str]:
        """The Message-IDs of what it has received."""
        return [str(letter["message-id"]) for letter in self.letters]


async def _forever() -> str:
    """Say nothing any more: the caller loses patience and hangs up."""
    await asyncio.sleep(3600)
    return "421 too late"


@contextlib.contextmanager
def mail_server() -> Iterator[Postbox]:
    postbox = Postbox()
    controller = Controller(postbox, hostname="127.0.0.1", port=free_port(), ready_timeout=READY_WITHIN_S)
    controller.start()
    postbox.url = f"smtp://127.0.0.1:{controller.port}"
    try:
        yield postbox
    finally:
        controller.stop()


@contextlib.contextmanager
def dripping_server(first: bytes = b"", *, every: float = 0.02) -> Iterator[tuple[str, int]]:
    """Run a server that says *first*, and then one letter after the other without end; yield its host and port."""
    stopped = threading.Event()

    class Drip(socketserver.BaseRequestHandler):
        def handle(self):
            with contextlib.suppress(OSError):
                self.request.sendall(first)
                while not stopped.wait(every):
                    self.request.sendall(b"2")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Drip) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield "127.0.0.1", server.server_address[1]
        finally:
            stopped.set()
            server.shutdown()
            thread.join()


@dataclass
class Listener:
    """What a webhook has been told, and what it answers next (200 once the list is used up)."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    size: int = 0  # bytes of each answer
    elsewhere: str = ""  # where a redirecting answer points to
    calls: list[tuple[dict[str, str], str]] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)  # the ids it said 200 to


@contextlib.contextmanager
def webhook() -> Iterator[Listener]:
    listener = Listener()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            headers = {name.lower(): value for name, value in self.headers.items()}
            listener.calls.append((headers, body))
            answer = listener.answers.pop(0) if listener.answers else 200
            if answer == 200:
                listener.taken.append(headers["webhook-id"])
            self.send_response(answer)
            self.send_header("Content-Length", str(listener.size))
            if listener.elsewhere:
                self.send_header("Location", listener.elsewhere)
            self.end_headers()
            with contextlib.suppress(OSError):  # the caller need not read it
                for _ in range(0, listener.size, 1024):
                    self.wfile.write(b" " * 1024)

        def log_message(self, *arguments):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listener.url = f"http://127.0.0.1:{server.server_address[1]}/told"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield listener
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def free_port() -> int:
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        return place.getsockname()[1]
