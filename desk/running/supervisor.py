"""What `kenes up` looks after: the desk, Prefect's server, the worker; each is started again when it ends."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator
from types import FrameType

from desk.running.children import Child
from desk.running.clockwork import (
    Clockwork,
    Deployed,
    NoAnswer,
    deploy_command,
    environment_of,
    has_its_database,
    server_command,
    set_aside_if_unreadable,
)
from models.settings import Settings

WRONG = 2  # the exit status of a program that was told something wrong
TICK_S = 0.3
DESK_WITHIN_S, CLOCK_WITHIN_S = 60.0, 120.0
WORKER_ENDS_WITHIN_S, SERVER_ENDS_WITHIN_S = 6.0, 3.0  # together less than ten
TRY_AGAIN_AFTER_S = 30.0
LOOK_AGAIN_AFTER_S = 60.0  # whether Prefect's server still knows our flows
LOOK_TWICE_AFTER_S = 5.0  # before one that is only busy is started again
KENES = [sys.executable, "-c", "import sys; from desk.cli.main import main; sys.exit(main())"]
WORKER = [sys.executable, "-m", "flows.worker_process"]


class Supervisor:
    """What `kenes up` looks after."""

    def __init__(self, settings: Settings, *, prefect_port: int) -> None:
        self.settings = settings
        self._logs = settings.home / "logs"
        self._ending = threading.Event()
        self._clockwork = Clockwork(settings.prefect_api_url or f"http://127.0.0.1:{prefect_port}/api")
        self._environment = environment_of(os.environ, home=settings.home, api_url=self._clockwork.api_url)
        self.desk = self._child("desk", [*KENES, "desk"])
        self.prefect = (
            None
            if settings.prefect_api_url
            else self._child("prefect", server_command(prefect_port), self._mend_prefect)
        )
        self.worker = self._child("worker", WORKER)
        self._deploying: subprocess.Popen[bytes] | None = None
        self._prefect_has_a_file = False  # unless it was told to keep its rows elsewhere

    def run(self) -> int:
        """Start everything, watch it until a signal comes, end everything."""
        with signals(lambda _: self._ending.set()):
            try:
                self.desk.start()
                if self.prefect:
                    self.prefect.start()
                if status := self._desk_answers():
                    return status
                self._write_down()
                say(self._screen())
                clock = self._bring_up_the_clock()
                while not self._ending.wait(TICK_S):
                    next(clock, None)
                    for child in self._children():
                        child.watch()
            finally:
                self._end()
        return 0

    def _children(self) -> list[Child]:
        return [child for child in (self.desk, self.prefect, self.worker) if child is not None]

    def _child(self, name: str, command: list[str], mend: Callable[[], None] | None = None) -> Child:
        environment = dict(os.environ) if name == "desk" else self._environment
        return Child(name, command, environment=environment, log=self._logs / f"{name}.log", say=say, mend=mend)

    def _mend_prefect(self) -> None:
        """Give Prefect's server that has fallen a new database if its own cannot be read."""
        if aside := set_aside_if_unreadable(self.settings.home):
            say(
                f"Prefect's database cannot be read and is set aside: {aside}. It makes a new one; nothing of ours was in it."
            )

    def _desk_answers(self) -> int:
        """Wait for the desk, which makes the home ready first; if it says that something is set wrong, return its exit status."""
        host, port = self.settings.place
        until = time.monotonic() + DESK_WITHIN_S
        while not (self._ending.wait(0.1) or _accepts(host, port)):
            if self.desk.exit_status == WRONG:
                say(self.desk.last_words())
                return WRONG
            self.desk.watch()
            if time.monotonic() > until:
                say(f"The desk does not answer yet. Its log: {self.desk.log}")
                break
        return 0

    def _bring_up_the_clock(self) -> Iterator[None]:
        """Bring up what tells the time, step by step, and keep it up: at each yield the others are looked after."""
        yield from self._until_prefect_answers()
        yield from self._until_deployed()
        self.worker.start()
        say("The clock runs: deadlines are swept every minute.")
        self._prefect_has_a_file = has_its_database(self.settings.home)
        while True:
            yield from self._until_it_is_time_to_look()
            knows = self._knows_our_flows()
            if knows is None and self.prefect:
                knows = yield from self._mended()
            if knows is False:
                say("Prefect's server has forgotten our flows; it is told of them again.")
                yield from self._until_deployed()

    def _until_it_is_time_to_look(self) -> Iterator[None]:
        """Wait for a minute; less where our server's file is another one, or the server was started again and answers."""
        server, file = self.prefect, self._file_of_prefect()
        starts = server.starts if server else 0
        for _ in _pause(LOOK_AGAIN_AFTER_S):
            yield
            if server and server.starts != starts:
                yield from self._until_prefect_answers()
                return
            if server and server.runs and self._prefect_has_a_file and self._file_of_prefect() != file:
                return

    def _file_of_prefect(self) -> int:
        """Return which file is the database of our server: its inode; 0 if there is none."""
        try:
            return (self.settings.home / "prefect" / "prefect.db").stat().st_ino
        except OSError:
            return 0

    def _mended(self) -> Generator[None, None, bool | None]:
        """Start a server of ours again whose database is gone, and say what it knows; one that was only busy is let be.

        One that has fallen by itself meanwhile is about to make a new database: it is waited for.
        """
        starts = self.prefect.starts if self.prefect else 0
        yield from _pause(LOOK_TWICE_AFTER_S)
        if self.prefect and (self.prefect.starts != starts or not self.prefect.runs):
            yield from self._until_prefect_answers()
        if (knows := self._knows_our_flows()) is None and self.prefect:
            say("Prefect's database is gone, and its server of no use without it: it is started again.")
            self.prefect.kill()
            yield from _pause(LOOK_TWICE_AFTER_S)
            yield from self._until_prefect_answers()
            knows = False
        return knows

    def _until_deployed(self) -> Iterator[None]:
        while not (yield from self._deployed()):
            say(f"The clock cannot be set yet; another try in {TRY_AGAIN_AFTER_S:.0f} s. Logs: {self._logs}")
            yield from _pause(TRY_AGAIN_AFTER_S)

    def _knows_our_flows(self) -> bool | None:
        """Say whether Prefect's server knows our flows: its database may be wiped at any time. None: it is gone altogether."""
        if self.prefect and self._prefect_has_a_file and not has_its_database(self.settings.home):
            return None
        try:
            return Deployed(self.settings.home).stands(self._clockwork)
        except NoAnswer:
            return None if self._clockwork.answers() else True  # one that does not answer is looked after already

    def _until_prefect_answers(self) -> Iterator[None]:
        late = time.monotonic() + CLOCK_WITHIN_S
        while not self._clockwork.answers():
            if time.monotonic() > late:
                late = float("inf")
                log = self.prefect.log if self.prefect else self._clockwork.api_url
                say(
                    f"Prefect's server does not answer yet: {log}. Until it does, what falls due is performed when somebody looks."
                )
            yield

    def _deployed(self) -> Generator[None, None, bool]:
        """Make pool and deployments what they should be; repeatable."""
        deployed = Deployed(self.settings.home)
        try:
            self._clockwork.make_pool()
            self._clockwork.forget_late_runs()
            if self.prefect and deployed.stands(self._clockwork):
                return True
        except NoAnswer as error:
            say(f"Prefect's server: {error}")
            return False
        with (self._logs / "deploy.log").open("wb") as log:
            self._deploying = subprocess.Popen(  # noqa: S603
                deploy_command(), env=self._environment, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
            )
        while self._deploying.poll() is None:
            yield
        if self._deploying.returncode == 0:
            deployed.remember()
        return self._deploying.returncode == 0

    def _end(self) -> None:
        say("Ending …")
        if self._deploying and self._deploying.poll() is None:
            self._deploying.kill()
        ends_at = time.monotonic() + WORKER_ENDS_WITHIN_S
        for child in (self.worker, self.desk):
            child.tell_to_end()
        for child in (self.worker, self.desk):
            child.end(within=ends_at - time.monotonic())
        if self.prefect:  # after the worker, which tells it how its last runs ended
            self.prefect.tell_to_end()
            self.prefect.end(within=SERVER_ENDS_WITHIN_S)
        with contextlib.suppress(FileNotFoundError):
            (self.settings.home / "up.json").unlink()

    def _write_down(self) -> None:
        """Leave word where everything is."""
        place = {"desk": self.settings.url, "prefect": self._prefect_page(), "pid": os.getpid()}
        file = self.settings.home / "up.json"
        new = file.with_suffix(".new")
        new.write_text(json.dumps(place), encoding="utf-8")
        new.replace(file)

    def _prefect_page(self) -> str:
        return self._clockwork.api_url.removesuffix("/api")

    def _screen(self) -> str:
        url = self.settings.url
        return f"""
kenes runs. Ctrl-C ends it.

  Desk      {url}
  API       {url}/api/v1
  Clock     {url}/prefect   (Prefect, for operators; it is starting)
  Home      {self.settings.home}
  Logs      {self._logs}
"""


def say(text: str) -> None:
    """Say something on the terminal."""
    print(text, flush=True)  # noqa: T201


@contextlib.contextmanager
def signals(on_signal: Callable[[int], object]) -> Iterator[None]:
    """Call *on_signal* for whatever is to end this program."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread is told of signals
        return

    def told(number: int, _: FrameType | None) -> None:
        on_signal(number)

    before = {number: signal.signal(number, told) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _pause(seconds: float) -> Iterator[None]:
    """Wait, at least for one turn of the others."""
    until = time.monotonic() + seconds
    yield
    while time.monotonic() < until:
        yield


def _accepts(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=0.5):
            return True
    except OSError:
        return False
