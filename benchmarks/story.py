"""A story through all procedures, told again and again by the chaos: who does what when, each act with a key of its own.

Whatever is killed meanwhile, its end is the same: the entries, the rows and the messages of a telling that nobody disturbed.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from machines.act import PRESIDENT, Act
from machines.annual_session import first_act
from machines.perform import perform
from machines.procedures import PROCEDURES
from machines.rulebook import ZONE
from machines.zones import instant
from models.database import Database, Db
from tests.assembly import Assembly, nomination, paper

STARTS = "2006-04-03 09:00"
ENDS = "2008-02-01 09:00"  # the last sweep: by then every deadline of the story has passed
COUNCIL = tuple(f"m{n}" for n in range(1, 7))
MEMBERS = (*(f"m{n}" for n in range(1, 8)), "d2", "d1", "ch")
DECREE = {"kind": "decree", "number": "110"}


class Step(NamedTuple):
    """One act. `@A` among the facts is the number of the story's case A."""

    at: str
    actor: str
    act: str
    case: str
    facts: Mapping[str, Any] = {}


def _candidacies() -> Iterator[Step]:
    for n, name in enumerate("ABC"):
        yield Step(f"2006-04-14 10:0{n}", "s:Kostanay", "candidacy.nominate", name, nomination(f"p:{name}"))
        if name != "C":
            yield Step(f"2006-04-17 10:0{n}", "wb", "candidacy.admit", name)
    yield Step("2006-04-17 11:00", "wb", "candidacy.return", "C", {"reason": "The decision names another person"})
    cured = {"decision": {"body": "small_assembly_session", "number": "8", "date": "2006-04-20"}}
    yield Step("2006-04-21 10:00", "s:Kostanay", "candidacy.cure", "C", cured)
    yield Step("2006-04-24 10:00", "p:C", "candidacy.withdraw", "C", {"reason": "Called to another office"})


def _meeting() -> Iterator[Step]:
    yield Step(
        "2006-05-02 10:00",
        "d1",
        "council_meeting.draft",
        "meeting",
        {"starts_at": "2006-05-16 10:00", "place": "Astana"},
    )
    yield Step("2006-05-02 10:05", "d1", "council_meeting.sign", "meeting")
    yield Step("2006-05-02 10:10", "d2", "council_meeting.sign", "meeting")
    yield Step("2006-05-03 10:00", "ch", "council_meeting.agree", "meeting")
    for n, name in enumerate("AB"):
        listed = {"meeting": "@meeting", "kind": "candidacy", "subject": f"@{name}", "proposal": "positive"}
        yield Step(f"2006-05-03 11:0{n}", "wb", "council_question.list", f"question {name}", listed)
    yield Step("2006-05-16 09:50", "wb", "council_meeting.check_in", "meeting", {"members": COUNCIL})
    yield Step("2006-05-16 10:00", "d1", "council_meeting.open", "meeting")
    yield Step("2006-05-16 10:10", "d1", "council_question.open_vote", "question A")
    for person in COUNCIL[:5]:
        yield Step("2006-05-16 10:12", person, "council_question.vote", "question A", {"choice": "for"})
    yield Step("2006-05-16 10:15", "d1", "council_question.close_vote", "question A")
    yield Step("2006-05-16 10:20", "d1", "council_question.open_vote", "question B")
    yield Step(
        "2006-05-16 10:21", "wb", "council_question.enter_count", "question B", {"for": 2, "against": 3, "abstain": 1}
    )
    yield Step("2006-05-16 10:22", "d1", "council_question.close_vote", "question B")
    yield Step("2006-05-16 12:00", "d1", "council_meeting.close", "meeting")
    yield Step("2006-05-17 10:00", "d1", "council_meeting.record", "meeting", {"minutes": paper("2006-05-17", "5")})


def _decisions() -> Iterator[Step]:
    for minute, deputy in enumerate(("d1", "d2")):
        for name in "AB":
            yield Step(f"2006-05-18 11:0{minute}", deputy, "candidacy.submit", name)
    yield Step("2006-06-02 10:01", "ch", "candidacy.approve", "A", {"order": paper("2006-06-02")})
    yield Step("2006-06-02 10:02", "ch", "candidacy.reject", "B", {"order": paper("2006-06-02")})
    yield Step(
        "2006-06-02 11:00",
        PRESIDENT,
        "deputy_appointment.dismiss",
        "deputy_appointment:d2",
        {"act": DECREE | {"date": "2006-06-02"}},
    )
    drafted = {"kind": "deputy_recommendation", "subject": "m1", "question": "To recommend m1"}
    yield Step("2006-06-05 10:00", "d1", "poll.draft", "poll", drafted)
    yield Step("2006-06-05 11:00", "wb", "poll.open", "poll", {"closes_on": "2006-06-20"})
    for n, person in enumerate(COUNCIL[:5]):
        yield Step(f"2006-06-1{n} 09:00", person, "poll.answer", "poll", {"choice": "for"})
    # 21 June, 00:00: the clock closes the poll, and the recommendation begins.
    yield Step(
        "2006-06-22 10:00",
        PRESIDENT,
        "deputy_appointment.appoint",
        "deputy_appointment:m1",
        {"act": DECREE | {"date": "2006-06-22"}},
    )


def _session() -> Iterator[Step]:
    yield Step("2006-07-03 09:00", "m1", "session_request.open", "request", {"questions": ["Language policy"]})
    for person in MEMBERS[:5]:
        yield Step("2006-07-03 10:00", person, "session_request.sign", "request")
    yield Step("2006-07-03 11:00", "m5", "session_request.unsign", "request")
    yield Step("2006-07-04 10:00", "wb", "session_request.register", "request")
    yield Step("2006-07-05 10:00", "ch", "session.convene", "session", {
        "kind": "extraordinary", "ground": "request", "request": "@request", "order": paper("2006-07-05"),
        "starts_at": "2006-07-27 10:00", "city": "Astana", "place": "Hall", "agenda": ["Language policy", "Appeal"],
    })  # fmt: skip
    yield Step("2006-07-05 11:00", "wb", "session.announce", "session", {"channel": "website"})
    for name in ("open", "secret"):
        listed = {"session": "@session", "kind": "other", "text": f"To adopt the {name} appeal"}
        yield Step("2006-07-06 10:00", "wb", "resolution.list", f"resolution {name}", listed)
    yield Step("2006-07-27 09:00", "wb", "session.start_registration", "session")
    yield Step("2006-07-27 09:30", "wb", "session.check_in", "session", {"members": MEMBERS})
    yield Step("2006-07-27 09:40", "wb", "session.check_out", "session", {"members": ["m7"]})
    yield Step("2006-07-27 10:00", "ch", "session.open", "session")
    for n, (name, method) in enumerate((("open", "roll_call"), ("secret", "secret"))):
        chosen = {"method": method, "for": 9, "against": 0, "abstain": 0}
        yield Step(f"2006-07-27 1{n}:05", "ch", "session.set_method", "session", chosen)
        yield Step(f"2006-07-27 1{n}:10", "ch", "resolution.open_vote", f"resolution {name}")
        for person in MEMBERS[:6]:
            yield Step(f"2006-07-27 1{n}:12", person, "resolution.vote", f"resolution {name}", {"choice": "for"})
        yield Step(f"2006-07-27 1{n}:20", "ch", "resolution.close_vote", f"resolution {name}")
    yield Step("2006-07-27 12:00", "m6", "resolution.dissent", "resolution open", {"opinion": "I think otherwise."})
    yield Step("2006-07-27 12:30", "ch", "session.close", "session")
    yield Step("2006-07-28 10:00", "ch", "session.record", "session", {"minutes": paper("2006-07-28", "6")})


def _members() -> Iterator[Step]:
    yield Step(
        "2006-08-01 10:00",
        "m7",
        "membership.leave",
        "membership:m7",
        {"statement_date": "2006-08-01", "from_date": "2006-08-10"},
    )
    changed = {"ground": "elected_office_lost", "date": "2006-08-01"}
    yield Step("2006-08-02 10:00", "wb", "membership.report_office_change", "membership:m6", changed)
    yield Step(
        "2006-08-03 10:00",
        "d1",
        "removal.submit",
        "removal",
        {"membership": "@membership:m6", "ground": "elected_office_lost"},
    )
    # 10 August, 00:00: the clock lets m7 go. With the membership of m6 ends his seat in the Council.
    yield Step("2006-08-14 10:00", "ch", "removal.grant", "removal", {"order": paper("2006-08-14")})
    yield Step("2006-08-15 10:00", "ch", "council_seat.open", "council_seat:p:A", {
        "person": "p:A", "category": "other_member", "order": paper("2006-08-15"),
    })  # fmt: skip
    yield Step("2006-08-16 10:00", "m5", "council_seat.close", "council_seat:m5", {"reason": "At his own request"})
    yield Step("2006-08-17 10:00", "wb", "office.assume", "office of p:B", {
        "person": "p:B", "office": "sa_secretariat", "body": "Kostanay", "since": "2006-08-17",
    })  # fmt: skip
    yield Step("2006-09-01 09:00", "m2", "session_request.open", "lapsing", {"questions": ["The budget"]})
    # 1 January 2007, 00:00: the duty of a new year begins.
    yield Step("2007-01-10 10:00", "wb", "office.vacate", "office of p:B", {"until": "2007-01-10"})


STORY = (*_candidacies(), *_meeting(), *_decisions(), *_session(), *_members())


def found_assembly(database: Database) -> Assembly:
    """Put everybody in office, with addresses for their letters; the duty of the first year begins."""
    assembly = Assembly(database, council=len(COUNCIL), members=10, candidates="ABC", starts=STARTS)
    with database.transaction() as db:
        db.run("UPDATE people SET email = replace(person_id, ':', '.') || '@kenes.example'")
        duty = first_act(assembly.now, ZONE)
        assert duty is not None
        perform(db, duty, assembly.book)
    return assembly


def moment(step: Step) -> datetime:
    """Return when a step is done."""
    return instant(datetime.fromisoformat(step.at), ZONE)


def act_of(db: Db, n: int, numbers: Mapping[str, str]) -> Act:
    """Make the *n*-th act as its actor's program does: it has looked at the case just now, and keeps its key."""
    step = STORY[n]
    procedure, _, name = step.act.partition(".")
    number = None if PROCEDURES[procedure].rows[name].opens_case else number_of(db, step.case, numbers)
    seen = db.one("SELECT seq FROM cases WHERE number = ?", number) if number else None
    behalf = PRESIDENT if step.actor == PRESIDENT else None
    return Act(
        procedure=procedure, name=name, actor="wb" if behalf else step.actor, case=number, at=moment(step),
        seen=seen[0] if seen else None, key=f"story-{n}", on_behalf_of=behalf, facts=_named(db, step.facts, numbers),
    )  # fmt: skip


def number_of(db: Db, name: str, numbers: Mapping[str, str]) -> str:
    """Return the number of a case of the story, or of a standing one such as `membership:m7`."""
    procedure, _, person = name.partition(":")
    if name in numbers:
        return numbers[name]
    row = db.one("SELECT max(number) FROM cases WHERE procedure = ? AND person_id = ?", procedure, person)
    if row is None or row[0] is None:
        raise LookupError(f"there is no case {name!r} yet")
    return str(row[0])


def _named(db: Db, facts: Mapping[str, Any], numbers: Mapping[str, str]) -> dict[str, Any]:
    return {
        name: number_of(db, value[1:], numbers) if isinstance(value, str) and value.startswith("@") else value
        for name, value in facts.items()
    }
