"""What acts tell: usual facts, and now and then others."""

from datetime import timedelta
from typing import Any

from tests.histories import facts_orders, facts_sittings
from tests.histories.picked import (
    Facts,
    Pick,
    a_day,
    a_paper,
    check_in,
    check_out,
    count_of,
    hour,
    just,
    paper,
    people,
    turned,
)
from tests.reference import Case, World
from tests.reference.days import working_days
from tests.reference.table import NOMINATING


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


def _cure(w: World, c: Case | None, pick: Pick) -> dict[str, Any]:
    assert c is not None
    decision = paper(w, pick, body=pick(["small_assembly_session", "conference", "head_letter"]))
    before = c.told["sources"][0]["decision"]["date"]
    return {"decision": decision | {"date": pick([decision["date"], decision["date"], before])}}


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
        {"reason": pick(["Has not come for a whole year", "Twenty letters, done", "Nineteen letters .."])}
        if told["ground"] == "other"
        else {}
    )


def _seat(w: World, c: Case | None, pick: Pick) -> dict[str, Any]:
    free = sorted(w.holders("member") - w.holders("council_member"))
    heads = sorted(w.holders("sa_chairman"))
    category = pick(["other_member", "small_assembly_head", "association"])
    able = heads if category == "small_assembly_head" else free
    return {"person": pick([*able, *people(w)]), "category": category, "order": paper(w, pick)}


def _starts(w: World, c: Case | None, pick: Pick) -> dict[str, Any]:
    return {"starts_at": hour(w.today + timedelta(days=pick([2, 1, 5, 9, 0, -1]))), "place": "Astana"}


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
    return (
        {}
        if days is None
        else {"closes_on": pick([working_days(w.today, days, w.days), w.today + timedelta(days=days)])}
    )


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


FACTS: dict[str, Facts] = {
    "office.assume": _assume,
    "office.vacate": a_day("until", 0, 3, -1),
    "candidacy.nominate": _nomination,
    "candidacy.support": _nomination,
    "candidacy.return": just(reason="Not in order"),
    "candidacy.cure": _cure,
    "candidacy.approve": a_paper("order"),
    "candidacy.reject": a_paper("order"),
    "candidacy.include": _include,
    "membership.enrol": _enrol,
    "membership.report_office_change": a_day("date", 0, -3, ground="office_changed"),
    "membership.leave": _leave,
    "membership.end": a_day("date", 0, -1, 1),
    "removal.submit": _removal,
    "removal.grant": a_paper("order"),
    "council_seat.open": _seat,
    "council_meeting.draft": _starts,
    "council_meeting.refuse": just(reason="Another day"),
    "council_meeting.postpone": _starts,
    "council_meeting.cancel": just(reason="Not needed"),
    "council_meeting.check_in": check_in("council_member"),
    "council_meeting.check_out": check_out,
    "council_meeting.record": a_paper("minutes"),
    "council_question.list": _question,
    "council_question.vote": lambda w, _, pick: {"choice": pick(["for", "against", "abstain"])},
    "council_question.enter_count": count_of(lambda w, c: len(c.parent.present & w.holders("council_member"))),  # type: ignore[union-attr]
    "council_question.remove": just(reason="Not needed"),
    "poll.draft": _draft_poll,
    "poll.open": _open_poll,
    "poll.answer": _answer,
    "poll.extend": _extend,
    "poll.annul": just(reason="A mistake"),
    "deputy_appointment.enrol": lambda w, _, pick: {
        "person": pick([*people(w), *sorted(w.holders("deputy_chairman")) * 5]),
        "act": paper(w, pick, kind="decree"),
    },
    "deputy_appointment.appoint": lambda w, _, pick: {
        "act": {"kind": "decree", "number": "7", "date": w.today - timedelta(days=pick([0, 1, 90, -1]))}
    },
    "deputy_appointment.dismiss": a_paper("act", kind="decree"),
    "deputy_appointment.lapse": just(reason="Nobody"),
    **facts_sittings.FACTS,
    **facts_orders.FACTS,
}
