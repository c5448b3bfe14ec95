"""The record: `kenes verify`, `kenes export`."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from desk.cli.console import CHECK_FAILED, WRONG, Console, Ended, console_of

if TYPE_CHECKING:
    from machines.journal import Report

Json = Annotated[bool, typer.Option("--json", help="print JSON")]

CHECKER = "check_export.py"


def verify(
    ctx: typer.Context,
    export: Annotated[Path | None, typer.Argument(metavar="EXPORT", help="an export; else the home's journal")] = None,
    as_json: Json = False,
) -> None:
    """Replay the journal, verify chains and seals, compare the offices held.

    Exit status 6 if something does not hold.
    """
    from machines.journal import verify as verified
    from machines.journal import verify_export

    console = console_of(ctx)
    keys = keys_of(console)
    if export is not None:
        if complaint := _not_whole(export):
            raise Ended(CHECK_FAILED, complaint)
        with export.open(encoding="utf-8") as lines:
            report = verify_export(lines, public_keys=keys)
    else:
        with console.database.transaction(write=False) as db:
            report = verified(db, public_keys=keys)
    _say(console, report, as_json=as_json)
    if not report.whole:
        raise typer.Exit(CHECK_FAILED)


def export(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="where to, such as journal.jsonl; must not exist yet")],
) -> None:
    """Write the journal, and the program to check it.

    JSON Lines; the program beside it needs nothing but Python.
    """
    from desk import check_export
    from machines.journal import export as lines_of

    console = console_of(ctx)
    database = console.database
    checker = file.with_name(CHECKER)
    try:
        with (
            open(file, "x", encoding="utf-8", newline="\n", opener=_for_me_alone) as out,
            database.transaction(write=False) as db,
        ):
            entries = sum(out.write(line + "\n") and line.startswith('{"position"') for line in lines_of(db))
    except FileExistsError:
        raise Ended(WRONG, f"{file} is there already: name another file, or remove it.") from None
    shutil.copyfile(check_export.__file__, checker)
    console.say(f"{file}: {entries} entries. Anybody can check it: python3 {checker} {file}")


def keys_of(console: Console) -> tuple[str, ...]:
    """Return the public key of this home, by which its seals must be signed; none where there is no key yet."""
    from machines.seals import public_key
    from models.home import KEY_FILE, signing_key

    settings = console.settings
    if settings.signing_key is None and not (settings.home / KEY_FILE).is_file():
        return ()
    return (public_key(signing_key(settings)),)


def add_to(main: typer.Typer) -> None:
    """Add the commands of the record."""
    main.command()(verify)
    main.command()(export)


def _for_me_alone(path: str, flags: int) -> int:
    """Open a file that nobody else may read: the facts in it are about people."""
    return os.open(path, flags, 0o600)


def _not_whole(export: Path) -> str:
    """Say what the program beside the export finds wrong with it; nothing if it is whole."""
    from desk.check_export import Check

    check = Check()
    with export.open("rb") as lines:
        check.read(line.removesuffix(b"\n") for line in lines)
    return "\n".join([*check.faults, f"{export} is NOT whole."]) if check.faults else ""


def _say(console: Console, report: Report, *, as_json: bool) -> None:
    if as_json:
        return console.data({
            "whole": report.whole, "entries": report.entries, "cases": report.cases, "seals": report.seals, "unsealed": report.unsealed,
            "erased": report.erased, "keys": report.keys, "faults": [fault._asdict() for fault in report.faults],
        })  # fmt: skip
    for fault in report.faults:
        console.say(str(fault))
    console.say(
        f"{'Everything holds' if report.whole else 'This journal is NOT whole'}: {report.entries} entries of {report.cases} cases,"
        f" {report.seals} seals; not sealed yet: {report.unsealed}; erased: {report.erased}."
    )  # fmt: skip
    return None
