"""`kenes plan`: lawful dates before anything is done, each with how it was found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from desk.cli.console import Console, Ended, console_of

if TYPE_CHECKING:
    from datetime import date

    from machines.lawful_dates import Law

app = typer.Typer(
    help="Lawful dates: session, poll, candidacy. Nothing is written.", no_args_is_help=True, rich_markup_mode=None
)

_RANGE = "or a range, 2027-01-01..2027-01-31"

Json = Annotated[bool, typer.Option("--json", help="print what the API answers")]


@app.command()
def session(
    ctx: typer.Context,
    on: Annotated[str | None, typer.Option(metavar="DATE", help=f"an ordinary one that begins on this day, {_RANGE}")] = None,
    decided: Annotated[
        str | None, typer.Option(metavar="DATE", help=f"an extraordinary one decided on this day, {_RANGE}")
    ] = None,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Say until when a session is announced, or on which days an extraordinary one may be held."""
    from desk.plans import planned_announcement, planned_extraordinary

    console = console_of(ctx, as_json=as_json)
    if (on is None) == (decided is None):
        raise typer.BadParameter(
            "name one day: --on DATE (an ordinary session) or --decided DATE (an extraordinary one)"
        )
    if on is not None:
        _plan(console, "--on", on, planned_announcement, _announcement)
    else:
        _plan(console, "--decided", decided or "", planned_extraordinary, _extraordinary)


@app.command()
def poll(
    ctx: typer.Context,
    opened: Annotated[str, typer.Option(metavar="DATE", help=f"the day on which it is opened, {_RANGE}")],
    as_json: Json = False,
) -> None:
    """Say on which days a poll may close."""
    from desk.plans import planned_poll

    _plan(console_of(ctx, as_json=as_json), "--opened", opened, planned_poll, _poll)


@app.command()
def candidacy(
    ctx: typer.Context,
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="the case, such as C-2026-0014")],
    as_json: Json = False,
) -> None:
    """Say when a candidacy can be decided at the earliest, and each step that is left with its term."""
    from desk.door import reading
    from desk.plans import planned_candidacy

    console = console_of(ctx, as_json=as_json)
    with reading(console.door, console.now) as db:
        plan = planned_candidacy(db, number, now=console.now, book=console.book, language=console.language)
    if as_json:
        console.data(plan)
    else:
        _candidacy(console, plan)


def add_to(main: typer.Typer) -> None:
    """Add `kenes plan`."""
    main.add_typer(app, name="plan")


def _plan(
    console: Console, name: str, days: str, plan: Callable[[Law, date, str], dict[str, Any]],
    told: Callable[[Console, Mapping[str, Any]], None],
) -> None:  # fmt: skip
    """Plan one day, or each of a range, and say it."""
    from desk.plans import over

    law = _law(console)
    found = over(days, name, lambda day: plan(law, day, console.language))
    if console.as_json:
        return console.data(found)
    for one in found if isinstance(found, list) else [found]:
        told(console, one)
    return None


def _law(console: Console) -> Law:
    """Return the law with the home's own calendar; where there is no home yet, with the one that kenes ships with."""
    from desk.door import looking
    from desk.plans import law_of
    from machines.lawful_dates import Law

    try:
        door = console.door
    except Ended:
        console.tell(console.in_words("built_in_calendar"))
        return Law(console.book, console.book.calendar)
    with looking(door) as db:
        return law_of(db, console.book)


def _announcement(console: Console, plan: Mapping[str, Any]) -> None:
    _heading(console, "announce", plan, on=plan["on"], day=plan["announce_by"], advised=plan["advise_by"])


def _extraordinary(console: Console, plan: Mapping[str, Any]) -> None:
    days = [day["date"] for day in plan["days"]]
    if not days:
        _heading(console, "hold_none", plan, decided=plan["decided"])
    elif plan["both"]:
        told = {"first": days[0], "last": days[-1], "both": plan["both"]}
        _heading(console, "hold", plan, decided=plan["decided"], **told)
    else:
        told = {"first": days[0], "last": days[-1], "ruling": plan["ruling"]}
        _heading(console, "hold_by_ruling", plan, decided=plan["decided"], **told)


def _poll(console: Console, plan: Mapping[str, Any]) -> None:
    default = plan["default"] or plan["earliest"]
    _heading(console, "close", plan, opened=plan["opened"], earliest=plan["earliest"], day=default)


def _candidacy(console: Console, plan: Mapping[str, Any]) -> None:
    from machines.wording import say

    told = "decide" if plan["earliest"] else "decide_unknown" if plan["steps"] else "decide_done"
    _heading(console, told, plan, case=plan["case"], day=plan["earliest"] or "")
    for step in plan["steps"]:
        act = say(f"names.act.candidacy.{step['act']}", console.language)
        by = [say(f"names.office.{office}", console.language) for office in step["by"] if office != "consequence"]
        console.say(f"{step['earliest'] or '…'}  {act} ({'; '.join([*by, ', '.join(step['norms'])])})")
        for refusal in step["refusals"]:
            console.say(f"  {refusal['norm']}  {refusal['reason']}")
        _lines(console, step["derivation"])


def _heading(console: Console, code: str, plan: Mapping[str, Any], **numbers: Any) -> None:
    """Say the answer on a line, and below it how it was found."""
    from machines.refusal import worded
    from machines.wording import say

    console.say(say(f"desk.plan.{code}", console.language, **worded(numbers, console.language)))
    _lines(console, plan["derivation"])


def _lines(console: Console, sentences: list[str]) -> None:
    for sentence in sentences:
        console.say(f"  {sentence}")
