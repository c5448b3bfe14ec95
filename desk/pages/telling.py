"""What happened and what was told, in people's words: entries of a journal, facts of acts, papers, deadlines."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from desk.editions import rule_name, value_name
from desk.pages.forms import choice_key, fields_of
from desk.pages.page import name_of as named
from desk.pages.page import term_end_local
from desk.shapes import name_of, people_named
from machines.dated_rules import is_rule, written
from machines.procedures import PROCEDURES
from machines.wording import day_in, has, moment_in, say, shown
from models.database import Db

NUMBER = re.compile(r"[A-Z]-\d{4}-\d{4,}")
_WORD = re.compile(r"[\w:./-]{1,64}")


def names_in(db: Db, told: Iterable[Any], language: str) -> dict[str, str]:
    """Name everybody whom *told* (facts, entries) mentions, and every body of the register."""
    words = {word for one in told for word in _words(one)}
    found = people_named(db, words) | _bodies_named(db, words)
    return {name: name_of(found, name, language) or name for name in found}


def with_names(db: Db, refusals: Iterable[Mapping[str, Any]], language: str) -> list[dict[str, Any]]:
    """Return refusals with people called by their names in the sentences, not by the register's."""
    told = [dict(one) for one in refusals]
    names = names_in(db, [one["numbers"] for one in told], language)
    for one in told:
        for word in {*_words(one["numbers"])} & names.keys():
            alone = rf"(?<![\w:./-]){re.escape(word)}(?![\w/-]|:\w)"
            one["reason"] = re.sub(alone, lambda _, name=names[word]: name, one["reason"])  # type: ignore[misc]
    return told


def in_order(facts: Mapping[str, Any] | None, procedure: str, act: str) -> dict[str, Any]:
    """Return the facts of an act in the order in which its form asks for them; the journal keeps them by the alphabet."""
    told = facts or {}
    names = [field.name for field in fields_of(PROCEDURES[procedure].rows[act].facts)]
    return {name: told[name] for name in [*names, *(set(told) - set(names))] if name in told and told[name] is not None}


def facts_told(facts: Mapping[str, Any] | None, language: str, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Say facts in pairs, as `parts.summary` takes them."""
    told = dict(facts or {})
    if isinstance(told.get("rule"), str) and is_rule(told["rule"]) and "value" in told:  # of an edition
        value = told["value"]
        told["value"] = value_name(told["rule"], written(tuple(value) if isinstance(value, list) else value), language)
    return [{"key": _key(name, language)} | _value(name, value, language, names) for name, value in told.items()]


def papers_of(entries: Iterable[Mapping[str, Any]], language: str) -> list[dict[str, Any]]:
    """List every paper that the acts of a case have named: what for, which one, of which day."""
    found = []
    for entry in entries:
        documents = {"document": entry["document"]} if entry.get("document") else {}
        for name, paper in _papers({**(entry["facts"] or {}), **documents}):
            found.append({"what": _key(name, language), "paper": paper_told(paper, language), "entry": entry["seq"]})
    return found


def paper_told(paper: Mapping[str, Any], language: str) -> str:
    """Write a paper as officials do: what it is, its number, its day."""
    kind = str(paper.get("kind") or "")
    what = named("value", f"body.{paper['body']}", language) if "body" in paper else ""
    what = (say(f"names.value.paper.{kind}", language) if has(f"names.value.paper.{kind}") else kind) or what
    number = say(
        "frame.paper", language, number=str(paper["number"]), date=shown(date.fromisoformat(str(paper["date"])))
    )
    return f"{what} {number}".strip()


def entry_told(entry: Mapping[str, Any], procedure: str, language: str, names: Mapping[str, str]) -> dict[str, str]:
    """Say what an entry records, and who did it in which office."""
    who = names.get(entry["on_behalf_of"] or entry["actor"])
    by = (
        f"{who}, {named('office_held', entry['office'], language)}"
        if who
        else named("office", entry["office"], language)
    )
    if entry["on_behalf_of"] and entry["actor"] in names:
        by = say("frame.entered_by", language, who=by, by=names[entry["actor"]])
    return {"text": named("act", f"{procedure}.{entry['act']}", language), "about": by}


def offset_shown(moment: str) -> str:
    """Write an instant with its offset: 24.04.2026 18:30 (UTC+5)."""
    at = datetime.fromisoformat(moment)
    offset = at.utcoffset()
    hours = int(offset.total_seconds() // 3600) if offset is not None else 0
    return f"{shown(at)} (UTC{hours:+d})"


def last_day_shown(due: str) -> str:
    """Write when a term ends; one that ends at midnight ends at 24:00 of the day before."""
    return term_end_local(datetime.fromisoformat(due))


def _bodies_named(db: Db, words: set[str]) -> dict[str, tuple[str, ...]]:
    if not words:
        return {}
    alone = {
        word: word.rpartition(":")[2] for word in words
    }  # `small_assembly:Aktobe` nominates, `Aktobe` is in the register
    marks = ", ".join("?" * len(words))
    rows = db.all(
        f"SELECT body_id, name_kk, name_ru, name_en FROM bodies WHERE body_id IN ({marks})",  # noqa: S608
        *sorted(alone.values()),
    )
    found = {row[0]: row[1:] for row in rows}
    return {word: found[body] for word, body in alone.items() if body in found}


def _value(name: str, value: Any, language: str, names: Mapping[str, str]) -> dict[str, Any]:
    if isinstance(value, list | tuple):
        return {"lines": [_said(name, one, language, names) for one in value]} if value else {"value": "—"}
    said = _said(name, value, language, names)
    return (
        {"value": said, "href": f"/cases/{value}"}
        if isinstance(value, str) and NUMBER.fullmatch(value)
        else {"value": said}
    )


def _said(name: str, value: Any, language: str, names: Mapping[str, str]) -> str:
    if isinstance(value, Mapping):
        if "number" in value and "date" in value:
            return paper_told(value, language)
        return "; ".join(f"{_key(key, language)}: {_said(key, one, language, names)}" for key, one in value.items())
    if value is None:
        return "—"
    if isinstance(value, bool):
        return say(f"names.value.boolean.{str(value).lower()}", language)
    text = str(value)
    if has(choice_key(name, text)):
        return say(choice_key(name, text), language)
    if name == "rule" and is_rule(text):
        return rule_name(text, language)
    if at := day_in(text) or moment_in(text):
        return shown(at)
    return names.get(text, text)


def _key(name: str, language: str) -> str:
    return named("fact", name, language)


def _papers(facts: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, value in facts.items():
        if isinstance(value, Mapping) and "number" in value and "date" in value:
            yield name, value
        elif isinstance(value, Mapping):
            yield from _papers(value)


def _words(told: Any) -> Iterator[str]:
    """Yield everything that may be the name of the register of somebody."""
    if isinstance(told, Mapping):
        for one in told.values():
            yield from _words(one)
    elif isinstance(told, list | tuple):
        for one in told:
            yield from _words(one)
    elif isinstance(told, str) and _WORD.fullmatch(told):
        yield told
