"""What the Council and the Assembly have decided in the demonstration, and what lies ahead of them.

A session held with its record, one announced, one whose last day to announce is near; a poll that has closed and one that
lacks votes; a meeting of the Council ahead; a request that collects signatures.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from desk.demo.story import Facts, Step, told
from desk.demo.words import Words
from machines.calendar import built_in

SESSION_HELD, SESSION_ANNOUNCED, SESSION_TO_ANNOUNCE = 70, -25, -35  # days before today
MEETING_AHEAD = -8
IN_THE_HALL = [*(f"m{n}" for n in range(1, 301)), "ch", "d1", "d2"]
COUNCIL = [f"m{n}" for n in range(1, 29)]  # thirty seats, of which two change while the story goes on


def working_day(today: date, days_before: int) -> date:
    """Return the working day on or before the day so many days before *today*."""
    return built_in().previous_working_day(today - timedelta(days=days_before))


def _convene(number: str, days_before: int, *agenda: Words, **more: Any) -> Facts:
    return lambda day, today: {
        "kind": "ordinary", "ground": "own_initiative", "order": {"number": number, "date": day.isoformat()},
        "starts_at": f"{working_day(today, days_before)} 10:00", "city": Words("Astana"), "place": Words("Palace of Independence"),
        "agenda": list(agenda), **more,
    }  # fmt: skip


def _minutes(number: str) -> Facts:
    return lambda day, _: {"minutes": {"number": number, "date": day.isoformat()}}


def _resolution(session: str, kind: str, text: Words) -> Facts:
    return told(session=session, kind=kind, text=text)


def _voted(case: str, votes: dict[str, int]) -> Iterator[Step]:
    """Vote on a resolution by show of hands (8.3)."""
    yield Step(SESSION_HELD, case, "ch", "resolution.open_vote")
    yield Step(SESSION_HELD, case, "wb", "resolution.enter_count", told(**votes))
    yield Step(SESSION_HELD, case, "ch", "resolution.close_vote")


_HELD = (
    Step(112, "session held", "ch", "session.convene", _convene(
        "19", SESSION_HELD, Words("Doctrine of national unity"), Words("Report of the working body"),
    )),
    Step(110, "session held", "wb", "session.announce", told(channel="website")),
    Step(106, "doctrine", "wb", "resolution.list", _resolution("session held", "programme_document", Words("To support the doctrine"))),
    Step(106, "report", "wb", "resolution.list", _resolution("session held", "member_report", Words("To take note of the report"))),
    Step(SESSION_HELD, "session held", "wb", "session.start_registration"),
    Step(SESSION_HELD, "session held", "wb", "session.check_in", told(members=IN_THE_HALL)),
    Step(SESSION_HELD, "session held", "ch", "session.open"),
    Step(SESSION_HELD, "session held", "ch", "session.set_method", told(
        method="show_of_hands", **{"for": 296, "against": 2, "abstain": 5},
    )),
    *_voted("doctrine", {"for": 281, "against": 9, "abstain": 13}),
    *_voted("report", {"for": 148, "against": 90, "abstain": 65}),
    Step(SESSION_HELD, "report", "m17", "resolution.dissent", told(opinion=Words("The report leaves out the regions of the south"))),
    Step(SESSION_HELD, "session held", "ch", "session.close"),
    Step(66, "session held", "ch", "session.record", _minutes("15")),
)  # fmt: skip

_AHEAD = (
    Step(20, "session announced", "ch", "session.convene", _convene(
        "33", SESSION_ANNOUNCED, Words("Results of the year"), Words("Plan of measures"),
    )),
    Step(12, "session announced", "wb", "session.announce", told(channel="newspaper")),
    Step(11, "plan", "wb", "resolution.list", _resolution("session announced", "programme_document", Words("To approve the plan"))),
    Step(6, "session to announce", "ch", "session.convene", _convene(
        "35", SESSION_TO_ANNOUNCE, Words("Language policy in the regions"),
    )),
)  # fmt: skip


def _answers(case: str, days_ago: Iterable[int], choices: str) -> Iterator[Step]:
    """Answer a poll: one letter a member of the Council, in the order of their seats; a blank has not answered yet (9.3a)."""
    spoken = {"+": "for", "-": "against", "0": "abstain"}
    days = list(days_ago)
    for n, (member, choice) in enumerate(zip(COUNCIL, choices, strict=False)):
        if choice in spoken:
            yield Step(days[n * len(days) // len(choices)], case, member, "poll.answer", told(choice=spoken[choice]))


def _last_day(days: int) -> Facts:
    return lambda day, _: {"closes_on": (day + timedelta(days=days)).isoformat()}


_POLLS = (
    Step(40, "poll closed", "d1", "poll.draft", told(
        kind="deputy_recommendation", subject="m3", question=Words("To recommend a deputy chairman"), papers=Words("Curriculum vitae"),
    )),
    Step(38, "poll closed", "wb", "poll.open", _last_day(10)),
    *_answers("poll closed", (36, 35, 34, 31), "++++-++++0+++++++-++++++"),
    Step(6, "poll open", "d2", "poll.draft", told(
        kind="programme_document", question=Words("To approve the draft of the plan of measures"), papers=Words("Draft, 14 pages"),
    )),
    Step(5, "poll open", "wb", "poll.open", _last_day(12)),
    *_answers("poll open", (4, 3, 2), "+++- +++0+++-+"),
)  # fmt: skip

_MEETING = (
    Step(9, "meeting", "wb", "council_meeting.draft", lambda _, today: {
        "starts_at": f"{working_day(today, MEETING_AHEAD)} 15:00", "place": Words("House of Friendship, Astana"),
    }),
    Step(8, "meeting", "d1", "council_meeting.sign"),
    Step(8, "meeting", "d2", "council_meeting.sign"),
    Step(7, "meeting", "ch", "council_meeting.agree"),
    Step(6, "question N", "wb", "council_question.list", told(meeting="meeting", kind="candidacy", subject="N")),
    Step(6, "question O", "wb", "council_question.list", told(meeting="meeting", kind="candidacy", subject="O")),
    Step(6, "question of the plan", "d1", "council_question.list", told(
        meeting="meeting", kind="programme_document", text=Words("On the draft of the plan of measures"),
    )),
)  # fmt: skip

_SIGNERS = [f"m{n}" for n in range(70, 152) if n not in (120, 130)]  # some eighty of the 117 needed

_REQUEST = (
    Step(
        17, "request", "m70", "session_request.open", told(questions=[Words("State of the ethnocultural associations")])
    ),
    *(Step(16 - n // 20, "request", member, "session_request.sign") for n, member in enumerate(_SIGNERS)),
)

SITTINGS = (*_HELD, *_POLLS, *_AHEAD, *_MEETING, *_REQUEST)
