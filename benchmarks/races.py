"""Races: the same key from fifty threads at once, and two hundred answers around the instant at which a poll closes."""

import random
import time
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import NamedTuple

from benchmarks.doors import together
from benchmarks.place import place
from machines.act import Act
from machines.journal import verify
from machines.refusal import Refused
from machines.settle import act_settled
from models.database import Database
from tests.assembly import Assembly, nominated

SAME_KEY = 50
VOTERS = 200
SPREAD_MS = 400  # half before the closing instant, half from it on


class Race(NamedTuple):
    """What a race came to."""

    name: str
    outcome: str
    well: bool


def races(kind: str) -> Iterator[Race]:
    """Run both races on a database of *kind*."""
    with place(kind) as url:
        database = Database(url)
        yield _same_key(Assembly(database))
        database.dispose()
    with place(kind) as url:
        database = Database(url)
        yield _closing(Assembly(database, members=VOTERS, council=VOTERS, starts="2010-03-01 08:30"))
        database.dispose()


def _same_key(assembly: Assembly) -> Race:
    """One effect, fifty equal answers, a chain without gaps."""
    number = nominated(assembly).number
    act = assembly.act("wb", "candidacy.admit", case=number, at="2006-04-17 10:00", key="once")
    done = together([lambda: act_settled(assembly.database.transaction, act, assembly.book)] * SAME_KEY)
    first = sum(not each.replay for each in done)
    same = {each.record for each in done}
    well = (first, len(same), assembly.acts(number)) == (1, 1, ["nominate", "admit"]) and _whole(assembly)
    return Race(f"{SAME_KEY} threads, one key", f"{first} done, {SAME_KEY - first} told the same", well)


def _closing(assembly: Assembly) -> Race:
    """Accepted and refused make what was sent; what is counted again is what was counted."""
    draft = assembly.do("d1", "poll.draft", facts={"kind": "other", "question": "To approve the appeal"})
    assembly.do("wb", "poll.open", case=draft, facts={"closes_on": "2010-03-12"})
    closing, dice = assembly.at("2010-03-13 00:00"), random.Random(0)
    sent = [
        assembly.act(
            f"c{n}", "poll.answer", case=draft, facts={"choice": dice.choice(("for", "against"))}, seen=None
        )._replace(
            at=closing + timedelta(milliseconds=dice.randrange(-SPREAD_MS, SPREAD_MS)), key=f"answer-{n}",
        )
        for n in range(1, VOTERS + 1)
    ]  # fmt: skip
    comes = time.monotonic() + 0.2 + SPREAD_MS / 1000  # the closing instant, by the machine's clock
    outcomes = together([partial(_answer, assembly, act, comes + (act.at - closing).total_seconds()) for act in sent])
    assembly.sweep("2010-03-13 01:00")
    accepted, refused = outcomes.count("accepted"), outcomes.count("refused")
    late = sum(each == "accepted" and act.at >= closing for act, each in zip(sent, outcomes, strict=True))
    counted = assembly.facts(draft)["counts"]
    again = dict(assembly.ask("SELECT choice, count(*) FROM ballots GROUP BY choice"))
    recount = all(counted[choice] == again.get(choice, 0) for choice in ("for", "against", "abstain"))
    closings = assembly.acts(draft).count("close")
    well = accepted + refused == VOTERS and counted["answered"] == accepted and recount and (late, closings) == (0, 1)
    outcome = f"{accepted} accepted + {refused} refused = {accepted + refused} sent; counted {counted['answered']}"
    return Race(f"{VOTERS} threads around a closing instant", outcome, well and _whole(assembly))


def _answer(assembly: Assembly, act: Act, at: float) -> str:
    time.sleep(max(0.0, at - time.monotonic()))
    try:
        act_settled(assembly.database.transaction, act, assembly.book)
    except Refused:
        return "refused"
    return "accepted"


def _whole(assembly: Assembly) -> bool:
    assembly.assert_replayable()
    with assembly.database.transaction(write=False) as db:
        return not verify(db).faults
