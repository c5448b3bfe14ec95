"""The Council: its meetings, questions and polls (items 9.2, 9.3, 23.1 of the Regulation)."""

from tests.reference.days import DAY, reached, works
from tests.reference.world import THEN, WARNING, counted, votes


def attended(w, c, meeting):
    """Two thirds of the Council are present (B04)."""
    return reached(w.law("council.attendance", c), len(w.there(meeting)), len(w.holders("council_member")))


def names_nobody(w, a):
    """A recommendation names a person of the register."""
    return a["kind"] == "deputy_recommendation" and a.get("subject") not in w.people


# ---------------------------------------------------------------------------------------------------------------------- meetings


def council_meeting_agree(w, c, a):
    """Consent is given before the start (B02)."""
    yield "9.3e", "council_meeting.consent_too_late", w.now >= c.told["starts_at"]


def council_meeting_postpone(w, c, a):
    """To another hour, and everything begins anew; the hall is empty on the other day."""
    yield THEN
    c.present = set()


def council_meeting_open(w, c, a):
    """On its day; with too few present nothing can be adopted (B04)."""
    yield "9.3d", "council_meeting.before_its_day", w.today < c.told["starts_at"].date()
    yield "9.2c", "council_meeting.too_few_to_adopt", not attended(w, c, c), WARNING


def council_meeting_check_in(w, c, a):
    """Members of the Council."""
    yield "9.2c", "council_meeting.not_in_the_council", {*a["members"]} - w.holders("council_member")


def council_meeting_close(w, c, a):
    """When every question is settled."""
    yield "23.1", "council_meeting.questions_open", w.all("council_question", of=c)


# --------------------------------------------------------------------------------------------------------------------- questions


def council_question_list(w, c, a):
    """For a meeting that is ahead or open; a candidacy that is admissible and not listed already."""
    meeting, candidacy, subject = w.case(a["meeting"]), a["kind"] == "candidacy", w.case(a.get("subject"))
    about = subject if candidacy and subject and subject.procedure == "candidacy" else None
    listed = about and any(each.told["about"] is about for each in w.all("council_question"))
    admissible = about and about.state == "admissible"
    yield "9.2a", "council_question.meeting_over", meeting.state not in ("drafted", "signed", "convened", "open")
    yield "14.2a", "council_question.no_candidacy", candidacy and not about
    yield "14.2a", "council_question.not_admissible", about and not admissible
    yield "14.2a", "council_question.listed_already", admissible and listed
    yield "7.2b", "council_question.names_nobody", names_nobody(w, a)
    yield THEN
    c.parent, c.told["about"] = meeting, about


def meeting_open(c):
    """Votes are cast and counted while the meeting is open."""
    yield "9.2c", "council_question.meeting_not_open", c.parent.state != "open"


def council_question_open_vote(w, c, a):
    """One vote at a time, in an open meeting; a candidacy needs two thirds present (C06)."""
    about = c.told["about"]
    yield from meeting_open(c)
    yield "9.2c", "council_question.another_vote", w.all("council_question", "voting", of=c.parent)
    yield "9.2c", "council_question.too_few_present", about and not attended(w, c, c.parent)
    yield "14.2a", "council_question.not_admissible", about and about.state != "admissible"
    yield THEN
    c.concerns |= w.holders("council_member")


def council_question_vote(w, c, a):
    """Who is present; the last vote counts."""
    yield from meeting_open(c)
    yield "9.2c", "vote.not_present", a.who not in w.there(c.parent)
    yield "9.2c", "vote.count_entered", c.count
    yield THEN
    c.ballots[a.who] = a["choice"]


def council_question_enter_count(w, c, a):
    """By count or by name, never both; no more votes than people."""
    yield from meeting_open(c)
    yield "9.2c", "vote.by_name_already", c.ballots
    yield "9.2c", "vote.more_than_present", sum(votes(a).values()) > len(w.there(c.parent))
    yield THEN
    c.count = votes(a)


def council_question_close_vote(w, c, a):
    """Two thirds of all members are for it (B03); a candidacy for which too few are present waits (C06)."""
    yield THEN
    council, about = w.holders("council_member"), c.told["about"]
    c.told["counts"] = counted(c, council) | {"present": len(w.there(c.parent)), "total": len(council)}
    adopted = reached(w.law("council.majority", c), c.told["counts"]["for"], len(council))
    waits = about and not attended(w, c, c.parent)
    c.state = "adopted" if adopted else "postponed" if waits else "not_adopted"


# ------------------------------------------------------------------------------------------------------------------------- polls


def poll_draft(w, c, a):
    """Not on candidacies, nor on nominations to the Mazhilis (B05)."""
    kind, norm = a["kind"], "14.2a" if a["kind"] == "candidacy" else "9.2b"
    yield norm, "poll.kind_excluded", kind in ("candidacy", "mazhilis_nomination")
    yield "7.2b", "poll.names_nobody", names_nobody(w, a)


def poll_open(w, c, a):
    """Ten days, if nothing is said; at least three working days (B06)."""
    last = a.get("closes_on", w.today + w.law("poll.default_days", c) * DAY)
    days = (w.today + n * DAY for n in range(1, (last - w.today).days + 1))
    yield "9.3b", "poll.too_short", sum(works(day, w.days) for day in days) < w.law("poll.minimum_working_days", c)
    yield THEN
    c.told |= {"opened": w.now, "closes_on": last, "answers": []}
    c.concerns |= w.holders("council_member")


def poll_answer(w, c, a):
    """Received before the closing; afterwards only sheets that were, entered by the working body (H04)."""
    sheet, received = "received_at" in a, a.get("received_at", w.now)
    closed = c.state == "counting" and not sheet
    yield "9.3a", "poll.closed", closed
    yield "9.3a", "poll.sheet_by_the_working_body", sheet and not a.paper
    if not closed and (a.paper or not sheet):
        yield "9.3a", "poll.received_in_the_future", received > w.now
        yield "9.3a", "poll.received_too_late", received >= (c.told.get("closed_at") or c.open["closing"])
        yield "9.3a", "poll.received_before_the_opening", received < c.told["opened"]
    yield THEN
    c.told["answers"].append((received, len(c.told["answers"]), a.who, a["choice"]))


def poll_extend(w, c, a):
    """Later than the closing that stands."""
    yield "9.3b", "poll.no_later_closing", a["closes_on"] <= c.told["closes_on"]


def poll_close(w, c, a):
    """Two thirds of all are for it, of those who were in the Council when it closed (B03, B07); the post has three days more."""
    council = c.told.get("council", w.holders("council_member"))
    last = {who: choice for _, _, who, choice in sorted(c.told["answers"]) if who in council}
    was_open, clock, silent = c.state == "open", "clock" in a, council - {*last}
    yield "9.3b", "poll.not_all_have_answered", was_open and not clock and (silent or not council)
    yield THEN
    c.told |= {"closed_at": c.told.get("closed_at", w.now), "council": council}
    c.concerns |= council
    if was_open and clock and c.told.get("by_post") and silent:
        c.state = "counting"
        return
    c.ballots = last
    c.told["counts"] = counted(c, council) | {"total": len(council)}
    adopted = reached(w.law("council.majority", c), c.told["counts"]["for"], len(council))
    c.state = "adopted" if adopted else "not_adopted"
