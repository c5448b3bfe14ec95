"""Problems: what is answered when something is not done, after RFC 9457, in the language of the reader.

Nothing of the web is imported here: the command line says the same.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from machines.clock import ELSEWHERE, ClockInDoubt
from machines.clock_watch import ClockNotTheirs
from machines.faults import fault_in_words
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
from machines.rulebook import ZONE
from machines.wording import has, say
from machines.zones import local_time
from models.database import Locked

STATUS = {
    "refused": 409, "conflict": 412, "forbidden": 403, "unauthorized": 401, "unknown": 404, "facts": 422, "precondition": 428,
    "key-reused": 422, "in-flight": 409, "too-many": 429, "clock": 503,
}  # fmt: skip


REQUEST = "request"  # what a fault is of that lies in the request itself, not in an act


class Unauthorized(Exception):
    """Nobody is known by this token, or none was *given*."""

    def __init__(self, *, given: bool) -> None:
        super().__init__("unknown token" if given else "no token")
        self.given = given


class TooMany(Exception):
    """Too many attempts failed from one place."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"too many attempts: wait {seconds} s")
        self.seconds = seconds


class ReadOnly(Forbidden):
    """The token is for reading."""

    def __init__(self) -> None:
        super().__init__("act with a token for reading", ())


class Unseen(Forbidden):
    """A case is shown to office holders and to whom it is about; its number stands for the act."""

    def __init__(self, number: str) -> None:
        super().__init__(number, ())


class OperatorsOnly(Forbidden):
    """A page is for those who look after the service."""

    def __init__(self) -> None:
        super().__init__("look after the service", ())


class Foreign(Forbidden):
    """The request was sent by a page that is not the desk's."""

    def __init__(self) -> None:
        super().__init__("act from a foreign page", ())


class Closed(Forbidden):
    """A part of the register is shown to office holders."""


_TYPES: tuple[tuple[type[Exception], str], ...] = (
    (Refused, "refused"), (Conflict, "conflict"), (WrongFacts, "facts"), (Forbidden, "forbidden"), (SeenMissing, "precondition"),
    (KeyReused, "key-reused"), (Unauthorized, "unauthorized"), (TooMany, "too-many"), (Locked, "in-flight"),
    (ClockInDoubt, "clock"),
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


def problem(error: Exception, language: str) -> dict[str, Any]:
    """Return the body of the problem that *error* is; its `status` is the one to answer with."""
    kind = type_of(error)
    return {
        "type": f"/problems/{kind}",
        "title": say(f"problems.{kind}.title", language),
        "status": STATUS[kind],
        "detail": _detail(kind, error, language),
    } | _beside(error, language)


def plain(status: int, language: str, **numbers: Any) -> dict[str, Any]:
    """Write a problem that says no more than its status (method, media type, size): RFC 9457, 4.2.1."""
    key = f"desk.http.{status}" if has(f"desk.http.{status}.title") else "desk.http.other"
    return {
        "type": "about:blank",
        "title": say(f"{key}.title", language),
        "status": status,
        "detail": say(f"{key}.detail", language, **numbers),
    }


def wrong(fact: str, code: str, reason: str, **numbers: Any) -> WrongFacts:
    """Make the error for one wrong value of a request."""
    return WrongFacts(REQUEST, [{"fact": fact, "code": code, "reason": reason, "numbers": numbers}])


def wrong_choice(fact: str, given: str, known: Sequence[str]) -> WrongFacts:
    """Make the error for a value that is none of those known."""
    reason = f"{given!r}: expected one of {', '.join(known)}"
    fault = {
        "fact": fact,
        "code": "literal_error",
        "reason": reason,
        "numbers": {"expected": list(known)},
        "known": list(known),
    }
    return WrongFacts(REQUEST, [fault])


def choice(name: str, given: str | None, known: Iterable[Any]) -> str | None:
    """Return *given* if it is one of those known."""
    names = [str(one) for one in known]
    if given is not None and given not in names:
        raise wrong_choice(name, given, names)
    return given


def _detail(kind: str, error: Exception, language: str) -> str:
    key, numbers = _of_the_door(error) or _of_what_was_asked(error) or _of_an_act(error)
    return say(f"problems.{kind}.{key}", language, **worded(numbers, language))


_SAID_PLAINLY: tuple[tuple[type[Exception], str], ...] = (
    (ReadOnly, "read_only"), (OperatorsOnly, "operators"), (Foreign, "foreign"), (Locked, "detail"),
)  # fmt: skip


def _of_the_door(error: Exception) -> tuple[str, dict[str, Any]] | None:
    if plainly := next((key for kind, key in _SAID_PLAINLY if isinstance(error, kind)), None):
        return plainly, {}
    match error:
        case Unseen():
            return "case", {"case": error.act}
        case Closed():
            return "register", {"offices": _offices(error)}
        case ClockNotTheirs():
            return "clock", {"offices": _offices(error)}
        case ClockInDoubt(doubt=doubt):
            told = {"shown": _written(doubt.shown), "expected": _written(doubt.expected)}
            return "elsewhere" if doubt.kind == ELSEWHERE else "detail", told
        case TooMany():
            return "detail", {"seconds": error.seconds}
        case Unauthorized():
            return "token" if error.given else "detail", {}
    return None


def _of_what_was_asked(error: Exception) -> tuple[str, dict[str, Any]] | None:
    match error:
        case Unknown(kind="act" | "procedure"):
            return "request", {"facts": error.kind}
        case Unknown():
            return f"kind.{error.kind}" if has(f"problems.unknown.kind.{error.kind}") else "detail", {
                "name": error.name
            }
        case WrongFacts():
            named = {"act": _act(error.act), "facts": [fault["fact"] for fault in error.faults]}
            return "request" if error.act == REQUEST else "detail", named
    return None


def _of_an_act(error: Exception) -> tuple[str, dict[str, Any]]:
    match error:
        case Conflict():
            return "detail", {"case": error.number, "seen": error.seen, "seq": error.seq}
        case SeenMissing():
            return "detail", {"case": error.number, "seq": error.seq}
        case Forbidden():
            return "detail", {"act": _act(error.act), "offices": _offices(error)}
        case Refused():
            return "detail", {"act": _act(error.act)}
        case KeyReused():
            return "detail", {"key": error.key}
    raise error


def _act(name: str) -> str:
    return f"name:act.{name}" if has(f"names.act.{name}") else name


def _written(at: datetime) -> datetime:
    """Bring an instant to the local time of the Republic."""
    return local_time(at, ZONE).replace(tzinfo=None)


def _offices(error: Forbidden) -> list[str]:
    return [f"name:office.{name}" if has(f"names.office.{name}") else name for name in error.offices]


def _beside(error: Exception, language: str) -> dict[str, Any]:
    match error:
        case Refused():
            return {"refusals": [refusal.in_words(language) for refusal in error.refusals]}
        case Conflict():
            return {"case": error.number, "seq": error.seq, "entries": []}
        case Unknown(kind="act" | "procedure"):
            return {"faults": _faults(wrong_choice(error.kind, error.name, error.known), language)}
        case WrongFacts():
            return {"faults": _faults(error, language)}
        case Forbidden():
            return {"who_can": list(error.offices)}
    return {}


def _faults(error: WrongFacts, language: str) -> list[dict[str, Any]]:
    """Say each fault in the reader's language; `hint` keeps the exact words of the check, for who writes the request."""
    return [
        fault_in_words(fault, language)
        | {"hint": fault["reason"]}
        | ({"known": fault["known"]} if "known" in fault else {})
        for fault in error.faults
    ]
