"""What is wrong with a fact is said in the reader's language."""

from __future__ import annotations

import pytest

from machines.faults import fault_in_words
from machines.refusal import WrongFacts
from machines.wording import LANGUAGES
from models.database import Database
from tests.assembly import Assembly


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fault_has_words(language: str) -> None:
    """A code without words of its own gets the general ones, never the library's English."""
    known = fault_in_words({"fact": "person", "code": "missing", "reason": "Field required"}, language)
    other = fault_in_words({"fact": "person", "code": "url_scheme", "reason": "URL scheme not permitted"}, language)
    assert {"fact": "person", "code": "missing"}.items() <= known.items()
    assert 4 == len({known["reason"], other["reason"], "Field required", "URL scheme not permitted"})


def test_numbers_are_told_where_the_fault_has_them() -> None:
    """A limit is named, not only that it was passed."""
    fault = {"fact": "reason", "code": "string_too_long", "reason": ""}
    assert "is too long" == fault_in_words(fault, "en")["reason"]
    with_limit = fault | {"numbers": {"max_length": 4000}}
    assert "may have at most 4000 characters" == fault_in_words(with_limit, "en")["reason"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_choices_are_told_without_english(language: str) -> None:
    """The library joins them with its own words."""
    numbers = {"expected": "'session', 'council' or 'board'"}
    fault = {"fact": "body", "code": "literal_error", "reason": "Input should be …", "numbers": numbers}
    assert fault_in_words(fault, language)["reason"].endswith(": session, council, board")


@pytest.mark.parametrize("language", LANGUAGES)
def test_whoever_gives_a_fact_that_an_act_does_not_take_is_told_which_it_takes(
    sqlite_database: Database, language: str
) -> None:
    """Of facts of its own; within a paper the place says enough."""
    assembly = Assembly(sqlite_database, council=4)
    with pytest.raises(WrongFacts) as wrong:
        assembly.do("m3", "membership.leave", case="membership:m3", facts={"on": "2006-06-01"})
    said = {fault["fact"]: fault_in_words(fault, language)["reason"] for fault in wrong.value.faults}
    assert said["on"].endswith(": statement_date, from_date")
