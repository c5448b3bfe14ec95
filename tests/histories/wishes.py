"""An act that is wished for, and what leads to it: without a wish the rare acts would come once in a thousand histories."""

from collections.abc import Callable, Iterator
from functools import cache

from tests.reference import ACTS, Case, World

Step = tuple[str, Case | None]
Possible = Callable[[Step], bool]

# What helps when an act is not possible yet, the first first.
HELPS = {
    "candidacy.consider": ("council_question.close_vote",),
    "removal.lapse": ("membership.end",),
    "membership.remove": ("removal.grant",),
    "council_meeting.open": ("council_meeting.check_in",),
    "council_meeting.close": ("council_question.close_vote", "council_question.remove"),
    "council_question.open_vote": ("council_meeting.open", "council_meeting.check_in", "council_question.close_vote"),
    "council_question.vote": ("council_meeting.check_in",),
    "council_question.close_vote": ("council_question.vote",),
    "poll.close": ("poll.answer",),
    "deputy_appointment.recommend": ("council_question.close_vote", "poll.close"),
    "deputy_appointment.appoint": ("deputy_appointment.dismiss",),
    "deputy_appointment.enrol": ("deputy_appointment.dismiss",),
    "office.assume": ("office.vacate",),
    "session.open": ("session.check_in",),
    "session.set_method": ("session.check_in",),
    "session.close": ("resolution.close_vote", "resolution.remove"),
    "session.declare_not_competent": ("session.check_out",),
    "session_request.register": ("session_request.sign",),
    "session_request.satisfy": ("session.convene",),
    "session_request.unsign": ("session_request.sign",),
    "resolution.open_vote": ("session.open", "session.set_method", "session.check_in", "resolution.close_vote"),
    "resolution.vote": ("session.check_in",),
    "resolution.close_vote": ("resolution.vote", "resolution.enter_count"),
}
FAMILIES = (
    ("session", "resolution", "session_request"),
    ("candidacy", "council_meeting", "council_question"),
    ("poll",),
    ("membership", "removal", "council_seat"),
    ("deputy_appointment", "office"),
    ("edition", "term_decision"),
)
VOTES = ("council_question.close_vote", "poll.close", "resolution.close_vote", "session_request.register")


def wishes_after(w: World, act: str) -> list[str]:
    """Acts that people do; after another act those of the same procedures, so that cases come to their end; of a sitting its votes."""
    near = [family for family in FAMILIES if act.partition(".")[0] in family]
    if near and w.all("session", "open"):
        near = [("resolution",)]
    elif near and w.all("council_meeting", "open"):
        near = [("council_question",)]
    return [name for name, row in ACTS.items() if row.by and (not near or name.partition(".")[0] in near[0])]


def towards_wish(w: World, wish: str, near: frozenset[Case], possible: Possible, depth: int = 4) -> list[Step]:
    """What is possible now and leads to an act, by the shortest way; what helps, where it is not possible itself."""
    for c in nearest(w, wish, near):
        for name in next_on_the_way(wish, c.state if c else "new"):
            if found := list(_or_what_helps(w, (name, c), near, possible, depth)):
                return found
    return []


def _or_what_helps(w: World, step: Step, near: frozenset[Case], possible: Possible, depth: int) -> Iterator[Step]:
    name, c = step
    early = name in VOTES and c is not None and not (c.ballots or c.count or c.told.get("answers"))
    if ACTS[name].by and not early and possible(step):
        yield step
        return
    family = frozenset({c, *([c.parent] if c.parent else [])} if c else ()) | near
    for helpful in HELPS.get(name, ()) if depth else ():
        if found := towards_wish(w, helpful, family, possible, depth - 1):
            yield from found
            return
    if early and possible(step):  # nobody can vote
        yield step


def nearest(w: World, wish: str, near: frozenset[Case]) -> list[Case | None]:
    """Cases from which the act is not far, nearest first, those first that belong to what is under way; else a new one."""
    procedure, far = wish.partition(".")[0], distances(wish)
    cases = [c for c in w.cases if c.procedure == procedure and c.state in far]
    family = [c for c in cases if c in near or c.parent in near]
    found: list[Case | None] = sorted(family or cases, key=lambda c: far[c.state])[:3]
    return [*found, None] if "new" in far else found


@cache
def distances(wish: str) -> dict[str, int]:
    """How many acts each state is away from an act."""
    found = dict.fromkeys(ACTS[wish].source, 0)
    for _ in range(9):
        for name, row in ACTS.items():
            reached = [found[state] for state in leads_to(wish, name) if state in found]
            for state in row.source if reached else ():
                found[state] = min(found.get(state, 99), min(reached) + 1)
    return found


def next_on_the_way(wish: str, state: str) -> list[str]:
    """Acts by which a state is left towards an act, or the act itself."""
    far = distances(wish)
    if not far[state]:
        return [wish]
    acts = [name for name, row in ACTS.items() if state in row.source]
    return [name for name in acts if any(far.get(to, 99) < far[state] for to in leads_to(wish, name))]


def leads_to(wish: str, name: str) -> tuple[str, ...]:
    """To which states an act of the same procedure leads."""
    same = name.partition(".")[0] == wish.partition(".")[0]
    return ACTS[name].to if same else ()
