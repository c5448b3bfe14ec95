"""The tables say what the contract says: compared field by field with a second transcription of it."""

import pytest

from machines.procedures import PROCEDURES
from machines.tables import procedures_as_data
from tests.contract.reading import contract, differences, rules, rules_of_the_code

# The table closes what its final state closes anyway, asks a text, lets a count be left out: harmless, but to be brought in line.
TO_BE_BROUGHT_IN_LINE = {
    "candidacy.acts.consider.facts",
    "membership.acts.exit.closes",
    "removal.acts.grant.closes",
    "removal.acts.decline.closes",
    "removal.acts.lapse.closes",
    "council_seat.acts.close.closes",
    "deputy_appointment.acts.dismiss.closes",
    "deputy_appointment.acts.lapse.closes",
    "session.acts.declare_not_competent.closes",
    "session_request.acts.register.closes",
    "session_request.acts.register.ways.returned",
    "session_request.acts.lapse.closes",
    "annual_session.acts.breach.closes",
    "resolution.acts.list.facts",
}
FIELDS = {"name", "states", "final", "initial_acts", "digest", "acts"}
ACT_FIELDS = {"name", "from", "to", "by", "joint", "concurrent", "norms", "opens", "closes"}


@pytest.mark.parametrize("name", contract())
def test_a_table_says_what_the_contract_says(name: str) -> None:
    """States, acts, offices, norms, facts, deadlines, consequences: everything that is public."""
    if name not in PROCEDURES:
        pytest.skip(f"{name} is still to come")
    found = [each for each in differences(PROCEDURES[name]) if each.partition(":")[0] not in TO_BE_BROUGHT_IN_LINE]
    assert "" == "\n".join(found)


def test_the_rules_say_what_the_contract_says() -> None:
    """Numbers and rulings that an edition may change: value, norms, the least, and the procedures that look at them."""
    assert rules() == rules_of_the_code()


def test_every_procedure_has_a_contract() -> None:
    """No procedure is added without its edge table being written down a second time."""
    assert set() == PROCEDURES.keys() - contract().keys()


def test_the_transcription_is_whole() -> None:
    """Sixteen procedures with 95 acts; every act has an office and norms, every state of an act exists."""
    acts = [(told, act) for told in contract().values() for act in told["acts"].values()]
    assert (16, 95) == (len(contract()), len(acts))
    for told, act in acts:
        assert act["by"]
        assert act["norms"]
        assert {*act["from"], *act["to"]} <= {*told["states"], "="}


def test_what_is_printed_has_the_shape_of_the_interface() -> None:
    """`kenes procedures --json` prints these names and no others."""
    told = procedures_as_data()
    assert ["procedures"] == list(told)
    assert list(PROCEDURES) == [procedure["name"] for procedure in told["procedures"]]
    assert all(FIELDS == procedure.keys() for procedure in told["procedures"])
    assert all(ACT_FIELDS == act.keys() for procedure in told["procedures"] for act in procedure["acts"])
