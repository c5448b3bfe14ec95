"""Every norm is accounted for: carried out by what is there, or not, with the reason and the part that is to come."""

import dataclasses

import pytest

from desk.accounted import account_in_full, scenarios_about
from machines.accounts import BY_HAND, accounted_by_hand, accounts
from machines.candidacy import CANDIDACY
from machines.carried_out import KINDS, Place, carried_out, cited, norms_of
from machines.located import ROOT, located
from machines.norms import NORMS
from machines.procedure import guard
from machines.procedures import PROCEDURES
from machines.rulings import RULINGS
from machines.wording import LANGUAGES, keys

GUARDS = {
    (procedure.name, each.name): each
    for procedure in PROCEDURES.values()
    for row in procedure.acts
    for each in (*row.guards, *row.warns, *(each for branch in row.to for each in branch.guards))
}


def test_every_norm_is_accounted_for() -> None:
    """Each is carried out somewhere, or the reason why not is said in every language; none is left out."""
    assert [*NORMS] == [*accounts()]
    for account in accounts().values():
        said = [account.why_not(language) for language in LANGUAGES]
        assert all(said) != bool(account.places), account.norm
        assert not account.later or not account.places


def test_what_the_tables_say_is_not_said_again() -> None:
    """By hand only those are listed that no table names, each once."""
    found = carried_out()
    assert sorted(norm for norm, places in found.items() if not places) == sorted(accounted_by_hand())


@pytest.mark.parametrize("name", GUARDS, ids=".".join)
def test_a_guard_cites_norms_that_exist(name: tuple[str, str]) -> None:
    """Whatever a rule or a refusal of it names as its norm stands in the Decree."""
    assert [] == [norm for norm in norms_of(GUARDS[name]) if norm not in NORMS]


def test_a_wrong_citation_breaks_the_table() -> None:
    """A guard that cites a norm which the Decree does not have is found, by its name."""

    @guard()
    def wrong(_: object) -> None:
        """Nobody knows this rule (8.9z)."""

    row = dataclasses.replace(CANDIDACY.rows["admit"], guards=(wrong,))
    with pytest.raises(KeyError, match=r"8\.9z"):
        carried_out({"candidacy": dataclasses.replace(CANDIDACY, acts=(row,))})


def test_citations_are_told_from_numbers() -> None:
    """Items cited as a whole stand for their norms; hours, counts and rulings are no citations."""
    assert ["9.2c", "S.5.4"] == [*cited("Two thirds of 30 until 24:00 (9.2c, S.5.4, B03)")]
    assert ["14.1a", "14.1b"] == [*cited("nominated again (14.1).")]
    assert ["8.9z"] == [*cited("(8.9z)")]


@pytest.mark.parametrize("norm", NORMS)
def test_what_carries_a_norm_out_is_there(norm: str) -> None:
    """Every place has its file, and in it the name; what is mapped by hand exists."""
    for place in accounts()[norm].places:
        file, name = located(place)
        assert place.kind in KINDS
        assert name in (ROOT / file).read_text(encoding="utf-8"), place


@pytest.mark.parametrize("ruling", RULINGS)
def test_a_ruling_stands_where_rulings_do(ruling: str) -> None:
    """What a ruling answers is found by its name."""
    file, name = located(Place("ruling", ruling))
    assert f'"{name}"' in (ROOT / file).read_text(encoding="utf-8")


def test_a_place_that_is_not_there_is_an_error() -> None:
    """Nothing is said to stand where it does not."""
    with pytest.raises(KeyError, match="has no applause"):
        located(Place("record", "machines.poll.applause"))


def test_acts_and_rulings_mapped_by_hand_exist() -> None:
    """A name that is mapped by hand is one of a table, of the rulings, or of a module."""
    for place in {place for places in BY_HAND.values() for place in places}:
        procedure, _, act = place.name.partition(".")
        assert place.kind != "act" or act in PROCEDURES[procedure].rows
        assert place.kind != "ruling" or place.name in RULINGS


def test_no_reason_is_written_in_vain() -> None:
    """Every text of the accounts is used."""
    used = {f"accounts.{account.reason}" for account in accounts().values() if account.reason}
    used |= {f"accounts.later.{account.later}" for account in accounts().values() if account.later}
    assert used == {key for key in keys("en") if key.startswith("accounts.")}


def test_what_the_tables_name() -> None:
    """8.1b is announced, guarded, counted and told; 8.1c is a standing duty; 14.2c makes a member."""
    places = carried_out()
    assert {"act", "guard", "deadline", "notice", "record", "excluded way"} == {place.kind for place in places["8.1b"]}
    assert Place("standing duty", "annual_session") in places["8.1c"]
    assert Place("consequence", "candidacy.approve ⇒ membership.start") in places["14.2c"]


def test_scenarios_cite_norms_that_exist() -> None:
    """What a scenario says it plays stands in the Decree."""
    assert set() == {*scenarios_about()} - {*NORMS}


def test_a_norm_in_full() -> None:
    """The code, the rulings and the scenarios of one that is carried out; the part to come of one that is not."""
    notice = account_in_full("8.1b", "en")
    assert {"file": "machines/session_guards.py", "name": "announced_in_time"} in notice["code"]
    assert "tests/scenarios/own/notice-exactly-a-month.yaml" in notice["scenarios"]
    assert ("session.notice.mode", None) == (notice["rulings"][0], notice["why_not"])
    plan = account_in_full("S.5.4", "en")
    assert ("annual_plan", [], []) == (plan["later"], plan["carried_out_by"], plan["code"])
    assert "annual action plan" in plan["why_not"]
