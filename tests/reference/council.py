"""The Council: its meetings, questions and polls (items 9.2, 9.3, 23.1 of the Regulation)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from tests.reference.people import wait_for_the_next_meeting
from tests.reference.world import (
    THEN,
    Case,
    Reason,
    Told,
    Warned,
    World,
    act,
    after,
    simply,
    two_thirds,
    working_days,
    works,
)

Says = Iterator[Any]
AHEAD = ("drafted", "signed", "convened", "open")


def there(w: World, meeting: Case) -> set[str]:
    """Who is present: checked in, and of the Council."""
    return meeting.told["present"] & w.holders("council_member")


def council(w: World, at: datetime | None = None) -> int:
    """How many the Council has."""
    return len(w.holders("council_member", at))


def waiting(w: World) -> list[Case]:
    """Candidacies that wait for the Council."""
    return w.all("candidacy", "admissible")


def questions(w: World, meeting: Case, *states: str) -> list[Case]:
    """Questions of a meeting."""
    return [each for each in w.all("council_question", *states) if each.parent is meeting]


# --------------------------------------------------------------------------------------------------------------------- meetings


@act("council_meeting.draft", "new", "deputy_chairman working_body", "9.3c 9.3d")
def draft(w: World, c: Case, a: Told) -> Says:
    """As need arises."""
    yield THEN
    c.state = "drafted"
    c.told |= {"starts": a.time("starts_at"), "present": set()}


@act("council_meeting.sign", "drafted", "deputy_chairman", "9.3d", joint=True)
def sign(w: World, c: Case, a: Told) -> Says:
    """The deputies convene jointly (B01)."""
    yield THEN
    c.state = "signed"
    c.open["agreement"] = (c.told["starts"], None)


@act("council_meeting.agree", "signed", "chairman", "9.3e")
def agree(w: World, c: Case, a: Told) -> Says:
    """Consent is given before the start (B02)."""
    if w.now >= c.told["starts"]:
        yield Reason("9.3e", "council_meeting.consent_too_late")
    yield THEN
    c.state = "convened"
    c.open = {"meeting": (c.told["starts"], None)}
    wait_for_the_next_meeting(w, waiting(w))


@act("council_meeting.refuse", "signed", "chairman", "9.3e")
def refuse(w: World, c: Case, a: Told) -> Says:
    """It may be drafted anew."""
    yield THEN
    c.state = "drafted"
    c.open.clear()


@act("council_meeting.postpone", "signed convened", "deputy_chairman", "9.3d")
def postpone(w: World, c: Case, a: Told) -> Says:
    """To another hour, and everything begins anew; the hall is empty on the other day."""
    yield THEN
    c.state = "drafted"
    c.open.clear()
    c.told |= {"starts": a.time("starts_at"), "present": set()}
    wait_for_the_next_meeting(w, waiting(w))


@act("council_meeting.cancel", "drafted signed convened", "deputy_chairman", "9.3d")
def cancel(w: World, c: Case, a: Told) -> Says:
    """Its questions go with it."""
    yield THEN
    c.state = "cancelled"
    for question in questions(w, c, "listed"):
        w.bring_about("council_question.remove", question)
    wait_for_the_next_meeting(w, waiting(w))


@act("council_meeting.open", "convened", "deputy_chairman chairman", "23.1")
def open_meeting(w: World, c: Case, a: Told) -> Says:
    """On its day; with too few present nothing can be adopted (B04)."""
    if w.today < c.told["starts"].date():
        yield Reason("9.3d", "council_meeting.before_its_day")
    if not two_thirds(len(there(w, c)), council(w)):
        yield Warned("9.2c", "council_meeting.too_few_to_adopt")
    yield THEN
    c.state = "open"
    c.open.clear()
    wait_for_the_next_meeting(w, waiting(w))


@act("council_meeting.check_in", "convened open", "working_body", "9.2c", concurrent=True)
def check_in(w: World, c: Case, a: Told) -> Says:
    """Members of the Council."""
    if a.people() - w.holders("council_member"):
        yield Reason("9.2c", "council_meeting.not_in_the_council")
    yield THEN
    c.told["present"] |= a.people()


@act("council_meeting.check_out", "open", "working_body", "9.2c", concurrent=True)
def check_out(w: World, c: Case, a: Told) -> Says:
    """Who leaves is present no more."""
    yield THEN
    c.told["present"] -= a.people()


@act("council_meeting.close", "open", "deputy_chairman chairman", "23.1")
def close_meeting(w: World, c: Case, a: Told) -> Says:
    """When every question is settled."""
    if questions(w, c, "listed", "voting"):
        yield Reason("23.1", "council_meeting.questions_open")
    yield THEN
    c.state = "held"


# The minutes.
simply("council_meeting.record", "held", "deputy_chairman", "23.1", "recorded")


# -------------------------------------------------------------------------------------------------------------------- questions


@act("council_question.list", "new", "deputy_chairman working_body", "9.2a")
def put(w: World, c: Case, a: Told) -> Says:
    """For a meeting that is ahead or open; an admissible candidacy, and once."""
    meeting, kind = w.case(a.facts["meeting"]), a.facts["kind"]
    assert meeting is not None
    if meeting.state not in AHEAD:
        yield Reason("9.2a", "council_question.meeting_over")
    candidacy = w.case(a.facts.get("subject")) if kind == "candidacy" else None
    if kind == "candidacy" and (candidacy is None or candidacy.procedure != "candidacy"):
        candidacy = None
        yield Reason("14.2a", "council_question.no_candidacy")
    if candidacy is not None:
        if candidacy.state != "admissible":
            yield Reason("14.2a", "council_question.not_admissible")
        if any(each.told["about"] is candidacy for each in w.all("council_question", "listed", "voting")):
            yield Reason("14.2a", "council_question.listed_already")
    if kind == "deputy_recommendation" and a.person("subject") not in w.people:
        yield Reason("7.2b", "council_question.names_nobody")
    yield THEN
    c.state, c.parent = "listed", meeting
    c.told |= {"kind": kind, "about": candidacy, "whom": a.person("subject"), "ballots": {}, "count": None}
    c.told["positive"] = a.facts.get("proposal", "positive") == "positive"


def meeting_is_open(c: Case) -> Says:
    """The Council votes in an open meeting."""
    if c.parent is None or c.parent.state != "open":
        yield Reason("9.2c", "council_question.meeting_not_open")


@act("council_question.open_vote", "listed", "deputy_chairman chairman", "9.2c")
def open_vote(w: World, c: Case, a: Told) -> Says:
    """One vote at a time; a candidacy needs two thirds present (C06)."""
    assert c.parent is not None
    yield from meeting_is_open(c)
    if questions(w, c.parent, "voting"):
        yield Reason("9.2c", "council_question.another_vote")
    if c.told["about"] is not None:
        if not two_thirds(len(there(w, c.parent)), council(w)):
            yield Reason("9.2c", "council_question.too_few_present")
        if c.told["about"].state != "admissible":
            yield Reason("14.2a", "council_question.not_admissible")
    yield THEN
    c.state = "voting"


@act("council_question.vote", "voting", "council_member", "9.2c", concurrent=True)
def vote(w: World, c: Case, a: Told) -> Says:
    """Who is present; the last vote counts."""
    assert c.parent is not None
    yield from meeting_is_open(c)
    if a.actor.person not in there(w, c.parent):
        yield Reason("9.2c", "vote.not_present")
    if c.told["count"] is not None:
        yield Reason("9.2c", "vote.count_entered")
    yield THEN
    c.told["ballots"][a.actor.person] = a.facts["choice"]


@act("council_question.enter_count", "voting", "working_body", "9.2c")
def enter_count(w: World, c: Case, a: Told) -> Says:
    """By count or by name, never both; no more votes than people."""
    assert c.parent is not None
    yield from meeting_is_open(c)
    if c.told["ballots"]:
        yield Reason("9.2c", "vote.by_name_already")
    if a.votes() > len(there(w, c.parent)):
        yield Reason("9.2c", "vote.more_than_present")
    yield THEN
    c.told["count"] = {name: a.facts[name] for name in ("for", "against", "abstain")}


def counted(w: World, c: Case) -> dict[str, int]:
    """The votes: as counted, else by name of those who are still in the Council."""
    if c.told["count"] is not None:
        return dict(c.told["count"])
    cast = [choice for person, choice in c.told["ballots"].items() if person in w.holders("council_member")]
    return {name: cast.count(name) for name in ("for", "against", "abstain")}


@act("council_question.close_vote", "voting", "deputy_chairman chairman", "9.2c")
def close_vote(w: World, c: Case, a: Told) -> Says:
    """Two thirds of all members are for it (B03)."""
    assert c.parent is not None
    yield THEN
    enough = two_thirds(counted(w, c)["for"], council(w))
    present = two_thirds(len(there(w, c.parent)), council(w))
    c.told["final"] = counted(w, c) | {"total": council(w), "present": len(there(w, c.parent))}
    about, positive = c.told["about"], c.told["positive"]
    if enough:
        c.state = "adopted"
    else:
        c.state = "postponed" if about is not None and not present else "not_adopted"
    if about is not None and c.state != "postponed":
        outcome = ("recommended" if positive else "not_recommended") if enough else "no_decision"
        w.bring_about("candidacy.consider", about, outcome=outcome)
    if c.told["kind"] == "deputy_recommendation" and enough and positive:
        recommended(w, c.told["whom"])


def recommended(w: World, person: str) -> None:
    """The Council recommends a deputy."""
    w.bring_about(
        "deputy_appointment.recommend", Case("deputy_appointment", f"deputy_appointment:{person}", w.now), person=person
    )


# From the agenda.
simply("council_question.remove", "listed", "deputy_chairman", "9.2a", "removed")


# ------------------------------------------------------------------------------------------------------------------------ polls


@act("poll.draft", "new", "deputy_chairman chairman", "9.3a")
def draft_poll(w: World, c: Case, a: Told) -> Says:
    """Not on candidacies, nor on nominations to the Mazhilis (B05)."""
    kind = a.facts["kind"]
    if kind in ("candidacy", "mazhilis_nomination"):
        yield Reason("14.2a" if kind == "candidacy" else "9.2b", "poll.kind_excluded")
    if kind == "deputy_recommendation" and a.person("subject") not in w.people:
        yield Reason("7.2b", "poll.names_nobody")
    yield THEN
    c.state = "drafted"
    c.told |= {
        "kind": kind,
        "whom": a.person("subject"),
        "by_post": a.facts.get("by_post", False),
        "answers": [],
        "closed_at": None,
    }


@act("poll.open", "drafted", "working_body", "9.3b")
def open_poll(w: World, c: Case, a: Told) -> Says:
    """Ten days, if nothing is said; at least three working days (B06)."""
    last = a.day("closes_on") if a.facts.get("closes_on") else w.today + timedelta(days=10)
    days = (w.today + timedelta(days=n) for n in range(1, (last - w.today).days + 1))
    if sum(works(day) for day in days) < 3:
        yield Reason("9.3b", "poll.too_short")
    yield THEN
    c.state, c.told["opened"] = "open", w.now
    c.open["closing"] = (after(last), "close")


@act("poll.answer", "open counting", "council_member", "9.3a", concurrent=True)
def answer(w: World, c: Case, a: Told) -> Says:
    """Received before the closing; afterwards only sheets that were (H04)."""
    received = a.time("received_at") if "received_at" in a.facts else w.now
    closing = c.told["closed_at"] or c.open["closing"][0]
    if c.state == "counting" and "received_at" not in a.facts:
        yield Reason("9.3a", "poll.closed")
    elif "received_at" in a.facts and a.attempt.behalf is None:
        yield Reason("9.3a", "poll.sheet_by_the_working_body")
    elif received > w.now:
        yield Reason("9.3a", "poll.received_in_the_future")
    elif received >= closing:
        yield Reason("9.3a", "poll.received_too_late")
    elif received < c.told["opened"]:
        yield Reason("9.3a", "poll.received_before_the_opening")
    yield THEN
    c.told["answers"].append((received, len(c.told["answers"]), a.actor.person, a.facts["choice"]))


def answers(w: World, c: Case, at: datetime | None) -> dict[str, str]:
    """The last answer of each who is in the Council at a moment."""
    return {
        person: choice
        for _, _, person, choice in sorted(c.told["answers"])
        if person in w.holders("council_member", at)
    }


@act("poll.extend", "open", "working_body", "9.3b")
def extend(w: World, c: Case, a: Told) -> Says:
    """Later than the closing that stands."""
    if after(a.day("closes_on")) <= c.open["closing"][0]:
        yield Reason("9.3b", "poll.no_later_closing")
    yield THEN
    c.open["closing"] = (after(a.day("closes_on")), "close")


@act("poll.close", "open counting", "working_body", "9.2c")
def close_poll(w: World, c: Case, a: Told) -> Says:
    """Two thirds of all are for it, of those who are in the Council at the closing (B03, B07)."""
    clock = "clock" in a.facts
    silent = w.holders("council_member") - set(answers(w, c, w.now))
    if c.state == "open" and not clock and silent:
        yield Reason("9.3b", "poll.not_all_have_answered")
    yield THEN
    if c.state == "open":
        c.told["closed_at"] = w.now
        if clock and c.told["by_post"] and silent:
            c.state = "counting"
            c.open = {"tally": (after(working_days(w.today - timedelta(days=1), 3)), "close")}
            return
    counted_at = c.told["closed_at"]
    votes = list(answers(w, c, counted_at).values())
    c.told["final"] = {name: votes.count(name) for name in ("for", "against", "abstain")} | {
        "total": council(w, counted_at)
    }
    adopted = two_thirds(votes.count("for"), council(w, counted_at))
    c.state = "adopted" if adopted else "not_adopted"
    if adopted and c.told["kind"] == "deputy_recommendation":
        recommended(w, c.told["whom"])


@act("poll.annul", "open counting", "deputy_chairman", "9.3a", joint=True)
def annul(w: World, c: Case, a: Told) -> Says:
    """By the deputies jointly; the answers are kept."""
    yield THEN
    c.state = "annulled"
