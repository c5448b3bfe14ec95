"""Flows × faults with a real Prefect: whoever is killed in the middle of whatever flow, nothing is lost and nothing doubled."""

import contextlib
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from benchmarks.place import place
from benchmarks.trial import Trial
from tests.receivers import mail_server, webhook

SOME, MANY = 60, 220  # members, of whom three leave with every fault
VICTIMS = ("worker", "server", "desk", "supervisor")


class Struck(NamedTuple):
    """What was done to the service, and what came of it."""

    what: str
    outcome: str
    well: bool


def matrix(kind: str, *, seed: int = 0, short: bool = False) -> Iterator[Struck]:
    """Do every fault to every flow (in short: each fault once, and something to every flow), and judge in the end."""
    with _trial(kind, seed, SOME if short else MANY) as trial:
        trial.start()
        yield _all_twice(trial)
        strikes = list(_strikes(trial, short=short))
        for each in strikes:
            yield _killed(trial, *each, again=each != strikes[-1])
        yield from _a_week_away(trial)
        yield _forgotten(trial)
        yield from _judged(trial)


def _strikes(trial: Trial, *, short: bool) -> Iterator[tuple[str, str, Sequence[str]]]:
    """Yield in which flow who is killed, and which flows begin beside it; the supervisor comes last: everything has to be started again."""
    flows = [*trial.flows]
    if not short:
        yield from ((flow, victim, ()) for victim in VICTIMS for flow in flows)
        return
    for flow, victim in zip(flows, VICTIMS, strict=False):
        if victim == VICTIMS[1]:  # the worker dies once more, with all flows that nobody is killed in
            first, *beside = flows[len(VICTIMS) :]
            yield first, VICTIMS[0], beside
        yield flow, victim, ()


def _all_twice(trial: Trial) -> Struck:
    trial.give_work()
    wrong = trial.all_twice()
    return Struck("every flow twice at once, in any order", f"broken: {'; '.join(wrong) or 'none'}", not wrong)


def _killed(trial: Trial, flow: str, victim: str, beside: Sequence[str], *, again: bool) -> Struck:
    """Kill somebody in the middle of a flow; then new runs complete. The last supervisor is not started again yet."""
    trial.give_work()
    if victim == "supervisor":
        point = trial.kill_supervisor(flow)
        if not again:
            return Struck(f"kenes up killed in {flow}", f"at {point}; its children have ended", well=True)
        trial.start()
    else:
        point = trial.strike(flow, victim, beside)
    wrong = trial.wrong_with_any([flow, *beside])
    outcome = f"at {point}; {'; '.join(wrong) or 'a new run completes'}"
    return Struck(f"{victim} killed in {', '.join([flow, *beside])}", outcome, not wrong)


def _a_week_away(trial: Trial) -> Iterator[Struck]:
    """Let a week pass with everything ended, and delete Prefect's database before the next start."""
    trial.week_away()
    trial.forget_prefect()
    trial.start()
    yield _going_on(trial, "a week away, Prefect's database deleted meanwhile", "it has started again")
    exits = trial.assembly.ask(
        "SELECT effective_at, recorded_at FROM entries WHERE act = 'exit' AND effective_at > '2020-01-01 00:00:00+00:00' ORDER BY position"
    )
    instants = [at for at, _ in exits]
    in_order = instants == sorted(instants) and len(exits) == 7
    yield Struck(
        "what fell due in that week", f"{len(exits)} of 7 performed, {'in' if in_order else 'OUT OF'} order", in_order
    )


def _forgotten(trial: Trial) -> Struck:
    """Delete Prefect's database while everything runs: the supervisor notices, and the clock goes on."""
    trial.give_work()
    before = trial.last_sweep()
    trial.forget_prefect()
    trial.waited(lambda: True if "told of them again" in trial.service.said() else None, "the supervisor's word")
    trial.waited(lambda: True if trial.last_sweep() != before else None, "a sweep")
    return _going_on(trial, "Prefect's database deleted while it runs", "noticed; the clock goes on")


def _going_on(trial: Trial, what: str, outcome: str) -> Struck:
    """See that every flow works afterwards."""
    broken = trial.broken()
    return Struck(what, "; ".join([outcome, *broken]), not broken)


def _judged(trial: Trial) -> Iterator[Struck]:
    trial.settle_down()
    left = trial.unfinished()
    yield Struck("dead runs that are left", ", ".join(left) or "none", not left)
    trial.leave((datetime.now(UTC) + timedelta(days=9)).date())
    unplanned = trial.plan_is_right()
    yield Struck("the plan", ", ".join(unplanned) or "right", not unplanned)
    trial.left.popitem()
    trial.settle_down()
    faults = trial.faults()
    told = f"{len(trial.left)} acts of the clock, {len(trial.postbox.letters)} letters: {len(faults)} lost, doubled or wrong"
    yield Struck("all of it", told, not faults)
    yield from (Struck("  wrong", fault, well=False) for fault in faults[:10])


@contextlib.contextmanager
def _trial(kind: str, seed: int, members: int) -> Iterator[Trial]:
    with contextlib.ExitStack() as stack:
        url = stack.enter_context(place(kind))
        postbox, listener = stack.enter_context(mail_server()), stack.enter_context(webhook())
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kenes-matrix-")))
        trial = Trial(home, url, postbox, listener, seed=seed, members=members)
        stack.callback(trial.database.dispose)
        stack.callback(trial.end)
        yield trial
