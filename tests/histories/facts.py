"""What acts tell: usual facts, and now and then others."""

from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from tests.reference import Case, World
from tests.reference.days import working_days
from tests.reference.table import NOMINATING

Pick = Callable[[Sequence[Any]], Any]  # the first is the usual one

COUNTS = (("for", "against", "abstain"), ("against", "for", "abstain"), ("abstain", "for", "against"))


def turned(w: World, options: list[Any]) -> list[Any]:
    """Let another one be the usual one, as cases become more."""
    place = len(w.cases) % len(options)
    return options[place:] + options[:place]


def paper(w: World, pick: Pick, **more: Any) -> dict[str, Any]:
    """A paper of today, of a day before, or of one to come."""
    return {**more, "number": "7", "date": pick([w.today, w.today - timedelta(days=1), w.today + timedelta(days=1)])}


def hour(day: Any) -> str:
    """Ten o'clock."""
    return datetime.combine(day, time(10)).strftime("%Y-%m-%d %H:%M")


def people(w: World) -> list[str]:
    """Everybody, by the names of the roster."""
    return sorted(w.people)


def _assume(w: World, c: Case | None, pick: Pick) -> dict[str, Any]:
    office = pick(["sa_chairman", "sa_secretariat", "working_body", "association", "state_body", "chairman", "member",
                   "deputy_chairman", "council_member"])  # fmt: skip
    told = {
        "person": pick([p for p in people(w) if p.startswith("p:")] + people(w)),
        "office": office,
        "since": w.today,
    }
    kind = {"sa_chairman": "small_assembly", "sa_secretariat": "small_assembly"}.get(office, office)
    if office in NOMINATING:
        told["body"] = pick([name for name, each in sorted(w.bodies.items()) if each == kind] + sorted(w.bodies))
    return told


def _nomination(w: World, c: Case | None, pick: Pick) -> dict[str, Any]:
    route = pick(turned(w, ["state_body", "association", "small_assembly"]))
    bodies = {"state_body": "head_letter", "association": "conference", "small_assembly": "small_assembly_session"}
    person = c.person if c else pick(outsiders(w) + people(w))
    told = {
        "person": pick([person, *people(w)]) if c else person, "route": route,
        "decision": paper(w, pick, body=pick([bodies[route]] * 3 + ["board", "small_assembly_session", "head_letter"])),
    }  # fmt: skip
    if pick([True, True, False]):
        told["consent"] = pick([True, False])
    if route == "small_assembly":
        told["region"] = next(name for name, kind in sorted(w.bodies.items()) if kind == "small_assembly")
        told["proposals"] = [{"by": "A centre", "date": w.today + timedelta(days=pick([-2, -1, 0, 1]))}]
        if pick([False, True]):
            del told["proposals"]
    if route == "association" and pick([True, False]):
        told["association"] = {
            "name": "conf", "level": pick(["regional", "republican", "local"]),
            "highest_body": pick(["conference", "congress", "general_meeting"]),
        }  # fmt: skip
    return told


def outsiders(w: World) -> list[str]:
    """People who are no members, those first of whom no candidacy is open."""
    busy = {c.person for c in w.cases if c.procedure == "candidacy" and not c.final}
    return sorted(
        (p for p in people(w) if p.startswith("p:") and p not in w.holders("member")), key=lambda p: (p in busy, p)
    )


def _enrol(w: World, c: Case | None, pick: Pick) -> dict[str, Any]:
    person = pick(outsiders(w) + people(w))
    return {
        "person": person,
        "since": w.today,
        "category": pick(["state_body", "other_person"]),
        "order": paper(w, pick),
    }


def _include(w: World, c: Case | None, pick: Pick) -> dict[str, Any]:
    told = {
        "person": pick(outsiders(w) + people(w)),
        "category": pick(["state_body", "other_person"]),
        "order": paper(w, pick),
    }
    return told | ({"justification": "Known to all"} if pick([False, True]) else {})


def _leave(w: World, c: Case | None, pick: Pick) -> dict[str, Any]:
    told = {"statement_date": pick([w.today, w.today + timedelta(days=1)])}
    days = pick([0, 1, 5, -1])
    return told | ({"from_date": w.today + timedelta(days=days)} if days else {})


def _removal(w: World, c: Case | None, pick: Pick) -> dict[str, Any] | None:
    members = [each for each in w.cases if each.procedure == "membership" and not each.final]
    open_ = [each for each in members if "removal_task" in each.open]
    gone = [each for each in w.cases if each.procedure == "membership" and each.final]
    told: dict[str, Any] = {"membership": pick([*open_, *members[:3], *gone, *members]).name}
    told["ground"] = pick(["office_changed", "other", "elected_office_lost"])
    return told | (
        {"reason": pick(["Has not come for a whole year", "Nineteen letters .."])} if told["ground"] == "other" else {}
    )


def _seat(w: World, c: Case | None, pick: Pick) -> dict[str, Any]:
    free = sorted(w.holders("member") - w.holders("council_member"))
    heads = sorted(w.holders("sa_chairman"))
    category = pick(["other_member", "small_assembly_head", "association"])
    able = heads if category == "small_assembly_head" else free
    return {"person": pick([*able, *people(w)]), "category": category, "order": paper(w, pick)}


def _starts(w: World, c: Case | None, pick: Pick) -> dict[str, Any]:
    return {"starts_at": hour(w.today + timedelta(days=pick([2, 1, 5, 9, 0, -1]))), "place": "Astana"}


def _check_in(office: str) -> Callable[..., dict[str, Any]]:
    def told(w: World, c: Case | None, pick: Pick) -> dict[str, Any]:
        able = sorted(w.holders(office))
        most = able[: -(-2 * len(able) // 3)]
        return {"members": pick([able or ["ch"], most or ["ch"], able[:1] or ["ch"], ["p:A"], able[1:] or ["ch"]])}

    return told


def _check_out(w: World, c: Case | None, pick: Pick) -> dict[str, Any]:
    assert c is not None
    there = sorted(c.present)
    return {"members": pick([there[:1] or ["ch"], there[1:] or ["ch"], there[: len(there) // 2] or ["ch"]])}


def _question(w: World, c: Case | None, pick: Pick) -> dict[str, Any] | None:
    meetings = w.all("council_meeting", "open", "convened", "signed", "drafted") + w.all(
        "council_meeting", "held", "recorded", "cancelled"
    )
    candidacies = w.all("candidacy", "admissible") + [each for each in w.cases if each.procedure == "candidacy"]
    if not meetings:
        return None
    kinds = ["deputy_recommendation", "other", "programme_document", "mazhilis_nomination", "candidacy"]
    kind = pick(["candidacy", *kinds] if w.all("candidacy", "admissible") else kinds)
    told = {"meeting": pick(meetings).name, "kind": kind}
    if kind == "candidacy" and candidacies:
        told["subject"] = pick(candidacies).name
    if kind == "deputy_recommendation" and pick([True, True, False]):
        told["subject"] = pick(["p:A", "p:B", *people(w)])
    return told | {"text": "A question", "proposal": pick(["positive", "positive", "negative"])}


def _count(hall: Callable[[World, Case], int]) -> Callable[..., dict[str, Any]]:
    def told(w: World, c: Case | None, pick: Pick) -> dict[str, Any]:
        assert c is not None
        here = hall(w, c)
        most, some, few = pick(COUNTS)
        split = pick(
            [(here, 0, 0), (here - here // 3, here // 3, 0), (here // 2, here - here // 2, 0), (here, 1, 0), (0, 0, 0)]
        )
        return dict(zip((most, some, few), split, strict=True))

    return told


def _draft_poll(w: World, c: Case | None, pick: Pick) -> dict[str, Any]:
    kind = pick(["deputy_recommendation", "other", "programme_document", "candidacy", "mazhilis_nomination"])
    told = {"kind": kind, "question": "A question", "by_post": pick(turned(w, [False, True]))}
    if kind == "candidacy":
        told["subject"] = "somebody"
    if kind == "deputy_recommendation" and pick([True, True, False]):
        told["subject"] = pick(["p:A", "p:B", *people(w)])
    return told


def _open_poll(w: World, c: Case | None, pick: Pick) -> dict[str, Any]:
    days = pick([None, 3, 4, 2])
    return {} if days is None else {"closes_on": pick([working_days(w.today, days), w.today + timedelta(days=days)])}


def _answer(w: World, c: Case | None, pick: Pick) -> dict[str, Any]:
    assert c is not None
    told = {"choice": pick(["for", "against", "abstain"])}
    closing = c.told.get("closed_at") or c.open["closing"]
    if c.state == "counting" or pick([False, False, True]):
        when = pick(
            [closing - timedelta(minutes=1), c.told["opened"], closing, c.told["opened"] - timedelta(minutes=1), w.now]
        )
        told["received_at"] = (when if when <= w.now else pick([w.now, when])).strftime("%Y-%m-%d %H:%M")
    if c.state == "counting" and pick([False, True]):
        del told["received_at"]
    return told


def _extend(w: World, c: Case | None, pick: Pick) -> dict[str, Any]:
    assert c is not None
    due = c.open["closing"]
    assert due is not None
    return {"closes_on": due.date() + timedelta(days=pick([1, 4, 0, -1, -2])), "reason": "More time"}


def _convene(w: World, c: Case | None, pick: Pick) -> dict[str, Any]:
    asked = w.all("session_request", "registered")
    kind = pick(["extraordinary", "ordinary"] if asked else ["ordinary", "extraordinary"])
    order = paper(w, pick)
    days = pick([32, 33, 45, 31, 0, 5]) if kind == "ordinary" else pick([12, 28, 29, 30, 31, 32, 33, 5, 0])
    told = {"kind": kind, "ground": "own_initiative", "order": order, "starts_at": hour(w.today + timedelta(days=days)),
            "city": "Astana", "place": "Palace", "agenda": ["Language policy", "Plan"]}  # fmt: skip
    if asked and pick([True, False]):
        told |= {
            "ground": "request",
            "request": pick(asked).name,
            "agenda": pick([["Language policy", "Plan"], ["Plan"]]),
        }
    elif pick([False, False, True]):
        told["ground"] = "request"
    if pick(turned(w, [False, True, True])):
        told["last_day"] = w.today + timedelta(days=days + pick([7, 1, 2, -1]))
    return told


def _move(w: World, c: Case | None, pick: Pick) -> dict[str, Any]:
    days = pick([33, 20, 31, 28, 10, 0])
    return {"starts_at": hour(w.today + timedelta(days=days)), "city": "Almaty", "place": "Palace"}


def _hall(w: World, c: Case | None, pick: Pick) -> dict[str, Any]:
    assert c is not None
    day = c.told["starts_at"] + pick([timedelta(hours=1), timedelta(days=1)])
    return {"place": "Theatre"} | ({"starts_at": day.strftime("%Y-%m-%d %H:%M")} if pick([True, False]) else {})


def _method(w: World, c: Case | None, pick: Pick) -> dict[str, Any]:
    told = _count(lambda w, c: len(c.present & w.holders("member")))(w, c, pick)
    usual = ("show_of_hands", "roll_call", "secret")[c.seq % 3] if c else "secret"
    return {"method": pick([usual, "show_of_hands", "roll_call", "secret"]), **told}


def _resolution(w: World, c: Case | None, pick: Pick) -> dict[str, Any] | None:
    sessions = w.all("session", "open", "registration", "announced", "convened", "paused") + w.all(
        "session", "closed", "cancelled"
    )
    kinds = ["programme_document", "mazhilis_election", "other", "member_report", "regulation_amendment"]
    return {"session": pick(sessions).name, "kind": pick(kinds), "text": "A question"} if sessions else None


def _just(**told: Any) -> Callable[..., dict[str, Any]]:
    return lambda *_: dict(told)


def _paper(name: str, **more: Any) -> Callable[..., dict[str, Any]]:
    return lambda w, _, pick: {name: paper(w, pick, **more)}


def _day(name: str, *days: int, **more: Any) -> Callable[..., dict[str, Any]]:
    return lambda w, _, pick: {name: w.today + timedelta(days=pick(days)), **more}


FACTS: dict[str, Callable[[World, Case | None, Pick], dict[str, Any] | None]] = {
    "office.assume": _assume,
    "office.vacate": _day("until", 0, 3, -1),
    "candidacy.nominate": _nomination,
    "candidacy.support": _nomination,
    "candidacy.return": _just(reason="Not in order"),
    "candidacy.cure": lambda w, _, pick: {
        "decision": paper(w, pick, body=pick(["small_assembly_session", "conference", "head_letter"]))
    },
    "candidacy.approve": _paper("order"),
    "candidacy.reject": _paper("order"),
    "candidacy.include": _include,
    "membership.enrol": _enrol,
    "membership.report_office_change": _day("date", 0, -3, ground="office_changed"),
    "membership.leave": _leave,
    "membership.end": _day("date", 0, -1, 1),
    "removal.submit": _removal,
    "removal.grant": _paper("order"),
    "council_seat.open": _seat,
    "council_meeting.draft": _starts,
    "council_meeting.refuse": _just(reason="Another day"),
    "council_meeting.postpone": _starts,
    "council_meeting.cancel": _just(reason="Not needed"),
    "council_meeting.check_in": _check_in("council_member"),
    "council_meeting.check_out": _check_out,
    "council_meeting.record": _paper("minutes"),
    "council_question.list": _question,
    "council_question.vote": lambda w, _, pick: {"choice": pick(["for", "against", "abstain"])},
    "council_question.enter_count": _count(lambda w, c: len(c.parent.present & w.holders("council_member"))),  # type: ignore[union-attr]
    "council_question.remove": _just(reason="Not needed"),
    "poll.draft": _draft_poll,
    "poll.open": _open_poll,
    "poll.answer": _answer,
    "poll.extend": _extend,
    "poll.annul": _just(reason="A mistake"),
    "deputy_appointment.enrol": lambda w, _, pick: {"person": pick(people(w)), "act": paper(w, pick, kind="decree")},
    "deputy_appointment.appoint": _paper("act", kind="decree"),
    "deputy_appointment.dismiss": _paper("act", kind="decree"),
    "deputy_appointment.lapse": _just(reason="Nobody"),
    "session.convene": _convene,
    "session.announce": _just(channel="website"),
    "session.change_agenda": lambda w, _, pick: {"agenda": pick([["Language policy"], ["Plan"]])},
    "session.move": _move,
    "session.change_hall": _hall,
    "session.cancel": _just(reason="Not needed"),
    "session.check_in": _check_in("member"),
    "session.check_out": _check_out,
    "session.set_method": _method,
    "session.record": _paper("minutes"),
    "resolution.list": _resolution,
    "resolution.vote": lambda w, _, pick: {"choice": pick(["for", "against", "abstain"])},
    "resolution.enter_count": _count(lambda w, c: len(c.told["hall"])),
    "resolution.remove": _just(reason="Not needed"),
    "resolution.dissent": _just(opinion="I am against it"),
    "session_request.open": _just(questions=["Language policy"]),
}
