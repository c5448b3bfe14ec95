"""Cases in people's words: their titles, and the four to six steps in which people think of them.

The steps group the states of a table for the eye; they decide nothing. A test holds them to the tables.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from desk.shapes import name_of, people_named
from machines.wording import say, shown
from models.database import Db

# Of each procedure: the steps, each with the states in which it is the present one.
STEPS: Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "candidacy": (
        ("nomination", ("nominated", "inadmissible")), ("council", ("admissible",)), ("submission", ("considered",)),
        ("decision", ("submitted",)), ("membership", ("approved",)),
    ),
    "membership": (("member", ("active",)), ("leaving", ("leaving",)), ("end", ("left", "removed", "ended"))),
    "removal": (("submission", ()), ("decision", ("submitted",)), ("removed", ("granted",))),
    "office": (("held", ("held",)), ("end", ("ended",))),
    "council_seat": (("held", ("held",)), ("end", ("vacated",))),
    "council_meeting": (
        ("draft", ("drafted",)), ("agreement", ("signed",)), ("convened", ("convened",)), ("meeting", ("open",)),
        ("minutes", ("held",)), ("done", ("recorded",)),
    ),
    "council_question": (("agenda", ("listed", "postponed")), ("vote", ("voting",)), ("result", ("adopted", "not_adopted"))),
    "poll": (("draft", ("drafted",)), ("answers", ("open",)), ("count", ("counting",)), ("result", ("adopted", "not_adopted"))),
    "deputy_appointment": (("council", ()), ("president", ("recommended",)), ("office", ("appointed",)), ("end", ("dismissed",))),
    "session": (
        ("convening", ("convened",)), ("announcement", ("announced",)), ("registration", ("registration",)),
        ("session", ("open", "paused")), ("minutes", ("closed",)), ("done", ("recorded",)),
    ),
    "resolution": (("agenda", ("listed",)), ("vote", ("voting",)), ("result", ("adopted", "not_adopted"))),
    "session_request": (("signatures", ("collecting",)), ("convening", ("registered",)), ("session", ("satisfied",))),
    "annual_session": (("year", ("due",)), ("met", ("met",))),
    "edition": (("proposal", ("proposed",)), ("confirmed", ("confirmed",)), ("in_force", ("in_force",))),
    "term_decision": (("question", ()), ("decision", ("moved", "left"))),
    "erasure": (("order", ()), ("erased", ("erased",))),
}  # fmt: skip
# States in which a case has come to an end before its last step.
STOPPED: Mapping[str, tuple[str, ...]] = {
    "candidacy": ("rejected", "withdrawn"), "removal": ("declined", "moot"), "council_meeting": ("cancelled",),
    "council_question": ("removed",), "poll": ("annulled",), "deputy_appointment": ("lapsed",),
    "session": ("not_competent", "cancelled"), "resolution": ("removed",), "session_request": ("returned", "lapsed"),
    "annual_session": ("breached",), "edition": ("withdrawn", "lapsed"),
}  # fmt: skip
_TITLE_ROWS = "SELECT number, procedure, person_id, facts FROM cases WHERE number IN ({marks})"


def titles_of(db: Db, numbers: Iterable[str], language: str) -> dict[str, str]:
    """Return the titles of cases, in the order asked."""
    wanted = list(dict.fromkeys(numbers))
    if not wanted:
        return {}
    rows = db.all(_TITLE_ROWS.format(marks=", ".join("?" * len(wanted))), *wanted)
    titles = titles_of_rows(db, rows, language)
    return {number: titles[number] for number in wanted if number in titles}


def titles_of_rows(
    db: Db, rows: Sequence[tuple[str, str, str | None, str]], language: str
) -> dict[str, str]:  # fmt: skip
    """Return the titles of cases that have been read: number, procedure, person, facts (JSON)."""
    names = people_named(db, (person for _, _, person, _ in rows if person))
    return {
        number: title_of(procedure, name_of(names, person, language) if person else None, facts, language)
        for number, procedure, person, facts in rows
    }


def title_of(procedure: str, person: str | None, facts: str, language: str) -> str:
    """Say what a case is about: a person, a question, a day and place; *facts* are JSON."""
    kind = say(f"names.procedure.{procedure}", language)
    if person:
        return f"{person} · {kind.lower()}"
    about = _about(json.loads(facts), language)
    return f"{kind}: {about}" if about else kind


def _about(facts: Mapping[str, Any], language: str) -> str:
    return _question(facts) or _when_and_where(facts, language)


def steps_of(procedure: str, state: str, before: str, language: str) -> list[dict[str, str]]:
    """Return the steps of a case: which are done, where it is; *before* is the state from which it came to *state*."""
    steps = STEPS[procedure]
    stopped = state in STOPPED.get(procedure, ())
    at = next((n for n, (_, states) in enumerate(steps) if (before if stopped else state) in states), 0)
    last = at == len(steps) - 1 and not stopped
    return [
        {"text": say(f"frame.step.{procedure}.{name}", language), "is": _stands(n, at, stopped=stopped, last=last)}
        for n, (name, _) in enumerate(steps)
    ]


def _stands(place: int, at: int, *, stopped: bool, last: bool) -> str:
    if place < at:
        return "done"
    if place > at:
        return "ahead"
    return "ended" if stopped else "done" if last else "now"


def _question(facts: Mapping[str, Any]) -> str | None:
    found = facts.get("text") or facts.get("question") or next(iter(facts.get("questions") or ()), None)
    return str(found) if found else None


def _when_and_where(facts: Mapping[str, Any], language: str) -> str:
    """Say the day and the city of a sitting, the year of a duty, the kind of a question that has no text."""
    found = []
    if starts := facts.get("starts_at"):
        found.append(shown(_day(str(starts))))
    if city := facts.get("city"):
        found.append(str(city))
    if not found and "year" in facts:
        found.append(str(facts["year"]))
    if not found and "kind" in facts:
        found.append(say(f"names.value.kind.{facts['kind']}", language))
    return ", ".join(found)


def _day(text: str) -> date:
    return datetime.fromisoformat(text).date()
