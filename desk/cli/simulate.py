"""Rehearse a procedure: `kenes simulate`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from desk.cli.console import CHECK_FAILED, DONE, WRONG, Console, Ended, console_of

if TYPE_CHECKING:
    from desk.rehearsal.play import ByClock, Played
    from desk.rehearsal.simulate import Rehearsal

FIRST_YEAR, LAST_YEAR = (
    2008,
    2100,
)  # the Regulation as it stands is of April 2008; days off are known for some years ahead
WIDTH = len("2010-03-01 09:00")


def simulate(
    ctx: typer.Context,
    files: Annotated[
        list[str] | None, typer.Argument(metavar="FILE", help="scenarios, as docs/scenarios.md describes them")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print the steps as JSON")] = False,
    database: Annotated[
        str | None, typer.Option(metavar="URL", help="play on that empty database, not on one in memory")
    ] = None,
    year: Annotated[
        int | None,
        typer.Option(metavar="YEAR", min=FIRST_YEAR, max=LAST_YEAR, help="play an invented year instead of files"),
    ] = None,
    seed: Annotated[int, typer.Option(help="of the year: the same seed, the same journal")] = 1,
) -> None:
    """Play scenarios and say whether everything came as expected; or an invented year, and say what it came to.

    Exit status: 0 all as expected, 6 something else happened, 2 a file is wrong.
    """
    console = console_of(ctx, as_json=as_json)
    if (year is None) == (not files):
        raise Ended(WRONG, "Name files, or a year: kenes simulate FILE…, or kenes simulate --year 2027 --seed 7.")
    if year is not None:
        return _live(console, year, seed, as_json=as_json, url=database)
    rehearsals = []
    for rehearsal in _rehearsals(files or [], database):
        rehearsals.append(rehearsal)
        if rehearsal.wrong and not as_json:
            console.tell(str(rehearsal.wrong))
        if not as_json and (rehearsal.steps or not rehearsal.wrong):
            _say(console, timeline(rehearsal, console.language))
    if as_json:
        _print(console, rehearsals)
    elif len(rehearsals) > 1:
        _say(console, _sum(rehearsals))
    raise typer.Exit(status_of(rehearsals))


def status_of(rehearsals: Iterable[Rehearsal]) -> int:
    """Return the exit status: a wrong file is worse than something unexpected."""
    found = {WRONG if one.wrong else DONE if one.ok else CHECK_FAILED for one in rehearsals}
    return WRONG if WRONG in found else max(found, default=DONE)


def timeline(rehearsal: Rehearsal, language: str) -> Iterator[str]:
    """Tell a rehearsal: when, who, which act of which case, the state it left, refusals and deadlines in words."""
    scenario = rehearsal.scenario
    yield f"{rehearsal.file}: {scenario.title}" if scenario else rehearsal.file
    if scenario:
        norms = f"norms {', '.join(scenario.norms)}; " if scenario.norms else ""
        yield f"  {norms}local time of {scenario.zone}"
    for played in rehearsal.steps:
        for clock in played.clock:
            yield _of_the_clock(rehearsal, clock)
        yield from _step(played, language)
    yield _conclusion(rehearsal)
    yield ""


def add_to(main: typer.Typer) -> None:
    """Add the command."""
    main.command()(simulate)


def _live(console: Console, year: int, seed: int, *, as_json: bool, url: str | None) -> None:
    """Play a year on a database in memory."""
    from desk.rehearsal.year import as_data, lived
    from desk.rehearsal.year_stories import plan, told

    if url is not None:
        raise Ended(WRONG, "--database is for scenarios: a year is played on a database in memory.")
    one = lived(year, seed, plan)
    if as_json:
        console.data(as_data(one))
    else:
        _say(console, told(one))
    raise typer.Exit(CHECK_FAILED if one.faults else DONE)


def _rehearsals(files: list[str], url: str | None) -> Iterator[Rehearsal]:
    from sqlalchemy.exc import ArgumentError

    from desk.rehearsal.simulate import rehearse
    from desk.rehearsal.stages import Given, InMemory, NotEmptyError, WrongAddressError
    from models.migrations import UnfitDatabaseError

    try:
        stages = Given(url) if url else InMemory()
        for file in files:
            yield rehearse(file, stages)
    except NotEmptyError as error:
        raise Ended(
            WRONG, f"The database is not empty: there are rows in {error}. A scenario needs an empty one."
        ) from None
    except UnfitDatabaseError as error:
        raise Ended(WRONG, f"The database cannot be played on: {error}") from None
    except (ArgumentError, WrongAddressError):
        raise Ended(WRONG, "--database: expected an address such as sqlite:///file or postgresql://host/name") from None


def _print(console: Console, rehearsals: list[Rehearsal]) -> None:
    from desk.rehearsal.simulate import rehearsal_as_data

    console.data([rehearsal_as_data(one) for one in rehearsals])


def _say(console: Console, lines: Iterable[str]) -> None:
    for line in lines:
        console.say(line)


def _of_the_clock(rehearsal: Rehearsal, clock: ByClock) -> str:
    named = rehearsal.names.get(clock.number) or clock.whose
    return f"  {clock.at.ljust(WIDTH)}  the clock: {clock.act} {named} → {clock.state}"


def _step(played: Played, language: str) -> Iterator[str]:
    """Tell one step."""
    from desk.rehearsal.scenario import at_minute

    step = played.step
    at = at_minute(step.at).ljust(WIDTH)
    if step.act is None:
        yield f"  {at}  {_standing(played)}"
    else:
        yield f"  {at}  {_who(step.who_written)}: {step.act} {step.case}{_came_to(played)}"
        yield from (f"{_INDENT}{line}" for line in _reasons(played, language))
    yield from (f"{_INDENT}line {step.line}, not as expected — {difference}" for difference in played.differences)


_INDENT = " " * (WIDTH + 6)


def _standing(played: Played) -> str:
    """Say how a case stands where nobody acts."""
    step = played.step
    if played.calendar_version is not None:
        days = (f"{name.replace('_', ' ')} {', '.join(map(str, days))}" for name, days in step.calendar.items())
        return f"the calendar of days off is version {played.calendar_version}: {'; '.join(days)}"
    if step.case is None:
        return "time passes"
    then = f" at the end of {step.as_of}" if step.as_of else ""
    counts = ", ".join(f"{name} {number}" for name, number in (played.counts or {}).items())
    return f"{step.case} is {played.state or 'not there'}{then}" + (f" ({counts})" if counts else "")


def _came_to(played: Played) -> str:
    if played.outcome == "done":
        return f" → {played.state}"
    return {
        "refused": ": refused",
        "forbidden": f": not the office of {', '.join(played.offices)}",
        "conflict": ": somebody acted first",
    }[played.outcome or "refused"]


def _reasons(played: Played, language: str) -> Iterator[str]:
    """Give refusals with norm, reason and remedy, warnings, and the deadlines opened with how they were counted."""
    from machines.terms import explain, steps_from_json

    for refusal in dict.fromkeys((one.norm, one.reason(language), one.remedy(language)) for one in played.refusals):
        yield f"{refusal[0]}  {refusal[1]}"
        yield f"{' ' * len(refusal[0])}  → {refusal[2]}"
    for norm, reason in dict.fromkeys((one.norm, one.reason(language)) for one in played.warned):
        yield f"warning {norm}  {reason}"
    for opened in played.opened:
        yield f"{opened.name} until {opened.due} ({opened.norm})"
        yield from (f"    {line}" for line in explain(steps_from_json(opened.steps), language))


def _who(written: Any) -> str:
    return ", ".join(written) if isinstance(written, list) else str(written)


def _conclusion(rehearsal: Rehearsal) -> str:
    if rehearsal.wrong:
        return f"  The play ends here: line {rehearsal.wrong.line} of the file is wrong."
    others = sum(not played.ok for played in rehearsal.steps)
    return (
        f"  All as expected, steps: {len(rehearsal.steps)}." if not others else f"  Not as expected, steps: {others}."
    )


def _sum(rehearsals: list[Rehearsal]) -> Iterator[str]:
    """Sum up several files."""
    steps = sum(len(one.steps) for one in rehearsals)
    yield f"Files: {len(rehearsals)}, steps: {steps}."
    yield from (f"  wrong: {one.file}" for one in rehearsals if one.wrong)
    yield from (f"  not as expected: {one.file}" for one in rehearsals if not one.ok and not one.wrong)
