"""`kenes calendar`: the days off as they are known, their changes, and the open deadlines that a change would move (H05)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from desk.cli.console import Console, console_of, moment, read_day

if TYPE_CHECKING:
    from datetime import date

    from machines.counted_anew import Moving

app = typer.Typer(
    help="The calendar of working days, and its changes.", invoke_without_command=True, rich_markup_mode=None
)

Json = Annotated[bool, typer.Option("--json", help="print JSON")]
Day = Annotated[str, typer.Argument(metavar="DATE", help="such as 2026-05-08")]
Note = Annotated[str, typer.Option("--note", help="why: the decision and its number")]
By = Annotated[str, typer.Option("--as", metavar="PERSON", help="who changes it: a person_id")]

_MADE = {"day_off_moved": "a day off", "day_worked": "a working day", "ordinary": "again what its weekday says"}


@app.callback()
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


@app.command("add")
def add_day_off(ctx: typer.Context, day: Day, note: Note, by: By) -> None:
    """Make a day one that is not worked: a new version of the calendar."""
    _change(console_of(ctx), read_day(day), "day_off_moved", note, by)


@app.command("work")
def add_day_worked(ctx: typer.Context, day: Day, note: Note, by: By) -> None:
    """Make a Saturday, a Sunday or a day off one that is worked."""
    _change(console_of(ctx), read_day(day), "day_worked", note, by)


@app.command("remove")
def remove_day(ctx: typer.Context, day: Day, note: Note, by: By) -> None:
    """Make a day again what its weekday says."""
    _change(console_of(ctx), read_day(day), "ordinary", note, by)


@app.command("changes")
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


@app.command("moves")
def list_moves(ctx: typer.Context, as_json: Json = False) -> None:
    """List the open deadlines that the calendar of now would move, which nobody has decided yet."""
    from desk.editions import moves_answer
    from machines.counted_anew import would_move

    console = console_of(ctx, as_json=as_json)
    with console.database.transaction(write=False) as db:
        row = db.one("SELECT max(version) FROM calendar_versions")
        found = would_move(db, console.book.calendar_of(db, row[0] if row else None))
    if as_json:
        console.data({"items": moves_answer(found, console.language)})
    else:
        _say_moving(console, found)


def _change(console: Console, day: date, kind: str, note: str, by: str) -> None:
    from machines.calendar_versions import change, may_change
    from machines.counted_anew import would_move
    from machines.procedure import Office
    from machines.refusal import Forbidden, Unknown

    console.must_be_in_time()
    with console.database.transaction() as db:
        if db.one("SELECT 1 FROM people WHERE person_id = ?", by) is None:
            raise Unknown("person", by)
        if not may_change(db, by, console.now):
            raise Forbidden("calendar.change", [Office.working_body])
        version = change(db, day, kind, actor=by, at=console.now, note=note)
        found = would_move(db, console.book.calendar_of(db, version))
    console.say(f"Version {version} of the calendar: {day} is {_MADE[kind]}.")
    _say_moving(console, found)


def _say_moving(console: Console, found: list[Moving]) -> None:
    from machines.zones import local_time

    if not found:
        console.say("No open deadline would move.")
        return
    version = found[0].anew.calendar_version
    console.say(
        f"By version {version} of the calendar these open deadlines would move. None moves by itself; a person decides each:"
    )
    for one in found:
        was, is_ = (moment(local_time(due, one.zone)) for due in (one.due, one.anew.due))
        console.say(f"  {one.number} {one.name} ({one.norm}, {one.kind}): {was} → {is_}")
        for step in one.anew.explain(console.language):
            console.say(f"      {step}")
    told = f"--fact case={found[0].number} --fact deadline={found[0].name} --fact version={version} --fact 'reason=…'"
    console.say(f"Decide, as the Chairman or a deputy: kenes case open term_decision.move {told}")
    console.say("or term_decision.leave, to let it stand as it is.")
