"""The Council: its meetings, questions and polls (items 9.2, 9.3, 23.1 of the Regulation)."""

from tests.reference.days import DAY, two_thirds, works
from tests.reference.world import THEN, WARNING, counted, votes

# ---------------------------------------------------------------------------------------------------------------------- meetings


def council_meeting_agree(w, c, a):
    """Consent is given before the start (B02)."""
    yield "9.3e", "council_meeting.consent_too_late", w.now >= c.told["starts_at"]


def council_meeting_postpone(w, c, a):
    """To another hour, and everything begins anew; the hall is empty on the other day."""
    yield THEN
    c.told["starts_at"], c.present = a["starts_at"], set()


def council_meeting_open(w, c, a):
    """On its day; with too few present nothing can be adopted (B04)."""
    enough = two_thirds(len(w.there(c)), len(w.holders("council_member")))
    yield "9.3d", "council_meeting.before_its_day", w.today < c.told["starts_at"].date()
    yield "9.2c", "council_meeting.too_few_to_adopt", not enough, WARNING


def council_meeting_check_in(w, c, a):
    """Members of the Council."""
    yield "9.2c", "council_meeting.not_in_the_council", {*a["members"]} - w.holders("council_member")


def council_meeting_close(w, c, a):
    """When every question is settled."""
    yield "23.1", "council_meeting.questions_open", w.all("council_question", of=c)


# --------------------------------------------------------------------------------------------------------------------- questions


def council_question_list(w, c, a):
    """For a meeting that is ahead or open; an admissible candidacy, and once."""
    meeting, kind, about = w.case(a["meeting"]), a["kind"], None
    if kind == "candidacy" and (named := w.case(a.get("subject"))) and named.procedure == "candidacy":
        about = named
    listed = about and any(each.told["about"] is about for each in w.all("council_question"))
    yield "9.2a", "council_question.meeting_over", meeting.state not in ("drafted", "signed", "convened", "open")
    yield "14.2a", "council_question.no_candidacy", kind == "candidacy" and not about
    yield "14.2a", "council_question.not_admissible", about and about.state != "admissible"
    yield "14.2a", "council_question.listed_already", listed
    yield "7.2b", "council_question.names_nobody", kind == "deputy_recommendation" and a.get("subject") not in w.people
    yield THEN
    c.parent, c.told["about"] = meeting, about


def council_question_open_vote(w, c, a):
    """One vote at a time, in an open meeting; a candidacy needs two thirds present (C06)."""
    about, enough = c.told["about"], two_thirds(len(w.there(c.parent)), len(w.holders("council_member")))
    yield "9.2c", "council_question.meeting_not_open", c.parent.state != "open"
    yield "9.2c", "council_question.another_vote", w.all("council_question", "voting", of=c.parent)
    yield "9.2c", "council_question.too_few_present", about and not enough
    yield "14.2a", "council_question.not_admissible", about and about.state != "admissible"


def council_question_vote(w, c, a):
    """Who is present; the last vote counts."""
    yield "9.2c", "council_question.meeting_not_open", c.parent.state != "open"
    yield "9.2c", "vote.not_present", a.who not in w.there(c.parent)
    yield "9.2c", "vote.count_entered", c.count
    yield THEN
    c.ballots[a.who] = a["choice"]


def council_question_enter_count(w, c, a):
    """By count or by name, never both; no more votes than people."""
    yield "9.2c", "council_question.meeting_not_open", c.parent.state != "open"
    yield "9.2c", "vote.by_name_already", c.ballots
    yield "9.2c", "vote.more_than_present", sum(votes(a).values()) > len(w.there(c.parent))
    yield THEN
    c.count = votes(a)


def council_question_close_vote(w, c, a):
    """Two thirds of all members are for it (B03); a candidacy for which too few are present waits (C06)."""
    yield THEN
    total, here, about = len(w.holders("council_member")), len(w.there(c.parent)), c.told["about"]
    c.told["counts"] = counted(c, w.holders("council_member")) | {"present": here, "total": total}
    adopted, positive = two_thirds(c.told["counts"]["for"], total), c.told.get("proposal", "positive") == "positive"
    waits = about and not adopted and not two_thirds(here, total)
    c.state = "adopted" if adopted else "postponed" if waits else "not_adopted"
    if about and not waits:
        outcome = "no_decision" if not adopted else "recommended" if positive else "not_recommended"
        w.bring_about("candidacy.consider", about, outcome=outcome)
    if c.told["kind"] == "deputy_recommendation" and adopted and positive:
        w.open_by("deputy_appointment.recommend", c.told["subject"])


# ------------------------------------------------------------------------------------------------------------------------- polls


def poll_draft(w, c, a):
    """Not on candidacies, nor on nominations to the Mazhilis (B05)."""
    kind, norm = a["kind"], "14.2a" if a["kind"] == "candidacy" else "9.2b"
    yield norm, "poll.kind_excluded", kind in ("candidacy", "mazhilis_nomination")
    yield "7.2b", "poll.names_nobody", kind == "deputy_recommendation" and a.get("subject") not in w.people


def poll_open(w, c, a):
    """Ten days, if nothing is said; at least three working days (B06)."""
    last = a.get("closes_on", w.today + 10 * DAY)
    days = (w.today + n * DAY for n in range(1, (last - w.today).days + 1))
    yield "9.3b", "poll.too_short", sum(works(day) for day in days) < 3
    yield THEN
    c.told |= {"opened": w.now, "closes_on": last, "answers": []}


def poll_answer(w, c, a):
    """Received before the closing; afterwards only sheets that were, entered by the working body (H04)."""
    sheet, received = "received_at" in a, a.get("received_at", w.now)
    closed = c.state == "counting" and not sheet
    yield "9.3a", "poll.closed", closed
    yield "9.3a", "poll.sheet_by_the_working_body", sheet and not a.paper
    if not closed and a.paper >= sheet:
        closing = c.told.get("closed_at") or c.open["closing"]
        yield "9.3a", "poll.received_in_the_future", received > w.now
        yield "9.3a", "poll.received_too_late", received >= closing
        yield "9.3a", "poll.received_before_the_opening", received < c.told["opened"]
    yield THEN
    c.told["answers"].append((received, len(c.told["answers"]), a.who, a["choice"]))


def answers(w, c, at):
    """The last answer of each who is in the Council at a moment."""
    council = w.holders("council_member", at)
    return {who: choice for _, _, who, choice in sorted(c.told["answers"]) if who in council}


def poll_extend(w, c, a):
    """Later than the closing that stands."""
    yield "9.3b", "poll.no_later_closing", a["closes_on"] <= c.told["closes_on"]
    yield THEN
    c.told["closes_on"] = a["closes_on"]


def poll_close(w, c, a):
    """Two thirds of all are for it, of those who are in the Council at the closing (B03, B07); the post has three days more."""
    was_open, clock = "closed_at" not in c.told, "clock" in a
    council = w.holders("council_member")
    silent = council - {*answers(w, c, w.now)}
    yield "9.3b", "poll.not_all_have_answered", was_open and not clock and (silent or not council)
    yield THEN
    closed = c.told.setdefault("closed_at", w.now)
    if was_open and clock and c.told.get("by_post") and silent:
        c.state = "counting"
        w.opens(c, "tally")
        return
    cast, total = [*answers(w, c, closed).values()], len(w.holders("council_member", closed))
    c.told["counts"] = {name: cast.count(name) for name in ("for", "against", "abstain")} | {"total": total}
    c.state = "adopted" if two_thirds(cast.count("for"), total) else "not_adopted"
    if c.state == "adopted" and c.told["kind"] == "deputy_recommendation":
        w.open_by("deputy_appointment.recommend", c.told["subject"])
