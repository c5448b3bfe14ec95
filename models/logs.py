"""How desk and flows write their logs: a line for people, or one object of JSON a line for programs.

A record brings along what it is about (case, act, norms, run); facts, choices and people never stand in it. What an exception says may
hold any of them, so of an exception its kind and where it was raised are written, and its words only where the network or the
database is away.
"""

import io
import json
import logging
import sys
import threading
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from types import TracebackType
from typing import TextIO

OURS = "kenes"  # the logger that all of ours descend from

# What a record may bring along (`extra=`), and what Prefect's own records call the same.
ABOUT = ("case", "seq", "procedure", "act", "office", "norms", "why", "deadline", "outcome", "state", "flow", "run")
_PREFECTS = {"flow_name": "flow", "flow_run_id": "run"}


class Lines(logging.Formatter):
    """A line for people: when, how grave, who says it, what, and what it is about."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record."""
        about = "".join(f" {name}={value}" for name, value in _about(record))
        at = f"{_time(record):%Y-%m-%d %H:%M:%S}"
        trace = "".join(f"\n{line}" for line in _trace(record))
        return f"{at} {record.levelname:7} {record.name}: {record.getMessage()}{about}{trace}"


class JsonLines(logging.Formatter):
    """One object of JSON a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record."""
        told = {
            "time": _time(record).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        } | dict(_about(record))
        trace = _trace(record)
        return json.dumps(told | ({"error": trace[0], "trace": trace[1:]} if trace else {}), ensure_ascii=False)


def write_logs(form: str, *, to: TextIO | None = None) -> None:
    """Write what this process logs as *form* says (text, json): ours from `info` on, of others what is a warning.

    What other libraries have set up to write on the terminal writes in the same form; where they send records besides is
    left alone. What they print, their warnings, and an error that nobody has caught, in whatever thread, are records too.
    """
    handler = logging.StreamHandler(to or sys.stderr)
    handler.setFormatter(JsonLines() if form == "json" else Lines())
    root = logging.getLogger()
    known = [logger for logger in root.manager.loggerDict.values() if isinstance(logger, logging.Logger)]
    for logger in (root, *known):
        terminals = [each for each in logger.handlers if isinstance(each, logging.StreamHandler)]
        for each in terminals:
            logger.removeHandler(each)
        if logger is root or terminals:
            logger.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.raiseExceptions = False  # a record that could not be sent on would be told in a form of its own
    logging.getLogger(OURS).setLevel(logging.INFO)
    sys.excepthook = _uncaught
    threading.excepthook = lambda told: _uncaught(told.exc_type, told.exc_value, told.exc_traceback)
    sys.unraisablehook = lambda told: _uncaught(told.exc_type, told.exc_value, told.exc_traceback)
    logging.captureWarnings(True)
    sys.stdout = Printed()


class Printed(io.TextIOBase):
    """Takes what is printed: each print is one record, whatever lines it has."""

    def __init__(self) -> None:
        self._begun = threading.local()  # threads print at once

    def writable(self) -> bool:
        """Say that it may be written to."""
        return True

    def write(self, text: str) -> int:
        """Take a part of what is printed; the end of a line ends the record."""
        told = getattr(self._begun, "text", "") + text
        self._begun.text = "" if told.endswith("\n") else told
        if told.endswith("\n") and told.strip():
            logging.getLogger(f"{OURS}.printed").info("%s", told.strip())
        return len(text)


def _uncaught(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    if error is not None and not issubclass(kind, SystemExit):
        logging.getLogger(OURS).critical("an error that nobody has caught", exc_info=(kind, error, trace))


def _time(record: logging.LogRecord) -> datetime:
    return datetime.fromtimestamp(record.created, UTC)


def _about(record: logging.LogRecord) -> Iterator[tuple[str, str | int]]:
    """Yield what a record is about."""
    values = record.__dict__
    for name in ABOUT:
        if values.get(name) not in (None, ""):
            yield name, values[name]
    for theirs, ours in _PREFECTS.items():
        if values.get(theirs) not in (None, "", "<unknown>") and ours not in values:
            yield ours, str(values[theirs])


def _trace(record: logging.LogRecord) -> list[str]:
    """Return the kind of an exception, and where it and those before it were raised."""
    error = record.exc_info[1] if record.exc_info else None
    if error is None:
        return []
    lines = [_kind(error)]
    while error is not None:
        lines += [
            f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)
        ]
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        if error is not None:
            lines.append(f"because of {_kind(error)}")
    return lines


def _kind(error: BaseException) -> str:
    """Name an exception; with its words where they are those of the network or the database's own door."""
    from models.database import is_outage

    name = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    return f"{name}: {' '.join(str(error).split())}" if isinstance(error, OSError) or is_outage(error) else name
