"""Who belongs: offices, candidacies, membership, removal, seats in the Council, deputies (items 7, 9.1, 13 to 15, 17, 20)."""

from tests.reference.days import after
from tests.reference.table import NOMINATING, ROUTES
from tests.reference.world import THEN, WARNING


def office_assume(w, c, a):
    """Deputies, members and members of the Council have procedures of their own; a successor ends the akim's office."""
    office, body = a["office"], a.get("body", "")
    own = {"deputy_chairman": "7.2a", "member": "13.1a", "council_member": "9.1a"}
    kind = "small_assembly" if office.startswith("sa_") else office
    there = [each for each in w.held(office) if each.body == body]
    yield own.get(office), "office.own_procedure", office in own
    yield "7.1a", "office.chairman_in_office", office == "chairman" and there
    yield "17.1", "office.unknown_body", office in NOMINATING and w.bodies.get(body) != kind
    yield "17.1", "office.held_already", any(each.person == a["person"] for each in there)
    yield THEN
    for predecessor in there if office == "sa_chairman" else ():
        w.bring_about("office.vacate", predecessor)


def office_vacate(w, c, a):
    """At once, or at 24:00 of a later day that is named."""
    yield THEN
    c.ends = after(a["until"]) if "until" in a and a["until"] > w.today else w.now


# ------------------------------------------------------------------------------------------------------------------ candidacies


def no_member(w, person):
    """Nobody is a member twice."""
    yield "13.1a", "membership.member_already", person in w.holders("member")


def candidacy_nominate(w, c, a):
    """Bodies nominate; who is a member already is not nominated; the candidate's consent is asked for (C16)."""
    open_one = any(each.person == a["person"] for each in w.all("candidacy"))
    yield from no_member(w, a["person"])
    yield ROUTES[a["route"]], "candidacy.open_already", open_one, WARNING
    yield ROUTES[a["route"]], "candidacy.no_consent", not a.get("consent"), WARNING
    yield THEN
    c.told["sources"] = [{**a, "by": a.body}]


def candidacy_support(w, c, a):
    """Another body proposes the same person."""
    yield ROUTES[a["route"]], "candidacy.another_person", a["person"] != c.person
    yield ROUTES[a["route"]], "candidacy.no_consent", not a.get("consent"), WARNING
    yield THEN
    c.told["sources"].append({**a, "by": a.body})


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


def candidacy_consider(w, c, a):
    """By the closing of the Council's vote, and in no other way."""
    yield THEN
    c.told["outcome"] = a["outcome"]


def candidacy_submit(w, c, a):
    """All deputies in office; what the Council said binds only under the ruling *blocking* (C05)."""
    blocking = w.rulings.get("candidacy.council_outcome") == "blocking"
    yield "14.2a", "candidacy.not_recommended", blocking and c.told["outcome"] != "recommended"


def candidacy_approve(w, c, a):
    """Membership begins with the approval."""
    yield from no_member(w, c.person)
    yield THEN
    w.open_by("membership.start", c.person, since=a["order"]["date"])


def candidacy_include(w, c, a):
    """By the Chairman alone; of other persons it is said why (13.1b, C01)."""
    other = a["category"] == "other_person"
    yield "13.1b", "candidacy.no_justification", other and not a.get("justification")
    yield from candidacy_approve(w, c, a)


# ------------------------------------------------------------------------------------------------------- membership and removal


def membership_start(w, c, a):
    """By an approval or an inclusion; other candidacies of the person are withdrawn."""
    yield from no_member(w, c.person)
    yield THEN
    for candidacy in w.all("candidacy"):
        if candidacy.person == c.person:
            w.bring_about("candidacy.withdraw", candidacy)


def membership_enrol(w, c, a):
    """From the register, on the Chairman's order."""
    return no_member(w, c.person)


def membership_exit(w, c, a):
    """Who leaves the Assembly leaves the Council, and submissions for his removal have lost their object."""
    yield THEN
    for seat in [each for each in w.held("council_member") if each.person == c.person]:
        w.bring_about("council_seat.close", seat)
    for removal in w.all("removal", of=c):
        w.bring_about("removal.lapse", removal)


membership_remove = membership_exit


def membership_leave(w, c, a):
    """A right: at once, or from the day named (C15)."""
    yield THEN
    if "from_date" in a and a["from_date"] > w.today:
        c.state, c.told["from_date"] = "leaving", a["from_date"]
        w.opens(c, "exit")
    else:
        c.state = "left"
        yield from membership_exit(w, c, a)


def membership_end(w, c, a):
    """Death and the like: on a day that has come."""
    yield "20.3", "membership.ends_later", a["date"] > w.today
    yield from membership_exit(w, c, a)


def removal_submit(w, c, a):
    """A deputy, or the chairman of a small assembly (C12); another ground needs a reason (15.3, C14)."""
    membership = w.case(a["membership"])
    yield "15.0a", "removal.no_member", membership.final
    yield "15.3", "removal.reason_too_short", a["ground"] == "other" and len(a.get("reason", "")) < 20
    yield THEN
    c.parent, c.person, c.told["by"] = membership, membership.person, a.who
    membership.open.pop("removal_task", None)


def removal_grant(w, c, a):
    """The Chairman may remove, never on his own motion."""
    submitters = {each.told["by"] for each in w.all("removal", of=c.parent)}
    wanted = w.rulings.get("removal.submission.min_submitters", 1)
    yield "15.0a", "removal.no_member", c.parent.final
    yield "15.0b", "removal.too_few_submitters", len(submitters) < wanted
    yield THEN
    w.bring_about("membership.remove", c.parent)


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
    yield "7.1c", "deputy_appointment.no_post_free", len(w.held("deputy_chairman")) >= 2
    yield "7.1c", "deputy_appointment.deputy_already", c.person in w.holders("deputy_chairman")


def deputy_appointment_appoint(w, c, a):
    """By the President, on the Council's recommendation."""
    yield from deputy_appointment_enrol(w, c, a)
    yield "7.2b", "deputy_appointment.act_too_early", a["act"]["date"] < c.told["day"]
