"""What acts of the Assembly in session tell."""

from datetime import timedelta
from typing import Any

from tests.histories.picked import Facts, Pick, a_paper, check_in, check_out, count_of, hour, just, paper, turned
from tests.reference import Case, World


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
    told = count_of(lambda w, c: len(c.present & w.holders("member")))(w, c, pick)
    usual = ("show_of_hands", "roll_call", "secret")[c.seq % 3] if c else "secret"
    return {"method": pick([usual, "show_of_hands", "roll_call", "secret"]), **told}


def _resolution(w: World, c: Case | None, pick: Pick) -> dict[str, Any] | None:
    sessions = w.all("session", "open", "registration", "announced", "convened", "paused") + w.all(
        "session", "closed", "cancelled"
    )
    kinds = ["programme_document", "mazhilis_election", "other", "member_report", "regulation_amendment"]
    return {"session": pick(sessions).name, "kind": pick(kinds), "text": "A question"} if sessions else None


FACTS: dict[str, Facts] = {
    "session.convene": _convene,
    "session.announce": just(channel="website"),
    "session.change_agenda": lambda w, _, pick: {"agenda": pick([["Language policy"], ["Plan"]])},
    "session.move": _move,
    "session.change_hall": _hall,
    "session.cancel": just(reason="Not needed"),
    "session.check_in": check_in("member"),
    "session.check_out": check_out,
    "session.set_method": _method,
    "session.record": a_paper("minutes"),
    "resolution.list": _resolution,
    "resolution.vote": lambda w, _, pick: {"choice": pick(["for", "against", "abstain"])},
    "resolution.enter_count": count_of(lambda w, c: len(c.told["hall"])),
    "resolution.remove": just(reason="Not needed"),
    "resolution.dissent": just(opinion="I am against it"),
    "session_request.open": just(questions=["Language policy"]),
}
