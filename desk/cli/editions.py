"""`kenes edition`: the rules that can be changed, what has been entered, and which open cases it concerns."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from desk.cli.console import console_of, moment, read_day

app = typer.Typer(
    help="New editions of rules: what holds, what was entered, whom it concerns. Entering: kenes case open edition.propose.",
    no_args_is_help=True, rich_markup_mode=None,
)  # fmt: skip

Json = Annotated[bool, typer.Option("--json", help="print what the API answers")]


@app.command()
def rules(
    ctx: typer.Context,
    on: Annotated[str | None, typer.Option("--on", metavar="DATE", help="as of that day")] = None,
    as_json: Json = False,
) -> None:
    """List every rule that an edition may change: its value, since when, by what, and what it may be."""
    from desk.door import reading
    from desk.editions import rules_answer

    console = console_of(ctx, as_json=as_json)
    with reading(console.door, console.now) as db:
        found = rules_answer(db, console.book, read_day(on) if on else console.today, console.language)
    if as_json:
        return console.data({"items": found})
    names = ("rule", "value", "since", "source", "norms", "expected")
    console.table(
        names, ([one[name] if name != "source" else one["edition"] or one["source"] for name in names] for one in found)
    )
    return None


@app.command("list")
def list_editions(ctx: typer.Context, as_json: Json = False) -> None:
    """List the editions that were proposed, with where each stands."""
    from desk.door import reading
    from desk.editions import editions_answer

    console = console_of(ctx, as_json=as_json)
    with reading(console.door, console.now) as db:
        found = editions_answer(db, console.language)
    if as_json:
        return console.data({"items": found})
    names = ("number", "state", "rule", "value", "since", "norm", "open_cases")
    console.table(names, ([_written(one[name]) for name in names] for one in found))
    return None


@app.command()
def report(
    ctx: typer.Context,
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="of the edition, such as N-2027-0001")],
    as_json: Json = False,
) -> None:
    """List the open cases that an edition concerns, and whether they keep their rule or follow the new one."""
    from desk.door import reading
    from desk.editions import report_answer

    console = console_of(ctx, as_json=as_json)
    with reading(console.door, console.now) as db:
        found = report_answer(db, number, console.language)
    if as_json:
        return console.data(found)
    console.say(
        f"{number}  {found['state']}: {found['rule']} = {_written(found['value'])} from {found['since']} ({found['norm']})"
    )
    console.say(f"  {found['name']}")
    console.say(f"  open cases concerned: {len(found['concerned'])}; {found['effect']}")
    for one in found["concerned"]:
        console.say(f"  {one['case']}  {one['procedure']}: {one['state']}, opened {one['opened_at'][:10]}")
        for deadline in one["deadlines"]:
            console.say(f"      {deadline['name']}: {moment(deadline['due'])} (counted already, stays)")
    return None


def _written(value: Any) -> str:
    return (
        str(value).lower() if isinstance(value, bool) else ", ".join(value) if isinstance(value, list) else str(value)
    )
