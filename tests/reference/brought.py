"""What one case's act brings about on others: on which cases."""

from tests.reference.world import Case


def new(procedure, person, **told):
    """A case about somebody that is opened, and what is told."""
    return [Case(procedure, f"{procedure}:{person}", {"person": person, **told}, person)]


def positive(c):
    """A proposal is positive, if nothing is said."""
    return c.told.get("proposal", "positive") == "positive"


def considered(w, c, a):
    """The closing of the Council's vote considers the candidacy, and nothing else does (C05, C06)."""
    if c.told["about"]:
        outcome = "recommended" if positive(c) else "not_recommended"
        c.told["about"].told["outcome"] = outcome if c.state == "adopted" else "no_decision"
    return [c.told["about"]] if c.told["about"] else []


def recommended(w, c, a):
    """A recommendation that the Council adopts stands."""
    stands = c.told["kind"] == "deputy_recommendation" and positive(c)
    return new("deputy_appointment", c.told["subject"]) if stands else []


def predecessor(w, c, a):
    """A successor ends the akim's office (17.1)."""
    return [each for each in w.held("sa_chairman") if (c.office, c.body) == (each.office, each.body) and each is not c]


BROUGHT = {
    "office.vacate": predecessor,
    "candidacy.consider": considered,
    "candidacy.withdraw": lambda w, c, a: [each for each in w.all("candidacy") if each.person == c.person],
    "membership.start": lambda w, c, a: new("membership", c.person, since=a["order"]["date"]),
    "membership.remove": lambda w, c, a: [c.parent] if c.parent else [],  # none is removed by a report alone (C13)
    "removal.lapse": lambda w, c, a: w.all("removal", of=c),
    "council_seat.close": lambda w, c, a: [each for each in w.held("council_member") if each.person == c.person],
    "council_question.remove": lambda w, c, a: w.all("council_question", "listed", of=c),
    "deputy_appointment.recommend": recommended,
    "session_request.satisfy": lambda w, c, a: [w.case(a["request"])] if a["ground"] == "request" else [],
    "annual_session.meet": lambda w, c, a: [d for d in w.all("annual_session") if d.told["year"] == str(w.today.year)],
    "resolution.remove": lambda w, c, a: w.all("resolution", "listed", of=c),
}
