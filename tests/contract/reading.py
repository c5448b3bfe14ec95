"""Read the contract's edge tables, and write a table of the code in the same shape."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from machines.concerned import LOOKS_AT
from machines.dated_rules import LIMITS, norms_of_rule
from machines.editions import FIRST_DAY
from machines.numbers import Share, line
from machines.procedure import Branch, Procedure
from machines.rulings import RULINGS
from machines.tables import moved, procedure_as_data

POSTS = "people"  # the unit of a rule that the register has so many posts for
LISTS = ("to", "by", "norms", "opens", "closes")
ACT = {"from", *LISTS, "joint", "concurrent", "facts", "there", "brings", "moves", "ways"}


@cache
def contract() -> dict[str, Any]:
    """Read the contract: every procedure by name."""
    text = Path(__file__).with_name("procedures.yaml").read_text(encoding="utf-8")
    return {name: _procedure(name, told) for name, told in yaml.safe_load(text).items()}


@cache
def rules() -> dict[str, Any]:
    """Read the numbers of the law and the rulings that an edition may change."""
    return yaml.safe_load(Path(__file__).with_name("rules.yaml").read_text(encoding="utf-8"))


def rules_of_the_code() -> dict[str, Any]:
    """Write the rules of the code in the contract's shape."""
    found: dict[str, Any] = {}
    for name, limits in LIMITS.items():
        told = line(name, FIRST_DAY)
        found[name] = {"value": told.value, "least": limits.least} | (
            {"most": limits.most} if told.unit == POSTS else {}
        )
    for name, ruling in RULINGS.items():
        found[name] = {"value": list(ruling.default) if isinstance(ruling.default, tuple) else ruling.default}
        found[name] |= {} if ruling.members else {"answers": list(ruling.values)}
    for name, told in found.items():
        told |= {"norms": " ".join(norms_of_rule(name)), "of": " ".join(LOOKS_AT[name])}
    return {
        name: {key: str(each) if isinstance(each, Share) else each for key, each in told.items()}
        for name, told in found.items()
    }


def _procedure(name: str, told: dict[str, Any]) -> dict[str, Any]:
    acts = {act: _act(row) for act, row in told["acts"].items()}
    return {
        "name": name,
        "letter": told["letter"],
        "states": told["states"].split(),
        "final": told["final"].split(),
        "initial_acts": [act for act, row in acts.items() if not row["from"]],
        "acts": acts,
        "deadlines": told["deadlines"],
    }


def _act(row: dict[str, Any]) -> dict[str, Any]:
    assert not row.keys() - ACT, row
    source = row["from"].split()
    return {
        "from": [] if source == ["new"] else source,
        **{name: row.get(name, "").split() for name in LISTS},
        "joint": row.get("joint", False),
        "concurrent": row.get("concurrent", False),
        "facts": sorted(row.get("facts", "").split()),
        "there": sorted(row.get("there", "").split()),
        "brings": sorted(row.get("brings", "").split()),
        "moves": sorted(row.get("moves", "").split()),
        "ways": {target: sorted(effects.split()) for target, effects in row.get("ways", {}).items()},
    }


def as_contract(procedure: Procedure[Any]) -> dict[str, Any]:
    """Write a table of the code in the contract's shape."""
    told = procedure_as_data(procedure)
    acts = {act["name"]: {name: told for name, told in act.items() if name != "name"} for act in told["acts"]}
    for name, row in procedure.rows.items():
        acts[name] |= {
            "by": [office.value for office in row.by],
            "facts": sorted(f"{field.alias or fact}{'' if field.is_required() else '?'}"
                            for fact, field in row.facts.model_fields.items()),
            "there": sorted({there.deadline for branch in row.to for there in branch.closes_there}),
            "brings": sorted({f"{what.procedure}.{what.act}" for branch in row.to for what in branch.consequences}),
            "moves": sorted(moved(procedure, row)),
            "ways": {} if row.joint or len(row.to) == 1 else {branch.to: _effects(branch) for branch in row.to},
        }  # fmt: skip
    kept = {name: told[name] for name in ("name", "states", "final", "initial_acts")}
    return kept | {"letter": procedure.letter, "acts": acts, "deadlines": deadlines(procedure)}


def _effects(branch: Branch[Any]) -> list[str]:
    brought = [f"{what.procedure}.{what.act}" for what in branch.consequences]
    return sorted([*(f"!{term.name}" for term in branch.opens), *(f"~{name}" for name in branch.closes), *brought])


def deadlines(procedure: Procedure[Any]) -> dict[str, Any]:
    """Return the deadlines with kind, expiry and the days of the reminders before (0 comes when it has passed).

    Where two acts open one deadline differently, both are shown.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    for term in (term for row in procedure.acts for branch in row.to for term in branch.opens):
        told: dict[str, Any] = {"kind": term.kind, "reminders": [rung.days for rung in term.rungs if rung.days]}
        told |= {"expires": term.expires} if term.expires else {}
        found.setdefault(term.name, []).append(told)
    return {name: each[0] if all(one == each[0] for one in each) else each for name, each in found.items()}


def differences(procedure: Procedure[Any], *, told: dict[str, Any] | None = None) -> list[str]:
    """Say field by field where a table of the code differs from the contract."""
    return list(_differences(procedure.name, told or contract()[procedure.name], as_contract(procedure)))


def _differences(where: str, told: Any, coded: Any) -> list[str]:
    if isinstance(told, dict) and isinstance(coded, dict):
        found = []
        for name in dict.fromkeys([*told, *coded]):
            found += _differences(f"{where}.{name}", told.get(name, "nothing"), coded.get(name, "nothing"))
        return found
    return [] if told == coded else [f"{where}: the contract says {told}, the table {coded}"]
