"""What the log of a worker says of a run: what the run is renamed to and, of each row of its table, what it is about."""

import logging
import re
from collections.abc import Sequence

from prefect.runtime import flow_run

log = logging.getLogger("kenes.flows")

# Columns of the tables that name cases, acts and norms; others may quote what another host has said.
_COLUMNS = {
    "case": "case",
    "act": "act",
    "norm": "norms",
    "norms": "norms",
    "deadline": "deadline",
    "outcome": "outcome",
}
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")


def log_told(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Log what a run did; one that did nothing is quiet."""
    if not rows:
        return
    run = {"flow": flow_run.flow_name, "run": flow_run.id}
    log.info(title, extra=run)
    kept = [(place, _COLUMNS[name]) for place, name in enumerate(columns) if name in _COLUMNS]
    for row in rows if kept else ():
        log.info("of this run", extra=run | {name: _LINK.sub(r"\1", row[place]) for place, name in kept})
