"""A year in one command: `kenes simulate --year 2027 --seed 7`.

An invented Assembly lives through a year with the service's own machines, rows and sweeps, on a database in memory and with a clock of its
own. Dice decide who comes, leaves, votes and is late, and for one week the scheduler stands still. The same year and seed bring the same
journal, to its head; salts are drawn from the seed here, and nowhere else.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from desk.rehearsal.play_roster import Names, put_in_office
from desk.rehearsal.scenario import Roster
from desk.rehearsal.stages import InMemory
from machines.act import PRESIDENT, Act, Done
from machines.journal import verify
from machines.procedure import Office
from machines.refusal import Forbidden, Refused
from machines.register import holders
from machines.reminders import stage_reminders
from machines.rulebook import Rulebook
from machines.seals import count_entries
from machines.settle import act_settled, begin_service, settle
from machines.zones import instant, local_day, local_midnight
from models.database import Database

ROSTER = Roster(
    chairman=True, deputies=2, members=60, council=12, working_body=2, small_assemblies=("Kostanay", "Almaty", "Shymkent"),
    associations={"nca1": {"level": "republican", "highest_body": "congress"}}, state_bodies=("moc",),
    candidates=tuple(f"{each:02}" for each in range(1, 31)),
)  # fmt: skip
SWEPT_AT, REMINDED_AT, OPENS_AT = time(0, 1), time(8), time(9)
STANDS_STILL = timedelta(days=7)
BATCH = 10_000


@dataclass
class Statistics:
    """What a year came to."""

    year: int
    seed: int
    stopped: tuple[date, date]
    acts: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)  # by norm
    not_their_office: int = 0
    days_changed: int = 0
    by_clock: int = 0
    late: int = 0  # of them, recorded more than an hour after they fell due
    latest: timedelta = timedelta(0)
    reminders: int = 0
    cases: dict[tuple[str, str], int] = field(default_factory=dict)
    members: tuple[int, int] = (0, 0)
    messages: int = 0
    missed: int = 0
    entries: int = 0
    faults: int = 0
    head: str = ""


class Year:
    """A year under way: the rows, the dice, the clock, and what is to be done on which day."""

    def __init__(self, database: Database, year: int, seed: int) -> None:
        self.database, self.book, self.dice = database, Rulebook(), random.Random(seed)  # noqa: S311  nothing is guarded by them
        self.names, self.zone = Names(ROSTER), self.book.zone
        self.first, self.last = date(year, 1, 1), date(year, 12, 31)
        stops = self.working_day(self.first + timedelta(days=self.dice.randint(90, 270)))
        self.told = Statistics(year, seed, (stops, stops + STANDS_STILL))
        self.now = local_midnight(self.first, self.zone)
        self._agenda: dict[date, list[Callable[[], object]]] = defaultdict(list)

    # ---------------------------------------------------------------------------------------------------------- the days

    def live(self, plan: Callable[["Year"], None]) -> Statistics:
        """Put everybody in office, plan the year, and live through it day by day."""
        with self.database.transaction() as db:
            put_in_office(db, ROSTER, self.names, self.book, self.now)
        begin_service(self.database.transaction, self.now, self.book)
        before = len(self.holding(Office.member))
        plan(self)
        day = self.first
        while day <= self.last:
            self._live_through(day)
            day += timedelta(days=1)
        self._to(instant(datetime.combine(day, SWEPT_AT), self.zone))
        self._sweep()
        self._count(before)
        return self.told

    def _live_through(self, day: date) -> None:
        if not self.told.stopped[0] <= day < self.told.stopped[1]:
            self._to(instant(datetime.combine(day, SWEPT_AT), self.zone))
            self._sweep()
            self._to(instant(datetime.combine(day, REMINDED_AT), self.zone))
            with self.database.transaction() as db:
                self.told.reminders += len(stage_reminders(db, self.now, self.book, limit=BATCH))
        self._to(instant(datetime.combine(day, OPENS_AT), self.zone))
        for what in self._agenda.pop(day, ()):
            what()

    def _to(self, at: datetime) -> None:
        self.now = max(self.now, at)

    def _sweep(self) -> None:
        settled = settle(self.database.transaction, self.now, self.book)
        assert not settled.failed, settled.failed
        for due, _ in settled.done:
            self.told.by_clock += 1
            self.told.late += self.now - due.due_at > timedelta(hours=1)
            self.told.latest = max(self.told.latest, self.now - due.due_at)

    def _count(self, before: int) -> None:
        told = self.told
        with self.database.transaction(write=False) as db:
            told.cases = {
                (procedure, state): count
                for procedure, state, count in db.all(
                    "SELECT procedure, state, count(*) FROM cases GROUP BY procedure, state ORDER BY procedure, state"
                )
            }
            told.messages = int(db.all("SELECT count(*) FROM messages")[0][0])
            late = "SELECT count(*) FROM deadlines WHERE state = 'open' AND due_at < ?"
            told.missed = int(db.all(late, self.now)[0][0])
            report = verify(db)
            told.entries, told.faults, told.head = report.entries, len(report.faults), count_entries(db).tree.root()
        told.members = before, len(self.holding(Office.member))

    # ---------------------------------------------------------------------------------------------- what the stories use

    def on(self, day: date, what: Callable[[], object]) -> None:
        """Let something be done on a day, or on the next one that is worked; what lies beyond the year is not done."""
        self._agenda[self.working_day(day)].append(what)

    def after(self, days: int, what: Callable[[], object]) -> None:
        """Let something be done so many days from now."""
        self.on(self.today + timedelta(days=days), what)

    @property
    def today(self) -> date:
        """Return the day that it is."""
        return local_day(self.now, self.zone)

    def working_day(self, day: date) -> date:
        """Return the first working day on or after *day*."""
        return self.book.calendar.next_working_day(day)

    def holding(self, office: Office) -> list[str]:
        """Name who holds an office now."""
        with self.database.transaction(write=False) as db:
            return sorted(holders(db, office, self.now))

    def ask(self, sql: str, *values: Any) -> list[Any]:
        """Read rows."""
        with self.database.transaction(write=False) as db:
            return list(db.all(sql, *values))

    def case_of(self, procedure: str, person: str) -> str | None:
        """Return somebody's open case of a procedure."""
        found = self.ask(
            "SELECT number FROM cases WHERE procedure = ? AND person_id = ? AND NOT final", procedure, person
        )
        return found[0][0] if found else None

    def do(
        self, actor: str, act: str, case: str | None = None, facts: Mapping[str, Any] | None = None, **more: Any
    ) -> Done | None:
        """Do an act a few minutes later, what has fallen due first; None if it is refused, which is counted."""
        self.now += timedelta(minutes=self.dice.randint(1, 4))
        self._sweep()
        procedure, _, name = act.partition(".")
        seen = self.ask("SELECT seq FROM cases WHERE number = ?", case)[0][0] if case else None
        if actor == PRESIDENT:
            actor, more = self.holding(Office.working_body)[0], {"on_behalf_of": PRESIDENT}
        told = Act(
            procedure=procedure, name=name, actor=self.names.people.get(actor, actor), at=self.now, case=case, seen=seen, facts=facts or {},
            **more,
        )  # fmt: skip
        try:
            done = act_settled(self.database.transaction, told, self.book)
        except Refused as refused:
            self.told.refused.update({one.norm for one in refused.refusals})
        except Forbidden:
            self.told.not_their_office += 1
        else:
            self.told.acts[procedure] += 1
            return done
        return None


def lived(year: int, seed: int, plan: Callable[[Year], None]) -> Statistics:
    """Live through a year on a database in memory: the same year, seed and plan bring the same head."""
    salts = random.Random(seed)  # noqa: S311  of an invented journal: they hide nothing
    with InMemory().fresh(lambda: f"{salts.getrandbits(128):032x}") as database:
        return Year(database, year, seed).live(plan)


def as_data(one: Statistics) -> dict[str, Any]:
    """Return what a year came to, as `--json` prints it."""
    cases = [
        {"procedure": procedure, "state": state, "count": count} for (procedure, state), count in one.cases.items()
    ]
    stopped = [day.isoformat() for day in one.stopped]
    return vars(one) | {
        "cases": cases,
        "stopped": stopped,
        "latest": one.latest.total_seconds(),
        "members": [*one.members],
    }
