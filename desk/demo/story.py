"""What has happened in the demonstration, told in days before today: invented people, invented papers.

Some deadlines of it are near, some have passed, some are far.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from desk.demo.words import NameOf, Words

FOUNDED_DAYS_AGO = 130
PEOPLE_BESIDE_THE_ROSTER = tuple(f"p:{letter}" for letter in "MNOPQRSTUV")

Facts = Callable[[date, date], Mapping[str, Any]]  # of the day of the act, and of today


def _nothing(_: date, __: date) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True)
class Step:
    """One act of the story. *case* is its name in the story; standing cases are called `membership:m40`."""

    days_ago: int
    case: str
    actor: str
    act: str
    facts: Facts = _nothing
    by_the_council: bool = False


def _day(day: date, before: int = 0) -> str:
    return (day - timedelta(days=before)).isoformat()


def told(**facts: Any) -> Facts:
    """Tell the same whenever it is."""
    return lambda _, __: facts


def _order(number: str, **more: Any) -> Facts:
    """Tell an order of the day of the act."""
    return lambda day, _: {**more, "order": {"number": number, "date": _day(day)}}


def by_region(person: str, region: str, *, body: str = "small_assembly_session", proposals: bool = True) -> Facts:
    """Nominate by a small assembly (14.1a)."""
    return lambda day, _: {
        "person": person, "route": "small_assembly", "region": region, "consent": True,
        "decision": {"body": body, "number": f"{day.month}-{day.day}", "date": _day(day, 4)},
        "proposals": [{"by": Words("Ethnocultural centre", region), "date": _day(day, 15)}] if proposals else [],
    }  # fmt: skip


def by_association(person: str, name: str, *, level: str, highest: str) -> Facts:
    """Nominate by an association's highest body (14.1b)."""
    return lambda day, _: {
        "person": person, "route": "association", "consent": True,
        "decision": {"body": highest, "number": f"{day.day}/{day.year}", "date": _day(day, 6)},
        "association": {"name": NameOf(name), "level": level, "highest_body": highest},
    }  # fmt: skip


def by_letter(person: str, *, consent: bool = True) -> Facts:
    """Nominate by a letter of the head of a state body (C07)."""
    return lambda day, _: {
        "person": person, "route": "state_body",
        "decision": {"body": "head_letter", "number": f"0{day.month}-{day.day}", "date": _day(day, 1)},
        **({"consent": True} if consent else {}),
    }  # fmt: skip


def _outcome(outcome: str, votes_for: int, against: int, abstain: int) -> Facts:
    present = votes_for + against + abstain
    votes = {"for": votes_for, "against": against, "abstain": abstain, "present": present, "total": 30}
    return told(outcome=outcome, votes=votes)


RECOMMENDED = _outcome("recommended", 24, 2, 1)
NO_DECISION = _outcome("no_decision", 16, 5, 5)
NOT_RECOMMENDED = _outcome("not_recommended", 21, 3, 2)


def _considered(
    case: str, nominated: int, by: str, facts: Facts, admitted: int, considered: int, outcome: Facts, *submitted: int
) -> Iterator[Step]:
    """Tell a candidacy as far as the Council, and as far as each deputy has submitted it (14.2)."""
    yield Step(nominated, case, by, "candidacy.nominate", facts)
    yield Step(admitted, case, "wb", "candidacy.admit")
    yield Step(considered, case, "d1", "candidacy.consider", outcome, by_the_council=True)
    for deputy, days_ago in zip(("d1", "d2"), submitted, strict=False):
        yield Step(days_ago, case, deputy, "candidacy.submit")


_NEW_DECISION: Facts = lambda day, _: {
    "decision": {"body": "small_assembly_session", "number": "9", "date": _day(day, 2)}
}

_DECIDED = (
    *_considered("A", 100, "s:Kostanay", by_region("p:A", "Kostanay"), 97, 80, RECOMMENDED, 78, 76),
    Step(90, "A again", "as:nca5", "candidacy.nominate", by_association("p:A", "nca5", level="regional", highest="conference")),
    Step(70, "A", "ch", "candidacy.approve", _order("21")),  # which ends the other candidacy
    *_considered("B", 95, "as:nca1", by_association("p:B", "nca1", level="republican", highest="congress"), 92, 80, RECOMMENDED, 78, 76),
    Step(60, "B", "ch", "candidacy.approve", _order("24")),
    *_considered("D", 85, "sb:moj", by_letter("p:D"), 83, 61, RECOMMENDED, 57, 55),
    Step(30, "D", "ch", "candidacy.approve", _order("29")),
    Step(40, "C", "ch", "candidacy.include", _order(
        "27", person="p:C", category="other_person", justification=Words("Thirty years of work for accord; known throughout the country"),
    )),
    *_considered("E", 95, "s:Almaty", by_region("p:E", "Almaty"), 93, 80, NO_DECISION, 76, 75),
    Step(50, "E", "ch", "candidacy.reject", _order("25", reason=Words("The Council came to no decision"))),
    *_considered("F", 88, "as:nca2", by_association("p:F", "nca2", level="republican", highest="congress"), 86, 61,
                 NOT_RECOMMENDED, 55, 54),
    Step(35, "F", "ch", "candidacy.reject", _order("28")),
    Step(60, "G", "s:Pavlodar", "candidacy.nominate", by_region("p:G", "Pavlodar")),
    Step(58, "G", "wb", "candidacy.admit"),
    Step(32, "G", "p:G", "candidacy.withdraw", told(reason=Words("Called to another office"))),
    Step(45, "H", "as:nca3", "candidacy.nominate", by_association("p:H", "nca3", level="republican", highest="conference")),
    Step(41, "H", "as:nca3", "candidacy.withdraw", told(reason=Words("The association nominates somebody else"))),
)  # fmt: skip

_BEFORE_THE_COUNCIL = (
    Step(30, "I", "as:nca8", "candidacy.nominate", by_association("p:I", "nca8", level="local", highest="general_meeting")),
    Step(27, "I", "wb", "candidacy.return", told(reason=Words("A local association does not nominate"))),
    Step(25, "J", "s:Kostanay", "candidacy.nominate", by_region("p:J", "Kostanay", body="small_assembly_council")),
    Step(22, "J", "wb", "candidacy.return", told(reason=Words("The session of the small assembly decides, not its council"))),
    Step(4, "K", "a:Karaganda", "candidacy.nominate", by_region("p:K", "Karaganda")),
    Step(2, "L", "sb:moc", "candidacy.nominate", by_letter("p:L", consent=False)),
    Step(35, "M", "s:Mangystau", "candidacy.nominate", by_region("p:M", "Mangystau", body="small_assembly_council")),
    Step(31, "M", "wb", "candidacy.return", told(reason=Words("The session of the small assembly decides, not its council"))),
    Step(6, "M", "s:Mangystau", "candidacy.cure", _NEW_DECISION),
    Step(20, "N", "s:Kostanay", "candidacy.nominate", by_region("p:N", "Kostanay")),
    Step(15, "N", "as:nca4", "candidacy.support", by_association("p:N", "nca4", level="regional", highest="conference")),
    Step(14, "N", "wb", "candidacy.admit"),
    Step(12, "O", "sb:mes", "candidacy.nominate", by_letter("p:O")),
    Step(8, "O", "wb", "candidacy.admit"),
    Step(18, "P", "as:nca7", "candidacy.nominate", by_association("p:P", "nca7", level="regional", highest="conference")),
    Step(16, "P", "wb", "candidacy.admit"),
)  # fmt: skip

_AFTER_THE_COUNCIL = (
    *_considered("Q", 50, "s:Zhambyl", by_region("p:Q", "Zhambyl"), 47, 13, RECOMMENDED, 6),  # the other deputy is missing
    *_considered("R", 55, "as:nca6", by_association("p:R", "nca6", level="regional", highest="general_meeting"), 52, 25, RECOMMENDED),
    *_considered("S", 30, "sb:mfa", by_letter("p:S"), 26, 5, NOT_RECOMMENDED),
    *_considered("T", 60, "s:Atyrau", by_region("p:T", "Atyrau"), 58, 43, RECOMMENDED, 39, 37),
    *_considered("U", 50, "s:Astana", by_region("p:U", "Astana"), 48, 34, NO_DECISION, 30, 26),
    *_considered("V", 25, "sb:moj", by_letter("p:V"), 22, 12, RECOMMENDED, 10, 4),
)  # fmt: skip


def _statement(from_in: int | None) -> Facts:
    """Tell a member's statement, and on which day from today he leaves."""
    return lambda day, today: {
        "statement_date": _day(day), **({"from_date": _day(today, -from_in)} if from_in is not None else {})
    }  # fmt: skip


def _office_lost(ground: str) -> Facts:
    return lambda day, _: {"ground": ground, "date": _day(day, 3)}


def _removal(member: str, ground: str, **more: Any) -> Facts:
    return told(membership=f"membership:{member}", ground=ground, **more)


_MEMBERS = (
    Step(52, "membership:m120", "m120", "membership.leave", _statement(None)),
    Step(40, "membership:m130", "m130", "membership.leave", _statement(-20)),  # who has left by the clock
    Step(9, "membership:m200", "m200", "membership.leave", _statement(11)),
    Step(3, "membership:m25", "m25", "membership.leave", _statement(2)),  # who sits in the Council
    Step(44, "membership:m64", "wb", "membership.end", lambda day, _: {
        "date": _day(day, 2), "certificate": {"kind": Words("death certificate"), "number": "AK-0047", "date": _day(day, 1)},
    }),
    Step(11, "membership:m31", "wb", "membership.report_office_change", _office_lost("office_changed")),
    Step(38, "membership:m52", "wb", "membership.report_office_change", _office_lost("elected_office_lost")),
)  # fmt: skip

_REMOVALS = (
    Step(25, "removal m52", "d1", "removal.submit", _removal("m52", "elected_office_lost")),
    Step(48, "removal m59", "a:Akmola", "removal.submit", _removal(
        "m59", "other", code="duties", reason=Words("Has not attended a single session for four years"),
    )),
    Step(20, "removal m59", "ch", "removal.grant", _order("30")),
    Step(50, "removal m60", "d2", "removal.submit", _removal(
        "m60", "other", code="discredit", reason=Words("Publications that set ethnic groups against each other"),
    )),
    Step(33, "removal m60", "ch", "removal.decline", told(reason=Words("The publications are not his"))),
    Step(46, "removal m62", "d1", "removal.submit", _removal("m62", "office_changed")),
    Step(43, "membership:m62", "m62", "membership.leave", _statement(None)),
    Step(6, "removal m43", "a:Pavlodar", "removal.submit", _removal(
        "m43", "other", code="health", reason=Words("Long illness; agreed with the member and his family"),
    )),
)  # fmt: skip

_COUNCIL = (
    Step(28, "council_seat:m29", "ch", "council_seat.close", told(reason=Words("Order 31"))),
    Step(21, "seat of m48", "ch", "council_seat.open", _order("32", person="m48", category="association")),
)

STORY = (*_DECIDED, *_BEFORE_THE_COUNCIL, *_AFTER_THE_COUNCIL, *_MEMBERS, *_REMOVALS, *_COUNCIL)
