"""The desk's pages as somebody sees them who is signed in, without a browser: get, follow, fill in, send."""

import re
from html import unescape
from html.parser import HTMLParser
from typing import Any

from desk.access.accounts import open_account
from desk.access.web_sessions import begin_session, cookie_name
from tests.api_client import Desk

BROWSER = {"Accept": "text/html"}


class Reader(HTMLParser):
    """Reads a page: its forms with what stands in them, its links, its text."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.fields: dict[str, str] = {}
        self.links: list[str] = []
        self.words: list[str] = []
        self._area = self._select = ""
        self._quiet = 0
        self.feed(text)

    @property
    def text(self) -> str:
        """What is read on the page."""
        return re.sub(r"\s+", " ", " ".join(self.words)).strip()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in ("script", "style"):
            self._quiet += 1
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag == "textarea":
            self._area = given["name"]
            self.fields[self._area] = ""
        if tag == "select":
            self._select = given["name"]
        if tag == "option" and "selected" in given:
            self.fields[self._select] = given["value"]
        ticked = given.get("type") not in ("radio", "checkbox") or "checked" in given
        if tag == "input" and "name" in given and ticked:
            self.fields[given["name"]] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        self._area = "" if tag == "textarea" else self._area
        self._quiet -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if self._area:
            self.fields[self._area] = data.removeprefix("\n")
        elif not self._quiet:
            self.words.append(data)


class Visit:
    """Somebody at the desk."""

    def __init__(self, desk: Desk, person: str, language: str = "en") -> None:
        self.desk, self.client, self.person = desk, desk.client, desk.assembly.person(person)
        self.language = language
        with desk.assembly.database.transaction() as db:
            if db.one("SELECT 1 FROM accounts WHERE person_id = ?", self.person) is None:
                open_account(db, self.person, at=desk.assembly.now)
            token = begin_session(db, self.person, at=desk.assembly.now, way="password", agent="", place="")
        self.cookie = f"{cookie_name(desk.app.state.settings.url)}={token}; kenes_language={language}"

    def get(self, path: str, status: int = 200) -> Any:
        """Look at a page."""
        answer = self.client.get(path, headers=self._headers(), follow_redirects=False)
        assert status == answer.status_code, answer.text
        return answer

    def read(self, path: str, status: int = 200) -> Reader:
        """Look at a page and read it."""
        return Reader(self.get(path, status).text)

    def post(self, path: str, typed: dict[str, str], status: int = 200) -> Any:
        """Send a form."""
        answer = self.client.post(path, data=typed, headers=self._headers(), follow_redirects=False)
        assert status == answer.status_code, answer.text
        return answer

    def act(self, path: str, **typed: str) -> Reader:
        """Go the whole way: form, check, confirm; return the receipt."""
        page = self.read(path)
        filled = page.fields | {name.replace("__", "."): value for name, value in typed.items()}
        if "step" not in page.fields and typed:
            page = Reader(self.post(path.partition("?")[0], filled | {"step": "check"}).text)
            filled = page.fields
        done = self.post(path.partition("?")[0], filled | {"step": "do"}, 303)
        return self.read(unescape(done.headers["location"]))

    def _headers(self) -> dict[str, str]:
        return BROWSER | {"Cookie": self.cookie}
