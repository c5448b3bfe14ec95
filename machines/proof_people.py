"""Small situations of offices, candidacies, memberships and removals, and what the Regulation says of them (items 7, 13 to 15, 17, 20)."""

from datetime import timedelta
from itertools import product
from typing import Any

from machines import candidacy_facts, candidacy_guards, membership, office, removal
from machines.procedure import NEW
from machines.proof_council import Situations, jointly_done
from machines.proof_step import NOW, TODAY, Seen, Step, day, facts, held, people, rule, switched
from machines.rulings import DEFAULTS
from machines.situation import Mandates

ORDER = {"number": "1", "date": day(0)}
BODIES = ("small_assembly_session", "small_assembly_council", "congress", "conference", "board", "head_letter")


def sources() -> list[dict[str, Any]]:
    """List every kind of nomination: each route, decided by each body, with proposals in time, too late, or none."""
    found = []
    for body, proposed in product(BODIES, (None, -1, 0, 1)):
        decision = {"body": body, "number": "1", "date": day(-3)}
        proposals = [] if proposed is None else [{"by": "Centre", "date": day(-3 + proposed)}]
        plain = {"decision": decision, "proposals": proposals, "nominating_body": "small_assembly:Kostanay"}
        found += [
            plain | {"route": "small_assembly"},
            plain | {"route": "state_body"},
            plain | {"route": "association"},
        ]
        for level, highest in product(("republican", "regional", "local"), ("congress", "conference")):
            named = {"name": "Association", "level": level, "highest_body": highest}
            found.append(plain | {"route": "association", "association": named})
    return found


def candidacies(_: int) -> Situations:
    """Yield the situations of a candidacy: every nomination alone and beside a faulty one, every outcome, member or not."""
    seen, free = Seen("candidacy"), candidacy_guards.Circumstances()
    faulty = {
        "route": "state_body",
        "decision": {"body": "board", "number": "1", "date": day(-3)},
        "nominating_body": "x",
    }
    for source in sources():
        for many in ([source], [source, faulty], [faulty, source]):
            yield seen.of("admit", "nominated", free, facts={"sources": many})
    decision = {"body": "small_assembly_session", "number": "1", "date": day(-1)}
    told = {"person": "p", "route": "small_assembly", "decision": decision, "region": "Kostanay"}
    for already, others, consent in product((None, "M-1"), ((), ("C-2",)), (None, False, True)):
        one = facts(candidacy_facts.Nominate, told | {"consent": consent})
        known = candidacy_guards.Circumstances(others, already)
        yield seen.of("nominate", NEW, known, given=one)
        yield from (
            seen.of("support", "nominated", free, given=one, person=who, facts={"sources": []}) for who in ("p", "q")
        )
        approved = facts(candidacy_facts.Approve, {"order": ORDER})
        yield seen.of("approve", "submitted", known, given=approved, person="p", facts={"sources": [told]})
        for category, why in product(("association", "state_body", "other_person"), (None, "Authority")):
            included = {"person": "p", "order": ORDER, "category": category, "justification": why}
            yield seen.of("include", NEW, known, given=facts(candidacy_facts.Include, included))
    yield from _cures(seen)
    for ruled, outcome in product(
        (DEFAULTS, switched(candidacy__council_outcome="blocking")), ("recommended", "not_recommended", "no_decision")
    ):
        alone = Seen("candidacy", Mandates(held("deputy_chairman", "d1")), ruled)
        yield alone.of("submit", "considered", free, facts={"outcome": outcome}, holder="d1")
    yield from jointly_done("candidacy", "submit", ("considered",), free, facts={"outcome": "recommended"})


def _cures(seen: Seen) -> Situations:
    for body, later in product(("Kostanay", "Almaty"), (-1, 0, 1)):
        returned = {"body": "small_assembly_session", "number": "1", "date": day(-3)}
        cured = facts(candidacy_facts.Cure, {"decision": returned | {"date": day(-3 + later)}})
        known = {
            "sources": [{"decision": returned, "nominating_body": "small_assembly:Kostanay", "route": "small_assembly"}]
        }
        yield seen.of(
            "cure", "inadmissible", candidacy_guards.Circumstances(), given=cured, facts=known, office="sa_secretariat", office_body=body
        )  # fmt: skip


def _in_order(source: Any) -> bool:
    body, association = source["decision"]["body"], source.get("association")
    if source["route"] == "small_assembly":
        days = [proposal["date"] for proposal in source.get("proposals", ())]
        return body == "small_assembly_session" and bool(days) and max(days) <= source["decision"]["date"]
    if source["route"] == "state_body":
        return bool(body == "head_letter")
    return bool(association) and association["level"] != "local" and body == association["highest_body"]


@rule("14.1a", "candidacy.admit")
def nominated_by_the_right_body(step: Step) -> bool:
    """Small assemblies nominate by their session on proposals, associations by their highest body, state bodies by their head."""
    return any(_in_order(source) for source in step.s.facts["sources"])


@rule("13.1a", "candidacy.nominate", "candidacy.approve", "candidacy.include", "membership.start", "membership.enrol")
def nobody_is_a_member_twice(step: Step) -> bool:
    """Nobody becomes a member who is one."""
    return step.seen.membership is None


@rule("14.1a", "candidacy.nominate", "candidacy.support")
def consent_is_asked_for(step: Step) -> bool:
    """A nomination without the candidate's consent is warned of."""
    return bool(step.told.consent) or "candidacy.no_consent" in step.warnings


@rule("14.1a", "candidacy.nominate")
def a_second_nomination_is_warned_of(step: Step) -> bool:
    """Who nominates somebody who is a candidate already is told so: it could be supported."""
    return not step.seen.open_candidacies or "candidacy.open_already" in step.warnings


@rule("14.1a", "candidacy.support")
def support_is_for_the_candidate(step: Step) -> bool:
    """A nomination is supported for the person whom it names."""
    return bool(step.told.person == step.s.person)


@rule("14.1a", "candidacy.cure")
def cured_by_a_later_decision_of_the_same_body(step: Step) -> bool:
    """A returned nomination is cured by the body that made it, by a decision of a later day."""
    first = step.s.facts["sources"][0]
    same = first["nominating_body"] == f"small_assembly:{step.s.office_body}"
    return same and bool(step.told.decision.date.isoformat() > first["decision"]["date"])


@rule("14.2a", "candidacy.submit")
def only_recommended_ones_where_the_council_binds(step: Step) -> bool:
    """Where the Council's outcome binds, only those whom it recommends are submitted."""
    return bool(step.s.rulings["candidacy.council_outcome"] != "blocking" or step.s.facts["outcome"] == "recommended")


@rule("13.1b", "candidacy.include")
def others_are_included_for_their_authority(step: Step) -> bool:
    """Other persons are included for their authority, and why is written."""
    return step.told.category != "other_person" or bool(step.told.justification)


# -------------------------------------------------------------------------------------------------- memberships and removals


def memberships(_: int) -> Situations:
    """Yield the situations of a membership: started once or twice, left on every day, ended on every day."""
    seen = Seen("membership")
    start = {"person": "p", "since": day(0), "category": "association"}
    for already in (None, "M-1"):
        known = membership.Circumstances(already)
        yield seen.of("start", NEW, known, given=facts(membership.Start, start))
        yield seen.of("enrol", NEW, known, given=facts(membership.Enrol, start | {"order": ORDER}))
    for offset in (None, -1, 0, 1, 30):
        told = {"statement_date": day(0), "from_date": None if offset is None else day(offset)}
        yield seen.of("leave", "active", membership.Circumstances(), given=facts(membership.Leave, told), person="p")
    for state, offset in product(membership.LIVE, (-1, 0, 1)):
        yield seen.of("end", state, membership.Circumstances(), given=facts(membership.End, {"date": day(offset)}))


@rule("20.3", "membership.leave")
def a_member_leaves_when_he_says(step: Step) -> bool:
    """A member leaves at once or, where he names a later day, on that day."""
    later = step.told.from_date is not None and step.told.from_date > TODAY
    return (step.state == "leaving") == later


@rule("20.3", "membership.leave")
def a_statement_is_of_one_kind(step: Step) -> bool:
    """A statement either names a later day or does not, whichever of the two is asked first."""
    ways = [branch for branch in step.row.to if not any(guard.refusals(step.s) for guard in branch.guards)]
    return len(ways) == 1


@rule("20.3", "membership.end")
def no_membership_ends_before_its_day(step: Step) -> bool:
    """A membership does not end on a day that has not come."""
    return bool(step.told.date <= TODAY)


def removals(_: int) -> Situations:
    """Yield the situations of a removal: every state of the membership, each ground and reason, one submitter or more."""
    for ruled, state, count in product(
        (DEFAULTS, switched(removal__submission__min_submitters=2)), membership.State, range(3)
    ):
        seen = Seen("removal", rulings=ruled)
        known = removal.Circumstances("p", state.value, "Kostanay", tuple(sorted(people(count))))
        yield seen.of("grant", "submitted", known, given=facts(removal.Grant, {"order": ORDER}))
        for ground, reason, held_as, region in product(
            ("office_changed", "other"),
            ("Short", "x" * 19, "x" * 20),
            ("deputy_chairman", "sa_chairman"),
            ("Kostanay", "Almaty"),
        ):
            told = facts(removal.Submit, {"membership": "M-2027-0001", "ground": ground, "reason": reason})
            yield seen.of("submit", NEW, known, given=told, office=held_as, office_region=region)


@rule("15.0a", "removal.submit", "removal.grant")
def only_members_are_removed(step: Step) -> bool:
    """Only a member is removed: who has left is none."""
    return step.seen.state in ("active", "leaving")


@rule("15.3", "removal.submit")
def another_ground_is_explained(step: Step) -> bool:
    """Another ground than the two that are named is explained so that it can be weighed."""
    return step.told.ground != "other" or len(step.told.reason) >= 20  # the number of the ruling


@rule("15.0b", "removal.submit")
def a_chairman_of_another_region_is_warned(step: Step) -> bool:
    """The chairman of another region than the member's is warned."""
    of_another = step.s.office == "sa_chairman" and step.s.office_region != step.seen.region
    return not of_another or "removal.another_region" in step.warnings


@rule("15.0b", "removal.grant")
def as_many_submitters_as_ruled(step: Step) -> bool:
    """A member is removed on the submission of somebody else than who decides; of two, where it is ruled so."""
    return bool(len(step.seen.submitters) >= step.s.rulings["removal.submission.min_submitters"])


# ------------------------------------------------------------------------------------------------------------------ offices


def offices(_: int) -> Situations:
    """Yield the situations of an office: each one, free, held by another, by the same, or until a known day."""
    seen = Seen("office")
    for name, person, ends, since, known in product(
        ("chairman", "working_body", "sa_chairman", "member", "council_member", "deputy_chairman"),
        (None, "p", "q"), (None, -1, 5), (-1, 0, 6), (True, False),
    ):  # fmt: skip
        body = "Kostanay" if name == "sa_chairman" else None
        told = facts(office.Assume, {"person": "p", "office": name, "body": body, "since": day(since)})
        until = None if ends is None else NOW + timedelta(days=ends)
        holdings = () if person is None else (office.Holding("O-1", person, until),)
        yield seen.of("assume", NEW, office.Circumstances(holdings, known), given=told)


@rule("7.1a", "office.assume")
def one_chairman(step: Step) -> bool:
    """There is one Chairman: his successor does not begin before he ends."""
    if step.told.office != "chairman":
        return True
    begins = NOW + timedelta(days=max(0, (step.told.since - TODAY).days))
    return all(holding.ends is not None and holding.ends <= begins for holding in step.seen.holdings)


@rule("17.1", "office.assume")
def the_others_come_by_their_own_way(step: Step) -> bool:
    """Members, members of the Council and deputies come by recommendation, order or act, not by being entered in an office."""
    return step.told.office not in ("member", "council_member", "deputy_chairman")


@rule("17.1", "office.assume")
def of_a_body_that_exists(step: Step) -> bool:
    """An office is held for a body that the register knows."""
    return bool(step.seen.body_known)


@rule("17.1", "office.assume")
def nobody_holds_an_office_twice(step: Step) -> bool:
    """Nobody takes up an office that he holds."""
    return not any(holding.person == "p" and holding.ends is None for holding in step.seen.holdings)
