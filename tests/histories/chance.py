"""What is tried next: mostly acts that the reference holds possible, so that histories go deep; sometimes anything at all."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.reference.world import NOMINATING, ROWS, Attempt, Case, Row, World, working_days

Draw = Callable[[Any], Any]
Pick = Callable[[Sequence[Any]], Any]  # the first is the usual one

# What ends something or sets it back is tried less often, or nothing would ever come to its end.
RARE = frozenset({
    "office.vacate", "candidacy.withdraw", "candidacy.return", "membership.leave", "membership.end", "membership.enrol",
    "membership.report_office_change", "council_seat.close", "council_seat.open", "council_meeting.refuse",
    "council_meeting.postpone", "council_meeting.cancel", "council_question.remove", "poll.annul", "poll.extend",
    "deputy_appointment.dismiss", "deputy_appointment.enrol", "deputy_appointment.lapse", "session.move", "session.cancel",
    "session.change_hall", "session.change_agenda", "session.declare_not_competent", "session.check_out", "resolution.remove",
    "session_request.unsign", "office.assume", "session.pause", "resolution.dissent", "candidacy.support", "removal.decline",
    "council_meeting.check_out", "candidacy.include",
})  # fmt: skip
CROWDS = ("council_question.vote", "resolution.vote", "poll.answer", "session_request.sign")
STANDING = ("membership", "office", "council_seat", "annual_session")
COUNTS = (("for", "against", "abstain"), ("against", "for", "abstain"), ("abstain", "for", "against"))


def usual(options: Sequence[Any]) -> Any:
    """Take the usual one."""
    return options[0]


def turned(w: World, options: list[Any]) -> list[Any]:
    """Let another one be the usual one, as cases become more."""
    place = len(w.cases) % len(options)
    return options[place:] + options[:place]


def chosen(draw: Draw) -> Pick:
    """Take the usual one in two of three cases, else any."""
    return lambda options: options[0] if draw(st.integers(0, 2)) < 2 else draw(st.sampled_from(options))


def paper(w: World, pick: Pick, **more: Any) -> dict[str, Any]:
    """A paper of today, of a day before, or of one to come."""
    return {**more, "number": "7", "date": pick([w.today, w.today - timedelta(days=1), w.today + timedelta(days=1)])}


def hour(day: Any) -> str:
    """Ten o'clock."""
    return datetime.combine(day, time(10)).strftime("%Y-%m-%d %H:%M")


def doable(w: World) -> list[tuple[str, Case | None]]:
    """Every act that some case stands at, or that opens one."""
    found: list[tuple[str, Case | None]] = []
    for name, row in ROWS.items():
        if not row.by:
            continue
        if "new" in row.source:
            found.append((name, None))
        else:
            found += [(name, c) for c in w.all(name.partition(".")[0], *row.source)]
    return found


def named(w: World, name: str, c: Case | None) -> str:
    """What a case is called; a new one by its procedure and a number."""
    if c is not None:
        return c.name
    return f"{name.partition('.')[0]}-{sum(each.procedure == name.partition('.')[0] for each in w.names.values()) + 1}"


def people(w: World) -> list[str]:
    """Everybody, by the names of the roster."""
    return sorted(w.people)


def attempt(w: World, name: str, c: Case | None, pick: Pick) -> Attempt | None:
    """Make an act with facts, by somebody who may do it, as far as there is anybody."""
    facts = FACTS.get(name, lambda *_: {})(w, c, pick)
    if facts is None:
        return None
    told = Attempt("", name, named(w, name, c), facts)
    sheet = name == "poll.answer" and "received_at" in facts
    able = entitled(w, told, c)
    if not able:
        return None
    who = pick(able)
    if who != "president" and name != "resolution.vote" and (sheet or pick([False, False, False, True])):
        return for_another(w, told, who, pick)
    return by(told, who)


def by(told: Attempt, who: str) -> Attempt:
    """The same by somebody."""
    return Attempt(who, told.act, told.case, told.facts)


def for_another(w: World, told: Attempt, who: str, pick: Pick) -> Attempt:
    """The working body enters it from a paper."""
    return Attempt("wb", told.act, told.case, told.facts, behalf=who, document=paper(w, pick, kind="letter"))


def entitled(w: World, told: Attempt, c: Case | None) -> list[str]:
    """Everybody who may do it, those first who have not done it yet."""
    row, case = ROWS[told.act], c or Case(told.act.partition(".")[0], told.case, w.now)
    if row.by == ("president",):
        return ["president"]
    done = case.joint | set(case.told.get("ballots") or ()) | set(case.told.get("signed", ()))
    done |= {person for _, _, person, _ in case.told.get("answers", ())}
    able = [who for who in sorted(perhaps(w, row, case)) if w.entitled(row, by(told, who), case)]
    if told.act == "session_request.unsign":
        return sorted(able, key=lambda who: who not in done)
    return sorted(able, key=lambda who: who in done)


def perhaps(w: World, row: Row, case: Case) -> set[str]:
    """Everybody who holds an office that the act is for, or whose case it is."""
    if row.own and row.by == ("member",):
        return {case.person or ""}
    offices = {*row.by, *(NOMINATING if "nominating_body" in row.by else ())} - {"candidate", "nominating_body"}
    offices |= {"chairman"} if "deputy_chairman" in row.by else set()
    return {person for office in offices for person in w.holders(office)} | ({case.person} if case.person else set())


def possible(w: World, among: Iterable[tuple[str, Case | None]]) -> list[tuple[str, Case | None]]:
    """Those acts that are possible with the usual facts, as the reference sees it."""
    return [(name, c) for name, c in among if (a := attempt(w, name, c, usual)) and w.answer(a).outcome == "done"]


def around(w: World, goal: str) -> frozenset[Case]:
    """The case that is to come to its end, with those that belong to it and those that it waits for."""
    c = w.names.get(goal) or (w.case(goal) if ":" in goal else None)
    if c is None:
        return frozenset()
    near = {c, *([c.parent] if c.parent else [])}
    if c.procedure == "candidacy" and c.state == "admissible":
        near |= {each for each in w.cases if each.procedure == "council_meeting" and not each.final}
    return frozenset(near | {each for each in w.cases if each.parent in near or each.told.get("about") is c})


def goals(w: World) -> list[str]:
    """Cases that should come to their end, one of each procedure."""
    open_ = {c.procedure: c for c in w.cases if not c.final and c.procedure not in STANDING and c.state != "appointed"}
    return sorted(c.name for c in open_.values())


def leads_on(w: World, goal: str) -> list[tuple[str, Case | None]]:
    """What is opened on the way of a goal."""
    near = around(w, goal)
    kinds = {c.procedure: c.state for c in near}
    listed = sum(c.procedure in ("council_question", "resolution") and c.state != "removed" for c in near)
    found = []
    if "session" in kinds and listed < 3:
        found.append("resolution.list")
    if "council_meeting" in kinds and listed < 3:
        found.append("council_question.list")
    if kinds.get("candidacy") == "admissible" and "council_meeting" not in kinds:
        found.append("council_meeting.draft")
    if kinds.get("session_request") == "registered":
        found.append("session.convene")
    return [(name, None) for name in found]


def moments(w: World, cases: Iterable[Case]) -> list[datetime]:
    """When something is due, begins or ends, nearest first."""
    dues = {due for c in cases for due, _ in c.open.values() if due and due > w.now}
    starts = {c.told["starts"] for c in cases if not c.final and "starts" in c.told and c.told["starts"] > w.now}
    return sorted(dues | starts)


def later(w: World, draw: Draw, goal: str) -> datetime:
    """Go on in time: mostly to what the goal waits for; a little; or to what is next on anybody's agenda."""
    kind = draw(st.integers(0, 7))
    ahead = moments(w, around(w, goal)) if kind < 4 else moments(w, w.cases)[:4]
    if kind == 7:
        return w.now + timedelta(minutes=draw(st.sampled_from((1, 60, 300))))
    if not ahead:
        return datetime.combine(w.today + timedelta(days=draw(st.sampled_from((1, 2, 11)))), time(10))
    to = ahead[0] if kind < 4 else draw(st.sampled_from(ahead))
    return max(w.now, to + timedelta(hours=draw(st.sampled_from((0, 1, -1, 0, -12)))))


# ---------------------------------------------------------------------------------------------------------------------- facts


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
    there = sorted(c.told["present"])
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
    told = {"kind": kind, "question": "A question", "by_post": pick([False, True, True])}
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
    closing = c.told["closed_at"] or c.open["closing"][0]
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
    due = c.open["closing"][0]
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
    if pick([False, True]):
        told["last_day"] = w.today + timedelta(days=days + pick([1, 2, 7, -1]))
    return told


def _move(w: World, c: Case | None, pick: Pick) -> dict[str, Any]:
    days = pick([33, 20, 31, 28, 10, 0])
    return {"starts_at": hour(w.today + timedelta(days=days)), "city": "Almaty", "place": "Palace"}


def _hall(w: World, c: Case | None, pick: Pick) -> dict[str, Any]:
    assert c is not None
    day = c.told["starts"] + pick([timedelta(hours=1), timedelta(days=1)])
    return {"place": "Theatre"} | ({"starts_at": day.strftime("%Y-%m-%d %H:%M")} if pick([True, False]) else {})


def _method(w: World, c: Case | None, pick: Pick) -> dict[str, Any]:
    told = _count(lambda w, c: len(c.told["present"] & w.holders("member")))(w, c, pick)
    return {"method": pick(turned(w, ["show_of_hands", "roll_call", "secret"])), **told}


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
    "council_question.enter_count": _count(lambda w, c: len(c.parent.told["present"] & w.holders("council_member"))),  # type: ignore[union-attr]
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


# ------------------------------------------------------------------------------------------------------------------- what next


def plenty(w: World, name: str, c: Case | None) -> bool:
    """Whether enough is under way of what the act would open, or it would change nothing."""
    procedure = name.partition(".")[0]
    if name.endswith("check_in") and c is not None:
        office = "member" if procedure == "session" else "council_member"
        return w.holders(office) <= c.told["present"]
    if name.endswith("close_vote") and c is not None:
        return not c.told["ballots"] and c.told["count"] is None
    return c is None and sum(each.procedure == procedure and not each.final for each in w.cases) >= 3


def towards(w: World, goal: str, draw: Draw) -> list[tuple[str, Case | None]]:
    """What brings a case nearer to its end: acts around it, else what is opened on the way."""
    near = around(w, goal)
    pairs = [each for each in doable(w) if each[1] in near and each[0] not in RARE and not plenty(w, *each)]
    return possible(w, [*pairs, *leads_on(w, goal)])


def anything(w: World, kind: int) -> list[tuple[str, Case | None]]:
    """What may be tried otherwise: something usual, something possible, something at all, or an act out of its time."""
    if kind == 4:
        cases = [c for c in w.cases if c.name in w.names]
        found = [
            (name, c) for c in cases for name, row in ROWS.items() if name.startswith(f"{c.procedure}.") and row.by
        ]
        return [each for each in found if "new" not in ROWS[each[0]].source]
    pairs = doable(w)
    if kind == 0:
        return [each for each in pairs if each[0] not in RARE and not plenty(w, *each)]
    if kind == 1:
        return [each for each in pairs if each[1] is None and not plenty(w, *each)]
    return pairs


def next_acts(w: World, draw: Draw, goal: str) -> Iterator[Attempt]:
    """Draw the next acts, one or the same by many; none if time has to pass first."""
    kind = draw(st.integers(0, 9))
    if kind < 6:
        choices = towards(w, goal, draw)
        if not choices:
            return
        kind = 0
    else:
        kind = draw(st.integers(0, 6))
        choices = anything(w, kind)
    acts = sorted({name for name, _ in choices})
    if not acts:
        return
    name = draw(st.sampled_from(acts))
    c = draw(st.sampled_from([c for each, c in choices if each == name]))
    if name in CROWDS and c is not None and kind == 0:
        yield from crowd(w, name, c, draw)
        return
    try:
        told = attempt(w, name, c, usual if kind == 4 else chosen(draw))
    except (KeyError, IndexError, TypeError):  # in another state there is nothing yet to draw from
        return
    if told is None:
        return
    if kind == 5:  # anybody
        told = by(told, draw(st.sampled_from(people(w))))
    if kind == 6 and c is not None and c.seq > 1:
        told = Attempt(
            told.who, told.act, told.case, told.facts, stale=True, behalf=told.behalf, document=told.document
        )
    yield told


def crowd(w: World, name: str, c: Case, draw: Draw) -> Iterator[Attempt]:
    """Many do the same, most of them in the same way."""
    facts = (
        {} if name == "session_request.sign" else {"choice": draw(st.sampled_from(("for", "for", "for", "against")))}
    )
    told = Attempt("", name, c.name, facts)
    able = entitled(w, told, c)
    for who in able[: draw(st.integers(1, 14))]:
        yield by(told, who)
