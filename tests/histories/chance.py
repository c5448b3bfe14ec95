"""What is tried next: mostly acts that the reference holds possible, so that histories go deep; sometimes anything at all."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.histories.facts import FACTS
from tests.histories.picked import Pick, paper, people
from tests.histories.stage import Changed
from tests.histories.wishes import nearest, towards_wish
from tests.reference import ACTS, Attempt, Case, World
from tests.reference.days import works
from tests.reference.table import NOMINATING

Draw = Callable[[Any], Any]

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


def usual(options: Sequence[Any]) -> Any:
    """Take the usual one."""
    return options[0]


def chosen(draw: Draw) -> Pick:
    """Take the usual one in three of four cases, else any."""
    return lambda options: options[0] if draw(st.integers(0, 3)) < 3 else draw(st.sampled_from(options))


def doable(w: World) -> list[tuple[str, Case | None]]:
    """Every act that some case stands at, or that opens one."""
    found: list[tuple[str, Case | None]] = []
    for name, row in ACTS.items():
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
    if who != "president" and (sheet or pick([False, False, False, True])):
        return for_another(w, told, who, pick)
    return by(told, who)


def by(told: Attempt, who: str) -> Attempt:
    """The same by somebody."""
    return Attempt(who, told.act, told.case, told.facts)


def anybody(w: World, told: Attempt, pick: Pick) -> Attempt:
    """The same by somebody of whom nothing is known; in a scenario the working body enters every sheet."""
    return told if "received_at" in told.facts else by(told, pick(people(w)))


def for_another(w: World, told: Attempt, who: str, pick: Pick) -> Attempt:
    """The working body enters it from a paper."""
    return Attempt("wb", told.act, told.case, told.facts, behalf=who, document=paper(w, pick, kind="letter"))


def entitled(w: World, told: Attempt, c: Case | None) -> list[str]:
    """Everybody who may do it, those first who have not done it yet."""
    row, case = ACTS[told.act], c or Case(told.act.partition(".")[0], told.case)
    if row.by == ("president",):
        return ["president"]
    done = case.joint | set(case.ballots)
    done |= {person for _, _, person, _ in case.told.get("answers", ())}
    able = [who for who in sorted(perhaps(w, told.act, case)) if w.actor(row, by(told, who), case)]
    if told.act == "session_request.unsign":
        return sorted(able, key=lambda who: who not in done)
    return sorted(able, key=lambda who: who in done)


def perhaps(w: World, act: str, case: Case) -> set[str]:
    """Everybody who holds an office that the act is for, or whose case it is."""
    row = ACTS[act]
    if act in ("membership.leave", "membership.revoke_leave"):
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
    dues = {due for c in cases for due in c.open.values() if due and due > w.now}
    starts = {
        c.told["starts_at"] for c in cases if not c.final and "starts_at" in c.told and c.told["starts_at"] > w.now
    }
    return sorted(dues | starts)


def later(w: World, draw: Draw, goal: str) -> datetime:
    """Go on in time: mostly to what the goal waits for; a little; or to what is next on anybody's agenda."""
    kind = draw(st.integers(0, 7))
    ahead = moments(w, around(w, goal)) if kind < 5 else moments(w, w.cases)[:4]
    ahead = [each for each in ahead if kind == 6 or each < w.now + timedelta(days=70)]
    if kind == 7:
        return w.now + timedelta(minutes=draw(st.sampled_from((1, 60, 300))))
    if not ahead:
        return datetime.combine(w.today + timedelta(days=draw(st.sampled_from((1, 2, 11)))), time(10))
    to = ahead[0] if kind < 5 else draw(st.sampled_from(ahead))
    return max(w.now, to + timedelta(hours=draw(st.sampled_from((0, 1, -1, 0, -12)))))


def changes(w: World) -> list[Changed]:
    """Days that a term is counted by, and those around today, which become what they were not."""
    ends = [due.date() for c in w.cases for name, due in c.open.items() if name in c.counted and due and due > w.now]
    days = [
        w.today + timedelta(days=n) for end in [w.today, *ends[-3:]] for n in range(-1, max(3, (end - w.today).days))
    ]
    return [
        Changed(kind, day)
        for day in sorted({*days})
        for kind in (("days_off",) if works(day, w.days) else ("days_worked", "ordinary_days"))
    ]


# ------------------------------------------------------------------------------------------------------------------- what next


def plenty(w: World, name: str, c: Case | None) -> bool:
    """Whether enough is under way of what the act would open, or it would change nothing."""
    procedure = name.partition(".")[0]
    if name.endswith("check_in") and c is not None:
        office = "member" if procedure == "session" else "council_member"
        return w.holders(office) <= c.present
    if name.endswith("close_vote") and c is not None:
        return not c.ballots and c.count is None
    return c is None and sum(each.procedure == procedure and not each.final for each in w.cases) >= 3


def towards(w: World, goal: str, wish: str) -> list[tuple[str, Case | None]]:
    """What leads to the act that is wished for, else what brings a case nearer to its end."""
    near = around(w, goal)
    wished = towards_wish(w, wish, near, lambda step: bool(possible(w, [step])))
    if wished:
        return wished
    pairs = [each for each in doable(w) if each[1] in near and each[0] not in RARE and not plenty(w, *each)]
    return possible(w, [*pairs, *leads_on(w, goal)])


def at_once(w: World, goal: str, wish: str) -> list[tuple[str, Case | None]]:
    """What is wished for where its state has come, whether it is possible or not: so its rules are met."""
    return [(wish, c) for c in nearest(w, wish, around(w, goal)) if (c.state if c else "new") in ACTS[wish].source]


def anything(w: World, kind: int) -> list[tuple[str, Case | None]]:
    """What may be tried otherwise: something usual, something possible, something at all, or an act out of its time."""
    if kind == 4:
        cases = [c for c in w.cases if c.name in w.names]
        found = [
            (name, c) for c in cases for name, row in ACTS.items() if name.startswith(f"{c.procedure}.") and row.by
        ]
        return [each for each in found if "new" not in ACTS[each[0]].source]
    pairs = doable(w)
    if kind == 0:
        return [each for each in pairs if each[0] not in RARE and not plenty(w, *each)]
    if kind == 1:
        return [each for each in pairs if each[1] is None and not plenty(w, *each)]
    return pairs


def next_acts(w: World, draw: Draw, goal: str, wish: str) -> Iterator[Attempt]:
    """Draw the next acts, one or the same by many; none if time has to pass first."""
    kind = draw(st.integers(0, 11))
    if kind < 8:
        choices = towards(w, goal, wish) if kind < 7 else at_once(w, goal, wish)
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
    if name in CROWDS and c is not None and kind == 0 and draw(st.integers(0, 2)):
        yield from crowd(w, name, c, draw)
        return
    try:
        told = attempt(w, name, c, usual if kind == 4 else chosen(draw))
    except (KeyError, IndexError, TypeError):  # in another state there is nothing yet to draw from
        return
    if told is None:
        return
    if kind == 5:
        told = anybody(w, told, lambda options: draw(st.sampled_from(options)))
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
