"""Prefect's pages through the desk: for operators, with nothing of theirs told to Prefect and nothing of Prefect's left out."""

import http.server
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from models.database import Database
from tests.api_client import Desk
from tests.assembly import Assembly
from tests.browsers import browser, let_in


@dataclass
class Server:
    """What stands for Prefect's server, and what it was asked."""

    url: str = ""
    asked: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def server() -> Iterator[Server]:
    """Lend a server on loopback that answers as Prefect's does."""
    lent = Server()

    class Answers(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            lent.asked.append((self.command, self.path, dict(self.headers), body))
            status, headers, told = 200, {"Content-Type": "text/html"}, b"<p>page</p>"
            if self.path.endswith("/ui-settings"):
                headers, told = {"Content-Type": "application/json"}, b'{"api_url": "/api", "flags": []}'
            elif self.path == "/prefect":
                status, headers, told = (
                    307,
                    {"Location": f"{lent.url}/prefect/v2/", "Set-Cookie": "prefect_ui_version=v2; Path=/prefect"},
                    b"",
                )
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(told)), "X-Of-Prefect": "yes"}.items():
                self.send_header(name, value)
            if self.path == "/prefect/":
                self.send_header("Set-Cookie", "kenes=stolen; Path=/")
            self.end_headers()
            self.wfile.write(told)

        do_POST = do_DELETE = do_GET  # noqa: N815

        def log_message(self, *_: Any) -> None:
            pass

    serving = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    lent.url = f"http://127.0.0.1:{serving.server_port}"
    thread = threading.Thread(target=serving.serve_forever)
    thread.start()
    yield lent
    serving.shutdown()
    thread.join()
    serving.server_close()


@pytest.fixture
def desk(sqlite_database: Database, server: Server, tmp_path: Path) -> Desk:
    """Lend a desk beside which Prefect's server runs."""
    (tmp_path / "up.json").write_text(json.dumps({"prefect": server.url}))
    return Desk(Assembly(sqlite_database), home=tmp_path)


def operator(desk: Desk, *, is_one: bool = True) -> Any:
    """Open a browser of an operator, or of somebody else."""
    return let_in(browser(desk), desk.assembly.database, "wb", at=desk.assembly.now, operator=is_one)


def test_the_page_and_its_api(desk: Desk, server: Server) -> None:
    """The page lies under the same path at both; its API under a path of the desk's own."""
    here = operator(desk)
    assert "<p>page</p>" == here.get("/prefect/runs?limit=5&state=a%20b").text
    assert 200 == here.post("/prefect/api/flow_runs/filter", json={"limit": 5}).status_code
    assert 200 == here.delete("/prefect/api/flow_runs/x").status_code
    sent = [
        ("GET", "/prefect/runs?limit=5&state=a%20b", b""), ("POST", "/api/flow_runs/filter", b'{"limit":5}'),
        ("DELETE", "/api/flow_runs/x", b""),
    ]  # fmt: skip
    assert sent == [(method, path, body) for method, path, _, body in server.asked]
    assert {"api_url": "/prefect/api", "flags": []} == here.get("/prefect/ui-settings").json()


def test_nothing_of_the_desks_is_told(desk: Desk, server: Server) -> None:
    """Neither the session nor a token; of Prefect's own cookies that of its page's version."""
    here = operator(desk)
    here.cookies.set("prefect_ui_version", "v1")
    here.get("/prefect/", headers={"Authorization": "Basic eDp5", "X-Forwarded-For": "10.0.0.1"})
    _, _, headers, _ = server.asked[-1]
    assert "prefect_ui_version=v1" == headers["cookie"]
    assert not {"authorization", "x-forwarded-for"} & {name.lower() for name in headers}


def test_nothing_of_prefects_reaches_the_session(desk: Desk, server: Server) -> None:
    """It sets no cookie of the desk, leads to no other address, and its page speaks to nobody but the desk."""
    here = operator(desk)
    page = here.get("/prefect/")
    assert "set-cookie" not in page.headers
    assert "connect-src 'self'" in page.headers["content-security-policy"]
    led = here.get("/prefect")
    assert (307, "/prefect/v2/") == (led.status_code, led.headers["location"])
    assert "prefect_ui_version=v2" in led.headers["set-cookie"]


def test_only_operators(desk: Desk, server: Server) -> None:
    """Whoever else asks, reads or sends: Prefect's server does not hear of it."""
    for here, status in ((browser(desk), 303), (operator(desk, is_one=False), 403)):
        assert status == here.get("/prefect/").status_code
        assert status == here.post("/prefect/api/flow_runs/filter", json={}).status_code
    assert (
        403
        == operator(desk)
        .post("/prefect/api/flow_runs/filter", json={}, headers={"Sec-Fetch-Site": "cross-site"})
        .status_code
    )
    assert [] == server.asked


@pytest.mark.parametrize("told", ["{}", '{"prefect": "http://127.0.0.1:9"}'])
def test_while_the_server_does_not_answer(desk: Desk, tmp_path: Path, told: str) -> None:
    """The page says so, and is asked for again a little later."""
    (tmp_path / "up.json").write_text(told)
    answer = operator(desk).get("/prefect/runs")
    assert (503, "10") == (answer.status_code, answer.headers["retry-after"])
