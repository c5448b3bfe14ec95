"""Where a history may begin: in the middle of something that random acts would come to once in a hundred histories."""

from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from typing import Any

from tests.histories.picked import hour
from tests.histories.stage import Changed
from tests.reference import Attempt, World
from tests.reference.days import working_days

Told = Attempt | Changed | datetime  # an hour: time passes until then
Scene = Callable[[World], Iterator[Told]]

AGENDA = ["Language policy", "Plan"]


def nothing(w: World) -> Iterator[Told]:
    """Nothing has happened yet."""
    yield from ()


def ten(day: Any) -> datetime:
    """Ten o'clock of a day."""
    return datetime.combine(day, time(10))


def convened(w: World, name: str = "session-1", **facts: Any) -> Iterator[Told]:
    """A session is convened."""
    told = {"kind": "ordinary", "ground": "own_initiative", "order": {"number": "1", "date": w.today}, "city": "Astana",
            "place": "Palace", "starts_at": hour(w.today + timedelta(days=33)), "agenda": AGENDA, **facts}  # fmt: skip
    yield Attempt("ch", "session.convene", name, told)


def announced(w: World, **facts: Any) -> Iterator[Told]:
    """A session is announced."""
    yield from convened(w, **facts)
    yield Attempt("wb", "session.announce", "session-1", {"channel": "website"})


def in_haste(w: World) -> Iterator[Told]:
    """An extraordinary session is convened for the next days."""
    yield from convened(w, kind="extraordinary", starts_at=hour(w.today + timedelta(days=8)))


def session(method: str) -> Scene:
    """Make a session in which a vote is open, another question waits, and two members are not in the hall."""

    def scene(w: World) -> Iterator[Told]:
        day, members = w.today + timedelta(days=33), sorted(w.holders("member"))
        yield from announced(w, last_day=day + timedelta(days=2))
        for number in (1, 2):
            told = {"session": "session-1", "kind": "other", "text": "A question"}
            yield Attempt("wb", "resolution.list", f"resolution-{number}", told)
        yield ten(day)
        yield Attempt("wb", "session.start_registration", "session-1", {})
        yield Attempt("wb", "session.check_in", "session-1", {"members": members[2:]})
        yield Attempt("ch", "session.open", "session-1", {})
        votes = {"for": len(members) - 2, "against": 0, "abstain": 0}
        yield Attempt("ch", "session.set_method", "session-1", {"method": method, **votes})
        yield Attempt("ch", "resolution.open_vote", "resolution-1", {})
        for who in members[2:5] if method != "show_of_hands" else ():
            yield Attempt(who, "resolution.vote", "resolution-1", {"choice": "for"})

    return scene


def paused(w: World) -> Iterator[Told]:
    """Everything is voted on, and the session is not closed yet."""
    yield from session("show_of_hands")(w)
    counts = {"for": len(w.holders("member")) - 2, "against": 0, "abstain": 0}
    yield Attempt("wb", "resolution.enter_count", "resolution-1", counts)
    yield Attempt("ch", "resolution.close_vote", "resolution-1", {})
    yield Attempt("ch", "resolution.remove", "resolution-2", {"reason": "Not needed"})
    yield Attempt("ch", "session.pause", "session-1", {})


def registering(w: World) -> Iterator[Told]:
    """Members arrive at a session."""
    yield from announced(w)
    yield ten(w.today + timedelta(days=33))
    yield Attempt("wb", "session.start_registration", "session-1", {})
    yield Attempt("wb", "session.check_in", "session-1", {"members": sorted(w.holders("member"))[:3]})


def requested(w: World) -> Iterator[Told]:
    """A third of the members ask for an extraordinary session."""
    members = sorted(w.holders("member"))
    yield Attempt(members[0], "session_request.open", "session_request-1", {"questions": AGENDA[:1]})
    for who in members[: -(-len(members) // 3)]:
        yield Attempt(who, "session_request.sign", "session_request-1", {})
    yield Attempt("wb", "session_request.register", "session_request-1", {})


def by_request(w: World) -> Iterator[Told]:
    """An extraordinary session is convened as they asked."""
    yield from requested(w)
    starts = hour(w.today + timedelta(days=28))
    yield from announced(w, kind="extraordinary", ground="request", request="session_request-1", starts_at=starts)


def called(w: World) -> Iterator[Told]:
    """The Council is called together for a candidacy; its day is still to come."""
    head = {"body": "head_letter", "number": "1", "date": w.today}
    told = {"person": "p:A", "route": "state_body", "decision": head, "consent": True}
    yield Attempt("sb:gov", "candidacy.nominate", "candidacy-1", told)
    yield Attempt("wb", "candidacy.admit", "candidacy-1", {})
    day = w.today + timedelta(days=3)
    yield Attempt("wb", "council_meeting.draft", "council_meeting-1", {"starts_at": hour(day), "place": "Astana"})
    for deputy in sorted(w.holders("deputy_chairman")):
        yield Attempt(deputy, "council_meeting.sign", "council_meeting-1", {})
    yield Attempt("ch", "council_meeting.agree", "council_meeting-1", {})
    for number, told in enumerate(({"kind": "candidacy", "subject": "candidacy-1"}, {"kind": "other"}), 1):
        listed = {"meeting": "council_meeting-1", "text": "A question", **told}
        yield Attempt("wb", "council_question.list", f"council_question-{number}", listed)


def council(w: World) -> Iterator[Told]:
    """The Council is in session and has a candidacy before it."""
    yield from called(w)
    yield ten(w.today + timedelta(days=3))
    present = {"members": sorted(w.holders("council_member"))[1:]}
    yield Attempt("wb", "council_meeting.check_in", "council_meeting-1", present)
    yield Attempt("ch", "council_meeting.open", "council_meeting-1", {})


def half_empty(w: World) -> Iterator[Told]:
    """Most of the Council have left its meeting."""
    yield from council(w)
    present = sorted(w.holders("council_member"))[1:]
    yield Attempt("wb", "council_meeting.check_out", "council_meeting-1", {"members": present[2:]})


def voted(votes_for: bool, **told: Any) -> Scene:
    """Make a vote of the Council that is closed: all for it, or all against."""

    def scene(w: World) -> Iterator[Told]:
        yield from council(w)
        here = len(w.holders("council_member")) - 1
        counts = {"for": here, "against": 0, "abstain": 0} if votes_for else {"for": 0, "against": here, "abstain": 0}
        question = {"meeting": "council_meeting-1", "text": "A question", **told}
        yield Attempt("wb", "council_question.list", "council_question-3", question)
        name = "council_question-1" if told["kind"] == "candidacy" else "council_question-3"
        yield Attempt("ch", "council_question.open_vote", name, {})
        yield Attempt("wb", "council_question.enter_count", name, counts)
        yield Attempt("ch", "council_question.close_vote", name, {})

    return scene


def submitted(w: World) -> Iterator[Told]:
    """A candidacy lies before the Chairman."""
    yield from voted(True, kind="candidacy")(w)
    for deputy in sorted(w.holders("deputy_chairman")):
        yield Attempt(deputy, "candidacy.submit", "candidacy-1", {})


def wrongly_nominated(*told: dict[str, Any]) -> Scene:
    """Make nominations that are not in order, each for its own reason."""

    def scene(w: World) -> Iterator[Told]:
        who = {"state_body": "sb:gov", "association": "as:conf", "small_assembly": "a:Almaty"}
        for number, (person, one) in enumerate(zip("ABCD", told, strict=False), 1):
            decision = {"number": "1", "date": w.today, "body": one.get("decided", "board")}
            facts = {name: each for name, each in one.items() if name != "decided"}
            if "proposals" in facts:
                facts["proposals"] = [{"by": "A centre", "date": w.today + timedelta(days=facts["proposals"])}]
            facts |= {"person": f"p:{person}", "decision": decision, "consent": True}
            yield Attempt(who[one["route"]], "candidacy.nominate", f"candidacy-{number}", facts)
        last = {"person": "p:D", "route": "state_body", "decision": {"number": "1", "date": w.today, "body": "board"}}
        yield Attempt("sb:gov", "candidacy.nominate", "candidacy-4", last)
        yield Attempt("wb", "candidacy.return", "candidacy-4", {"reason": "Not in order"})

    return scene


def polled(w: World, **more: Any) -> Iterator[Told]:
    """A poll is open."""
    told = {"kind": "deputy_recommendation", "question": "A question", "subject": "p:A", **more}
    yield Attempt("ch", "poll.draft", "poll-1", told)
    yield Attempt("wb", "poll.open", "poll-1", {})


def by_post(w: World) -> Iterator[Told]:
    """Sheets of a poll are awaited from the post."""
    yield from polled(w, by_post=True)
    yield ten(w.today + timedelta(days=11))


def reported(w: World) -> Iterator[Told]:
    """A member has lost his office, and a deputy wants him removed."""
    who = min(w.holders("member") - w.holders("deputy_chairman") - w.holders("chairman"))
    told = {"ground": "office_changed", "date": w.today}
    yield Attempt("wb", "membership.report_office_change", f"membership:{who}", told)
    deputy = min(w.holders("deputy_chairman"))
    told = {"membership": f"membership:{who}", "ground": "office_changed"}
    yield Attempt(deputy, "removal.submit", "removal-1", told)


def new_rules(w: World) -> Iterator[Told]:
    """One rule is soon another one, and another is proposed."""
    told = {"since": w.today + timedelta(days=300), "basis": {"kind": "decree", "number": "1", "date": w.today}}
    majority = {"rule": "council.majority", "value": "3/4", "norm": "9.2c", "open_cases": "follow"}
    yield Attempt("wb", "edition.propose", "edition-1", told | majority)
    yield Attempt("ch", "edition.confirm", "edition-1", {})
    yield Attempt(
        "wb", "edition.propose", "edition-2", told | {"rule": "poll.default_days", "value": 12, "norm": "9.3b"}
    )


def another_calendar(w: World) -> Iterator[Told]:
    """The next working day becomes a day off: an announcement would be due a day later, another is decided already."""
    for number in (1, 2):
        yield from convened(w, f"session-{number}", kind="extraordinary", starts_at=hour(w.today + timedelta(days=8)))
    yield Changed("days_off", working_days(w.today, 1, w.days))
    told = {"case": "session-2", "deadline": "announcement", "version": w.calendar, "reason": "The day is known"}
    yield Attempt("ch", "term_decision.leave", "term_decision-1", told)


def worked(w: World) -> Iterator[Told]:
    """A Saturday becomes a working day, and is over: an announcement would have been due on it."""
    yield ten(w.today + timedelta(days=(4 - w.today.weekday()) % 7))
    yield from in_haste(w)
    yield Changed("days_worked", w.today + timedelta(days=1))
    yield ten(w.today + timedelta(days=2))


SCENES: tuple[Scene, ...] = (
    nothing, submitted, paused, voted(False, kind="candidacy"),
    voted(True, kind="deputy_recommendation", subject="p:A"),
    wrongly_nominated(
        {"route": "state_body"}, {"route": "association"},
        {"route": "association", "association": {"name": "town", "level": "local", "highest_body": "congress"}},
    ),
    wrongly_nominated(
        {"route": "small_assembly", "region": "Almaty", "proposals": 1}, {"route": "small_assembly", "region": "Almaty"},
        {"route": "association", "association": {"name": "conf", "level": "regional", "highest_body": "congress"}},
    ),
    session("secret"), session("roll_call"), session("show_of_hands"), registering, requested, by_request, council, called, polled,
    by_post, reported, new_rules, half_empty, in_haste, another_calendar, worked,
)  # fmt: skip
