"""Who belongs: offices, candidacies, membership, removal, seats in the Council, deputies (items 7, 9.1, 13 to 15, 17, 20)."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

from tests.reference.world import (
    NOMINATING,
    ROUTES,
    THEN,
    Case,
    Mandate,
    Reason,
    Told,
    Warned,
    World,
    act,
    after,
    as_day,
    simply,
    working_days,
)

Says = Iterator[Any]
NOMINATE = " ".join(NOMINATING)


def begin(w: World, c: Case, office: str, person: str, body: str = "", since: Any = None) -> None:
    """Let somebody hold an office from a day on, but never before it is entered (C11)."""
    begins = max(datetime.combine(as_day(since), time()), w.now) if since else w.now
    c.person = person
    w.mandates.append(Mandate(office, person, body, c, begins))


# --------------------------------------------------------------------------------------------------------------------- offices


@act("office.assume", "new", "working_body", "17.1")
def assume(w: World, c: Case, a: Told) -> Says:
    """Deputies, members and members of the Council have procedures of their own; there is one Chairman."""
    office, body, person = a.facts["office"], a.facts.get("body", ""), a.person()
    own = {"deputy_chairman": "7.2a", "member": "13.1a", "council_member": "9.1a"}
    if office in own:
        yield Reason(own[office], "office.own_procedure")
    if office == "chairman" and w.holders("chairman"):
        yield Reason("7.1a", "office.chairman_in_office")
    kind = {"sa_chairman": "small_assembly", "sa_secretariat": "small_assembly"}.get(office, office)
    if office in NOMINATING and w.bodies.get(body) != kind:
        yield Reason("17.1", "office.unknown_body")
    if any(m.body == body for m in w.of(person or "", office)):
        yield Reason("17.1", "office.held_already")
    yield THEN
    if office == "sa_chairman":  # the akim: a successor's assumption ends the predecessor's
        for mandate in [m for m in w.held(office) if m.body == body]:
            w.bring_about("office.vacate", mandate.case)
    c.state = "held"
    begin(w, c, office, person or "", body, a.facts["since"])


@act("office.vacate", "held", "working_body", "17.1")
def vacate(w: World, c: Case, a: Told) -> Says:
    """At once, or at 24:00 of a later day that is named."""
    yield THEN
    c.state = "ended"
    w.end_mandate(c, after(a.day("until")) if "until" in a.facts and a.day("until") > w.today else w.now)


# ------------------------------------------------------------------------------------------------------------------ candidacies


def source(w: World, a: Told) -> dict[str, Any]:
    """A nomination: its route, who decided, and for which body it was made."""
    return {**a.facts, "body": a.actor.body}


def no_consent(a: Told) -> Says:
    """The candidate's consent is asked for (C16)."""
    if not a.facts.get("consent"):
        yield Warned(ROUTES[a.facts["route"]], "candidacy.no_consent")


def is_member(w: World, person: str | None) -> Says:
    """Nobody is a member twice."""
    if person in w.holders("member"):
        yield Reason("13.1a", "membership.member_already")


@act("candidacy.nominate", "new", NOMINATE, "14.1a 14.1b")
def nominate(w: World, c: Case, a: Told) -> Says:
    """Bodies nominate; who is a member already is not nominated."""
    yield from is_member(w, a.person())
    if any(each.person == a.person() and not each.final for each in w.cases if each.procedure == "candidacy"):
        yield Warned(ROUTES[a.facts["route"]], "candidacy.open_already")
    yield from no_consent(a)
    yield THEN
    c.state, c.person, c.told["sources"] = "nominated", a.person(), [source(w, a)]


@act("candidacy.support", "nominated admissible", NOMINATE, "14.1a 14.1b")
def support(w: World, c: Case, a: Told) -> Says:
    """Another body proposes the same person."""
    if a.person() != c.person:
        yield Reason(ROUTES[a.facts["route"]], "candidacy.another_person")
    yield from no_consent(a)
    yield THEN
    c.told["sources"].append(source(w, a))


def faults(one: dict[str, Any]) -> Says:
    """What is wrong with one nomination (14.1, C02 to C04, C07)."""
    decided, body = as_day(one["decision"]["date"]), one["decision"]["body"]
    if one["route"] == "state_body" and body != "head_letter":
        yield Reason("14.2a", "candidacy.no_letter_of_the_head")
    if one["route"] == "small_assembly":
        if body != "small_assembly_session":
            yield Reason("14.1a", "candidacy.not_the_session")
        if not one.get("proposals"):
            yield Reason("14.1a", "candidacy.no_proposal")
        if any(as_day(each["date"]) > decided for each in one.get("proposals", ())):
            yield Reason("14.1a", "candidacy.proposal_too_late")
    if one["route"] == "association":
        association = one.get("association")
        if association is None:
            yield Reason("14.1b", "candidacy.association_not_named")
        else:
            if association["level"] == "local":
                yield Reason("14.1b", "candidacy.local_association")
            if body != association["highest_body"]:
                yield Reason("14.1b", "candidacy.not_the_highest_body")


@act("candidacy.admit", "nominated", "working_body", "14.1a 14.1b")
def admit(w: World, c: Case, a: Told) -> Says:
    """One nomination in order is enough."""
    wrong = [list(faults(one)) for one in c.told["sources"]]
    if all(wrong):
        yield from (reason for each in wrong for reason in each)
    yield THEN
    c.state = "admissible"
    wait_for_the_next_meeting(w, [c])


def wait_for_the_next_meeting(w: World, cases: list[Case]) -> None:
    """The Council considers at its next convened meeting; without one there is no date."""
    start = min((each.told["starts"] for each in w.all("council_meeting", "convened")), default=None)
    for c in cases:
        c.open["consideration"] = (start, None)


# Returned with a reason; it can be cured (C04).
simply("candidacy.return", "nominated", "working_body", "14.1a 14.1b", "inadmissible")


@act("candidacy.cure", "inadmissible", NOMINATE, "14.1a 14.1b")
def cure(w: World, c: Case, a: Told) -> Says:
    """The body that nominated decides anew, later than before."""
    ours = [one for one in c.told["sources"] if one["body"] == a.actor.body]
    returned = (ours or c.told["sources"])[0]
    if not ours:
        yield Reason(ROUTES[returned["route"]], "candidacy.another_body")
    if a.paper_day("decision") <= as_day(returned["decision"]["date"]):
        yield Reason(ROUTES[returned["route"]], "candidacy.no_later_decision")
    yield THEN
    c.state, returned["decision"] = "nominated", a.facts["decision"]


@act("candidacy.consider", "admissible", "", "14.2a")
def consider(w: World, c: Case, a: Told) -> Says:
    """By the closing of the Council's vote, and in no other way; ten working days follow for the deputies (C08)."""
    yield THEN
    c.state, c.told["outcome"] = "considered", a.facts["outcome"]
    c.open.pop("consideration")
    c.open["submission"] = (after(working_days(w.today, 10)), None)


@act("candidacy.submit", "considered", "deputy_chairman", "14.2b", joint=True)
def submit(w: World, c: Case, a: Told) -> Says:
    """All deputies in office; what the Council said binds only under the ruling *blocking* (C05)."""
    if w.rulings.get("candidacy.council_outcome") == "blocking" and c.told["outcome"] != "recommended":
        yield Reason("14.2a", "candidacy.not_recommended")
    yield THEN
    c.state = "submitted"
    c.open.pop("submission")
    c.open["approval"] = (after(w.today + timedelta(days=30)), None)


@act("candidacy.approve", "submitted", "chairman", "14.2c")
def approve(w: World, c: Case, a: Told) -> Says:
    """Membership begins with the approval."""
    yield from is_member(w, c.person)
    yield THEN
    c.state = "approved"
    start(w, c.person or "", a.paper_day("order"))


# By the Chairman, with or without a reason.
simply("candidacy.reject", "submitted", "chairman", "14.2d", "rejected")


@act("candidacy.include", "new", "chairman", "14.2e 13.1a")
def include(w: World, c: Case, a: Told) -> Says:
    """By the Chairman alone; of other persons it is said why (13.1b, C01)."""
    yield from is_member(w, a.person())
    if a.facts["category"] == "other_person" and not a.facts.get("justification"):
        yield Reason("13.1b", "candidacy.no_justification")
    yield THEN
    c.state, c.person = "approved", a.person()
    start(w, a.person() or "", a.paper_day("order"))


# At any time before the end.
simply(
    "candidacy.withdraw",
    "nominated inadmissible admissible considered submitted",
    "candidate nominating_body working_body",
    "14.1a 14.1b",
    "withdrawn",
)


# ------------------------------------------------------------------------------------------------------------------- membership


def start(w: World, person: str, since: Any) -> None:
    """Somebody becomes a member, and his other candidacies are withdrawn."""
    c = Case("membership", f"membership:{person}", w.now)
    if w.bring_about("membership.start", c, person=person, since=since):
        for each in [each for each in w.cases if each.procedure == "candidacy" and each.person == person]:
            w.bring_about("candidacy.withdraw", each)


@act("membership.start", "new", "", "13.1a")
def started(w: World, c: Case, a: Told) -> Says:
    """By an approval or an inclusion."""
    yield from is_member(w, a.person())
    yield THEN
    c.state = "active"
    begin(w, c, "member", a.person() or "", since=a.facts["since"])


@act("membership.enrol", "new", "working_body", "13.1a")
def enrol(w: World, c: Case, a: Told) -> Says:
    """From the register, on the Chairman's order."""
    yield from is_member(w, a.person())
    yield THEN
    c.state = "active"
    begin(w, c, "member", a.person() or "", since=a.facts["since"])


@act("membership.report_office_change", "active", "working_body", "15.1 15.2")
def report(w: World, c: Case, a: Told) -> Says:
    """Nobody is removed by it (C13); within ten working days somebody decides what follows."""
    yield THEN
    c.open["removal_task"] = (after(working_days(w.today, 10)), None)


@act("membership.leave", "active", "member", "20.3", own=True)
def leave(w: World, c: Case, a: Told) -> Says:
    """A right: at once, or from the day named (C15)."""
    yield THEN
    if a.facts.get("from_date") and a.day("from_date") > w.today:
        c.state = "leaving"
        c.open["exit"] = (datetime.combine(a.day("from_date"), time()), "exit")
    else:
        gone(w, c, "left")


@act("membership.revoke_leave", "leaving", "member", "20.3", own=True)
def revoke(w: World, c: Case, a: Told) -> Says:
    """Until it takes effect."""
    yield THEN
    c.state = "active"
    c.open.pop("exit")


@act("membership.exit", "leaving", "", "20.3")
def leave_now(w: World, c: Case, a: Told) -> Says:
    """When the day begins."""
    yield THEN
    gone(w, c, "left")


@act("membership.remove", "active leaving", "", "15.0a")
def remove(w: World, c: Case, a: Told) -> Says:
    """By the Chairman's decision on a submission."""
    yield THEN
    gone(w, c, "removed")


@act("membership.end", "active leaving", "working_body", "20.3")
def end(w: World, c: Case, a: Told) -> Says:
    """Death and the like: on a day that has come."""
    if a.day("date") > w.today:
        yield Reason("20.3", "membership.ends_later")
    yield THEN
    gone(w, c, "ended")


def gone(w: World, c: Case, state: str) -> None:
    """Who leaves the Assembly leaves the Council, and submissions for his removal have lost their object."""
    c.state = state
    w.end_mandate(c)
    for seat in w.all("council_seat", "held"):
        if seat.person == c.person:
            w.bring_about("council_seat.close", seat)
    for removal in w.all("removal", "submitted"):
        if removal.parent is c:
            w.bring_about("removal.lapse", removal)


# ---------------------------------------------------------------------------------------------------------------------- removal


def no_member(membership: Case) -> Says:
    """Only a member can be removed."""
    if membership.final:
        yield Reason("15.0a", "removal.no_member")


@act("removal.submit", "new", "deputy_chairman sa_chairman", "15.0b")
def submit_removal(w: World, c: Case, a: Told) -> Says:
    """A deputy, or the chairman of a small assembly (C12); another ground needs a reason (15.3, C14)."""
    membership = w.case(a.facts["membership"])
    assert membership is not None
    yield from no_member(membership)
    if a.facts["ground"] == "other" and len(a.facts.get("reason", "")) < 20:
        yield Reason("15.3", "removal.reason_too_short")
    yield THEN
    c.state, c.parent, c.told["by"] = "submitted", membership, a.actor.person
    c.person = membership.person
    c.open["decision"] = (after(w.today + timedelta(days=30)), None)
    membership.open.pop("removal_task", None)


@act("removal.grant", "submitted", "chairman", "15.0a")
def grant(w: World, c: Case, a: Told) -> Says:
    """The Chairman may remove, never on his own motion."""
    assert c.parent is not None
    yield from no_member(c.parent)
    if len({each.told["by"] for each in w.all("removal", "submitted") if each.parent is c.parent}) < w.rulings.get(
        "removal.submission.min_submitters", 1
    ):
        yield Reason("15.0b", "removal.too_few_submitters")
    yield THEN
    c.state = "granted"
    w.bring_about("membership.remove", c.parent)


# He need not.
simply("removal.decline", "submitted", "chairman", "15.0a", "declined")

# The member has left meanwhile.
simply("removal.lapse", "submitted", "", "20.3", "moot")


# ----------------------------------------------------------------------------------------------------------- seats in the Council


@act("council_seat.open", "new", "chairman", "9.1a")
def seat(w: World, c: Case, a: Told) -> Says:
    """Members of the Assembly, and heads of small assemblies (B10)."""
    person, category = a.person() or "", a.facts["category"]
    if person in w.holders("council_member"):
        yield Reason("9.1a", "council_seat.seated_already")
    if category == "small_assembly_head":
        if person not in w.holders("sa_chairman"):
            yield Reason("9.1c", "council_seat.heads_none")
        elif person not in w.holders("member"):
            yield Warned("9.1c", "council_seat.head_no_member")
    elif person not in w.holders("member"):
        yield Reason("9.1d" if category == "other_member" else "9.1c", "council_seat.no_member")
    yield THEN
    c.state = "held"
    begin(w, c, "council_member", person)


@act("council_seat.close", "held", "chairman council_member", "9.1a", own=True)
def unseat(w: World, c: Case, a: Told) -> Says:
    """By the Chairman, by one's own statement, by loss of membership (B11)."""
    yield THEN
    c.state = "vacated"
    w.end_mandate(c)


# --------------------------------------------------------------------------------------------------------------------- deputies


def a_post_is_free(w: World, person: str | None) -> Says:
    """The Chairman has two deputies."""
    if len(w.held("deputy_chairman")) >= 2:
        yield Reason("7.1c", "deputy_appointment.no_post_free")
    if person in w.holders("deputy_chairman"):
        yield Reason("7.1c", "deputy_appointment.deputy_already")


@act("deputy_appointment.recommend", "new", "", "7.2b")
def recommend(w: World, c: Case, a: Told) -> Says:
    """A recommendation that stands is not made again, and does not expire (B14)."""
    if any(each.person == a.person() for each in w.all("deputy_appointment", "recommended")):
        yield Reason("7.2b", "deputy_appointment.recommended_already")
    yield THEN
    c.state, c.person, c.told["day"] = "recommended", a.person(), w.today


@act("deputy_appointment.enrol", "new", "working_body", "7.2a")
def enrol_deputy(w: World, c: Case, a: Told) -> Says:
    """From the register, on the President's act."""
    yield from a_post_is_free(w, a.person())
    yield THEN
    c.state = "appointed"
    begin(w, c, "deputy_chairman", a.person() or "")


@act("deputy_appointment.appoint", "recommended", "president", "7.2a 7.2b")
def appoint(w: World, c: Case, a: Told) -> Says:
    """By the President, on the Council's recommendation."""
    yield from a_post_is_free(w, c.person)
    if a.paper_day("act") < c.told["day"]:
        yield Reason("7.2b", "deputy_appointment.act_too_early")
    yield THEN
    c.state = "appointed"
    begin(w, c, "deputy_chairman", c.person or "")


@act("deputy_appointment.dismiss", "appointed", "president", "7.2a")
def dismiss(w: World, c: Case, a: Told) -> Says:
    """By an act of the same kind (B13)."""
    yield THEN
    c.state = "dismissed"
    w.end_mandate(c)


# The President appoints somebody else, or nobody.
simply("deputy_appointment.lapse", "recommended", "working_body", "7.2b", "lapsed")
