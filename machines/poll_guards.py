"""The rules of a poll: items 9.2 and 9.3, with rulings B03 to B07 and H04."""

from dataclasses import dataclass
from datetime import datetime

from machines import terms
from machines.poll_facts import Draft
from machines.poll_terms import closes_on, closing_instant, last_day
from machines.procedure import Office, guard
from machines.refusal import Refusal
from machines.sitting import frozen, in_office, is_known, sum_of
from machines.situation import Situation
from models.database import Db, instant

EXCLUDED_NORM = {"candidacy": "14.2a", "mazhilis_nomination": "9.2b"}


@dataclass(frozen=True, slots=True)
class Circumstances:
    """The Council of the moment and at the opening, who may vote at the reference moment, who has answered, and how."""

    council: frozenset[str]
    at_opening: frozenset[str]
    electorate: frozenset[str]
    answered: frozenset[str]
    counts: dict[str, int]
    counts_at_opening: dict[str, int]
    person_known: bool = True


_NOBODY: frozenset[str] = frozenset()


def circumstances(db: Db, s: Situation[None]) -> Circumstances:
    """Look up electorate and answers; while a poll is open its Council is that of the moment, then that of the closing (B07)."""
    if isinstance(s.given, Draft):
        known = s.given.kind != "deputy_recommendation" or is_known(db, s, s.given.subject)
        return Circumstances(_NOBODY, _NOBODY, _NOBODY, _NOBODY, {}, {}, known)
    opening = frozen(db, s.number, "opening")
    if s.act == "answer":  # nothing is counted for one answer: there may be thousands
        return Circumstances(_NOBODY, opening, _NOBODY, _NOBODY, {}, {})
    council = frozen(db, s.number, "closing") if s.state == "counting" else in_office(db, Office.council_member, s.at)
    electorate = opening if s.rulings["poll.reference_moment"] == "open" and s.state != "drafted" else council
    counts = sum_of(db, s.number, electorate)
    return Circumstances(
        council, opening, electorate, _answered(db, s.number) & electorate, counts, sum_of(db, s.number, opening)
    )


def _answered(db: Db, number: str | None) -> frozenset[str]:
    return frozenset(row[0] for row in db.all("SELECT person_id FROM ballots WHERE number = ?", number))


@guard(facts=True)
def kind_may_be_polled(s: Situation[Circumstances]) -> Refusal | None:
    """Candidacies are considered at a meeting; some kinds are not decided by poll (14.2a, 9.2b, B05)."""
    kind = s.given.kind
    if kind not in s.rulings["poll.excluded_kinds"]:
        return None
    return Refusal(EXCLUDED_NORM.get(kind, "9.3a"), "poll.kind_excluded", {"kind": f"name:value.kind.{kind}"})


@guard(facts=True)
def a_recommendation_names_somebody(s: Situation[Circumstances]) -> Refusal | None:
    """A recommendation names a person of the register (7.2b)."""
    return None if s.circumstances.person_known else Refusal("7.2b", "poll.names_nobody")


@guard(facts=True)
def enough_working_days(s: Situation[Circumstances]) -> Refusal | None:
    """A poll is open for at least three working days (9.3b, B06)."""
    day, needed = last_day(s), s.law("poll.minimum_working_days")
    have = terms.working_days_between(s.today, day, s.calendar) if day > s.today else 0
    if have >= needed:
        return None
    earliest = terms.working_days(s.today, needed, calendar=s.calendar, zone=s.zone).last_day
    return Refusal("9.3b", "poll.too_short", {"days": have, "needed": needed, "closes_on": day, "earliest": earliest})


def received(s: Situation[Circumstances]) -> datetime:
    """Return when the answer was received: by the server's clock, or as the working body says of a sheet."""
    return terms.instant(s.given.received_at, s.zone) if s.given.received_at else s.at


@guard(facts=True)
def received_in_time(s: Situation[Circumstances]) -> list[Refusal]:
    """An answer counts if it was received before the closing instant, not before the opening, not in the future (9.3a, H04)."""
    if s.state == "counting" and s.given.received_at is None:
        return [Refusal("9.3a", "poll.closed", {"closes_on": closes_on(s)})]
    if s.given.received_at is not None and s.holder == s.actor:
        return [Refusal("9.3a", "poll.sheet_by_the_working_body")]
    at = received(s)
    found = []
    if at >= closing_instant(s):
        found.append(Refusal("9.3a", "poll.received_too_late", {"closes_on": closes_on(s)}))
    if at < instant(s.facts["opened_at"]):
        opened = terms.local_day(instant(s.facts["opened_at"]), s.zone)
        found.append(Refusal("9.3a", "poll.received_before_the_opening", {"opened": opened}))
    if at > s.at:
        found.append(Refusal("9.3a", "poll.received_in_the_future", {"today": s.today}))
    return found


@guard()
def a_council_member_at_the_opening(s: Situation[Circumstances]) -> Refusal | None:
    """Under the ruling `open` those vote who sat in the Council at the opening (9.3a, B07)."""
    if s.rulings["poll.reference_moment"] != "open" or not s.office or s.holder in s.circumstances.at_opening:
        return None
    return Refusal("9.3a", "poll.not_in_the_council_at_the_opening", {"person": s.holder})


def sat_at_the_closing(db: Db, s: Situation[None]) -> bool:
    """Whose sheet is entered while it is counted may have left the Council after the closing."""
    return s.state == "counting" and s.holder in frozen(db, s.number, "closing")


@guard()
def asked_before_the_closing(s: Situation[Circumstances]) -> Refusal | None:
    """An extension is asked for before the closing (9.3b)."""
    if s.at < closing_instant(s):
        return None
    return Refusal("9.3b", "poll.extension_too_late", {"closes_on": closes_on(s)})


@guard(facts=True)
def later_than_the_closing(s: Situation[Circumstances]) -> Refusal | None:
    """An extension is later than the closing that stands (9.3b)."""
    if s.given.closes_on > closes_on(s):
        return None
    return Refusal("9.3b", "poll.no_later_closing", {"closes_on": s.given.closes_on, "stands": closes_on(s)})


@guard()
def all_have_answered(s: Situation[Circumstances]) -> Refusal | None:
    """The working body closes an open poll early only when everybody has answered (9.3b, B06)."""
    if s.state != "open" or s.office == Office.clock:
        return None
    answered, total = len(s.circumstances.answered), len(s.circumstances.electorate)
    if answered == total and total:
        return None
    return Refusal(
        "9.3b", "poll.not_all_have_answered", {"answered": answered, "total": total, "closes_on": closes_on(s)}
    )


@guard()
def sheets_are_awaited(s: Situation[Circumstances]) -> Refusal | None:
    """A poll by post that somebody has not answered is counted three working days later (9.3a, H04)."""
    silent = s.circumstances.electorate - s.circumstances.answered
    if s.state == "open" and s.office == Office.clock and s.facts.get("by_post") and silent:
        return None
    return Refusal("9.3a", "poll.nothing_awaited", {"silent": len(silent)})


@guard()
def two_thirds_are_for(s: Situation[Circumstances]) -> list[Refusal]:
    """The Council decides by two thirds of all its members at the reference moment (9.2c, B03, B07)."""
    seen = [(s.circumstances.counts["for"], len(s.circumstances.electorate))]
    if s.rulings["poll.reference_moment"] == "both":
        seen.append((s.circumstances.counts_at_opening["for"], len(s.circumstances.at_opening)))
    majority = s.share("council.majority")
    return [
        Refusal("9.2c", "vote.too_few_for", {"for": votes, "total": total, "needed": majority.needed(total)})
        for votes, total in seen
        if not majority.reached(votes, total)
    ]
