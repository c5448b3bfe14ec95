"""For whom a case waits: the names are those of the tables, and every state is thought of."""

from machines.procedure import NOBODY
from machines.procedures import PROCEDURES
from machines.situation import Held, Mandates
from machines.waiting import TASKS, WAITS, acts_of_state, states_waiting

# States that wait for nobody: they last, or a day or another case ends them.
LASTING = {
    ("office", "held"), ("candidacy", "admissible"), ("membership", "active"), ("membership", "leaving"), ("council_seat", "held"),
    ("deputy_appointment", "appointed"), ("session_request", "registered"), ("annual_session", "due"), ("resolution", "adopted"),
    ("resolution", "not_adopted"), ("edition", "confirmed"),
}  # fmt: skip


def test_every_state_waits_or_lasts() -> None:
    """No state that is not final is forgotten, and none stands in both lists."""
    states = {(one.name, state.value) for one in PROCEDURES.values() for state in one.states if state not in one.final}
    waiting = {(procedure, state) for procedure, states in WAITS.items() for state in states}
    assert states == waiting | (LASTING & states)
    assert not waiting & LASTING


def test_a_state_knows_what_it_waits_for_and_people_do_it() -> None:
    """What is awaited can be done there."""
    for procedure, states in WAITS.items():
        for state in states:
            for act in acts_of_state(procedure, state):
                row = PROCEDURES[procedure].rows[act]
                assert state in row.source, (procedure, state, act)
                assert set(row.by) - NOBODY, (procedure, act)


def test_a_task_is_a_deadline_that_another_case_answers() -> None:
    """The deadline exists, and the act opens a case for one of the offices named."""
    terms = {
        f"{one.name}.{term.name}"
        for one in PROCEDURES.values()
        for row in one.acts
        for branch in row.to
        for term in branch.opens
    }
    for deadline, (act, offices) in TASKS.items():
        procedure, _, name = act.partition(".")
        row = PROCEDURES[procedure].rows[name]
        assert deadline in terms
        assert row.opens_case
        assert set(offices) <= set(row.by)


def test_without_deputies_what_waits_for_them_waits_for_the_chairman() -> None:
    """B01: somebody else who acts as a deputy has it waiting himself."""
    chairman = Mandates([Held("O-2006-0001", "ch", "chairman", "", "", "", "", "")])
    for_deputies = ("candidacy", "considered")
    assert for_deputies in states_waiting(chairman, deputies=("ch",))
    assert for_deputies not in states_waiting(chairman, deputies=("d1", "d2"))
