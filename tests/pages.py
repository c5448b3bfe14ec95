"""The pages as a browser sees them: somebody is signed in, and the page is read as text."""

import re
from html import unescape
from typing import Any

from desk.access.accounts import open_account
from desk.access.web_sessions import begin_session
from desk.pages.appearance import LANGUAGE
from desk.pages.visiting import cookie_name
from tests.api_client import Desk
from tests.assembly import Assembly


class Pages(Desk):
    """The pages of one application; whoever looks is named in each call."""

    def __init__(self, assembly: Assembly, **settings: Any) -> None:
        super().__init__(assembly, **settings)
        self._cookies: dict[str, str] = {}

    def cookie(self, who: str) -> str:
        """Sign somebody in and return what his browser is given."""
        if who not in self._cookies:
            with self.assembly.database.transaction() as db:
                open_account(db, who, at=self.assembly.now, demonstration=True)
                self._cookies[who] = begin_session(db, who, at=self.assembly.now, way="demonstration")
        return f"{cookie_name(self.app.state.settings.url)}={self._cookies[who]}"

    def see(self, path: str, who: str | None = "wb", *, language: str = "en") -> Any:
        """Look at a page."""
        headers = {"Cookie": f"{LANGUAGE}={language}; {self.cookie(who) if who else ''}", "Accept": "text/html"}
        self.client.cookies.clear()
        return self.client.get(path, headers=headers, follow_redirects=False)

    def send(self, path: str, who: str, language: str = "en", **fields: str) -> Any:
        """Send a form."""
        self.client.cookies.clear()
        headers = {"Cookie": f"{LANGUAGE}={language}; {self.cookie(who)}", "Accept": "text/html"}
        return self.client.post(path, data=fields, headers=headers, follow_redirects=False)

    def text(self, path: str, who: str = "wb", *, language: str = "en") -> str:
        """Read a page as text, on one line."""
        answer = self.see(path, who, language=language)
        assert 200 == answer.status_code, (path, answer.status_code, answer.text[:500])
        return read(answer.text)


def read(html: str) -> str:
    """Leave the tags out."""
    main = re.search(r"<main.*?</main>", html, re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", main[0] if main else html))).strip()
