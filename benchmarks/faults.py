"""Faults at named points: a database that fails, or ends its process, at a statement or at a commit.

A point is `before INSERT entries`, `before COMMIT`, `COMMIT sent` (PostgreSQL: nobody knows yet what became of it),
`after COMMIT`, `before mail`, `after mail`, `before call`, `after call`. `KENES_CRASH_AT="before COMMIT#3"` ends the process
at the third of its kind, `KENES_CRASH_AT="#17"` at the seventeenth point of all. Nothing of this is part of the product.
"""

import contextlib
import functools
import os
import re
from collections.abc import Callable, Iterator
from typing import Any

from models.database import Database, Db

VARIABLE = "KENES_CRASH_AT"
ENDED = 9  # exit status, as after a kill

_TABLE = re.compile(r"\b(?:FROM|INTO|UPDATE|TABLE|JOIN)\s+\"?([a-z_]+)", re.IGNORECASE)


class Broken(Exception):
    """What was to fail has failed."""


class Faults:
    """Counts the points that are reached, and strikes at the chosen one."""

    def __init__(self, crash_at: str = "", *, strike: Callable[[], None] | None = None) -> None:
        self._strike = strike or _end
        self.aim(crash_at)

    def aim(self, crash_at: str) -> None:
        """Choose where to strike next (nowhere: an empty text), and count anew."""
        name, _, nth = crash_at.partition("#")
        self._name, self._nth, self._left = name, bool(crash_at), int(nth or 1)
        self.reached: list[str] = []
        self.struck = ""

    def reach(self, point: str) -> None:
        """Be at a point."""
        self.reached.append(point)
        if not self._nth or self._name not in ("", point):
            return
        self._left -= 1
        if self._left == 0:
            self.struck = point
            self._strike()


def raises() -> None:
    """Strike by an error."""
    raise Broken


def _end() -> None:
    os._exit(ENDED)


class FaultyDatabase(Database):
    """A database whose transactions that write pass the points of *faults*."""

    def __init__(self, url: str, faults: Faults, **more: Any) -> None:
        super().__init__(url, **more)
        self._faults = faults

    @contextlib.contextmanager
    def transaction(self, *, keep: bool = True, write: bool = True) -> Iterator[Db]:
        """Open a transaction."""
        if not (keep and write):
            with super().transaction(keep=keep, write=write) as db:
                yield db
            return
        with super().transaction() as db:
            before_every_statement(db, lambda sql: self._faults.reach(f"before {kind_of(sql)}"))
            yield db
            self._faults.reach("before COMMIT")
            if self.kind == "postgresql":
                _watch_the_answer(db, self._faults)
        self._faults.reach("after COMMIT")


def before_every_statement(db: Db, look: Callable[[str], None]) -> None:
    """Let *look* see each statement of a transaction before it is sent; it is not sent if it raises."""

    def watched(send: Callable[..., Any]) -> Any:
        def looked_at(sql: str, *parameters: Any) -> Any:
            look(sql)
            return send(sql, *parameters)

        return looked_at

    # What else a transaction offers goes through these.
    for name in ("all", "one", "run", *(["ask"] if db.kind == "postgresql" else [])):
        setattr(db, name, watched(getattr(db, name)))


def _watch_the_answer(db: Any, faults: Faults) -> None:
    """Be at a point between the sending of COMMIT and its answer."""
    wait = db.flush

    def flush() -> None:
        if db._pipeline is not None:
            db._raw.pgconn.flush()
        faults.reach("COMMIT sent")
        wait()

    db.flush = flush


@functools.lru_cache(maxsize=1024)
def kind_of(sql: str) -> str:
    """Name a statement by its verb and its table."""
    table = _TABLE.search(sql)
    return f"{sql.split(None, 1)[0].upper()} {table[1] if table else ''}".strip()


def watch_deliveries(faults: Faults) -> None:
    """Be at points before and after every letter and every call that this process sends."""
    import smtplib

    import httpx

    smtplib.SMTP.send_message = _around(smtplib.SMTP.send_message, "mail", faults)  # type: ignore[method-assign]
    httpx.Client.post = _around(httpx.Client.post, "call", faults)  # type: ignore[method-assign]


def _around(send: Callable[..., Any], name: str, faults: Faults) -> Any:
    @functools.wraps(send)
    def sent(*arguments: Any, **more: Any) -> Any:
        faults.reach(f"before {name}")
        answer = send(*arguments, **more)
        faults.reach(f"after {name}")
        return answer

    return sent
