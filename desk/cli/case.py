"""`kenes case`: what the API does with cases, on the home's own database."""

# ruff: noqa: PLR0913, PLR0917 - the options of a command are the arguments of its function

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from desk.cli.console import NOT_FOUND, Console, Ended, console_of, read_day
from desk.cli.typed import acts_of, mapping, read_file, read_mapping, read_yaml
from desk.cli.words import say_answers, say_case, say_done, say_entries, say_moved, say_played

if TYPE_CHECKING:
    from machines.act import Act
    from models.database import Db

app = typer.Typer(help="Cases: list, show, why, open, act, try.", no_args_is_help=True, rich_markup_mode=None)

Number = Annotated[str, typer.Argument(metavar="NUMBER", help="the case, such as C-2026-0014")]
As = Annotated[str, typer.Option("--as", metavar="PERSON", help="who acts or asks: a person_id")]
Json = Annotated[bool, typer.Option("--json", help="print what the API answers")]
Fact = Annotated[list[str] | None, typer.Option("--fact", metavar="NAME=YAML", help="a fact; may be repeated")]
FactsFile = Annotated[str | None, typer.Option("--facts", metavar="FILE", help="facts in YAML or JSON; - reads stdin")]
Office = Annotated[str | None, typer.Option(help="in which office, where somebody holds several")]
OnBehalfOf = Annotated[
    str | None, typer.Option(metavar="PERSON", help="the entitled person, or `president`; for the working body")
]
Document = Annotated[
    str | None, typer.Option(metavar="YAML", help="the paper of an act on behalf: {kind: …, number: '…', date: …}")
]
Key = Annotated[str | None, typer.Option(help="makes the act safe to send twice; drawn if left out")]


@app.command("list")
def list_cases(
    ctx: typer.Context,
    procedure: Annotated[str | None, typer.Option(help="only of this procedure")] = None,
    state: Annotated[str | None, typer.Option(help="only in this state")] = None,
    waiting_on: Annotated[str | None, typer.Option(metavar="PERSON", help="only those that wait on somebody")] = None,
    after: Annotated[str | None, typer.Option(help="go on after this cursor")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="how many at most")] = 50,
    as_json: Json = False,
) -> None:
    """List cases, the nearest deadline first."""
    from desk.door import let_ask, looking
    from desk.listing import Filter, cases_listed, states_known
    from desk.ordered import Cursor
    from desk.problems import choice
    from machines.procedures import PROCEDURES

    console = console_of(ctx, as_json=as_json)
    choice("--procedure", procedure, PROCEDURES)
    choice("--state", state, states_known(procedure))
    with looking(console.door) as db:
        if waiting_on:
            let_ask(db, waiting_on)
        reader = waiting_on or _somebody_in_office(db, console)
        wanted = Filter(procedure=procedure, state=state, mine=waiting_on is not None, person=reader)
        begin = Cursor.read(after) if after else None
        rows, following = cases_listed(db, wanted, at=console.now, book=console.book, after=begin, limit=limit)
    if as_json:
        console.data({"items": rows})
    else:
        columns = ("case", "procedure", "state", "person", "due")
        console.table(columns, [[row.get(name) for name in ("number", *columns[1:])] for row in rows])
    if following:
        console.tell(f"There are more: --after {following.written()}")


@app.command()
def show(
    ctx: typer.Context,
    number: Number,
    as_of: Annotated[str | None, typer.Option(metavar="DATE", help="as it was recorded by the end of that day")] = None,
    entries: Annotated[bool, typer.Option("--entries", help="the journal of the case, with hashes")] = False,
    as_json: Json = False,
) -> None:
    """Show a case as it stands, or as it was."""
    from desk import door as doors
    from desk.shapes import case_as_of
    from desk.touches import prefect_page, runs_of

    console = console_of(ctx, as_json=as_json)
    door, language = console.door, console.language
    if entries:
        with doors.reading(door, console.now) as db:
            journal = doors.entries_of(db, number, zone=door.book.zone, language=language)
        return console.data({"items": journal}) if as_json else say_entries(console, journal)
    if as_of:
        with doors.looking(door) as db:
            if not as_json:
                _refuse_before_it_was_opened(db, number, read_day(as_of), console)
            case = case_as_of(db, number, read_day(as_of), language=language)
    else:
        with doors.reading(door, console.now) as db:
            case = doors.show_case(db, number, now=console.now, language=language)
            if runs := runs_of(db, number, zone=door.book.zone, page=prefect_page(console.settings)):
                case["runs"] = runs
    return console.data(case) if as_json else say_case(console, case)


@app.command()
def why(ctx: typer.Context, number: Number, person: As, as_json: Json = False) -> None:
    """Say of every act of a case whether somebody may do it now, and if not, why not."""
    from desk import door as doors

    console = console_of(ctx, as_json=as_json)
    with doors.reading(console.door, console.now) as db:
        doors.let_ask(db, person)
        acts = doors.acts_of(
            db, number, actor=person, at=console.now, book=console.book, language=console.language
        )  # fmt: skip
    if as_json:
        return console.data({"items": acts})
    return say_answers(console, acts) if acts else console.tell(console.in_words("no_act"))


@app.command("open")
def open_case(
    ctx: typer.Context,
    act: Annotated[str, typer.Argument(metavar="PROCEDURE.ACT", help="such as candidacy.nominate")],
    person: As,
    fact: Fact = None,
    facts: FactsFile = None,
    office: Office = None,
    on_behalf_of: OnBehalfOf = None,
    document: Document = None,
    key: Key = None,
    as_json: Json = False,
) -> None:
    """Open a case by its first act."""
    console = console_of(ctx, as_json=as_json)
    procedure, dot, name = act.partition(".")
    if not dot:
        raise typer.BadParameter(f"{act!r}: expected PROCEDURE.ACT, such as candidacy.nominate")
    asked = _asked(name, fact, facts, office, on_behalf_of, document) | {"procedure": procedure}
    _do(console, asked, person, key=key)


@app.command("act")
def act_on(
    ctx: typer.Context,
    number: Number,
    act: Annotated[str, typer.Argument(metavar="ACT", help="such as admit")],
    person: As,
    fact: Fact = None,
    facts: FactsFile = None,
    office: Office = None,
    on_behalf_of: OnBehalfOf = None,
    document: Document = None,
    seen: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=0,
            max=999_999_999,
            help="the entry you have seen; if left out, the last one when it is read",
        ),
    ] = None,
    key: Key = None,
    as_json: Json = False,
) -> None:
    """Perform an act on a case."""
    console = console_of(ctx, as_json=as_json)
    _do(console, _asked(act, fact, facts, office, on_behalf_of, document), person, case=number, seen=seen, key=key)


@app.command("try")
def try_acts(
    ctx: typer.Context,
    number: Number,
    person: As,
    act: Annotated[str | None, typer.Argument(metavar="ACT", help="such as admit, unless --acts is given")] = None,
    fact: Fact = None,
    facts: FactsFile = None,
    office: Office = None,
    on_behalf_of: OnBehalfOf = None,
    document: Document = None,
    acts: Annotated[
        str | None, typer.Option(metavar="FILE", help="a list of {act, facts, …} in YAML or JSON, played in order")
    ] = None,
    as_json: Json = False,
) -> None:
    """Play acts on a copy of the case and say what each would give; nothing is written. With --office clock the clock acts."""
    from desk import door as doors

    console = console_of(ctx, as_json=as_json)
    if (act is None) == (acts is None):
        raise typer.BadParameter("name one ACT, or a file with --acts")
    wanted = [_asked(act, fact, facts, office, on_behalf_of, document)] if act else acts_of(acts or "")
    with doors.looking(console.door) as db:
        doors.let_ask(db, person)
    played = doors.try_acts(
        console.door, number, wanted, actor=person, at=console.now, language=console.language
    )  # fmt: skip
    if as_json:
        return console.data({"items": played})
    for one in played:
        say_played(console, one)
    return None


def add_to(main: typer.Typer) -> None:
    """Add `kenes case`."""
    main.add_typer(app, name="case")


def _somebody_in_office(db: Db, console: Console) -> str:
    """Name somebody who may see every case, as whoever has the database can."""
    row = db.one(
        "SELECT person_id FROM mandates WHERE begins_at <= ? AND (ended_at IS NULL OR ended_at > ?) LIMIT 1",
        console.now, console.now,
    )  # fmt: skip
    return row[0] if row else ""


def _refuse_before_it_was_opened(db: Db, number: str, day: date, console: Console) -> None:
    """Say of a case that is asked for before it was there when it was opened."""
    from machines.wording import say
    from machines.zones import local_day
    from models.database import instant

    row = db.one(
        "SELECT e.recorded_at, c.zone FROM entries e JOIN cases c ON c.number = e.number WHERE e.number = ? AND e.seq = 1",
        number,
    )  # fmt: skip
    opened = local_day(instant(row[0]), row[1]) if row else day
    if day < opened:
        raise Ended(NOT_FOUND, say("desk.terminal.opened_later", console.language, case=number, day=opened))


def _do(
    console: Console, asked: Mapping[str, Any], person: str, *, case: str | None = None, seen: int | None = None,
    key: str | None = None,
) -> None:  # fmt: skip
    from desk import door as doors

    with doors.looking(console.door) as db:
        doors.let_ask(db, person)
    if case and seen is None:
        with doors.reading(console.door, console.now) as db:
            seen = int(doors.show_case(db, case, now=console.now, language=console.language)["seq"])
    act: Act = doors.act_of(
        asked, actor=person, at=console.now, case=case, seen=seen, key=key or f"cli-{secrets.token_hex(16)}"
    )  # fmt: skip
    answered = doors.do(console.door, act, language=console.language)
    if console.as_json:
        console.data(answered.body)
        return
    say_done(console, answered.body)
    with doors.looking(console.door) as db:
        say_moved(console, doors.brought_about(db, answered.number, answered.seq))
    if answered.replay:
        console.tell("It was done before under this key; nothing was done now.")


def _asked(
    act: str, fact: list[str] | None, facts: str | None, office: str | None, on_behalf_of: str | None, document: str | None
) -> dict[str, Any]:  # fmt: skip
    """Make the request that the API would get: only what was given."""
    told = mapping(read_file(facts), facts) if facts else {}
    for each in fact or ():
        name, equals, text = each.partition("=")
        if not equals or not name:
            raise typer.BadParameter(f"--fact {each!r}: expected NAME=YAML, such as route=small_assembly")
        told[name] = read_yaml(text, f"--fact {name}")
    asked: dict[str, Any] = {"act": act, "facts": told}
    paper = {"document": read_mapping(document, "--document")} if document else {}
    named = {"office": office, "on_behalf_of": on_behalf_of}
    return asked | paper | {name: value for name, value in named.items() if value}
