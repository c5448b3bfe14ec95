"""The law in people's words: where a norm is used, and what each act of a procedure asks, who does it and what follows."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from desk.pages.page import name_of, speaker
from machines.carried_out import Place, norms_of
from machines.norms import NORMS
from machines.procedure import ALL, NEW, SAME, Branch, Procedure, Transition
from machines.procedures import PROCEDURES
from machines.rulings import RULINGS
from machines.tables import moved, offices, targets
from machines.wording import say


@dataclass(frozen=True, slots=True)
class Use:
    """A place where a norm is used, in words, and where more of it stands."""

    kind: str
    text: str
    href: str


@dataclass(frozen=True, slots=True)
class ActTold:
    """A row of a procedure's table in words."""

    name: str
    text: str
    before: list[str]
    after: list[str]
    by: list[str]
    norms: list[tuple[str, str]]
    rules: list[tuple[str, list[str]]]  # what is checked, each with its norms
    facts: list[str]
    follows: list[str]
    joint: bool


def uses_of(places: Iterable[Place], language: str) -> list[Use]:
    """Say where a norm is used; what is a matter of the code alone is left to those who read it."""
    found: dict[Use, None] = {}
    for place in places:
        for use in _SAID.get(place.kind, _nothing)(place.name, language):
            found[use] = None
    return list(found)


def acts_told(procedure: Procedure[Any], language: str) -> list[ActTold]:
    """Tell every act of a procedure, in the order of its table."""
    return [_act_told(procedure, row, language) for row in procedure.acts]


def states_told(procedure: Procedure[Any], language: str) -> list[tuple[str, bool]]:
    """Name the states, and say which end a case."""
    return [(_state(procedure.name, str(state), language), str(state) in procedure.final) for state in procedure.states]


def excluded_told(procedure: Procedure[Any], language: str) -> list[tuple[str, str]]:
    """Say which states are never reached without which acts, and by which norm."""
    return [(_excluded(procedure, path, language), path.norm) for path in procedure.forbidden_paths]


def _act_told(procedure: Procedure[Any], row: Transition[Any], language: str) -> ActTold:
    said = speaker(language)
    before = (
        [said("procedures.new")]
        if row.opens_case
        else [_state(procedure.name, state, language) for state in row.source]
    )
    leading = [_state(procedure.name, target, language) for target in targets(row) if target != SAME]
    return ActTold(
        row.name, _act(procedure.name, row.name, language), before, leading or [said("procedures.same")],
        [name_of("office", office, language) for office in offices(row)], [_norm(norm, language) for norm in row.norms],
        list(_rules(row, language)),
        [name_of("fact", field.alias or name, language) for name, field in row.facts.model_fields.items()],
        list(dict.fromkeys(_follows(procedure, row, language))), row.joint,
    )  # fmt: skip


def _rules(row: Transition[Any], language: str) -> Iterator[tuple[str, list[str]]]:
    """Say what each guard asks, once, with the norms that it carries out."""
    for guard in {guard.name: guard for guard in guards_of(row)}.values():
        yield (
            say(f"rules.{guard.name}", language),
            list(dict.fromkeys(norm for norm in norms_of(guard) if norm in NORMS)),
        )


def guards_of(row: Transition[Any]) -> Iterator[Any]:
    """Yield everything that an act's row checks, warnings and branches included."""
    yield from (*row.guards, *row.warns)
    for branch in row.to:
        yield from branch.guards


def _follows(procedure: Procedure[Any], row: Transition[Any], language: str) -> Iterator[str]:
    said, anew = speaker(language), moved(procedure, row)
    for branch in row.to:
        for term in branch.opens:
            key = "procedures.moves" if term.name in anew else f"procedures.opens_{term.kind}"
            yield said(key, deadline=name_of("deadline", f"{procedure.name}.{term.name}", language))
        yield from _closes(procedure, branch, language)
        for one in branch.consequences:
            yield said(
                "procedures.brings",
                act=_act(one.procedure, one.act, language),
                procedure=_name(one.procedure, language),
            )
        if branch.notices:
            yield said("procedures.tells")


def _closes(procedure: Procedure[Any], branch: Branch[Any], language: str) -> Iterator[str]:
    said = speaker(language)
    for name in branch.closes:
        if name != ALL:
            yield said("procedures.closes", deadline=name_of("deadline", f"{procedure.name}.{name}", language))


def _norm(norm: str, language: str) -> tuple[str, str]:
    return norm, NORMS[norm].title[language]


def _name(procedure: str, language: str) -> str:
    return name_of("procedure", procedure, language)


def _act(procedure: str, act: str, language: str) -> str:
    return name_of("act", f"{procedure}.{act}", language)


def _state(procedure: str, state: str, language: str) -> str:
    return name_of("state", f"{procedure}.{state}", language) if state != NEW else speaker(language)("procedures.new")


def _excluded(procedure: Procedure[Any], path: Any, language: str) -> str:
    acts = [_act(procedure.name, act, language) for act in path.without]
    return speaker(language)("procedures.excluded", state=_state(procedure.name, path.state, language), acts=acts)


# ------------------------------------------------------------------------------------------------------------------ uses


def _nothing(name: str, language: str) -> Iterator[Use]:
    del name, language
    yield from ()


def _of_act(kind: str, procedure: str, act: str, language: str) -> Use:
    text = speaker(language)(
        "norms.in_procedure", text=_act(procedure, act, language), procedure=_name(procedure, language)
    )
    return Use(kind, text, f"/procedures/{procedure}#{act}")


def _acts_with(kind: str, has: Callable[[Transition[Any], str], bool]) -> Callable[[str, str], Iterator[Use]]:
    """Return what names the acts that a part of the table belongs to."""

    def said(name: str, language: str) -> Iterator[Use]:
        procedure, _, part = name.partition(".")
        if procedure in PROCEDURES:
            rows = (row for row in PROCEDURES[procedure].acts if has(row, part))
            yield from (_of_act(kind, procedure, row.name, language) for row in rows)

    return said


def _deadline(name: str, language: str) -> Iterator[Use]:
    procedure = name.partition(".")[0]
    text = name_of("deadline", name, language)
    yield Use(
        "deadline",
        speaker(language)("norms.in_procedure", text=text, procedure=_name(procedure, language)),
        f"/procedures/{procedure}",
    )


def _consequence(name: str, language: str) -> Iterator[Use]:
    procedure, _, rest = name.partition(".")
    act, _, brought = rest.partition(" ⇒ ")
    other, _, done = brought.partition(".")
    text = speaker(language)("norms.brings", act=_act(procedure, act, language), brought=_act(other, done, language))
    yield Use("consequence", text, f"/procedures/{procedure}#{act}")


def _duty(name: str, language: str) -> Iterator[Use]:
    yield Use("duty", _name(name, language), f"/procedures/{name}")


def _way(name: str, language: str) -> Iterator[Use]:
    procedure, _, rest = name.partition(": ")
    for path in PROCEDURES[procedure].forbidden_paths:
        if f"{path.state} without {' or '.join(path.without)}" == rest:
            yield Use("way", _excluded(PROCEDURES[procedure], path, language), f"/procedures/{procedure}")


def _ruling(name: str, language: str) -> Iterator[Use]:
    yield Use("ruling", RULINGS[name].question(language), f"/rulings#{name}")


_SAID: dict[str, Callable[[str, str], Iterator[Use]]] = {
    "act": _acts_with("act", lambda row, name: row.name == name),
    "guard": _acts_with("guard", lambda row, name: any(guard.name == name for guard in guards_of(row))),
    "notice": _acts_with(
        "notice", lambda row, name: any(one.name == name for branch in row.to for one in branch.notices)
    ),
    "record": _acts_with(
        "record", lambda row, name: any(one.name == name for branch in row.to for one in branch.writes)
    ),
    "deadline": _deadline,
    "consequence": _consequence,
    "standing duty": _duty,
    "excluded way": _way,
    "ruling": _ruling,
}
KINDS_OF_USE = ("act", "guard", "deadline", "consequence", "notice", "record", "duty", "way", "ruling")
