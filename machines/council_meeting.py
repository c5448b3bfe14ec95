"""Meetings of the Council: convened by both deputies with the Chairman's consent (items 9.3 and 23.1)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from machines import terms
from machines.facts import Because, Facts, LocalTime, Minutes, NoFacts, Text
from machines.joint import jointly, not_twice
from machines.next_meeting import hold_convening, next_meeting_starts
from machines.procedure import (
    ALL,
    SAME,
    Branch,
    Consequence,
    ForbiddenPath,
    Identity,
    Notice,
    Office,
    Procedure,
    Rung,
    Term,
    Told,
    Transition,
    Writes,
    guard,
)
from machines.refusal import Refusal
from machines.sitting import CHECKS_IN, CHECKS_OUT, EMPTIES_THE_HALL, Members, how_many, in_office, present
from machines.situation import Situation
from models.database import Db
from models.entry import Record

AHEAD_OR_OPEN = ("drafted", "signed", "convened", "open")


class State(StrEnum):
    """The states of a meeting."""

    drafted = "drafted"
    signed = "signed"
    convened = "convened"
    open = "open"
    held = "held"
    recorded = "recorded"
    cancelled = "cancelled"


class Draft(Facts):
    """When and where the Council is to meet."""

    starts_at: LocalTime
    place: Text


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Who is present, how large the Council is, and which questions are not settled."""

    present: int
    total: int
    council: frozenset[str]
    unsettled: tuple[str, ...]


def circumstances(db: Db, s: Situation[None]) -> Circumstances:
    """Count the Council and those present, and look for questions that are not settled."""
    if s.number is None or s.act not in ("", "open", "check_in", "close"):
        return Circumstances(0, 0, frozenset(), ())
    rows = db.all(
        "SELECT number FROM cases WHERE parent = ? AND state IN ('listed', 'voting') ORDER BY number", s.number
    )
    council = in_office(db, Office.council_member, s.at)
    here = present(db, s.number, Office.council_member, s.at)
    return Circumstances(len(here), len(council), council, tuple(row[0] for row in rows))


def begins(s: Situation[Any]) -> datetime:
    """Return when the meeting starts."""
    return terms.instant(datetime.fromisoformat(s.facts["starts_at"]), s.zone)


@guard()
def before_the_start(s: Situation[Circumstances]) -> Refusal | None:
    """The Chairman's consent is given before the meeting starts (9.3e, B02)."""
    if s.at < begins(s):
        return None
    return Refusal("9.3e", "council_meeting.consent_too_late", {"starts_at": _local(s)})


@guard()
def the_day_has_come(s: Situation[Circumstances]) -> Refusal | None:
    """A meeting is not opened before its day (9.3d)."""
    day = datetime.fromisoformat(s.facts["starts_at"]).date()
    return Refusal("9.3d", "council_meeting.before_its_day", {"day": day, "today": s.today}) if s.today < day else None


@guard()
def enough_to_adopt(s: Situation[Circumstances]) -> Refusal | None:
    """With fewer than two thirds of all present nothing can be adopted (9.2c, B04)."""
    here, total = s.circumstances.present, s.circumstances.total
    needed = s.share("council.attendance")
    if needed.reached(here, total):
        return None
    return Refusal(
        "9.2c", "council_meeting.too_few_to_adopt", {"present": here, "total": total, "needed": needed.needed(total)}
    )


@guard(facts=True)
def all_in_the_council(s: Situation[Circumstances]) -> Refusal | None:
    """Only members of the Council are counted as present (9.2c)."""
    others = [person for person in s.given.members if person not in s.circumstances.council]
    return Refusal("9.2c", "council_meeting.not_in_the_council", {"people": others}) if others else None


@guard()
def every_question_is_settled(s: Situation[Circumstances]) -> Refusal | None:
    """A meeting is closed when every question is settled (23.1)."""
    open_ones = s.circumstances.unsettled
    return Refusal("23.1", "council_meeting.questions_open", {"cases": list(open_ones)}) if open_ones else None


def _local(s: Situation[Any]) -> str:
    return datetime.fromisoformat(s.facts["starts_at"]).strftime("%d.%m.%Y %H:%M")


def start(s: Situation[Circumstances]) -> terms.Count:
    """Count to the start of the meeting."""
    told = getattr(s.given, "starts_at", None)
    return terms.at(terms.instant(told, s.zone) if told else begins(s), zone=s.zone)


AGREEMENT: Term[Circumstances] = Term(
    "agreement", "limit", "9.3e", start, rungs=(Rung(3, "chairman"), Rung(1, "chairman"), Rung(0, "deputies"))
)
MEETING: Term[Circumstances] = Term(
    "meeting",
    "target",
    "9.3d",
    start,
    rungs=(Rung(7, "council"), Rung(3, "council"), Rung(1, "council"), Rung(0, "deputies")),
)


def set_considerations(db: Db, s: Situation[Any], _: Record) -> None:
    """Set the consideration of every admissible candidacy to the start of the next convened meeting (14.2a)."""
    hold_convening(db)
    due = next_meeting_starts(db)
    steps = terms.at(due, zone=s.zone).derivation if due else "[]"
    db.run("UPDATE deadlines SET due_at = ?, steps = ? WHERE name = 'consideration' AND state = 'open'", due, steps)
    # What was told of an earlier meeting is told of this one too: it is another date.
    db.run(
        "DELETE FROM reminders WHERE deadline = 'consideration' AND (settled_at IS NULL OR EXISTS (SELECT 1 FROM deadlines d"
        " WHERE d.number = reminders.number AND d.opened_seq = reminders.opened_seq AND d.name = 'consideration' AND d.state = 'open'))"
    )
    if due:
        db.run(
            "INSERT INTO reminders (number, opened_seq, deadline, rung, at, audience, outcome)"
            " SELECT number, opened_seq, name, 0, due_at, 'deputies working_body', '' FROM deadlines"
            " WHERE name = 'consideration' AND state = 'open' ON CONFLICT DO NOTHING"
        )  # fmt: skip


CONSIDERATIONS: Writes[Any] = Writes("sets_considerations", set_considerations)


def listed_questions(db: Db, s: Situation[Any]) -> list[str]:
    """Find the questions that are listed for the meeting."""
    rows = db.all("SELECT number FROM cases WHERE parent = ? AND state = 'listed' ORDER BY number", s.number)
    return [row[0] for row in rows]


def the_meeting_is_cancelled(_: Situation[Any]) -> dict[str, Any]:
    """Tell the questions why they are removed."""
    return {"reason": "The meeting has been cancelled"}


def counted(s: Situation[Circumstances]) -> dict[str, Any]:
    """Note who many were present of how many."""
    return {"present": s.circumstances.present, "total": s.circumstances.total}


def view(db: Db, s: Situation[None]) -> dict[str, Any]:
    """Return how many are present of how many."""
    here = len(present(db, s.number, Office.council_member, s.at))
    total = how_many(db, Office.council_member, s.at)
    return {"counts": {"present": here, "total": total, "needed": s.share("council.majority").needed(total)}}


def identify(_: Situation[Circumstances]) -> Identity:
    """A meeting is of the Council."""
    return Identity(body="council")


def keep(facts: dict[str, Any], told: Told) -> dict[str, Any]:
    """Keep time, place and minutes; the reasons under the act's name."""
    if told.act in ("draft", "postpone", "record"):
        return facts | dict(told.facts)
    return facts | ({told.act: dict(told.facts)} if told.facts else {})


PREPARED = (Office.deputy_chairman, Office.working_body)
PRESIDES = (Office.deputy_chairman, Office.chairman)
TELLS_COUNCIL = (Notice("convened", "council"),)

COUNCIL_MEETING: Procedure[Circumstances] = Procedure(
    name="council_meeting",
    letter="L",
    chapter="9.3, 23.1",
    states=State,
    final=("recorded", "cancelled"),
    circumstances=circumstances,
    identify=identify,
    view=view,
    forbidden_paths=(
        ForbiddenPath("convened", without=("sign",), norm="9.3d"),
        ForbiddenPath("convened", without=("agree",), norm="9.3e"),
        ForbiddenPath("open", without=("agree",), norm="9.3e"),
        ForbiddenPath("recorded", without=("close",), norm="23.1"),
    ),
    acts=(
        Transition(
            name="draft", source=("new",), by=PREPARED, norms=("9.3c", "9.3d"), facts=Draft, keeps=keep,
            to=(Branch("drafted", notices=(Notice("drafted", "deputies"),)),),
        ),
        Transition(
            name="sign", source=("drafted",), by=(Office.deputy_chairman,), norms=("9.3d",), joint=True, guards=(not_twice,),
            to=jointly(Branch("signed", opens=(AGREEMENT,), notices=(Notice("signed", "chairman"),))),
        ),
        Transition(
            name="agree", source=("signed",), by=(Office.chairman,), norms=("9.3e",), guards=(before_the_start,),
            to=(Branch("convened", closes=("agreement",), opens=(MEETING,), notices=TELLS_COUNCIL, writes=(CONSIDERATIONS,)),),
        ),
        Transition(
            name="refuse", source=("signed",), by=(Office.chairman,), norms=("9.3e",), facts=Because, keeps=keep,
            to=(Branch("drafted", closes=("agreement",), notices=(Notice("refused", "deputies"),)),),
        ),
        Transition(
            name="postpone", source=("signed", "convened"), by=(Office.deputy_chairman,), norms=("9.3d",), facts=Draft, keeps=keep,
            to=(Branch("drafted", closes=(ALL,), notices=(Notice("postponed", "council"),), writes=(CONSIDERATIONS, EMPTIES_THE_HALL)),),
        ),
        Transition(
            name="cancel", source=("drafted", "signed", "convened"), by=(Office.deputy_chairman,), norms=("9.3d",), facts=Because,
            keeps=keep,
            to=(Branch(
                "cancelled", closes=(ALL,), notices=(Notice("cancelled", "council"),), writes=(CONSIDERATIONS,),
                consequences=(Consequence("council_question", "remove", listed_questions, the_meeting_is_cancelled),),
            ),),
        ),
        Transition(
            name="open", source=("convened",), by=PRESIDES, norms=("23.1",), guards=(the_day_has_come,), warns=(enough_to_adopt,),
            notes=counted, to=(Branch("open", closes=("meeting",), writes=(CONSIDERATIONS,)),),
        ),
        Transition(
            name="check_in", source=("convened", "open"), by=(Office.working_body,), norms=("9.2c",), facts=Members, concurrent=True,
            guards=(all_in_the_council,), to=(Branch(SAME, writes=(CHECKS_IN,)),),
        ),
        Transition(
            name="check_out", source=("open",), by=(Office.working_body,), norms=("9.2c",), facts=Members, concurrent=True,
            to=(Branch(SAME, writes=(CHECKS_OUT,)),),
        ),
        Transition(
            name="close", source=("open",), by=PRESIDES, norms=("23.1",), facts=NoFacts, guards=(every_question_is_settled,),
            to=(Branch("held"),),
        ),
        Transition(
            name="record", source=("held",), by=(Office.deputy_chairman,), norms=("23.1",), facts=Minutes, keeps=keep,
            to=(Branch("recorded"),),
        ),
    ),
)  # fmt: skip
