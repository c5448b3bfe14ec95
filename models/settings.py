"""Settings: read once at the start from KENES_* of the environment and from kenes.toml in the current folder.

The environment goes before the file, an empty variable counts as none. Whatever is wrong stops the start with one line.
Nothing heavy is imported here: `kenes --help` passes by.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from models.settings_read import READERS, SECRET, Ruling, Unreadable, masked, read_rulings

ENVIRONMENT, FILE, DEFAULT = "environment", "kenes.toml", "default"
PREFIX = "KENES_"
_PORTS = {"http": 80, "https": 443}
FOREIGN = {"prefect_api_url": "PREFECT_API_URL"}  # not ours to name


class WrongSettingError(ValueError):
    """A setting that cannot be: one line that says which, where it came from, what was expected and what is there."""

    def __init__(self, setting: str, *, source: str, expected: str, got: str) -> None:
        super().__init__(f"{setting} ({source}): expected {expected}; got {got}")
        self.setting = setting
        self.source = source
        self.expected = expected
        self.got = got


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Settings:
    """What an installation is told. Every value has been checked; paths are absolute."""

    home: Path
    database_url: str
    url: str = "http://127.0.0.1:8420"  # where the desk listens and what links say
    listen: str | None = None  # where the desk listens behind a proxy: links say the proxy's address
    smtp_url: str | None = None  # without it mails go to the desk's own mailbox page
    webhook_urls: tuple[str, ...] = ()
    signing_key: str | None = None  # without it the one in the home
    zone: str = "Asia/Almaty"
    languages: tuple[str, ...] = ("kk", "ru", "en")
    operators: tuple[str, ...] = ()  # who is told by mail what is wrong; without them the working body
    log: str = "text"  # how desk and flows write their logs: text, json
    prefect_api_url: str | None = None
    rulings: tuple[Ruling, ...] = ()
    sources: Mapping[str, str]  # where each value came from

    @property
    def place(self) -> tuple[str, int]:
        """Where the desk listens: host and port."""
        parts = urlsplit(f"http://{self.listen}" if self.listen else self.url)
        return parts.hostname or "127.0.0.1", parts.port or _PORTS[parts.scheme]

    def shown(self) -> dict[str, tuple[str, str]]:
        """Return of every setting its value as text, secrets masked, and where it came from."""
        return {
            each.name: (masked(each.name, getattr(self, each.name)), self.sources[each.name])
            for each in fields(self)
            if each.name != "sources"
        }

    def wrong(self, name: str, *, expected: str, got: str) -> WrongSettingError:
        """Make the error for a value that turns out to be of no use later: a key, a folder, a server."""
        source = self.sources[name]
        return WrongSettingError(_called(name, source), source=source, expected=expected, got=got)

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value}" for name, (value, _) in self.shown().items())
        return f"Settings({shown})"


_NAMES = tuple(each.name for each in fields(Settings) if each.name != "sources")
_VARIABLES = {FOREIGN.get(name, f"{PREFIX}{name.upper()}"): name for name in _NAMES if name != "rulings"}


def read_settings(environment: Mapping[str, str], folder: Path) -> Settings:
    """Read the settings of an installation that is started in *folder*.

    Raises WrongSettingError for an unknown name and for a value that cannot be.
    """
    given = {**_of_file(folder), **_of_environment(environment)}
    values: dict[str, Any] = {"sources": {name: given[name][1] if name in given else DEFAULT for name in _NAMES}}
    for name, (value, source) in given.items():
        try:
            values[name] = read_rulings(value) if name == "rulings" else READERS[name](value, folder)
        except Unreadable as error:
            # A secret that cannot be read is not repeated.
            got = "something else" if name in SECRET else repr(value)
            raise WrongSettingError(
                _called(name, source), source=_place(source, folder), expected=str(error), got=got
            ) from None
    values.setdefault("home", folder.absolute() / ".kenes")
    values.setdefault("database_url", f"sqlite:///{values['home'] / 'kenes.sqlite3'}")
    return Settings(**values)


def _of_environment(environment: Mapping[str, str]) -> dict[str, tuple[Any, str]]:
    for variable in environment:
        if variable.startswith(PREFIX) and variable not in _VARIABLES:
            raise _unknown(variable, _VARIABLES, source=ENVIRONMENT)
    found = ((name, environment.get(variable, "").strip()) for variable, name in _VARIABLES.items())
    return {name: (value, ENVIRONMENT) for name, value in found if value}


def _of_file(folder: Path) -> dict[str, tuple[Any, str]]:
    file = folder / FILE
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        got = error.strerror or str(error)
        raise WrongSettingError(FILE, source=str(file), expected="a file that can be read", got=got) from None
    except ValueError as error:  # of TOML or of UTF-8
        raise WrongSettingError(FILE, source=str(file), expected="TOML in UTF-8", got=str(error)) from None
    for name in content:
        if name not in _NAMES:
            raise _unknown(name, _NAMES, source=str(file))
    return {name: (value, FILE) for name, value in content.items()}


def _unknown(name: str, known: Iterable[str], *, source: str) -> WrongSettingError:
    """Name the setting that was meant, where one is near: they are compared without what they have in common."""
    meant = {each.removeprefix(PREFIX): each for each in known}
    near = difflib.get_close_matches(name.removeprefix(PREFIX), meant, n=1)
    expected = meant[near[0]] if near else f"one of {', '.join(meant.values())}"
    return WrongSettingError(name, source=source, expected=expected, got="a name that no setting has")


def _called(name: str, source: str) -> str:
    """Name a setting as whoever gave it has written it."""
    return name if source == FILE else FOREIGN.get(name, f"{PREFIX}{name.upper()}")


def _place(source: str, folder: Path) -> str:
    return str(folder / FILE) if source == FILE else source
