"""Forms as a page draws them: every field with its words, what was typed, what is wrong with it, and what it offers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from desk.editions import rule_name, value_name
from desk.pages.choosing import CHOSEN, FEW, Chosen, bodies, cases_open
from desk.pages.edition_shown import values_shown
from desk.pages.forms import Field, choice_key, hint_of, label_of, rows_typed
from desk.pages.page import name_of, speaker
from machines.dated_rules import LIMITS, answers, is_chosen, is_counted, is_rule, norms_of_rule, written
from machines.norms import NORMS
from machines.rulings import RULINGS
from machines.wording import say
from models.database import Db

_OPEN = """SELECT d.name, c.procedure FROM deadlines d JOIN cases c ON c.number = d.number WHERE d.number = ? AND d.state = 'open'
 AND d.due_at IS NOT NULL ORDER BY d.due_at, d.name"""
RADIOS = 6  # choices that are all seen at once; more are a list

DOCUMENT = Field(
    "document", "document", "group", optional=True,
    fields=(Field("document.kind", "kind", "line"), Field("document.number", "number", "line"), Field("document.date", "date", "day")),
)  # fmt: skip


@dataclass(slots=True)
class Form:
    """A form as it stands: its fields, what was typed, what is wrong, what is offered."""

    fields: Sequence[Field]
    typed: Mapping[str, str]
    language: str
    chosen: Chosen | None = None
    faults: Mapping[str, str] = field(default_factory=dict)  # by path
    more: str = ""  # the repeated group that gets one row more
    only: str | None = None  # a stranger, who is offered nothing but what is about himself
    present: Mapping[str, str] = field(default_factory=dict)  # how each rule stands that an edition may change

    def shown(self, db: Db) -> list[dict[str, Any]]:
        """Return the fields as `form.html` draws them."""
        return [self._shown(db, one) for one in self.fields]

    def _shown(self, db: Db, one: Field) -> dict[str, Any]:
        view: dict[str, Any] = {
            "path": one.path, "kind": one.kind, "label": label_of(one, self.language), "hint": hint_of(one, self.language),
            "fault": self.faults.get(one.path, ""), "optional": one.optional, "value": self._value(one), "chosen": one.path + CHOSEN,
        }  # fmt: skip
        if one.kind == "group":
            return view | {"fields": [self._shown(db, inner) for inner in one.fields]}
        if one.kind == "groups":
            rows = rows_typed(one, self.typed) + (1 if self.more == one.path else 0)
            return view | {"rows": [self._row(db, one, row) for row in range(max(rows, 1))]}
        fits = self.chosen.fits.get(one.path, []) if self.chosen else []
        return view | {"fits": fits, "choices": self._choices(db, one)} | self._by_rule(one)

    def _row(self, db: Db, one: Field, row: int) -> list[dict[str, Any]]:
        return [self._shown(db, inner) for inner in one.at(f"{one.path}.{row}").fields]

    def _value(self, one: Field) -> str:
        """Return what stands in a field: a name where somebody was chosen; a moment as the browser writes it."""
        typed = self.typed.get(one.path, "")
        if self.chosen and one.path in self.chosen.shown and one.kind != "case":
            return self.chosen.shown[one.path]
        return typed.replace(" ", "T")[:16] if one.kind == "moment" else typed

    def _choices(self, db: Db, one: Field) -> list[tuple[str, str]]:
        match one.kind:
            case "choice":
                found = [(choice, say(choice_key(one.name, choice), self.language)) for choice in one.choices]
            case "yes":
                found = [
                    (word, say(f"names.value.boolean.{truth}", self.language))
                    for word, truth in (("yes", "true"), ("no", "false"))
                ]
            case "body":
                found = bodies(db, self.language) if self.only is None else []
            case "rule":
                found = [(rule, self._rule(rule)) for rule in (*LIMITS, *RULINGS)]
            case "value":
                found = self._values(self._rule_beside(one))
            case "norm":
                found = self._norms(self._rule_beside(one))
            case "deadline":
                found = self._deadlines(db, one)
            case "region":
                found = bodies(db, self.language, kind="small_assembly") if self.only is None else []
            case "case":
                found = cases_open(db, one.procedures, self.language, most=FEW + 1, only=self.only)
                found = found if len(found) <= FEW else []  # too many to be read: then a number or a name is typed
            case _:
                return []
        typed = self.typed.get(one.path, "")
        known = not typed or not found or typed in dict(found) or one.kind in ("choice", "yes")
        return found if known else [(typed, typed), *found]

    def _rule(self, rule: str) -> str:
        """Name a rule with its present value."""
        name, value = rule_name(rule, self.language), self.present.get(rule)
        return f"{name} — {value_name(rule, value, self.language)}" if value is not None else name

    def _values(self, rule: str) -> list[tuple[str, str]]:
        """Offer the answers of a ruling; a number, a share or a list is typed."""
        answered = map(written, answers(rule)) if is_chosen(rule) else ()
        return [(value, value_name(rule, value, self.language)) for value in answered]

    def _norms(self, rule: str) -> list[tuple[str, str]]:
        norms = norms_of_rule(rule) if is_rule(rule) else ()
        return [(norm, f"{norm} · {NORMS[norm].title[self.language]}") for norm in norms]

    def _rule_beside(self, one: Field) -> str:
        return self.typed.get(f"{one.path.removesuffix(one.name)}rule", "").strip()

    def _by_rule(self, one: Field) -> dict[str, Any]:
        """Return what the rule that was chosen says of its value and its norm: how it is typed, what it may be, the one norm there is."""
        rule = self._rule_beside(one) if one.kind in ("value", "norm") else ""
        if not is_rule(rule):
            return {}
        if one.kind == "norm":
            norms = norms_of_rule(rule)
            return {"value": norms[0]} if len(norms) == 1 and not self._value(one) else {}
        hint = speaker(self.language)("edition.may_be", values=values_shown(rule, self.language))
        return {"hint": hint, "kind": "count" if is_counted(rule) else one.kind}

    def _deadlines(self, db: Db, one: Field) -> list[tuple[str, str]]:
        """Offer the open deadlines of the case that is named beside."""
        number = (self.chosen or self).typed.get(f"{one.path.removesuffix(one.name)}case", "")
        if self.only is not None or not number:
            return []
        rows = db.all(_OPEN, number)
        return [(name, name_of("deadline", f"{procedure}.{name}", self.language)) for name, procedure in rows]


def faults_shown(
    problem: Mapping[str, Any], fields: Sequence[Field], language: str
) -> tuple[dict[str, str], list[dict[str, str]]]:
    """Say what is wrong with the facts: by path for the fields, and as the list on top of the form."""
    t = speaker(language)
    by_path: dict[str, str] = {}
    listed = []
    for fault in problem.get("faults", ()):
        one, path = _field_of(fault["fact"], fields)
        label = label_of(one, language) if one else ""
        text = t("act.fault", field=label, reason=fault["reason"]) if label else fault["reason"]
        if path:
            by_path[path] = text
        listed.append({"field": path, "text": text})
    return by_path, listed


def _field_of(fact: str, fields: Sequence[Field]) -> tuple[Field | None, str]:
    """Find the field that a fault names, or the nearest that holds it."""
    for one in fields:
        if fact == one.path or not fact.startswith(f"{one.path}."):
            if fact == one.path:
                return one, one.path
            continue
        inside = one.fields
        if one.kind == "groups":
            row = fact.removeprefix(f"{one.path}.").partition(".")[0]
            inside = one.at(f"{one.path}.{row}").fields
        found, path = _field_of(fact, inside)
        return (found, path) if found else (one, one.path)
    return None, ""
