"""Kill cycles: the story told by a writer while others sweep, deliver and seal, and one of them dies again and again."""

import contextlib
import multiprocessing
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from benchmarks.faults import ENDED, Faults, FaultyDatabase
from benchmarks.judge import Told, Verdict, judged, told
from benchmarks.place import copied, place
from benchmarks.roles import ROLES, Place, set_clock, take_part, tell
from benchmarks.story import ENDS, STORY, found_assembly, moment
from flows.sweeps import perform_deadlines_now
from machines.rulebook import ZONE, Rulebook
from machines.zones import instant
from models.database import Database
from tests.receivers import Listener, Postbox, mail_server, webhook
from tests.service import PATIENCE_S

LONGEST_S = 0.12  # somebody who is killed at random lives at most so long

_context = multiprocessing.get_context("forkserver")
# What the processes need is loaded once, in the one that they are copies of.
_context.set_forkserver_preload([
    "benchmarks.cycles", "benchmarks.named", "benchmarks.nth", "benchmarks.races", *(name for name in ("pytest",) if name in sys.modules),
])  # fmt: skip


@dataclass
class Cycles:
    """What all kill cycles together came to."""

    kills: Counter[str] = field(default_factory=Counter)  # by who was killed, and how
    points: set[str] = field(default_factory=set)  # where somebody ended
    tellings: int = 0
    acknowledged: int = 0
    replayed: int = 0
    verdicts: list[Verdict] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many were killed."""
        return self.kills.total()


class Player:
    """One role, started again whenever its process has died."""

    def __init__(self, role: str, stage: "Stage") -> None:
        self.role, self.stage = role, stage
        self.generation = 0
        self.start()

    def start(self) -> None:
        """Start a process, and decide how it is to die: at a named point, or at random."""
        stage, self.point, self.dies_at = self.stage, "", float("inf")
        if stage.may_kill:
            self.point = stage.next_point(self.role)
            if not self.point:
                self.dies_at = time.monotonic() + stage.dice.uniform(0.0, LONGEST_S)
        self.generation += 1
        more = {"generation": stage.generation_of(self), "first": stage.first, "numbers": dict(stage.numbers)}
        self.pipe, there = _context.Pipe()
        self.process = _context.Process(
            target=take_part, args=(self.role, stage.place, self.point, there, more), daemon=True
        )
        self.process.start()
        there.close()

    def watch(self) -> None:
        """Hear what it says; kill it when its time has come; note its death and start it again."""
        self.hear()
        if time.monotonic() >= self.dies_at and self.process.pid:
            self.process.kill()
        if self.process.is_alive():
            return
        self.process.join()
        self.hear()
        if self.role == "writer" and self.stage.first == len(STORY):
            return
        self.stage.note_death(self)
        self.pipe.close()
        self.start()

    def hear(self) -> None:
        """Take what it has said."""
        with contextlib.suppress(EOFError, OSError):
            while self.pipe.poll():
                self.stage.said(*self.pipe.recv())

    def end(self) -> None:
        """Let it finish a last round undisturbed."""
        ends = time.monotonic() + PATIENCE_S
        with contextlib.suppress(OSError):
            self.pipe.send("end")
        while self.process.is_alive() and time.monotonic() < ends:
            self.hear()
            time.sleep(0.002)
        if self.process.is_alive():
            self.process.kill()
            raise SystemExit(f"the {self.role} does not end")
        self.process.join()


class Stage:
    """One telling of the story."""

    def __init__(
        self, place_: Place, dice: random.Random, points: dict[str, list[str]], cycles: Cycles, most: int
    ) -> None:
        self.place, self.dice, self.points, self.cycles, self.most = place_, dice, points, cycles, most
        self.numbers: dict[str, str] = {}
        self.acknowledged: dict[int, tuple[str, int]] = {}
        self.first = 0
        self.deaths = 0
        self._generations = 0
        set_clock(place_.clock, moment(STORY[0]))

    @property
    def may_kill(self) -> bool:
        """Whether there is a death left for this telling."""
        return self.deaths < self.most

    def generation_of(self, _: Player) -> int:
        """Number the processes: each deliverer works on a later day."""
        self._generations += 1
        return self._generations

    def next_point(self, role: str) -> str:
        """Choose a named point, such as nobody has died at first; or none: then death comes at random."""
        if self.dice.random() < 0.4:
            return ""
        points = self.points[role]
        fresh = [point for point in points if f"{role}: {point}" not in self.cycles.points]
        point = self.dice.choice(fresh or points)
        return f"{point}#{1 if point in fresh else self.dice.randint(1, 12)}"

    def said(self, word: str, what: Any) -> None:
        """Note what the writer does and has done."""
        if word == "does":
            set_clock(self.place.clock, moment(STORY[what]))
        if word == "done":
            n, number, seq = what
            before = self.acknowledged.setdefault(n, (number, seq))
            assert before == (number, seq), f"act {n} was answered with {before}, then with {(number, seq)}"
            self.numbers.setdefault(STORY[n].case, number)
            self.first = n + 1

    def note_death(self, player: Player) -> None:
        """Count a death."""
        self.deaths += 1
        status = player.process.exitcode
        how = {ENDED: "at a point", -signal.SIGKILL: "at random"}.get(status or 0)
        if how is None:
            raise SystemExit(f"the {player.role} has failed with exit status {status}")
        self.cycles.kills[f"{player.role} {how}"] += 1
        if status == ENDED:
            self.cycles.points.add(f"{player.role}: {player.point.partition('#')[0]}")


def kill_cycles(kind: str, count: int, *, seed: int = 0, a_telling: int = 25) -> Cycles:
    """Kill *count* times, and judge after every telling of the story."""
    cycles, dice = Cycles(), random.Random(seed)
    with place(kind) as template, mail_server() as postbox, webhook() as listener:
        database = Database(template)
        found_assembly(database)
        database.dispose()
        with copied(template) as url:
            reference, points = undisturbed(url, postbox, listener)
        while cycles.count < count:
            _forget(postbox, listener)
            with copied(template) as url, _work_place(url, postbox, listener) as here:
                stage = Stage(here, dice, points, cycles, min(a_telling, count - cycles.count))
                _tell_story(stage)
                cycles.verdicts.append(_judged(stage, reference, postbox, listener))
            cycles.tellings += 1
            cycles.acknowledged += len(stage.acknowledged)
    return cycles


def undisturbed(url: str, postbox: Postbox, listener: Listener) -> tuple[Told, dict[str, list[str]]]:
    """Tell the story once in this process; return its rows and the points that each role passes."""
    points: dict[str, list[str]] = {}
    with _work_place(url, postbox, listener) as here:
        faults, book = Faults(), Rulebook()
        database = FaultyDatabase(url, faults)
        set_clock(here.clock, moment(STORY[0]))
        numbers: dict[str, str] = {}
        for n, step in enumerate(STORY):
            number, _ = tell(database, n, numbers, book)
            numbers.setdefault(step.case, number)
        points["writer"] = _distinct(faults)
        set_clock(here.clock, instant_of_the_end())
        database.dispose()
        for role in ("sweep", "seal", "delivery"):
            faults.aim("")
            database = FaultyDatabase(url, faults)
            there, _back = _context.Pipe()
            ROLES[role](here, database, faults, there, {"generation": 0, "rounds": 1})
            points[role] = _distinct(faults)
            with database.transaction(write=False) as db:
                reference = told(db)
            database.dispose()
    return reference, points


def instant_of_the_end() -> Any:
    """Return when the last sweep comes."""
    from datetime import datetime

    return instant(datetime.fromisoformat(ENDS), ZONE)


def _tell_story(stage: Stage) -> None:
    players = [Player(role, stage) for role in ROLES]
    ends = time.monotonic() + PATIENCE_S
    while stage.first < len(STORY) or players[0].process.is_alive():
        for player in players:
            player.watch()
        time.sleep(0.001)
        if time.monotonic() > ends:
            raise SystemExit(f"the story does not end: {stage.first} of {len(STORY)} acts")
    stage.most = 0
    set_clock(stage.place.clock, instant_of_the_end())
    # In this order: what is performed is to be delivered and sealed. Who may still die at a point is started anew.
    for player in sorted(players[1:], key=lambda player: ("sweep", "delivery", "seal").index(player.role)):
        player.process.kill()
        player.process.join()
        player.start()
        player.end()


@contextlib.contextmanager
def _work_place(url: str, postbox: Postbox, listener: Listener) -> Iterator[Place]:
    with tempfile.TemporaryDirectory(prefix="kenes-chaos-") as folder:
        key = Ed25519PrivateKey.generate().private_bytes_raw()
        yield Place(url, str(Path(folder, "clock")), postbox.url, listener.url, key)


def _judged(stage: Stage, reference: Told, postbox: Postbox, listener: Listener) -> Verdict:
    database = Database(stage.place.url)
    if perform_deadlines_now(database, instant_of_the_end(), Rulebook()).done:
        raise SystemExit("the last sweep has left something")
    letters = [str(letter["Message-ID"]) for letter in postbox.letters]
    verdict = judged(database, stage.acknowledged, reference, letters=letters, calls=listener.taken)
    database.dispose()
    return verdict


def _forget(postbox: Postbox, listener: Listener) -> None:
    for heard in (postbox.letters, listener.calls, listener.taken):
        heard.clear()


def _distinct(faults: Faults) -> list[str]:
    return list(dict.fromkeys(faults.reached))
