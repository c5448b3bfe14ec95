"""The lawful dates beside a form that names a date: counted by the very functions that answer `/plan`, while one types.

No rule stands here: which days are lawful the machines say; this page says them in words, and whether the day typed is one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from desk.door import Door
from desk.pages import edition_shown
from desk.pages.edition_shown import Reader, edition_told
from desk.pages.page import speaker
from desk.plans import law_of, planned_announcement, planned_extraordinary, planned_poll
from machines.editions import FIRST_DAY
from machines.lawful_dates import Law
from machines.zones import local_day
from models.database import Db

# Acts beside whose form lawful dates are shown, with the fields from which they are counted.
ASKED: Mapping[str, tuple[str, ...]] = {
    "session.convene": ("kind", "starts_at", "order.date"),
    "session.move": ("starts_at",),
    "poll.open": ("closes_on",),
    "edition.propose": edition_shown.ASKED,
}
LAST = date(2199, 12, 31)
SEARCHED = 60  # days ahead among which the first lawful beginning is looked for


@dataclass(frozen=True, slots=True)
class Asked:
    """What lawful dates are asked for: which act, on which day, with what typed so far, of which case."""

    act: str
    typed: Mapping[str, str]
    facts: Mapping[str, Any]  # of the case, where there is one
    today: date
    language: str

    def day(self, name: str) -> date | None:
        """Read a day that was typed; what is no day yet, or none that can be planned for, is none."""
        text = self.typed.get(name, "").strip()[:10]
        try:
            day = date.fromisoformat(text)
        except ValueError:
            return None
        return day if FIRST_DAY <= day <= LAST else None


def lawful_dates(
    db: Db,
    door: Door,
    act: str,
    typed: Mapping[str, str],
    *,
    number: str | None,
    person: str,
    at: datetime,
    language: str,
) -> dict[str, Any] | None:
    """Return the lawful dates for an act as `lawful.html` draws them; None where an act names no such date."""
    if act not in ASKED:
        return None
    law = law_of(db, door.book)
    asked = Asked(act, typed, _facts(db, number), local_day(at, door.book.zone), language)
    if act in edition_shown.REPORTED:
        told = edition_told(db, typed, Reader(person, at, asked.today, language, door.book))
    else:
        told = _poll(law, asked) if act == "poll.open" else _session(law, asked)
    words = "edition" if act in edition_shown.REPORTED else "lawful"
    query = f"/lawful-dates/{act.replace('.', '/')}" + (f"?number={number}" if number else "")
    included = ", ".join(f"[name='{name}']" for name in ASKED[act])
    return {"href": query, "included": included, "told": told, "words": words}


def _facts(db: Db, number: str | None) -> Mapping[str, Any]:
    import json

    row = db.one("SELECT facts FROM cases WHERE number = ?", number) if number else None
    found: Mapping[str, Any] = json.loads(row[0]) if row else {}
    return found


def _session(law: Law, asked: Asked) -> list[dict[str, Any]]:
    kind = asked.typed.get("kind") or asked.facts.get("kind", "")
    first = asked.day("starts_at")
    if kind == "extraordinary":
        return [_extraordinary(law, asked, first)]
    return [_ordinary(law, asked, first)] if kind == "ordinary" else []


def _ordinary(law: Law, asked: Asked, first: date | None) -> dict[str, Any]:
    """Say until when the session is announced and, where that is over or no day is typed, on which day it could begin."""
    t = speaker(asked.language)
    if first is None:
        return _earliest(law, asked)
    plan = planned_announcement(law, first, asked.language)
    by, advised = date.fromisoformat(plan["announce_by"]), date.fromisoformat(plan["advise_by"])
    if by < asked.today:
        late = {
            "tone": "late",
            "lead": t("lawful.too_late", first=first, by=by),
            "derivation": plan["derivation"],
            "norms": plan["norms"],
        }
        return late | {"then": _earliest(law, asked)["lead"]}
    better = t("lawful.better", advised=max(advised, asked.today)) if asked.today <= advised < by else ""
    return {
        "tone": "good", "lead": t("lawful.announce", first=first, by=by), "then": better, "derivation": plan["derivation"],
        "norms": plan["norms"],
    }  # fmt: skip


def _earliest(law: Law, asked: Asked) -> dict[str, Any]:
    t = speaker(asked.language)
    for day in _days(asked.today):
        plan = planned_announcement(law, day, asked.language)
        if date.fromisoformat(plan["announce_by"]) >= asked.today:
            return {
                "tone": "", "lead": t("lawful.earliest", day=day), "derivation": plan["derivation"], "norms": plan["norms"],
            }  # fmt: skip
    return {"tone": "", "lead": t("lawful.unknown"), "derivation": [], "norms": ["8.1b"]}


def _extraordinary(law: Law, asked: Asked, first: date | None) -> dict[str, Any]:
    """Say on which days after the decision it may be held, and whether the day typed is one."""
    t = speaker(asked.language)
    order: Mapping[str, Any] = asked.facts.get("order") or {}
    decided = asked.day("order.date") or (date.fromisoformat(order["date"]) if order else None)
    if decided is None:
        return {"tone": "", "lead": t("lawful.order_first"), "derivation": [], "norms": ["8.2c"]}
    plan = planned_extraordinary(law, decided, asked.language)
    days = [date.fromisoformat(one["date"]) for one in plan["days"]]
    both = [date.fromisoformat(day) for day in plan["both"]]
    if not days:
        return {
            "tone": "late",
            "lead": t("lawful.none", decided=decided),
            "derivation": plan["derivation"],
            "norms": plan["norms"],
        }
    tone = "" if first is None else "good" if first in days else "late"
    key = {"": "lawful.hold", "good": "lawful.hold_yes", "late": "lawful.hold_no"}[tone]
    lead = t(key, decided=decided, from_=days[0], until=days[-1], first=first or days[0])
    then = t("lawful.both", days=both) if both else t("lawful.ruled", ruling=plan["ruling"])
    return {"tone": tone, "lead": lead, "then": then, "derivation": plan["derivation"], "norms": plan["norms"]}


def _poll(law: Law, asked: Asked) -> list[dict[str, Any]]:
    t = speaker(asked.language)
    plan = planned_poll(law, asked.today, asked.language)
    earliest = date.fromisoformat(plan["earliest"])
    default = date.fromisoformat(plan["default"]) if plan["default"] else earliest
    day = asked.day("closes_on")
    tone = "" if day is None else "good" if day >= earliest else "late"
    lead = t("lawful.closes_no" if tone == "late" else "lawful.closes", earliest=earliest, default=default)
    return [{"tone": tone, "lead": lead, "then": "", "derivation": plan["derivation"], "norms": plan["norms"]}]


def _days(today: date) -> Iterator[date]:
    return (today + timedelta(days=n) for n in range(1, SEARCHED) if today + timedelta(days=n) <= LAST)
