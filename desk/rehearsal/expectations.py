"""Compare what a step left with what a scenario expects of it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from desk.past import deadlines_open_at, records_until
from desk.rehearsal.scenario import COUNTS, Step, at_minute
from machines.act import CLOCK, Act
from machines.load import load, of_case
from machines.perform import explain
from machines.procedures import PROCEDURES, procedure_of_number
from machines.session_guards import members_who_count
from machines.sitting import how_many
from machines.situation import Situation
from machines.zones import end_of_day, local_time
from models.database import Db, instant

if TYPE_CHECKING:
    from desk.rehearsal.play import Play, Played

_MOMENT = timedelta(microseconds=1)
_OF_A_CASE = frozenset({"state", "deadlines", "counts", "entries", "force", "outcome", "can", "cannot"})
_OFFICES = "SELECT office FROM mandates WHERE person_id = ? AND begins_at <= ? AND (ended_at IS NULL OR ended_at > ?)"


@dataclass(frozen=True, slots=True)
class Looking:
    """What a step is looked at with: its case as it stands, or as it had been recorded by the end of a day."""

    db: Db
    play: "Play"
    step: Step
    number: str | None
    at: datetime
    past: bool
    case: Situation[None] | None


def judge(db: Db, play: "Play", step: Step, played: "Played") -> None:
    """Fill in what the step left, and everything that is not as expected."""
    number = play.number_in(db, step.case) if step.case else None
    # The last moment of the day: who leaves at 24:00 is still there.
    at = end_of_day(step.as_of, zone=play.scenario.zone) - _MOMENT if step.as_of else play.now
    looking = Looking(db, play, step, number, at, step.as_of is not None, _case(db, play, number, at))
    if looking.case is not None:
        played.state = _state(looking)
        played.deadlines = _deadlines(looking)
        played.counts = _counts(looking)
    for key, expected in step.expect.items():
        if key in _OF_A_CASE and played.state is None:
            then = f" at the end of {step.as_of}" if step.as_of else ""
            played.differences.append(f"{key}: there was no case `{step.case}`{then}")
            continue
        wanted, found = _COMPARED[key](looking, played, expected)
        if wanted != found:
            played.differences.append(f"{key}: {_said(wanted)} was expected, it is {_said(found)}")


Pair = tuple[Any, Any]  # what is expected, what is found: equal if all is well


def _compare_deadlines(_: Looking, played: "Played", expected: Mapping[str, str]) -> Pair:
    return dict(expected), {name: played.deadlines.get(name, "none") for name in expected}


def _compare_counts(_: Looking, played: "Played", expected: Mapping[str, int]) -> Pair:
    counts = played.counts or {}
    return dict(expected), {name: counts.get(name) for name in expected}


def _compare_members(looking: Looking, _: "Played", expected: int) -> Pair:
    """Count the members of the Assembly; whether its officers are counted is a ruling (A08)."""
    s = looking.case or _any_case(looking)
    return expected, len(members_who_count(looking.db, s)) if s else 0


def _compare_council(looking: Looking, _: "Played", expected: int) -> Pair:
    return expected, how_many(looking.db, "council_member", looking.at)


def _compare_offices(looking: Looking, _: "Played", expected: Mapping[str, tuple[str, ...]]) -> Pair:
    people = looking.play.names.people
    wanted = {who: sorted(set(offices)) for who, offices in expected.items()}
    return wanted, {who: _offices(looking, people[who]) for who in expected}


def _compare_warned(_: Looking, played: "Played", expected: tuple[str, ...]) -> Pair:
    return sorted(set(expected)), sorted({one.norm for one in played.warned})


def _compare_entries(looking: Looking, _: "Played", expected: int) -> Pair:
    sql = "SELECT count(*) FROM entries WHERE number = ? AND recorded_at <= ?"
    row = looking.db.one(sql, looking.number, looking.at)
    return expected, row[0] if row else 0


def _compare_force(looking: Looking, _: "Played", expected: str) -> Pair:
    return expected, _view(looking).get("force")


def _compare_outcome(looking: Looking, _: "Played", expected: str) -> Pair:
    return expected, looking.case.facts.get("outcome") if looking.case else None


def _compare_can(looking: Looking, _: "Played", expected: tuple[str, ...]) -> Pair:
    """At least these acts are open to somebody now."""
    allowed = {answer.act for answer in _answers(looking) if answer.allowed}
    return sorted(set(expected)), sorted(allowed & set(expected))


def _compare_cannot(looking: Looking, _: "Played", expected: Mapping[str, tuple[str, ...]]) -> Pair:
    """These acts are not, with at least these norms; what the state does not know is refused with the act's norms."""
    procedure = procedure_of_number(looking.number or "")
    found = {row.name: set(row.norms) for row in procedure.acts} if procedure else {}
    for answer in _answers(looking):
        found[answer.act] = {one.norm for one in answer.refusals}
        if answer.allowed:
            del found[answer.act]
    wanted = {act: sorted(set(norms)) for act, norms in expected.items()}
    return wanted, {act: sorted(found[act] & set(norms)) if act in found else "can" for act, norms in expected.items()}


_COMPARED: dict[str, Callable[[Looking, "Played", Any], Pair]] = {
    "state": lambda _, played, expected: (expected, played.state),
    "deadlines": _compare_deadlines,
    "counts": _compare_counts,
    "members": _compare_members,
    "council": _compare_council,
    "offices": _compare_offices,
    "warned": _compare_warned,
    "entries": _compare_entries,
    "force": _compare_force,
    "outcome": _compare_outcome,
    "can": _compare_can,
    "cannot": _compare_cannot,
}


def _case(db: Db, play: "Play", number: str | None, at: datetime) -> Situation[None] | None:
    procedure = procedure_of_number(number) if number else None
    if procedure is None:
        return None
    loaded = load(db, Act(procedure="", name="", actor=CLOCK, at=at, case=number), play.book, lock=False)
    return of_case(loaded, at, procedure) if loaded.case else None


def _any_case(looking: Looking) -> Situation[None] | None:
    row = looking.db.one("SELECT number FROM cases ORDER BY number LIMIT 1")
    return _case(looking.db, looking.play, row[0], looking.at) if row else None


def _answers(looking: Looking) -> list[Any]:
    whom = looking.play.names.people[str(looking.step.whom)]
    return explain(looking.db, looking.number or "", whom, at=looking.at, book=looking.play.book)


def _offices(looking: Looking, person: str) -> list[str]:
    return sorted({row[0] for row in looking.db.all(_OFFICES, person, looking.at, looking.at)})


def _view(looking: Looking) -> Mapping[str, Any]:
    s = looking.case
    view = PROCEDURES[s.procedure].view if s else None
    return view(looking.db, s) if s and view else {}


def _counts(looking: Looking) -> dict[str, int] | None:
    counts = None if looking.past else _view(looking).get("counts")
    return {name: counts[name] for name in COUNTS if name in counts} if counts else None


def _state(looking: Looking) -> str | None:
    if not looking.past:
        return looking.case.state if looking.case else None
    sql = "SELECT target FROM entries WHERE number = ? AND recorded_at <= ? ORDER BY seq DESC LIMIT 1"
    row = looking.db.one(sql, looking.number, looking.at)
    return row[0] if row else None


def _deadlines(looking: Looking) -> dict[str, str]:
    """Give every deadline that the case has had: its local time if it is open, else `closed`."""
    found: dict[str, str] = {}
    then = _due_then(looking) if looking.past else {}
    sql = "SELECT name, due_at, zone, state, opened_at, closed_at FROM deadlines WHERE number = ? ORDER BY opened_seq"
    for name, stored, zone, stands, opened, closed in looking.db.all(sql, looking.number):
        due = then.get(name, stored)
        if looking.past and instant(opened) > looking.at:
            continue
        if stands == "open" or (looking.past and closed is not None and instant(closed) > looking.at):
            found[name] = at_minute(local_time(instant(due), zone).replace(tzinfo=None)) if due else "none"
        else:
            found[name] = "closed"
    return found


def _due_then(looking: Looking) -> dict[str, Any]:
    """Return when each deadline that stood open in the past was due then."""
    end = looking.at + _MOMENT
    records = records_until(looking.db, looking.number or "", end)
    return {row[1]: row[3] for row in deadlines_open_at(looking.db, records, end)} if records else {}


def _said(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
