"""`kenes person erase`: the order to erase somebody's personal data, and what is left to do by hand."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Annotated, Any

import typer

from desk.cli.console import Console, console_of
from desk.cli.typed import read_mapping

if TYPE_CHECKING:
    from desk.erasing import Erased

_PAPER = "its paper, such as '{kind: statement, number: \"7\", date: 2027-03-01}'"
_STILL = (
    ("entries", "Entries that may name the person in free words (read them; --also erases one of a closed case):"),
    ("cases", "Facts of cases that may:"),
    ("hashed", "Entries where the words are hashed and stay:"),
    ("notes", "Notes and names that may (change them by hand):"),
)


def erase(
    ctx: typer.Context,
    person_id: Annotated[str, typer.Argument(metavar="PERSON", help="whose personal data is erased")],
    by: Annotated[
        str | None, typer.Option("--as", metavar="PERSON", help="of the working body; else who has held it longest")
    ] = None,
    ground: Annotated[str, typer.Option(help="own_request, death, court or law")] = "own_request",
    basis: Annotated[str | None, typer.Option(metavar="YAML", help=_PAPER)] = None,
    also: Annotated[
        list[str] | None,
        typer.Option(metavar="NUMBER/ENTRY", help="a further entry that names the person; repeatable"),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="say what would be left, erase nothing")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
) -> None:
    """Erase somebody's personal data for good: names, address, facts, letters. Ids, votes, totals and hashes stay.

    Refused while the person holds an office or an open case needs the facts. Said again it overwrites what was left.
    """
    from desk.erasing import act_of_erasure, older_backups, order_erasure, try_erasure

    console = console_of(ctx, as_json=as_json)
    facts: dict[str, Any] = {"person": person_id, "ground": ground}
    facts |= {"basis": read_mapping(basis, "--basis")} if basis else {}
    facts |= {"also": also} if also else {}
    act = act_of_erasure(console.door, facts, actor=by, at=console.now, key=f"cli-{secrets.token_hex(16)}")
    found = try_erasure(console.door, act) if dry_run else order_erasure(console.door, act, language=console.language)
    backups = older_backups(console.settings.home)
    if as_json:
        return console.data(found.as_data() | {"backups": backups})
    return _say(console, found, backups)


def _say(console: Console, found: Erased, backups: list[str]) -> None:
    if found.already:
        console.say(f"{found.person_id} was erased already, by {found.case}.")
    elif found.case is None:
        console.say(f"{found.person_id} can be erased. Nothing was done.")
    else:
        console.say(f"{found.person_id} is erased, by {found.case}. Nobody can bring it back.")
    for warning in found.warnings:
        console.say(f"  warning {warning['norm']}  {warning['reason']}")
    for place, title in _STILL:
        if there := found.still_named.get(place):
            console.say(title)
            console.say(f"  {', '.join(there)}")
    if found.case and not found.overwritten:
        console.say(
            "Others still read the database: its files may hold the name. Say the same again when they are done."
        )
    if found.case and console.database.kind == "postgresql":
        console.say("PostgreSQL: VACUUM FULL overwrites its files; its log and replicas hold it until they are gone.")
    if found.case and backups:
        console.say("Older backups hold it all: make a new one (kenes backup), then remove these:")
        for file in backups:
            console.say(f"  {file}")
