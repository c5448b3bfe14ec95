"""The law as it is applied: `kenes procedures`, `norms`, `rulings`, `calendar`, `deadlines`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from desk.cli_console import CHECK_FAILED, NOT_FOUND, Console, Ended, console_of, read_day

if TYPE_CHECKING:
    from datetime import date

    from machines.calendar_versions import Concerned
    from machines.norms import Norm

calendar = typer.Typer(
    help="The calendar of working days, and its changes.", invoke_without_command=True, rich_markup_mode=None
)  # fmt: skip

Json = Annotated[bool, typer.Option("--json", help="print JSON")]
Day = Annotated[str, typer.Argument(metavar="DATE", help="such as 2026-05-08")]
Note = Annotated[str, typer.Option("--note", help="why: the decision and its number")]
By = Annotated[str, typer.Option("--as", metavar="PERSON", help="who changes it: a person_id")]

_DEADLINES = """SELECT {columns} FROM deadlines WHERE state = 'open' AND (due_at < ? OR ? = 1)
 ORDER BY CASE WHEN due_at IS NULL THEN 1 ELSE 0 END, due_at, number, name"""


def procedures(
    ctx: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="one procedure, such as candidacy")] = None,
    as_json: Json = False,
    mermaid: Annotated[bool, typer.Option("--mermaid", help="draw the states")] = False,
    check: Annotated[
        bool, typer.Option("--check", help="check graphs and small situations; exit status 6 if one is wrong")
    ] = False,
) -> None:
    """Print the tables, draw them, or check them."""
    from machines import tables
    from machines.procedures import PROCEDURES

    console = console_of(ctx)
    if name is not None and name not in PROCEDURES:
        raise Ended(NOT_FOUND, f"There is no procedure {name!r}. There are: {', '.join(PROCEDURES)}.")
    chosen = [PROCEDURES[name]] if name else [*PROCEDURES.values()]
    if check:
        return _check(console, name)
    if as_json:
        return console.data(tables.procedures_as_data(chosen))
    for procedure in chosen:
        console.say(tables.mermaid(procedure) if mermaid else f"# {procedure.name}\n\n{tables.table(procedure)}")
    return None


def norms(
    ctx: typer.Context,
    id: Annotated[str | None, typer.Argument(metavar="[ID]", help="one norm, such as 8.3a")] = None,
    as_json: Json = False,
) -> None:
    """List the norms and where they are carried out, or why not; of one, the code and the scenarios too."""
    from desk.accounted import account_answer, account_in_full
    from machines.norms import NORMS

    console = console_of(ctx)
    language = console.language
    if id is not None and id not in NORMS:
        raise Ended(NOT_FOUND, f"There is no norm {id!r}. `kenes norms` lists them.")
    told = account_in_full if id else account_answer
    found = [
        {"id": norm.id, "title": norm.title[language], **_text(norm, console, full=bool(id)), **told(norm.id, language)}
        for norm in ([NORMS[id]] if id else NORMS.values())
    ]
    if as_json:
        return console.data({"norms": found})
    if id:
        return _say_norm(console, found[0])
    rows = ((one["id"], one["title"], _places(one) or one["why_not"]) for one in found)
    console.table(("norm", "title", "carried out by"), rows)
    carried = sum(one["why_not"] is None for one in found)
    console.tell(f"{len(found)} norms: {carried} carried out, {len(found) - carried} not.")
    return None


def _text(norm: Norm, console: Console, *, full: bool) -> dict[str, Any]:
    language = console.language
    if not full:
        return {}
    return {
        "place": norm.place[language],
        "wording": norm.wording[language],
        "url": norm.url[language],
        "since": norm.since,
    }


def _places(one: dict[str, Any]) -> list[str]:
    return list(dict.fromkeys(place["name"] for place in one["carried_out_by"]))


def _say_norm(console: Console, one: dict[str, Any]) -> None:
    """Say of one norm what it is, what carries it out, and where that stands."""
    console.say(f"{one['id']}  {one['title']}")
    console.say(f"{one['place']}, since {one['since']}: {one['url']}")
    console.say(one["wording"])
    for place in one["carried_out_by"]:
        console.say(f"  {place['kind']}: {place['name']}")
    for said in filter(None, (one["why"], one["why_not"])):
        console.say(f"  {said}")
    for kind, names in (
        ("ruling", one["rulings"]),
        ("code", [f"{code['file']}: {code['name']}" for code in one["code"]]),
        ("scenario", one["scenarios"]),
    ):
        for name in names:
            console.say(f"  {kind}: {name}")


def rulings(
    ctx: typer.Context,
    on: Annotated[str | None, typer.Option("--on", metavar="DATE", help="as of that day")] = None,
    as_json: Json = False,
) -> None:
    """List the rulings in force, with their reasons."""
    from machines.rulings import RULINGS

    console = console_of(ctx)
    day = read_day(on) if on else console.today
    values = console.book.rulings_on(day)
    since = {key: since for since, key, _ in sorted(console.book.overrides, key=lambda each: each[0]) if since <= day}
    if as_json:
        return console.data({"items": [
            {
                "key": key, "value": values[key], "default": ruling.default, "values": ruling.values, "ruling": ruling.ruling,
                "norm": ruling.norms[0], "norms": ruling.norms, "since": since.get(key),
                "source": console.settings.sources["rulings"] if key in since else "default",
                **{part: getattr(ruling, part)(console.language) for part in ("question", "meaning", "reason", "alternatives")},
            }
            for key, ruling in RULINGS.items()
        ]})  # fmt: skip
    rows = (
        (key, _written(values[key]), since.get(key), ruling.ruling, ruling.norms, ruling.question(console.language))
        for key, ruling in RULINGS.items()
    )
    console.table(("ruling", "value", "since", "in the list", "norms", "question"), rows)
    return None


def deadlines(
    ctx: typer.Context,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="the last day that is wanted")] = None,
    as_json: Json = False,
) -> None:
    """List what falls due, with norm and derivation."""
    from desk.door import reading
    from desk.shapes import DEADLINE_COLUMNS, deadline_answer
    from machines.zones import end_of_day

    console = console_of(ctx, as_json=as_json)
    end = end_of_day(read_day(until), zone=console.settings.zone) if until else console.now
    with reading(console.door, console.now) as db:
        rows = db.all(_DEADLINES.format(columns=DEADLINE_COLUMNS), end, 0 if until else 1)
    found = [deadline_answer(row, now=console.now, language=console.language) for row in rows]
    if as_json:
        return console.data({"items": found})
    if not found:
        console.say(console.in_words("nothing_due"))
    for one in found:
        due = (one["due"] or "undated")[:16].replace("T", " ")
        overdue = ", overdue" if one["overdue"] else ""
        console.say(f"{due}  {one['case']}  {one['name']} ({one['norm']}, {one['kind']}{overdue})")
        for step in one["derivation"]:
            console.say(f"    {step}")
    return None


@calendar.callback()
def show_calendar(
    ctx: typer.Context,
    year: Annotated[int | None, typer.Option(help="of which year; this one if left out")] = None,
    as_json: Json = False,
) -> None:
    """List the days of a year that are not what their weekday says."""
    if ctx.invoked_subcommand:
        return None
    from machines.calendar_names import name_of_day

    console = console_of(ctx)
    year = year or console.today.year
    with console.database.transaction(write=False) as db:
        row = db.one("SELECT max(version) FROM calendar_versions")
        now = console.book.calendar_of(db, row[0] if row else None)
    days = {day: kind for day, kind in sorted(now.days.items()) if day.year == year}
    if as_json:
        items = [
            {"day": day, "kind": kind, "name": name_of_day(day, kind, console.language)} for day, kind in days.items()
        ]
        return console.data({"version": now.version, "year": year, "items": items})
    rows = ((day, f"{day:%a}", kind, name_of_day(day, kind, console.language)) for day, kind in days.items())
    console.table(("day", "", "kind", "name"), rows)
    console.tell(f"Version {now.version} of the calendar.")
    return None


@calendar.command("add")
def add_day_off(ctx: typer.Context, day: Day, note: Note, by: By) -> None:
    """Make a day one that is not worked: a new version of the calendar."""
    _change(console_of(ctx), read_day(day), "day_off_moved", note, by)


@calendar.command("work")
def add_day_worked(ctx: typer.Context, day: Day, note: Note, by: By) -> None:
    """Make a Saturday, a Sunday or a day off one that is worked."""
    _change(console_of(ctx), read_day(day), "day_worked", note, by)


@calendar.command("remove")
def remove_day(ctx: typer.Context, day: Day, note: Note, by: By) -> None:
    """Make a day again what its weekday says."""
    _change(console_of(ctx), read_day(day), "ordinary", note, by)


@calendar.command("changes")
def list_changes(ctx: typer.Context, as_json: Json = False) -> None:
    """Say who changed which day, when and why."""
    from machines.calendar_versions import changes

    console = console_of(ctx)
    with console.database.transaction(write=False) as db:
        found = changes(db)
    if as_json:
        console.data({"items": [one._asdict() for one in found]})
    else:
        console.table(("version", "at", "by", "day", "kind", "note"), found)


def add_to(main: typer.Typer) -> None:
    """Add the commands about the law."""
    for command in (procedures, norms, rulings, deadlines):
        main.command()(command)
    main.add_typer(calendar, name="calendar")


def _check(console: Console, name: str | None) -> None:
    from machines.graph import check_all
    from machines.proof import check

    found: list[object] = [one for one in check_all() if name in (None, one.procedure)]
    if not found:  # situations are explored in tables that are in order
        report = check(only=name)
        found += report.broken
    for finding in found:
        console.say(str(finding))
    if found:
        raise typer.Exit(CHECK_FAILED)
    console.say("Nothing is wrong with the tables.")
    console.say(str(report))


def _change(console: Console, day: date, kind: str, note: str, by: str) -> None:
    from machines.calendar_versions import change, concerned
    from machines.refusal import Unknown

    console.must_be_in_time()
    with console.database.transaction() as db:
        if db.one("SELECT 1 FROM people WHERE person_id = ?", by) is None:
            raise Unknown("person", by)
        version = change(db, day, kind, actor=by, at=console.now, note=note)
        found = concerned(db, day)
    console.say(f"Version {version} of the calendar: {day} is {kind.replace('_', ' ')}.")
    _say_concerned(console, found)


def _say_concerned(console: Console, found: list[Concerned]) -> None:
    if found:
        console.say("These open deadlines were counted over that day. None of them moves by itself; a person decides:")
    for one in found:
        console.say(f"  {one.number} {one.name} ({one.norm}), due {one.due:%Y-%m-%d %H:%M} UTC")


def _written(value: Any) -> str:
    return (
        str(value).lower() if isinstance(value, bool) else ", ".join(value) if isinstance(value, tuple) else str(value)
    )
