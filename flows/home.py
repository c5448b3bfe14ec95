"""Where a flow works: the settings of this host, its database and the rules, opened once for the whole process."""

import functools
import os
from dataclasses import dataclass
from pathlib import Path

from machines.configured import configured_book
from machines.rulebook import Rulebook
from models.database import Database
from models.home import open_database
from models.settings import Settings, read_settings


@dataclass(frozen=True, slots=True)
class Home:
    """What a flow needs of the host it runs on."""

    settings: Settings
    database: Database
    book: Rulebook


@functools.cache
def at_home() -> Home:
    """Open the home that the environment names."""
    settings = read_settings(os.environ, Path.cwd())
    return Home(settings, open_database(settings), configured_book(settings))
