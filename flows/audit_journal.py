"""Audit what is recorded: every night the journal is replayed, every vote counted again, every deadline held to its derivation."""

from datetime import datetime
from itertools import chain
from typing import Any, NamedTuple

from prefect import flow
from prefect.client.schemas.objects import State

from flows.home import Home
from flows.run import Told, carry_out, listed
from flows.sweeps import beat, note_alarms
from flows.touching import forget_old
from flows.writing import case_link
from machines.alarms import Found
from machines.deadlines_checked import deadline_faults
from machines.journal import Report, verify
from machines.procedures import procedure_of_number
from machines.recount import recount
from machines.replay import Fault
from machines.seals import public_key
from models.database import Database
from models.home import signing_key

COLUMNS = ("where", "entry", "what does not hold", "found")
KEPT_FAULTS = 1_000  # a journal that is broken throughout is told by its first faults


class Audited(NamedTuple):
    """What an audit has looked at, and everything that does not hold."""

    report: Report
    faults: tuple[Fault, ...]


@flow(name="audit_journal", validate_parameters=False)
async def audit_journal() -> State[Any]:
    """Replay every case, verify chains and seals, recount every vote; fail with every fault."""
    return await carry_out(_work, artifact="audited-journal")


def _work(home: Home, now: datetime) -> Told:
    audited = audit_now(home.database, keys=(public_key(signing_key(home.settings)),))
    told = told_of(audited, home)
    count = len(audited.faults)
    note_alarms(
        home.database, "audit", [Found("audit", "audit", numbers={"count": count})] if count else [], now, home.settings
    )
    forget_old(home.database, now)
    beat(home.database, "audit_journal", now, "audited", entries=audited.report.entries, faults=count)
    return told


def audit_now(database: Database, *, keys: tuple[str, ...]) -> Audited:
    """Look at everything in one transaction that only reads: others go on meanwhile."""
    with database.transaction(write=False) as db:
        report = verify(db, public_keys=keys)
        faults = [*report.faults[:KEPT_FAULTS]]
        for fault in chain(recount(db), deadline_faults(db)):
            if len(faults) >= 2 * KEPT_FAULTS:
                break
            faults.append(fault)
    return Audited(report, tuple(faults))


def told_of(audited: Audited, home: Home) -> Told:
    """Say that everything holds, or what does not and what to do."""
    report, faults = audited
    looked_at = f"{report.entries} entries of {report.cases} cases, {report.seals} seals"
    if not faults:
        title = f"everything holds: {looked_at}"
        return Told("Whole", title, ("entries", "cases", "seals", "not sealed yet", "erased"), [_counted(report)])
    where = listed(list(dict.fromkeys(fault.number for fault in faults)))
    title = f"NOT whole: {len(faults)} faults in {looked_at}: {where}"
    touched = {fault.number: f"fault: {fault.code}" for fault in reversed(faults) if _is_case(fault.number)}
    return Told("Not whole", title, COLUMNS, [_row(fault, home) for fault in faults], _alarm(faults), touched)


def _counted(report: Report) -> tuple[str, ...]:
    numbers = (report.entries, report.cases, report.seals, report.unsealed, report.erased)
    return tuple(str(number) for number in numbers)


def _row(fault: Fault, home: Home) -> tuple[str, ...]:
    where = case_link(home.settings.url, fault.number) if _is_case(fault.number) else fault.number
    return (where, str(fault.seq), fault.code, fault.detail)


def _is_case(number: str) -> bool:
    return number.count("-") == 2 and procedure_of_number(number) is not None


def _alarm(faults: tuple[Fault, ...]) -> str:
    where = listed(list(dict.fromkeys(f"{fault.number}/{fault.seq}" for fault in faults)))
    return (
        f"{len(faults)} faults ({where}): the table of this run has them. Entries and votes cannot be changed through kenes: somebody or "
        "something has written to the database. Stop kenes, keep the home as it is, and compare it with the last backup and export "
        "(`kenes verify` says the faults of the journal again)."
    )
