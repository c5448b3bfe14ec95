"""What is wrong with an installation, and how to mend it: versions, settings, disk, database, calendar, clock, alarms, Prefect.

Nothing here raises: a check that cannot be made is itself what is wrong.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import json
import os
import sys
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from models.database import Database
    from models.settings import Settings

OLDEST_PYTHON = (3, 11)
PATIENCE = 3  # seconds for Prefect's server to answer

# Pairs that fight each other (why: docs/dependencies.md): the package, from which version on it is too new, what happens.
TOO_NEW = (
    ("sqlalchemy", (2, 1), "Prefect's server schedules nothing"),
    ("fastapi", (0, 151), "`prefect deploy` fails, and from 0.155 Prefect's server does not start"),
)
SHOWN = ("prefect", "sqlalchemy", "fastapi", "pydantic", "sqlmodel", "transitions", "psycopg", "tzdata")

# The offset of Asia/Almaty changed on 1 March 2024; older data count every term since then an hour wrong.
_SUMMER_2023, _SUMMER_2024 = datetime(2023, 6, 1, tzinfo=UTC), datetime(2024, 6, 1, tzinfo=UTC)


class Check(NamedTuple):
    """One thing that was looked at."""

    name: str
    well: bool
    found: str
    mend: str = ""


def examine(environment: Mapping[str, str], folder: Path, *, now: datetime) -> Iterator[Check]:
    """Yield every check, in the order in which things depend on each other."""
    yield from _versions()
    yield _zone_data()
    settings = None
    for check in _settings(environment, folder):
        if isinstance(check, Check):
            yield check
        else:
            settings = check
    if settings is None:
        return
    yield _home(settings)
    yield from _disks(settings)
    yield from _database(settings, now)
    yield _prefect(settings)


def _versions() -> Iterator[Check]:
    python = sys.version_info[:2]
    yield Check(
        "python",
        python >= OLDEST_PYTHON,
        ".".join(map(str, python)),
        _mend(python >= OLDEST_PYTHON, "use Python 3.11 or newer"),
    )
    for name in SHOWN:
        try:
            version = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            yield Check(name, False, "not installed", "make setup installs what is locked in requirements/run.txt")
            continue
        limit, effect = next(((limit, effect) for known, limit, effect in TOO_NEW if known == name), ((), ""))
        well = not limit or _numbers(version) < limit
        yield Check(name, well, version, _mend(well, f"{effect}: install a version before {'.'.join(map(str, limit))}"))


def _zone_data() -> Check:
    """See that the zone data know the change of 2024 (H03)."""
    from machines.zones import local_time

    offsets = [local_time(at, "Asia/Almaty").utcoffset() for at in (_SUMMER_2023, _SUMMER_2024)]
    well = offsets == [timedelta(hours=6), timedelta(hours=5)]
    version = f"{importlib.import_module('tzdata').IANA_VERSION}: "
    found = (
        f"{version}Asia/Almaty is UTC+5 since March 2024" if well else f"{version}Asia/Almaty has the offsets {offsets}"
    )
    return Check("zone data", well, found, _mend(well, "install a newer tzdata"))


def _settings(environment: Mapping[str, str], folder: Path) -> Iterator[Check | Settings]:
    from machines.rulings import Rulings
    from models.settings import WrongSettingError, read_settings

    try:
        settings = read_settings(environment, folder)
        Rulings.on(date.max, settings.rulings)
    except WrongSettingError as error:
        yield Check("settings", False, str(error), "mend that setting")
        return
    except ValueError as error:
        yield Check("settings", False, f"rulings: {error}", "mend [rulings] in kenes.toml")
        return
    for name, (value, source) in settings.shown().items():
        yield Check(f"setting {name}", True, f"{value or 'not set'} ({source})")
    yield settings


def _home(settings: Settings) -> Check:
    home = settings.home
    if not home.is_dir():
        return Check("home", False, f"{home} is not there", "kenes init makes it")
    well = os.access(home, os.W_OK | os.X_OK)
    return Check(
        "home",
        well,
        f"{home}{'' if well else ' cannot be written'}",
        _mend(well, f"give its owner the right to write: chmod u+rwx {home}"),
    )


def _disks(settings: Settings) -> Iterator[Check]:
    from machines.watching import is_low, places_of, rooms_of

    for place, room in rooms_of(places_of(settings)).items():
        if room:
            well = not is_low(room, standing=False)
            found = f"{room.free // 1_000_000} MB of {room.total // 1_000_000} are free"
            yield Check(f"disk of the {place}", well, found, _mend(well, "make room: old logs and backups first"))


def _database(settings: Settings, now: datetime) -> Iterator[Check]:
    from models.home import open_database
    from models.migrations import HEAD, revision_of

    url = settings.database_url
    file = url.removeprefix("sqlite:///")
    if url.startswith("sqlite:///") and not Path(file.partition("?")[0]).is_file():
        yield Check("database", False, f"{file} is not there", "kenes init makes it")
        return
    try:
        database = open_database(settings)
        revision = revision_of(database)
    except Exception as error:  # noqa: BLE001 - whatever a driver raises is what was found
        yield Check("database", False, _first_line(error), "is the server running, and KENES_DATABASE_URL right?")
        return
    found = f"{database.kind}, schema {revision or 'none'}"
    yield Check(
        "database", revision == HEAD, found, _mend(revision == HEAD, "kenes init brings it to the newest schema")
    )
    if revision == HEAD:
        yield from (
            _tried(check, database, now) for check in (_calendar, _clock, _heartbeat, _alarms, _failures, _dead_letters)
        )
    database.dispose()


def _tried(check: Callable[[Database, datetime], Check], database: Database, now: datetime) -> Check:
    try:
        return check(database, now)
    except Exception as error:  # noqa: BLE001 - a check that fails is a finding, and the others go on
        return Check(check.__name__.strip("_"), False, _first_line(error), "see docs/operating.md")


def _calendar(database: Database, now: datetime) -> Check:
    from machines.rulebook import Rulebook
    from models.database import instant

    with database.transaction(write=False) as db:
        row = db.one("SELECT version, at FROM calendar_versions ORDER BY version DESC LIMIT 1")
        version = row[0] if row else None
        calendar = Rulebook().calendar_of(db, version)
    well = version is not None and calendar.last_year > now.year
    changed = f" of {instant(row[1]):%Y-%m-%d}" if row else ""
    found = f"version {version}{changed} (shipped: {Rulebook().calendar.version}), days off known until the end of {calendar.last_year}"
    return Check("calendar", well, found, _mend(well, "enter the days off of next year: kenes calendar add"))


def _clock(database: Database, now: datetime) -> Check:
    """See that the clock agrees with what was witnessed, and does not stand before what has been recorded."""
    from machines.clock import ClockInDoubt, Reading
    from machines.witnesses import doubt_of, witnesses
    from models import host

    with database.transaction(write=False) as db:
        seen = witnesses(db)
        doubt = doubt_of(db, Reading(now, host.ran_ms(), host.boot()))
    last = f", the last at {seen[-1][1].at:%Y-%m-%d %H:%M:%S} UTC" if seen else ""
    found = f"{now:%Y-%m-%d %H:%M:%S} UTC; witnesses: {len(seen)}{last}" if doubt is None else str(ClockInDoubt(doubt))
    mend = "set the clock of this machine (timedatectl); if the new time is right: kenes clock confirm --as PERSON"
    return Check("clock", doubt is None, found, _mend(doubt is None, mend))


def _alarms(database: Database, _: datetime) -> Check:
    from machines.alarms import open_alarms

    with database.transaction(write=False) as db:
        standing = open_alarms(db)
    found = ", ".join(f"{alarm.name} since {alarm.since:%Y-%m-%d %H:%M} UTC" for alarm in standing)
    return Check("alarms", not standing, found or "none is open", _mend(not standing, "kenes alarms says what to do"))


def _heartbeat(database: Database, now: datetime) -> Check:
    from desk.running.health import NO_TIME_AFTER_S, heartbeats
    from machines.watching import desk_began
    from models.heartbeat import SWEEP

    with database.transaction(write=False) as db:
        at, began = dict(heartbeats(db)).get(SWEEP), desk_began(db)
    if at is None and began is not None and (runs := int((now - began).total_seconds())) <= NO_TIME_AFTER_S:
        return Check("sweep", True, f"none yet: the desk has run for {runs} s, a sweep comes every minute")
    if at is None:
        return Check("sweep", False, "nothing has swept yet", "kenes up starts the flows, kenes worker a worker alone")
    age = int((now - at).total_seconds())
    well = age <= NO_TIME_AFTER_S
    mend = "is kenes up running? Prefect's page shows runs that failed"
    return Check("sweep", well, f"{SWEEP}, {age} s ago", _mend(well, mend))


def _failures(database: Database, _: datetime) -> Check:
    with database.transaction(write=False) as db:
        rows = db.all(
            "SELECT number, name FROM deadlines WHERE state = 'open' AND failures > 0 ORDER BY number LIMIT 20"
        )
    failed = ", ".join(f"{number} {name}" for number, name in rows)
    return Check(
        "deadlines",
        not rows,
        failed or "none has failed",
        _mend(not rows, "the run's log on Prefect's page says why; it is a bug"),
    )


def _dead_letters(database: Database, _: datetime) -> Check:
    with database.transaction(write=False) as db:
        row = db.one("SELECT count(*) FROM messages WHERE dead_at IS NOT NULL")
    count = row[0] if row else 0
    return Check(
        "messages",
        not count,
        f"given up: {count}",
        _mend(not count, "kenes messages --dead says why; mended, kenes messages again --all"),
    )


def _prefect(settings: Settings) -> Check:
    """Ask Prefect's server for its health: the one that is set, or the one that `kenes up` has started."""
    url = settings.prefect_api_url or _started(settings.home / "up.json")
    if url is None:
        return Check("prefect", False, "no server is known", "start kenes up, or set PREFECT_API_URL")
    try:
        with urllib.request.urlopen(f"{url.rstrip('/')}/health", timeout=PATIENCE) as answer:  # noqa: S310 - an http address, as read_settings and kenes up write it
            well = answer.status == 200
    except (OSError, ValueError) as error:
        return Check("prefect", False, f"{url}: {_first_line(error)}", "is it running? kenes up starts one")
    return Check("prefect", well, url, _mend(well, "its own log says more"))


def _started(file: Path) -> str | None:
    """Return the address that `kenes up` has written down."""
    try:
        page = json.loads(file.read_text(encoding="utf-8"))["prefect"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return page if page.endswith("/api") else f"{page.rstrip('/')}/api"


def _mend(well: bool, said: str) -> str:
    return "" if well else said


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:3] if part.isdigit())


def _first_line(error: Exception) -> str:
    return (str(getattr(error, "orig", None) or error).strip().splitlines() or [type(error).__name__])[0]
