"""A rule that changes gets a new revision, so that a case knows under which rules it was decided (machines/digest.py)."""

import copy
import dataclasses
from typing import Any

import pytest

from machines.candidacy import CANDIDACY
from machines.candidacy_guards import consent_is_given, not_a_member_already
from machines.digest import digest_of, known_definitions
from machines.procedure import Procedure, guard
from machines.procedures import PROCEDURES
from machines.refusal import Refusal
from machines.situation import Situation
from tests.contract import digests
from tests.contract.digests import as_it_is, fingerprint, main, recorded, unraised


def test_no_rule_has_changed_under_its_old_revision() -> None:
    """Raise `revision` of the guard or term; if it was only written otherwise, see tests/contract/digests.py."""
    assert [] == unraised(recorded(), as_it_is())


def test_the_record_is_up_to_date() -> None:
    """`python -m tests.contract.digests` records a definition that was changed on purpose."""
    assert recorded() == as_it_is()


def with_guard(name: str, **told: Any) -> Procedure[Any]:
    """Return the candidacy with another guard of one act."""
    acts = tuple(
        dataclasses.replace(row, guards=tuple(dataclasses.replace(each, **told) for each in row.guards)) if row.name == name else row
        for row in CANDIDACY.acts
    )  # fmt: skip
    return dataclasses.replace(CANDIDACY, acts=acts)


def anything_goes(_: Situation[Any]) -> Refusal | None:
    """Nothing is asked."""
    return None


def test_a_changed_rule_is_noticed() -> None:
    """The code is another, the revision is not: named; with a new revision it is a change made on purpose."""
    before = as_it_is({"candidacy": CANDIDACY})
    changed = as_it_is({"candidacy": with_guard("support", check=anything_goes)})
    assert ["candidacy: guard same_person"] == unraised(before, changed)
    raised = as_it_is({"candidacy": with_guard("support", check=anything_goes, revision=2)})
    assert [] == unraised(before, raised)
    assert before["candidacy"]["digest"] != raised["candidacy"]["digest"]


def test_what_a_rule_uses_of_its_file_counts() -> None:
    """Another function or constant of the same file is the rule's own code; its words are not."""

    @guard()
    def spoken(s: Situation[Any]) -> Refusal | None:
        """Say it so."""
        return anything_goes(s)

    first = fingerprint(spoken.check)
    spoken.check.__doc__ = "Say it otherwise."
    assert first == fingerprint(spoken.check)
    assert fingerprint(consent_is_given.check) != fingerprint(not_a_member_already.check)


@pytest.mark.parametrize("name", ["final", "name"])
def test_the_digest_covers_the_definition(name: str) -> None:
    """States, edges, offices, norms: whatever is changed, the digest is another."""
    other = {"final": ("approved", "rejected"), "name": "candidature"}[name]
    assert digest_of(CANDIDACY) != digest_of(dataclasses.replace(CANDIDACY, **{name: other}))


def test_recording_asks_for_a_new_revision(tmp_path: Any, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    """Without one, only somebody who says that the rule is the same may record it."""
    old = copy.deepcopy(as_it_is())
    old["candidacy"]["rules"]["guard same_person"]["code"] = "0"
    monkeypatch.setattr(digests, "FILE", tmp_path / "digests.json")
    assert 0 == main([])
    digests.FILE.write_text(digests.json.dumps(old))
    assert 1 == main([])
    assert "candidacy: guard same_person" in capsys.readouterr().err
    assert 0 == main(["--same-rule"])
    assert recorded() == as_it_is()


def test_every_table_that_there_is_stays_known() -> None:
    """An entry keeps the digest of the table it was decided under; `kenes verify` has to know it for ever."""
    assert {digest_of(procedure) for procedure in PROCEDURES.values()} <= known_definitions()
