"""Compose the letters that people get: a row of the outbox in words, in the language of the reader.

The texts are `messages.toml`: one for each notice of a procedure (`candidacy.submitted`), for each reminder ahead of a
deadline (`reminder.candidacy.submission`) and for what is told once it has passed (`passed.candidacy.submission`).
Around its own text every letter has the case, the link and, in its last line, why the reader got it.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from machines.procedure import Procedure
from machines.procedures import PROCEDURES
from machines.refusal import Refusal, worded
from machines.terms import Step, explain, steps_from_json
from machines.wording import has, say, shown, template
from machines.zones import instant, local_time

MERGED = "reminder.merged"
APART = ("facts", "items", "steps", "warnings")  # parameters that are written in a way of their own
PEOPLE = ("person", "candidate", "missing", "people")  # numbers of a refusal that are people

MOMENTS = ("starts_at",)  # facts that are local times

# What of a case's facts stands in its letters: what one has to know without opening the case.
DETAILS: Mapping[str, tuple[str, ...]] = {
    "candidacy": ("outcome",),
    "council_meeting": ("starts_at", "place"),
    "poll": ("question", "closes_on"),
    "session": ("kind", "starts_at", "last_day", "city", "place", "agenda"),
    "session_request": ("questions",),
    "edition": ("rule", "value", "since", "open_cases"),
    "term_decision": ("case", "reason"),
}

# The term that a letter about an act tells, with how it was counted: the reader, or somebody he waits for, has to keep it.
TERMS: Mapping[str, str] = {
    "candidacy.considered": "submission",
    "candidacy.submitted": "approval",
    "membership.office_changed": "removal_task",
    "membership.leaving": "exit",
    "removal.submitted": "decision",
    "poll.opened": "closing",
    "poll.extended": "closing",
    "session.convened": "announcement",
    "session_request.registered": "convening",
    "edition.proposed": "confirmation",
    "edition.confirmed": "beginning",
}

# The office by which one belongs to an audience; who belongs to another one does so by what he did or was.
_OFFICE = {
    "chairman": "chairman",
    "working_body": "working_body",
    "deputies": "deputy_chairman",
    "deputies_missing": "deputy_chairman",
    "council": "council_member",
    "unanswered": "council_member",
    "members": "member",
}


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as it is sent: plain text."""

    subject: str
    body: str


def compose(
    name: str, language: str, *, parameters: Mapping[str, Any], number: str, link: str, why: str,
    names: Mapping[str, str], person: str | None = None,
) -> Letter:  # fmt: skip
    """Write the letter of the template *name* about the case *number*.

    *why* is an audience (reason_to_write finds it), *names* gives people's names by their ids, *person* is whom the case
    is about. Of the parameters are understood, each only if it is there: `due` (an instant; local if there is no `zone`),
    `zone`, `days`, `steps` (how the deadline was counted), `facts` (the case's, of which DETAILS are told), `warnings`
    (refusals as data), `items` (deadlines told together: `template`, `number`, `due`, `zone`); others fill the text under
    their own names. KeyError: the text asks for what is not given.
    """
    told = _told(parameters, language, names) | {"number": number, "person": names.get(person or "", person or "")}
    if name == MERGED:
        told |= {"count": len(parameters["items"]), "items": _lines(_merged(parameters["items"], language), language)}
    body = say(f"messages.{name}.body", language, **told)
    for part, addition in _additions(name, language, parameters, told, names):
        body = say(f"messages.frame.{part}", language, body=body, **addition)
    reason = say(f"messages.why.{why}" if has(f"messages.why.{why}") else "messages.why.several", language)
    frame = "messages.frame.several" if name == MERGED else "messages.frame.letter"
    body = say(frame, language, body=body, number=number, link=link, why=reason)
    return Letter(say(f"messages.{name}.subject", language, **told), body)


def _additions(
    name: str, language: str, parameters: Mapping[str, Any], told: Mapping[str, Any], names: Mapping[str, str]
) -> Iterator[tuple[str, dict[str, str]]]:  # fmt: skip
    """Yield what stands below a letter's own text: the part of the frame, and what fills it."""
    known = details_of(procedure_of(name), parameters.get("facts", {}), parameters.get("zone"), language)
    if details := _lines(known, language):
        yield "details", {"details": details}
    steps = _steps(parameters.get("steps"))
    if "due" in told and "{due}" not in template(f"messages.{name}.body", language):
        yield "begins" if _begins(steps) else "due", {"due": told["due"]}
    if steps:
        yield "counted", {"derivation": _lines(explain(steps, language), language)}
    if warnings := parameters.get("warnings"):
        yield "noticed", {"warnings": _lines(_noticed(warnings, language, names), language)}


def procedure_of(name: str) -> str:
    """Name the procedure that a template belongs to."""
    first, second, *_ = name.split(".")
    return second if first in ("reminder", "passed") else first


def details_of(procedure: str, facts: Mapping[str, Any], zone: str | None, language: str) -> list[str]:
    """Say what one has to know of a case without opening it, a line each."""
    known = [(fact, facts.get(fact)) for fact in DETAILS.get(procedure, ())]
    return [
        say("messages.frame.detail", language, name=say(f"names.fact.{fact}", language),
            value=_fact_in_words(fact, value, zone, language))
        for fact, value in known if value not in (None, "", [])
    ]  # fmt: skip


def _fact_in_words(fact: str, value: Any, zone: str | None, language: str) -> Any:
    if fact in MOMENTS:
        local = datetime.fromisoformat(value)
        return legal_time(instant(local, zone), zone, begins=True) if zone else local
    if isinstance(value, list):
        return "; ".join(str(one) for one in value)
    if isinstance(value, bool):
        return say(f"names.value.boolean.{str(value).lower()}", language)
    if has(f"names.{fact}.{value}"):  # the name of a rule
        return say(f"names.{fact}.{value}", language)
    if has(f"names.value.{fact}.{value}"):
        return say(f"names.value.{fact}.{value}", language)
    return worded({fact: value}, language)[fact]


def legal_time(at: datetime, zone: str | None = None, *, begins: bool = False) -> str:
    """Write an instant as an official would, with its offset: `24.11.2026 24:00 (UTC+5)`.

    A term that ends at midnight ends with the day before, unless the day *begins* then.
    """
    local = local_time(at, zone) if zone else at
    if (local.hour, local.minute) == (0, 0) and not begins:
        return f"{shown(local.date() - timedelta(days=1))} 24:00 ({_offset(local)})"
    return f"{shown(local)} ({_offset(local)})"


def audiences_of(name: str) -> str:
    """Return to whom letters of the template *name* go: audiences separated by spaces, as the tables write them."""
    return " ".join(dict.fromkeys(audience for told in _audiences().get(name, ()) for audience in told.split()))


def templates() -> tuple[str, ...]:
    """Name the templates that the tables of the procedures ask for."""
    return tuple(_audiences())


def reason_to_write(audiences: str, offices: Collection[str]) -> str:
    """Choose of *audiences* the one for which somebody holding *offices* got the letter; `several` if it is not clear."""
    among = audiences.split()
    by_office = [audience for audience in among if _OFFICE.get(audience) in offices]
    others = [audience for audience in among if audience not in _OFFICE]
    if by_office or len(among) == 1:
        return (by_office or among)[0]
    return others[0] if len(others) == 1 else "several"


def _audiences() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for procedure in PROCEDURES.values():
        for name, audience in _written(procedure):
            found.setdefault(name, []).append(audience)
    return found


def _written(procedure: Procedure[Any]) -> Iterator[tuple[str, str]]:
    for branch in (branch for row in procedure.acts for branch in row.to):
        yield from ((f"{procedure.name}.{notice.name}", notice.audience) for notice in branch.notices)
        for term in branch.opens:
            for rung in term.rungs:
                yield f"{'reminder' if rung.days else 'passed'}.{procedure.name}.{term.name}", rung.audience


def _told(parameters: Mapping[str, Any], language: str, names: Mapping[str, str]) -> dict[str, Any]:
    plain = {name: value for name, value in parameters.items() if name not in APART}
    told = worded(_with_names(plain, names), language)
    if "due" in parameters:
        begins = _begins(_steps(parameters.get("steps")))
        told["due"] = legal_time(datetime.fromisoformat(parameters["due"]), parameters.get("zone"), begins=begins)
    return told


def _merged(items: Sequence[Mapping[str, Any]], language: str) -> Iterator[str]:
    for item in items:
        kind, procedure, deadline = item["template"].split(".")
        yield say(
            f"messages.{MERGED}.{'passed' if kind == 'passed' else 'ahead'}", language, number=item["number"],
            procedure=say(f"names.procedure.{procedure}", language),
            deadline=say(f"names.deadline.{procedure}.{deadline}", language),
            due=legal_time(datetime.fromisoformat(item["due"]), item.get("zone")),
        )  # fmt: skip


def _noticed(warnings: Sequence[Mapping[str, Any]], language: str, names: Mapping[str, str]) -> Iterator[str]:
    for warning in warnings:
        refusal = Refusal(warning["norm"], warning["code"], _with_names(warning["numbers"], names))
        yield f"{refusal.reason(language)} ({refusal.norm})"  # the remedy was told to who acted


def _with_names(numbers: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    return {name: _name(value, names) if name in PEOPLE else value for name, value in numbers.items()}


def _name(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, list | tuple):
        return [_name(one, names) for one in value]
    return names.get(value, value)


def _lines(texts: Iterator[str] | Sequence[str], language: str) -> str:
    return "\n".join(say("messages.frame.line", language, text=text) for text in texts)


def _steps(steps: Any) -> tuple[Step, ...]:
    """Read the steps of a deadline: the text that its row holds, or what JSON made of it."""
    return steps_from_json(steps if isinstance(steps, str) else json.dumps(steps or []))


def _begins(steps: Sequence[Step]) -> bool:
    """Say whether the deadline is a moment at which something begins, not the end of a day."""
    return bool(steps) and steps[-1].code in ("from_day", "at_moment")


def _offset(local: datetime) -> str:
    offset = local.utcoffset()
    assert offset is not None
    minutes = int(offset.total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02d}" if rest else "")
