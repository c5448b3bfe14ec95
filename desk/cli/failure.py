"""How a command ends that could not be done: what is said, and with which exit status."""

from __future__ import annotations

import sys
import tempfile
import traceback
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import typer

from desk.cli.console import BUG, CHECK_FAILED, CONFLICT, NOT_FOUND, REFUSED, WRONG, Console, Ended, moment

STATUS = {
    "refused": REFUSED, "forbidden": REFUSED, "unauthorized": REFUSED, "conflict": CONFLICT, "precondition": CONFLICT,
    "in-flight": CONFLICT, "unknown": NOT_FOUND, "facts": WRONG, "key-reused": WRONG, "too-many": REFUSED, "clock": CHECK_FAILED,
}  # fmt: skip

__all__ = ["CHECK_FAILED", "end", "said_of"]


def end(error: Exception, console: Console | None, *, as_json: bool) -> int:
    """Say on the standard error what stands in the way, and return the exit status."""
    if isinstance(error, Ended):
        typer.echo(error.said, err=True)
        return error.status
    try:
        status = _answered(error, console, as_json=as_json)
    except Exception as bug:  # noqa: BLE001 - what cannot even be said is a bug too
        error, status = bug, None
    if status is None:
        _bug(error, console)
        return BUG
    return status


def _answered(error: Exception, console: Console | None, *, as_json: bool) -> int | None:
    """Say what the API would answer, or what is wrong with a file or the database; None: it is neither."""
    if told := _problem(error, console, console.language if console else "en"):
        if as_json and console:
            console.data(told)
        else:
            typer.echo("\n".join(said_of(told)), err=True)
        return STATUS[told["type"].rpartition("/")[2]]
    if said := _of_the_place(error):
        typer.echo(said, err=True)
        return WRONG
    return None


def said_of(problem: Mapping[str, Any]) -> Iterator[str]:
    """Say a problem as people read it: what happened, each reason with its norm, and what can be done."""
    yield problem["title"]
    if problem["detail"] != problem["title"]:
        yield problem["detail"]
    for refusal in problem.get("refusals", ()):
        yield f"  {refusal['norm']}  {refusal['reason']}"
        yield f"        → {refusal['remedy']}"
    for fault in problem.get("faults", ()):
        yield f"  {fault['fact']}: {fault['reason']}"
    for entry in problem.get("entries", ()):
        yield f"  {entry['seq']}. {entry['act']} — {entry['actor']}, {moment(entry['at'])}"


def _problem(error: Exception, console: Console | None, language: str) -> dict[str, Any] | None:
    """Return the problem that the API would answer with, or None: it is something else."""
    from desk.problems import problem
    from machines.clock import ClockInDoubt
    from machines.refusal import Conflict, Unanswerable
    from models.database import Locked

    if not isinstance(error, Unanswerable | Locked | ClockInDoubt):
        return None
    told = problem(error, language)
    if isinstance(error, Conflict) and console:
        from desk.door import entries_since

        told["entries"] = entries_since(console.door, error, language=language)
    return told


def _of_the_place(error: Exception) -> str | None:
    """Say what is wrong with a setting, a file or the database; None if it is none of these."""
    from desk.roster.check import UnreadableRosterError
    from models.settings import WrongSettingError

    if isinstance(error, WrongSettingError | UnreadableRosterError):
        return str(error)
    if isinstance(error, PermissionError):
        return f"{error.filename}: no permission. Is it read-only, or somebody else's?"
    if isinstance(error, FileNotFoundError | IsADirectoryError | NotADirectoryError):
        return f"{error.filename}: {(error.strerror or '').lower()}"
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}"
    if isinstance(error, UnicodeEncodeError) and any("\udc80" <= letter <= "\udcff" for letter in error.object):
        return "An argument of the command is no text in UTF-8."  # bytes that Python could not read, carried along
    return _of_the_database(error)


def _of_the_database(error: Exception) -> str | None:
    """Say that the database cannot be reached, written or read; its own words come last."""
    from sqlalchemy.exc import OperationalError, ProgrammingError

    cause = getattr(error, "orig", None) or error
    said = str(cause).strip().partition("\n")[0]
    if "readonly" in said or "read-only" in said:
        return (
            f"The database can only be read by whoever runs this: {said}. Nothing was written. "
            "Run it as the owner of the home, or let this user write there; looking needs it too."
        )
    if "no such table" in said or "does not exist" in said:
        return (
            f"The database is not a home of kenes, or of an older version: {said}. `kenes init` brings it up to date."
        )
    if isinstance(error, OperationalError | ProgrammingError):
        return f"The database cannot be used: {said}. `kenes doctor` says more."
    return None


def _bug(error: Exception, console: Console | None) -> None:
    """Keep the whole account of a bug in a file, and say where it is."""
    account = "".join(traceback.format_exception(error))
    folder = _folder(console)
    with tempfile.NamedTemporaryFile(
        "w", prefix="bug-", suffix=".txt", dir=folder, delete=False, encoding="utf-8"
    ) as file:
        file.write(f"{sys.version}\n\n{account}")
    typer.echo(f"This is a bug of kenes: {type(error).__name__}: {error}", err=True)
    typer.echo(f"Nothing was done halfway. The whole account for who maintains it: {file.name}", err=True)


def _folder(console: Console | None) -> Path | None:
    """Return the home where it is there and can be written, else the system's place for temporary files."""
    import os

    try:
        home = console.settings.home if console else None
    except Exception:  # noqa: BLE001 - whatever is wrong with the settings, the bug must be told
        return None
    return home if home and home.is_dir() and os.access(home, os.W_OK) else None
