"""The rules of a resolution: items 8.3 and 8.4, with rulings A10 to A13."""

import json
from dataclasses import dataclass
from typing import Any

from machines.procedure import guard
from machines.refusal import Refusal
from machines.resolution_facts import List
from machines.session import AHEAD_OR_OPEN
from machines.session_guards import members_who_count
from machines.sitting import entered, frozen, hold, present, sum_of
from machines.situation import Situation
from models.database import Db


@dataclass(frozen=True, slots=True)
class Circumstances:
    """The session and its method, who is present, who was when the vote was opened, and the votes."""

    session_state: str
    session_method: str | None
    other_vote: str | None
    present: frozenset[str]
    total: int
    at_opening: frozenset[str]
    took_part: bool
    by_name: dict[str, int]
    entered: dict[str, int] | None

    @property
    def counts(self) -> dict[str, int]:
        """Return the votes by choice: by name, or the sums of a count or a secret vote."""
        return self.by_name if self.entered is None else self.entered


def circumstances(db: Db, s: Situation[None]) -> Circumstances:
    """Look up session, presence and votes."""
    session = s.given.session if isinstance(s.given, List) else s.parent
    if s.act in ("list", "open_vote"):
        hold(db, s, session)
    row = db.one("SELECT state, facts FROM cases WHERE number = ?", session or "")
    other = db.one(
        "SELECT number FROM cases WHERE parent = ? AND state = 'voting' AND number <> ?", session, s.number or ""
    )
    counting = members_who_count(db, s)
    took_part = db.one("SELECT 1 FROM participations WHERE number = ? AND person_id = ?", s.number or "", s.holder)
    return Circumstances(
        session_state=row[0] if row else "",
        session_method=json.loads(row[1]).get("method") if row else None,
        other_vote=other[0] if other else None,
        present=present(db, session, "member", s.at) & counting,
        total=len(counting),
        at_opening=frozen(db, s.number, "opening"),
        took_part=took_part is not None,
        by_name={}
        if s.act == "vote"
        else sum_of(db, s.number),  # nothing is counted for one vote: there may be hundreds
        entered=entered(db, s.number),
    )


@guard(facts=True)
def the_session_is_ahead_or_open(s: Situation[Circumstances]) -> Refusal | None:
    """A resolution is put to a session that is ahead or open (8.4.5)."""
    state = s.circumstances.session_state
    if state in AHEAD_OR_OPEN:
        return None
    return Refusal("8.4.5", "resolution.session_over", {"state": f"name:state.session.{state}"})


@guard()
def the_session_is_open(s: Situation[Circumstances]) -> Refusal | None:
    """An open session votes; a paused one does not (8.3a)."""
    state = s.circumstances.session_state
    return (
        None
        if state == "open"
        else Refusal("8.3a", "resolution.session_not_open", {"state": f"name:state.session.{state}"})
    )


@guard()
def a_quorum_at_this_moment(s: Situation[Circumstances]) -> Refusal | None:
    """There is a quorum when a vote is opened (8.3a, A10)."""
    here, total = len(s.circumstances.present), s.circumstances.total
    quorum = s.share("session.quorum")
    if quorum.reached(here, total):
        return None
    return Refusal("8.3a", "session.no_quorum", {"present": here, "total": total, "needed": quorum.needed(total)})


@guard()
def a_method_was_chosen(s: Situation[Circumstances]) -> Refusal | None:
    """The session has chosen how it votes (8.3c)."""
    return None if s.circumstances.session_method else Refusal("8.3c", "resolution.no_method")


@guard()
def no_other_vote_is_open(s: Situation[Circumstances]) -> Refusal | None:
    """One vote of a sitting at a time (8.3b)."""
    other = s.circumstances.other_vote
    return Refusal("8.3b", "resolution.another_vote", {"case": other}) if other else None


def method(s: Situation[Any]) -> str:
    """Return how this resolution is voted on: as the session had chosen when the vote was opened."""
    return str(s.facts.get("method", ""))


@guard()
def not_by_show_of_hands(s: Situation[Circumstances]) -> Refusal | None:
    """A show of hands is counted, not entered one by one (8.3c)."""
    return Refusal("8.3c", "resolution.by_show_of_hands") if method(s) == "show_of_hands" else None


@guard()
def by_show_of_hands(s: Situation[Circumstances]) -> Refusal | None:
    """Only a show of hands is entered as a count (8.3c)."""
    if method(s) == "show_of_hands":
        return None
    return Refusal("8.3c", "resolution.not_by_show_of_hands", {"method": f"name:value.method.{method(s)}"})


@guard()
def for_oneself_if_secret(s: Situation[Circumstances]) -> Refusal | None:
    """A secret vote is cast by the member alone: nobody enters it for anybody, from no paper (8.3c)."""
    if method(s) != "secret" or (s.holder == s.actor and s.document_date is None):
        return None
    return Refusal("8.3c", "resolution.secret_vote_for_another")


@guard()
def once_if_secret(s: Situation[Circumstances]) -> Refusal | None:
    """A secret vote is cast once (8.3c)."""
    return Refusal("8.3c", "resolution.secret_vote_twice") if s.circumstances.took_part else None


@guard()
def present_now_and_at_the_opening(s: Situation[Circumstances]) -> Refusal | None:
    """Those vote who are present and were when the vote was opened (8.3b, A11)."""
    if not s.office:
        return None
    if s.holder not in s.circumstances.present:
        return Refusal("8.3b", "vote.not_in_the_hall", {"person": s.holder})
    if s.holder not in s.circumstances.at_opening:
        return Refusal("8.3b", "vote.came_after_the_opening", {"person": s.holder})
    return None


@guard(revision=2)
def no_count_was_entered(s: Situation[Circumstances]) -> Refusal | None:
    """A vote is by name or by count, not both: a count of nobody is a count too (8.3b)."""
    counts = s.circumstances.entered
    if method(s) == "secret" or counts is None:
        return None
    return Refusal("8.3b", "vote.count_entered_in_the_hall", {"votes": sum(counts.values())})


@guard(facts=True)
def no_more_than_were_present(s: Situation[Circumstances]) -> Refusal | None:
    """A count does not exceed those present when the vote was opened (8.3b, A11)."""
    votes, here = sum(s.given.counts.values()), len(s.circumstances.at_opening)
    return (
        Refusal("8.3b", "vote.more_than_present_in_the_hall", {"votes": votes, "present": here})
        if votes > here
        else None
    )


@guard()
def more_than_half_are_for(s: Situation[Circumstances]) -> Refusal | None:
    """A session decides by more than half of those present when the vote was opened; no casting vote (8.3b, A11)."""
    votes, here = s.circumstances.counts["for"], len(s.circumstances.at_opening)
    majority = s.share("session.majority")
    if majority.reached(votes, here):
        return None
    return Refusal("8.3b", "vote.not_more_than_half", {"for": votes, "present": here, "needed": majority.needed(here)})
