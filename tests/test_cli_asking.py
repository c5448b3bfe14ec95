"""What the command line answers about cases: why, what would be, lists, the past, and where there is nothing or nobody."""

import re
from datetime import timedelta
from pathlib import Path

from machines.wording import say
from tests.commands import NOMINATION, NOW, Run, consider, environment, home, number, run, told

__all__ = ["environment", "home", "number", "run"]


def test_why_says_what_stands_in_the_way(home: Run, number: str) -> None:
    """Every act of the state, with what the API answers."""
    acts = {act["act"]: act for act in told(home, "case", "why", number, "--as", "wb")["items"]}
    assert acts["admit"]["allowed"]
    assert not acts["cure"]["allowed"] if "cure" in acts else True
    assert "admit: yes" in home("case", "why", number, "--as", "wb").stdout


def test_try_plays_and_writes_nothing(home: Run, number: str, tmp_path: Path) -> None:
    """An act, or several from a file, on a copy of the case."""
    assert "admissible" in home("case", "try", number, "admit", "--as", "wb").stdout
    acts = tmp_path / "acts.yaml"
    acts.write_text("- {act: admit}\n- {act: admit}\n- {act: return, facts: {reason: Late}}\n")
    played = told(home, "case", "try", number, "--as", "wb", "--acts", str(acts))["items"]
    assert [True, False, False] == [one["done"] for one in played]
    assert "14.1a" in home("case", "try", number, "--as", "wb", "--acts", str(acts)).stdout
    assert ("nominated", 1) == tuple(told(home, "case", "show", number)[name] for name in ("state", "seq"))


def test_cases_are_listed_and_filtered(home: Run, number: str) -> None:
    """All cases for whoever has the database; those that wait on somebody."""
    assert [number] == [one["number"] for one in told(home, "case", "list", "--procedure", "candidacy")["items"]]
    assert number in home("case", "list", "--waiting-on", "wb").stdout
    first = home("case", "list", "--limit", "2")
    cursor = first.stderr.split()[-1]
    assert "--after" in first.stderr
    assert 2 == len(told(home, "case", "list", "--limit", "2", "--after", cursor)["items"])


def test_show_reads_the_past(home: Run, number: str) -> None:
    """The case as it had been recorded by the end of a day."""
    home("case", "act", number, "admit", "--as", "wb", later=timedelta(days=2))
    assert "nominated" == told(home, "case", "show", number, "--as-of", "2026-11-25")["state"]
    assert "admissible" == told(home, "case", "show", number, later=timedelta(days=3))["state"]
    home("case", "show", number, "--as-of", "2026-11-23", status=4)


def test_a_filter_that_names_nothing_is_refused(home: Run, number: str) -> None:
    """Status 2: an unknown procedure or state is no empty list; what is known is named, as by the API."""
    assert "candidacy" in home("case", "list", "--procedure", "foo", status=2).stderr
    assert "nominated" in home("case", "list", "--state", "foo", status=2).stderr
    assert "met" not in home("case", "list", "--procedure", "candidacy", "--state", "met", status=2).stdout
    assert "literal_error" == told(home, "case", "list", "--state", "foo", status=2)["faults"][0]["code"]
    home("case", "list", "--waiting-on", "nobody", status=4)


def test_who_is_not_in_the_register_is_told_so(home: Run, number: str) -> None:
    """Status 4: a mistyped name is not an office that somebody lacks."""
    for asked in (
        ("why", number), ("act", number, "admit"), ("try", number, "admit"), ("open", "candidacy.nominate", *NOMINATION)
    ):  # fmt: skip
        assert "nobody called “who”" in home("case", *asked, "--as", "who", status=4).stderr, asked


def test_an_act_says_who_is_missing_and_what_it_moved(home: Run, number: str, environment: dict[str, str]) -> None:
    """The other deputy is awaited; the approval begins a membership (14.1, 14.2c). JSON stays what the API answers."""
    home("case", "act", number, "admit", "--as", "wb")
    consider(environment, number, NOW)
    assert "d2" in home("case", "act", number, "submit", "--as", "d1").stdout
    assert "d1" not in home("case", "act", number, "submit", "--as", "d2").stdout
    order = ("--fact", "order={number: '12', date: 2026-11-24}")
    approved = home("case", "act", number, "approve", "--as", "ch", *order, "--key", "k").stdout
    assert re.search(r"^  M-2026-\d+ active, by this act$", approved, re.MULTILINE)
    assert approved == home("case", "act", number, "approve", "--as", "ch", *order, "--seen", "5", "--key", "k").stdout


def test_a_list_with_nothing_in_it_says_so(run: Run) -> None:
    """One line, in the reader's language; JSON has no items."""
    run("init")
    assert "Nothing falls due." in run("deadlines").stdout
    assert "Сроков впереди нет." in run("--language", "ru", "deadlines").stdout
    for command in (("case", "list"), ("members",), ("person", "list"), ("token", "list"), ("calendar", "changes")):
        assert "There is nothing to list." in run(*command).stderr, command


def test_a_case_not_yet_opened_says_when_it_was(home: Run, number: str) -> None:
    """Status 4, with the day on which it was opened."""
    assert "only on 24.11.2026" in home("case", "show", number, "--as-of", "2026-11-23", status=4).stderr
    assert "C-2026-9999" in home("case", "show", "C-2026-9999", "--as-of", "2026-11-23", status=4).stderr


def test_why_is_said_in_words(home: Run, number: str) -> None:
    """In the reader's language, offices by their names."""
    assert "admit: yes (for Working body)" in home("case", "why", number, "--as", "wb").stdout
    said = home("--language", "ru", "case", "why", number, "--as", "wb").stdout
    assert "admit: да (совершают: Рабочий орган" in said
    assert "working_body" not in said
    assert "admit: сіздің лауазымыңызда емес" in home("--language", "kk", "case", "why", number, "--as", "ch").stdout


def test_of_a_closed_case_it_is_said_that_nothing_leads_on(home: Run, number: str) -> None:
    """An empty answer would look like a fault of the program."""
    home("case", "act", number, "withdraw", "--as", "wb")
    assert say("desk.terminal.no_act", "en") in home("case", "why", number, "--as", "wb").output


def test_a_conflict_tells_local_times_to_the_minute(home: Run, number: str) -> None:
    """Without microseconds and offset."""
    home("case", "act", number, "admit", "--as", "wb")
    said = home("case", "act", number, "return", "--as", "wb", "--seen", "1", "--fact", "reason=Late", status=5).stderr
    assert re.search(r"2\. admit — wb, 2026-11-24 11:00 UTC\+05:00$", said, re.MULTILINE)


def test_a_day_that_does_not_exist_is_no_fault_of_the_yaml(home: Run) -> None:
    """It is said which fact has it, and how days are written."""
    said = home(
        "case", "open", "candidacy.nominate", "--as", "s:Kostanay", "--fact", "decision={date: 2026-11-31}", status=2
    )
    assert "decision" in said.stderr
    assert "a date is written as 2006-04-14" in said.stderr
