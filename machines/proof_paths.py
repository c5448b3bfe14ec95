"""The check of linked paths: a candidacy, the meeting, the question and the poll that may concern it, walked together (items 9, 13.1, 14).

Where a rule is about a whole path over several procedures, no single step shows it. Here every order is walked in which people who hold
offices can act, in a small world: a Council of a few, none to two deputies, and one person who may hold every office that one person can.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from functools import cached_property
from typing import Any, NamedTuple

from machines import candidacy_guards, council_meeting, council_question_guards, poll_guards
from machines.decide import why_not
from machines.facts import EnteredCount
from machines.machine import take_branch
from machines.procedure import NEW, SAME, Branch, Procedure
from machines.procedures import PROCEDURES
from machines.proof_step import NOW, Seen, facts, held, people
from machines.rulings import DEFAULTS, Rulings
from machines.situation import Mandates, Situation

ONE = "m1"  # the person who may hold every office
LINKED = ("candidacy", "council_meeting", "council_question", "poll")
STARTS = {"starts_at": (NOW.replace(tzinfo=None) + timedelta(hours=6)).isoformat()}
NO_ROWS: Any = None  # the consequences that are walked here look at the situation alone
NO_VOTES = {"for": 0, "against": 0, "abstain": 0}
SOURCE = {
    "route": "small_assembly", "nominating_body": "small_assembly:Kostanay", "proposals": [{"by": "Centre", "date": "2027-09-01"}],
    "decision": {"body": "small_assembly_session", "number": "1", "date": "2027-09-01"},
}  # fmt: skip


class World(NamedTuple):
    """Who holds which office, and what is ruled."""

    council: int
    deputies: tuple[str, ...]
    chairman: str | None
    official: str  # the working body and the secretariat of a small assembly
    rulings: Rulings = DEFAULTS

    def mandates(self) -> Mandates:
        """Return the mandates of the Chairman and his deputies."""
        return Mandates(
            (*held("deputy_chairman", *self.deputies), *(held("chairman", self.chairman) if self.chairman else ()))
        )

    def __str__(self) -> str:
        """Say it on one line."""
        ruled = self.rulings.differing()
        return (
            f"Council: {self.council} (m1 …); deputies: {', '.join(self.deputies) or 'none'}; Chairman: {self.chairman or 'none'};"
            f" working body and secretariat: {self.official}" + (f"; rulings switched: {ruled}" if ruled else "")
        )


class Place(NamedTuple):
    """How the linked cases stand, and what is remembered of the way."""

    candidacy: str = NEW
    outcome: str = ""
    submitted: frozenset[str] = frozenset()
    meeting: str = NEW
    signed: frozenset[str] = frozenset()
    question: str = NEW
    poll: str = NEW
    here: int = 0
    votes: int | None = None
    met: bool = False  # a meeting that was open has considered it
    polled: bool = False  # a poll has moved it
    included: bool = False
    alone: bool = True  # nobody but the one person has acted, or was there when it was considered


class Move(NamedTuple):
    """An act on the way: who did it, and where it led."""

    act: str
    by: str
    place: Place

    def __str__(self) -> str:
        """Say it on one line."""
        at = self.place
        return f"{self.act} by {self.by} ⇒ candidacy {at.candidacy}, meeting {at.meeting}, question {at.question}, poll {at.poll}"


class Way(NamedTuple):
    """A counterexample: in which world, and what was done in it."""

    world: World
    moves: tuple[Move, ...]


Choice = tuple[
    dict[str, Any], Callable[[Place], Place]
]  # what the act is told, and what it leaves beside the new state


class Walk:
    """Every way through the linked tables in one world."""

    def __init__(self, world: World, procedures: Mapping[str, Procedure[Any]] = PROCEDURES) -> None:
        self.world, self.procedures = world, procedures
        self.seen = {name: Seen(name, world.mandates(), world.rulings) for name in LINKED}
        self.came: dict[Place, tuple[Place, Move] | None] = {Place(): None}
        self._answers: dict[Any, tuple[str, Branch[Any]] | None] = {}

    @cached_property
    def ways(self) -> dict[Place, tuple[Move, ...]]:
        """Return every place that can be reached, with the moves from it."""
        found, queue = {}, [Place()]
        for here in queue:
            found[here] = tuple(self._moves(here))
            for move in found[here]:
                if move.place not in self.came:
                    self.came[move.place] = (here, move)
                    queue.append(move.place)
        return found

    def way(self, place: Place) -> Way:
        """Return the shortest way to a place."""
        moves: list[Move] = []
        while step := self.came[place]:
            place = step[0]
            moves.append(step[1])
        return Way(self.world, tuple(reversed(moves)))

    def trace(self, place: Place) -> tuple[str, ...]:
        """Tell the shortest way to a place."""
        return (str(self.world), *(str(move) for move in self.way(place).moves))

    # --------------------------------------------------------------------------------------------------------------- moves

    def _moves(self, at: Place) -> Iterator[Move]:
        if at.candidacy in self.procedures["candidacy"].final:
            return
        for name, states in (
            ("candidacy", at.candidacy), ("council_meeting", at.meeting), ("council_question", at.question), ("poll", at.poll)
        ):  # fmt: skip
            for row in self.procedures[name].known_in(states):
                choices: Callable[[Place], Iterator[Choice]] = getattr(self, f"_{name}_{row.name}", self._plain)
                for who in self._entitled(row.by):
                    for told, then in choices(at):
                        yield from self._move(name, row.name, at, who, told, then)

    def _entitled(self, offices: tuple[Any, ...]) -> list[str]:
        """Name who may act: those in office; with no deputy the Chairman (B01); the members of the Council where they vote."""
        world, found = self.world, list[str]()
        for office in offices:
            if office == "deputy_chairman":
                found += self.seen["poll"].of("draft", NEW, None).deputies()
            elif office == "chairman" and world.chairman:
                found.append(world.chairman)
            elif office in ("working_body", "sa_secretariat", "nominating_body"):
                found.append(world.official)
        return list(dict.fromkeys(found))

    def _move(
        self, name: str, act: str, at: Place, who: str, told: dict[str, Any], then: Callable[[Place], Place]
    ) -> Iterator[Move]:
        s = self.seen[name].of(
            act, getattr(at, _FIELD[name]), self._circumstances(name, at), actor=who, holder=who, **told
        )
        s = s._replace(joint={act: sorted(at.submitted if name == "candidacy" else at.signed)})
        taken = self._taken(name, s)
        if taken is None:
            return
        state, branch = taken
        changed: dict[str, Any] = {_FIELD[name]: state, "alone": at.alone and who == ONE}
        after = at._replace(**changed)
        if self.procedures[name].rows[act].joint:
            after = _done(after, name, who, complete=branch.to != SAME)
        after = self._consequences(name, s, branch, then(after))
        yield Move(f"{name}.{act}", who, after)

    def _taken(self, name: str, s: Situation[Any]) -> tuple[str, Branch[Any]] | None:
        """Ask guards and machine, each question once."""
        told = s.given.model_dump_json() if s.given else None
        key = (name, s.act, s.state, s.holder, told, str(s.facts), str(s.joint), str(s.circumstances))
        if key not in self._answers:
            row, procedure = self.procedures[name].rows[s.act], self.procedures[name]
            state, call = ("", None) if why_not(procedure, row, s) else take_branch(procedure, row, s)
            self._answers[key] = (state, call.branch) if call and call.branch else None
        return self._answers[key]

    def _consequences(self, name: str, s: Situation[Any], branch: Branch[Any], at: Place) -> Place:
        """Do what follows on the linked cases that are walked here, as far as they accept it."""
        for brought in branch.consequences:
            if brought.procedure == "candidacy" and [*brought.targets(NO_ROWS, s)]:
                row = self.procedures["candidacy"].rows[brought.act]
                if at.candidacy in row.source:
                    outcome = str(brought.facts(s).get("outcome", ""))
                    at = at._replace(candidacy=row.to[0].to, outcome=outcome)
                    at = at._replace(met=at.met or at.meeting == "open", polled=at.polled or name == "poll")
            if (brought.procedure, at.question) == ("council_question", "listed"):
                at = at._replace(question="removed")
        return at

    # ------------------------------------------------------------------------------------------------- what acts are told

    def _plain(self, _: Place) -> Iterator[Choice]:
        yield {"facts": {"sources": [SOURCE]} | STARTS, "office": ""}, _same

    def _candidacy_include(self, _: Place) -> Iterator[Choice]:
        yield {"office": ""}, lambda at: at._replace(included=True)

    def _candidacy_submit(self, at: Place) -> Iterator[Choice]:
        yield {"facts": {"outcome": at.outcome}}, _same

    def _council_meeting_check_in(self, at: Place) -> Iterator[Choice]:
        if at.meeting == "open" and at.question in ("listed", "voting"):
            yield from (({}, _seated(here)) for here in range(at.here + 1, self.world.council + 1))

    def _council_meeting_check_out(self, at: Place) -> Iterator[Choice]:
        if at.question in ("listed", "voting"):
            yield from (({}, _seated(here)) for here in range(at.here))

    def _council_question_list(self, _: Place) -> Iterator[Choice]:
        told = {"meeting": "L-2027-0001", "kind": "candidacy", "subject": "C-2027-0001"}
        yield {"given": facts(council_question_guards.List, told)}, _same

    def _council_question_open_vote(self, _: Place) -> Iterator[Choice]:
        yield {"facts": {"kind": "candidacy"}}, self._witnessed

    def _council_question_enter_count(self, at: Place) -> Iterator[Choice]:
        for votes in range(at.here + 2) if at.votes is None else ():
            yield {"given": facts(EnteredCount, NO_VOTES | {"for": votes})}, _counted(votes)

    def _council_question_close_vote(self, _: Place) -> Iterator[Choice]:
        yield {"facts": {"kind": "candidacy", "proposal": "positive"}, "about": "C-2027-0001"}, self._witnessed

    def _poll_draft(self, _: Place) -> Iterator[Choice]:
        told = {"kind": "candidacy", "subject": "C-2027-0001", "question": "As asked"}
        yield {"given": facts(self.procedures["poll"].rows["draft"].facts, told)}, _same

    def _poll_open(self, _: Place) -> Iterator[Choice]:
        yield {"given": facts(self.procedures["poll"].rows["open"].facts, {"closes_on": "2027-09-30"})}, _same

    def _poll_close(self, _: Place) -> Iterator[Choice]:
        yield {"facts": {"kind": "candidacy", "subject": "C-2027-0001"}, "about": "C-2027-0001"}, _same

    def _nothing(self, _: Place) -> Iterator[Choice]:
        yield from ()

    _council_question_vote = _nothing  # votes by name come to the same sums
    _poll_answer = _nothing  # everybody has answered for: what could move a candidacy most
    _poll_extend = _poll_annul = _nothing

    def _witnessed(self, at: Place) -> Place:
        others = at.here - (ONE in people(at.here))
        kept = at.votes if at.question == "voting" else None
        return at._replace(alone=at.alone and others == 0, votes=kept)

    def _circumstances(self, name: str, at: Place) -> Any:
        council = people(self.world.council)
        if name == "candidacy":
            return candidacy_guards.Circumstances()
        if name == "council_meeting":
            unsettled = ("K-1",) if at.question in ("listed", "voting") else ()
            return council_meeting.Circumstances(at.here, len(council), council, unsettled)
        if name == "poll":
            votes = NO_VOTES | {"for": len(council)}
            return poll_guards.Circumstances(council, council, council, council, votes, votes)
        counted = NO_VOTES | {"for": at.votes or 0}
        return council_question_guards.Circumstances(
            "L-2027-0001", at.meeting, None, council, people(at.here), council, NO_VOTES, 0, counted, at.candidacy, None, True
        )  # fmt: skip


_FIELD = {"candidacy": "candidacy", "council_meeting": "meeting", "council_question": "question", "poll": "poll"}


def _same(at: Place) -> Place:
    return at


def _seated(here: int) -> Callable[[Place], Place]:
    return lambda at: at._replace(here=here)


def _counted(votes: int) -> Callable[[Place], Place]:
    return lambda at: at._replace(votes=votes)


def _done(at: Place, name: str, who: str, *, complete: bool) -> Place:
    """Remember who has done a joint act, until it is complete."""
    if name == "candidacy":
        return at._replace(submitted=frozenset() if complete else at.submitted | {who})
    return at._replace(signed=frozenset() if complete else at.signed | {who})
