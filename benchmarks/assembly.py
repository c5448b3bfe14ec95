"""The assembly that the benchmarks lead candidacies in, and the five acts that lead them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from machines.act import Act
from machines.perform import perform
from machines.register import add_body, add_person
from machines.rulebook import Rulebook
from models.database import Database, Db

DAY_ONE = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
BATCH = 500  # nominations in one transaction while the benchmark prepares itself
VOTES = {"for": 22, "against": 3, "abstain": 1, "present": 26, "total": 30}
ORDER = {"number": "1", "date": "2026-03-02"}
# (act, actor, office, facts, the entry that was seen): what leads a nominated candidacy to its approval
STEPS: tuple[tuple[str, str, str | None, dict[str, Any], int], ...] = (
    ("admit", "wb", None, {}, 1),
    ("consider", "wb", "consequence", {"outcome": "recommended", "votes": VOTES}, 2),
    ("submit", "d1", None, {}, 3),
    ("submit", "d2", None, {}, 4),
    ("approve", "ch", None, {"order": ORDER}, 5),
)


def found(database: Database, cases: int) -> list[str]:
    """Found an assembly with everybody that the five acts need, and nominate one person a case."""
    book = Rulebook()
    with database.transaction() as db:
        for person in ("wb", "ch", "d1", "d2", "s:Kostanay"):
            add_person(db, person, names={"kk": person, "ru": person, "en": person})
        add_body(db, "Kostanay", kind="small_assembly", names={"kk": "Қостанай", "ru": "Костанай", "en": "Kostanay"})
        for act in _founding():
            perform(db, act, book)
    numbers: list[str] = []
    for first in range(0, cases, BATCH):
        with database.transaction() as db:
            numbers += [_nominate(db, book, n) for n in range(first, min(first + BATCH, cases))]
    return numbers


def step(number: str, n: int) -> Act:
    """Make the *n*-th of the five acts on a case, as a door would: with a key and what was seen."""
    name, actor, office, facts, seen = STEPS[n]
    at = DAY_ONE + timedelta(hours=n + 1)
    key = f"bench-{number}-{n}"
    return Act(
        procedure="candidacy",
        name=name,
        actor=actor,
        office=office,
        case=number,
        at=at,
        seen=seen,
        key=key,
        facts=facts,
    )


def _founding() -> Iterator[Act]:
    since = {"since": "2026-01-05"}
    decree = {"kind": "decree", "number": "1", "date": "2026-01-05"}
    assume = {"procedure": "office", "name": "assume", "actor": "wb", "at": DAY_ONE - timedelta(days=30)}
    yield Act(**assume, founding=True, facts={"person": "wb", "office": "working_body", **since})
    yield Act(**assume, facts={"person": "ch", "office": "chairman", **since})
    yield Act(**assume, facts={"person": "s:Kostanay", "office": "sa_secretariat", "body": "Kostanay", **since})
    for deputy in ("d1", "d2"):
        enrol = assume | {"procedure": "deputy_appointment", "name": "enrol"}
        yield Act(**enrol, facts={"person": deputy, "act": decree})


def _nominate(db: Db, book: Rulebook, n: int) -> str:
    person = f"p:{n}"
    add_person(db, person, names={"kk": f"Үміткер {n}", "ru": f"Кандидат {n}", "en": f"Candidate {n}"})
    facts = {
        "person": person,
        "route": "small_assembly",
        "region": "Kostanay",
        "decision": {"body": "small_assembly_session", "number": "7", "date": "2026-02-27"},
        "proposals": [{"by": "German cultural centre", "date": "2026-02-20"}],
        "consent": True,
    }
    return perform(
        db, Act(procedure="candidacy", name="nominate", actor="s:Kostanay", at=DAY_ONE, facts=facts), book
    ).number
