"""Acts at the same moment, with real threads on both databases: one is first, the others are told; nothing is done twice."""

import threading
from collections import Counter
from datetime import timedelta

import pytest

from machines.perform import perform
from machines.refusal import Conflict, Refused, Unanswerable
from machines.settle import act_settled, again_if_raced, settle
from tests.assembly import Assembly, considered, nominated, nomination, paper, state_body_nomination, submitted
from tests.sittings import signed_meeting

ORDER = {"order": paper("2006-05-18")}
LEAVE = {"statement_date": "2006-04-14"}


@pytest.fixture
def assembly(database):
    assembly = Assembly(database, council=4, small_assemblies=("Kostanay", "Almaty"))
    yield assembly
    assembly.assert_replayable()


def together(*works):
    """Call every one of *works* in a thread of its own at the same moment; return what each returned or raised."""
    outcomes, start = [None] * len(works), threading.Barrier(len(works))

    def run(place, work):
        start.wait()
        try:
            outcomes[place] = work()
        except Exception as error:  # noqa: BLE001 - what it raised is what is looked at
            outcomes[place] = error

    threads = [threading.Thread(target=run, args=each) for each in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def at_once(assembly, *acts):
    """Do acts at the same moment, each seen before the first of them; return done, refused norms, or the kind of answer."""
    return [_in_short(outcome) for outcome in together(*[lambda act=act: _done(assembly, act) for act in acts])]


def _done(assembly, act):
    if act.office != "consequence":
        return act_settled(assembly.database.transaction, act, assembly.book)

    def once():
        with assembly.database.transaction() as db:
            return perform(db, act, assembly.book)

    return again_if_raced(once)


def _in_short(outcome):
    if isinstance(outcome, Refused):
        return "refused", *sorted({refusal.norm for refusal in outcome.refusals})
    if isinstance(outcome, Unanswerable):
        return (type(outcome).__name__.lower(),)
    if isinstance(outcome, Exception):
        raise outcome
    return ("replay" if outcome.replay else "done",)


def seated_without_membership(assembly):
    return [
        person
        for person in assembly.holding("council_member")
        if "member" not in assembly.mandates(person) and "sa_chairman" not in assembly.mandates(person)
    ]


# -------------------------------------------------------------------------------------------------------------- one case


def test_two_officials_on_one_case(assembly):
    """Two officials decide at the same moment: one entry, and one conflict that says who was first."""
    for person in ("p:A", "p:B"):
        case = nominated(assembly, person)
        admit = assembly.act("wb", "candidacy.admit", case=case)
        back = assembly.act("wb", "candidacy.return", case=case, facts={"reason": "No session has decided"})
        assert [("conflict",), ("done",)] == sorted(at_once(assembly, admit, back))
        assert 2 == assembly.seq(case)


def test_two_deputies_submit_at_the_same_moment(assembly):
    """The second has not seen the first's submission: he is told, looks, and completes it (14.2b)."""
    case = considered(assembly)
    acts = [assembly.act(deputy, "candidacy.submit", case=case) for deputy in ("d1", "d2")]
    outcomes = at_once(assembly, *acts)
    assert [("conflict",), ("done",)] == sorted(outcomes)
    assert "submitted" == assembly.do(acts[outcomes.index(("conflict",))].actor, "candidacy.submit", case=case).state


def test_the_same_act_sent_by_fifty_threads_is_done_once(assembly):
    """The same key at the same moment: one effect, fifty answers, a gapless chain."""
    case = nominated(assembly)
    outcomes = at_once(assembly, *[assembly.act("wb", "candidacy.admit", case=case, key="k")] * 50)
    assert {("done",): 1, ("replay",): 49} == Counter(outcomes)
    assert ["nominate", "admit"] == assembly.acts(case)


def test_the_same_nomination_sent_by_fifty_threads_opens_one_case(assembly):
    """Also where there is no case yet that could be locked (14.1a)."""
    outcomes = at_once(assembly, *[assembly.act("s:Kostanay", "candidacy.nominate", facts=nomination(), key="k")] * 50)
    assert {("done",): 1, ("replay",): 49} == Counter(outcomes)
    assert 1 == len(assembly.cases("candidacy", "p:A"))


def test_fifty_bodies_support_one_candidacy(database):
    """Each looks again after a conflict: fifty sources behind one candidacy, none lost, the chain unbroken (14.1)."""
    bodies = [f"b{n}" for n in range(50)]
    assembly = Assembly(database, state_bodies=bodies)
    case = nominated(assembly)

    def support(body):
        while True:
            act = assembly.act(f"sb:{body}", "candidacy.support", case=case.number, facts=state_body_nomination())
            try:
                return act_settled(database.transaction, act, assembly.book)
            except Conflict:
                continue

    outcomes = together(*[lambda body=body: support(body) for body in bodies])
    assert {("done",)} == {_in_short(outcome) for outcome in outcomes}
    sources = [source["nominating_body"] for source in assembly.facts(case)["sources"]]
    assert {"small_assembly:Kostanay", *(f"state_body:{body}" for body in bodies)} == set(sources)
    assert (51, 51) == (len(sources), assembly.seq(case))
    assembly.assert_replayable()


def test_numbers_are_given_once_and_without_gaps(assembly):
    """Thirty cases opened at the same moment have thirty numbers (C-2006-0001 …)."""
    acts = [
        assembly.act("s:Kostanay", "candidacy.nominate", facts=nomination(person)) for person in ("p:A", "p:B") * 15
    ]
    assert {("done",): 30} == Counter(at_once(assembly, *acts))
    numbers = assembly.ask("SELECT number FROM cases WHERE procedure = 'candidacy' ORDER BY number")
    assert [f"C-2006-{n:04}" for n in range(1, 31)] == [number for (number,) in numbers]


# ------------------------------------------------------------------------------------------------------------ one person


def test_two_approvals_of_one_person(assembly):
    """Two candidacies of the same person approved at once: one membership, the other candidacy is not approved (13.1a)."""
    for person in ("p:A", "p:B"):
        cases = [submitted(assembly, person) for _ in range(2)]
        done, other = sorted(at_once(assembly, *[assembly.act("ch", "candidacy.approve", case=case, facts=ORDER) for case in cases]),
                             reverse=False, key=lambda each: each != ("done",))  # fmt: skip
        assert ("done",) == done
        assert other in [("conflict",), ("refused", "13.1a"), ("refused", "14.2c")]
        assert ["approved", "withdrawn"] == sorted(assembly.state(case) for case in cases)
        assert 1 == len(assembly.cases("membership", person))


@pytest.mark.parametrize("name", ["membership.enrol", "candidacy.include"])
def test_one_person_made_a_member_five_times_at_once(assembly, name):
    """One becomes a member once; the others are refused (13.1a), whichever way they go."""
    facts = {"person": "p:A", "category": "association", "order": paper("2006-04-14")}
    facts |= {"since": "2006-04-14"} if name == "membership.enrol" else {}
    actor = "wb" if name == "membership.enrol" else "ch"
    outcomes = at_once(assembly, *[assembly.act(actor, name, facts=facts)] * 5)
    assert {("done",): 1, ("refused", "13.1a"): 4} == Counter(outcomes)
    assert 11 == assembly.members()


@pytest.mark.parametrize("person", ["p:A", "p:B"])
def test_nominated_while_approved(assembly, person):
    """Whichever is first: whoever has become a member has no open candidacy left (13.1a)."""
    case = submitted(assembly, person)
    approve = assembly.act("ch", "candidacy.approve", case=case, facts=ORDER)
    nominate = assembly.act("s:Almaty", "candidacy.nominate", facts=nomination(person, region="Almaty"))
    outcomes = at_once(assembly, approve, *[nominate] * 6)
    assert ("done",) == outcomes[0]
    assert {("done",), ("refused", "13.1a")} >= set(outcomes[1:])
    states = {assembly.state(number) for number in assembly.cases("candidacy", person)}
    assert {"approved", "withdrawn"} >= states


def test_admitted_while_a_meeting_is_convened(assembly):
    """Whichever is first: the consideration falls due when the meeting starts (14.2a)."""
    for day in range(10, 15):
        cases = [nominated(assembly) for _ in range(6)]
        meeting = signed_meeting(assembly, at=f"2006-05-{day} 09:00", starts=f"2006-06-{day} 10:00")
        admits = [assembly.act("wb", "candidacy.admit", case=case) for case in cases]
        agree = assembly.act("ch", "council_meeting.agree", case=meeting)
        assert {("done",)} == set(at_once(assembly, *admits[:3], agree, *admits[3:]))
        assert {f"2006-06-{day} 10:00"} == {assembly.deadlines(case)["consideration"] for case in cases}
        assembly.do("d1", "council_meeting.cancel", case=meeting, facts={"reason": "Illness"})


def test_seated_while_leaving(assembly):
    """Whichever is first: who is no member has no seat in the Council (9.1, B11)."""
    for person in ("m5", "m6", "m7"):
        seat = assembly.act(
            "ch",
            "council_seat.open",
            facts={"person": person, "category": "other_member", "order": paper("2006-04-14")},
        )
        leave = assembly.act(person, "membership.leave", case=f"membership:{person}", facts=LEAVE)
        seated, left = at_once(assembly, seat, leave)
        assert ("done",) == left
        assert seated in [("done",), ("refused", "9.1d")]
    assert [] == seated_without_membership(assembly)


def test_submitted_for_removal_while_leaving(assembly):
    """Whichever is first: no removal of somebody who has left waits for a decision (15.0a, 20.3)."""
    for person in ("m5", "m6", "m7"):
        facts = {"membership": f"membership:{person}", "ground": "office_changed"}
        submit = [assembly.act(by, "removal.submit", facts=facts) for by in ("d1", "d2", "a:Kostanay")]
        leave = assembly.act(person, "membership.leave", case=f"membership:{person}", facts=LEAVE)
        *submissions, left = at_once(assembly, *submit, leave)
        assert ("done",) == left
        assert {("done",), ("refused", "15.0a")} >= set(submissions)
    assert [] == assembly.ask("SELECT number FROM cases WHERE procedure = 'removal' AND state = 'submitted'")


def test_two_removals_of_one_member_granted_at_once(assembly):
    """One is granted, the other is moot; the membership ends once (15.0a)."""
    for person in ("m5", "m6"):
        facts = {"membership": f"membership:{person}", "ground": "office_changed"}
        cases = [assembly.do(by, "removal.submit", facts=facts) for by in ("d1", "d2")]
        grant = [assembly.act("ch", "removal.grant", case=case, facts={"order": paper("2006-04-14")}) for case in cases]
        assert [("conflict",), ("done",)] == sorted(at_once(assembly, *grant))
        assert ["granted", "moot"] == sorted(assembly.state(case) for case in cases)
        assert ["enrol", "remove"] == assembly.acts(f"membership:{person}")


def test_leaving_and_removed_at_once(assembly):
    """A member who leaves while his removal is granted: one of the two ends the membership, not both (15.0a, 20.3)."""
    for person in ("m5", "m6", "m1"):
        facts = {"membership": f"membership:{person}", "ground": "office_changed"}
        case = assembly.do("d1", "removal.submit", facts=facts)
        grant = assembly.act("ch", "removal.grant", case=case, facts={"order": paper("2006-04-14")})
        leave = assembly.act(person, "membership.leave", case=f"membership:{person}", facts=LEAVE)
        granted, left = at_once(assembly, grant, leave)
        pair = (assembly.state(case), assembly.state(f"membership:{person}"))
        assert pair == ("granted", "removed") if granted == ("done",) else ("moot", "left") == pair
        assert left in [("done",), ("conflict",), ("forbidden",)]
        assert 2 == assembly.seq(f"membership:{person}")


# ------------------------------------------------------------------------------------------------------------- one office


def test_a_third_deputy_is_not_enrolled_at_the_same_moment(database):
    """Four enrolled at once where there is none: two in office, the others refused (7.1c)."""
    assembly = Assembly(database, deputies=0)
    acts = [
        assembly.act(
            "wb", "deputy_appointment.enrol", facts={"person": f"m{n}", "act": paper("2006-04-14", kind="decree")}
        )
        for n in (1, 2, 3, 4)
    ]
    assert {("done",): 2, ("refused", "7.1c"): 2} == Counter(at_once(assembly, *acts))
    assert 2 == len(assembly.holding("deputy_chairman"))
    assembly.assert_replayable()


def test_appointed_and_enrolled_at_the_same_moment(database):
    """One post is free: the President's appointment and the register's entry do not both take it (7.1c)."""
    assembly = Assembly(database, deputies=1)
    case, act = assembly.recommend("m5"), {"act": paper("2006-04-14", kind="decree")}
    appoint = assembly.act("president", "deputy_appointment.appoint", case=case, facts=act)
    enrol = assembly.act("wb", "deputy_appointment.enrol", facts=act | {"person": "m6"})
    assert [("done",), ("refused", "7.1c")] == sorted(at_once(assembly, appoint, enrol))
    assert 2 == len(assembly.holding("deputy_chairman"))


def test_one_person_recommended_twice_at_once(assembly):
    """Nothing happens when it stands already: one recommendation of one person (7.2b, B14)."""
    act = assembly.act("d1", "deputy_appointment.recommend", office="consequence", facts={"person": "m5"})
    outcomes = at_once(assembly, *[act] * 6)
    assert {("done",): 1, ("refused", "7.2b"): 5} == Counter(outcomes)


def test_two_chairmen_at_the_same_moment(assembly):
    """The office is vacant: one assumes it, the others are refused (7.1a)."""
    assembly.do("wb", "office.vacate", case="office:ch", facts={"until": "2006-04-14"})
    acts = [assembly.act("wb", "office.assume", facts={"person": person, "office": "chairman", "since": "2006-04-14"})
            for person in ("p:A", "p:B", "m5")]  # fmt: skip
    assert {("done",): 1, ("refused", "7.1a"): 2} == Counter(at_once(assembly, *acts))


def test_successors_at_the_same_moment(assembly):
    """Of several successors of one akim each follows the one before: one holder at the end (17.1)."""
    facts = {"office": "sa_chairman", "body": "Kostanay", "since": "2006-04-14"}
    acts = [assembly.act("wb", "office.assume", facts=facts | {"person": person}) for person in ("p:A", "p:B", "m5")]
    assert {("done",): 3} == Counter(at_once(assembly, *acts))
    holders = assembly.ask(
        "SELECT person_id FROM mandates WHERE office = 'sa_chairman' AND body = 'Kostanay' AND ended_at IS NULL"
    )
    assert 1 == len(holders)


# --------------------------------------------------------------------------------------------------------------- the clock


def test_several_sweeps_at_the_same_moment(assembly):
    """Ten members leave at one midnight, five sweeps come at once: ten exits, in the order of opening (20.3)."""
    people = [f"m{n}" for n in (5, 3, 1, 7, 2, 6, 4)]
    for person in people:
        leave = LEAVE | {"from_date": "2006-05-01"}
        assembly.do(person, "membership.leave", case=f"membership:{person}", facts=leave)
        assembly.now += timedelta(minutes=1)
    midnight = assembly.at("2006-05-01 00:00")
    swept = together(*[lambda: settle(assembly.database.transaction, midnight, assembly.book)] * 5)
    done = [one.number for settled in swept for _, one in settled.done]
    assert sorted(assembly.number(f"membership:{person}") for person in people) == sorted(done)
    exits = [("enrol", "leave", "exit")] * len(people)
    assert exits == [tuple(assembly.acts(f"membership:{person}")) for person in people]


def test_revoked_at_the_last_moment_while_the_sweep_comes(assembly):
    """Just before midnight it is revoked and the sweep at midnight finds nothing, or it came first; never both (20.3)."""
    leave = LEAVE | {"from_date": "2006-05-01"}
    assembly.do("m5", "membership.leave", case="membership:m5", facts=leave)
    revoke = assembly.act("m5", "membership.revoke_leave", case="membership:m5", at="2006-04-30 23:59")
    midnight = assembly.at("2006-05-01 00:00")
    revoked, swept = together(
        lambda: act_settled(assembly.database.transaction, revoke, assembly.book),
        lambda: settle(assembly.database.transaction, midnight, assembly.book),
    )
    last = assembly.acts("membership:m5")[-1]
    assert (last == "exit") == (len(swept.done) == 1) == isinstance(revoked, Unanswerable)
    assert 3 == assembly.seq("membership:m5")
