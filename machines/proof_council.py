"""Small situations of the Council, and what the Regulation says of them: meetings and questions (items 9, 14.2, 23.1)."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from typing import Any

from machines import council_meeting, council_question_guards
from machines.facts import EnteredCount
from machines.procedure import NEW, SAME
from machines.proof_step import NOW, Seen, Step, facts, held, people, rule, splits, switched
from machines.rulings import DEFAULTS
from machines.sitting import Members
from machines.situation import Mandates, Situation

Situations = Iterator[Situation[Any]]


# --------------------------------------------------------------------------------------------------------------- joint acts


def jointly_done(procedure: str, act: str, states: tuple[str, ...], circumstances: Any, **told: Any) -> Situations:
    """Yield the situations of a joint act: up to two deputies, the Chairman there or not, everything done so far."""
    rulings = (DEFAULTS, switched(deputies__joint_rule__if_none="nobody"))
    for count, chairman, ruled, state in product(range(3), (True, False), rulings, states):
        deputies = [f"d{each}" for each in range(1, count + 1)]
        mandates = Mandates((*held("deputy_chairman", *deputies), *(held("chairman", "ch") if chairman else ())))
        seen = Seen(procedure, mandates, ruled)
        for done in ((), ("d1",), ("d2",), ("d1", "d2"), ("gone",), ("ch",)):
            first = seen.of(act, state, circumstances, joint={act: [*done]}, **told)
            yield from (first._replace(actor=who, holder=who) for who in first.deputies())


@rule("9.3d", "council_meeting.sign", "candidacy.submit", "poll.annul")
def every_deputy_in_office_has_done_it(step: Step) -> bool:
    """What the deputies do together is done once each of them then in office has done it."""
    done = {*step.s.joint.get(step.s.act, ()), step.s.holder}
    return step.branch.to == SAME or all(deputy in done for deputy in step.s.deputies())


@rule("9.3d", "council_meeting.sign", "candidacy.submit", "poll.annul")
def nobody_signs_twice(step: Step) -> bool:
    """Who has signed does not sign again while another is awaited."""
    return step.branch.to != SAME or step.s.holder not in step.s.joint.get(step.s.act, ())


# ----------------------------------------------------------------------------------------------------------------- meetings


def meetings(up_to: int) -> Situations:
    """Yield the situations of a meeting: signed, agreed before or after its start, opened with any presence."""
    seen, empty = Seen("council_meeting"), council_meeting.Circumstances(0, 0, frozenset(), ())
    yield from jointly_done("council_meeting", "sign", ("drafted",), empty)
    for hours, days in product((-1, 0, 1), (-1, 0, 1)):
        starts = {"starts_at": (NOW.replace(tzinfo=None) + timedelta(hours=5 + hours, days=days)).isoformat()}
        yield seen.of("agree", "signed", empty, facts=starts)
        for total in range(up_to + 1):
            for here in range(total + 1):
                hall = council_meeting.Circumstances(here, total, people(total), ())
                yield seen.of("open", "convened", hall, facts=starts)
    for unsettled in ((), ("K-1",)):
        yield seen.of("close", "open", council_meeting.Circumstances(1, 1, people(1), unsettled))
    for total, named in product(range(1, 4), range(1, 5)):
        come = facts(Members, {"members": sorted(people(named))})
        yield seen.of("check_in", "open", council_meeting.Circumstances(0, total, people(total), ()), given=come)


@rule("9.3e", "council_meeting.agree")
def the_chairman_agrees_before_the_meeting(step: Step) -> bool:
    """A meeting takes place with the Chairman's consent, and he gives it before it starts."""
    return step.s.at < council_meeting.begins(step.s)


@rule("9.3d", "council_meeting.open")
def a_meeting_is_held_on_its_day(step: Step) -> bool:
    """A meeting is not held before the day for which it was convened."""
    return bool(step.s.today.isoformat() >= step.s.facts["starts_at"][:10])


@rule("9.2c", "council_meeting.open")
def too_few_are_told_so(step: Step) -> bool:
    """Where fewer than two thirds of the Council have come, those who open the meeting are told."""
    enough = 3 * step.seen.present >= 2 * step.seen.total > 0
    return enough or "council_meeting.too_few_to_adopt" in step.warnings


@rule("9.2c", "council_meeting.check_in")
def only_the_council_is_counted(step: Step) -> bool:
    """Only members of the Council are counted as present."""
    return bool({*step.told.members} <= step.seen.council)


@rule("23.1", "council_meeting.close")
def a_meeting_settles_its_questions(step: Step) -> bool:
    """A meeting ends when each question is settled."""
    return not step.seen.unsettled


# ---------------------------------------------------------------------------------------------------------------- questions


def _question(total: int, here: int, **told: Any) -> council_question_guards.Circumstances:
    usual: dict[str, Any] = {
        "meeting": "L-2027-0001", "meeting_state": "open", "other_vote": None, "council": people(total), "present": people(here),
        "at_opening": people(total), "by_name": {"for": 0, "against": 0, "abstain": 0}, "voted_by_name": 0, "entered": None,
        "candidacy_state": "admissible", "listed_already": None, "person_known": True,
    }  # fmt: skip
    return council_question_guards.Circumstances(**(usual | told))


MEETING_STATES = ("drafted", "convened", "open", "held", "cancelled")
CANDIDACY_STATES = ("nominated", "inadmissible", "admissible", "considered", "withdrawn")


def questions(up_to: int) -> Situations:
    """Yield the situations of a question: any size of the Council, any presence, every split of the votes."""
    seen = Seen("council_question")
    candidacy, other = {"kind": "candidacy", "subject": "C-1"}, {"kind": "other"}
    yield from _listings(seen)
    for total in range(up_to + 1):
        for here in range(total + 1):
            for meeting, vote in product(("convened", "open", "held"), (None, "K-2")):
                for state in CANDIDACY_STATES:
                    hall = _question(total, here, meeting_state=meeting, other_vote=vote, candidacy_state=state)
                    yield seen.of("open_vote", "listed", hall, facts=candidacy)
                hall = _question(total, here, meeting_state=meeting, other_vote=vote, candidacy_state=None)
                yield seen.of("open_vote", "listed", hall, facts=other)
            for votes, kind in product(splits(total), (candidacy, other)):
                yield seen.of("close_vote", "voting", _question(total, here, by_name=votes), facts=kind, about="C-1")
    yield from _votes(seen, up_to)


def _listings(seen: Seen) -> Situations:
    for meeting, kind, state, listed, known in product(
        MEETING_STATES, ("candidacy", "deputy_recommendation"), (*CANDIDACY_STATES, ""), (None, "K-2"), (True, False)
    ):
        told = facts(council_question_guards.List, {"meeting": "L-2027-0001", "kind": kind, "subject": "C-1"})
        hall = _question(3, 3, meeting_state=meeting, candidacy_state=state, listed_already=listed, person_known=known)
        hall = (
            hall
            if kind == "candidacy"
            else _question(3, 3, meeting_state=meeting, candidacy_state=None, person_known=known)
        )
        yield seen.of("list", NEW, hall, given=told)


def _votes(seen: Seen, up_to: int) -> Situations:
    entered = (None, {"for": 0, "against": 0, "abstain": 0}, {"for": 2, "against": 0, "abstain": 0})
    vote = facts(council_question_guards.Vote, {"choice": "for"})
    for meeting, count, who in product(("open", "held"), entered, ("m1", "m3", "stranger")):
        hall = _question(3, 2, meeting_state=meeting, entered=count)
        yield seen.of("vote", "voting", hall, given=vote, holder=who)
    for here in range(up_to + 1):
        for count, named, meeting in product(splits(here + 1), (0, 1), ("open", "held")):
            hall = _question(up_to, here, voted_by_name=named, meeting_state=meeting)
            yield seen.of("enter_count", "voting", hall, given=facts(EnteredCount, count))


def _about_a_candidacy(step: Step) -> bool:
    return step.s.facts.get("kind") == "candidacy"


@rule("9.2a", "council_question.list")
def a_question_is_put_to_a_meeting_to_come(step: Step) -> bool:
    """A question is put to a meeting that is ahead or is being held."""
    return step.seen.meeting_state not in ("held", "recorded", "cancelled")


@rule("14.2a", "council_question.list", "council_question.open_vote")
def only_what_is_admissible_is_considered(step: Step) -> bool:
    """The Council considers candidacies that are admissible, and no others."""
    return step.seen.candidacy_state in (None, "admissible")


@rule("14.2a", "council_question.list")
def a_candidacy_stands_on_one_agenda(step: Step) -> bool:
    """A candidacy is on one agenda at a time."""
    return step.seen.listed_already is None


@rule("7.2b", "council_question.list", "poll.draft")
def who_is_recommended_is_known(step: Step) -> bool:
    """Whom the Council is to recommend is a person of the register."""
    return bool(step.seen.person_known)


@rule("9.2c", "council_question.open_vote", "council_question.vote", "council_question.enter_count")
def the_council_votes_in_its_meeting(step: Step) -> bool:
    """The Council votes in a meeting that is being held."""
    return bool(step.seen.meeting_state == "open")


@rule("9.2c", "council_question.open_vote", "resolution.open_vote")
def one_vote_at_a_time(step: Step) -> bool:
    """One question is voted on at a time."""
    return step.seen.other_vote is None


@rule("9.2c", "council_question.open_vote")
def no_candidacy_without_two_thirds_present(step: Step) -> bool:
    """A candidacy is considered where two thirds of the Council are present."""
    return not _about_a_candidacy(step) or 3 * len(step.seen.present) >= 2 * len(step.seen.council) > 0


@rule("9.2c", "council_question.vote")
def who_votes_is_present(step: Step) -> bool:
    """Who is present votes, and nobody else."""
    return step.s.holder in step.seen.present


@rule("9.2c", "council_question.vote")
def no_vote_beside_a_count(step: Step) -> bool:
    """Nobody votes by name where hands have been counted: he would count twice."""
    return step.seen.entered is None


@rule("9.2c", "council_question.enter_count")
def no_count_beside_votes(step: Step) -> bool:
    """Hands are not counted where members have voted by name."""
    return bool(step.seen.voted_by_name == 0)


@rule("9.2c", "council_question.enter_count")
def no_more_hands_than_members_present(step: Step) -> bool:
    """No more hands are counted than members are present."""
    return bool(sum(step.told.counts.values()) <= len(step.seen.present))


@rule("9.2c", "council_question.close_vote")
def two_thirds_of_all_members_decide(step: Step) -> bool:
    """A decision of the Council is adopted by two thirds of all its members, and never by fewer; what they want is adopted."""
    two_thirds = 3 * step.seen.counts["for"] >= 2 * len(step.seen.council) > 0
    return bool((step.state == "adopted") == two_thirds)


@rule("9.2c", "council_question.close_vote")
def a_candidacy_without_quorum_waits(step: Step) -> bool:
    """No candidacy counts as considered where fewer than two thirds of the Council were there; nothing else is postponed."""
    enough = 3 * len(step.seen.present) >= 2 * len(step.seen.council) > 0
    if step.state == "postponed":
        return _about_a_candidacy(step) and not enough
    return step.state == "adopted" or enough or not _about_a_candidacy(step)
