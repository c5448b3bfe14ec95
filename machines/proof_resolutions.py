"""Small situations of the resolutions of a session, and what the Regulation says of their votes (items 8.3 and 8.4)."""

from itertools import product
from typing import Any

from machines import resolution_facts
from machines.facts import EnteredCount
from machines.procedure import NEW
from machines.proof_council import Situations
from machines.proof_step import Seen, Step, facts, people, rule, splits
from machines.resolution_guards import Circumstances
from machines.session import State as SessionState

METHODS = ("show_of_hands", "roll_call", "secret")
NO_VOTES = {"for": 0, "against": 0, "abstain": 0}


def _hall(here: int, total: int, **told: Any) -> Circumstances:
    usual: dict[str, Any] = {
        "session_state": "open", "session_method": "roll_call", "other_vote": None, "present": people(here), "total": total,
        "at_opening": people(here), "took_part": False, "by_name": NO_VOTES, "entered": None,
    }  # fmt: skip
    return Circumstances(**(usual | told))


def resolutions(up_to: int) -> Situations:
    """Yield the situations of a resolution: any presence, every method, every split of the votes."""
    seen = Seen("resolution")
    for each in SessionState:
        told = facts(resolution_facts.List, {"session": "S-2027-0001", "kind": "other"})
        yield seen.of("list", NEW, _hall(0, 0, session_state=each.value), given=told)
    for total in range(up_to + 1):
        for here, state, method, vote in product(range(total + 1), ("open", "paused"), (None, "secret"), (None, "Q-2")):
            hall = _hall(here, total, session_state=state, session_method=method, other_vote=vote)
            yield seen.of("open_vote", "listed", hall)
        for votes, state in product(splits(total), ("open", "paused")):
            for told_by in ({"by_name": votes}, {"entered": votes}):
                yield seen.of(
                    "close_vote",
                    "voting",
                    _hall(total, up_to, session_state=state, **told_by),
                    facts={"method": "secret"},
                )
    yield from _votes(seen, up_to)


def _votes(seen: Seen, up_to: int) -> Situations:
    vote = facts(resolution_facts.Vote, {"choice": "for"})
    for state, method, own, took, who, count in product(
        ("open", "paused"), METHODS, (True, False), (True, False), ("m1", "m2", "m3", "m4"), (None, NO_VOTES)
    ):
        if (took and method != "secret") or (count and method == "roll_call"):
            continue  # only a secret vote keeps who took part; only hands and secret votes are sums
        hall = _hall(0, 9, session_state=state, took_part=took, entered=count)
        hall = Circumstances(
            hall.session_state, method, None, frozenset({"m1", "m2"}), 9, frozenset({"m1", "m3"}), took, {}, count
        )
        yield seen.of(
            "vote", "voting", hall, given=vote, holder=who, actor=who if own else "wb", facts={"method": method}
        )
    counted = _hall(2, 9, entered=NO_VOTES)
    yield seen.of("vote", "voting", counted, given=vote, holder="m1", actor="m1", facts={"method": "roll_call"})
    for here, method, state in product(range(up_to + 1), METHODS, ("open", "paused")):
        for count in splits(here + 1):
            hall = _hall(here, up_to, session_state=state)
            yield seen.of("enter_count", "voting", hall, given=facts(EnteredCount, count), facts={"method": method})


@rule("8.4.5", "resolution.list")
def put_to_a_session_to_come(step: Step) -> bool:
    """A resolution is put to a session that is ahead or is being held."""
    return step.seen.session_state in ("convened", "announced", "registration", "open", "paused")


@rule("8.3a", "resolution.open_vote", "resolution.vote", "resolution.enter_count", "resolution.close_vote")
def a_session_that_is_held_votes(step: Step) -> bool:
    """A session votes while it is being held, and not in a pause."""
    return bool(step.seen.session_state == "open")


@rule("8.3a", "resolution.open_vote")
def a_vote_needs_a_quorum(step: Step) -> bool:
    """There are two thirds of all members when a vote is opened."""
    return bool(3 * len(step.seen.present) >= 2 * step.seen.total > 0)


@rule("8.3c", "resolution.open_vote")
def the_method_is_chosen_before(step: Step) -> bool:
    """The session has chosen how it votes before it votes."""
    return step.seen.session_method is not None


@rule("8.3c", "resolution.vote", "resolution.enter_count")
def votes_are_given_as_the_session_chose(step: Step) -> bool:
    """A show of hands is counted, any other vote is given by each member."""
    return bool((step.s.facts["method"] == "show_of_hands") == (step.s.act == "enter_count"))


@rule("8.3c", "resolution.vote")
def a_secret_vote_is_ones_own(step: Step) -> bool:
    """A secret vote is given by the member himself, once."""
    return step.s.facts["method"] != "secret" or (step.s.holder == step.s.actor and not step.seen.took_part)


@rule("8.3b", "resolution.vote")
def who_votes_was_there_and_is(step: Step) -> bool:
    """Those vote who are present and were when the vote was opened."""
    return step.s.holder in step.seen.present & step.seen.at_opening


@rule("8.3b", "resolution.vote")
def no_vote_beside_counted_hands(step: Step) -> bool:
    """Nobody votes by name where a count has been entered: he would count twice."""
    return step.s.facts["method"] == "secret" or step.seen.entered is None


@rule("8.3b", "resolution.enter_count")
def no_more_hands_than_people(step: Step) -> bool:
    """No more hands are counted than members were present when the vote was opened."""
    return bool(sum(step.told.counts.values()) <= len(step.seen.at_opening))


@rule("8.3b", "resolution.close_vote")
def more_than_half_of_those_present_decide(step: Step) -> bool:
    """A resolution is adopted by more than half of those present, and never by fewer; what they want is adopted."""
    return bool((step.state == "adopted") == (2 * step.seen.counts["for"] > len(step.seen.at_opening)))
