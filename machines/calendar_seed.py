"""Make `calendar_kz.csv` from the package `holidays` (H05): `python -m machines.calendar_seed`.

The running service never imports this file; the table is frozen and lives in the repository. What the package gets
wrong is put right here:

- its list of weekend days worked repeats 28.12.2013 in every year: days worked are taken from the transfers themselves;
- a statutory shift that a decision moved again (11.05.2020 to 08.05.2020) loses its reason: the day is kept as worked;
- it has no Russian names, and its labels changed over time: names are keys of our own texts;
- the date of Kurban Ait in 2026 has been confirmed since; later ones stay estimates.

Left out, as nobody knows better: 06.07.2008 and 07.07.2008 (the law of 25.06.2008 does not say from when), and a second
Kurban Ait at the end of December 2006 (a weekend: no effect).
"""

from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Iterator
from datetime import date

import holidays

from machines.calendar import DAY_OFF, DAY_OFF_MOVED, DAY_WORKED, HOLIDAY, TABLE, Entry

FIRST_YEAR, LAST_YEAR = 2002, 2030
KURBAN_AIT_CONFIRMED_UNTIL = 2026
LABOUR_CODE = date(2007, 7, 1)  # in force since the middle of 2007; no such day off fell between
MINISTRY_DECIDES_SINCE = 2024  # before that the Government moved days off

NAMES = {
    "New Year's Day": "new_year",
    "Orthodox Christmas": "christmas",
    "International Women's Day": "womens_day",
    "Nowruz Holiday": "nauryz",
    "Kazakhstan's People Solidarity Holiday": "unity_day",
    "Defender of the Fatherland Day": "defender_day",
    "Victory Day": "victory_day",
    "Capital Day": "capital_day",
    "Constitution Day": "constitution_day",
    "Republic Day": "republic_day",
    "First President Day": "first_president_day",
    "Independence Day": "independence_day",
    "Eid al-Adha": "kurban_ait",
}
NEVER_MOVED = {"christmas", "kurban_ait"}
RANK = (HOLIDAY, DAY_OFF, DAY_OFF_MOVED, DAY_WORKED)  # what a day is, if it is several things at once

_TRANSFER = re.compile(r"Day off \(substituted from (?P<month>\d\d)/(?P<day>\d\d)/(?P<year>\d{4})\)")
_OBSERVED = " (observed)"
_ESTIMATED = " (estimated)"


def entries(first: int = FIRST_YEAR, last: int = LAST_YEAR) -> list[Entry]:
    """List the days of these years that differ from the plain five-day week, ordered by day."""
    every = list[Entry]()
    for year in range(first, last + 2):  # a day of December may be worked for one of the next January
        listed = holidays.country_holidays("KZ", years=year, language="en_US")
        every += (entry for day in sorted(listed) for label in listed.get_list(day) for entry in _read(day, label))
    found = {entry.day: entry for entry in sorted(every, key=lambda entry: RANK.index(entry.kind), reverse=True)}
    return [found[day] for day in sorted(found) if first <= day.year <= last]


def _read(day: date, label: str) -> Iterator[Entry]:
    if transfer := _TRANSFER.fullmatch(label):
        origin = date(**{part: int(number) for part, number in transfer.groupdict().items()})
        ministry = day.year >= MINISTRY_DECIDES_SINCE
        decided = "order of the Ministry of Labour" if ministry else "decision of the Government"
        yield Entry(day, DAY_OFF_MOVED, origin.isoformat(), decided)
        yield Entry(origin, DAY_WORKED, day.isoformat(), decided)
        return
    name = NAMES[label.removesuffix(_OBSERVED).removesuffix(_ESTIMATED)]
    if label.endswith(_OBSERVED):
        yield Entry(day, DAY_OFF_MOVED, name, "Law 267-II of 13.12.2001, art. 5")
    elif name in NEVER_MOVED:
        estimated = name == "kurban_ait" and day.year > KURBAN_AIT_CONFIRMED_UNTIL
        yield Entry(day, DAY_OFF, name, "Labour Code, estimated date" if estimated else _labour_law(day))
    else:
        yield Entry(day, HOLIDAY, name, "Law 267-II of 13.12.2001")


def _labour_law(day: date) -> str:
    return "Labour Law, art. 56" if day < LABOUR_CODE else "Labour Code"


def table() -> str:
    """Write the entries as the text of the table."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(("date", "kind", "name", "source"))
    rows.writerows((entry.day.isoformat(), entry.kind, entry.name, entry.source) for entry in entries())
    return text.getvalue()


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8")
    sys.stdout.write(f"{TABLE.name}: {len(entries())} days, {FIRST_YEAR} to {LAST_YEAR}\n")
