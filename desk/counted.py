"""What was done and refused at the door, counted while the desk runs: names of the tables and of the norms, never of people."""

import threading
from collections import Counter

from desk.problems import type_of
from machines.act import Act, Done
from machines.procedures import PROCEDURES
from machines.refusal import Refused, Unanswerable

UNKNOWN = "unknown"  # whatever a request names that no table has: what is counted stays bounded

Labels = tuple[str, ...]


class Counted:
    """Counts of one process, from its start on; the journal's position is the total that lasts."""

    def __init__(self) -> None:
        self.acts: Counter[Labels] = Counter()  # procedure, act, office
        self.not_done: Counter[Labels] = Counter()  # procedure, type of the problem
        self.refusals: Counter[Labels] = Counter()  # norm
        self._lock = threading.Lock()  # adding is reading and writing, and requests come in threads

    def done(self, done: Done) -> None:
        """Count an act and those that it brought about; one that was answered again was counted the first time."""
        if done.replay:
            return
        with self._lock:
            self._add(done)

    def refused(self, act: Act, error: Unanswerable) -> None:
        """Count an act that was not done and, if the law said no, every norm that stood in the way."""
        procedure = act.procedure if act.procedure in PROCEDURES else UNKNOWN
        with self._lock:
            self.not_done[procedure, type_of(error)] += 1
            if isinstance(error, Refused):
                self.refusals.update((norm,) for norm in {refusal.norm for refusal in error.refusals})

    def _add(self, done: Done) -> None:
        entry = done.record
        self.acts[entry.procedure, entry.act, entry.office] += 1
        for consequence in done.consequences:
            self._add(consequence)
