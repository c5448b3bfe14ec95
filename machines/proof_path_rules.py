"""What the Regulation says of the whole path of a candidacy, and the small worlds in which it is walked (items 9, 13.1 and 14)."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import product
from typing import TYPE_CHECKING, Any

from machines.procedure import NEW, Procedure
from machines.procedures import PROCEDURES
from machines.proof_paths import ONE, Place, Walk, World
from machines.proof_step import Broken, switched
from machines.rulings import DEFAULTS

if TYPE_CHECKING:
    from machines.proof import Report


def no_approval_without_a_meeting(walk: Walk) -> Iterator[Place]:
    """Nobody is approved whom a meeting of the Council has not considered, but by the Chairman's own inclusion."""
    return (at for at in walk.ways if at.candidacy == "approved" and not (at.met or at.included))


def no_candidacy_is_moved_by_a_poll(walk: Walk) -> Iterator[Place]:
    """No poll moves a candidacy, whatever is polled."""
    return (at for at in walk.ways if at.polled)


def nobody_carries_it_alone(walk: Walk) -> Iterator[Place]:
    """Nobody carries a candidacy from nomination to approval alone, where the Council has two members or more."""
    several = walk.world.council > 1
    return (at for at in walk.ways if several and at.candidacy == "approved" and at.alone and not at.included)


def no_vote_outlives_its_meeting(walk: Walk) -> Iterator[Place]:
    """What is being voted on belongs to a meeting that is being held."""
    return (at for at in walk.ways if at.question == "voting" and at.meeting != "open")


def what_binds_is_kept(walk: Walk) -> Iterator[Place]:
    """Where the Council's outcome binds, nobody is submitted whom it has not recommended by two thirds of all its members."""
    binds = walk.world.rulings["candidacy.council_outcome"] == "blocking"
    return (at for at in walk.ways if binds and at.candidacy == "submitted" and at.outcome != "recommended")


def no_dead_end(walk: Walk) -> Iterator[Place]:
    """From wherever a candidacy has come there is a way to its end, by people who are in office."""
    back: dict[Place, list[Place]] = {}
    for here, moves in walk.ways.items():
        for move in moves:
            back.setdefault(move.place, []).append(here)
    queue = [at for at in walk.ways if at.candidacy in walk.procedures["candidacy"].final]
    reached = {*queue}
    for at in queue:
        queue += (further := {*back.get(at, ())} - reached)
        reached |= further
    return (at for at in walk.ways if at not in reached)


def approval_is_possible(walk: Walk) -> Iterator[Place]:
    """With the Chairman in office, and deputies or a ruling that he stands in for them, an approval by way of the Council is possible."""
    can = walk.world.chairman and walk.seen["poll"].of("draft", NEW, None).deputies()
    if can and walk.world.council and not any(at.candidacy == "approved" and at.met for at in walk.ways):
        yield Place()


PATHS: tuple[tuple[str, Callable[[Walk], Iterator[Place]]], ...] = (
    ("14.2a", no_approval_without_a_meeting),
    ("14.2a", no_candidacy_is_moved_by_a_poll),
    ("14.2c", nobody_carries_it_alone),
    ("9.2c", no_vote_outlives_its_meeting),
    ("14.2a", what_binds_is_kept),
    ("14.2", no_dead_end),
    ("14.2c", approval_is_possible),
)


def worlds(up_to: int) -> Iterator[World]:
    """Yield small worlds: one person in all offices or in none, none to two deputies, the Chairman there or not, rulings switched."""
    rulings = (
        DEFAULTS,
        switched(candidacy__council_outcome="blocking", poll__excluded_kinds=[]),
        switched(deputies__joint_rule__if_none="nobody"),
    )
    for council, deputies, chairman, ruled in product(
        range(1, up_to + 1), ((), (ONE,), ("d1",), (ONE, "d2")), (ONE, "ch", None), rulings
    ):
        yield World(council, deputies, chairman, ONE, ruled)


def check_paths(
    procedures: Mapping[str, Procedure[Any]] = PROCEDURES,
    *,
    among: Iterable[World] | None = None,
    report: "Report | None" = None,
) -> Iterator[Broken]:
    """Yield the first counterexample to each rule about whole paths; count in *report* what was walked."""
    broken: set[str] = set()
    for world in THE_WORST if among is None else among:
        walk = Walk(world, procedures)
        if report:
            report.places += len(walk.ways)
        for norm, found in PATHS:
            place = next(found(walk), None)
            if place is not None and found.__name__ not in broken:
                broken.add(found.__name__)
                way = None if found in (no_dead_end, approval_is_possible) else walk.way(place)
                yield Broken("candidacy", norm, (found.__doc__ or "").splitlines()[0], walk.trace(place), way)


# Where the most is in one hand; the others are walked by a slow test.
THE_WORST = (
    World(3, (), ONE, ONE),
    World(2, (ONE,), ONE, ONE, switched(candidacy__council_outcome="blocking", poll__excluded_kinds=[])),
    World(2, (ONE, "d2"), "ch", ONE),
    World(2, (), None, ONE, switched(deputies__joint_rule__if_none="nobody")),
)
