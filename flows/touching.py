"""Leave word which run touched which case, and forget it after a while."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from models.database import Database

KEPT = timedelta(days=90)
LONGEST = 200  # of what a run did, in words

_LEAVE = """INSERT INTO touches (number, run_id, flow, at, did) VALUES (?, ?, ?, ?, ?)
 ON CONFLICT (number, run_id) DO UPDATE SET at = excluded.at, did = excluded.did"""
_LAST_RUN = "UPDATE heartbeats SET run_id = ? WHERE name = ?"
_FORGET = "DELETE FROM touches WHERE at < ?"


def summed_up(each: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Say in one line for each case what was done: `admit; letter sent ×3`, at most so long."""
    done: dict[str, dict[str, int]] = {}
    for number, did in each:
        counted = done.setdefault(number, {})
        counted[did] = counted.get(did, 0) + 1
    return {number: _one_line(counted)[:LONGEST] for number, counted in done.items()}


def leave_word(database: Database, now: datetime, *, run: str, flow: str, touched: Mapping[str, str]) -> None:
    """Note which run of a flow was the last, and for each case what it did about it; said twice it is noted once."""
    rows = [(number, run, flow, now, did[:LONGEST]) for number, did in touched.items()]
    with database.transaction() as db:
        db.run(_LAST_RUN, run, flow)
        db.many(_LEAVE, rows)


def forget_old(database: Database, now: datetime) -> None:
    """Drop what is older than ninety days."""
    with database.transaction() as db:
        db.run(_FORGET, now - KEPT)


def _one_line(counted: Mapping[str, int]) -> str:
    return "; ".join(f"{did} ×{times}" if times > 1 else did for did, times in counted.items())
