"""The whole store at another place: `kenes backup`, `restore`, `move`."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from desk.cli.console import CHECK_FAILED, CONFLICT, WRONG, Console, Ended, console_of
from desk.cli.record import keys_of
from desk.cli.register import progress
from desk.cli.service import shown_url
from desk.cli.store_told import KEY_CUT, as_data, counted, counts, say_checked, say_next, say_restored

if TYPE_CHECKING:
    from models.backup import Copy
    from models.backup_file import Backup
    from models.copying import Copied
    from models.database import Database, Db
    from models.settings import Settings

Json = Annotated[bool, typer.Option("--json", help="print JSON")]


def backup(
    ctx: typer.Context,
    place: Annotated[
        Path | None, typer.Argument(metavar="FILE|FOLDER", help="where to; else backups/ in the home")
    ] = None,
    without_key: Annotated[bool, typer.Option("--without-key", help="leave the signing key out")] = False,
    as_json: Json = False,
) -> None:
    """Write everything into one verified file, while others work.

    Whoever has that file and the signing key can forge seals: keep them apart (--without-key), or keep the file locked away.
    """
    from models.backup import alone_in, place_of, write_backup
    from models.home import own_key, signing_key

    console = console_of(ctx, as_json=as_json)
    database, settings = console.database, console.settings
    file = place_of(place, settings.home, at=console.now)
    pem = "" if without_key else own_key(settings)
    with _told(), alone_in(file.parent), _copying(database, file.name) as copy:
        manifest = write_backup(database, file, copy=copy, at=console.now, key=signing_key(settings), pem=pem)
    size = file.stat().st_size
    if as_json:
        return console.data({"file": str(file), "bytes": size, "verified": True, **as_data(asdict(manifest))})
    console.say(f"{file}: {counted(manifest.copied)}, {size:,} bytes. Verified: the same rows, the journal whole.")
    if pem:
        console.say("  The signing key is inside: whoever has this file can forge seals. Keep it locked away.")
    else:
        console.say(
            "  The signing key is not inside: without it, kept elsewhere, no seal is ever made again that fits."
        )
    return None


def restore(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="BACKUP", help="a file that `kenes backup` has written")],
    to: Annotated[str | None, typer.Option(metavar="URL", help="the database; else that of the settings")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="check the backup and restore nothing")] = False,
    without_key: Annotated[bool, typer.Option("--without-key", help="do not ask for the signing key")] = False,
    as_json: Json = False,
) -> None:
    """Bring a backup back into an empty home: all of it, verified, or nothing."""
    from models.backup import restore as restored
    from models.backup_file import opened
    from models.home import taking_key

    console = console_of(ctx, as_json=as_json)
    with _told(), opened(file) as kept:
        if dry_run:
            say_checked(console, kept)
            return
        settings = _settings_at(console, to)
        elsewhere = settings.database_url != console.settings.database_url
        pem = _key_to_take(console, kept, without_key=without_key)
        with (
            taking_key(settings, pem),
            contextlib.nullcontext() if elsewhere else _alone(settings),
            _open(settings) as target,
            _copying(kept.database, file.name) as copy,
        ):
            copied = restored(kept, target, copy=copy)
            say_restored(console, kept, copied, shown_url(target), elsewhere=elsewhere)


def move(
    ctx: typer.Context,
    to: Annotated[str, typer.Option(metavar="URL", help="an empty database: postgresql://… or sqlite:///…")],
    as_json: Json = False,
) -> None:
    """Move everything into an empty database of the other kind, verified entry by entry; the old one stays as it is."""
    from models.backup import move as moved

    console = console_of(ctx, as_json=as_json)
    settings, source = _settings_at(console, to), console.database
    with _told(), _alone(console.settings), _open(settings) as target, _copying(source, "The move") as copy:
        _nobody_works(source)
        copied = moved(source, target, copy=copy)
        if as_json:
            return console.data({"to": shown_url(target), "from": shown_url(source), **counts(copied)})
        console.say(f"Moved to {shown_url(target)}: {counted(copied)}. Verified entry by entry, the journal whole.")
        console.say(f"The old database is as it was: {shown_url(source)}. Nobody may act in it any more.")
        say_next(console, elsewhere=True)
    return None


def add_to(main: typer.Typer) -> None:
    """Add the commands of the store."""
    for command in (backup, restore, move):
        main.command()(command)


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """Say in words what stood in the way; of a target nothing was kept, of a backup no file."""
    from machines.copied import NotWholeError, UnlikeError
    from models.backup import CannotBeMovedError, NoRoomError, UnderWayError
    from models.backup_file import DamagedError
    from models.copying import NotEmptyError
    from models.migrations import UnfitDatabaseError

    try:
        yield
    except (DamagedError, NotWholeError, UnlikeError) as error:
        raise Ended(CHECK_FAILED, f"{error} Nothing was kept.") from error
    except UnderWayError as error:
        raise Ended(CONFLICT, str(error)) from None
    except NotEmptyError as error:
        raise Ended(WRONG, f"The database cannot be written into, {error}. Nothing was touched.") from None
    except (CannotBeMovedError, NoRoomError, UnfitDatabaseError) as error:
        raise Ended(WRONG, f"{error} Nothing was kept.") from None
    except Exception as error:
        if _of_a_driver(error):
            said = str(error).strip().partition("\n")[0]
            raise Ended(WRONG, f"The database cannot take it: {said}. Nothing was kept.") from error
        raise


def _of_a_driver(error: Exception) -> bool:
    return isinstance(error, sqlite3.Error) or type(error).__module__.startswith("psycopg")


@contextlib.contextmanager
def _copying(source: Database, title: str) -> Iterator[Copy]:
    """Lend the copy with a progress bar: each page is read, and read back."""
    from machines.copied import copy_whole
    from models.copying import pages_in

    with source.transaction(write=False) as db:
        total = 2 * pages_in(db)
    with progress(title, total) as on_page:

        def copy(source: Db, target: Db) -> Copied:
            return copy_whole(source, target, on_page=on_page)

        yield copy


@contextlib.contextmanager
def _open(settings: Settings) -> Iterator[Database]:
    from models.home import open_database

    target = open_database(settings)
    try:
        yield target
    finally:
        target.dispose()


@contextlib.contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """Keep `kenes up` from starting on the home meanwhile; if it runs, what is done now would be lost."""
    from models.host import holding

    with holding(settings.home / "up.lock") as held:
        if not held:
            raise Ended(
                WRONG,
                f"kenes runs on {settings.home}: end it first (Ctrl-C there), else what is done meanwhile is lost.",
            )
        yield


def _nobody_works(database: Database) -> None:
    """Refuse while another process of this machine works with the database, as far as it has left word."""
    from models.host import lives, process

    with database.transaction(write=False) as db:
        found = [name for (name,) in db.all("SELECT process FROM witnesses") if name != process() and lives(name)]
    if found:
        pids = ", ".join(name.split("/")[1] for name in found)
        raise Ended(WRONG, f"Desk or worker still run on this database (process {pids}): end them first.")


def _settings_at(console: Console, url: str | None) -> Settings:
    """Return the settings with another database, checked as if it had been set."""
    from models.settings import WrongSettingError, read_settings

    if url is None:
        return console.settings
    try:
        asked = read_settings({"KENES_DATABASE_URL": url}, console.surroundings.folder)
    except WrongSettingError as error:
        raise Ended(WRONG, f"--to: expected {error.expected}; got {error.got}") from None
    return replace(console.settings, database_url=asked.database_url)


def _key_to_take(console: Console, kept: Backup, *, without_key: bool) -> str:
    """Return the key that the home lacks; refuse where seals would be signed by another one from now on."""
    needed = kept.manifest.key
    if without_key:
        return ""
    if own := keys_of(console):
        if own == (needed,):
            return ""
        raise Ended(
            WRONG,
            f"The home's signing key ({own[0][:KEY_CUT]}…) is not that of the backup ({needed[:KEY_CUT]}…): put that one in its place,"
            " or remove it where the backup has its own inside. With --without-key it is left as it is. Nothing was touched.",
        )
    if kept.key:
        return kept.key
    raise Ended(
        WRONG,
        f"The backup has no signing key inside: put the one that is kept apart ({needed[:KEY_CUT]}…) to"
        f" {console.settings.home / 'signing.key'} first, mode 600. If it is lost: --without-key. Nothing was touched.",
    )
