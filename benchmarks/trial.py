"""A real service on trial: work for its flows, orders to strike in the middle of one, and what its rows and receivers say in the end."""

import contextlib
import json
import os
import random
import urllib.error
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path
from typing import Any, TypeVar

import yaml

from benchmarks.starts import family
from benchmarks.striking import DONE, ORDER, lives
from machines.journal import verify
from machines.perform import perform
from machines.rulebook import ZONE
from machines.zones import local_midnight
from models.database import Database
from models.home import prepare
from models.settings import read_settings
from tests.assembly import Assembly, considered
from tests.receivers import Listener, Postbox, free_port
from tests.service import PATIENCE_S, ROOT, Service, environment_of, running, until

T = TypeVar("T")
CANDIDATES = 60
LEFT_AT_ONCE = 3
ENDED = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")
DELETED = {"state_type": "DELETED", "state": {"name": "Deleted", "message": "a newer one does what it would have done"}}
MADE_UP_FOR = ("CRASHED", "DELETED")  # what was to be done is due, and the next run does it
BUSY = "503 Service Unavailable"  # what a server of Prefect's says whose database is
RUNS = 3  # of which one completes
UNFINISHED = {"state": {"type": {"any_": ["PENDING", "RUNNING", "CANCELLING"]}}}
ANY_RUN_DAY = date(2006, 5, 1)  # long past: the clock has to act at once


def deployments() -> dict[str, str]:
    """Return every flow of prefect.yaml with the name of its deployment."""
    found = yaml.safe_load((ROOT / "prefect.yaml").read_text())["deployments"]
    flows: dict[str, str] = {}
    for each in found:
        flow = each["entrypoint"].rpartition(".")[2]
        flows.setdefault(flow, f"{flow}/{each['name']}")
    return flows


class Trial:
    """One home, its receivers, and the service on it, which may die and be started again."""

    def __init__(self, home: Path, url: str, postbox: Postbox, listener: Listener, *, seed: int, members: int) -> None:
        self.home, self.postbox, self.listener, self.dice = home, postbox, listener, random.Random(seed)
        self.flows = deployments()
        self._settings = {
            "KENES_DATABASE_URL": url, "KENES_URL": f"http://127.0.0.1:{free_port()}", "KENES_SMTP_URL": postbox.url,
            "KENES_WEBHOOK_URLS": listener.url, "KENES_LOG": "json",
            "PREFECT_WORKER_QUERY_SECONDS": "2",  # one run after the other is waited for
            "PYTHONPATH": os.pathsep.join((str(ROOT / "benchmarks/struck"), str(ROOT))),
        }  # fmt: skip
        settings = read_settings(environment_of(home, **self._settings), home)
        prepare(settings, at=datetime(2006, 1, 1, tzinfo=UTC)).dispose()
        self.database = Database(url)
        self.assembly = Assembly(
            self.database, members=members, candidates=[str(n) for n in range(CANDIDATES)]
        )  # fmt: skip
        with self.database.transaction() as db:
            db.run("UPDATE people SET email = replace(person_id, ':', '.') || '@kenes.example'")
        self._members, self._candidates = iter(range(1, members - 3)), iter(range(CANDIDATES))
        self.left: dict[str, date] = {}
        self._up = contextlib.ExitStack()
        self.service: Service

    # ------------------------------------------------------------------------------------------------------- the service

    def start(self) -> None:
        """Start `kenes up` on the home, and wait until its clock runs."""
        self.service = self._up.enter_context(running(self.home, **self._settings))

    def end(self) -> None:
        """End it, if it runs."""
        self._up.close()

    def pid_of(self, victim: str) -> int:
        """Return the process of the one to be killed; 0 for the worker, which kills itself."""
        if victim in ("worker", "supervisor"):
            return 0 if victim == "worker" else self.service.process.pid
        words = {"server": "prefect server start", "desk": "main()) desk"}[victim]
        return self.waited(
            lambda: next((pid for pid in family(self.service.process.pid) if words in _command(pid)), None),
            f"a {victim}",
        )

    def waited(self, found: Callable[[], T | None], what: str) -> T:
        """Wait for something of the service; while its server is away there is no answer."""

        def asked() -> T | None:
            try:
                return found()
            except (OSError, HTTPException, ValueError, KeyError):
                return None

        return until(asked, what=what)

    def run(self, flow: str) -> str:
        """Ask for a run and return its id, as soon as there is a server to ask."""
        return self.waited(lambda: self.service.run_now(self.flows[flow]), f"a server that takes a run of {flow}")

    def ended(self, run: str) -> dict[str, Any]:
        """Wait for the end of a run, and return it."""
        return self.waited(lambda: self._end_of(run), f"the end of run {run}")

    def _end_of(self, run: str) -> dict[str, Any] | None:
        """Return a run that has ended; one of a pile, which a worker deletes, has ended too."""
        try:
            return self.service.ended(run)
        except urllib.error.HTTPError as error:
            return DELETED if error.code == HTTPStatus.NOT_FOUND else None

    def _wrong_with(self, flow: str, run: str) -> str:
        """Wait until a flow has worked: nothing if it has, else what its last run says.

        A run that has crashed or failed because Prefect's server was too busy to take its word is made up for by the next one.
        """
        for _ in range(RUNS):
            state = (found := self.ended(run))["state"]
            if found["state_type"] not in MADE_UP_FOR and BUSY not in (state["message"] or ""):
                break
            run = self.run(flow)
        return "" if found["state_type"] == "COMPLETED" else f"{flow}: {state['name']} ({state['message']})"

    def broken(self) -> list[str]:
        """Let every flow run anew, and return what is wrong with those that do not work."""
        return self.wrong_with_any([*self.flows])

    def wrong_with_any(self, flows: Sequence[str]) -> list[str]:
        """Let flows run at once, and return what is wrong with those that do not work."""
        runs = [(flow, self.run(flow)) for flow in flows]
        return [wrong for flow, run in runs if (wrong := self._wrong_with(flow, run))]

    def last_sweep(self) -> Any:
        """Return when deadlines were swept last."""
        rows = self.assembly.ask("SELECT at FROM heartbeats WHERE name = 'perform_deadlines'")
        return rows[0][0] if rows else None

    def unfinished(self) -> list[str]:
        """Return the runs that have not ended though nobody runs them: those of this moment that stay."""
        waiting = self.service.ask("flow_runs/filter", {"flow_runs": UNFINISHED, "limit": 200})
        left = []
        for run in waiting:
            try:
                self.ended(run["id"])
            except AssertionError:
                left.append(f"{run['name']}: {run['state_name']}")
        return left

    # ---------------------------------------------------------------------------------------------------------- the work

    def give_work(self) -> None:
        """Let three members leave on a day that is past, and a candidacy miss its date: acts, reminders, letters, entries."""
        candidate = next(self._candidates, None)
        if candidate is not None:
            considered(self.assembly, f"p:{candidate}")
        for _ in range(LEFT_AT_ONCE):
            self.leave(ANY_RUN_DAY)

    def leave(self, day: date) -> None:
        """Let the next member leave from a day on; the clock has to act (20.3)."""
        name = f"m{next(self._members)}"
        facts = {"statement_date": "2006-04-14", "from_date": day.isoformat()}
        act = self.assembly.act(name, "membership.leave", case=f"membership:{name}", at="2006-04-14 10:00", facts=facts)
        with self.database.transaction() as db:
            self.left[perform(db, act, self.assembly.book).number] = day

    def strike(self, flow: str, victim: str, beside: Sequence[str] = ()) -> str:
        """Kill the victim in the middle of a run of the flow, and of others that begin beside it; return the point at which it died."""
        (self.home / DONE).unlink(missing_ok=True)
        pid = self.pid_of(victim)
        most = 12
        while True:
            order = {"flow": flow, "nth": self.dice.randint(1, most), "pid": pid}
            (self.home / "order.new").write_text(json.dumps(order))
            (self.home / "order.new").rename(self.home / ORDER)
            for each in beside:
                self.run(each)
            run = self.run(flow)
            outcome = self.waited(lambda run=run: self._struck() or self._passed(run), f"a strike in {flow}")
            if outcome != "passed":
                return outcome
            most = 3  # a run that does nothing has three points

    def _struck(self) -> str | None:
        with contextlib.suppress(OSError, ValueError):
            return f"{json.loads((self.home / DONE).read_text())['point']}"
        return None

    def _passed(self, run: str) -> str | None:
        if self._end_of(run) is None:
            return None
        try:
            (self.home / ORDER).unlink()
        except FileNotFoundError:
            return None  # somebody has taken the order
        return "passed"

    # --------------------------------------------------------------------------------------------------------- the faults

    def kill_supervisor(self, flow: str) -> str:
        """Kill `kenes up` in the middle of a flow, and see that nothing of it is left."""
        children = family(self.service.process.pid)[1:]
        point = self.strike(flow, "supervisor")
        self.service.process.wait(timeout=PATIENCE_S)
        until(
            lambda: None if any(map(lives, children)) else True, what="the end of what the killed kenes up has started"
        )
        return point

    def forget_prefect(self) -> None:
        """Delete Prefect's database, whoever uses it."""
        for file in (self.home / "prefect").glob("prefect.db*"):
            file.unlink()

    def all_twice(self) -> list[str]:
        """Run every flow twice at once, in an order that the dice say; return what is wrong with those that do not work."""
        flows = [*self.flows] * 2
        self.dice.shuffle(flows)
        return self.wrong_with_any(flows)

    def week_away(self) -> None:
        """Let something fall due on each of seven days while nothing runs."""
        today = datetime.now(UTC).date()
        for n in range(7, 0, -1):
            self.leave(today - timedelta(days=n))
        self.give_work()

    # ------------------------------------------------------------------------------------------------------------ judging

    def settle_down(self) -> None:
        """Wait until everything that is due is done, as if the time that claims take had passed."""
        for _ in range(4):
            with self.database.transaction() as db:
                db.run("UPDATE messages SET next_at = ? WHERE sent_at IS NULL", datetime.now(UTC))
            for flow in ("perform_deadlines", "stage_reminders", "deliver_messages", "seal_journal"):
                self.ended(self.run(flow))
            if not self.assembly.ask("SELECT 1 FROM messages WHERE sent_at IS NULL LIMIT 1"):
                return

    def faults(self) -> list[str]:
        """Return what is wrong: lost, doubled, at another instant than its own, not delivered, torn."""
        return [*self._of_acts(), *self._of_messages(), *self._of_the_journal(), *self._of_logs()]

    def _of_logs(self) -> Iterator[str]:
        """Every line of ours is an object of JSON, and none names anybody."""
        for name in ("desk", "worker"):
            log = self.service.log(name)
            wrong = [line for line in log.splitlines() if not (line.startswith("{") and line.endswith("}"))]
            if wrong:
                yield f"{len(wrong)} lines of the log of the {name} are no JSON, the last: {wrong[-1][:200]}"
            if "@kenes.example" in log:
                yield f"the log of the {name} has somebody's address"

    def _of_acts(self) -> Iterator[str]:
        rows = self.assembly.ask("SELECT number, effective_at FROM entries WHERE act = 'exit' ORDER BY position")
        for number, count in Counter(number for number, _ in rows).items():
            if count != 1:
                yield f"{number} left {count} times"
        yield from (f"{number} has not left" for number in self.left.keys() - {number for number, _ in rows})
        wrong = {number: at for number, at in rows if _instant(at) != local_midnight(self.left[number], ZONE)}
        yield from (f"{number} left at {at}" for number, at in wrong.items())
        late = self.assembly.ask(
            "SELECT number FROM deadlines WHERE state = 'open' AND kind = 'automatic' AND due_at <= ?",
            datetime.now(UTC),
        )
        yield from (f"{number} has a deadline that was not performed" for (number,) in late)

    def _of_messages(self) -> Iterator[str]:
        waiting = self.assembly.ask("SELECT key, failure FROM messages WHERE sent_at IS NULL")
        yield from (f"{key} was not sent: {failure}" for key, failure in waiting)
        twice = self.assembly.ask(
            """SELECT number, seq, template, "to" FROM messages WHERE template LIKE 'passed.%' OR template LIKE 'reminder.%'
            GROUP BY number, seq, template, "to" HAVING count(*) > 1"""
        )
        yield from (f"reminded twice: {row}" for row in twice)
        # Every message has an id of its own: what was sent twice has come under one id.
        come = {str(letter["Message-ID"]).strip("<>").partition("@")[0] for letter in self.postbox.letters}
        sent = self.assembly.ask("SELECT key, mail_id FROM messages WHERE channel = 'person' AND sent_by = 'smtp'")
        missing = [key for key, mail_id in sent if mail_id not in come]
        if missing:
            yield f"{len(missing)} letters of {len(sent)} have not come: {missing[:3]}"
        entries = {f"{number}/{seq}" for number, seq in self.assembly.ask("SELECT number, seq FROM entries")}
        untold = entries ^ {*self.listener.taken}
        if untold:
            yield f"{len(untold)} entries were not told to the webhook, or do not exist: {sorted(untold)[:3]}"

    def _of_the_journal(self) -> Iterator[str]:
        with self.database.transaction(write=False) as db:
            yield from map(str, verify(db).faults)

    def plan_is_right(self) -> list[str]:
        """Return the instants at which the clock will act and for which no run is planned; nothing where nobody plans."""
        if "plan_runs" not in self.flows:
            return []
        self.ended(self.run("plan_runs"))
        now = datetime.now(UTC)
        rows = self.assembly.ask(
            "SELECT DISTINCT due_at FROM deadlines WHERE state = 'open' AND kind = 'automatic' AND due_at > ? AND due_at < ?",
            now + timedelta(minutes=5), now + timedelta(days=29),
        )  # fmt: skip
        planned = self.service.ask(
            "flow_runs/filter", {"flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}}, "limit": 200}
        )
        instants = Counter(_second(run["expected_start_time"]) for run in planned if not run["auto_scheduled"])
        return [f"{at}: {instants[_second(at)]} runs" for (at,) in rows if instants[_second(at)] != 1]


def _second(at: Any) -> int:
    return round(_instant(at).timestamp())


def _instant(at: Any) -> datetime:
    return at if isinstance(at, datetime) else datetime.fromisoformat(str(at))


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""
