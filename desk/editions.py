"""Editions as they are answered: the rules in force, what has been entered, and which open cases an edition concerns."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from desk.shapes import moment
from machines.concerned import concerned
from machines.counted_anew import Moving, would_move
from machines.dated_rules import LIMITS, expected, is_chosen, norms_of_rule, typed_value, written
from machines.editions import FIRST_DAY
from machines.entered import FOLLOW, from_facts
from machines.refusal import Unknown
from machines.rulebook import Rulebook
from machines.rulings import RULINGS
from machines.wording import has, say
from models.database import Db
from models.entry import NAME

_EDITIONS = "SELECT number, state, facts FROM cases WHERE procedure = 'edition' ORDER BY number"
_EDITION = "SELECT number, state, facts FROM cases WHERE procedure = 'edition' AND number = ?"


def rule_name(rule: str, language: str) -> str:
    """Name a rule: a number of the law by what it counts, a ruling by its question."""
    return say(f"names.rule.{rule}", language) if rule in LIMITS else RULINGS[rule].question(language)


def value_name(rule: str, value: str, language: str) -> str:
    """Write a rule's value for people: yes and no, the answers of rulings and kinds of questions in words, numbers as they are."""
    if isinstance(typed_value(rule, value), bool):
        return say(f"names.value.boolean.{value}", language)
    if is_chosen(rule):
        key = f"names.value.ruling.{rule}.{value}"
        return say(key, language) if has(key) else value
    kinds = ((f"names.value.kind.{one}", one) for one in value.split(", "))
    return ", ".join(say(key, language) if has(key) else one for key, one in kinds)


def rules_answer(db: Db, book: Rulebook, day: date, language: str) -> list[dict[str, Any]]:
    """Answer every rule that an edition may change: its value on a day for a case opened then, since when, and by what."""
    law = book.in_force(db)
    numbers, rulings = law.numbers_for(None), law.rulings_on(day)
    by_settings = {key: since for since, key, _ in sorted(law.overrides, key=lambda each: each[0]) if since <= day}
    by_edition = {each.rule: each for each in law.editions if each.since <= day}
    found = []
    for rule in (*LIMITS, *RULINGS):
        line = numbers.line(rule, day) if rule in LIMITS else None
        edition, setting = by_edition.get(rule), by_settings.get(rule)
        entered = edition.case if edition and (setting is None or setting <= edition.since) else None
        if line:
            entered, since = line.entered or None, line.since if line.entered or line.since > FIRST_DAY else None
        else:
            since = edition.since if edition and entered else setting
        source = "edition" if entered else "settings" if rule in by_settings and rule in RULINGS else "release"
        found.append(
            {
                "rule": rule, "name": rule_name(rule, language), "value": written(line.value if line else rulings[rule]),
                "since": since.isoformat() if since else None, "source": source, "edition": entered, "norms": list(norms_of_rule(rule)),
                "expected": expected(rule), "unit": line.unit if line else None,
            }
        )  # fmt: skip
    return found


def editions_answer(db: Db, language: str) -> list[dict[str, Any]]:
    """Answer every edition that was proposed, with where it stands."""
    return [_edition(number, state, json.loads(facts), language) for number, state, facts in db.all(_EDITIONS)]


def report_answer(db: Db, number: str, language: str) -> dict[str, Any]:
    """Answer an edition with the open cases that it concerns, and whether each keeps its rule or follows the new one."""
    row = db.one(_EDITION, number) if NAME.fullmatch(number) else None
    if row is None:
        raise Unknown("case", number)
    facts = json.loads(row[2])
    this = from_facts(number, facts)
    effect = "follow" if this.open_cases == FOLLOW else "keep"
    cases = [
        {
            "case": one.number, "procedure": one.procedure, "state": one.state, "opened_at": moment(one.opened_at, one.zone),
            "effect": effect,
            "deadlines": [{"name": name, "due": moment(due, one.zone) if due else None} for name, due in one.deadlines],
        }
        for one in concerned(db, this)
    ]  # fmt: skip
    return _edition(number, row[1], facts, language) | {
        "concerned": cases,
        "effect": say(f"names.value.open_cases.{effect}", language),
    }


def moves_answer(found: list[Moving], language: str) -> list[dict[str, Any]]:
    """Answer the open deadlines that the calendar of now would move: when each is due, and when it would be and why (H05)."""
    return [
        {
            "case": one.number, "name": one.name, "norm": one.norm, "kind": one.kind, "due": moment(one.due, one.zone),
            "version": one.anew.calendar_version, "would_be": moment(one.anew.due, one.zone), "derivation": one.anew.explain(language),
        }
        for one in found
    ]  # fmt: skip


def calendar_moves(db: Db, book: Rulebook) -> list[Moving]:
    """Find the open deadlines that the newest version of the calendar would move."""
    row = db.one("SELECT max(version) FROM calendar_versions")
    return would_move(db, book.calendar_of(db, row[0] if row else None))


def _edition(number: str, state: str, facts: Mapping[str, Any], language: str) -> dict[str, Any]:
    told = {name: facts[name] for name in ("rule", "value", "since", "norm", "basis", "open_cases")}
    more = {"name": rule_name(facts["rule"], language), "confirmed_at": facts.get("confirmed_at")}
    return {"number": number, "state": state} | told | more
