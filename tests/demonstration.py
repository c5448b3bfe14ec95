"""The desk of the demonstration as it stands at a fixed instant, with its seven signed in: for whoever walks through all of it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from fastapi import FastAPI
from starlette.testclient import TestClient

from desk.access.web_sessions import begin_session
from desk.app import make_app
from desk.demo.accounts import ROLES
from desk.demo.loading import load_demo
from desk.door import Door
from desk.pages.visiting import cookie_name
from machines.rulebook import Rulebook
from models.database import Database
from models.settings import Settings

NOW = datetime(2026, 11, 28, 1, tzinfo=UTC)
ADDRESS = "http://127.0.0.1:8420"
VISITORS = (*ROLES, None)
NAMED = [*ROLES.values(), "guest"]


@dataclass(frozen=True)
class Demonstration:
    """A desk, its rows, the tokens of its seven, and the state of every case."""

    app: FastAPI
    database: Database
    sessions: dict[str, str]
    states: dict[str, str]

    def cookies(self, who: str | None, language: str) -> dict[str, str]:
        """Return what the browser of somebody sends."""
        return {"kenes_language": language, **({cookie_name(ADDRESS): self.sessions[who]} if who else {})}

    def headers(self, who: str | None, language: str) -> dict[str, str]:
        """Return with what somebody asks for pages."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies(who, language).items())
        return {"Accept": "text/html", "Cookie": cookies}

    def client(self) -> TestClient:
        """Return what asks the desk without a network."""
        return TestClient(self.app, base_url=ADDRESS, client=("127.0.0.1", 5000))


def demonstration_in(database: Database) -> Demonstration:
    """Load the demonstration into an empty database, and sign its seven in."""
    load_demo(database, now=NOW, book=Rulebook())
    return demonstration_of(database)


def demonstration_of(database: Database) -> Demonstration:
    """Sign the seven in at a database into which the demonstration is loaded."""
    with database.transaction() as db:
        sessions = {who: begin_session(db, who, at=NOW, way="demonstration") for who in ROLES}
        states = dict(db.all("SELECT number, state FROM cases"))
    settings = Settings(home=Path("/nonexistent"), database_url=str(database.url), sources={})
    app = make_app(settings, door=Door(database, Rulebook(), lambda: NOW))
    return Demonstration(app, database, sessions, states)
