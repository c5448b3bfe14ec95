"""The Assembly in session: sessions, resolutions, requests, the yearly duty (items 3, 8, 20.2 of the Regulation)."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from tests.reference.world import (
    THEN,
    Case,
    Reason,
    Told,
    Warned,
    World,
    act,
    after,
    months,
    rolled,
    simply,
    two_thirds,
    working_days,
)

Says = Iterator[Any]
NOT_OVER = ("convened", "announced", "registration", "open", "paused")


def there(w: World, session: Case) -> set[str]:
    """Who is present: checked in, and a member."""
    return session.told["present"] & w.holders("member")


def quorum(w: World, session: Case) -> bool:
    """Two thirds of all members (8.3a)."""
    return two_thirds(len(there(w, session)), len(w.holders("member")))


def resolutions(w: World, session: Case, *states: str) -> list[Case]:
    """Questions of a session."""
    return [each for each in w.all("resolution", *states) if each.parent is session]


# --------------------------------------------------------------------------------------------------------------------- sessions


def when(w: World, starts: datetime, decided: date, last: date | None, extraordinary: bool) -> Says:
    """Ahead; an extraordinary one after the decision, and within a month of it (8.2c, A03, A16, H01)."""
    if starts <= w.now:
        yield Reason("8.2c" if extraordinary else "8.1b", "session.begins_in_the_past")
    if extraordinary:
        if starts.date() <= decided:
            yield Reason("8.2c", "session.not_after_the_decision")
        if starts.date() > rolled(months(decided, 1)):
            yield Reason("8.2c", "session.after_the_month")
        if last is not None and last > rolled(months(decided, 1)):
            yield Warned("8.2c", "session.ends_after_the_month")


def set_dates(c: Case, starts: datetime, last: date, counted_from: date) -> None:
    """A month's notice counted back; where an extraordinary session has no month, the next working day (A01, A02, H02)."""
    back = months(starts.date(), -1)
    c.told["short"] = c.told["extraordinary"] and back < counted_from
    notice = working_days(counted_from, 1) if c.told["short"] else back
    c.told |= {"starts": starts, "last": last, "notice": notice}
    c.open = {"announcement": (after(notice), None)}
    if c.told["extraordinary"]:
        c.open["hold_by"] = (after(rolled(months(c.told["decided"], 1))), None)


@act("session.convene", "new", "chairman", "8.1a")
def convene(w: World, c: Case, a: Told) -> Says:
    """By the Chairman's order; at the request of a third with what they asked for on the agenda (8.2b, A17)."""
    extraordinary, starts, decided = a.facts["kind"] == "extraordinary", a.time("starts_at"), a.paper_day("order")
    last = a.day("last_day") if a.facts.get("last_day") else starts.date()
    yield from when(w, starts, decided, last, extraordinary)
    if last < starts.date():
        yield Reason("8.1b", "session.ends_before_it_begins")
    request = w.case(a.facts.get("request")) if a.facts["ground"] == "request" else None
    if a.facts["ground"] == "request":
        if request is None or request.state != "registered":
            yield Reason("8.2b", "session.no_registered_request")
        if not extraordinary:
            yield Reason("8.2b", "session.request_asks_for_extraordinary")
        if request is not None and set(request.told["questions"]) - set(a.facts["agenda"]):
            yield Reason("8.2b", "session.requested_question_missing")
    yield THEN
    c.state = "convened"
    asked = set(request.told["questions"]) if request else set()
    c.told |= {"extraordinary": extraordinary, "decided": decided, "present": set(), "method": None, "asked": asked}
    set_dates(c, starts, last, decided)
    if request is not None:
        w.bring_about("session_request.satisfy", request)


@act("session.announce", "convened", "working_body", "8.1b")
def announce(w: World, c: Case, a: Told) -> Says:
    """A month before the first day; less, with a warning, only where an extraordinary session leaves no month (A02)."""
    if w.today > c.told["notice"]:
        yield Reason("8.1b", "session.announced_too_late" + ("_extraordinary" if c.told["short"] else ""))
    if c.told["extraordinary"] and w.today > months(c.told["starts"].date(), -1):
        yield Warned("8.1b", "session.less_than_a_month")
    if (c.told["starts"].date() - w.today).days < 10 and c.told["extraordinary"]:
        yield Warned("8.1b", "session.few_days_of_notice")
    yield THEN
    c.state = "announced"
    c.open.pop("announcement")
    c.open["opening"] = (c.told["starts"], None)


@act("session.change_agenda", "convened announced", "chairman working_body", "8.1b")
def change_agenda(w: World, c: Case, a: Told) -> Says:
    """It is tentative (A14)."""
    if c.told["asked"] - set(a.facts["agenda"]):
        yield Warned("8.2b", "session.requested_question_dropped")
    yield THEN


@act("session.move", "convened announced", "chairman", "8.1b")
def move(w: World, c: Case, a: Told) -> Says:
    """Another day or city: announced anew (A14); the month runs from the first decision."""
    starts = a.time("starts_at")
    last = starts.date() + (c.told["last"] - c.told["starts"].date())
    yield from when(w, starts, c.told["decided"], last, c.told["extraordinary"])
    yield THEN
    c.state = "convened"
    set_dates(c, starts, last, w.today)


@act("session.change_hall", "convened announced", "working_body", "8.1b")
def change_hall(w: World, c: Case, a: Told) -> Says:
    """Another hall or hour of the same day."""
    starts = a.time("starts_at") if a.facts.get("starts_at") else c.told["starts"]
    if starts.date() != c.told["starts"].date():
        yield Reason("8.1b", "session.another_day")
    yield THEN
    c.told["starts"] = starts
    if "opening" in c.open:
        c.open["opening"] = (starts, None)


@act("session.cancel", "convened announced", "chairman", "8.1a")
def cancel(w: World, c: Case, a: Told) -> Says:
    """Its questions go with it."""
    yield THEN
    c.state = "cancelled"
    for resolution in resolutions(w, c, "listed"):
        w.bring_about("resolution.remove", resolution)


@act("session.start_registration", "announced", "working_body", "8.3a")
def start_registration(w: World, c: Case, a: Told) -> Says:
    """When the first day has come."""
    if w.today < c.told["starts"].date():
        yield Reason("8.1b", "session.before_its_day")
    yield THEN
    c.state = "registration"
    c.open.pop("opening")


@act("session.check_in", "registration open paused", "working_body", "8.3a", concurrent=True)
def check_in(w: World, c: Case, a: Told) -> Says:
    """Members."""
    if a.people() - w.holders("member"):
        yield Reason("8.3a", "session.not_members")
    yield THEN
    c.told["present"] |= a.people()


@act("session.check_out", "registration open paused", "working_body", "8.3a", concurrent=True)
def check_out(w: World, c: Case, a: Told) -> Says:
    """Who leaves the hall is present no more."""
    yield THEN
    c.told["present"] -= a.people()


def no_quorum(w: World, session: Case) -> Says:
    """With fewer than two thirds the session decides nothing."""
    if not quorum(w, session):
        yield Reason("8.3a", "session.no_quorum")


@act("session.open", "registration", "chairman", "8.3a")
def open_session(w: World, c: Case, a: Told) -> Says:
    """With a quorum, on its days (A09); the duty of the year is met (A06)."""
    yield from no_quorum(w, c)
    if w.today > c.told["last"]:
        yield Reason("8.1b", "session.after_its_last_day")
    yield THEN
    c.state = "open"
    c.open.pop("hold_by", None)
    for duty in w.all("annual_session", "due"):
        if duty.told["year"] == str(w.today.year):
            w.bring_about("annual_session.meet", duty)


@act("session.declare_not_competent", "registration", "chairman", "8.3a")
def not_competent(w: World, c: Case, a: Told) -> Says:
    """Only without a quorum."""
    if quorum(w, c):
        yield Reason("8.3a", "session.there_is_a_quorum")
    yield THEN
    c.state = "not_competent"


@act("session.set_method", "open", "chairman", "8.3c")
def set_method(w: World, c: Case, a: Told) -> Says:
    """The session itself chooses how it votes, by more than half of those present (A12)."""
    yield from no_quorum(w, c)
    if a.votes() > len(there(w, c)):
        yield Reason("8.3b", "vote.more_than_present_in_the_hall")
    if not 2 * a.facts["for"] > len(there(w, c)):
        yield Reason("8.3b", "vote.not_more_than_half")
    yield THEN
    c.told["method"] = a.facts["method"]


# For a while.
simply("session.pause", "open", "chairman", "8.3a", "paused")

# It goes on.
simply("session.resume", "paused", "chairman", "8.3a", "open")


@act("session.close", "open paused", "chairman", "8.3b")
def close(w: World, c: Case, a: Told) -> Says:
    """When every question is settled."""
    if resolutions(w, c, "listed", "voting"):
        yield Reason("8.3b", "session.resolutions_open")
    yield THEN
    c.state = "closed"


# The minutes.
simply("session.record", "closed", "chairman", "8.3b", "recorded")


# ------------------------------------------------------------------------------------------------------------------ resolutions


@act("resolution.list", "new", "chairman working_body", "8.4.5")
def put(w: World, c: Case, a: Told) -> Says:
    """For a session that is ahead or open."""
    session = w.case(a.facts["session"])
    assert session is not None
    if session.state not in NOT_OVER:
        yield Reason("8.4.5", "resolution.session_over")
    yield THEN
    c.state, c.parent = "listed", session
    c.told |= {"ballots": {}, "count": None}


def session_is_open(c: Case) -> Says:
    """The session votes while it is open."""
    if c.parent is None or c.parent.state != "open":
        yield Reason("8.3a", "resolution.session_not_open")


@act("resolution.open_vote", "listed", "chairman", "8.3b")
def open_vote(w: World, c: Case, a: Told) -> Says:
    """With a quorum at this moment (A10), by the method chosen, one at a time; who is present now is counted (A11)."""
    assert c.parent is not None
    yield from session_is_open(c)
    yield from no_quorum(w, c.parent)
    if c.parent.told["method"] is None:
        yield Reason("8.3c", "resolution.no_method")
    if resolutions(w, c.parent, "voting"):
        yield Reason("8.3b", "resolution.another_vote")
    yield THEN
    c.state = "voting"
    c.told |= {"hall": there(w, c.parent), "method": c.parent.told["method"]}


@act("resolution.vote", "voting", "member", "8.3b", concurrent=True)
def vote(w: World, c: Case, a: Told) -> Says:
    """Who was present when the vote was opened, and is; a secret vote once, and by nobody else (8.3c)."""
    assert c.parent is not None
    secret, person = c.told["method"] == "secret", a.actor.person
    yield from session_is_open(c)
    if c.told["method"] == "show_of_hands":
        yield Reason("8.3c", "resolution.by_show_of_hands")
    if secret and a.attempt.behalf:
        yield Reason("8.3c", "resolution.secret_vote_for_another")
    if secret and person in c.told["ballots"]:
        yield Reason("8.3c", "resolution.secret_vote_twice")
    if person not in there(w, c.parent):
        yield Reason("8.3b", "vote.not_in_the_hall")
    elif person not in c.told["hall"]:
        yield Reason("8.3b", "vote.came_after_the_opening")
    if c.told["count"] is not None:
        yield Reason("8.3b", "vote.count_entered_in_the_hall")
    yield THEN
    c.told["ballots"][person] = a.facts["choice"]


@act("resolution.enter_count", "voting", "working_body", "8.3b")
def enter_count(w: World, c: Case, a: Told) -> Says:
    """Of a show of hands; no more votes than were present at the opening."""
    yield from session_is_open(c)
    if c.told["method"] != "show_of_hands":
        yield Reason("8.3c", "resolution.not_by_show_of_hands")
    if a.votes() > len(c.told["hall"]):
        yield Reason("8.3b", "vote.more_than_present_in_the_hall")
    yield THEN
    c.told["count"] = {name: a.facts[name] for name in ("for", "against", "abstain")}


@act("resolution.close_vote", "voting", "chairman", "8.3b")
def close_vote(w: World, c: Case, a: Told) -> Says:
    """More than half of those present at the opening; no casting vote (A11)."""
    yield from session_is_open(c)
    yield THEN
    cast = list(c.told["ballots"].values())
    votes = c.told["count"] or {name: cast.count(name) for name in ("for", "against", "abstain")}
    c.told["final"] = votes | {"present": len(c.told["hall"])}
    c.state = "adopted" if 2 * votes["for"] > len(c.told["hall"]) else "not_adopted"


# From the agenda.
simply("resolution.remove", "listed", "chairman", "8.4.5", "removed")


@act("resolution.dissent", "adopted not_adopted", "member", "20.2")
def dissent(w: World, c: Case, a: Told) -> Says:
    """A member's own opinion stands in the minutes."""
    yield THEN


# --------------------------------------------------------------------------------------------------- requests, the yearly duty


@act("session_request.open", "new", "member", "8.2b")
def ask(w: World, c: Case, a: Told) -> Says:
    """To open it is not to sign it; it is open for twelve months (A05)."""
    yield THEN
    c.state = "collecting"
    c.told |= {"questions": a.facts["questions"], "signed": set()}
    c.open["collection"] = (after(months(w.today, 12)), "lapse")


@act("session_request.sign", "collecting", "member", "8.2b", concurrent=True)
def sign(w: World, c: Case, a: Told) -> Says:
    """Once."""
    if a.actor.person in c.told["signed"]:
        yield Reason("8.2b", "session_request.signed_already")
    yield THEN
    c.told["signed"].add(a.actor.person)


@act("session_request.unsign", "collecting", "member", "8.2b", concurrent=True)
def unsign(w: World, c: Case, a: Told) -> Says:
    """Until it is registered."""
    if a.actor.person not in c.told["signed"]:
        yield Reason("8.2b", "session_request.not_signed")
    yield THEN
    c.told["signed"].remove(a.actor.person)


@act("session_request.register", "collecting", "working_body", "8.2b")
def register(w: World, c: Case, a: Told) -> Says:
    """A third of all members, both counted now; nothing is convened by silence (A04, A05)."""
    yield THEN
    signed, total = len(c.told["signed"] & w.holders("member")), len(w.holders("member"))
    enough = total > 0 and 3 * signed >= total
    c.state = "registered" if enough else "returned"
    c.open = {"convening": (after(w.today + timedelta(days=30)), None)} if enough else {}


# A session was convened for it.
simply("session_request.satisfy", "registered", "", "8.2b", "satisfied")

# Too few in twelve months.
simply("session_request.lapse", "collecting", "", "8.2b", "lapsed")


@act("annual_session.begin", "new", "", "8.1c")
def duty(w: World, c: Case, a: Told) -> Says:
    """Once a year."""
    yield THEN
    c.state = "due"
    c.open["year_end"] = (after(date(int(c.told["year"]), 12, 31)), "breach")


# A session was opened with a quorum.
simply("annual_session.meet", "due", "", "8.1c", "met")

# The year has passed.
simply("annual_session.breach", "due", "", "8.1c", "breached")
