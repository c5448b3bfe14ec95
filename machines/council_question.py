"""Questions of a meeting of the Council: decided by two thirds of all its members (item 9.2)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

from machines.council_meeting import AHEAD_OR_OPEN
from machines.facts import Because, Choice, EnteredCount, Facts, MeetingNumber, Text
from machines.numbers import share
from machines.procedure import (
    SAME,
    Branch,
    Consequence,
    ForbiddenPath,
    Identity,
    Office,
    Procedure,
    Told,
    Transition,
    Writes,
    guard,
)
from machines.refusal import Refusal
from machines.sitting import as_list, cast_by_name, entered, freeze, frozen, hold, in_office, present, proof, set_tally, sum_of
from machines.situation import Situation, seen_with
from models.database import Db
from models.entry import Record


class State(StrEnum):
    """The states of a question."""

    listed = "listed"
    voting = "voting"
    adopted = "adopted"
    not_adopted = "not_adopted"
    postponed = "postponed"
    removed = "removed"


class List(Facts):
    """Which question is put to which meeting: a candidacy, a recommendation, or another text."""

    meeting: MeetingNumber
    kind: Literal["candidacy", "deputy_recommendation", "mazhilis_nomination", "programme_document", "other"]
    subject: Text | None = None
    text: Text | None = None
    proposal: Literal["positive", "negative"] = "positive"


class Vote(Facts):
    """How somebody votes, and his opinion."""

    choice: Choice
    opinion: Text | None = None


@dataclass(frozen=True, slots=True)
class Circumstances:
    """The meeting, the Council and those present, the votes so far, and what the question is about."""

    meeting: str | None
    meeting_state: str
    other_vote: str | None
    council: frozenset[str]
    present: frozenset[str]
    at_opening: frozenset[str]
    by_name: dict[str, int]
    voted_by_name: int
    entered: dict[str, int] | None
    candidacy_state: str | None
    listed_already: str | None
    person_known: bool

    @property
    def counts(self) -> dict[str, int]:
        """Return the votes that count: by name of those still in the Council, or the count that was entered."""
        return self.by_name if self.entered is None else self.entered


def circumstances(db: Db, s: Situation[None]) -> Circumstances:
    """Look up meeting, Council, votes and subject."""
    listing = s.given if isinstance(s.given, List) else None
    meeting = listing.meeting if listing else s.parent
    kind, subject = (listing.kind, listing.subject) if listing else (s.facts.get("kind"), s.facts.get("subject"))
    if s.act in ("list", "open_vote"):
        hold(db, s, subject if listing and listing.kind == "candidacy" else None)
        hold(db, s, meeting)
    council = in_office(db, Office.council_member, s.at)
    state = db.one("SELECT state FROM cases WHERE number = ?", meeting)
    other = db.one(
        "SELECT number FROM cases WHERE parent = ? AND state = 'voting' AND number <> ?", meeting, s.number or ""
    )
    return Circumstances(
        meeting=meeting,
        meeting_state=state[0] if state else "",
        other_vote=other[0] if other else None,
        council=council,
        present=present(db, meeting, Office.council_member, s.at),
        at_opening=frozen(db, s.number, "opening"),
        by_name=sum_of(db, s.number, council),
        voted_by_name=sum(sum_of(db, s.number).values()),
        entered=entered(db, s.number),
        candidacy_state=_candidacy_state(db, kind, subject),
        listed_already=_listed(db, kind, subject) if listing else None,
        person_known=_person_known(db, kind, subject),
    )


def _candidacy_state(db: Db, kind: str | None, subject: str | None) -> str | None:
    if kind != "candidacy":
        return None
    row = db.one("SELECT state FROM cases WHERE number = ? AND procedure = 'candidacy'", subject or "")
    return row[0] if row else ""


def _listed(db: Db, kind: str | None, subject: str | None) -> str | None:
    if kind != "candidacy":
        return None
    row = db.one(
        "SELECT number FROM cases WHERE about = ? AND procedure = 'council_question' AND NOT final", subject or ""
    )
    return row[0] if row else None


def _person_known(db: Db, kind: str | None, subject: str | None) -> bool:
    return (
        kind != "deputy_recommendation" or db.one("SELECT 1 FROM people WHERE person_id = ?", subject or "") is not None
    )


@guard(facts=True)
def the_meeting_is_ahead_or_open(s: Situation[Circumstances]) -> Refusal | None:
    """A question is put to a meeting that is ahead or open (9.2a)."""
    state = s.circumstances.meeting_state
    if state in AHEAD_OR_OPEN:
        return None
    return Refusal("9.2a", "council_question.meeting_over", {"state": f"name:state.council_meeting.{state}"})


@guard(facts=True)
def the_candidacy_may_be_listed(s: Situation[Circumstances]) -> Refusal | None:
    """A candidacy is listed when it is admissible, and once (14.2a)."""
    state = s.circumstances.candidacy_state
    if state == "":
        return Refusal("14.2a", "council_question.no_candidacy")
    if state not in (None, "admissible"):
        return Refusal("14.2a", "council_question.not_admissible", {"state": f"name:state.candidacy.{state}"})
    listed = s.circumstances.listed_already
    return Refusal("14.2a", "council_question.listed_already", {"case": listed}) if listed else None


@guard(facts=True)
def a_recommendation_names_somebody(s: Situation[Circumstances]) -> Refusal | None:
    """A recommendation names a person of the register (7.2b)."""
    return None if s.circumstances.person_known else Refusal("7.2b", "council_question.names_nobody")


@guard()
def the_meeting_is_open(s: Situation[Circumstances]) -> Refusal | None:
    """The Council votes in an open meeting (9.2c)."""
    state = s.circumstances.meeting_state
    if state == "open":
        return None
    return Refusal("9.2c", "council_question.meeting_not_open", {"state": f"name:state.council_meeting.{state}"})


@guard()
def no_other_vote_is_open(s: Situation[Circumstances]) -> Refusal | None:
    """One vote of a meeting at a time (9.2c)."""
    other = s.circumstances.other_vote
    return Refusal("9.2c", "council_question.another_vote", {"case": other}) if other else None


@guard()
def enough_are_present_for_a_candidacy(s: Situation[Circumstances]) -> Refusal | None:
    """A meeting that could adopt nothing does not consider a candidacy: it is postponed (9.2c, C06)."""
    here, total = len(s.circumstances.present), len(s.circumstances.council)
    needed = share("council.attendance", s.today)
    if s.facts.get("kind") != "candidacy" or needed.reached(here, total):
        return None
    return Refusal(
        "9.2c", "council_question.too_few_present", {"present": here, "total": total, "needed": needed.needed(total)}
    )


@guard()
def the_candidacy_is_still_admissible(s: Situation[Circumstances]) -> Refusal | None:
    """The Council considers admissible candidacies (14.2a)."""
    state = s.circumstances.candidacy_state
    if state in (None, "admissible"):
        return None
    return Refusal("14.2a", "council_question.not_admissible", {"state": f"name:state.candidacy.{state}"})


@guard()
def the_voter_is_present(s: Situation[Circumstances]) -> Refusal | None:
    """Only those present vote (9.2c)."""
    if not s.office or s.holder in s.circumstances.present:
        return None
    return Refusal("9.2c", "vote.not_present", {"person": s.holder})


@guard(revision=2)
def no_count_was_entered(s: Situation[Circumstances]) -> Refusal | None:
    """A vote is by name or by count, not both: a count of nobody is a count too (9.2c)."""
    counts = s.circumstances.entered
    return None if counts is None else Refusal("9.2c", "vote.count_entered", {"votes": sum(counts.values())})


@guard(revision=2)
def nobody_has_voted_by_name(s: Situation[Circumstances]) -> Refusal | None:
    """A vote is by count or by name, not both; who has voted and left the Council has voted (9.2c)."""
    votes = s.circumstances.voted_by_name
    return Refusal("9.2c", "vote.by_name_already", {"votes": votes}) if votes else None


@guard(facts=True)
def no_more_than_are_present(s: Situation[Circumstances]) -> Refusal | None:
    """A count does not exceed those present (9.2c)."""
    votes, here = sum(s.given.counts.values()), len(s.circumstances.present)
    return Refusal("9.2c", "vote.more_than_present", {"votes": votes, "present": here}) if votes > here else None


@guard()
def two_thirds_of_all_are_for(s: Situation[Circumstances]) -> Refusal | None:
    """The Council decides by two thirds of all its members (9.2c, B03)."""
    total, votes = len(s.circumstances.council), s.circumstances.counts["for"]
    majority = share("council.majority", s.today)
    if majority.reached(votes, total):
        return None
    return Refusal("9.2c", "vote.too_few_for", {"for": votes, "total": total, "needed": majority.needed(total)})


@guard()
def a_candidacy_that_could_not_be_decided(s: Situation[Circumstances]) -> Refusal | None:
    """A candidacy is postponed when fewer than two thirds of the Council are present (C06)."""
    if enough_are_present_for_a_candidacy.check(s) is not None:
        return None
    return Refusal("9.2c", "council_question.enough_present", {"present": len(s.circumstances.present)})


def opened(s: Situation[Circumstances]) -> dict[str, Any]:
    """Note the Council as it was when the vote was opened: how many, and the digest of the list."""
    return {"electorate": {"opening": as_list(s.circumstances.council)}}


def counted(s: Situation[Circumstances]) -> dict[str, Any]:
    """Note the counts as they were when the vote was closed, and the Council then beside the one at the opening."""
    now, before = s.circumstances.council, s.circumstances.at_opening
    electorate = {"opening": as_list(before), "closing": as_list(now), "joined": len(now - before), "left": len(before - now)}
    return {"counts": counts_of(s), "electorate": electorate}


def counts_of(s: Situation[Circumstances]) -> dict[str, int]:
    """Count the votes against all members of the Council (9.2c)."""
    here, total = len(s.circumstances.present), len(s.circumstances.council)
    needed = share("council.majority", s.today).needed(total)
    return s.circumstances.counts | {"present": here, "total": total, "needed": needed}


def candidacy_considered(_: Db, s: Situation[Circumstances]) -> list[str]:
    """Find the candidacy that the question is about."""
    return [s.about] if s.about and s.facts.get("kind") == "candidacy" else []


def consideration(s: Situation[Circumstances]) -> dict[str, Any]:
    """Tell the candidacy the outcome: adopted and positive, adopted and negative, or no decision."""
    if two_thirds_of_all_are_for.check(s) is not None:
        outcome = "no_decision"
    else:
        outcome = "recommended" if s.facts.get("proposal") == "positive" else "not_recommended"
    counts = counts_of(s)
    return {
        "outcome": outcome,
        "votes": {name: counts[name] for name in ("for", "against", "abstain", "present", "total")},
    }


def recommendation(_: Db, s: Situation[Circumstances]) -> list[None]:
    """Open a recommendation where a positive one was adopted."""
    return [None] if s.facts.get("kind") == "deputy_recommendation" and s.facts.get("proposal") == "positive" else []


def recommended_person(s: Situation[Circumstances]) -> dict[str, Any]:
    """Tell whom the Council recommends."""
    return {"person": s.facts["subject"]}


def cast(db: Db, s: Situation[Circumstances], record: Record) -> None:
    """Keep the ballot that counts."""
    cast_by_name(db, record.number, s.holder, s.given.choice, at=s.at, seq=record.seq)


def enter(db: Db, s: Situation[Circumstances], record: Record) -> None:
    """Keep the count that was entered."""
    set_tally(db, record.number, s.given.counts)


def freeze_opening(db: Db, s: Situation[Circumstances], record: Record) -> None:
    """Keep the list of the Council as it is at the opening."""
    freeze(db, record.number, "opening", s.circumstances.council)


def freeze_closing(db: Db, s: Situation[Circumstances], record: Record) -> None:
    """Keep the list of the Council as it is at the closing."""
    freeze(db, record.number, "closing", s.circumstances.council)


def view(db: Db, s: Situation[None]) -> dict[str, Any]:
    """Return the counts, as closed or as they stand, the Council at the opening and the closing, and what is missing."""
    closed = "counts" in s.facts
    if s.state != "voting" and not closed:
        return {}
    counts = s.facts["counts"] if closed else counts_of(seen_with(s, circumstances(db, s)))
    stands = proof(share("council.majority", s.today), counts, counts["total"], closed=closed)
    return {"counts": counts, "proof": stands, "electorate": s.facts.get("electorate")}


def identify(s: Situation[Circumstances]) -> Identity:
    """A question belongs to its meeting and is about a candidacy, or about a person."""
    told = s.given
    if told.kind == "candidacy":
        return Identity(body="council", parent=told.meeting, about=told.subject)
    return Identity(
        body="council", parent=told.meeting, person=told.subject if told.kind == "deputy_recommendation" else None
    )


def keep(facts: dict[str, Any], told: Told) -> dict[str, Any]:
    """Keep the question and, once it is closed, the counts."""
    if told.act == "list":
        return facts | dict(told.facts)
    if told.act in ("open_vote", "close_vote"):
        return facts | dict(told.noted)
    return facts | ({told.act: dict(told.facts)} if told.act == "remove" else {})


CONSIDERED = (Consequence("candidacy", "consider", candidacy_considered, consideration),)
FREEZES_CLOSING = (Writes("freezes_the_closing_electorate", freeze_closing),)
RECOMMENDED = (Consequence("deputy_appointment", "recommend", recommendation, recommended_person),)
PRESIDES = (Office.deputy_chairman, Office.chairman)

COUNCIL_QUESTION: Procedure[Circumstances] = Procedure(
    name="council_question",
    letter="K",
    chapter="9.2",
    states=State,
    final=("adopted", "not_adopted", "postponed", "removed"),
    circumstances=circumstances,
    identify=identify,
    view=view,
    forbidden_paths=(
        ForbiddenPath("adopted", without=("open_vote",), norm="9.2c"),
        ForbiddenPath("adopted", without=("close_vote",), norm="9.2c"),
        ForbiddenPath("not_adopted", without=("close_vote",), norm="9.2c"),
    ),
    acts=(
        Transition(
            name="list", source=("new",), by=(Office.deputy_chairman, Office.working_body), norms=("9.2a",), facts=List, keeps=keep,
            guards=(the_meeting_is_ahead_or_open, the_candidacy_may_be_listed, a_recommendation_names_somebody),
            to=(Branch("listed"),),
        ),
        Transition(
            name="open_vote", source=("listed",), by=PRESIDES, norms=("9.2c",),
            guards=(the_meeting_is_open, no_other_vote_is_open, enough_are_present_for_a_candidacy, the_candidacy_is_still_admissible),
            keeps=keep, notes=opened, to=(Branch("voting", writes=(Writes("freezes_the_opening_electorate", freeze_opening),)),),
        ),
        Transition(
            name="vote", source=("voting",), by=(Office.council_member,), norms=("9.2c",), facts=Vote, concurrent=True,
            guards=(the_meeting_is_open, the_voter_is_present, no_count_was_entered),
            to=(Branch(SAME, writes=(Writes("casts", cast),)),),
        ),
        Transition(
            name="enter_count", source=("voting",), by=(Office.working_body,), norms=("9.2c",), facts=EnteredCount,
            guards=(the_meeting_is_open, nobody_has_voted_by_name, no_more_than_are_present),
            to=(Branch(SAME, writes=(Writes("enters", enter),)),),
        ),
        Transition(
            name="close_vote", source=("voting",), by=PRESIDES, norms=("9.2c",), keeps=keep, notes=counted,
            to=(
                Branch("adopted", guards=(two_thirds_of_all_are_for,), writes=FREEZES_CLOSING, consequences=CONSIDERED + RECOMMENDED),
                Branch("postponed", guards=(a_candidacy_that_could_not_be_decided,), writes=FREEZES_CLOSING),
                Branch("not_adopted", writes=FREEZES_CLOSING, consequences=CONSIDERED),
            ),
        ),
        Transition(
            name="remove", source=("listed",), by=(Office.deputy_chairman, Office.consequence), norms=("9.2a",), facts=Because, keeps=keep,
            to=(Branch("removed"),),
        ),
    ),
)  # fmt: skip
