"""The Assembly in session: sessions, resolutions, requests (items 3, 8, 20.2 of the Regulation)."""

from tests.reference.days import DAY, after, months, reached, working_days
from tests.reference.world import THEN, WARNING, counted, votes

# ---------------------------------------------------------------------------------------------------------------------- sessions


def quorum(w, session, c):
    """Two thirds of all members (8.3a)."""
    return reached(w.law("session.quorum", c), len(w.there(session)), len(w.holders("member")))


def majority(w, c, votes, here):
    """More than half of those present (8.3b)."""
    return reached(w.law("session.majority", c), votes, here)


def in_time(w, c, told, starts, last):
    """Ahead; an extraordinary one after the decision, and within a month of it (8.2c, A03, A16, H01)."""
    extraordinary, month, day = told["kind"] == "extraordinary", w.last(*w.month_of(c, told)), starts.date()
    yield "8.2c" if extraordinary else "8.1b", "session.begins_in_the_past", starts <= w.now
    yield "8.2c", "session.not_after_the_decision", extraordinary and day <= told["order"]["date"]
    yield "8.2c", "session.after_the_month", extraordinary and day > month
    yield "8.2c", "session.ends_after_the_month", extraordinary and last > month, WARNING


def set_dates(w, c, starts, last, counted_from):
    """A month's notice counted back; where an extraordinary session has no month, the next working day (A01, A02, H02)."""
    back = months(starts.date(), -w.law("session.notice_months", c))
    short = c.told["kind"] == "extraordinary" and back < counted_from
    notice = (working_days, counted_from, w.law("extraordinary.announce_working_days", c)) if short else after(back)
    c.told |= {"starts_at": starts, "last_day": last, "short": short, "notice": notice}


def session_convene(w, c, a):
    """By the Chairman's order; at the request of a third with what they asked for on the agenda (8.2b, A17)."""
    by_request, starts = a["ground"] == "request", a["starts_at"]
    request, last = w.case(a.get("request")) if by_request else None, a.get("last_day", starts.date())
    asked = {*request.told["questions"]} if request else set()
    yield from in_time(w, c, a, starts, last)
    yield "8.1b", "session.ends_before_it_begins", last < starts.date()
    yield "8.2b", "session.no_registered_request", by_request and (not request or request.state != "registered")
    yield "8.2b", "session.request_asks_for_extraordinary", by_request and a["kind"] != "extraordinary"
    yield "8.2b", "session.requested_question_missing", asked - {*a["agenda"]}
    yield THEN
    c.told["asked"] = asked
    set_dates(w, c, starts, last, a["order"]["date"])


def session_announce(w, c, a):
    """Until the deadline that stands; less than a month, with a warning, only where an extraordinary session leaves none (A02)."""
    late, day, extraordinary = (
        c.open["announcement"] <= w.now,
        c.told["starts_at"].date(),
        c.told["kind"] == "extraordinary",
    )
    month, few = months(day, -w.law("session.notice_months", c)), w.law("extraordinary.minimum_notice_days", c)
    yield "8.1b", "session.announced_too_late", late and not c.told["short"]
    yield "8.1b", "session.announced_too_late_extraordinary", late and c.told["short"]
    yield "8.1b", "session.less_than_a_month", extraordinary and w.today > month, WARNING
    yield "8.1b", "session.few_days_of_notice", extraordinary and day - w.today < few * DAY, WARNING


def session_change_agenda(w, c, a):
    """It is tentative (A14)."""
    yield "8.2b", "session.requested_question_dropped", c.told["asked"] - {*a["agenda"]}, WARNING


def session_move(w, c, a):
    """Another day or city: announced anew (A14); the month runs from the first decision."""
    last = a["starts_at"].date() + (c.told["last_day"] - c.told["starts_at"].date())
    yield from in_time(w, c, c.told, a["starts_at"], last)
    yield THEN
    set_dates(w, c, a["starts_at"], last, w.today)


def session_change_hall(w, c, a):
    """Another hall or hour of the same day."""
    another = a.get("starts_at", c.told["starts_at"]).date() != c.told["starts_at"].date()
    yield "8.1b", "session.another_day", another
    yield THEN
    if "opening" in c.open:
        w.follows("!opening", c, a)


def session_start_registration(w, c, a):
    """When the first day has come."""
    yield "8.1b", "session.before_its_day", w.today < c.told["starts_at"].date()


def session_check_in(w, c, a):
    """Members."""
    yield "8.3a", "session.not_members", {*a["members"]} - w.holders("member")


def session_open(w, c, a):
    """With a quorum, on its days (A09)."""
    yield "8.3a", "session.no_quorum", not quorum(w, c, c)
    yield "8.1b", "session.after_its_last_day", w.today > c.told["last_day"]


def session_declare_not_competent(w, c, a):
    """Only without a quorum."""
    yield "8.3a", "session.there_is_a_quorum", quorum(w, c, c)


def session_set_method(w, c, a):
    """The session itself chooses how it votes, by more than half of those present (A12)."""
    here = len(w.there(c))
    yield "8.3a", "session.no_quorum", not quorum(w, c, c)
    yield "8.3b", "vote.more_than_present_in_the_hall", sum(votes(a).values()) > here
    yield "8.3b", "vote.not_more_than_half", not majority(w, c, a["for"], here)


def session_close(w, c, a):
    """When every question is settled."""
    yield "8.3b", "session.resolutions_open", w.all("resolution", of=c)


# ------------------------------------------------------------------------------------------------------------------- resolutions


def resolution_list(w, c, a):
    """For a session that is ahead or open."""
    session = w.case(a["session"])
    ahead = session.state in ("convened", "announced", "registration", "open", "paused")
    yield "8.4.5", "resolution.session_over", not ahead
    yield THEN
    c.parent = session


def session_in_session(c):
    """Votes are cast and counted while the session is open."""
    yield "8.3a", "resolution.session_not_open", c.parent.state != "open"


def resolution_open_vote(w, c, a):
    """With a quorum at this moment (A10), by the method chosen, one at a time; who is present now is counted (A11)."""
    yield from session_in_session(c)
    yield "8.3a", "session.no_quorum", not quorum(w, c.parent, c)
    yield "8.3c", "resolution.no_method", "method" not in c.parent.told
    yield "8.3b", "resolution.another_vote", w.all("resolution", "voting", of=c.parent)
    yield THEN
    c.told |= {"hall": w.there(c.parent), "method": c.parent.told["method"]}
    c.concerns |= c.told["hall"]


def resolution_vote(w, c, a):
    """Who was present when the vote was opened, and is; a secret vote once, and by nobody else (8.3c)."""
    secret, here = c.told["method"] == "secret", a.who in w.there(c.parent)
    yield from session_in_session(c)
    yield "8.3c", "resolution.by_show_of_hands", c.told["method"] == "show_of_hands"
    yield "8.3c", "resolution.secret_vote_for_another", secret and a.paper
    yield "8.3c", "resolution.secret_vote_twice", secret and a.who in c.ballots
    yield "8.3b", "vote.not_in_the_hall", not here
    yield "8.3b", "vote.came_after_the_opening", here and a.who not in c.told["hall"]
    yield "8.3b", "vote.count_entered_in_the_hall", c.count
    yield THEN
    c.ballots[a.who] = a["choice"]


def resolution_enter_count(w, c, a):
    """Of a show of hands; no more votes than were present at the opening."""
    yield from session_in_session(c)
    yield "8.3c", "resolution.not_by_show_of_hands", c.told["method"] != "show_of_hands"
    yield "8.3b", "vote.more_than_present_in_the_hall", sum(votes(a).values()) > len(c.told["hall"])
    yield THEN
    c.count = votes(a)


def resolution_close_vote(w, c, a):
    """More than half of those present at the opening; no casting vote (A11)."""
    yield from session_in_session(c)
    yield THEN
    here = len(c.told["hall"])
    c.told["counts"] = counted(c, c.told["hall"]) | {"present": here}
    c.state = "adopted" if majority(w, c, c.told["counts"]["for"], here) else "not_adopted"


# ----------------------------------------------------------------------------------------------------------------------- requests


def session_request_sign(w, c, a):
    """Once; to open it is not to sign it."""
    yield "8.2b", "session_request.signed_already", a.who in c.ballots
    yield THEN
    c.ballots[a.who] = "signed"


def session_request_unsign(w, c, a):
    """Until it is registered."""
    yield "8.2b", "session_request.not_signed", a.who not in c.ballots
    yield THEN
    del c.ballots[a.who]


def session_request_register(w, c, a):
    """A third of all members, both counted now; nothing is convened by silence (A04, A05)."""
    yield THEN
    members = w.holders("member")
    enough = reached(w.law("request.share", c), len(members & {*c.ballots}), len(members))
    c.state = "registered" if enough else "returned"
