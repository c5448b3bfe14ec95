"""What pages of sittings say alike: when and where, on which papers, by when."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from desk.pages.onlooker import Look, Row
from desk.pages.page import name_of
from desk.pages.telling import paper_told
from machines.wording import shown


def starts(row: Row) -> str:
    """Return by what sittings are sorted: when they start."""
    return str(row.facts["starts_at"])


def place_and_time(at: Look, facts: Mapping[str, Any]) -> str:
    """Say when and where a sitting is, as a heading: the day in words of the calendar, the hour, the place."""
    starts = datetime.fromisoformat(facts["starts_at"])
    where = ", ".join(str(facts[name]) for name in ("city", "place") if facts.get(name))
    said = at.t("sitting.when", weekday=at.t(f"weekday.{starts.isoweekday()}"), at=shown(starts), where=where)
    return said[:1].upper() + said[1:]


def days_of(at: Look, facts: Mapping[str, Any]) -> str:
    """Say on which days a session of several days is held; empty for one of one day."""
    first, last = datetime.fromisoformat(facts["starts_at"]).date(), facts.get("last_day")
    if not last or date.fromisoformat(last) == first:
        return ""
    return at.t("sitting.days", first=first, last=date.fromisoformat(last))


def paper_of(at: Look, name: str, facts: Mapping[str, Any]) -> str:
    """Name a paper of the sitting: the order that convened it, its minutes; empty until it is entered."""
    paper = facts.get(name)
    return paper_told(paper, at.language) if isinstance(paper, Mapping) else ""


def value(at: Look, name: str, facts: Mapping[str, Any]) -> str:
    """Say the value of a fact that is one of a few words."""
    return name_of("value", f"{name}.{facts[name]}", at.language) if facts.get(name) else ""
