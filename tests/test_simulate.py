"""`kenes simulate`: what it prints, its exit status, what it says of wrong files, and that it says the same every time."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from desk.cli.console import Surroundings
from desk.cli.main import main
from desk.rehearsal.play import Play
from desk.rehearsal.reader import read_scenario
from desk.rehearsal.simulate import rehearse
from desk.rehearsal.stages import Given, InMemory, Stages
from models.database import Database

FOLDER = Path(__file__).with_name("scenarios")
DOCUMENT = Path(__file__).parents[1] / "docs" / "scenarios.md"
SILENCE = FOLDER / "given" / "poll-silence.yaml"
EXTRAORDINARY = FOLDER / "given" / "session-extraordinary.yaml"
STEP_KEYS = ["at", "who", "act", "case", "ok", "outcome", "state", "norms", "warned", "deadlines", "counts"]

POLL = """\
title: A poll
norms: [9.3a]
starts: 2010-03-01 08:00
roster: {chairman: true, deputies: 2, council: 3, working_body: 1}
steps:
- {at: 2010-03-01 09:00, who: d1, act: poll.draft, case: p1, facts: {kind: other, question: Appeal}}
- {at: 2010-03-01 10:00, who: wb, act: poll.open, case: p1}
"""
LAST = POLL.count("\n") + 1  # the line after it

Write = Callable[[str], str]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a scenario file and give its name."""

    def written(text: str) -> str:
        file = tmp_path / "scenario.yaml"
        file.write_text(text, encoding="utf-8")
        return str(file)

    return written


def run(*arguments: str, status: int, language: str = "en") -> Result:
    """Run the command in this process, without any home."""
    result = CliRunner().invoke(main, ["simulate", *arguments], obj=Surroundings({"KENES_LANGUAGE": language}))
    assert status == result.exit_code, result.output
    assert "Traceback" not in result.output
    return result


def played(*files: str, status: int = 0) -> list[dict[str, Any]]:
    """Run with --json and read the answer."""
    return json.loads(run("--json", *files, status=status).stdout)


# What is printed


def test_every_step_is_printed_with_its_keys() -> None:
    """`--json` prints a list of files; a step is one item, a range of people too."""
    [told] = played(str(SILENCE))
    assert ["file", "title", "ok", "steps"] == list(told)
    assert (str(SILENCE), "A poll with silence", True, 7) == (*list(told.values())[:3], len(told["steps"]))
    assert all(STEP_KEYS == list(step) for step in told["steps"])
    range_of_people = told["steps"][2]
    assert ["c1..c19"] == range_of_people["who"]
    assert ("done", "open", ["9.3a"]) == tuple(range_of_people[key] for key in ("outcome", "state", "norms"))


def test_outcomes_are_told_apart() -> None:
    """Refused, not the office, and nothing done: each is said as what it is."""
    [told] = played(str(SILENCE))
    outcomes = [step["outcome"] for step in told["steps"]]
    assert ["done", "done", "done", "forbidden", "refused", None, "refused"] == outcomes
    assert ["9.3b"] == told["steps"][4]["norms"]
    assert told["steps"][5]["act"] is None
    assert {"for": 19, "against": 0, "abstain": 0, "answered": 19, "total": 30, "needed": 20} == told["steps"][5][
        "counts"
    ]


def test_deadlines_are_local_times_or_closed() -> None:
    """A deadline is printed as the scenario writes it."""
    [told] = played(str(SILENCE))
    assert {"closing": "2010-03-11 00:00"} == told["steps"][1]["deadlines"]
    assert {"closing": "closed"} == told["steps"][5]["deadlines"]


def test_a_conflict_is_an_outcome() -> None:
    """Who has seen an older entry than the last is told that somebody was first."""
    [told] = played(str(FOLDER / "own" / "meeting-two-officials-at-once.yaml"))
    assert "conflict" in [step["outcome"] for step in told["steps"]]


def test_warnings_are_norms() -> None:
    """An act that succeeded with warnings says of which norms."""
    [told] = played(str(EXTRAORDINARY))
    assert ["8.1b"] == told["steps"][2]["warned"]


def test_the_timeline_says_who_did_what_and_why_not() -> None:
    """Without --json: local time, who, act, case, state, refusals with norm and remedy, deadlines with derivation."""
    told = run(str(SILENCE), str(EXTRAORDINARY), status=0).stdout
    assert "2010-03-01 09:00  wb: poll.open p1 → open" in told
    assert "closing until 2010-03-11 00:00 (9.3b)" in told
    assert "The last day is named: 10.03.2010" in told
    assert "9.3b  Answers: 19 of 30." in told
    assert "2010-03-11 00:00  the clock: poll.close p1 → not_adopted" in told
    assert "warning 8.1b" in told
    assert "m31: poll.answer p1: not the office of council_member" in told
    assert "Files: 2, steps: 10." in told


@pytest.mark.parametrize(("language", "word"), [("kk", "Соңғы күн"), ("ru", "Последний день")])
def test_the_timeline_speaks_the_language_that_is_asked_for(language: str, word: str) -> None:
    """Derivations and refusals are said in Kazakh and Russian as in English."""
    assert word in run(str(SILENCE), status=0, language=language).stdout


# Exit status


def test_something_else_happened(write: Write) -> None:
    """Exit status 6; the step says what was expected, and the play goes on."""
    file = write(
        POLL.replace("case: p1}\n", "case: p1, expect: {state: adopted}}\n") + "- {at: 2010-03-20 00:00, case: p1}\n"
    )
    [told] = played(file, status=6)
    assert [True, False, True] == [step["ok"] for step in told["steps"]]
    assert ['state: "adopted" was expected, it is "open"'] == told["steps"][1]["differences"]
    said = run(file, status=6).stdout
    assert 'line 7, not as expected — state: "adopted" was expected, it is "open"' in said
    assert "Not as expected, steps: 1." in said


@pytest.mark.parametrize(
    ("step", "difference"),
    [
        ("who: c1, act: poll.answer, case: p1, facts: {choice: for}, refused: true", "it was done"),
        ("who: c1, act: poll.answer, case: p1, facts: {choice: for}, refused: [9.3a]", "something was written"),
        ("who: wb, act: poll.close, case: p1", "done was expected, it was refused: 9.3b"),
        ("who: wb, act: poll.close, case: p1, refused: [9.2c]", "refused with 9.2c was expected, it was 9.3b"),
        ("who: wb, act: poll.close, case: p1, refused: {office: true}", "forbidden was expected, it was refused"),
        ("who: d1, act: poll.close, case: p1, refused: [9.3b]", "refused was expected, it was forbidden"),
        ("who: c1, act: poll.close, case: p1, refused: {conflict: true}", "conflict was expected, it was forbidden"),
        ("case: p1, expect: {deadlines: {closing: none}}", "deadlines"),
        ("case: p1, expect: {deadlines: {tally: closed}}", '{"tally": "none"}'),
        ("case: p1, expect: {counts: {for: 1}}", '{"for": 0}'),
        ("case: p1, expect: {counts: {signatures: 0}}", '{"signatures": null}'),
        ("case: p1, expect: {entries: 3}", "3 was expected, it is 2"),
        ("case: p1, expect: {members: 5}", "5 was expected, it is 6"),
        ("case: p1, expect: {council: 4}", "4 was expected, it is 3"),
        ("case: p1, expect: {force: binding}", "it is null"),
        ("case: p1, expect: {outcome: recommended}", "it is null"),
        ("case: p1, expect: {warned: [9.3a]}", '["9.3a"] was expected, it is []'),
        ("case: p1, expect: {offices: {ch: [chairman]}}", '"member"'),
        ("case: p1, as: wb, expect: {can: [close]}", "can"),
        ("case: p1, as: c1, expect: {cannot: {answer: [9.3a]}}", '"can"'),
        ("case: p1, as_of: 2010-02-28, expect: {state: open}", "there was no case `p1` at the end of 2010-02-28"),
        ('case: "candidacy:c1", expect: {state: approved}', "there was no case `candidacy:c1`"),
    ],
)
def test_each_difference_is_said(write: Write, step: str, difference: str) -> None:
    """What was expected and what came of it stand in the answer."""
    [told] = played(write(POLL + f"- {{at: 2010-03-02 09:00, {step}}}\n"), status=6)
    assert difference in " ".join(told["steps"][2]["differences"])


def test_a_case_that_has_not_come_about_does_not_stop_the_play(write: Write) -> None:
    """Its first act was refused: its name is free, and what is asked of it is not done."""
    draft = "act: poll.draft, case: p2, facts: {kind: candidacy, question: X}"
    steps = f"""\
- {{at: 2010-03-02 09:00, who: d1, {draft}, refused: [14.2a]}}
- {{at: 2010-03-02 09:01, who: wb, act: poll.open, case: p2}}
- {{at: 2010-03-02 09:02, who: wb, act: poll.open, case: p2, refused: true}}
- {{at: 2010-03-02 09:03, case: p2, expect: {{state: drafted}}}}
- {{at: 2010-03-02 09:04, who: d1, act: poll.draft, case: p2, facts: {{kind: other, question: X}}, expect: {{state: drafted}}}}
"""
    [told] = played(write(POLL + steps), status=6)
    assert [True, False, True, False, True] == [step["ok"] for step in told["steps"][2:]]
    assert "there is no case `p2`" in told["steps"][3]["differences"][0]


def test_a_wrong_file_is_worse_than_something_unexpected(write: Write) -> None:
    """Of several files each is played; one that is wrong decides the exit status, and says where."""
    unexpected = write(POLL + "- {at: 2010-03-20 00:00, case: p1, expect: {state: open}}\n")
    first, second, third = played(str(SILENCE), unexpected, "no-such-file.yaml", status=2)
    assert (True, False, False) == (first["ok"], second["ok"], third["ok"])
    assert {"line": 1, "reason": "cannot be read: no such file or directory"} == third["error"]
    assert (None, []) == (third["title"], third["steps"])


# Wrong files


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", 1, "the file is empty"),
        ("- 1\n", 1, "keys and values are expected"),
        ("title: [\n", 2, "no YAML"),
        ("title: A\x07\n", 1, "no YAML"),
        ("title: A\nsteps: []\n", 1, "`starts` is missing"),
        ("title: A\nstarts: 2010-03-01 08:00\nsteps: []\n---\ntitle: B\n", 4, "no YAML"),
        (POLL + "name: x\n", LAST, "unknown key `name`"),
        (POLL + "title: again\n", LAST, "`title` stands here twice"),
        (POLL.replace("title: A poll", "title:"), 1, "a text is expected"),
        (POLL.replace("[9.3a]", "[9.3a, 9.9z]"), 2, "unknown norm `9.9z`"),
        (POLL.replace("2010-03-01 08:00", "2010-03-01"), 3, "a local time is expected"),
        (POLL.replace("2010-03-01 08:00", "2010-02-30 08:00"), 3, "there is no such day"),
        (POLL.replace("2010-03-01 08:00", "2001-03-01 08:00"), 3, "before the Decree"),
        (POLL.replace("2010-03-01 08:00", "2010-03-01 09:30"), 6, "`at` goes back"),
        (POLL.replace("roster", "zone: Asia/Astana\nroster"), 4, "no time zone: Asia/Astana"),
        (POLL.replace("roster", "rulings: {poll.length: 3}\nroster"), 4, "unknown key `poll.length`"),
        (POLL.replace("roster", "rulings: {poll.reference_moment: never}\nroster"), 4, "expected one of close, open, both"),
        (POLL.replace("roster", "rulings: {session.notice.extra_day: yes}\nroster"), 4, "expected one of false, true"),
        (POLL.replace("roster", "calendar: {holidays: []}\nroster"), 4, "unknown key `holidays`"),
        (POLL.replace("roster", "calendar: {days_off: [9 May]}\nroster"), 4, "a day is expected"),
        (POLL.replace("roster", "calendar: {days_off: [2010-05-08], days_worked: [2010-05-08]}\nroster"), 4, "twice"),
        (POLL.replace("chairman: true", "chairman: yes"), 4, "true or false"),
        (POLL.replace("deputies: 2", "deputies: 3"), 4, "at most 2 (7.1c)"),
        (POLL.replace("council: 3", "council: many"), 4, "a whole number is expected"),
        (POLL.replace("council: 3", "council: -3"), 4, "a number from 0 on"),
        (POLL.replace("council: 3", "council: 3, members: 2"), 4, "2 members are too few"),
        (POLL.replace("council: 3", "councillors: 3"), 4, "unknown key `councillors`"),
        (POLL.replace("council: 3", "small_assemblies: [Almaty, Almaty]"), 4, "twice"),
        (POLL.replace("council: 3", "small_assemblies: [Al maty]"), 4, "is no name"),
        (POLL.replace("council: 3", "small_assemblies: Almaty"), 4, "a list is expected"),
        (POLL.replace("council: 3", "associations: {x: {level: national}}"), 4, "unknown level `national`"),
        (POLL.replace("council: 3", "associations: {x: {size: 3}}"), 4, "unknown key `size`"),
    ],
)  # fmt: skip
def test_a_wrong_head_is_named_with_its_line(write: Write, text: str, line: int, reason: str) -> None:
    """Whatever is unknown or of another shape in the head of a file makes it wrong (exit status 2)."""
    file = write(text)
    said = run(file, status=2).stderr
    assert said.startswith(f"{file}:{line}: ")
    assert reason in said


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        ("who: wb", "`at` is missing"),
        ("at: 2010-03-02 09:00, when: now", "unknown key `when`"),
        ("at: 2010-02-28 09:00", "`at` goes back"),
        ("at: 2010-03-02 09:00, act: poll.answer, case: p1", "needs `who` and `case`"),
        ("at: 2010-03-02 09:00, who: c1, act: poll.answer, facts: {choice: for}", "needs `who` and `case`"),
        ("at: 2010-03-02 09:00, who: [], act: poll.answer, case: p1, facts: {choice: for}", "nobody is named"),
        ("at: 2010-03-02 09:00, who: [c3..c1], act: poll.answer, case: p1, facts: {choice: for}", "is no range"),
        ("at: 2010-03-02 09:00, who: [c1..c99999999], act: poll.answer, case: p1, facts: {choice: for}", "is too long"),
        ("at: 2010-03-02 09:00, who: c4, act: poll.answer, case: p1, facts: {choice: for}", "nobody is called `c4`"),
        ("at: 2010-03-02 09:00, who: c1, act: voting.answer, case: p1", "unknown procedure `voting`"),
        ("at: 2010-03-02 09:00, who: c1, act: poll.vote, case: p1", "poll knows no act `vote`"),
        ("at: 2010-03-02 09:00, who: c1, act: poll, case: p1", "poll knows no act ``"),
        ('at: 2010-03-02 09:00, who: c1, act: membership.exit, case: "membership:c1"', "it happens by itself"),
        ("at: 2010-03-02 09:00, who: c1, act: poll.answer, case: p2, facts: {choice: for}", "no case is called `p2` yet"),
        ("at: 2010-03-02 09:00, who: ch, act: session.pause, case: p1", "`p1` is of poll, not of session"),
        ('at: 2010-03-02 09:00, who: d1, act: poll.draft, case: "p:1"', "no case can be called `p:1`"),
        ('at: 2010-03-02 09:00, case: "membership:m99"', "nobody is called `m99`"),
        ('at: 2010-03-02 09:00, case: "annual_session:last"', "of which year?"),
        ("at: 2010-03-02 09:00, who: c1, act: poll.answer, case: p1, facts: {choice: maybe}", "choice"),
        ("at: 2010-03-02 09:00, who: c1, act: poll.answer, case: p1, facts: {choise: for}", "choise"),
        ("at: 2010-03-02 09:00, who: c1, act: poll.answer, case: p1", "choice"),
        ("at: 2010-03-02 09:00, who: c1, act: poll.answer, case: p1, facts: [for]", "keys and values"),
        ("at: 2010-03-02 09:00, who: ch, act: poll.answer, case: p1, facts: {choice: 1}, refused: true", "choice"),
        ("at: 2010-03-02 09:00, who: wb, act: poll.extend, case: p1, facts: {closes_on: soon, reason: x}", "closes_on"),
        ("at: 2010-03-02 09:00, who: d1, act: poll.draft, case: x, facts: {kind: other, question: x, by_post: yes}", "by_post"),
        ("at: 2010-03-02 09:00, who: d1, act: removal.submit, case: x, facts: {membership: r9, ground: other}", "no case is called `r9`"),
        ("at: 2010-03-02 09:00, who: wb, act: membership.enrol, case: x, facts: {person: m99}", "nobody is called `m99`"),
        ("at: 2010-03-02 09:00, who: ch, act: session.close, case: p1", "`p1` is of poll"),
        (('at: 2010-03-02 09:00, who: wb, act: office.vacate, case: "office:ch", facts: {until: 2010-03-02, basis:'
          " {kind: decree, number: 7, date: 2010-03-02}}"), "put it in quotation marks"),
        ("at: 2010-03-02 09:00, who: wb, act: council_meeting.check_in, case: x, facts: {members: [c1]}", "no case is called `x`"),
        ("at: 2010-03-02 09:00, calendar: {holidays: [2010-03-05]}", "unknown key `holidays`"),
        ("at: 2010-03-02 09:00, calendar: {days_off: []}", "no day is named"),
        ("at: 2010-03-02 09:00, calendar: {days_off: [2010-03-05], ordinary_days: [2010-03-05]}", "2010-03-05 stands here twice"),
        ("at: 2010-03-02 09:00, who: wb, act: poll.close, case: p1, calendar: {days_off: [2010-03-05]}", "a step of its own"),
        ("at: 2010-03-02 09:00, case: p1, facts: {choice: for}", "`facts` without `act`"),
        ("at: 2010-03-02 09:00, case: p1, refused: true", "`refused` without `act`"),
        ("at: 2010-03-02 09:00, who: wb, act: poll.close, case: p1, refused: no", "`refused` is a list of norms"),
        ("at: 2010-03-02 09:00, who: wb, act: poll.close, case: p1, refused: {office: 1}", "`refused` is a list of norms"),
        ("at: 2010-03-02 09:00, who: wb, act: poll.close, case: p1, refused: [9.3z]", "unknown norm `9.3z`"),
        ("at: 2010-03-02 09:00, who: wb, act: poll.close, case: p1, seen: last", "a whole number"),
        ("at: 2010-03-02 09:00, who: wb, on_behalf_of: m99, act: poll.close, case: p1", "nobody is called `m99`"),
        (('at: 2010-03-02 09:00, who: wb, on_behalf_of: c1, document: {number: "1"}, act: poll.answer, case: p1,'
          " facts: {choice: for}"), "kind"),
        ("at: 2010-03-02 09:00, case: p1, expect: {status: open}", "unknown key `status`"),
        ("at: 2010-03-02 09:00, expect: {state: open}", "`case` is missing"),
        ("at: 2010-03-02 09:00, case: p1, expect: {state: opened}", "`p1` knows no `opened`"),
        ("at: 2010-03-02 09:00, case: p1, expect: {deadlines: {end: closed}}", "`p1` knows no `end`"),
        ("at: 2010-03-02 09:00, case: p1, expect: {deadlines: {closing: soon}}", "a local time is expected"),
        ("at: 2010-03-02 09:00, case: p1, expect: {counts: {yes: 3}}", "unknown key `yes`"),
        ("at: 2010-03-02 09:00, case: p1, expect: {counts: {for: many}}", "a whole number"),
        ('at: 2010-03-02 09:00, case: p1, expect: {members: "6"}', "a whole number"),
        ("at: 2010-03-02 09:00, case: p1, expect: {offices: {m99: []}}", "nobody is called `m99`"),
        ("at: 2010-03-02 09:00, case: p1, expect: {offices: {ch: [king]}}", "unknown office `king`"),
        ("at: 2010-03-02 09:00, case: p1, expect: {force: strong}", "unknown force `strong`"),
        ("at: 2010-03-02 09:00, case: p1, expect: {outcome: good}", "unknown outcome `good`"),
        ("at: 2010-03-02 09:00, case: p1, expect: {can: [answer]}", "need `as`"),
        ("at: 2010-03-02 09:00, case: p1, as: m99, expect: {can: [answer]}", "nobody is called `m99`"),
        ("at: 2010-03-02 09:00, case: p1, as: c1, expect: {as: c1, can: [answer]}", "`as` stands here twice"),
        ("at: 2010-03-02 09:00, case: p1, as: c1, expect: {can: [vote]}", "`p1` knows no `vote`"),
        ("at: 2010-03-02 09:00, case: p1, as: c1, expect: {cannot: {vote: [9.3a]}}", "`p1` knows no `vote`"),
        ("at: 2010-03-02 09:00, case: p1, as_of: 2010-03-03, expect: {state: open}", "lies ahead"),
        ("at: 2010-03-02 09:00, case: p1, as_of: 2010-03-01, expect: {warned: []}", "with `as_of` there is no `warned`"),
        ("at: 2010-03-02 09:00, case: {a: b}", "a text is expected"),
        ("at: 2010-03-02 09:00, ? [a] : b", "a key is a word"),
    ],
)  # fmt: skip
def test_a_wrong_step_is_named_with_its_line(write: Write, step: str, reason: str) -> None:
    """Whatever a step has that the scenario does not know makes the file wrong, before anything is played."""
    file = write(POLL + f"- {{{step}}}\n")
    result = run(file, status=2)
    assert result.stderr.startswith(f"{file}:{LAST}: ")
    assert reason in result.stderr
    assert "" == result.stdout


def test_the_line_is_that_of_the_very_key(write: Write) -> None:
    """In a step over several lines the line of what is wrong is named, not the first one."""
    steps = """\
- at: 2010-03-02 09:00
  who: c1
  act: poll.answer
  case: p1
  facts:
    choice: for
    opinion: 7
"""
    assert f":{LAST + 6}: poll.answer: opinion" in run(write(POLL + steps), status=2).stderr


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    """Bytes that are no UTF-8, and a folder, are wrong files too."""
    file = tmp_path / "bytes.yaml"
    file.write_bytes(b"title: A\nnorms: \xff\n")
    assert f"{file}:2: cannot be read: it is no UTF-8" in run(str(file), status=2).stderr
    assert "is a directory" in run(str(tmp_path), status=2).stderr


def test_a_file_that_contains_itself(write: Write) -> None:
    """An anchor that leads back to itself is no endless play."""
    steps = "- {at: 2010-03-02 09:00, who: c1, act: poll.answer, case: p1, facts: &a {choice: for, opinion: *a}}\n"
    assert "contains itself" in run(write(POLL + steps), status=2).stderr


# How it is played


def test_norms_are_compared_as_text(write: Write) -> None:
    """8.10 is no number: quoted or not, it is what it is written as."""
    assert "unknown norm `8.10`" in run(write(POLL.replace("[9.3a]", "[8.10]")), status=2).stderr


def test_people_named_twice_are_one_person(write: Write) -> None:
    """The Chairman is among the members: a list may name him twice."""
    steps = """\
- {at: 2010-03-02 09:00, who: ch, act: session.convene, case: s, facts: {kind: ordinary, ground: own_initiative, city: A,
   order: {number: "1", date: 2010-03-02}, starts_at: 2010-05-04 10:00, place: B, agenda: [C]}}
- {at: 2010-03-02 09:00, who: wb, act: session.announce, case: s, facts: {channel: website}}
- {at: 2010-05-04 09:00, who: wb, act: session.start_registration, case: s}
- {at: 2010-05-04 09:00, who: wb, act: session.check_in, case: s, facts: {members: [m1..m6, ch, d1]},
   expect: {counts: {present: 6, total: 6}}}
"""
    assert played(write(POLL + steps))[0]["ok"]


def test_without_members_there_are_as_many_as_the_others_need(write: Write) -> None:
    """Council and officers are members; each has a standing case with one entry."""
    steps = """\
- {at: 2010-03-02 09:00, case: "office:ch", expect: {state: held, entries: 1, members: 6, council: 3}}
- {at: 2010-03-02 09:00, case: "deputy_appointment:d2", expect: {state: appointed, entries: 1}}
- {at: 2010-03-02 09:00, case: "council_seat:c3", expect: {state: held, entries: 1}}
- {at: 2010-03-02 09:00, case: "membership:m6", expect: {state: active, entries: 1, offices: {m6: [chairman, member]}}}
- {at: 2010-03-02 09:00, case: "annual_session:2010", expect: {state: due, entries: 1}}
"""
    assert played(write(POLL + steps))[0]["ok"]


def test_the_past_is_read_at_the_end_of_its_day(write: Write) -> None:
    """Who leaves at 24:00 is still a member at the end of the day."""
    steps = """\
- {at: 2010-03-02 09:00, who: c1, act: membership.leave, case: "membership:c1",
   facts: {statement_date: 2010-03-02, from_date: 2010-03-05}}
- {at: 2010-03-10 09:00, case: "membership:c1", as_of: 2010-03-04, expect: {state: leaving, members: 6, council: 3,
   deadlines: {exit: 2010-03-05 00:00}, entries: 2, offices: {c1: [council_member, member]}}}
- {at: 2010-03-10 09:00, case: "membership:c1", as_of: 2010-03-05, expect: {state: left, members: 5, council: 2,
   deadlines: {exit: closed}, entries: 3, offices: {c1: []}}}
"""
    assert played(write(POLL + steps))[0]["ok"]


def test_years_begin_at_their_own_midnight(write: Write) -> None:
    """A duty that begins between two steps is recorded at its instant; the first one is that of 2003."""
    text = POLL.replace("2010", "2002").replace("03-01", "05-06")
    steps = """\
- {at: 2004-06-01 09:00, case: "annual_session:2003", as_of: 2003-01-01, expect: {state: due}}
- {at: 2004-06-01 09:00, case: "annual_session:2004", as_of: 2004-01-01, expect: {state: due}}
"""
    assert played(write(text + steps))[0]["ok"]


# The same every time


def record(file: Path, database: Database) -> list[tuple[Any, ...]]:
    """Play a file and give every entry with its hash."""
    list(Play(read_scenario(file), database).steps())
    with database.transaction(write=False) as db:
        return db.all("SELECT number, seq, act, actor, payload, findings, hash FROM entries ORDER BY number, seq")


@pytest.mark.parametrize(
    "name", ["given/candidacy-council-to-chairman", "own/session-secret-vote", "own/duty-breached"]
)
def test_a_file_makes_the_same_record_twice(name: str) -> None:
    """Entry by entry, hash by hash."""
    stages, file = InMemory(), FOLDER / f"{name}.yaml"
    with stages.fresh() as first, stages.fresh() as second:
        assert record(file, first) == record(file, second)


SAME_ON_BOTH = [
    *sorted((FOLDER / "given").glob("*.yaml")),
    *sorted((FOLDER / "own").glob("[ex]*.yaml")),
    FOLDER / "own" / "poll-sheets-after-the-closing.yaml",
    FOLDER / "own" / "session-secret-vote.yaml",
    FOLDER / "histories" / "r2027-001.yaml",
]


@pytest.mark.postgresql
def test_postgresql_plays_the_same(postgresql_url: str) -> None:
    """`--database URL`: every word and number is the same as in memory; the database is emptied between files."""
    files = [str(file) for file in SAME_ON_BOTH]
    there = run("--json", "--database", postgresql_url, *files, status=0).stdout
    assert run("--json", *files, status=0).stdout == there


@pytest.mark.postgresql
def test_postgresql_keeps_the_same_record(postgresql_url: str) -> None:
    """The entries of a play have the same hashes on both databases."""
    file = FOLDER / "given" / "removal-and-leaving.yaml"
    stages: tuple[Stages, Stages] = (InMemory(), Given(postgresql_url))
    with stages[0].fresh() as here, stages[1].fresh() as there:
        assert [row[-1] for row in record(file, here)] == [row[-1] for row in record(file, there)]


# A database of one's own


@pytest.mark.slow
def test_a_database_of_ones_own_keeps_the_last_play(tmp_path: Path) -> None:
    """It is migrated, emptied between two files, and keeps the rows of the last one."""
    url = f"sqlite:///{tmp_path / 'own.db'}"
    run("--database", url, str(EXTRAORDINARY), str(SILENCE), status=0)
    with Database(url).transaction(write=False) as db:
        kinds = {row[0] for row in db.all("SELECT DISTINCT procedure FROM cases")}
    assert "poll" in kinds
    assert "session" not in kinds


def test_a_database_with_somebodys_rows_is_refused(tmp_path: Path) -> None:
    """Nobody's record is written over, nor another program's tables."""
    url = f"sqlite:///{tmp_path / 'own.db'}"
    run("--database", url, str(SILENCE), status=0)
    assert "not empty" in run("--database", url, str(SILENCE), status=2).stderr
    other = Database(f"sqlite:///{tmp_path / 'other.db'}")
    with other.transaction() as db:
        db.run("CREATE TABLE letters (x INTEGER)")
    assert "letters" in run("--database", f"sqlite:///{tmp_path / 'other.db'}", str(SILENCE), status=2).stderr


def test_a_migrated_empty_database_is_taken(sqlite_url: str) -> None:
    """A database at the newest schema without rows is empty."""
    run("--database", sqlite_url, str(SILENCE), status=0)


@pytest.mark.parametrize("url", ["nonsense", "mysql://host/name", "foo://x"])
def test_an_address_that_is_none(url: str) -> None:
    """A wrong address is said to be one."""
    assert "expected an address such as" in run("--database", url, str(SILENCE), status=2).stderr


def test_files_are_judged_one_by_one() -> None:
    """A rehearsal says of its own file whether all was as expected."""
    assert rehearse(str(SILENCE), InMemory()).ok


# The documentation


def test_the_documented_scenario_comes_as_it_says(write: Write) -> None:
    """The example of docs/scenarios.md is played as it stands there."""
    text = DOCUMENT.read_text(encoding="utf-8").partition("```yaml\n")[2].partition("```")[0]
    [told] = played(write(text))
    assert ["done", "refused"] == [step["outcome"] for step in told["steps"]]


def test_the_documented_examples_are_there() -> None:
    """Every file that docs/scenarios.md names exists."""
    named = re.findall(r"`((?:given|own)/[\w-]+\.yaml)`", DOCUMENT.read_text(encoding="utf-8"))
    assert named
    assert all((FOLDER / name).is_file() for name in named)
