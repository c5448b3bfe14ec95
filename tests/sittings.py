"""Meetings of the Council, polls, sessions and requests in order, for tests of what is decided in them."""

from collections.abc import Iterable, Mapping
from typing import Any

from machines.act import Done
from machines.procedures import procedure_of_number
from machines.reminders import as_it_stands
from tests.assembly import Assembly, paper

MEETING = "2006-05-16 10:00"  # a Tuesday
SESSION = "2006-06-20 10:00"  # a Tuesday
PLACE = {"starts_at": MEETING, "place": "Astana"}


def seats(assembly: Assembly, number: int, *, first: int = 1) -> list[str]:
    """Return the first members of the Council, or those from c*first* on."""
    return [assembly.person(f"c{n}") for n in range(first, first + number)]


def shown(assembly: Assembly, case: str | Done, *, at: str | None = None) -> Mapping[str, Any]:
    """Return what the doors show of a case at an instant: counts, proof, electorate, force."""
    number = assembly.number(case)
    procedure = procedure_of_number(number or "")
    with assembly.database.transaction(write=False) as db:
        return procedure.view(db, as_it_stands(db, number, assembly.at(at), assembly.book))


# ------------------------------------------------------------------------------------------------- meetings of the Council


def drafted_meeting(assembly: Assembly, *, at: str = "2006-05-10 09:00", starts: str = MEETING) -> Done:
    """Return a meeting that is drafted."""
    return assembly.do("wb", "council_meeting.draft", at=at, facts=PLACE | {"starts_at": starts})


def signed_meeting(assembly: Assembly, **when: str) -> Done:
    """Return a meeting that every deputy has signed."""
    case = drafted_meeting(assembly, **when)
    for deputy in assembly.holding("deputy_chairman"):
        case = assembly.do(deputy, "council_meeting.sign", case=case)
    return case


def convened_meeting(assembly: Assembly, **when: str) -> Done:
    """Return a meeting that the Chairman has agreed to."""
    return assembly.do("ch", "council_meeting.agree", case=signed_meeting(assembly, **when))


def open_meeting(assembly: Assembly, present: Iterable[str], **when: str) -> Done:
    """Return a meeting that is open on its day, with those who are *present* checked in."""
    case = convened_meeting(assembly, **when)
    starts = when.get("starts", MEETING)
    if people := list(present):
        assembly.do("wb", "council_meeting.check_in", case=case, at=starts, facts={"members": people})
    return assembly.do("d1", "council_meeting.open", case=case, at=starts)


def question(assembly: Assembly, meeting: str | Done, **facts: Any) -> Done:
    """Return a question that is listed for a meeting."""
    told = {"meeting": assembly.number(meeting), "kind": "other", "text": "Language policy"} | facts
    return assembly.do("wb", "council_question.list", facts=told)


def voting(assembly: Assembly, meeting: str | Done, **facts: Any) -> Done:
    """Return a question whose vote is open."""
    return assembly.do("d1", "council_question.open_vote", case=question(assembly, meeting, **facts))


def vote(assembly: Assembly, case: str | Done, people: Iterable[str], choice: str = "for", **more: Any) -> None:
    """Let people vote on a question, a poll or a resolution."""
    procedure = procedure_of_number(assembly.number(case) or "").name
    act = f"{procedure}.{'answer' if procedure == 'poll' else 'vote'}"
    for person in people:
        assembly.do(person, act, case=case, facts={"choice": choice}, **more)


# ----------------------------------------------------------------------------------------------------------------- polls


def drafted_poll(assembly: Assembly, *, at: str = "2010-03-01 09:00", **facts: Any) -> Done:
    """Return a poll that is drafted."""
    return assembly.do("d1", "poll.draft", at=at, facts={"kind": "other", "question": "To approve the appeal"} | facts)


def open_poll(
    assembly: Assembly, *, closes_on: str | None = "2010-03-10", at: str = "2010-03-01 09:00", **facts: Any
) -> Done:
    """Return an open poll, by default from 1 March 2010, a Monday, until 10 March, 24:00."""
    told = {"closes_on": closes_on} if closes_on else {}
    return assembly.do("wb", "poll.open", case=drafted_poll(assembly, at=at, **facts), facts=told)


def sheet(assembly: Assembly, case: str | Done, person: str, received: str, choice: str = "for", **more: Any) -> Done:
    """Enter a paper sheet."""
    facts = {"choice": choice, "received_at": received}
    document = paper(received[:10], kind="sheet")
    return assembly.do("wb", "poll.answer", case=case, facts=facts, on_behalf_of=person, document=document, **more)


# ---------------------------------------------------------------------------------------------------------------- sessions


def convening(**facts: Any) -> dict[str, Any]:
    """Return the facts of an ordinary session on 20 June 2006; what is given as `...` is left out."""
    told = {
        "kind": "ordinary", "ground": "own_initiative", "order": paper("2006-04-14"), "starts_at": SESSION, "city": "Astana",
        "place": "Palace of Peace", "agenda": ["Language policy"],
    }  # fmt: skip
    return {name: value for name, value in (told | facts).items() if value is not ...}


def extraordinary(**facts: Any) -> dict[str, Any]:
    """Return the facts of an extraordinary session on the last lawful day: decided on 14 April, a Friday, held on 15 May 2006."""
    return convening(kind="extraordinary", **{"starts_at": "2006-05-15 10:00"} | facts)


def convened_session(assembly: Assembly, *, at: str = "2006-04-14 10:00", **facts: Any) -> Done:
    """Return a session that is convened."""
    return assembly.do("ch", "session.convene", at=at, facts=convening(**facts))


def announced_session(assembly: Assembly, *, at: str = "2006-04-17 10:00", **facts: Any) -> Done:
    """Return a session that is announced."""
    case = convened_session(assembly, **facts)
    return assembly.do("wb", "session.announce", case=case, at=at, facts={"channel": "website"})


def registering(assembly: Assembly, present: Iterable[str] = (), **facts: Any) -> Done:
    """Return a session that registers its members, with those who are *present* checked in."""
    case = announced_session(assembly, **facts)
    case = assembly.do("wb", "session.start_registration", case=case, at=facts.get("starts_at", SESSION))
    if people := list(present):
        case = assembly.do("wb", "session.check_in", case=case, facts={"members": people})
    return case


def open_session(assembly: Assembly, present: Iterable[str], *, method: str | None = None, **facts: Any) -> Done:
    """Return an open session, which has chosen a *method* of voting."""
    people = list(present)
    case = assembly.do("ch", "session.open", case=registering(assembly, people, **facts))
    if method:
        choice = {"method": method, "for": len(people), "against": 0, "abstain": 0}
        case = assembly.do("ch", "session.set_method", case=case, facts=choice)
    return case


def resolution(assembly: Assembly, session: str | Done, **facts: Any) -> Done:
    """Return a resolution that is listed for a session."""
    told = {"session": assembly.number(session), "kind": "other", "text": "Appeal"} | facts
    return assembly.do("wb", "resolution.list", facts=told)


def voting_session(assembly: Assembly, session: str | Done, **facts: Any) -> Done:
    """Return a resolution whose vote is open."""
    return assembly.do("ch", "resolution.open_vote", case=resolution(assembly, session, **facts))


def count(for_: int, against: int = 0, abstain: int = 0) -> dict[str, int]:
    """Return the facts of a count."""
    return {"for": for_, "against": against, "abstain": abstain}


# ---------------------------------------------------------------------------------------------------------------- requests


def request(
    assembly: Assembly, signatures: int = 0, *, at: str = "2006-04-14 10:00", questions: Iterable[str] = ("Language",)
) -> Done:
    """Return a request that collects signatures, opened by m1, with those of m1 and the next ones."""
    case = assembly.do("m1", "session_request.open", at=at, facts={"questions": list(questions)})
    for n in range(1, signatures + 1):
        assembly.do(f"m{n}", "session_request.sign", case=case)
    return case


def registered_request(assembly: Assembly, signatures: int, **more: Any) -> Done:
    """Return a request that the working body has registered, or returned."""
    return assembly.do("wb", "session_request.register", case=request(assembly, signatures, **more))
