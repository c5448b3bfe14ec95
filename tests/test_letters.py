"""Letters say what happened, what to do and by when, and why one got them; in the reader's language."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from machines.letters import MERGED, audiences_of, compose, details_of, legal_time, reason_to_write, templates
from machines.procedures import PROCEDURES
from machines.refusal import Refusal
from machines.wording import LANGUAGES, has, keys, say
from tests.make_golden import GOLDEN, PEOPLE, letter_of, letters

PARTS = ("subject", "body")


def test_every_notice_and_reminder_has_its_texts() -> None:
    """Nobody is told nothing."""
    missing = [f"{name}.{part}" for name in templates() for part in PARTS if not has(f"messages.{name}.{part}")]
    assert [] == missing


def test_no_text_is_left_without_a_notice_or_reminder() -> None:
    """A text that is never sent is taken out (those of a procedure that is not registered yet may wait)."""
    wanted = {f"messages.{name}.{part}" for name in (*templates(), MERGED) for part in PARTS}
    wanted |= {f"messages.{MERGED}.ahead", f"messages.{MERGED}.passed"}
    beside = {"frame", "why"}
    own = [key for key in keys("en") if key.startswith("messages.") and key.split(".")[1] not in beside]
    assert [] == [key for key in own if key not in wanted and set(key.split(".")[1:3]) & {*PROCEDURES, "merged"}]


def test_every_audience_is_told_why() -> None:
    """Who gets a letter learns for what reason."""
    audiences = {audience for name in templates() for audience in audiences_of(name).split()}
    assert [] == [audience for audience in sorted(audiences) if not has(f"messages.why.{audience}")]


@pytest.mark.parametrize(
    ("path", "text"), [pytest.param(*one, id=f"{one[0].parent.name}-{one[0].stem}") for one in letters()]
)
def test_letters_read_as_they_were_approved(path, text) -> None:
    """Every letter was read by a person; `python -m tests.make_golden` writes them anew."""
    assert path.read_text(encoding="utf-8") == text


def test_no_golden_letter_is_left_over() -> None:
    """The folder holds what is sent, no more."""
    assert {path for path, _ in letters()} == set(GOLDEN.rglob("*.txt"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_letter_names_case_person_link_and_reason(language: str) -> None:
    """The case stands in the subject; the last line says why one got it."""
    letter = letter_of("candidacy.submitted", language)
    assert letter.subject.startswith("C-2026-0014: ")
    assert PEOPLE[language]["m7"] in letter.body
    assert "http://127.0.0.1:8420/cases/C-2026-0014" in letter.body
    assert say("messages.why.chairman", language) == letter.body.splitlines()[-1]


def test_a_reminder_says_until_when_and_how_it_was_counted() -> None:
    """A legal time has its date, its hour and its offset; a term ends at 24:00 of its last day (H04)."""
    body = letter_of("reminder.candidacy.approval", "en").body
    assert "by 24.12.2026 24:00 (UTC+5). Days left: 3." in body
    assert "– Length in calendar days: 30. Days off make no difference." in body


def test_what_was_noticed_is_told() -> None:
    """A warning goes with the letter, with its norm."""
    assert "consent is not marked. (14.1a)" in letter_of("candidacy.nominated", "en").body


def test_a_letter_that_misses_a_number_is_a_mistake_of_the_program() -> None:
    """Nobody reads an unfilled field."""
    with pytest.raises(KeyError, match="due"):
        compose(
            "reminder.candidacy.approval", "en", parameters={"days": 1}, number="C-2026-0001", link="", why="chairman",
            names={},
        )  # fmt: skip


@pytest.mark.parametrize(
    ("at", "begins", "written"),
    [
        (datetime(2026, 11, 23, 19, 0, tzinfo=UTC), False, "23.11.2026 24:00 (UTC+5)"),
        (datetime(2026, 11, 23, 19, 0, tzinfo=UTC), True, "24.11.2026 00:00 (UTC+5)"),
        (datetime(2006, 5, 16, 4, 0, tzinfo=UTC), False, "16.05.2006 10:00 (UTC+6)"),
    ],
)
def test_legal_times_show_their_offset(at: datetime, begins: bool, written: str) -> None:
    """Almaty was UTC+6 until 1 March 2024 and is UTC+5 since (H03)."""
    assert written == legal_time(at, "Asia/Almaty", begins=begins)


@pytest.mark.parametrize(
    ("audiences", "offices", "reason"),
    [
        ("chairman", (), "chairman"),
        ("nominators working_body", ("working_body",), "working_body"),
        ("nominators working_body", ("sa_chairman",), "nominators"),
        ("person chairman", ("chairman",), "chairman"),
        ("person chairman", ("deputy_chairman", "member"), "person"),
        ("chairman submitter", ("sa_chairman",), "submitter"),
        ("deputies working_body", ("deputy_chairman",), "deputies"),
        ("deputies working_body", ("member",), "several"),
    ],
)
def test_the_reason_is_the_readers_own(audiences: str, offices: tuple[str, ...], reason: str) -> None:
    """Of several audiences the reader learns his own; where it is not clear, a general reason."""
    assert reason == reason_to_write(audiences, offices)


def test_audiences_stand_in_the_tables() -> None:
    """What a letter answers is found by its template alone."""
    assert "nominators working_body" == audiences_of("candidacy.withdrawn")
    assert "chairman submitter" == audiences_of("passed.removal.decision")
    assert "" == audiences_of("candidacy.flown")


def test_a_letter_tells_what_one_must_know_of_the_case() -> None:
    """Members read day, place and tentative agenda in the letter itself (8.1b)."""
    body = letter_of("session.announced", "ru").body
    assert "– Начало: 24.11.2026 10:00 (UTC+5)" in body
    assert "– Повестка дня: Отчёт рабочего органа; План действий на 2027 год" in body
    assert "– Вид: очередная" in body


def test_facts_that_are_not_known_are_left_out() -> None:
    """Without facts a letter has its own text, link and reason."""
    letter = compose(
        "poll.opened", "en", parameters={}, number="P-2026-0001", link="http://x", why="council", names={}
    )  # fmt: skip
    assert "Question:" not in letter.body
    assert letter.body.endswith("because you are a member of the Council of the Assembly.")


@pytest.mark.parametrize("place", ["2006-04-31", "name:office.nobody", "2006-04-30 10:00 at the station"])
def test_a_letter_is_written_whatever_people_have_called_a_place(place: str) -> None:
    """What only looks like a day or a name of ours stands in the letter as it was written."""
    for language in LANGUAGES:
        assert place in " ".join(details_of("session", {"place": place}, "Asia/Almaty", language))


@pytest.mark.parametrize(("value", "written"), [(True, "yes"), (False, "no")])
def test_a_rule_that_is_switched_is_told_in_words(value: bool, written: str) -> None:
    """An edition may say yes or no."""
    told = details_of("edition", {"rule": "removal.ex_officio.automatic", "value": value}, None, "en")
    assert written in told[-1].lower()


def test_who_is_warned_of_is_named() -> None:
    """One person or several: people read names, not ids."""
    several = Refusal("9.2c", "council_meeting.not_in_the_council", {"people": ["m7", "d2"]})
    one = Refusal("14.2b", "candidacy.another_person", {"person": "m7", "candidate": "d2"})
    body = compose(
        "candidacy.nominated", "en", parameters={"warnings": [several.as_data(), one.as_data()]}, number="C-2026-0014", link="",
        why="working_body", names=PEOPLE["en"],
    ).body  # fmt: skip
    assert 2 == body.count(PEOPLE["en"]["m7"]) == body.count(PEOPLE["en"]["d2"])
