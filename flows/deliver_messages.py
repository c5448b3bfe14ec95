"""Send what waits in the outbox, by mail and to webhooks: every minute."""

from collections import Counter
from datetime import datetime
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from flows.delivery import Delivered, deliver_messages_now
from flows.home import Home
from flows.outgoing import office_of
from flows.run import Told, carry_out
from flows.sweeps import beat
from flows.touching import summed_up
from flows.writing import link_to

COLUMNS = ("case", "message", "way", "outcome", "attempt", "what the other side said")


@flow(name="deliver_messages", validate_parameters=False)
async def deliver_messages() -> State[Any]:
    """Send letters and calls that are due; back off where they do not arrive; give up loudly."""
    return await carry_out(_work, artifact="delivered-messages", whatever_the_clock=True)


def _work(home: Home, now: datetime) -> Told:
    done = deliver_messages_now(home.database, now, office_of(home))
    told = told_of(done, home)
    outcomes = Counter(each.outcome for each in done)
    beat(
        home.database,
        "deliver_messages",
        now,
        "delivered",
        **{each: outcomes[each] for each in ("sent", "again", "dead")},
    )
    return told


def told_of(done: list[Delivered], home: Home) -> Told:
    """Say what was sent, what is tried again, and what was given up."""
    if not done:
        return Told("Nothing due")
    outcomes = Counter(each.outcome for each in done)
    words = {"sent": "sent", "again": "to be tried again", "dead": "given up"}
    title = ", ".join(f"{outcomes[outcome]} {word}" for outcome, word in words.items() if outcomes[outcome])
    return Told("Delivered", title, COLUMNS, [_row(each, home) for each in done], _alarm(done), _touched(done))


def _touched(done: list[Delivered]) -> dict[str, str]:
    words = {"sent": "sent", "again": "not sent yet", "dead": "given up"}
    return summed_up(
        (each.waiting.number, f"{'call' if each.channel == 'webhook' else 'letter'} {words[each.outcome]}")
        for each in done
    )


def _row(each: Delivered, home: Home) -> tuple[str, ...]:
    """Write a row without the name or the address of anybody."""
    waiting = each.waiting
    case = f"[{waiting.number}]({link_to(home.settings.url, waiting.number)})" if waiting.number else ""
    said = (
        each.failure.split(":")[0] if each.channel == "smtp" else each.failure
    )  # what a mail server says has addresses in it
    return (case, waiting.template, each.channel, each.outcome, str(waiting.attempts + 1), said)


def _alarm(done: list[Delivered]) -> str:
    dead = [each for each in done if each.outcome == "dead"]
    if not dead:
        return ""
    cases = ", ".join(dict.fromkeys(each.waiting.number or each.waiting.template for each in dead))
    return (
        f"{len(dead)} messages given up ({cases}). `kenes messages --dead` says why: mend the addresses, the mail server or the "
        "webhook, then `kenes messages again --all`; tell who must know at once in another way."
    )
