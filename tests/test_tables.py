"""The procedures as data, diagrams and tables (machines/tables.py)."""

import re
from pathlib import Path
from typing import Any

import pytest

from machines.candidacy import CANDIDACY
from machines.procedure import SAME, Branch, Office, Term, Transition
from machines.procedures import PROCEDURES
from machines.tables import documentation, mermaid, moved, procedure_as_data, table

DOCUMENT = Path(__file__).parent.parent / "docs" / "procedures.md"

# What mermaid's parser accepts of a state diagram; labels end at a colon or a semicolon.
LINE = re.compile(
    r"stateDiagram-v2|  s_\w+: \w+|  (s_\w+|\[\*\]) --> (s_\w+: [^:;\n]+|\[\*\])|  classDef current [\w:#,-]+|  class s_\w+ current"
)


def test_the_documentation_is_what_the_tables_say() -> None:
    """docs/procedures.md is not stale: `python -m machines.tables > docs/procedures.md` writes it again."""
    assert documentation() == DOCUMENT.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PROCEDURES)
def test_a_diagram_is_what_mermaid_accepts(name: str) -> None:
    """Every line has the grammar of a state diagram, and every act stands on one."""
    for state in (None, "new", *PROCEDURES[name].states):
        lines = mermaid(PROCEDURES[name], state).splitlines()
        assert [] == [line for line in lines if not LINE.fullmatch(line)]
    assert all(f": {act} " in mermaid(name) for act in PROCEDURES[name].rows)


def test_a_diagram_labels_act_office_norm_and_deadline() -> None:
    """Who admits a candidacy, under which norms, and which deadline that opens."""
    assert "  s_nominated --> s_admissible: admit / working_body · 14.1a 14.1b / !consideration" in mermaid(CANDIDACY)


def test_the_current_state_is_highlighted() -> None:
    """One state of the diagram of a case stands out; a state that the procedure has not is an error."""
    assert "  class s_submitted current\n" in mermaid(CANDIDACY, "submitted")
    assert "class" not in mermaid(CANDIDACY)
    with pytest.raises(ValueError, match="voting"):
        mermaid(CANDIDACY, "voting")


@pytest.mark.parametrize("name", PROCEDURES)
def test_a_table_has_a_row_for_every_act(name: str) -> None:
    """Seven cells in every row, one row for every act, every rule in it."""
    head, _, *rows = table(name).splitlines()
    assert len(PROCEDURES[name].rows) == len(rows)
    assert {8} == {len(re.findall(r"(?<!\\)\|", line)) for line in (head, *rows)}
    for row, line in zip(PROCEDURES[name].acts, rows, strict=True):
        assert all(" ".join(guard.rule.split()) in line for guard in (*row.guards, *row.warns))


def test_an_unknown_procedure_is_an_error() -> None:
    """Nothing is answered for a name that no procedure has."""
    with pytest.raises(KeyError, match="parade"):
        procedure_as_data("parade")


def test_a_nominating_body_is_whoever_nominates() -> None:
    """Where the contract says *nominating body*, the data name its offices."""
    acts = {act["name"]: act for act in procedure_as_data("candidacy")["acts"]}
    assert [
        "candidate", "sa_chairman", "sa_secretariat", "association", "state_body", "working_body", "consequence",
    ] == acts["withdraw"]["by"]  # fmt: skip
    assert ["submitted"] == acts["submit"]["to"]
    assert ["="] == acts["support"]["to"]
    assert [] == acts["nominate"]["from"]
    assert ["*"] == acts["withdraw"]["closes"]


def test_a_deadline_set_anew_is_moved() -> None:
    """What is always open when an act sets it anew is moved and not opened (9.3b: the closing of a poll that is extended)."""
    consideration = CANDIDACY.rows["admit"].to[0].opens
    assert {"consideration"} == moved(CANDIDACY, moving("admissible", *consideration))
    assert set() == moved(CANDIDACY, moving("nominated", *consideration))
    assert set() == moved(CANDIDACY, CANDIDACY.rows["admit"])


def moving(state: str, *terms: Term[Any]) -> Transition[Any]:
    return Transition("defer", (state,), (Branch(SAME, opens=terms),), (Office.working_body,), ("14.2a",))
