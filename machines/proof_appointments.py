"""Small situations of seats in the Council and of the deputy chairmen, and what the Regulation says of them (items 7 and 9.1)."""

from datetime import timedelta
from itertools import product

from machines import council_seat, deputy_appointment
from machines.procedure import NEW
from machines.proof_council import Situations
from machines.proof_step import TODAY, Seen, Step, day, facts, held, rule
from machines.situation import Mandates


def seats(_: int) -> Situations:
    """Yield the situations of a seat: every category, every combination of what the person holds already."""
    for category, holds in product(
        ("state_body", "association", "small_assembly_head", "other_member"), product((True, False), repeat=3)
    ):
        offices = [name for name, has in zip(("member", "council_member", "sa_chairman"), holds, strict=True) if has]
        seen = Seen("council_seat", Mandates(one for office in offices for one in held(office, "m1")))
        order = {"number": "1", "date": day(0)}
        told = facts(council_seat.Open, {"person": "m1", "category": category, "order": order})
        yield seen.of("open", NEW, council_seat.Circumstances(), given=told)


@rule("9.1a", "council_seat.open")
def one_seat_for_each(step: Step) -> bool:
    """Nobody sits in the Council twice."""
    return not step.s.mandates.holds("m1", "council_member")


@rule("9.1c", "council_seat.open")
def the_council_is_of_members(step: Step) -> bool:
    """The Council is formed of members of the Assembly; beside them its heads of small assemblies, and this is warned of."""
    member, head = step.s.mandates.holds("m1", "member"), step.s.mandates.holds("m1", "sa_chairman")
    if step.told.category != "small_assembly_head":
        return member
    return head and (member or "council_seat.head_no_member" in step.warnings)


def deputies(_: int) -> Situations:
    """Yield the situations of an appointment: no, one or two deputies, the person among them or not, every order of days."""
    for count, person, waits in product(range(3), ("d1", "p"), (None, "D-1")):
        seen = Seen(
            "deputy_appointment", Mandates(held("deputy_chairman", *(f"d{each}" for each in range(1, count + 1))))
        )
        told = facts(deputy_appointment.Recommend, {"person": person})
        yield seen.of("recommend", NEW, deputy_appointment.Circumstances(waits, None), given=told)
        for signed, recommended in product((-2, -1, 0), (-1, 0)):
            act = {"number": "1", "date": day(signed), "kind": "order"}
            enrolled = facts(deputy_appointment.Enrol, {"person": person, "act": act})
            yield seen.of("enrol", NEW, deputy_appointment.Circumstances(None, None), given=enrolled)
            known = deputy_appointment.Circumstances(None, TODAY + timedelta(days=recommended))
            appointed = facts(deputy_appointment.ActOfThePresident, {"act": act})
            yield seen.of("appoint", "recommended", known, given=appointed, person=person)


@rule("7.2b", "deputy_appointment.recommend")
def one_recommendation_stands(step: Step) -> bool:
    """A recommendation that stands is not made again."""
    return step.seen.open_case is None


@rule("7.1c", "deputy_appointment.enrol", "deputy_appointment.appoint")
def two_deputies_at_most(step: Step) -> bool:
    """The Chairman has two deputies, two persons."""
    in_office = {held.person for held in step.s.mandates}
    person = step.s.person or step.told.person
    return len(in_office) < 2 and person not in in_office  # the number of the norm


@rule("7.2b", "deputy_appointment.appoint")
def the_president_appoints_whom_the_council_recommended(step: Step) -> bool:
    """The President's act follows the Council's recommendation."""
    return bool(step.told.act.date >= step.seen.recommended_on)
