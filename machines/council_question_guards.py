"""The rules of a question of the Council: items 9.2 and 14.2, with rulings B03, B04 and C06."""

from dataclasses import dataclass
from typing import Literal

from machines.council_meeting import AHEAD_OR_OPEN
from machines.facts import Choice, Facts, MeetingNumber, Text
from machines.procedure import Office, guard
from machines.refusal import Refusal
from machines.sitting import entered, frozen, hold, in_office, is_known, present, sum_of
from machines.situation import Situation
from models.database import Db


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
        person_known=kind != "deputy_recommendation" or is_known(db, s, subject),
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
    """One vote of a sitting at a time (9.2c)."""
    other = s.circumstances.other_vote
    return Refusal("9.2c", "council_question.another_vote", {"case": other}) if other else None


@guard()
def enough_are_present_for_a_candidacy(s: Situation[Circumstances]) -> Refusal | None:
    """A meeting that could adopt nothing does not consider a candidacy: it is postponed (9.2c, C06)."""
    here, total = len(s.circumstances.present), len(s.circumstances.council)
    needed = s.share("council.attendance")
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
    majority = s.share("council.majority")
    if majority.reached(votes, total):
        return None
    return Refusal("9.2c", "vote.too_few_for", {"for": votes, "total": total, "needed": majority.needed(total)})


@guard()
def a_candidacy_that_could_not_be_decided(s: Situation[Circumstances]) -> Refusal | None:
    """A candidacy is postponed when fewer than two thirds of the Council are present (C06)."""
    if enough_are_present_for_a_candidacy.check(s) is not None:
        return None
    return Refusal("9.2c", "council_question.enough_present", {"present": len(s.circumstances.present)})
