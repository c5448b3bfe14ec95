"""How each setting is read from text (or from a value of TOML), checked, and shown without its secrets."""

from __future__ import annotations

import base64
import binascii
import pkgutil
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

Ruling = tuple[date, str, Any]  # from a day on, which question, the answer

LANGUAGES = ("kk", "ru", "en")
SECRET = ("database_url", "smtp_url", "webhook_urls", "signing_key")
HIDDEN = "***"

_DATABASE = "sqlite:///file.sqlite3 or postgresql://user:password@host/name"
_MAIL = "smtp://user:password@host:587 or smtps://user:password@host"
_DESK = "an address such as http://127.0.0.1:8420, with nothing behind it"
_LISTEN = "a place of this machine such as 127.0.0.1:8420"
_WEBHOOKS = "addresses such as https://host/path, separated by commas"
_OPERATORS = "addresses of mail such as admin@example.org, separated by commas"
_LOG = "text or json"
_PREFECT = "an address such as http://127.0.0.1:4200/api"
_KEY = "an Ed25519 private key as PEM, or its 32 bytes in base64"
_RULINGS = '[rulings.2027-01-01] and below it lines such as poll.reference_moment = "close"'


class Unreadable(ValueError):
    """A value that cannot be; the message says what was expected."""


def read_home(value: object, folder: Path) -> Path:
    """Read the home: a folder, from the current one if it is not absolute."""
    expected = "a folder, its path without a question mark"  # which begins the options of a database's address
    home = folder.absolute() / Path(_text(value, expected)).expanduser()
    if "?" in str(home):
        raise Unreadable(expected)
    return home


def read_database_url(value: object, folder: Path) -> str:
    """Read the address of a database; the path of a SQLite file becomes absolute."""
    url = _text(value, _DATABASE)
    parts = _split(url, _DATABASE)
    if parts.scheme in ("postgresql", "postgresql+psycopg") and parts.path.strip("/"):
        return url
    if not re.match(r"sqlite://(/|$)", url):
        raise Unreadable(_DATABASE)
    file, question, options = url.removeprefix("sqlite://").removeprefix("/").partition("?")
    if not file or file.startswith((":memory:", "file:")):
        return url
    return f"sqlite:///{folder.absolute() / file}{question}{options}"


def read_url(value: object, _: Path) -> str:
    """Read where the desk listens: scheme, host and port."""
    parts = _web_address(_text(value, _DESK).rstrip("/"), _DESK)
    if parts.path or parts.query or parts.fragment or parts.username:
        raise Unreadable(_DESK)
    return parts.geturl()


def read_listen(value: object, _: Path) -> str:
    """Read where the desk listens if not at its url: host and port."""
    place = _text(value, _LISTEN)
    parts = _web_address(f"http://{place}", _LISTEN)
    if parts.netloc != place or not parts.port or parts.username is not None:
        raise Unreadable(_LISTEN)
    return place


def read_smtp_url(value: object, _: Path) -> str:
    """Read the address of the mail server."""
    parts = _split(_text(value, _MAIL), _MAIL)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.path.strip("/"):
        raise Unreadable(_MAIL)
    return parts.geturl()


def read_webhook_urls(value: object, _: Path) -> tuple[str, ...]:
    """Read the addresses that are told the journal, each once."""
    return tuple(dict.fromkeys(_web_address(each, _WEBHOOKS).geturl() for each in _several(value, _WEBHOOKS)))


def read_signing_key(value: object, _: Path) -> str:
    """Read the key that seals are signed with; a PEM may have its lines joined by a backslash and an n."""
    key = _text(value, _KEY).replace("\\n", "\n")
    if key.startswith("-----BEGIN PRIVATE KEY-----"):
        return key
    try:
        if len(base64.b64decode(key, validate=True)) == 32:
            return key
    except (binascii.Error, ValueError):
        pass
    raise Unreadable(_KEY)


def read_zone(value: object, _: Path) -> str:
    """Read the zone of the republican procedures: a name that the package tzdata has."""
    expected = "the name of a zone such as Asia/Almaty"
    zone = _text(value, expected)
    if zone not in (pkgutil.get_data("tzdata", "zones") or b"").decode("ascii").split():
        raise Unreadable(expected)
    return zone


def read_languages(value: object, _: Path) -> tuple[str, ...]:
    """Read which languages are offered; the first is that of the demonstration's papers, and of readers whose own is not offered."""
    expected = f"some of {', '.join(LANGUAGES)}, separated by commas"
    languages = tuple(dict.fromkeys(_several(value, expected)))
    if not languages or not set(languages) <= set(LANGUAGES):
        raise Unreadable(expected)
    return languages


def read_operators(value: object, _: Path) -> tuple[str, ...]:
    """Read the addresses of those who keep kenes running, each once."""
    addresses = tuple(dict.fromkeys(_several(value, _OPERATORS)))
    if not all(re.fullmatch(r"[^@\s<>\"]{1,64}@[\w.-]{1,190}", address) for address in addresses):
        raise Unreadable(_OPERATORS)
    return addresses


def read_log(value: object, _: Path) -> str:
    """Read how the logs are written."""
    log = _text(value, _LOG)
    if log not in ("text", "json"):
        raise Unreadable(_LOG)
    return log


def read_prefect_api_url(value: object, _: Path) -> str:
    """Read where Prefect's server is."""
    return _web_address(_text(value, _PREFECT), _PREFECT).geturl()


def read_rulings(value: object) -> tuple[Ruling, ...]:
    """Read which rulings are switched from which day on; whether the answers exist the machines know."""
    found: list[Ruling] = []
    for day, answers in _table(value).items():
        try:
            since = date.fromisoformat(day)
        except ValueError:
            raise Unreadable(_RULINGS) from None
        found += ((since, key, answer) for key, answer in _dotted(_table(answers)))
    return tuple(sorted(found, key=lambda each: each[:2]))


READERS: Mapping[str, Callable[[object, Path], Any]] = {
    "home": read_home, "database_url": read_database_url, "url": read_url, "listen": read_listen, "smtp_url": read_smtp_url,
    "webhook_urls": read_webhook_urls, "signing_key": read_signing_key, "zone": read_zone,
    "languages": read_languages, "operators": read_operators, "log": read_log,
    "prefect_api_url": read_prefect_api_url,
}  # fmt: skip


def masked(name: str, value: Any) -> str:
    """Write the value of a setting for people to see: no password, no key, no path that only a receiver knows."""
    if value is None or value == ():
        return ""
    if name == "signing_key":
        return HIDDEN
    if name == "webhook_urls":
        return ", ".join(f"{parts.scheme}://{_place(parts)}/{HIDDEN}" for parts in map(urlsplit, value))
    if name == "rulings":
        return ", ".join(f"{day} {key} = {answer}" for day, key, answer in value)
    if isinstance(value, tuple):
        return ", ".join(value)
    return _without_password(str(value)) if name.endswith("_url") else str(value)


def _without_password(url: str) -> str:
    """Hide what stands between the colon and the @, and what a query says (`?password=`)."""
    shown = re.sub(r"(://[^/@]*?):[^/]*@", rf"\1:{HIDDEN}@", url)
    return re.sub(r"([?&][^=&]*(?:pass|key|secret|token)[^=&]*=)[^&]*", rf"\1{HIDDEN}", shown, flags=re.IGNORECASE)


def _place(parts: SplitResult) -> str:
    return parts.netloc.rpartition("@")[2]


def _text(value: object, expected: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise Unreadable(expected)
    return value.strip()


def _several(value: object, expected: str) -> list[str]:
    if isinstance(value, str):
        return [each for each in re.split(r"[,\s]+", value) if each]
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return value
    raise Unreadable(expected)


def _split(url: str, expected: str) -> SplitResult:
    """Split an address, of which a port that is no number and a bracket left open are no parts."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - raises
    except ValueError:
        raise Unreadable(expected) from None
    return parts


def _web_address(url: str, expected: str) -> SplitResult:
    parts = _split(url, expected)
    if parts.scheme not in ("http", "https") or not parts.hostname or re.search(r"\s", url):
        raise Unreadable(expected)
    return parts


def _table(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Unreadable(_RULINGS)
    return value


def _dotted(table: dict[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """Put together what TOML takes apart: `poll.reference_moment` is one name."""
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _dotted(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", tuple(value) if isinstance(value, list) else value
