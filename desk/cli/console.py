"""What every command of the command line has at hand: the settings, the door, the clock, and how to say something.

Nothing heavy is imported here before a command needs it: `kenes --help` must answer at once.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from desk.door import Door
    from machines.rulebook import Rulebook
    from models.database import Database
    from models.settings import Settings

DONE, BUG, WRONG, REFUSED, NOT_FOUND, CONFLICT, CHECK_FAILED = range(7)

LANGUAGES = ("kk", "ru", "en")
FIRST_YEAR, LAST_YEAR = 1900, 2199  # of days that may be asked for, as of the API
OWN_SETTING = "KENES_LANGUAGE"  # of the person at the terminal, not of the installation


class Ended(Exception):
    """A command that ends with something to say and its own exit status."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(said)
        self.status, self.said = status, said


def read_clock() -> datetime:
    """Read the clock."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Surroundings:
    """Where a command runs: what the process was given; a test gives its own."""

    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    folder: Path = field(default_factory=Path.cwd)
    clock: Callable[[], datetime] = read_clock


@dataclass
class Console:
    """One run of the command line."""

    surroundings: Surroundings
    language: str
    as_json: bool = False  # whether the command answers as the API does
    asked: bool = False  # whether the language was asked for, by the option or KENES_LANGUAGE

    @cached_property
    def now(self) -> datetime:
        """The instant of this run: the clock is read once."""
        return self.surroundings.clock()

    @property
    def typed_language(self) -> str:
        """The language in which the papers of a demonstration are: the one asked for, else the first that the home offers."""
        return self.language if self.asked else self.settings.languages[0]

    @cached_property
    def settings(self) -> Settings:
        """The settings of the environment and of kenes.toml; a wrong one ends the command."""
        from models.settings import read_settings

        environment = {name: value for name, value in self.surroundings.environment.items() if name != OWN_SETTING}
        return read_settings(environment, self.surroundings.folder)

    @cached_property
    def book(self) -> Rulebook:
        """The rulebook by the settings."""
        from machines.configured import configured_book

        return configured_book(self.settings)

    @cached_property
    def database(self) -> Database:
        """The database of a home that is there; `kenes init` makes one."""
        from models.home import open_database

        url = self.settings.database_url
        file = Path(url.removeprefix("sqlite:///").partition("?")[0])
        if url.startswith("sqlite:///") and not file.is_file():
            raise Ended(WRONG, f"There is no database at {file}. `kenes init` makes it.")
        return open_database(self.settings)

    @cached_property
    def door(self) -> Door:
        """The door to the machines."""
        from desk.door import clock, door_to

        own = self.surroundings.clock is read_clock  # of this machine, which may be in doubt
        return door_to(self.database, self.book, clock if own else self.surroundings.clock)

    def must_be_in_time(self) -> None:
        """Let nothing be entered while the clock of this machine is in doubt."""
        from desk.door import let_act

        let_act(self.door)

    def close(self) -> None:
        """Give back what was opened."""
        if "database" in vars(self):
            self.database.dispose()

    @property
    def today(self) -> date:
        """The local day of this run."""
        from machines.zones import local_day

        return local_day(self.now, self.settings.zone)

    def say(self, text: str = "") -> None:
        """Print a line of the answer."""
        typer.echo(text)

    def tell(self, text: str) -> None:
        """Print a line beside the answer, which scripts do not read."""
        typer.echo(text, err=True)

    def data(self, value: Any) -> None:
        """Print an answer as JSON."""
        typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Print rows as a table in a terminal, else as lines with tabs."""
        cells = [["" if cell is None else shown(cell) for cell in row] for row in rows]
        if sys.stdout.isatty():
            _draw(columns, cells) if cells else self.say(self.in_words("nothing"))
            return
        for line in [[column.upper() for column in columns], *cells]:
            typer.echo("\t".join(line))
        if not cells:
            self.tell(self.in_words("nothing"))

    def in_words(self, text: str, **numbers: object) -> str:
        """Return one of the texts for a terminal."""
        from machines.wording import say

        return say(f"desk.terminal.{text}", self.language, **numbers)


def console_of(ctx: typer.Context, *, as_json: bool = False) -> Console:
    """Return the console of this run; *as_json*: what goes wrong is answered as JSON too."""
    found = ctx.find_object(Console)
    assert found is not None
    found.as_json = as_json
    return found


def choose_language(option: str | None, environment: Mapping[str, str]) -> str:
    """Choose the language: what is asked for, KENES_LANGUAGE, the terminal's, else English."""
    asked = option or environment.get(OWN_SETTING)
    if asked:
        if asked not in LANGUAGES:
            raise Ended(WRONG, f"language {asked!r}: expected one of {', '.join(LANGUAGES)}")
        return asked
    spoken = environment.get("LANG", "")[:2]
    return spoken if spoken in LANGUAGES else "en"


def moment(at: str | datetime | None) -> str:
    """Say a local moment with its offset, as 2026-11-24 10:02 UTC+05:00; of None that it is undated."""
    if at is None:
        return "undated"
    text = at if isinstance(at, str) else at.isoformat()
    return f"{text[:10]} {text[11:16]} UTC{text[-6:]}"


def read_day(text: str) -> date:
    """Read a day of an option: 2010-03-09 or 09.03.2010, so near that it has a beginning and an end in every zone."""
    from desk.roster.file import read_date

    try:
        day = read_date(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r}: expected a day such as 2010-03-09") from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise typer.BadParameter(f"{text!r}: expected a day between {FIRST_YEAR} and {LAST_YEAR}")
    return day


def shown(value: Any) -> str:
    """Write a cell: instants without seconds, days as they are."""
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes")
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return str(value)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else str(value)


def _draw(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    from rich.console import Console as Terminal
    from rich.table import Table

    table = Table(*columns, box=None, header_style="bold", pad_edge=False)
    for row in rows:
        table.add_row(*row)
    Terminal().print(table)
