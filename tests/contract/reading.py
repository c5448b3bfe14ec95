"""Read the contract's edge tables, and write a table of the code in the same shape."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from machines.procedure import Procedure
from machines.tables import procedure_as_data

LISTS = ("to", "by", "norms", "opens", "closes")
ACT = {"from", *LISTS, "joint", "concurrent", "facts", "there", "brings"}


@cache
def contract() -> dict[str, Any]:
    """Read the contract: every procedure by name."""
    text = Path(__file__).with_name("procedures.yaml").read_text(encoding="utf-8")
    return {name: _procedure(name, told) for name, told in yaml.safe_load(text).items()}


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
        }  # fmt: skip
    kept = {name: told[name] for name in ("name", "states", "final", "initial_acts")}
    return kept | {"letter": procedure.letter, "acts": acts, "deadlines": deadlines(procedure)}


def deadlines(procedure: Procedure[Any]) -> dict[str, Any]:
    """Return the deadlines with kind, expiry and the days of the reminders before (0 comes when it has passed)."""
    return {
        term.name: {
            "kind": term.kind,
            **({"expires": term.expires} if term.expires else {}),
            "reminders": [rung.days for rung in term.rungs if rung.days],
        }
        for row in procedure.acts
        for branch in row.to
        for term in branch.opens
    }


def differences(procedure: Procedure[Any], *, told: dict[str, Any] | None = None) -> list[str]:
    """Say field by field where a table of the code differs from the contract."""
    return list(_differences(procedure.name, told or contract()[procedure.name], as_contract(procedure)))


def _differences(where: str, told: Any, coded: Any) -> list[str]:
    if isinstance(told, dict) and isinstance(coded, dict):
        found = []
        for name in dict.fromkeys([*told, *coded]):
            if name == "reminders" and name not in told:
                continue  # dates, not days before the last: the year's end
            found += _differences(f"{where}.{name}", told.get(name, "nothing"), coded.get(name, "nothing"))
        return found
    return [] if told == coded else [f"{where}: the contract says {told}, the table {coded}"]
