"""The demonstration: the example's register, and candidacies and memberships in every state around today.

What happens is told in `story.py`; here it is performed, in one transaction, through the same acts as everything else.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from desk.demo.accounts import OPERATOR, open_demo_accounts
from desk.demo.sittings import SITTINGS
from desk.demo.story import FOUNDED_DAYS_AGO, PEOPLE_BESIDE_THE_ROSTER, STORY, Step
from desk.demo.words import typed
from desk.roster.check import read_rows
from desk.roster.importing import Imported, import_roster
from machines.act import Act
from machines.calendar import Calendar
from machines.perform import perform
from machines.register import add_person
from machines.rulebook import Rulebook
from machines.settle import settle_in
from machines.wording import LANGUAGES
from machines.zones import instant, local_day
from models.database import Database, Db

ROSTER = Path(__file__).parents[2] / "examples" / "roster.csv"

LINKS = ("membership", "meeting", "session", "request")  # facts that name a case of the story
_OFFICE_OPENS = time(9)
_BETWEEN_ACTS = timedelta(minutes=7)
_STATES = "SELECT procedure, state, count(*) FROM cases GROUP BY procedure, state ORDER BY procedure, state"


@dataclass(frozen=True)
class Demo:
    """What the demonstration brought: the register, and how many cases stand in which state."""

    imported: Imported
    states: dict[tuple[str, str], int]


def rows_of_demo() -> int:
    """Count the rows that the register of the demonstration has."""
    return len(read_rows(ROSTER))


def load_demo(
    database: Database,
    *,
    now: datetime,
    book: Rulebook,
    language: str = LANGUAGES[0],
    on_row: Callable[[], None] = lambda: None,
) -> Demo | None:
    """Load the demonstration into an empty home; None if there are cases already: then nothing is touched.

    What people have typed in it is in one *language*. The same *now* brings the same acts at the same instants.
    """
    with database.transaction() as db:
        if db.one("SELECT 1 FROM cases LIMIT 1"):
            return None
        founded = now - timedelta(days=FOUNDED_DAYS_AGO)
        imported = import_roster(db, read_rows(ROSTER), at=founded, book=book, on_row=on_row)
        _add_people(db)
        _Telling(db, book, language).tell(now)
        open_demo_accounts(db, at=now)
        return Demo(imported, {(procedure, state): count for procedure, state, count in db.all(_STATES)})


class _Telling:
    """Tells the story: knows which case of it has which number."""

    def __init__(self, db: Db, book: Rulebook, language: str) -> None:
        self.db, self.book, self.language = db, book, language
        self.numbers: dict[str, str] = {}

    def tell(self, now: datetime) -> None:
        """Perform every step on its working day, what has fallen due before it first."""
        for at, step in _in_time(now, self.book):
            settle_in(self.db, at, self.book)
            done = perform(self.db, self._act(step, at, local_day(now, self.book.zone)), self.book)
            self.numbers.setdefault(step.case, done.number)

    def _act(self, step: Step, at: datetime, today: Any) -> Act:
        procedure, _, name = step.act.partition(".")
        facts = typed(dict(step.facts(local_day(at, self.book.zone), today)), self.db, self.language)
        facts |= {name: self._number(facts[name]) for name in LINKS if name in facts}
        if facts.get("subject") in self.numbers:
            facts["subject"] = self.numbers[facts["subject"]]
        number = self._number(step.case)
        row = self.db.one("SELECT seq FROM cases WHERE number = ?", number) if number else None
        return Act(
            procedure=procedure, name=name, actor=step.actor, at=at, case=number, seen=row[0] if row else None, facts=facts,
            office="consequence" if step.by_the_council else None,
        )  # fmt: skip

    def _number(self, case: str) -> str | None:
        """Return the number of a case of the story, or of a standing one such as `membership:m40`."""
        procedure, _, person = case.partition(":")
        if procedure not in ("membership", "council_seat"):
            return self.numbers.get(case)
        row = self.db.one("SELECT number FROM cases WHERE procedure = ? AND person_id = ?", procedure, person)
        return row[0] if row else None


def _in_time(now: datetime, book: Rulebook) -> Iterator[tuple[datetime, Step]]:
    """Yield the steps in the order of their instants: on working days, one after another during the day."""
    days = [(_working_day(now, step, book), step) for step in (*STORY, *SITTINGS)]
    on_day: Counter[Any] = Counter()
    for day, step in sorted(days, key=lambda one: one[0]):
        on_day[day] += 1
        yield instant(datetime.combine(day, _OFFICE_OPENS) + on_day[day] * _BETWEEN_ACTS, book.zone), step


def _working_day(now: datetime, step: Step, book: Rulebook) -> Any:
    calendar: Calendar = book.calendar
    return calendar.previous_working_day(local_day(now, book.zone) - timedelta(days=step.days_ago))


def _add_people(db: Db) -> None:
    from examples.make_roster import Draw, Population

    people = Population(Draw("the people of the demonstration"))
    for person_id in (*PEOPLE_BESIDE_THE_ROSTER, OPERATOR):
        invented = people.invent(person_id)
        spoken = {language: invented[f"name_{language}"] for language in ("kk", "ru", "en")}
        add_person(db, person_id, names=spoken, email=invented["email"], language=invented["language"])
