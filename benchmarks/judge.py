"""What must be true whatever was killed: the record as an undisturbed telling leaves it, every letter sent."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from benchmarks.story import STORY
from machines.journal import verify
from models.database import Database, Db, instant, instant_text

# Everything that the acts of the story write, without what differs from telling to telling: salts and what is hashed with them,
# when something was recorded, how often something failed, and what reminders became (they depend on when somebody looks).
_TOLD = {
    "entries": "number, seq, procedure, act, source, target, actor, holder, office, body, norms, effective_at, cause, findings, payload",
    "cases": "number, procedure, state, seq, final, rulings, zone, person_id, body, region, parent, about, facts, joint, opened_at",
    "deadlines": "number, opened_seq, name, kind, due_at, zone, norm, steps, act, rank, opened_at, state, closed_by",
    "reminders": "number, opened_seq, deadline, rung, at, audience",
    "mandates": "number, person_id, office, body, region, slot, begins_at, ended_at",
    "answers": "actor, key, request, number, seq",
    "counters": "series, last",  # of cases; seals depend on when somebody sealed
    "ballots": "number, person_id, choice, received_at, seq",
    "participations": "number, person_id",
    "tallies": "number, choice, votes",
    "electors": "number, moment, person_id",
    "presences": "number, person_id, seq, since, until",
    "signatures": "number, person_id, at",
    "messages": 'key, "to", template, parameters, number, seq',
}
_WHERE = {
    "messages": " WHERE channel = 'person' AND template NOT LIKE 'reminder.%' AND template NOT LIKE 'passed.%'",
    "counters": " WHERE series <> 'seal'",
}

Told = dict[str, list[str]]
Acknowledged = Mapping[int, tuple[str, int]]  # case and entry by the place in the story


class Verdict(NamedTuple):
    """What was found after a telling."""

    lost: int  # acknowledged acts that are not there
    doubled: int  # acts, letters or calls that are there twice
    different: tuple[str, ...]  # rows that an undisturbed telling has not, or has and these have not
    faults: tuple[str, ...]  # of the record
    undelivered: int = 0
    again: int = 0  # deliveries of something that had been delivered: allowed, under the same id

    @property
    def well(self) -> bool:
        """Whether nothing is wrong."""
        return not (self.lost or self.doubled or self.different or self.faults or self.undelivered)


def told(db: Db) -> Told:
    """Read everything that the story has written, comparable between tellings."""
    return {
        name: sorted(
            json.dumps([_plain(value) for value in row], ensure_ascii=False)
            for row in db.all(f"SELECT {columns} FROM {name}{_WHERE.get(name, '')}")
        )
        for name, columns in _TOLD.items()
    }


def judged(
    database: Database,
    acknowledged: Acknowledged,
    reference: Told,
    *,
    letters: Sequence[str] = (),
    calls: Sequence[str] | None = None,
) -> Verdict:
    """Judge the rows after a telling, and what the receivers of letters and calls have got (None: nobody delivered)."""
    with database.transaction(write=False) as db:
        stands = told(db)
        kept = {key: (number, seq) for key, number, seq in db.all("SELECT key, number, seq FROM answers")}
        made = {(number, seq): act for number, seq, act in db.all("SELECT number, seq, act FROM entries")}
        by_people = db.one(
            "SELECT count(*) FROM entries WHERE cause = '' AND actor <> 'clock' AND recorded_at > '2006-01-01 00:00:00+00:00'"
        )
        report = verify(db)
        sent = _undelivered(db, letters, calls) if calls is not None else (0, 0)
    lost = sum(_is_lost(n, place, kept, made) for n, place in acknowledged.items())
    doubled = max(0, (by_people or (0,))[0] - len(kept)) + sent[1]
    # A reminder that somebody has staged stays where one that waits is taken back: with sweepers at work that differs.
    compared = {name: rows for name, rows in reference.items() if calls is None or name != "reminders"}
    different = (*_differences(compared, stands),)
    again = sum(count - 1 for each in (letters, calls or ()) for count in Counter(each).values())
    return Verdict(lost, doubled, different, (*map(str, report.faults),), sent[0], again)


def _is_lost(n: int, place: tuple[str, int], kept: Mapping[str, Any], made: Mapping[Any, str]) -> bool:
    return kept.get(f"story-{n}") != place or made.get(place) != STORY[n].act.partition(".")[2]


def _undelivered(db: Db, letters: Sequence[str], calls: Sequence[str]) -> tuple[int, int]:
    """Count what was not delivered, and what came under an id that belongs to nothing, or to two."""
    waiting = db.one("SELECT count(*) FROM messages WHERE sent_at IS NULL")
    people = db.one("SELECT count(*) FROM messages WHERE channel = 'person'")
    entries = {f"{number}/{seq}" for number, seq in db.all("SELECT number, seq FROM entries")}
    assert waiting is not None
    assert people is not None
    missing = max(0, people[0] - len({*letters})) + len(entries - {*calls})
    return waiting[0] + missing, max(0, len({*letters}) - people[0]) + len({*calls} - entries)


def _differences(expected: Told, found: Told) -> list[str]:
    differing = []
    for name, rows in expected.items():
        missing, more = Counter(rows) - Counter(found[name]), Counter(found[name]) - Counter(rows)
        differing += [f"{name}: missing {row}" for row in missing] + [f"{name}: too much {row}" for row in more]
    return differing


def _plain(value: Any) -> Any:
    """Return what either database gives as the same."""
    if hasattr(value, "astimezone"):
        return instant_text(instant(value))
    return int(value) if isinstance(value, bool) else str(value) if value is not None else None
