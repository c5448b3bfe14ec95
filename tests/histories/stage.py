"""Play steps on a database, and say how it differs from the reference."""

import contextlib
import dataclasses
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, NamedTuple, Protocol

from desk.rehearsal.play import Play, Played
from desk.rehearsal.play_roster import put_in_office
from desk.rehearsal.scenario import Roster, Scenario, Step, at_minute
from desk.rehearsal.stages import InMemory
from machines.act import Act
from machines.refusal import Unanswerable
from machines.settle import act_settled
from machines.zones import local_time
from models.database import Database
from models.database import instant as stored_instant
from models.migrations import upgrade
from tests import postgresql
from tests.histories.founded import Founded
from tests.reference import Answer, Attempt, World

ZONE = "Asia/Almaty"


@dataclasses.dataclass(frozen=True)
class Setting:
    """Where a history begins: who is in office, when, and which rulings are switched."""

    starts: datetime
    roster: tuple[tuple[str, Any], ...]
    rulings: tuple[tuple[str, Any], ...] = ()

    def scenario(self) -> Scenario:
        """The head of a scenario."""
        return Scenario(
            file="history", title="A history", norms=(), starts=self.starts, zone=ZONE, rulings=dict(self.rulings), days_off=(),
            days_worked=(), roster=Roster(**dict(self.roster)), steps=(),
        )  # fmt: skip

    def world(self) -> Founded:
        """What the reference makes of it."""
        return Founded(dict(self.roster), self.starts, dict(self.rulings))


def _setting(starts: datetime, members: int, council: int, deputies: int, **rulings: Any) -> Setting:
    associations = {
        "conf": {"level": "regional", "region": "Kostanay", "highest_body": "conference"},
        "town": {"level": "local", "region": "Almaty", "highest_body": "general_meeting"},
    }
    roster = {
        "chairman": True, "deputies": deputies, "members": members, "council": council, "working_body": 2,
        "small_assemblies": ("Almaty", "Kostanay", "Shymkent"), "associations": associations, "state_bodies": ("gov",),
        "candidates": ("A", "B", "C", "D"),
    }  # fmt: skip
    switched = tuple((name.replace("__", "."), value) for name, value in rulings.items())
    return Setting(starts, tuple(roster.items()), switched)


SETTINGS = (
    _setting(datetime(2027, 2, 1, 9), 14, 6, 2),
    _setting(datetime(2010, 12, 13, 9), 12, 5, 1, candidacy__council_outcome="blocking"),
    _setting(datetime(2008, 1, 29, 9), 16, 7, 2, removal__submission__min_submitters=2),
)


class Changed(NamedTuple):
    """A day of the calendar that becomes another one by a decision."""

    kind: str  # days_off, days_worked, ordinary_days
    day: date


class Difference(AssertionError):
    """The program and the reference say something different; *cases*: how they stand, by the reference and by the program."""

    def __init__(self, said: str, cases: dict[str, tuple[Any, Any]] | None = None) -> None:
        super().__init__(said)
        self.cases = cases or {}

    @property
    def kind(self) -> str:
        """Of what kind it is: the same when other people, cases and days are concerned."""
        return re.sub(r"[\d-]+", "", str(self).partition(":")[0])


# --------------------------------------------------------------------------------------------------------------------- databases


class Stage(Protocol):
    """Lends databases in which everybody of a setting is in office."""

    def lent(self, setting: Setting) -> contextlib.AbstractContextManager[Database]:
        """Lend one, for one history."""


class OnSqlite:
    """In memory: put in office once, copied for each history."""

    def __init__(self) -> None:
        self.made: dict[int, Database] = {}
        self.empty = InMemory()

    @contextlib.contextmanager
    def lent(self, setting: Setting) -> Iterator[Database]:
        """Lend a copy."""
        key = SETTINGS.index(setting)
        if key not in self.made:
            with self.empty.fresh() as database:
                Real(setting, database).found()
                self.made[key] = _copy(database)
        database = _copy(self.made[key])
        try:
            yield database
        finally:
            database.dispose()

    def close(self) -> None:
        """Give everything back."""
        for database in self.made.values():
            database.dispose()


def _copy(database: Database) -> Database:
    """Copy a database in memory."""
    copy = Database("sqlite://")
    with database.engine.connect() as source, copy.engine.connect() as target:
        raw: Any = source.connection.driver_connection
        raw.backup(target.connection.driver_connection)
    return copy


class OnPostgresql:
    """On a server: put in office once in a template, copied for each history."""

    def __init__(self, server: str) -> None:
        self.server, self.made, self.stack = server, dict[int, str](), contextlib.ExitStack()

    @contextlib.contextmanager
    def lent(self, setting: Setting) -> Iterator[Database]:
        """Lend a copy of the template."""
        key = SETTINGS.index(setting)
        if key not in self.made:
            url = self.stack.enter_context(postgresql.fresh_database(self.server))
            database = Database(url)
            upgrade(database)
            Real(setting, database).found()
            database.dispose()
            self.made[key] = url.partition("?")[0].rpartition("/")[2]
        with postgresql.fresh_database(self.server, template=self.made[key]) as url:
            database = Database(url)
            try:
                yield database
            finally:
                database.dispose()

    def close(self) -> None:
        """Drop the templates."""
        self.stack.close()


# ---------------------------------------------------------------------------------------------------------------------- playing


class Real(Play):
    """A scenario that is played step by step, while it is made; every act has a key."""

    def __init__(self, setting: Setting, database: Database) -> None:
        super().__init__(setting.scenario(), database)
        self.acts = 0
        self.latest: Act | None = None

    def found(self) -> None:
        """Put everybody in office."""
        with self.database.transaction() as db:
            put_in_office(db, self.scenario.roster, self.names, self.book, self.now)
        self._begin_the_first_duty(self.now)

    def play(self, step: Step) -> Played:
        """Play one step."""
        return self._play(step)

    def _act(self, step: Step, who: str) -> Act:
        self.acts += 1
        self.latest = super()._act(step, who)._replace(key=f"key-{self.acts}")
        return self.latest

    def again(self) -> None:
        """Send the act that was just done once more, with its key: the first answer comes again, and nothing is written."""
        assert self.latest is not None
        before = self._written()
        try:
            done = act_settled(self.database.transaction, self.latest, self.book)
        except Unanswerable as error:
            raise Difference(f"{self.latest}: done once, and not answered again with its key: {error!r}") from error
        if not done.replay or self._written() != before:
            raise Difference(f"{self.latest} was done twice with one key")

    def snapshot(self) -> dict[str, Any]:
        """Say how everything stands: cases with their open deadlines, and who holds which office."""
        names = {number: name for name, number in self.cases.items()}
        dues: dict[str, list[str]] = defaultdict(list)
        with self.database.transaction(write=False) as db:
            for number, name, due in db.all("SELECT number, name, due_at FROM deadlines WHERE state = 'open'"):
                dues[number].append(f"{name} {self.local(due)}")
            cases = db.all("SELECT number, procedure, state, seq, person_id, body FROM cases ORDER BY number")
            sql = "SELECT office, person_id, body FROM mandates WHERE begins_at <= ? AND (ended_at IS NULL OR ended_at > ?)"
            held = Counter((office, person, body or "") for office, person, body in db.all(sql, self.now, self.now))
        stand: dict[str, Any] = defaultdict(list)
        for number, procedure, state, seq, person, body in cases:
            name = names.get(number) or f"{procedure}:{person or body}"
            stand[name].append((state, seq, *sorted(dues[number])))
        return {name: sorted(each) for name, each in stand.items()} | {"in office": held}

    def local(self, due: Any) -> str:
        """Write a due instant as local time."""
        return at_minute(local_time(stored_instant(due), ZONE).replace(tzinfo=None)) if due else "none"


def expected(w: World) -> dict[str, Any]:
    """The same as the reference has it."""
    stand: dict[str, Any] = defaultdict(list)
    for c in w.cases:
        dues = sorted(f"{name} {at_minute(due) if due else 'none'}" for name, due in c.open.items())
        stand[c.name].append((c.state, c.seq, *dues))
    held = Counter((m.office, m.person, m.body) for m in w.cases if m.holds(w.now))
    return {name: sorted(each) for name, each in stand.items()} | {"in office": held}


def step_of(w: World, told: Attempt | None, answer: Answer | None, at: datetime) -> Step:
    """Write an attempt as a step that expects what the reference says."""
    if told is None or answer is None:
        return Step(lines={"": 1}, at=at)
    refused: Any = None
    if answer.outcome != "done":
        refused = {"forbidden": {"office": True}, "conflict": {"conflict": True}}.get(answer.outcome)
        refused = refused or tuple(sorted({norm for norm, _ in answer.reasons}))
    c = w.names.get(told.case) or (w.case(told.case) if ":" in told.case else None)
    return Step(
        lines={"": 1}, at=at, who=(told.who,), who_written=told.who, act=told.act, case=told.case, facts=told.facts, refused=refused,
        seen=c.seq - 1 if told.stale and c else None, on_behalf_of=told.behalf, document=told.document,
    )  # fmt: skip


def compare(played: Played, answer: Answer) -> None:
    """Compare what came of an act with what the reference says of it."""
    if played.outcome != answer.outcome:
        said = sorted(f"{one.norm} {one.code}" for one in played.refusals)
        wanted = sorted(" ".join(one) for one in answer.reasons)
        raise Difference(
            f"{played.step.act}: {answer.outcome} {wanted} by the reference, {played.outcome} {said} by the program"
        )
    reasons = {(one.norm, _code(one.code)) for one in played.refusals}
    if reasons != set(answer.reasons):
        raise Difference(
            f"{played.step.act}: refused for {_sorted(answer.reasons)} by the reference, for {_sorted(reasons)} by the program"
        )
    warned = (
        {(one.norm, one.code) for one in played.warned if not one.code.startswith("joint.")}
        if played.outcome == "done"
        else set()
    )
    if warned != set(answer.warned):
        raise Difference(
            f"{played.step.act}: warned of {_sorted(answer.warned)} by the reference, of {_sorted(warned)} by the program"
        )
    other = [one for one in played.differences if not one.startswith("refused with")]
    if other:
        raise Difference(f"{played.step.act}: {other[0]}")


def compare_counts(played: Played, w: World) -> None:
    """Compare the counts of votes that a case has come to."""
    c = w.names.get(played.step.case or "")
    if c is None or played.counts is None:
        return
    wanted = dict(c.told.get("counts") or {})
    if c.procedure == "session_request" and c.state == "collecting":
        wanted = {"signatures": len({*c.ballots} & w.holders("member")), "total": len(w.holders("member"))}
    differing = {
        name: (value, played.counts.get(name)) for name, value in wanted.items() if played.counts.get(name) != value
    }
    if differing:
        raise Difference(f"{c.name}: counts {differing}: by the reference, by the program")


def compare_all(real: Real, w: World) -> None:
    """Compare how everything stands."""
    mine, theirs = expected(w), real.snapshot()
    differing = {
        name: (mine.get(name), theirs.get(name))
        for name in sorted({*mine, *theirs})
        if mine.get(name) != theirs.get(name)
    }
    if differing:
        said = [
            f"{name}: {_lessened(*pair)} by the reference, {_lessened(*pair[::-1])} by the program"
            for name, pair in differing.items()
        ]
        raise Difference("\n".join(said), differing)


def _lessened(one: Any, other: Any) -> Any:
    return dict(one - other) if isinstance(one, Counter) and isinstance(other, Counter) else one


def _code(code: str) -> str:
    return "state" if code.startswith("state.") else code


def _sorted(reasons: Any) -> list[str]:
    return sorted(" ".join(one) for one in reasons)
