"""Processes that one program looks after: started, started again when they end, ended with it."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

PAUSES_S = (1, 2, 4, 8, 15, 30, 60)
STEADY_AFTER_S = 60.0  # who has run for so long begins with the first pause again
LOG_LIMIT = 10_000_000

_PR_SET_PDEATHSIG = 1


class Child:
    """One process, with a log of its own."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        environment: Mapping[str, str],
        log: Path,
        say: Callable[[str], None],
        mend: Callable[[], None] | None = None,
    ) -> None:
        self.name, self.command, self.environment, self.log, self._say = (
            name,
            list(command),
            dict(environment),
            log,
            say,
        )
        self._mend = mend  # what is put in order before it is started again
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = self._next_at = 0.0
        self._falls = 0
        self.starts = 0  # how often it was started

    @property
    def runs(self) -> bool:
        """Whether it runs."""
        return self._process is not None and self._process.poll() is None

    @property
    def exit_status(self) -> int | None:
        """How it ended; None while it runs."""
        return None if self._process is None else self._process.poll()

    def last_words(self) -> str:
        """Return the last line that it has said."""
        return self.log.read_text(encoding="utf-8", errors="replace").rstrip().rpartition("\n")[2]

    def start(self) -> None:
        """Start it; its output goes to its log."""
        _keep_small(self.log)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own commands
                self.command, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                start_new_session=True, preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509
            )  # fmt: skip
        self._started_at, self._next_at = time.monotonic(), 0.0
        self.starts += 1

    def watch(self) -> None:
        """Start it again if it has ended, after a pause that grows with each fall."""
        if self._process is None or self.runs:
            return
        now = time.monotonic()
        if not self._next_at:
            self._falls = 0 if now - self._started_at > STEADY_AFTER_S else self._falls
            pause = PAUSES_S[min(self._falls, len(PAUSES_S) - 1)]
            self._falls, self._next_at = self._falls + 1, now + pause
            self._say(
                f"{self.name} has ended ({_ended(self._process.returncode)}); it starts again in {pause} s. Its log: {self.log}"
            )
        elif now >= self._next_at:
            if self._mend:
                self._mend()
            self.start()

    def tell_to_end(self) -> None:
        """Ask it, and whatever it has started, to end."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once: it is started again as after any fall."""
        self._signal(signal.SIGKILL)

    def end(self, *, within: float) -> None:
        """Wait for its end, and make one after that time."""
        if self._process is None:
            return
        try:
            self._process.wait(timeout=max(0.0, within))
        except subprocess.TimeoutExpired:
            self._signal(signal.SIGKILL)
            self._process.wait()

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)


def _ended(returncode: int | None) -> str:
    if returncode is not None and returncode < 0:
        return signal.Signals(-returncode).name
    return f"exit status {returncode}"


def _keep_small(log: Path) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(".log.1"))


if sys.platform == "linux":
    _libc = ctypes.CDLL(None)

    def _die_with_parent() -> None:
        """Let the kernel end a child whose parent was killed and could not (Linux)."""
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
