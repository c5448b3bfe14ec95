"""Every named point once: the process of each role ends exactly there, is started again, and in the end all is as it should be."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from benchmarks.cycles import _context, _forget, _work_place, instant_of_the_end, undisturbed
from benchmarks.faults import ENDED
from benchmarks.judge import Told, Verdict, judged
from benchmarks.place import copied, place
from benchmarks.roles import Place, set_clock, take_part, tell
from benchmarks.story import STORY, found_assembly, moment
from machines.rulebook import Rulebook
from models.database import Database
from tests.receivers import Listener, Postbox, mail_server, webhook

BY_THE_CLOCK = ("sweep", "delivery", "seal")  # in this order: what is performed is delivered and sealed


@dataclass
class Named:
    """Where processes ended, where none could be made to, and what was found afterwards."""

    struck: list[str] = field(default_factory=list)
    unreached: list[str] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)

    @property
    def well(self) -> bool:
        """Whether every point was reached and nothing is wrong."""
        return not self.unreached and all(verdict.well for verdict in self.verdicts)


def end_at_every_named_point(kind: str, *, stride: int = 1) -> Named:
    """End a process at every named point (of *stride* one) of every role, one after the other."""
    named = Named()
    with place(kind) as template, mail_server() as postbox, webhook() as listener:
        database = Database(template)
        found_assembly(database)
        database.dispose()
        with copied(template) as url:
            reference, points = undisturbed(url, postbox, listener)
        _Telling(named, reference, postbox, listener).write(template, points["writer"][::stride])
        with copied(template) as told:
            acknowledged = _tell_undisturbed(told)
            for role in BY_THE_CLOCK:
                telling = _Telling(named, reference, postbox, listener)
                telling.acknowledged = acknowledged
                telling.follow(told, role, points[role][::stride])
    return named


class _Telling:
    """One role's deaths."""

    def __init__(self, named: Named, reference: Told, postbox: Postbox, listener: Listener) -> None:
        self.named, self.reference, self.postbox, self.listener = named, reference, postbox, listener
        self.acknowledged: dict[int, tuple[str, int]] = {}
        self.generation = 0

    def write(self, template: str, points: list[str]) -> None:
        """Let the writer end at each point, in the order in which the story comes to them, and go on."""
        with self._work(template) as here:
            for point in points:
                if not self._play("writer", here, point):
                    self.named.unreached.append(f"writer: {point}")
            self._play("writer", here, "")
            self._finish(here)

    def follow(self, told: str, role: str, points: list[str]) -> None:
        """Let a role end at each point after the story; where its work is done, on another copy that still has it."""
        waiting = sorted(points, key=lambda point: point.startswith("after"))
        while waiting:
            with self._work(told) as here:
                for earlier in BY_THE_CLOCK[: BY_THE_CLOCK.index(role)]:
                    self._play(earlier, here, "")
                struck = [point for point in waiting if self._play(role, here, point)]
                self._finish(here)
            if not struck:
                self.named.unreached += [f"{role}: {point}" for point in waiting]
                return
            waiting = [point for point in waiting if point not in struck]

    @contextlib.contextmanager
    def _work(self, template: str) -> Iterator[Place]:
        _forget(self.postbox, self.listener)
        with copied(template) as url, _work_place(url, self.postbox, self.listener) as here:
            set_clock(here.clock, moment(STORY[0]) if not self.acknowledged else instant_of_the_end())
            yield here

    def _play(self, role: str, here: Place, point: str) -> bool:
        """Let a process play a role up to a point; say whether it ended there."""
        if role == "writer" and len(self.acknowledged) == len(STORY):
            return False
        self.generation += 1
        status = run(role, here, f"{point}#1" if point else "", self._told(), self._said)
        if status not in (0, ENDED):
            raise SystemExit(f"the {role} has failed with exit status {status} on its way to {point!r}")
        if status == ENDED:
            self.named.struck.append(f"{role}: {point}")
        return status == ENDED

    def _told(self) -> dict[str, Any]:
        numbers: dict[str, str] = {}
        for n, (number, _) in self.acknowledged.items():
            numbers.setdefault(STORY[n].case, number)
        return {"generation": self.generation, "rounds": 1, "first": len(self.acknowledged), "numbers": numbers}

    def _said(self, word: str, what: Any) -> None:
        if word == "done":
            n, number, seq = what
            self.acknowledged[n] = (number, seq)

    def _finish(self, here: Place) -> None:
        """Let everybody do his work undisturbed, and judge."""
        set_clock(here.clock, instant_of_the_end())
        for role in BY_THE_CLOCK:
            self._play(role, here, "")
        database = Database(here.url)
        letters = [str(letter["Message-ID"]) for letter in self.postbox.letters]
        self.named.verdicts.append(
            judged(database, self.acknowledged, self.reference, letters=letters, calls=self.listener.taken)
        )
        database.dispose()


def run(role: str, here: Place, crash_at: str, told: Mapping[str, Any], said: Any) -> int:
    """Play a role in a process of its own to its end, hear what it says, and return its exit status."""
    pipe, there = _context.Pipe()
    process = _context.Process(target=take_part, args=(role, here, crash_at, there, told), daemon=True)
    process.start()
    there.close()
    with contextlib.suppress(EOFError, OSError):
        while True:
            said(*pipe.recv())
    process.join()
    return process.exitcode or 0


def _tell_undisturbed(url: str) -> dict[int, tuple[str, int]]:
    database, book, acknowledged = Database(url), Rulebook(), dict[int, tuple[str, int]]()
    numbers: dict[str, str] = {}
    for n, step in enumerate(STORY):
        acknowledged[n] = tell(database, n, numbers, book)
        numbers.setdefault(step.case, acknowledged[n][0])
    database.dispose()
    return acknowledged
