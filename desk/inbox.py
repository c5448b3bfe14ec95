"""The inbox: what waits on one person, by when, and what waits for others."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from itertools import islice
from typing import Any, NamedTuple

from desk.listing import Duties, duties, rows_of_states
from desk.ordered import COLUMNS, Row
from desk.shapes import moment
from machines.authority import entered_by
from machines.procedures import PROCEDURES
from machines.rulebook import Rulebook
from machines.waiting import TASKS, acts_of_state, states_waiting, tasks_of
from machines.wording import has, say
from machines.zones import local_day
from models.database import Db, instant

MOST = 500  # of what waits: the nearest deadlines; nobody reads more at once
AT_ONCE = 300  # cases asked for in one query
MOST_DONE, MOST_COMING = 50, 20  # of what one has done lately, of what comes next
FOLDERS = ("overdue", "today", "week", "later", "waiting")

_DUE = "(SELECT min(d.due_at) FROM deadlines d WHERE d.number = c.number AND d.state = 'open')"
_TASKS = f"""SELECT {COLUMNS}, d.due_at FROM deadlines d JOIN cases c ON c.number = d.number
 WHERE c.procedure = ? AND d.name = ? AND d.state = 'open' AND NOT EXISTS (SELECT 1 FROM cases q WHERE q.about = c.number AND NOT q.final)
 ORDER BY d.due_at, d.number LIMIT ?"""  # noqa: S608
# Whom these are about is known: no facts are needed to say what they are about, nor which acts fall to whom.
_KNOWN = COLUMNS.replace("c.facts", "'{}'")
_OWN = f"SELECT {_KNOWN}, {_DUE} FROM cases c WHERE c.person_id = ? AND NOT c.final ORDER BY c.number LIMIT ?"  # noqa: S608
_NOMINATED = f"""SELECT {_KNOWN}, {_DUE} FROM cases c WHERE c.procedure = 'candidacy' AND c.body = ? AND NOT c.final
 ORDER BY c.number LIMIT ?"""  # noqa: S608

_ABOUT = "SELECT about, procedure, state FROM cases WHERE about IN ({marks}) AND NOT final ORDER BY number"
_OPEN_TERMS = """SELECT d.number, c.procedure, d.name FROM deadlines d JOIN cases c ON c.number = d.number
 WHERE d.number IN ({marks}) AND d.state = 'open' ORDER BY d.number, d.name"""
_DONE = """SELECT e.number, e.procedure, e.act, e.seq, e.recorded_at, c.zone FROM entries e JOIN cases c ON c.number = e.number
 WHERE e.actor = ? ORDER BY e.position DESC LIMIT ?"""


class Task(NamedTuple):
    """A case that waits, and for which acts."""

    case: Row
    acts: tuple[str, ...]


def inbox(
    db: Db, person: str, *, at: datetime, book: Rulebook, language: str, most: int = MOST
) -> dict[str, dict[str, list[Any]]]:  # fmt: skip
    """Answer what waits on *person*, sorted into overdue, today, this week and later, and what he waits for: `waiting`.

    Of each kind of what waits the *most* nearest terms are told.
    """
    folders = tasks(db, duties(db, person, at=at, book=book), at=at, most=most)
    return {
        folder: {"items": [_item(task, language, others=folder == "waiting") for task in found]}
        for folder, found in folders.items()
    }


def tasks(db: Db, mine: Duties, *, at: datetime, most: int) -> dict[str, list[Task]]:
    """Sort what waits on somebody as the inbox does."""
    folders: dict[str, list[Task]] = {folder: [] for folder in FOLDERS}
    rows = rows_of_states(db, states_waiting(mine.held, deputies=mine.deputies), limit=most)
    mine_now = [*_falling_to(mine, rows), *_tasks(db, mine, most)]
    for task in sorted(mine_now, key=_nearest_term):
        folders[_folder(task.case, at)].append(task)
    seen = {task.case.number for task in mine_now}
    folders["waiting"] = [*_awaited(db, [*_for_others(db, mine, rows, seen)])]
    return folders


def done_lately(db: Db, person: str, *, since: datetime) -> list[dict[str, Any]]:
    """Return what *person* has entered since an instant, the latest first."""
    rows = (row for row in db.all(_DONE, person, MOST_DONE) if instant(row[4]) >= since)
    return [
        {"case": number, "procedure": procedure, "act": act, "seq": seq, "at": instant(at), "zone": zone}
        for number, procedure, act, seq, at, zone in rows
    ]


def coming(db: Db, mine: Duties) -> list[Row]:
    """Return cases that are one act away from waiting on somebody, the nearest term first."""
    leads_to = _leading_to(tuple(states_waiting(mine.held, deputies=mine.deputies)))
    rows = rows_of_states(db, leads_to, limit=5 * MOST_COMING)
    next_mine = (
        row for row in rows if not mine.acts(row) and mine.acts(row._replace(state=leads_to[row.procedure, row.state]))
    )
    return list(islice(next_mine, MOST_COMING))


@lru_cache(maxsize=64)  # as many as there are ways to hold offices
def _leading_to(waiting: tuple[tuple[str, str], ...]) -> Mapping[tuple[str, str], str]:
    """Return the states, each of its procedure, from which one act leads to a state that waits, and to which."""
    return {
        (procedure.name, source): branch.to
        for procedure in PROCEDURES.values()
        for row in procedure.acts
        for source in row.source
        for branch in row.to
        if (procedure.name, branch.to) in waiting and branch.to != source
    }


def _falling_to(mine: Duties, rows: Iterable[Row]) -> Iterator[Task]:
    for row in rows:
        acts = mine.acts(row)
        if acts:
            yield Task(row, tuple(f"{row.procedure}.{act}" for act in acts))


def _tasks(db: Db, mine: Duties, most: int) -> Iterator[Task]:
    """What waits for an act that opens another case, and nobody has opened it yet."""
    for deadline, act in tasks_of(mine.person, mine.held, deputies=mine.deputies).items():
        yield from (Task(Row(*row), (act,)) for row in db.all(_TASKS, *deadline.split("."), most))


def _for_others(db: Db, mine: Duties, rows: Iterable[Row], seen: set[str]) -> Iterator[Row]:
    """Find what the person has a part in and others are to do: joint acts, his own cases, his body's nominations."""
    bodies = {one.body for one in mine.held if one.body}
    found = [*rows, *(Row(*row) for row in db.all(_OWN, mine.person, MOST))]
    found += [Row(*row) for body in sorted(bodies) for row in db.all(_NOMINATED, body, MOST)]
    for row in found:
        concerned = row.person == mine.person or row.body in bodies or f'"{mine.person}"' in row.joint
        if row.number not in seen and concerned:
            seen.add(row.number)
            yield row


def _awaited(db: Db, rows: Sequence[Row]) -> Iterator[Task]:
    """Find which acts of others each case waits for: its state's, else those of the case about it, else what opens such a case."""
    ahead = dict.fromkeys(row.number for row in rows if not acts_of_state(row.procedure, row.state))
    about, tasks = _cases_about(db, [*ahead]), _open_tasks(db, [*ahead])
    for row in rows:
        acts = _acts_of(row.procedure, row.state)
        if row.number in ahead:
            acts = tuple(about[row.number] if row.number in about else tasks.get(row.number, ()))
        if acts:
            yield Task(row, acts)


def _cases_about(db: Db, numbers: Sequence[str]) -> dict[str, list[str]]:
    """Return the acts that the open cases about these cases wait for."""
    found: dict[str, list[str]] = {}
    for number, procedure, state in _of_each(db, _ABOUT, numbers):
        found.setdefault(number, []).extend(_acts_of(procedure, state))
    return found


def _open_tasks(db: Db, numbers: Sequence[str]) -> dict[str, list[str]]:
    """Return the acts that the open deadlines of these cases wait for, each of which opens another case."""
    found: dict[str, list[str]] = {}
    for number, procedure, name in _of_each(db, _OPEN_TERMS, numbers):
        found.setdefault(number, []).extend([TASKS[f"{procedure}.{name}"][0]] if f"{procedure}.{name}" in TASKS else [])
    return found


def _of_each(db: Db, query: str, numbers: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    for start in range(0, len(numbers), AT_ONCE):
        asked = numbers[start : start + AT_ONCE]
        yield from db.all(query.format(marks=", ".join("?" * len(asked))), *asked)


@cache
def _acts_of(procedure: str, state: str) -> tuple[str, ...]:
    return tuple(f"{procedure}.{act}" for act in acts_of_state(procedure, state))


def _nearest_term(task: Task) -> tuple[bool, datetime]:
    """Order what waits by its term; what has none comes last, and otherwise stays in its order."""
    due = task.case.due
    return due is None, instant(due) if due is not None else datetime.min.replace(tzinfo=UTC)


def _folder(row: Row, at: datetime) -> str:
    if row.due is None:
        return "later"
    due, today, last = instant(row.due), local_day(at, row.zone), _last_day(row)
    if due <= at:
        return "overdue"
    if last == today:
        return "today"
    return "week" if last <= week_ends(today) else "later"


def week_ends(today: date) -> date:
    """Return the last day of a week: its Sunday, so that a term which ends on a day off is in the week in which it ends."""
    return today + timedelta(days=7 - today.isoweekday())


def _last_day(row: Row) -> date:
    """Return the last day of a term: one that ends at midnight ends with the day before."""
    return local_day(instant(row.due) - timedelta(microseconds=1), row.zone)


def _item(task: Task, language: str, *, others: bool) -> dict[str, Any]:
    row, acts = task
    return {
        "case": row.number, "procedure": row.procedure, "state": row.state, "act": _short(acts[0], row) if acts else None,
        "acts": list(acts), "due": moment(row.due, row.zone) if row.due is not None else None,
        "reason": reason_of(task, language, others=others), "person": row.person,
    }  # fmt: skip


def reason_of(task: Task, language: str, *, others: bool) -> str:
    """Say what somebody, or others, are to do, and until when."""
    reason = _reason(task.acts, language, others=others)
    if task.case.due is None:
        return reason
    return f"{reason} {say('desk.inbox.until', language, day=_last_day(task.case))}"


@cache
def _reason(acts: tuple[str, ...], language: str, *, others: bool) -> str:
    named = [say(f"names.act.{act}", language) for act in acts]
    key = "desk.inbox.others" if others else "desk.inbox.mine"
    return say(key, language, acts=named, offices=_offices(acts, language))


def _short(act: str, row: Row) -> str:
    """Leave the procedure out where it is the case's own."""
    return act.removeprefix(f"{row.procedure}.")


def _offices(acts: tuple[str, ...], language: str) -> list[str]:
    """Name who is to act; the President's acts are entered by the working body."""
    names: list[str] = []
    for act in acts:
        procedure, _, name = act.partition(".")
        for office in PROCEDURES[procedure].rows[name].persons:
            shown = entered_by(office)
            if has(f"names.office.{shown}"):
                names.append(say(f"names.office.{shown}", language))
    return list(dict.fromkeys(names))
