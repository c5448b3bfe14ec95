"""Who belongs: offices, candidacies, membership, removal, seats in the Council, deputies (items 7, 9.1, 13 to 15, 17, 20)."""

from tests.reference.days import after
from tests.reference.table import NOMINATING, OWN_PROCEDURE, ROUTES
from tests.reference.world import THEN, WARNING


def office_assume(w, c, a):
    """Deputies, members and members of the Council have procedures of their own; there is one Chairman."""
    office, body = a["office"], a.get("body", "")
    kind = "small_assembly" if office.startswith("sa_") else office
    there = [each for each in w.held(office) if each.body == body]
    yield OWN_PROCEDURE.get(office), "office.own_procedure", office in OWN_PROCEDURE
    yield "7.1a", "office.chairman_in_office", office == "chairman" and there
    yield "17.1", "office.unknown_body", office in NOMINATING and w.bodies.get(body) != kind
    yield "17.1", "office.held_already", any(each.person == a["person"] for each in there)


def office_vacate(w, c, a):
    """At once, or at 24:00 of a later day that is named."""
    yield THEN
    c.ends = after(a["until"]) if "until" in a and a["until"] > w.today else w.now


# ------------------------------------------------------------------------------------------------------------------ candidacies


def membership_enrol(w, c, a):
    """Nobody is a member twice (13.1a)."""
    yield "13.1a", "membership.member_already", c.person in w.holders("member")


membership_start = candidacy_approve = membership_enrol


def consent_and_source(c, a):
    """The candidate's consent is asked for (C16); each nomination is kept."""
    yield ROUTES[a["route"]], "candidacy.no_consent", not a.get("consent"), WARNING
    yield THEN
    c.told["sources"] = [*c.told.get("sources", ()), {**a, "by": a.body}]


def candidacy_nominate(w, c, a):
    """Bodies nominate; who is a member already is not nominated."""
    open_one = any(each.person == a["person"] for each in w.all("candidacy"))
    yield from membership_enrol(w, c, a)
    yield ROUTES[a["route"]], "candidacy.open_already", open_one, WARNING
    yield from consent_and_source(c, a)


def candidacy_support(w, c, a):
    """Another body proposes the same person."""
    yield ROUTES[a["route"]], "candidacy.another_person", a["person"] != c.person
    yield from consent_and_source(c, a)


def faults(one):
    """What is wrong with one nomination (14.1, C02 to C04, C07)."""
    route, body, proposals = one["route"], one["decision"]["body"], one.get("proposals", [])
    assembly, association = route == "small_assembly", one.get("association") or {}
    late = any(each["date"] > one["decision"]["date"] for each in proposals)
    yield "14.2a", "candidacy.no_letter_of_the_head", route == "state_body" and body != "head_letter"
    yield "14.1a", "candidacy.not_the_session", assembly and body != "small_assembly_session"
    yield "14.1a", "candidacy.no_proposal", assembly and not proposals
    yield "14.1a", "candidacy.proposal_too_late", assembly and late
    if route == "association":
        yield "14.1b", "candidacy.association_not_named", not association
        yield "14.1b", "candidacy.local_association", association.get("level") == "local"
        yield "14.1b", "candidacy.not_the_highest_body", association and body != association["highest_body"]


def candidacy_admit(w, c, a):
    """One nomination in order is enough."""
    wrong = [[fault for fault in faults(one) if fault[2]] for one in c.told["sources"]]
    yield from (fault for each in wrong for fault in each if all(wrong))


def candidacy_cure(w, c, a):
    """The body that nominated, not one that supported it, decides anew and later than before (C04)."""
    returned = c.told["sources"][0]
    norm, before = ROUTES[returned["route"]], returned["decision"]["date"]
    yield norm, "candidacy.another_body", returned["by"] != a.body
    yield norm, "candidacy.no_later_decision", a["decision"]["date"] <= before
    yield THEN
    returned["decision"] = a["decision"]


def candidacy_submit(w, c, a):
    """All deputies in office; what the Council said binds only under the ruling *blocking* (C05)."""
    blocking = w.law("candidacy.council_outcome", c) == "blocking"
    yield "14.2a", "candidacy.not_recommended", blocking and c.told["outcome"] != "recommended"


def candidacy_include(w, c, a):
    """By the Chairman alone; of other persons it is said why (13.1b, C01)."""
    other = a["category"] == "other_person"
    yield "13.1b", "candidacy.no_justification", other and not a.get("justification")
    yield from membership_enrol(w, c, a)


# ------------------------------------------------------------------------------------------------------- membership and removal


def membership_leave(w, c, a):
    """A right: at once, or from the day named (C15)."""
    yield THEN
    c.state = "leaving" if a.get("from_date", w.today) > w.today else "left"


def membership_end(w, c, a):
    """Death and the like: on a day that has come."""
    yield "20.3", "membership.ends_later", a["date"] > w.today


def removal_submit(w, c, a):
    """A deputy, or the chairman of a small assembly (C12); another ground needs a reason (15.3, C14)."""
    membership, length = w.case(a["membership"]), len(a.get("reason", ""))
    short = a["ground"] == "other" and length < w.law("removal.reason_min_length", c)
    yield "15.0a", "removal.no_member", membership.final
    yield "15.3", "removal.reason_too_short", short
    yield THEN
    c.parent, c.person, c.told["by"] = membership, membership.person, a.who


def removal_grant(w, c, a):
    """The Chairman may remove, never on his own motion."""
    submitters = {each.told["by"] for each in w.all("removal", of=c.parent)}
    yield "15.0a", "removal.no_member", c.parent.final
    yield "15.0b", "removal.too_few_submitters", len(submitters) < w.law("removal.submission.min_submitters", c)


# ------------------------------------------------------------------------------------------------ seats in the Council, deputies


def council_seat_open(w, c, a):
    """Members of the Assembly, and heads of small assemblies (B10)."""
    member, head = c.person in w.holders("member"), c.person in w.holders("sa_chairman")
    as_head, norm = a["category"] == "small_assembly_head", "9.1d" if a["category"] == "other_member" else "9.1c"
    yield "9.1a", "council_seat.seated_already", c.person in w.holders("council_member")
    yield "9.1c", "council_seat.heads_none", as_head and not head
    yield "9.1c", "council_seat.head_no_member", as_head and head and not member, WARNING
    yield norm, "council_seat.no_member", not as_head and not member


def deputy_appointment_recommend(w, c, a):
    """A recommendation that stands is not made again, and does not expire (B14)."""
    again = any(each.person == c.person for each in w.all("deputy_appointment", "recommended"))
    yield "7.2b", "deputy_appointment.recommended_already", again
    yield THEN
    c.told["day"] = w.today


def deputy_appointment_enrol(w, c, a):
    """The Chairman has two deputies; from the register, on the President's act."""
    full = len(w.held("deputy_chairman")) >= w.law("deputies.maximum", c)
    yield "7.1c", "deputy_appointment.no_post_free", full
    yield "7.1c", "deputy_appointment.deputy_already", c.person in w.holders("deputy_chairman")


def deputy_appointment_appoint(w, c, a):
    """By the President, on the Council's recommendation."""
    yield from deputy_appointment_enrol(w, c, a)
    yield "7.2b", "deputy_appointment.act_too_early", a["act"]["date"] < c.told["day"]
