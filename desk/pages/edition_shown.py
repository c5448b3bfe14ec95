"""Beside the form of a new edition: the rule as it stands, the first lawful day, and the open cases that it concerns.

No rule stands here: what a value may be, from which day on it may hold and whom it concerns the machines say.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from desk.door import seen_among
from desk.editions import rules_answer, value_name
from desk.pages.forms import Field
from desk.pages.page import name_of, speaker
from desk.pages.telling import last_day_shown
from desk.shapes import moment, read_refusal
from desk.titles import titles_of
from machines.concerned import Concerned, concerned
from machines.dated_rules import answers, is_rule, typed_value, written
from machines.edition import earliest_day, wrong_value
from machines.entered import FOLLOW, KEEP, Entered
from machines.facts import FIRST_YEAR, LAST_YEAR
from machines.rulebook import Rulebook
from machines.rulings import RULINGS
from models.database import Db

ASKED = ("rule", "value", "since", "open_cases")  # the fields that it is told from
REPORTED = ("edition.propose", "edition.confirm")  # acts before which the open cases concerned are told
MOST = 40  # cases that are named; the report of the edition names all


@dataclass(frozen=True, slots=True)
class Reader:
    """To whom it is told, when, and by which rules."""

    person: str
    at: datetime
    today: date
    language: str
    book: Rulebook


def edition_told(db: Db, typed: Mapping[str, str], reader: Reader) -> list[dict[str, Any]]:
    """Tell what is to be known of the rule that was chosen, as `lawful_part.html` draws it; nothing while none is."""
    rule, t = typed.get("rule", "").strip(), speaker(reader.language)
    if not is_rule(rule):
        return []
    now = next(one for one in rules_answer(db, reader.book, reader.today, reader.language) if one["rule"] == rule)
    other = RULINGS[rule].alternatives(reader.language) if rule in RULINGS else ""
    stands = {
        "tone": "", "lead": t("edition.now", rule=now["name"], value=value_name(rule, now["value"], reader.language)),
        "then": f"{t('edition.may_be', values=values_shown(rule, reader.language))} {other}".strip(), "norms": now["norms"],
        "derivation": [],
    }  # fmt: skip
    told = [stands, *_wrong(rule, typed, reader.language), _first_day(typed, reader)]
    since = _day(typed.get("since", "")) or earliest_day(reader.today)
    return [
        *told,
        report(db, {"rule": rule, "since": since.isoformat(), "open_cases": typed.get("open_cases")}, reader),
    ]


def present_values(db: Db, fields: Sequence[Field], reader: Reader) -> dict[str, str]:
    """Return how each rule stands now, where a form asks for one."""
    if not any(one.kind == "rule" for one in fields):
        return {}
    return {one["rule"]: one["value"] for one in rules_answer(db, reader.book, reader.today, reader.language)}


def edition_reported(db: Db, act: str, facts: Mapping[str, Any], number: str | None, reader: Reader) -> Any:
    """Tell before an edition is proposed or confirmed which open cases it concerns; None for every other act."""
    if act not in REPORTED:
        return None
    row = db.one("SELECT facts FROM cases WHERE number = ?", number) if number else None
    return report(db, json.loads(row[0]) if row else facts, reader, case=number or "")


def report(db: Db, facts: Mapping[str, Any], reader: Reader, *, case: str = "") -> dict[str, Any]:
    """Tell which open cases an edition concerns, each with its open terms, and what becomes of them."""
    t, effect = speaker(reader.language), FOLLOW if facts.get("open_cases") == FOLLOW else KEEP
    this = Entered(case, facts["rule"], None, date.fromisoformat(facts["since"]), effect)
    found = concerned(db, this)
    seen = seen_among(db, [one.number for one in found], reader.person, reader.at)
    lead = (
        t("edition.concerned", number=len(found), day=this.since)
        if found
        else t("edition.concerned_none", day=this.since)
    )
    return {
        "tone": "warn" if found else "", "lead": lead, "norms": ["D.4"], "derivation": [],
        "then": f"{t('edition.effect')} {name_of('value', f'open_cases.{effect}', reader.language)}." if found else "",
        "cases": _cases(db, [one for one in found if one.number in seen][:MOST], reader.language),
        "more": t("edition.more", number=len(found) - MOST) if len(found) > MOST else "",
    }  # fmt: skip


def values_shown(rule: str, language: str) -> str:
    """Write what a rule may be."""
    named = [value_name(rule, written(one), language) for one in answers(rule)]
    return ", ".join(named) if rule in RULINGS else " … ".join(named)


def _wrong(rule: str, typed: Mapping[str, str], language: str) -> Sequence[dict[str, Any]]:
    text = typed.get("value", "").strip()
    refused = wrong_value(rule, typed_value(rule, text)) if text else None
    if refused is None:
        return ()
    said = read_refusal(refused, language)
    return (
        {
            "tone": "late",
            "lead": said["reason"],
            "then": said.get("remedy", ""),
            "norms": [said["norm"]],
            "derivation": [],
        },
    )


def _first_day(typed: Mapping[str, str], reader: Reader) -> dict[str, Any]:
    """Say from which day on an edition that is proposed today may hold, and whether the day typed is one."""
    first, day = earliest_day(reader.today), _day(typed.get("since", ""))
    tone = "" if day is None else "good" if day >= first else "late"
    key = {"": "edition.from", "good": "edition.from_yes", "late": "edition.from_no"}[tone]
    lead = speaker(reader.language)(key, first=first, day=day or first)
    return {
        "tone": tone,
        "lead": lead,
        "then": speaker(reader.language)("edition.second"),
        "norms": ["D.4", "22.1"],
        "derivation": [],
    }


def _cases(db: Db, found: Sequence[Concerned], language: str) -> list[dict[str, Any]]:
    titles = titles_of(db, [one.number for one in found], language)
    return [
        {
            "number": one.number, "title": titles[one.number], "state": name_of("state", f"{one.procedure}.{one.state}", language),
            "terms": [
                f"{name_of('deadline', f'{one.procedure}.{name}', language)}: {last_day_shown(moment(due, one.zone))}"
                for name, due in one.deadlines if due
            ],
        }
        for one in found
    ]  # fmt: skip


def _day(text: str) -> date | None:
    """Read a day that was typed; what is no day yet, or none that an edition may name, is none."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None
