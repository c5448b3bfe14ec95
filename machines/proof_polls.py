"""Small situations of polls of the Council, and what the Regulation says of them (items 9.2c, 9.3a, 9.3b and 14.2a)."""

from datetime import timedelta
from itertools import product
from typing import Any

from machines import poll_facts
from machines.poll_guards import Circumstances
from machines.procedure import NEW
from machines.proof_council import Situations, jointly_done
from machines.proof_step import NOW, TODAY, Seen, Step, day, facts, people, rule, splits, switched
from machines.rulings import DEFAULTS, QUESTION_KINDS
from machines.terms import end_of_day, local_midnight
from machines.zones import local_time

NONE: frozenset[str] = frozenset()
OPENED = NOW - timedelta(days=10)
FIVE = 5  # Saturday, in Python's week


def polls(up_to: int) -> Situations:
    """Yield the situations of a poll: what is asked, how long, every answer in time and not, every split at either moment."""
    seen = Seen("poll")
    for kind, known in product(QUESTION_KINDS, (True, False)):
        told = facts(poll_facts.Draft, {"kind": kind, "subject": "p:1", "question": "As asked"})
        yield seen.of("draft", NEW, Circumstances(NONE, NONE, NONE, NONE, {}, {}, known), given=told)
    for today, days in product(range(7), range(-1, 12)):
        told = facts(poll_facts.Open, {"closes_on": day(today + days)})
        yield seen.of("open", "drafted", _silent(3), given=told, at=NOW + timedelta(days=today))
    yield from _answers()
    for days, until in product((-2, -1, 0, 1, 2), (-1, 0, 1, 5)):
        told = facts(poll_facts.Extend, {"closes_on": day(until), "reason": "As asked"})
        yield seen.of("extend", "open", _silent(3), given=told, facts=_facts(0), at=NOW + timedelta(days=days))
    yield from jointly_done("poll", "annul", ("open", "counting"), _silent(3), facts=_facts(3))
    yield from _closings(up_to)


def _silent(total: int) -> Circumstances:
    none = {"for": 0, "against": 0, "abstain": 0}
    return Circumstances(people(total), people(total), people(total), NONE, none, none)


def _facts(closes: int, **told: Any) -> dict[str, Any]:
    return {"opened_at": OPENED.isoformat(), "closes_on": day(closes), "kind": "other", **told}


def _answers() -> Situations:
    for ruled, state, days, came, own, who in product(
        (DEFAULTS, switched(poll__reference_moment="open")),
        ("open", "counting"),
        (-1, 0, 1),
        (None, -11, -1, 0, 2),
        (True, False),
        ("m1", "m9"),
    ):
        at = NOW + timedelta(days=days)
        if (state == "open") != (at < end_of_day(TODAY, zone="Asia/Almaty")):
            continue  # the clock closes a poll at its closing, before anything else is done
        received = (
            None if came is None else local_time(NOW + timedelta(days=came), "Asia/Almaty").strftime("%Y-%m-%d %H:%M")
        )
        told = facts(poll_facts.Answer, {"choice": "for", "received_at": received})
        closed = {"closed_at": end_of_day(TODAY, zone="Asia/Almaty").isoformat()} if state == "counting" else {}
        yield Seen("poll", rulings=ruled).of(
            "answer", state, _silent(3), given=told, facts=_facts(0, **closed), at=at, holder=who, actor=who if own else "wb"
        )  # fmt: skip


def _closings(up_to: int) -> Situations:
    """The Council at the reference moment and, where the ruling counts both, the one at the opening, which may be another."""
    ended = (
        ("clock", "open", True),
        ("clock", "open", False),
        ("working_body", "open", False),
        ("clock", "counting", True),
    )
    for moment, (office, state, post) in product(("close", "both"), ended):
        seen = Seen("poll", rulings=switched(poll__reference_moment=moment))
        for total in range(up_to + 1):
            for votes in splits(total):
                answered = people(sum(votes.values()))
                for before, then in _openings(total, votes) if moment == "both" else ((total, votes),):
                    hall = Circumstances(people(total), people(before), people(total), answered, votes, then)
                    yield seen.of("close", state, hall, facts=_facts(0, by_post=post), office=office)


def _openings(total: int, votes: dict[str, int]) -> tuple[tuple[int, dict[str, int]], ...]:
    return (
        (total, votes),
        (total + 3, votes),
        (total + 3, votes | {"for": votes["for"] + 3}),
        (max(0, total - 1), votes | {"for": max(0, votes["for"] - 1)}),
    )


@rule("14.2a", "poll.draft")
def no_candidacy_by_poll(step: Step) -> bool:
    """A candidacy is considered at a meeting of the Council, never by poll."""
    return bool(step.told.kind != "candidacy")


@rule("9.2b", "poll.draft")
def no_nomination_to_the_mazhilis_by_poll(step: Step) -> bool:
    """Who is nominated for the Mazhilis is not decided by poll."""
    return bool(step.told.kind != "mazhilis_nomination")


@rule("9.3b", "poll.open")
def three_working_days_to_answer(step: Step) -> bool:
    """Members of the Council have three working days at least to answer: the day of the opening is not counted."""
    length = (step.told.closes_on - step.s.today).days
    ahead = (step.s.today + timedelta(days=each) for each in range(1, length + 1))
    return sum(each.weekday() < FIVE for each in ahead) >= 3  # the number of the norm


def _received(step: Step) -> Any:
    told = step.told.received_at
    return (
        step.s.at
        if told is None
        else local_midnight(told.date(), step.s.zone) + timedelta(hours=told.hour, minutes=told.minute)
    )


@rule("9.3a", "poll.answer")
def answers_count_until_the_closing(step: Step) -> bool:
    """An answer counts that was received from the opening on and before the closing, and not in the future."""
    closing = end_of_day(TODAY, zone=step.s.zone)
    return bool(OPENED <= _received(step) < closing and _received(step) <= step.s.at)


@rule("9.3a", "poll.answer")
def sheets_are_received_by_the_working_body(step: Step) -> bool:
    """When a sheet of paper was received is said by the working body, not by who has sent it."""
    return step.told.received_at is None or step.s.holder != step.s.actor


@rule("9.3a", "poll.answer")
def who_sat_at_the_opening_answers(step: Step) -> bool:
    """Where the Council at the opening counts, nobody else answers."""
    return step.s.rulings["poll.reference_moment"] != "open" or step.s.holder in step.seen.at_opening


@rule("9.3b", "poll.extend")
def a_poll_is_extended_while_it_runs(step: Step) -> bool:
    """A poll that is over is not extended, and none is cut short."""
    return step.s.at < end_of_day(TODAY, zone=step.s.zone) and step.told.closes_on > TODAY


@rule("9.3b", "poll.close")
def nobody_is_cut_off(step: Step) -> bool:
    """Before its closing a poll ends only when every member of the Council has answered."""
    if step.s.office == "clock" or step.s.state != "open":
        return True
    return bool(step.seen.answered == step.seen.electorate != NONE)


@rule("9.3a", "poll.close")
def sheets_on_their_way_are_awaited(step: Step) -> bool:
    """A poll waits for sheets that the post still brings, at its closing, once, and for no other reason."""
    silent = step.seen.electorate - step.seen.answered
    awaited = step.s.office == "clock" and step.s.state == "open" and step.s.facts["by_post"] and bool(silent)
    return (step.state == "counting") == awaited


@rule("9.2c", "poll.close")
def two_thirds_of_all_members_answer_for(step: Step) -> bool:
    """A poll adopts by two thirds of all members of the Council (at both moments, where both count), and never by fewer."""
    then = step.seen.counts_at_opening["for"], len(step.seen.at_opening)
    moments = [(step.seen.counts["for"], len(step.seen.electorate))]
    moments += [then] if step.s.rulings["poll.reference_moment"] == "both" else []
    two_thirds = all(3 * votes >= 2 * total > 0 for votes, total in moments)
    return step.state == "counting" or (step.state == "adopted") == two_thirds
