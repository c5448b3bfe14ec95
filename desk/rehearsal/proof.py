"""A counterexample of the check of linked paths as a scenario: played with the rows of the service, not with situations alone.

Everybody is put in office as the small world of the counterexample has it, and every act of the way is done; the last one breaks the rule
and must therefore be refused. Counterexamples without such an act (a dead end, a situation of one act) have no scenario.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from desk.rehearsal.scenario import at_minute
from desk.rehearsal.written import remarks, written
from machines.proof_paths import ONE, SOURCE, Move, Place, Way, World
from machines.proof_step import NOW, TODAY, ZONE, Broken
from machines.zones import local_time

STARTS = local_time(NOW, ZONE).replace(tzinfo=None)
PAPER = {"number": "1", "date": TODAY}
NAMES = {"candidacy": "c", "council_meeting": "m", "council_question": "q", "poll": "p"}
ROUTE = {"person": "p:A", "region": "Kostanay", **{key: SOURCE[key] for key in ("route", "decision", "proposals")}}


def scenario_of(broken: Broken) -> str | None:
    """Write a counterexample as a scenario; None where none can express it."""
    way: Way | None = broken.way
    if way is None or not way.moves:
        return None
    people = [f"m{each}" for each in range(1, way.world.council + 1)]
    others = sorted({*way.world.deputies, way.world.chairman or ONE, way.world.official} - {*people})
    names = {name: f"m{place}" for place, name in enumerate(others, way.world.council + 1)} | {
        name: name for name in people
    }
    head: dict[str, Any] = {"title": broken.rule, "norms": [broken.norm], "starts": at_minute(STARTS)}
    if ruled := way.world.rulings.differing():
        head["rulings"] = dict(ruled)
    head["roster"] = {
        "members": len(names), "council": way.world.council, "working_body": 1, "small_assemblies": ["Kostanay"], "candidates": ["A"],
    }  # fmt: skip
    steps = [*_in_office(way.world, names), *_moves(way, names)]
    steps[-1]["refused"] = True
    return remarks(str(broken)) + written(head, steps)


def _in_office(world: World, names: dict[str, str]) -> Iterator[dict[str, Any]]:
    """Let one person hold all the offices that the world gives him."""
    offices = [("working_body", world.official), ("sa_secretariat", world.official)]
    offices += [("chairman", world.chairman)] if world.chairman else []
    for place, (office, who) in enumerate(offices):
        told = {"person": names[str(who)], "office": office, "since": TODAY}
        told |= {"body": "Kostanay"} if office == "sa_secretariat" else {}
        yield _step("wb", "office.assume", f"o{place}", told)
    for place, who in enumerate(world.deputies):
        yield _step(
            "wb", "deputy_appointment.enrol", f"d{place}", {"person": names[who], "act": {"kind": "decree", **PAPER}}
        )


def _moves(way: Way, names: dict[str, str]) -> Iterator[dict[str, Any]]:
    at = Place()
    for move in way.moves:
        procedure, _, act = move.act.partition(".")
        who = names[move.by]
        if move.act == "poll.close":  # the check lets everybody answer
            for person in range(1, way.world.council + 1):
                yield _step(f"c{person}", "poll.answer", "p", {"choice": "for"})
        yield _step(who, move.act, NAMES[procedure], _facts(move, at, act))
        at = move.place


def _facts(move: Move, before: Place, act: str) -> dict[str, Any]:
    """Tell an act what the check told it."""
    here = [f"m{each}" for each in range(1, move.place.here + 1)]
    gone = [f"m{each}" for each in range(move.place.here + 1, before.here + 1)]
    question = {"kind": "candidacy", "subject": "c"}
    ahead = {"starts_at": at_minute(STARTS + timedelta(hours=1)), "place": "Astana"}
    told: dict[str, dict[str, Any]] = {
        "candidacy.nominate": ROUTE,
        "candidacy.support": ROUTE,
        "candidacy.cure": {"decision": {"body": "small_assembly_session", **PAPER}},
        "candidacy.approve": {"order": PAPER},
        "candidacy.reject": {"order": PAPER},
        "candidacy.include": {"person": "p:A", "category": "state_body", "order": PAPER},
        "council_meeting.draft": ahead,
        "council_meeting.postpone": ahead,
        "council_meeting.check_in": {"members": here},
        "council_meeting.check_out": {"members": gone},
        "council_meeting.record": {"minutes": PAPER},
        "council_question.list": {"meeting": "m", **question},
        "council_question.enter_count": {"for": move.place.votes or 0, "against": 0, "abstain": 0},
        "poll.draft": {"question": "As asked", **question},
        "poll.open": {"closes_on": TODAY + timedelta(days=15)},
    }
    because = act in ("return", "refuse", "cancel", "remove", "annul")
    return told.get(move.act, {"reason": "As asked"} if because else {})


def _step(who: str, act: str, case: str, facts: dict[str, Any]) -> dict[str, Any]:
    step: dict[str, Any] = {"at": at_minute(STARTS), "who": who, "act": act, "case": case}
    return step | ({"facts": facts} if facts else {})
