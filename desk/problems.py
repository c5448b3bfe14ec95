"""Problems: what is answered when something is not done, after RFC 9457, in the language of the reader.

Nothing of the web is imported here: the command line says the same.
"""

from collections.abc import Mapping
from typing import Any

from machines.refusal import (
    Conflict,
    Forbidden,
    KeyReused,
    Refused,
    SeenMissing,
    Unknown,
    WrongFacts,
    worded,
)
from machines.wording import has, say
from models.database import Locked

STATUS = {
    "refused": 409, "conflict": 412, "forbidden": 403, "unauthorized": 401, "unknown": 404, "facts": 422, "precondition": 428,
    "key-reused": 422, "in-flight": 409, "too-many": 429,
}  # fmt: skip


class Unauthorized(Exception):
    """Nobody is known by this token, or there is none."""


class TooMany(Exception):
    """Too many attempts failed from one place."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"too many attempts: wait {seconds} s")
        self.seconds = seconds


class ReadOnly(Forbidden):
    """The token is for reading."""

    def __init__(self) -> None:
        super().__init__("act with a token for reading", ())


_TYPES: tuple[tuple[type[Exception], str], ...] = (
    (Refused, "refused"), (Conflict, "conflict"), (WrongFacts, "facts"), (Forbidden, "forbidden"), (SeenMissing, "precondition"),
    (KeyReused, "key-reused"), (Unauthorized, "unauthorized"), (TooMany, "too-many"), (Locked, "in-flight"),
)  # fmt: skip


def type_of(error: Exception) -> str:
    """Sort *error* into the types of the contract; a bug rises.

    An unknown case is not found; an unknown act or procedure in a request is a wrong fact of it.
    """
    if isinstance(error, Unknown):
        return "facts" if error.kind in ("act", "procedure") else "unknown"
    found = next((kind for cls, kind in _TYPES if isinstance(error, cls)), None)
    if found is None:
        raise error
    return found


def status_of(error: Exception) -> int:
    """Return the status that *error* is answered with."""
    return STATUS[type_of(error)]


def problem(error: Exception, language: str) -> dict[str, Any]:
    """Return the body of the problem that *error* is; its `status` is the one to answer with."""
    kind = type_of(error)
    return {
        "type": f"/problems/{kind}",
        "title": _said(f"problems.{kind}.title", language, {}),
        "status": STATUS[kind],
        "detail": _said(f"problems.{kind}.detail", language, _numbers(error)),
    } | _beside(error, language)


def plain(status: int, language: str, **numbers: Any) -> dict[str, Any]:
    """Write a problem that says no more than its status (method, media type, size): RFC 9457, 4.2.1."""
    key = f"desk.http.{status}" if has(f"desk.http.{status}.title") else "desk.http.other"
    return {
        "type": "about:blank",
        "title": _said(f"{key}.title", language, {}),
        "status": status,
        "detail": _said(f"{key}.detail", language, numbers),
    }


def wrong(fact: str, code: str, reason: str) -> WrongFacts:
    """Make the error for one wrong value of a request."""
    return WrongFacts("request", [{"fact": fact, "code": code, "reason": reason}])


def _numbers(error: Exception) -> dict[str, Any]:
    match error:
        case Conflict():
            return {"case": error.number, "seen": error.seen, "seq": error.seq}
        case SeenMissing():
            return {"case": error.number, "seq": error.seq}
        case Unknown():
            return {"name": error.name, "kind": error.kind, "known": list(error.known), "count": 1, "act": error.name}
        case WrongFacts():
            return {"act": error.act, "count": len(error.faults), "facts": [fault["fact"] for fault in error.faults]}
        case Forbidden():
            return {"act": error.act, "offices": [f"name:office.{office}" for office in error.offices]}
        case Refused():
            return {"act": error.act, "count": len(error.refusals)}
        case KeyReused():
            return {"key": error.key}
        case TooMany():
            return {"seconds": error.seconds}
    return {}


def _beside(error: Exception, language: str) -> dict[str, Any]:
    match error:
        case Refused():
            return {"refusals": [refusal.in_words(language) for refusal in error.refusals]}
        case Conflict():
            return {"case": error.number, "seq": error.seq, "entries": []}
        case Unknown(kind="act" | "procedure"):
            reason = f"{error.name}: expected one of {', '.join(error.known)}"
            return {"faults": [{"fact": error.kind, "code": "unknown", "reason": reason, "known": list(error.known)}]}
        case WrongFacts():
            return {"faults": [dict(fault) for fault in error.faults]}
        case Forbidden():
            return {"who_can": list(error.offices)}
    return {}


def _said(key: str, language: str, numbers: Mapping[str, Any]) -> str:
    """Say the text, or the key itself where there is none: a reader must still learn what happened."""
    return say(key, language, **worded(numbers, language)) if has(key) else key
