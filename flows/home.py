"""Where a flow works: the settings of this host, its database and the rules, opened once for the whole process."""

import functools
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from machines.configured import configured_book
from machines.rulebook import Rulebook
from machines.witnesses import TrustedClock
from models.database import Database
from models.home import open_database
from models.settings import Settings, read_settings


@dataclass(frozen=True, slots=True)
class Home:
    """What a flow needs of the host it runs on."""

    settings: Settings
    database: Database
    book: Rulebook
    clock: TrustedClock | None = None  # a test gives the instants itself


@functools.cache
def at_home() -> Home:
    """Open the home that the environment names."""
    settings = read_settings(os.environ, Path.cwd())
    book, database = configured_book(settings), open_database(settings)
    return Home(settings, database, book, TrustedClock(database.transaction, read_clock))


def read_clock() -> datetime:
    """Read the clock."""
    return datetime.now(UTC)
