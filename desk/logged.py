"""What the desk's log says of an act: the case, the act, the office, the norms. Who it was, and what was said or chosen, it does not."""

import logging

from desk.problems import type_of
from machines.act import Act, Done
from machines.procedures import PROCEDURES
from machines.refusal import Refused, Unanswerable

log = logging.getLogger("kenes.desk")


def log_done(done: Done) -> None:
    """Log an act that was done, and those that it brought about."""
    entry = done.record
    about = {
        "case": entry.number, "seq": entry.seq, "procedure": entry.procedure, "act": entry.act, "office": entry.office,
        "norms": entry.norms, "state": entry.target,
    }  # fmt: skip
    log.info("answered again" if done.replay else "done", extra=about)
    for consequence in () if done.replay else done.consequences:
        log_done(consequence)


def log_not_done(act: Act, error: Unanswerable) -> None:
    """Log an act that was not done: why, and the norms that stood in the way; names that no table has are left out."""
    known = PROCEDURES.get(act.procedure)
    about = {
        "case": act.case if known else None,
        "procedure": known.name if known else None,
        "act": act.name if known and act.name in known.rows else None,
        "why": type_of(error),
        "norms": " ".join(sorted({each.norm for each in error.refusals})) if isinstance(error, Refused) else None,
    }
    log.info("not done", extra=about)
