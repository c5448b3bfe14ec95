"""Alarms: raised once, told once when they begin and once when they are over, whoever finds them and however often."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from flows import perform_deadlines, watch_duties
from flows.home import Home
from flows.sweeps import note_alarms, watch_duties_now
from machines.alarm_texts import in_words
from machines.alarms import Found, all_alarms, is_to_be_sent, open_alarms, raise_alarm, watch
from machines.settle import FAILURES_BEFORE_ALARM, begin_service, settle_in
from machines.watching import BY_THE_CLOCK, DUTIES, SERVICE, duties, full_disks, is_low, late_flows, nobody_watches
from machines.wording import LANGUAGES, has
from models import Database, Db
from models.heartbeat import DESK, LATE_AFTER, SWEEP
from models.host import Room
from models.settings import Settings, read_settings
from tests.assembly import Assembly, admissible, nominated, submitted

OPS = ("ops@kenes.example", "night@kenes.example")
FULL = Found("disk:home", "disk", numbers={"place": "home", "free": 100})
MB = 1_000_000


@pytest.fixture
def assembly(database: Database) -> Assembly:
    return Assembly(database)


@pytest.fixture
def home(assembly: Assembly, tmp_path: Path) -> Home:
    return Home(settings(tmp_path), assembly.database, assembly.book)


def settings(tmp_path: Path, **more: str) -> Settings:
    return read_settings({"KENES_HOME": str(tmp_path), "KENES_OPERATORS": ",".join(OPS), **more}, tmp_path)


def watched(assembly: Assembly, *found: Found, at: datetime | None = None, to: tuple[str, ...] = OPS) -> None:
    with assembly.database.transaction() as db:
        watch(db, ["disk", "no_owner"], found, at or assembly.now, to)


def told(assembly: Assembly) -> list[tuple[str, str]]:
    """Return the letters about alarms: what they tell, and to whom."""
    sql = 'SELECT template, "to" FROM messages WHERE channel = \'operator\' ORDER BY created_at, template, "to"'
    return [(template.removeprefix("alarm."), to) for template, to in assembly.ask(sql)]


def names(assembly: Assembly) -> list[str]:
    with assembly.database.transaction(write=False) as db:
        return [alarm.name for alarm in open_alarms(db)]


def found_by(assembly: Assembly, look: Callable[[Db], list[Found]]) -> list[Found]:
    with assembly.database.transaction(write=False) as db:
        return look(db)


# ------------------------------------------------------------------------------------------------------- once, and once only


def test_an_alarm_is_told_once_and_once_more_when_it_is_over(assembly: Assembly):
    """However often it is found, and found no more."""
    later = assembly.now + timedelta(hours=1)
    for _ in range(3):
        watched(assembly, FULL)
    assert ["disk:home"] == names(assembly)
    assert [("began", "night@kenes.example"), ("began", "ops@kenes.example")] == told(assembly)
    for _ in range(3):
        watched(assembly, at=later)
    assert [] == names(assembly)
    assert [("ended", "night@kenes.example"), ("ended", "ops@kenes.example")] == told(assembly)[2:]


def test_what_comes_again_is_an_alarm_of_its_own(assembly: Assembly):
    """With its own letters; both stand in the list, the later one first."""
    for hour, found in enumerate(([FULL], [], [FULL])):
        watched(assembly, *found, at=assembly.now + timedelta(hours=hour))
    assert 2 + 2 + 2 == len(told(assembly))
    with assembly.database.transaction(write=False) as db:
        ends = [alarm.ended_at for alarm in all_alarms(db, limit=10)]
    assert [None, assembly.now + timedelta(hours=1)] == ends


def test_several_who_find_the_same_at_once_raise_one_alarm(assembly: Assembly):
    """Two watchers and a flow: one row, one letter to each; and it is ended once."""
    at_once = threading.Barrier(4)

    def look(*found: Found, at: datetime) -> None:
        at_once.wait()
        watched(assembly, *found, at=at)

    for found in ([FULL], []):
        at = assembly.now + timedelta(minutes=0 if found else 5)
        threads = [threading.Thread(target=look, args=found, kwargs={"at": at}) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [(1,)] == assembly.ask("SELECT count(*) FROM alarms")
    assert ["began"] * 2 + ["ended"] * 2 == [template for template, _ in told(assembly)]


def test_only_the_codes_that_were_looked_at_are_ended(assembly: Assembly):
    """Who looks at the disk says nothing about the clock."""
    with assembly.database.transaction() as db:
        watch(db, ["audit"], [Found("audit", "audit", numbers={"count": 3})], assembly.now, OPS)
    watched(assembly)
    assert ["audit"] == names(assembly)


def test_the_numbers_of_an_open_alarm_follow_what_is_found(assembly: Assembly):
    """Without another letter."""
    watched(assembly, FULL)
    watched(assembly, Found("disk:home", "disk", numbers={"place": "home", "free": 0}))
    assert [('{"free": 0, "place": "home"}',)] == assembly.ask("SELECT numbers FROM alarms")
    assert 2 == len(told(assembly))


def test_without_operators_the_working_body_is_told(assembly: Assembly):
    """And what only the working body can mend it is told in any case, once where one of them is an operator too."""
    watched(assembly, FULL, to=())
    assert [("began", "wb")] == told(assembly)
    watched(assembly, FULL, Found("no_owner:candidacy.submitted", "no_owner"), to=OPS[:1])
    assert [("began", "ops@kenes.example")] * 2 + [("began", "wb")] * 2 == sorted(
        told(assembly), key=lambda one: one[1]
    )


def test_nobody_gets_a_letter_twice_for_two_reasons(assembly: Assembly):
    """Who acts for the working body may be an operator as well."""
    with assembly.database.transaction() as db:
        db.run("UPDATE people SET email = ? WHERE person_id = 'wb'", OPS[0])
    watched(assembly, Found("no_owner:candidacy.considered", "no_owner"), to=OPS[:1])
    assert [("began", OPS[0])] == told(assembly)


def test_a_letter_waits_until_it_is_sent(assembly: Assembly):
    """By this the desk knows that it has to send."""
    watched(assembly, FULL)
    with assembly.database.transaction(write=False) as db:
        assert is_to_be_sent(db, assembly.now)
        assert not is_to_be_sent(db, assembly.now - timedelta(minutes=1))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_alarm_has_words_in_every_language(language: str):
    """What it is, what it means, what to do; and one that has none is said by its code."""
    for code in {*SERVICE, *DUTIES, "disk", "clock", "audit", "backup"}:
        assert has(f"alarms.{code}.subject"), code
    assert "fell_over" in in_words("fell_over", {}, language=language, zone="Asia/Almaty").subject
    words = in_words("late", {"flow": SWEEP, "last_at": ""}, language=language, zone="Asia/Almaty")
    assert SWEEP not in words.subject


# ------------------------------------------------------------------------------------------------------------ late flows


def beat(assembly: Assembly, name: str, at: datetime, note: str = "") -> None:
    with assembly.database.transaction() as db:
        db.run("DELETE FROM heartbeats WHERE name = ?", name)
        db.run("INSERT INTO heartbeats (name, at, note) VALUES (?, ?, ?)", name, at, note)


def late(assembly: Assembly, at: datetime) -> list[str]:
    return [each.name for each in found_by(assembly, lambda db: late_flows(db, at))]


def test_a_standstill_is_found_after_four_minutes(assembly: Assembly):
    """Counted from the last sweep."""
    started, swept = assembly.now, assembly.now + timedelta(hours=1)
    beat(assembly, DESK, swept, f"since {started.isoformat()}")
    beat(assembly, SWEEP, swept)
    assert "no_sweep" not in late(assembly, swept + timedelta(minutes=4))
    assert "no_sweep" in late(assembly, swept + timedelta(minutes=4, seconds=1))


def test_right_after_a_start_nobody_is_late(assembly: Assembly):
    """Neither where nothing has ever run nor after a long pause: each flow has its time, counted from the start of the desk."""
    started = assembly.now
    assert [] == late(assembly, started)
    for swept in (None, started - timedelta(days=9)):
        if swept:
            beat(assembly, SWEEP, swept)
        beat(assembly, DESK, started, f"since {started.isoformat()}")
        assert [] == late(assembly, started + timedelta(minutes=4))
        assert ["no_sweep"] == late(assembly, started + timedelta(minutes=5))
    beat(assembly, DESK, started + timedelta(days=9), f"since {started.isoformat()}")
    others = {f"late:{name}" for name in LATE_AFTER if name not in (SWEEP, DESK)}
    assert {"no_sweep", *others} == set(late(assembly, started + timedelta(days=9)))


def test_a_start_of_the_desk_is_no_end_of_a_standstill(assembly: Assembly):
    """Whoever was told of it would be told that it is over while it lasts; it is over once the flow has worked."""
    swept, again = assembly.now, assembly.now + timedelta(minutes=6)
    beat(assembly, SWEEP, swept)
    with assembly.database.transaction() as db:
        raise_alarm(db, Found("no_sweep", "no_sweep"), again)
    beat(assembly, DESK, again, f"since {again.isoformat()}")
    assert ["no_sweep"] == late(assembly, again)
    beat(assembly, SWEEP, again)
    assert [] == late(assembly, again)


def test_where_no_desk_has_looked_nobody_watches(assembly: Assembly):
    """That no alarm is open says nothing then."""
    assert [True] == found_by(assembly, lambda db: [nobody_watches(db, assembly.now)])
    beat(assembly, DESK, assembly.now)
    later = [assembly.now + timedelta(minutes=minutes) for minutes in (10, 11)]
    assert [False, True] == found_by(assembly, lambda db: [nobody_watches(db, at) for at in later])


def test_a_heartbeat_of_the_future_says_nothing(assembly: Assembly):
    """It was left while the clock was wrong."""
    beat(assembly, DESK, assembly.now, f"since {assembly.now.isoformat()}")
    beat(assembly, SWEEP, assembly.now + timedelta(days=1))
    assert ["no_sweep"] == late(assembly, assembly.now + timedelta(minutes=5))


def test_a_desk_that_has_ended_is_late(assembly: Assembly):
    """A flow finds it."""
    beat(assembly, DESK, assembly.now, f"since {assembly.now.isoformat()}")
    beat(assembly, SWEEP, assembly.now + timedelta(minutes=11))
    assert ["late:desk"] == [
        name for name in late(assembly, assembly.now + timedelta(minutes=11)) if name == "late:desk"
    ]


def test_room_on_the_disk(assembly: Assembly):
    """Low below a twentieth, at least 500 MB, at most 5 GB; over only when a quarter more is free."""
    assert is_low(Room(10_000 * MB, 499 * MB), standing=False)
    assert not is_low(Room(10_000 * MB, 501 * MB), standing=False)
    assert is_low(Room(10_000 * MB, 501 * MB), standing=True)
    assert not is_low(Room(1_000_000 * MB, 5_001 * MB), standing=False)
    assert is_low(Room(50_000 * MB, 2_400 * MB), standing=False)
    rooms = {"home": Room(10_000 * MB, 499 * MB), "database": None}
    assert [Found("disk:home", "disk", numbers={"place": "home", "free": 400})] == found_by(
        assembly, lambda db: full_disks(db, rooms)
    )


# ----------------------------------------------------------------------------------------------------------------- duties


def found_duties(assembly: Assembly, at: str | None = None) -> dict[str, Found]:
    return {each.name: each for each in found_by(assembly, lambda db: duties(db, assembly.at(at), assembly.book))}


def end_office(assembly: Assembly, *people: str) -> None:
    with assembly.database.transaction() as db:
        for person in people:
            db.run("UPDATE mandates SET ended_at = ? WHERE person_id = ?", assembly.now, person)


def test_a_case_that_waits_for_an_office_which_nobody_holds(assembly: Assembly):
    """With its number, the state and the offices; several in one state are one alarm."""
    case = submitted(assembly)
    assert {} == found_duties(assembly)
    end_office(assembly, "ch")
    found = found_duties(assembly)["no_owner:candidacy.submitted"]
    assert (case.number, "no_owner") == (found.number, found.code)
    assert [case.number] == found.numbers["cases"]
    assert ["name:office.chairman"] == found.numbers["offices"]
    for language in LANGUAGES:
        assert case.number in in_words("no_owner", found.numbers, language=language, zone="Asia/Almaty").means


def test_without_deputies_the_chairman_has_their_cases(assembly: Assembly):
    """He performs their acts (B01); without him too, nobody does."""
    case = admissible(assembly)
    assembly.consider(case, at="2006-05-16 10:15")
    end_office(assembly, "d1", "d2")
    assert {} == found_duties(assembly)
    end_office(assembly, "ch")
    assert {"no_owner:candidacy.considered"} == set(found_duties(assembly))


def test_a_returned_nomination_waits_for_the_body_that_made_it(assembly: Assembly):
    """Another body's secretariat cannot cure it (14.1)."""
    case = nominated(assembly)
    assembly.do("wb", "candidacy.return", case=case, facts={"reason": "the decision is missing"})
    assert {} == found_duties(assembly)
    end_office(assembly, "s:Kostanay", "a:Kostanay")
    assert case.number == found_duties(assembly)["no_owner:candidacy.inadmissible"].number


def test_days_off_of_next_year_must_be_known_from_october_on(assembly: Assembly):
    """The shipped calendar ends with 2030 (H05)."""
    assert "calendar" not in found_duties(assembly, "2030-09-30 12:00")
    assert {"year": "2031"} == found_duties(assembly, "2030-10-01 12:00")["calendar"].numbers
    with assembly.database.transaction() as db:
        db.run("INSERT INTO calendar_versions (version, at, actor, note) VALUES (2, ?, 'wb', '')", assembly.now)
        db.run(
            "INSERT INTO calendar_days (day, version, kind, source) VALUES (?, 2, 'day_off_moved', '')", "2031-01-02"
        )
    assert "calendar" not in found_duties(assembly, "2030-10-01 12:00")


def test_a_yearly_duty_that_did_not_begin_is_noticed(assembly: Assembly):
    """On the first morning of the year, where no sweep has begun it (8.1c)."""
    begin_service(assembly.database.transaction, assembly.now, assembly.book)
    assert "no_duty" not in found_duties(assembly, "2007-01-01 01:00")
    assert {"year": "2007"} == found_duties(assembly, "2007-01-01 08:00")["no_duty"].numbers
    assembly.sweep("2007-01-01 08:00")
    assert "no_duty" not in found_duties(assembly, "2007-01-01 08:00")


def failing_exit(assembly: Assembly) -> str:
    """Let a member leave whose exit raises a bug, because nobody can read the row's zone."""
    facts = {"statement_date": "2006-04-14", "from_date": "2006-05-01"}
    case = assembly.do("m1", "membership.leave", case="membership:m1", facts=facts).number
    with assembly.database.transaction() as db:
        db.run("UPDATE cases SET rulings = 'no json' WHERE number = ?", case)
    return case


def test_a_case_whose_act_fails_three_times_is_an_alarm_with_its_number(assembly: Assembly, home: Home):
    """At once with the third failure, the others go on; over when it is performed."""
    case = failing_exit(assembly)
    for minute in range(FAILURES_BEFORE_ALARM):
        assert [] == names(assembly)
        perform_deadlines._work(home, assembly.at(f"2006-05-01 00:0{minute}"))
    (name,) = names(assembly)
    assert name == f"failing:{case}/exit"
    assert ["began"] * 2 == [template for template, _ in told(assembly)]
    with assembly.database.transaction() as db:
        db.run("UPDATE cases SET rulings = '{}' WHERE number = ?", case)
    perform_deadlines._work(home, assembly.at("2006-05-01 00:10"))
    assert ([], "left") == (names(assembly), assembly.state(case))


def test_a_reader_is_shown_what_stands_where_an_act_fails(assembly: Assembly):
    """The other cases are shown as they are by now; a reader counts no failure."""
    facts = {"statement_date": "2006-04-14", "from_date": "2006-05-01"}
    other = assembly.do("m2", "membership.leave", case="membership:m2", facts=facts).number
    case = failing_exit(assembly)
    with assembly.database.transaction(keep=False) as db:
        settle_in(db, assembly.at("2006-05-01 00:10"), assembly.book)
        states = dict(db.all("SELECT number, state FROM cases WHERE number IN (?, ?)", case, other))
        failures = db.all("SELECT failures FROM deadlines WHERE number = ?", case)
    assert {case: "leaving", other: "left"} == states
    assert [(0,)] == failures


def test_many_failing_cases_are_not_a_flood_of_letters(assembly: Assembly, monkeypatch: pytest.MonkeyPatch):
    """Some have an alarm each, the others share one."""
    monkeypatch.setattr("machines.watching.ONE_BY_ONE", 1)
    facts = {"statement_date": "2006-04-14", "from_date": "2006-05-01"}
    cases = [assembly.do(m, "membership.leave", case=f"membership:{m}", facts=facts).number for m in ("m1", "m2", "m3")]
    with assembly.database.transaction() as db:
        db.run("UPDATE deadlines SET failures = 3 WHERE name = 'exit'")
    found = [each for each in found_duties(assembly).values() if each.code == "failing"]
    assert [f"failing:{min(cases)}/exit", "failing:others"] == [each.name for each in found]
    assert sorted(cases)[1:] == found[1].numbers["cases"]


def test_messages_that_were_given_up(assembly: Assembly):
    """How many."""
    nominated(assembly)
    with assembly.database.transaction() as db:
        db.run("UPDATE messages SET dead_at = created_at WHERE template = 'candidacy.nominated'")
    assert {"count": 1} == found_duties(assembly)["dead_messages"].numbers


# ------------------------------------------------------------------------------------------------------------- the flow


def test_the_flow_looks_for_all_of_it_and_leaves_a_table(assembly: Assembly, home: Home):
    """All well; or the open alarms, each with what to do."""
    quiet = watch_duties._work(home, assembly.now)
    assert ("All well", ()) == (quiet.name, quiet.rows)
    case = submitted(assembly)
    end_office(assembly, "ch")
    alarms = watch_duties._work(home, assembly.now)
    assert ("Alarms", "1 open: no_owner:candidacy.submitted") == (alarms.name, alarms.title)
    ((subject, number, _, todo),) = alarms.rows
    assert "nobody holds the office" in subject
    assert case.number in number
    assert todo.startswith("Enter who holds the office")
    assert [("watch_duties", '{"said": "watched", "alarms": 1}')] == assembly.ask("SELECT name, note FROM heartbeats")


def test_while_the_clock_is_in_doubt_nothing_is_said_that_depends_on_it(assembly: Assembly, home: Home):
    """What stands, stands; the rest is looked for."""
    submitted(assembly)
    end_office(assembly, "ch")
    standing = watch_duties_now(assembly.database, assembly.now, assembly.book, home.settings, in_doubt=True)
    assert [] == standing
    assert "disk" not in BY_THE_CLOCK


def test_a_flow_raises_and_ends_an_alarm_by_its_code(assembly: Assembly, home: Home):
    """Such as the check of the journal."""
    faults = [Found("audit", "audit", numbers={"count": 2})]
    for found in (faults, faults, []):
        note_alarms(assembly.database, "audit", found, assembly.now, home.settings)
    assert ["began", "began", "ended", "ended"] == [template for template, _ in told(assembly)]
