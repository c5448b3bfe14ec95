"""The register: `kenes roster`, `person`, `members`, `offices`, `bodies`."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from desk.cli.console import WRONG, Console, Ended, console_of, read_day
from desk.cli.erase import erase

if TYPE_CHECKING:
    from datetime import datetime

    from models.database import Db

roster = typer.Typer(help="The register as a file: import.", no_args_is_help=True, rich_markup_mode=None)
person = typer.Typer(help="The register of people: add, list, erase.", no_args_is_help=True, rich_markup_mode=None)

Json = Annotated[bool, typer.Option("--json", help="print JSON")]

_PEOPLE = """SELECT person_id, name_kk, name_ru, name_en, email, language, region FROM people
 WHERE search_key LIKE ? AND erased_at IS NULL ORDER BY sort_key, person_id"""
AsOf = Annotated[str | None, typer.Option("--as-of", metavar="DATE", help="at the end of that day")]


@roster.command("import")
def import_file(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV in UTF-8, or XLSX")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="check everything, write nothing")] = False,
    by: Annotated[str | None, typer.Option("--as", metavar="PERSON", help="who enters it for the working body")] = None,
) -> None:
    """Enter people, bodies, offices and memberships: all of the file, or nothing of it."""
    from desk.roster.check import read_rows
    from desk.roster.importing import RosterRefusedError, import_roster

    console = console_of(ctx)
    rows = read_rows(file)
    console.must_be_in_time()
    try:
        with (
            console.database.transaction(keep=not dry_run) as db,
            progress(file.name, len(rows)) as on_row,
        ):
            done = import_roster(
                db, rows, at=console.now, book=console.book, language=console.language, actor=by, on_row=on_row
            )  # fmt: skip
    except RosterRefusedError as refused:
        said = "\n".join(error.message for error in refused.errors)
        raise Ended(WRONG, f"{said}\n{file}: errors: {len(refused.errors)}. Nothing was written.") from None
    console.say("Everything is in order; nothing was written." if dry_run else "The register is entered.")
    console.say(f"  people: {done.people} (there already: {done.people_already})")
    console.say(f"  bodies: {done.bodies}")
    for office, count in done.offices.items():
        console.say(f"  {office}: {count}")
    if done.offices_already:
        console.say(f"  offices there already: {done.offices_already}")


@person.command()
def add(
    ctx: typer.Context,
    person_id: Annotated[str, typer.Argument(metavar="PERSON", help="letters A–Z a–z, digits, : _ -")],
    kk: Annotated[str, typer.Option(help="the name in Kazakh, family name first")],
    ru: Annotated[str, typer.Option(help="the name in Russian")],
    en: Annotated[str, typer.Option(help="the name in English")],
    email: Annotated[str | None, typer.Option(help="where messages go")] = None,
    language: Annotated[str, typer.Option(help="kk, ru or en: of pages and mails")] = "ru",
    region: Annotated[str, typer.Option(help="where the person lives")] = "",
) -> None:
    """Enter somebody not yet known, who is to be nominated."""
    from desk.roster.check import Row
    from desk.roster.row import check_row
    from machines.register import add_person

    console = console_of(ctx)
    given = Row(1, person_id, kk, ru, en, email=email or "", language=language, region=region)
    faults = [f"{error.column}: {error.message.partition(': ')[2]}" for error in check_row(given, today=console.today)]
    faults += [f"{name}: expected the name" for name in ("kk", "ru", "en") if not given.cell(f"name_{name}").strip()]
    if faults:
        raise Ended(WRONG, "\n".join(faults))
    console.must_be_in_time()
    with console.database.transaction() as db:
        if db.one("SELECT 1 FROM people WHERE person_id = ?", person_id):
            raise Ended(WRONG, f"{person_id} is in the register already: `kenes person list` names everybody.")
        names = {"kk": kk, "ru": ru, "en": en}
        add_person(db, person_id, names=names, email=email, language=language, region=region)
    console.say(f"{person_id} is in the register.")


@person.command("list")
def list_people(
    ctx: typer.Context,
    search: Annotated[str, typer.Argument(metavar="NAME", help="part of a name, as one types it")] = "",
    as_json: Json = False,
) -> None:
    """List the people of the register, in the order of the Kazakh alphabet."""
    from models.names import search_key

    console = console_of(ctx, as_json=as_json)
    with console.database.transaction(write=False) as db:
        rows = db.all(_PEOPLE, f"%{search_key(search)}%")
    columns = ("person_id", "name_kk", "name_ru", "name_en", "email", "language", "region")
    _answer(ctx, columns, rows, as_json=as_json)


def members(ctx: typer.Context, as_of: AsOf = None, as_json: Json = False) -> None:
    """List the members of the Assembly, today or as of a day, with totals and the edition of the rules of then."""
    from desk.as_of import MEMBER_COLUMNS, assembly_as_of

    console = console_of(ctx, as_json=as_json)
    with _then(console, as_of) as (db, at):
        found = assembly_as_of(db, at, book=console.book, language=console.language)
    if as_json:
        return console.data(found)
    _answer(ctx, MEMBER_COLUMNS, [tuple(one[name] for name in MEMBER_COLUMNS) for one in found["items"]], as_json=False)
    totals, edition = found["totals"], "+".join([found["edition"]["id"], *found["edition"]["entered"]])
    console.tell(
        console.in_words(
            "totals",
            day=found["as_of"],
            members=totals["members"],
            quorum=totals["session_quorum"] or "-",
            council=totals["council"],
            majority=totals["council_majority"] or "-",
            edition=edition,
        )
    )
    return None


def offices(
    ctx: typer.Context,
    office: Annotated[str | None, typer.Argument(metavar="OFFICE", help="one office, such as deputy_chairman")] = None,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """List who holds which office, today or as of a day."""
    from desk.door import OFFICES
    from desk.register import offices_held

    console = console_of(ctx, as_json=as_json)
    if office is not None and office not in OFFICES:
        raise Ended(WRONG, f"There is no office {office!r}. There are: {', '.join(OFFICES)}.")
    with _then(console, as_of) as (db, at):
        found = offices_held(db, at=at, language=console.language, office=office)
    if as_json:
        return console.data({"items": found})
    columns = ("office", "person_id", "name", "body", "region", "since", "case")
    console.table(columns, ([one[name] for name in columns] for one in found))
    return None


def bodies(ctx: typer.Context, as_of: AsOf = None, as_json: Json = False) -> None:
    """List small assemblies, associations and state bodies, with who holds their offices, today or as of a day."""
    from desk.register import bodies_known

    console = console_of(ctx, as_json=as_json)
    with _then(console, as_of) as (db, at):
        found = bodies_known(db, at=at, language=console.language)
    if as_json:
        return console.data({"items": found})
    rows = (
        (
            one["body_id"],
            one["kind"],
            one["name"],
            one["region"],
            [f"{held['office']} {held['person_id']}" for held in one["offices"]],
        )
        for one in found
    )
    console.table(("body_id", "kind", "name", "region", "offices"), rows)
    return None


@contextlib.contextmanager
def _then(console: Console, as_of: str | None) -> Iterator[tuple[Db, datetime]]:
    """Open a transaction for what is stored, with the instant that is meant."""
    from desk.as_of import last_moment

    at = last_moment(read_day(as_of) if as_of else None, now=console.now, zone=console.settings.zone)
    with console.database.transaction(write=False) as db:
        yield db, at


@contextlib.contextmanager
def progress(title: str, total: int) -> Iterator[Callable[[], None]]:
    """Draw a progress bar on the standard error while the block runs, if that is a terminal; give what moves it."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console as Terminal
    from rich.progress import Progress

    with Progress(console=Terminal(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=total)
        yield lambda: bar.advance(task)


def add_to(main: typer.Typer) -> None:
    """Add the commands of the register."""
    main.add_typer(roster, name="roster")
    person.command()(erase)
    main.add_typer(person, name="person")
    for command in (members, offices, bodies):
        main.command()(command)


def _answer(ctx: typer.Context, columns: tuple[str, ...], rows: list[tuple[Any, ...]], *, as_json: bool) -> None:
    """Print rows as JSON, or as a table with the names in the reader's language alone."""
    console = console_of(ctx, as_json=as_json)
    if as_json:
        console.data({"items": [dict(zip(columns, row, strict=True)) for row in rows]})
        return
    left_out = {f"name_{other}" for other in ("kk", "ru", "en") if other != console.language}
    kept = [place for place, column in enumerate(columns) if column not in left_out]
    console.table([columns[place] for place in kept], [[row[place] for place in kept] for row in rows])
