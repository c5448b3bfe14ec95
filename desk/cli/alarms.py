"""What somebody must see to: `kenes alarms`, `kenes clock`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from desk.cli.console import CHECK_FAILED, Console, console_of, moment

if TYPE_CHECKING:
    from machines.alarms import Standing
    from machines.witnesses import TrustedClock

clock = typer.Typer(
    help="The clock of this machine: whether it can be trusted.", invoke_without_command=True, rich_markup_mode=None
)  # fmt: skip

Json = Annotated[bool, typer.Option("--json", help="print JSON")]
MOST = 200


def alarms(
    ctx: typer.Context,
    over: Annotated[bool, typer.Option("--all", help="those that are over as well, the latest first")] = False,
    as_json: Json = False,
) -> None:
    """List the alarms: what is wrong, what it means, what to do.

    Exit status 6 while one is open, or while no desk watches: then none would be raised.
    """
    from machines.alarms import all_alarms, open_alarms
    from machines.watching import nobody_watches

    console = console_of(ctx, as_json=as_json)
    with console.database.transaction(write=False) as db:
        standing = open_alarms(db)
        found = all_alarms(db, limit=MOST) if over else standing
        unwatched = nobody_watches(db, console.now)
    if as_json:
        console.data({"items": [_as_data(alarm, console) for alarm in found], "watched": not unwatched})
    elif not found:
        console.say(console.in_words("no_alarm"))
    for alarm in () if as_json else found:
        _say(console, alarm)
    if unwatched and not as_json:
        console.tell(console.in_words("nobody_watches"))
    raise typer.Exit(CHECK_FAILED if standing or unwatched else 0)


@clock.callback()
def show_clock(ctx: typer.Context, as_json: Json = False) -> None:
    """Say what the clock shows and whether it can be trusted.

    Compared with what living processes have witnessed and with the last entry. Exit status 6 if it is in doubt.
    """
    if ctx.invoked_subcommand:
        return
    from machines.clock import ClockInDoubt
    from machines.witnesses import last_recorded, witnesses

    console = console_of(ctx, as_json=as_json)
    trusted = _trusted(console)
    with console.database.transaction(write=False) as db:
        seen, last = witnesses(db), last_recorded(db)
    doubt = trusted.doubt()
    if as_json:
        console.data({
            "now": console.now, "in_doubt": doubt is not None, "last_entry": last,
            "kind": doubt.kind if doubt else None, "expected": doubt.expected if doubt else None,
            "witnesses": [{"process": process, "at": reading.at} for process, reading in seen],
        })  # fmt: skip
    else:
        console.say(f"{console.now:%Y-%m-%d %H:%M:%S} UTC, witnesses: {len(seen)}")
        console.say(f"In doubt: {ClockInDoubt(doubt)}." if doubt else "It can be trusted.")
    if doubt:
        raise typer.Exit(CHECK_FAILED)


@clock.command("confirm")
def confirm_clock(
    ctx: typer.Context,
    by: Annotated[str, typer.Option("--as", metavar="PERSON", help="who confirms it, of the working body")],
) -> None:
    """Confirm that the time is right though it jumped: everything goes on from it."""
    from machines.clock_watch import confirm

    console = console_of(ctx)
    trusted = _trusted(console)
    operators = console.settings.operators
    ended = confirm(console.database.transaction, trusted.read(), actor=by, operators=operators)
    console.say(console.in_words("confirmed" if ended else "nothing_to_confirm"))


def add_to(main: typer.Typer) -> None:
    """Add the commands."""
    main.command()(alarms)
    main.add_typer(clock, name="clock")


def _trusted(console: Console) -> TrustedClock:
    from machines.witnesses import TrustedClock

    return TrustedClock(console.database.transaction, console.surroundings.clock)


def _as_data(alarm: Standing, console: Console) -> dict[str, Any]:
    from machines.alarm_texts import in_words

    words = in_words(alarm.code, alarm.numbers, language=console.language, zone=console.settings.zone)
    return {
        "name": alarm.name, "code": alarm.code, "case": alarm.number or None, "since": alarm.since, "ended_at": alarm.ended_at,
        "ended_by": alarm.ended_by or None, "numbers": dict(alarm.numbers), **words._asdict(),
    }  # fmt: skip


def _say(console: Console, alarm: Standing) -> None:
    from machines.alarm_texts import in_words
    from machines.zones import local_time

    def shown(at: Any) -> str:
        return moment(local_time(at, console.settings.zone))

    words = in_words(alarm.code, alarm.numbers, language=console.language, zone=console.settings.zone)
    until = f" – {shown(alarm.ended_at)}" if alarm.ended_at else ""
    console.say(f"{shown(alarm.since)}{until}  {words.subject}")
    if alarm.ended_at is None:
        console.say(f"    {words.means}\n    → {words.todo}")
