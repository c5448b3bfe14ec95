"""Which states mean what is said in the tables of `machines/`: no page, flow or command asks for a state by its name."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from machines.procedure import Office
from machines.procedures import PROCEDURES

ROOT = Path(__file__).parent.parent
STATES = {state.value for procedure in PROCEDURES.values() for state in procedure.states}
OFFICES = {office.value for office in Office}
# Words that other things have too: a deadline stands open or closed, a passkey was removed, a session of the desk has ended.
SHARED = {"open", "closed", "removed", "ended"}
OF_A_CASE = re.compile(r"\bstate\s*(?:=|<>|!=|(?:NOT )?IN)\s*\(?((?:\s*,?\s*'\w+')+)", re.IGNORECASE)
STORIES = "desk/rehearsal"  # tells what happens, step by step, as a scenario does: it shows nobody what he may do


def compared(tree: ast.AST) -> Iterator[tuple[ast.AST, set[str]]]:
    """Yield every comparison, and every case of a match, with the words in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare | ast.MatchValue):
            yield (
                node,
                {one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str)},
            )


def states_asked_for(source: str) -> list[str]:
    """Find the comparisons with names of states, in Python and in SQL."""
    tree = ast.parse(source)
    found = [
        ast.unparse(node) for node, words in compared(tree)
        if words & (STATES if re.search(r"\bstate\b", ast.unparse(node)) else STATES - SHARED)
    ]  # fmt: skip
    texts = {one.value for one in ast.walk(tree) if isinstance(one, ast.Constant) and isinstance(one.value, str)}
    for text in texts:
        for match in OF_A_CASE.finditer(text):
            words = {*re.findall(r"'(\w+)'", match[1])}
            found += (
                [match[0]]
                if words & (STATES - SHARED) or (words & STATES and "cases" in text and "deadlines" not in text)
                else []
            )
    return found


def offices_asked_for(source: str) -> list[str]:
    """Find the comparisons with names of offices."""
    return [
        ast.unparse(node) for node, words in compared(ast.parse(source))
        if words & (OFFICES - {Office.clock}) or re.search(r"\bOffice\.(?!clock)", ast.unparse(node))
    ]  # fmt: skip


def files(*folders: str) -> list[str]:
    """Name the files of some folders."""
    return sorted(str(file.relative_to(ROOT)) for folder in folders for file in (ROOT / folder).rglob("*.py"))


@pytest.mark.parametrize("file", [file for file in files("desk", "flows") if not file.startswith(STORIES)])
def test_no_state_is_asked_for_outside_the_tables(file: str) -> None:
    """Neither in Python nor in SQL."""
    assert [] == states_asked_for((ROOT / file).read_text())


@pytest.mark.parametrize("file", files("desk/pages", "desk/api"))
def test_no_page_asks_for_an_office(file: str) -> None:
    """Who may do what is in the answers of the door; the clock is nobody's office."""
    assert [] == offices_asked_for((ROOT / file).read_text())


@pytest.mark.parametrize(
    "source",
    [
        "drafted = state in ('drafted', 'signed')",
        "cancelled = row.state == 'open'",
        "match case['state']:\n case 'annulled': ...",
        "match told:\n case 'annulled': ...",
        "db.all(\"SELECT number FROM cases WHERE state <> 'drafted'\")",
        "db.all(\"SELECT number FROM cases c WHERE c.state IN ('open', 'counting')\")",
    ],
)
def test_what_asks_for_a_state_is_found(source: str) -> None:
    """As pages have asked before."""
    assert [] != states_asked_for(source)


@pytest.mark.parametrize(
    "source",
    ["'working_body' in visitor.offices", "Office.working_body.value in offices", "office == Office.president"],
)
def test_what_asks_for_an_office_is_found(source: str) -> None:
    """As pages have asked before."""
    assert [] != offices_asked_for(source)


def test_the_stand_of_a_deadline_is_none_of_a_case() -> None:
    """Deadlines stand open, too."""
    assert [] == states_asked_for("""db.all("SELECT name FROM deadlines WHERE state = 'open'"), stands == "open\"""")
