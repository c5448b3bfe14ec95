"""The clock: whoever sets it by an hour, a day, back or as if in another zone is noticed, and nothing is done too early."""

import json
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from desk.cli.console import Surroundings
from desk.cli.main import main
from desk.door import Door
from desk.problems import problem
from examples import make_roster
from flows.home import Home
from flows.run import Told, at_work
from machines.clock import BACK, BEFORE_ENTRY, BEFORE_WITNESS, ELSEWHERE, TOLERANCE, ClockInDoubt, Reading, judge
from machines.clock_watch import ClockNotTheirs, confirm, watch_clock
from machines.witnesses import TrustedClock, alarm_name, witnesses
from machines.wording import LANGUAGES
from models import Database, host
from models.settings import read_settings
from tests.api_client import Desk
from tests.assembly import Assembly, nominated, nomination, utc

EXAMPLE = Path(make_roster.__file__).with_name("roster.csv")
OPS = ("ops@kenes.example",)
NOON = utc("2006-04-14 06:00")
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)


@dataclass
class Machine:
    """A machine whose clock anybody may set; time passes for it as for everybody."""

    now: datetime = NOON
    ran: timedelta = timedelta(hours=5)
    off: timedelta = timedelta()
    boot: str = field(default_factory=host.boot)

    def passes(self, time: timedelta) -> None:
        self.now, self.ran = self.now + time, self.ran + time

    def wall(self) -> datetime:
        return self.now + self.off

    def ran_ms(self) -> int:
        return int(self.ran / timedelta(milliseconds=1))

    def reading(self) -> Reading:
        return Reading(self.wall(), self.ran_ms(), self.boot)

    def clock(self, database: Database) -> TrustedClock:
        """Return the clock as another process reads it."""
        return TrustedClock(database.transaction, self.wall, ran_ms=self.ran_ms, boot=self.boot)


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def assembly(database: Database) -> Assembly:
    return Assembly(database)


def watched(assembly: Assembly, clock: TrustedClock) -> bool:
    """Say whether the clock is in order."""
    return watch_clock(assembly.database.transaction, clock, OPS) is None


def alarms(assembly: Assembly) -> list[tuple[str, str]]:
    """Return each alarm about the clock: how it ended, or that it is open."""
    sql = "SELECT name, ended_by, ended_at FROM alarms WHERE code = 'clock' ORDER BY since"
    return [(name, by if at else "open") for name, by, at in assembly.ask(sql)]


MINE = alarm_name()

# ------------------------------------------------------------------------------------------------------------------ judged


@pytest.mark.parametrize("off", [HOUR, -HOUR, DAY, -DAY, 5 * HOUR, timedelta(minutes=1), -timedelta(minutes=1)])
def test_a_jump_is_noticed_from_what_was_witnessed(machine: Machine, off: timedelta):
    """By how much, and in which direction."""
    known = [machine.reading()]
    machine.passes(10 * SECOND)
    machine.off = off
    doubt = judge(machine.reading(), known, None)
    assert doubt is not None
    assert (machine.now, abs(off).total_seconds()) == (doubt.expected, doubt.seconds)
    assert (doubt.kind == BACK) is (off < timedelta())


def test_slow_correction_is_no_jump(machine: Machine, sqlite_database: Database):
    """Three weeks of half a second an hour; a correction by half a minute is none either."""
    assembly = Assembly(sqlite_database)
    clock = machine.clock(sqlite_database)
    for _ in range(500):
        assert watched(assembly, clock)
        machine.passes(HOUR)
        machine.off += timedelta(milliseconds=500)
    machine.off -= TOLERANCE / 2
    assert watched(assembly, clock)


def test_after_a_start_of_the_machine_time_must_not_have_gone_backwards(machine: Machine):
    """No more can be said: not before the last witness, not before the last entry."""
    known, again = [machine.reading()], Machine(boot="another")
    for off, kind in ((DAY, None), (-HOUR, BEFORE_WITNESS)):
        again.off = off
        doubt = judge(again.reading(), known, None)
        assert kind == (doubt and doubt.kind)
    doubt = judge(again.reading(), [], NOON)
    assert BEFORE_ENTRY == (doubt and doubt.kind)


# ------------------------------------------------------------------------------------------------------------------ watched


@pytest.mark.parametrize("off", [HOUR, -HOUR, DAY, -DAY, -5 * HOUR])
def test_a_clock_that_jumps_and_is_set_right_again(assembly: Assembly, machine: Machine, off: timedelta):
    """An alarm, told once; while it lasts this process and new ones do nothing; it ends by itself and is told once."""
    clock = machine.clock(assembly.database)
    assert watched(assembly, clock)
    machine.passes(HOUR)
    assert watched(assembly, clock)
    machine.off = off
    for _ in range(3):
        machine.passes(30 * SECOND)
        assert not watched(assembly, clock)
        assert not watched(assembly, machine.clock(assembly.database))
        with pytest.raises(ClockInDoubt):
            clock.must_be_trusted()
    assert [(MINE, "open")] == alarms(assembly)
    machine.off = timedelta()
    machine.passes(30 * SECOND)
    assert watched(assembly, clock)
    clock.must_be_trusted()
    assert [(MINE, "itself")] == alarms(assembly)
    templates = assembly.ask("SELECT template FROM messages WHERE channel = 'operator' ORDER BY template")
    assert [("alarm.began",), ("alarm.ended",)] == templates


def test_a_person_of_the_working_body_confirms_the_new_time(assembly: Assembly, machine: Machine):
    """Then everything goes on from it, in every process; who confirmed it is noted."""
    clock, other = machine.clock(assembly.database), machine.clock(assembly.database)
    assert watched(assembly, clock)
    assert watched(assembly, other)
    machine.off = DAY
    assert not watched(assembly, clock)
    with pytest.raises(ClockNotTheirs):
        confirm(assembly.database.transaction, machine.reading(), actor="ch", operators=OPS)
    assert 1 == confirm(assembly.database.transaction, machine.reading(), actor="wb", operators=OPS)
    assert [(MINE, "confirmed")] == alarms(assembly)
    assert '"confirmed_by": "wb"' in assembly.ask("SELECT numbers FROM alarms")[0][0]
    for each in (clock, other, machine.clock(assembly.database)):
        each.must_be_trusted()
        assert watched(assembly, each)
    assert 0 == confirm(assembly.database.transaction, machine.reading(), actor="wb", operators=OPS)


def test_entries_of_a_wrong_time_are_forgiven_once_the_right_one_is_confirmed(assembly: Assembly, machine: Machine):
    """The clock was a day ahead, and nobody could know; set right it stands before the last entry."""
    nominated(assembly)
    machine.now, machine.off = assembly.now, -DAY  # as the entries have it, it is a day too early
    clock = machine.clock(assembly.database)
    assert not watched(assembly, clock)
    confirm(assembly.database.transaction, machine.reading(), actor="wb", operators=OPS)
    assert watched(assembly, clock)
    machine.off = -2 * DAY
    assert not watched(assembly, clock)


def test_a_process_that_begins_after_the_jump_knows_it_from_the_others(assembly: Assembly, machine: Machine):
    """Its own memory begins too late."""
    assert watched(assembly, machine.clock(assembly.database))
    machine.passes(HOUR)
    machine.off = 2 * HOUR
    with pytest.raises(ClockInDoubt):
        machine.clock(assembly.database).must_be_trusted()


def test_while_it_keeps_step_the_database_is_not_asked(assembly: Assembly, machine: Machine):
    """Two numbers are compared."""
    clock = machine.clock(assembly.database)
    clock.must_be_trusted()
    clock._open = None  # type: ignore[assignment]
    machine.passes(30 * DAY)
    clock.must_be_trusted()


def test_the_dead_are_no_witnesses_any_more(assembly: Assembly, machine: Machine):
    """Of this machine those that have ended, of others those that have said nothing for a day."""
    with assembly.database.transaction() as db:
        rows = [(f"{machine.boot}/1/1", machine.boot, 0), ("x/1/1", "x", 5), ("y/1/1", "y", 30)]
        for process, boot, hours in rows:
            at = machine.now - hours * HOUR
            db.run(
                "INSERT INTO witnesses (process, boot, at, ran_ms) VALUES (?, ?, ?, ?)",
                process,
                boot,
                at,
                machine.ran_ms(),
            )
    assert watched(assembly, machine.clock(assembly.database))
    with assembly.database.transaction(write=False) as db:
        assert {"x/1/1", host.process()} == {process for process, _ in witnesses(db)}


def test_a_doubt_about_one_machine_stops_the_others(assembly: Assembly, machine: Machine):
    """They do not end its alarm; a confirmation does."""
    with assembly.database.transaction() as db:
        sql = "INSERT INTO alarms (name, since, code, number, numbers, ended_by) VALUES ('clock:other', ?, 'clock', '', '{}', '')"
        db.run(sql, machine.now)
    clock = machine.clock(assembly.database)
    doubt = watch_clock(assembly.database.transaction, clock, OPS)
    assert ELSEWHERE == (doubt and doubt.kind)
    assert doubt
    assert 3 == len({problem(ClockInDoubt(doubt), language)["detail"] for language in LANGUAGES})
    assert [("clock:other", "open")] == alarms(assembly)
    confirm(assembly.database.transaction, machine.reading(), actor="wb", operators=OPS)
    assert [("clock:other", "confirmed")] == alarms(assembly)
    assert watched(assembly, clock)


# ------------------------------------------------------------------------------------------------------- flows and doors


def test_a_sweep_does_nothing_while_the_clock_is_in_doubt(assembly: Assembly, machine: Machine, tmp_path: Path):
    """A clock that is a day ahead lets nobody leave a day early (20.3); delivery goes on."""
    clock = machine.clock(assembly.database)
    settings = read_settings({"KENES_HOME": str(tmp_path)}, tmp_path)
    home = Home(settings, assembly.database, assembly.book, clock)
    worked: list[datetime] = []

    def work(_: Home, now: datetime) -> Told:
        worked.append(now)
        return Told("Performed")

    at_work(work, lambda: home)
    machine.off = DAY
    with pytest.raises(ClockInDoubt):
        at_work(work, lambda: home)
    assert [NOON] == worked
    assert [(MINE, "open")] == alarms(assembly)
    at_work(work, lambda: home, whatever_the_clock=True)
    machine.off = timedelta()
    at_work(work, lambda: home)
    assert [NOON, NOON + DAY, NOON] == worked


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_api_lets_nobody_act_while_the_clock_is_in_doubt(assembly: Assembly, machine: Machine, language: str):
    """503, with what the clock says and what it should say; reading goes on, and afterwards the act is done."""
    machine.now = assembly.now
    desk, clock = Desk(assembly), machine.clock(assembly.database)
    desk.app.state.door = replace(desk.app.state.door, trusted=clock, clock=machine.wall)
    assert watched(assembly, clock)
    asked = {"procedure": "candidacy", "act": "nominate", "facts": nomination()}
    machine.off = HOUR
    answer = desk.client.post("/api/v1/cases", json=asked, headers=desk.headers("s:Kostanay", language))
    assert (503, "/problems/clock", "60") == (answer.status_code, answer.json()["type"], answer.headers["retry-after"])
    assert "14.04.2006 11:00" in answer.json()["detail"]
    person = {"name_kk": "А", "name_ru": "А", "name_en": "A"}
    assert 503 == desk.client.post("/api/v1/people", json=person, headers=desk.headers("wb")).status_code
    assert 200 == desk.client.get("/api/v1/cases", headers=desk.headers("wb")).status_code
    health = desk.client.get("/api/v1/health").json()
    assert (False, True) == (health["ready"], health["time"]["in_doubt"])
    machine.off = timedelta()
    assert 201 == desk.client.post("/api/v1/cases", json=asked, headers=desk.headers("s:Kostanay")).status_code


def test_a_door_with_a_clock_of_its_own_is_never_in_doubt(assembly: Assembly):
    """Scenarios and tests tell the time themselves."""
    assert Door(assembly.database, assembly.book, lambda: NOON).trusted is None


def test_another_zone_of_the_environment_changes_nothing(monkeypatch: pytest.MonkeyPatch):
    """What is read is UTC, whatever the machine calls its local time."""
    from desk.door import clock

    read = []
    for zone in ("Asia/Almaty", "America/New_York", "UTC"):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        read.append(clock())
    monkeypatch.undo()
    time.tzset()
    assert max(read) - min(read) < 10 * SECOND


# ---------------------------------------------------------------------------------------------------- the command line


@pytest.fixture
def kenes(tmp_path: Path):
    """Run `kenes` by the clock of this machine."""
    environment = {"KENES_HOME": str(tmp_path / "home"), "LANG": "C.UTF-8"}

    def run(*arguments: str, status: int = 0) -> str:
        result = CliRunner().invoke(main, arguments, obj=Surroundings(environment, tmp_path), catch_exceptions=False)
        assert status == result.exit_code, result.output
        return result.output

    run("init")
    run("roster", "import", str(EXAMPLE))
    return run


def test_the_command_line_acts_only_by_a_clock_that_can_be_trusted(kenes, tmp_path: Path):
    """Exit status 6 and what to do; reading goes on; the working body confirms the time."""
    database = Database(f"sqlite:///{tmp_path / 'home' / 'kenes.sqlite3'}")
    with database.transaction() as db:
        sql = "INSERT INTO witnesses (process, boot, at, ran_ms) VALUES ('p', ?, ?, ?)"
        db.run(sql, host.boot(), datetime.now(UTC) - HOUR, host.ran_ms())
    database.dispose()
    decision = f"decision={{body: small_assembly_session, number: '7', date: {datetime.now(UTC).date() - DAY}}}"
    nominate = (
        "case", "open", "candidacy.nominate", "--as", "s:Kostanay", "--fact", "person=p:A", "--fact", "route=small_assembly",
        "--fact", "region=Kostanay", "--fact", decision, "--fact", "consent=true",
    )  # fmt: skip
    assert "The clock is in doubt" in kenes(*nominate, status=6)
    assert "The clock is in doubt" in kenes("calendar", "add", "2031-01-02", "--note", "x", "--as", "wb", status=6)
    assert "In doubt" in kenes("clock", status=6)
    assert "WRONG  clock" in kenes("doctor", status=6)
    kenes("members")
    assert "Working body" in kenes("clock", "confirm", "--as", "ch", status=3)
    assert "everything goes on" in kenes("clock", "confirm", "--as", "wb")
    kenes(*nominate)
    assert "It can be trusted" in kenes("clock")
    assert "No alarm is open." in kenes("alarms", status=6)  # nobody watches
    assert "cannot be trusted" in kenes("alarms", "--all", status=6)
    (alarm,) = json.loads(kenes("alarms", "--all", "--json", status=6))["items"]
    assert ("clock", "confirmed", "wb") == (alarm["code"], alarm["ended_by"], alarm["numbers"]["confirmed_by"])
