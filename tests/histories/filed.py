"""What differs is written as a scenario: it expects what the reference says, and `kenes simulate` shows what the program does instead."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from desk.rehearsal.scenario import Step, at_minute
from desk.rehearsal.written import plain, remarks, written
from tests.histories.stage import Difference, Setting
from tests.reference import Case, World


def file_of(
    setting: Setting, steps: Sequence[Step], world: World, difference: Difference, had: Mapping[Case, set[str]]
) -> str:
    """Write a history that ends where program and reference differ."""
    head: dict[str, Any] = {"title": "The program and the reference differ", "starts": at_minute(setting.starts)}
    if setting.rulings:
        head["rulings"] = dict(setting.rulings)
    head["roster"] = {name: plain(value) for name, value in setting.roster}
    told = [step_as_data(step) for step in steps] + list(_looks(world, difference, had))
    return remarks(str(difference)) + written(head, told)


def step_as_data(step: Step) -> dict[str, Any]:
    """Write a step as the scenario language has it."""
    told: dict[str, Any] = {"at": at_minute(step.at)}
    if step.act:
        told |= {"who": step.who[0], "act": step.act, "case": step.case}
        told |= {"facts": dict(step.facts)} if step.facts else {}
        for key in ("seen", "on_behalf_of", "document"):
            if getattr(step, key) is not None:
                told[key] = getattr(step, key)
        if step.refused is not None:
            told["refused"] = plain(step.refused)
    elif step.calendar:
        told["calendar"] = plain({kind: list(days) for kind, days in step.calendar.items()})
    elif step.case:
        told["case"] = step.case
    return told | ({"expect": plain(dict(step.expect))} if step.expect else {})


def keep(folder: Path, text: str) -> Path:
    """Keep a file under a name that is free."""
    folder.mkdir(parents=True, exist_ok=True)
    number = next(n for n in range(1, 10_000) if not (folder / f"difference-{n}.yaml").exists())
    path = folder / f"difference-{number}.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def _looks(world: World, difference: Difference, had: Mapping[Case, set[str]]) -> Iterator[dict[str, Any]]:
    """Look at every case that does not stand as the reference has it, and at who is in office."""
    at = at_minute(world.now)
    for name, (mine, theirs) in difference.cases.items():
        if name == "in office":
            people = {person for _, person, _ in {**(mine - theirs), **(theirs - mine)}}
            offices = {
                who: sorted({m.office for m in world.cases if m.person == who and m.holds(world.now)})
                for who in sorted(people)
            }
            counts = {"members": len(world.holders("member")), "council": len(world.holders("council_member"))}
            yield {"at": at, "expect": counts | {"offices": offices}}
            continue
        c = world.case(name)
        if c is None:
            continue
        dues = {each: _due(due) for each, due in c.open.items()}
        others = {due.partition(" ")[0] for _, _, *found in theirs or () for due in found}
        dues |= {each: "closed" if each in had.get(c, ()) else "none" for each in sorted(others - set(dues))}
        yield {
            "at": at,
            "case": c.name,
            "expect": {"state": c.state, "entries": c.seq} | ({"deadlines": dues} if dues else {}),
        }


def _due(due: datetime | None) -> str:
    return at_minute(due) if due else "none"
