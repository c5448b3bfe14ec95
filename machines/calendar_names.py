"""What a day that is not what its weekday says is called: a feast, the day it changed places with, or why it was decided."""

from datetime import date
from functools import cache

from machines.calendar import DAY_WORKED, built_in_entries
from machines.wording import has, say


def name_of_day(day: date, kind: str, language: str, note: str = "") -> str:
    """Name a day of this kind; *note* is why a later version of the calendar changed it."""
    said = say(f"calendar.kind.{kind}", language)
    if note:
        return f"{said}: {note}"
    name = _names().get(day, "")
    if has(f"calendar.name.{name}"):
        return say(f"calendar.name.{name}", language)
    if name[:1].isdecimal():
        return say(
            "calendar.moved_to" if kind == DAY_WORKED else "calendar.moved_from", language, day=date.fromisoformat(name)
        )
    return said


@cache
def _names() -> dict[date, str]:
    return {entry.day: entry.name for entry in built_in_entries()}
