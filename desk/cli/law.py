"""The law as it is applied: `kenes procedures`, `norms`, `rulings`, `deadlines`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from desk.cli.console import CHECK_FAILED, NOT_FOUND, Console, Ended, console_of, moment, read_day

if TYPE_CHECKING:
    from collections.abc import Iterator

    from machines.norms import Norm
    from machines.rulebook import Rulebook

Json = Annotated[bool, typer.Option("--json", help="print JSON")]
_DEADLINES = """SELECT {columns} FROM deadlines WHERE state = 'open' AND (due_at < ? OR ? = 1)
 ORDER BY CASE WHEN due_at IS NULL THEN 1 ELSE 0 END, due_at, number, name"""


def procedures(
    ctx: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="one procedure, such as candidacy")] = None,
    as_json: Json = False,
    mermaid: Annotated[bool, typer.Option("--mermaid", help="draw the states")] = False,
    check: Annotated[
        bool, typer.Option("--check", help="check graphs and small situations; exit status 6 if one is wrong")
    ] = False,
    situations: Annotated[
        bool, typer.Option("--situations", help="the same as --check, which always looks at situations too")
    ] = False,
    scenarios: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="with --check: write counterexamples there as scenarios")
    ] = None,
) -> None:
    """Print the tables, draw them, or check them."""
    from machines import tables
    from machines.procedures import PROCEDURES

    console = console_of(ctx)
    if name is not None and name not in PROCEDURES:
        raise Ended(NOT_FOUND, f"There is no procedure {name!r}. There are: {', '.join(PROCEDURES)}.")
    chosen = [PROCEDURES[name]] if name else [*PROCEDURES.values()]
    if check or situations:
        return _check(console, name, scenarios)
    if as_json:
        return console.data(tables.procedures_as_data(chosen))
    for procedure in chosen:
        console.say(tables.mermaid(procedure) if mermaid else f"# {procedure.name}\n\n{tables.table(procedure)}")
    return None


def norms(
    ctx: typer.Context,
    id: Annotated[str | None, typer.Argument(metavar="ID", help="one norm, such as 8.3a")] = None,
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
    book = _book_in_force(console)
    values = book.rulings_on(day)
    since = {key: since for since, key, _ in sorted(book.switched, key=lambda each: each[0]) if since <= day}
    settings, entered = (
        console.settings.sources["rulings"],
        {(each.rule, each.since): each.case for each in book.editions},
    )
    if as_json:
        return console.data({"items": [
            {
                "key": key, "value": values[key], "default": ruling.default, "values": ruling.values, "ruling": ruling.ruling,
                "norm": ruling.norms[0], "norms": ruling.norms, "since": since.get(key),
                "source": entered.get((key, since[key]), settings) if key in since else "default",
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
        overdue = ", overdue" if one["overdue"] else ""
        console.say(f"{moment(one['due'])}  {one['case']}  {one['name']} ({one['norm']}, {one['kind']}{overdue})")
        for step in one["derivation"]:
            console.say(f"    {step}")
    return None


def _book_in_force(console: Console) -> Rulebook:
    """Return the rulebook with what was entered, where there is a database; without one, by the settings."""
    try:
        with console.database.transaction(write=False) as db:
            return console.book.in_force(db)
    except Ended:  # nothing was entered where there is no home yet
        return console.book


def add_to(main: typer.Typer) -> None:
    """Add the commands about the law."""
    for command in (procedures, norms, rulings, deadlines):
        main.command()(command)


def _check(console: Console, name: str | None, folder: Path | None) -> None:
    from machines.graph import check_all
    from machines.proof import check

    found: list[object] = [one for one in check_all() if name in (None, one.procedure)]
    if not found:  # situations are explored in tables that are in order
        report = check(only=name)
        found += report.broken
    for finding in found:
        console.say(str(finding))
    for file in _counterexamples(found, folder) if folder else ():
        console.say(f"kenes simulate {file}")
    if found:
        raise typer.Exit(CHECK_FAILED)
    console.say("Nothing is wrong with the tables.")
    console.say(str(report))


def _counterexamples(found: list[Any], folder: Path) -> Iterator[Path]:
    """Write down what a scenario can express, and say where."""
    from desk.rehearsal.proof import scenario_of
    from machines.proof_step import Broken

    folder.mkdir(parents=True, exist_ok=True)
    told = (scenario_of(one) for one in found if isinstance(one, Broken))
    for place, text in enumerate(filter(None, told), start=1):
        file = folder / f"counterexample-{place}.yaml"
        file.write_text(text, encoding="utf-8")
        yield file


def _written(value: Any) -> str:
    return (
        str(value).lower() if isinstance(value, bool) else ", ".join(value) if isinstance(value, tuple) else str(value)
    )
