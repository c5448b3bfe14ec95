"""The API as its users see it: an application over a test's database, a clock that only the test moves, a token for everybody."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.testclient import TestClient

from desk.access.tokens import create_token
from desk.app import make_app
from desk.door import Door
from models.settings import Settings
from tests.assembly import Assembly

API = "/api/v1"
NOMINATION: dict[str, Any] = {
    "person": "p:A",
    "route": "small_assembly",
    "decision": {"body": "small_assembly_session", "number": "7", "date": "2006-04-14"},
    "proposals": [{"by": "German centre", "date": "2006-04-03"}],
    "consent": True,
}
ORDER = {"order": {"number": "4", "date": "2006-05-18"}}


class Desk:
    """One application; whoever asks is named in each call."""

    def __init__(self, assembly: Assembly, *, home: Path | None = None, **settings: Any) -> None:
        self.assembly = assembly
        self.app = self.make(home or Path("/nonexistent"), **settings)
        self.client = TestClient(self.app, raise_server_exceptions=True, headers={"Sec-Fetch-Site": "same-origin"})
        self._tokens: dict[str, str] = {}

    def make(self, home: Path, **more: Any) -> FastAPI:
        """Make the application: its clock is the assembly's."""
        url = str(self.assembly.database.url)
        settings = Settings(home=home, database_url=url, sources={}, **more)
        door = Door(self.assembly.database, self.assembly.book, lambda: self.assembly.now)
        return make_app(settings, door=door)

    def at(self, local: str) -> datetime:
        """Move the clock to a local time."""
        self.assembly.now = self.assembly.at(local)
        return self.assembly.now

    def token(self, person: str, **more: Any) -> str:
        """Return somebody's token."""
        if person not in self._tokens or more:
            with self.assembly.database.transaction() as db:
                self._tokens[person] = create_token(db, person, at=self.assembly.now, **more)
        return self._tokens[person]

    def headers(self, who: str | None, language: str = "en", **more: str) -> dict[str, str]:
        """Return what every request of *who* carries."""
        known = {"Authorization": f"Bearer {self.token(who)}"} if who else {}
        return {"Accept-Language": language, **known, **more}

    def get(self, path: str, who: str | None = "wb", *, language: str = "en", **query: Any) -> Any:
        """Ask."""
        return self.client.get(
            path if path.startswith("/api") else API + path, params=query or None, headers=self.headers(who, language)
        )

    def post(
        self, path: str, who: str | None, body: Any, *, seen: int | None = None, key: str | None = None, **more: str
    ) -> Any:
        """Send a body, as if *seen* had been the last entry."""
        headers = self.headers(who, **more)
        headers |= {"If-Match": f'"{seen}"'} if seen is not None else {}
        headers |= {"Idempotency-Key": key} if key is not None else {}
        return self.client.post(API + path, json=body, headers=headers)

    def open(self, who: str, act: str, facts: Mapping[str, Any], **more: Any) -> Any:
        """Open a case by `procedure.act`."""
        procedure, _, name = act.partition(".")
        return self.post("/cases", who, {"procedure": procedure, "act": name, "facts": facts}, **more)

    def act(
        self,
        who: str,
        number: str,
        act: str,
        facts: Mapping[str, Any] | None = None,
        *,
        seen: int | None = -1,
        **more: Any,
    ) -> Any:
        """Do an act; without *seen* as if its actor had just looked."""
        if seen == -1:
            seen = self.assembly.seq(number)
        return self.post(f"/cases/{number}/acts", who, {"act": act, "facts": facts or {}}, seen=seen, **more)

    def nominate(self, who: str = "s:Kostanay", **facts: Any) -> str:
        """Open a candidacy and return its number."""
        answer = self.open(who, "candidacy.nominate", NOMINATION | facts)
        assert answer.status_code == 201, answer.text
        return answer.json()["case"]["number"]


def is_problem(answer: Any, status: int, kind: str) -> dict[str, Any]:
    """Assert that *answer* is a problem of this kind, and return it."""
    assert (status, "application/problem+json") == (answer.status_code, answer.headers["content-type"]), answer.text
    body = answer.json()
    assert (f"/problems/{kind}" if kind != "about:blank" else kind, status) == (body["type"], body["status"])
    assert body["title"]
    assert body["detail"]
    return body
