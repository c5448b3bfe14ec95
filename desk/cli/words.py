"""How the command line says cases and acts to people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from desk.cli.console import Console, moment

NAMED_AT_MOST = 6  # more people in one office are counted


def say_done(console: Console, answer: Mapping[str, Any]) -> None:
    """Say what an act has done."""
    case, entry = answer["case"], answer["entry"]
    console.say(f"{case['number']}: {case['state']}, entry {case['seq']} ({', '.join(entry['norms'])})")
    say_warnings(console, entry["warnings"])
    for missing in (one for one in entry["passed_over"] if one["code"] == "joint.others_missing"):
        console.say(f"  {missing['reason']}")
    for skipped in entry.get("skipped", ()):
        console.say(f"  not done: {skipped['act']} {skipped['case']}")


def say_moved(console: Console, moved: Iterable[tuple[str, str]]) -> None:
    """Say what else an act has moved."""
    from machines.wording import say

    for case, state in moved:
        console.say(f"  {say('desk.terminal.moved', console.language, case=case, state=state)}")


def say_warnings(console: Console, warnings: Any) -> None:
    """Say what was noticed."""
    for warning in warnings:
        console.say(f"  warning {warning['norm']}  {warning['reason']}")


def say_played(console: Console, one: Mapping[str, Any]) -> None:
    """Say what a played act would give."""
    from desk.cli.failure import said_of

    if one["done"]:
        console.say(f"{one['act']}:")
        say_done(console, one)
        for line in (*_standing(one["case"]), *_deadlines(one["opens"])):
            console.say(line)
    else:
        console.say("\n".join([f"{one['act']}:", *(f"  {line}" for line in said_of(one["problem"]))]))


def say_case(console: Console, case: Mapping[str, Any]) -> None:
    """Say how a case stands."""
    console.say("\n".join(lines_of(case)))


def lines_of(case: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines that show a case."""
    yield f"{case['number']}  {case['procedure']}: {case['state']}, entry {case['seq']}"
    yield f"  opened {moment(case['opened_at'])}"
    yield from _parties(case["parties"])
    yield from _standing(case)
    yield from (f"  {line}" for line in _facts(case["facts"]))
    yield from _deadlines(case["deadlines"])
    for run in case.get("runs", ()):
        yield f"  run {run['flow']} {moment(run['at'])}: {run['did']}"
        if link := run.get("link"):
            yield f"      {link}"


def _deadlines(deadlines: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Name deadlines, each with how it was counted."""
    for deadline in deadlines:
        overdue = ", overdue" if deadline.get("overdue") else ""
        yield f"  deadline {deadline['name']} ({deadline['norm']}): {moment(deadline['due'])}{overdue}"
        yield from (f"      {step}" for step in deadline["derivation"])


def _parties(parties: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Name who has taken part; where many act in one office, how many they are."""
    by_roles: dict[str, list[str]] = {}
    for party in parties:
        by_roles.setdefault(", ".join(party["roles"]), []).append(f"{party['name']} ({party['person_id']})")
    for roles, people in by_roles.items():
        yield f"  {roles}: {len(people)} people" if len(people) > NAMED_AT_MOST else f"  {roles}: {', '.join(people)}"


def _standing(case: Mapping[str, Any]) -> Iterator[str]:
    """Say how a vote, a quorum or a request stands, and whether the outcome can still change."""
    if case.get("force"):
        yield f"  force: {case['force']}"
    if case.get("counts"):
        yield "  counts: " + ", ".join(f"{name} {votes}" for name, votes in case["counts"].items())
    proof = case.get("proof")
    if proof:
        decided = "the outcome is decided" if proof["decided"] else "the outcome can still change"
        yield f"  proof: {proof['needed']} needed, {proof['missing']} missing; {decided}"


def _facts(facts: Mapping[str, Any]) -> list[str]:
    """Write facts as they are given to an act: in YAML."""
    import yaml

    return yaml.safe_dump(dict(facts), allow_unicode=True, sort_keys=False).splitlines() if facts else []


def say_entries(console: Console, entries: list[dict[str, Any]]) -> None:
    """Say the journal of a case."""
    columns = ("entry", "act", "to", "at", "effective", "by", "norms", "hash")
    rows = (
        (e["seq"], e["act"], e["to"], e["at"][:19], e["effective_at"][:19], e["on_behalf_of"] or e["actor"], e["norms"], e["hash"][:12])
        for e in entries
    )  # fmt: skip
    console.table(columns, rows)


def say_answers(console: Console, acts: Iterable[Mapping[str, Any]]) -> None:
    """Say of every act whether it may be done, and if not, why not."""
    from machines.wording import has, say

    language = console.language
    for act in acts:
        said = "yes" if act["allowed"] else "not_now" if act["refusals"] else "not_yours"
        offices = [
            say(f"names.office.{who}", language) if has(f"names.office.{who}") else who for who in act["who_can"]
        ]
        console.say(f"{act['act']}: {say(f'desk.terminal.{said}', language, offices=offices)}")
        for refusal in act["refusals"]:
            console.say(f"  {refusal['norm']}  {refusal['reason']}")
            console.say(f"        → {refusal['remedy']}")
        say_warnings(console, act["warnings"])
