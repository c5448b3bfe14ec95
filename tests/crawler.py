"""A visitor who follows every link of the desk, and reads what stands there as its readers do.

There are thousands of addresses in the demonstration, most of them alike: of each kind (the same page, of a case of the same
procedure in the same state, with the same questions in the address) only the first is visited.
"""

import re
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

OF_EACH_KIND = 1
_SAID = ("title", "aria-label", "placeholder", "alt")  # attributes that are read out or shown
_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
_NUMBER = re.compile(r"[A-Z]+-\d{4}-\d{4}")


class Page(HTMLParser):
    """One page: where its links lead, and its visible words, without those that are marked as of another language or as code."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[str] = []
        self.words: list[str] = []
        self.language = ""
        self._open: list[tuple[str, bool]] = []  # the elements around, and whether each hides its words from us
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.language = given["lang"]
        if tag == "a" and "href" in given and "aria-disabled" not in given:
            self.links.append(given["href"])
        if tag not in _VOID:
            foreign = given.get("lang", self.language) != self.language
            self._open.append((tag, foreign or tag in ("script", "style", "code", "kbd", "pre")))
        if not any(hidden for _, hidden in self._open):
            self.words += [given[name] for name in _SAID if given.get(name)]

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip() and not any(hidden for _, hidden in self._open):
            self.words.append(re.sub(r"\s+", " ", data).strip())


class Crawler:
    """Goes from page to page; `look` returns the answer at an address, *states* the state of every case; *but_not*: not there."""

    def __init__(self, look: Any, states: Mapping[str, str], *, but_not: str = "") -> None:
        self._look, self._states, self._but_not = look, states, but_not
        self._seen: set[str] = set()
        self._of_kind: Counter[str] = Counter()

    def walk(self, start: str = "/") -> Iterator[tuple[str, str, Any]]:
        """Yield every address, the page that led there, and the answer."""
        ahead = deque([(start, "")])
        while ahead:
            address, source = ahead.popleft()
            if not self._is_new(address):
                continue
            answer = self._look(address)
            yield address, source, answer
            if "location" in answer.headers:
                ahead.append((urljoin(address, answer.headers["location"]), address))
            if answer.headers.get("content-type", "").startswith("text/html"):
                found = (urljoin(address, link).partition("#")[0] for link in Page(answer.text).links)
                ahead += [(link, address) for link in found if link.startswith("/")]

    def _is_new(self, address: str) -> bool:
        kind = self.kind(address)
        if address in self._seen or self._of_kind[kind] >= OF_EACH_KIND or (self._but_not and self._but_not in address):
            return False
        self._seen.add(address)
        self._of_kind[kind] += 1
        return True

    def kind(self, address: str) -> str:
        """Say of which kind a page is: those of one kind are drawn alike."""
        parts = urlsplit(address)
        number = _NUMBER.search(parts.path)
        path = _NUMBER.sub(lambda found: f"{found[0][0]}:{self._states.get(found[0])}", parts.path)
        if not number:
            path = re.sub(r"^(/people|/bodies|/norms|/calendar/\w+)/.*", r"\1/*", path)
        if "lang=" in parts.query:
            path = "in another language"
        path = re.sub(r"/receipts/\d+", "/receipts/*", path)
        asked = sorted(
            {f"{name}={value}" if name in ("view", "lang") else name for name, value in parse_qsl(parts.query)}
        )
        return f"{path}?{asked}"
