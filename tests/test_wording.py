"""What people read exists in Kazakh, Russian and English alike."""

from __future__ import annotations

import re
from datetime import date, datetime
from string import Formatter

import pytest

from machines import wording
from machines.wording import LANGUAGES, best_language, day_in, has, keys, moment_in, say, shown, template


def fields(key: str, language: str) -> set[str]:
    """Name the numbers that a text asks for."""
    return {name for _, name, _, _ in Formatter().parse(template(key, language)) if name is not None}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_texts(language: str) -> None:
    """No text is missing in a language, none stands in one language only."""
    assert keys("en") == keys(language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_asks_for_the_same_numbers(language: str) -> None:
    """A refusal says its numbers in every language."""
    assert {key: fields(key, "en") for key in keys("en")} == {key: fields(key, language) for key in keys(language)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_of_a_text_are_plain_names(language: str) -> None:
    """A field is a name that the act gives, never a position, an attribute or a format."""
    assert [] == [key for key in keys(language) for name in fields(key, language) if not name.isidentifier()]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_empty_or_untrimmed(language: str) -> None:
    """Nobody reads an empty line."""
    texts = {key: template(key, language) for key in keys(language)}
    assert [] == [key for key, text in texts.items() if not text or text != text.strip()]


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_no_english_is_left_over(language: str) -> None:
    """No Latin word, and no Latin letter that hides in a Cyrillic word (the old typists' i)."""
    foreign = re.compile(r"[A-Za-z]{3,}|[A-Za-z][\u0400-\u04ff]|[\u0400-\u04ff][A-Za-z]")
    assert [] == [key for key in keys(language) if foreign.search(re.sub(r"{\w*}", "", template(key, language)))]


def test_values_are_written_as_an_official_would() -> None:
    """Days, moments and lists have one form everywhere."""
    assert "24.04.2008" == shown(date(2008, 4, 24))
    assert "24.04.2008 18:05" == shown(datetime(2008, 4, 24, 18, 5))
    assert "14.1a, 7, 01.02.0987" == shown(["14.1a", 7, date(987, 2, 1)])


@pytest.mark.parametrize("value", [1.5, True, None, {"a": 1}])
def test_values_of_other_kinds_are_a_mistake_of_the_program(value: object) -> None:
    """No float and no truth value slips into a sentence that cites the law."""
    with pytest.raises(TypeError, match="no way to write"):
        shown(value)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2008-04-24", date(2008, 4, 24)), ("2008-04-24 18:05", datetime(2008, 4, 24, 18, 5)), ("2008-04-31", None),
        ("2008-04-24 18:05 nobody had come", None), ("2008-04-24 99:99", None), ("٢٠٠٨-٠٤-٢٤", None), ("20080424", None), ("", None),
    ],
)  # fmt: skip
def test_what_only_looks_like_a_day_or_a_moment_is_a_text(text: str, read: date | None) -> None:
    """People write such things into reasons and names of places."""
    assert read == (day_in(text) or moment_in(text))


def test_a_text_is_filled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbers that the text does not ask for are ignored, those that it asks for are required."""
    monkeypatch.setattr(wording, "template", lambda key, language: "{votes} of {needed}, by {day}")
    assert "19 of 20, by 01.03.2008" == say("x", "en", votes=19, needed=20, day=date(2008, 3, 1), total=30)
    with pytest.raises(KeyError, match="day"):
        say("x", "en", votes=19, needed=20)


def test_unknown_texts_and_languages_are_named() -> None:
    """A missing text is a mistake that shows itself at once."""
    assert has("names.act.candidacy.nominate")
    assert not has("names.act.candidacy.fly")
    assert not has("nowhere.at.all")
    with pytest.raises(KeyError, match="names.act.candidacy.fly"):
        say("names.act.candidacy.fly", "en")
    with pytest.raises(KeyError, match="'de'"):
        say("names.act.candidacy.nominate", "de")


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "ru"),
        ("", "ru"),
        ("kk", "kk"),
        ("kk-KZ,ru;q=0.8,en;q=0.5", "kk"),
        ("de, en;q=0.3, kk;q=0.7", "kk"),
        ("EN-us", "en"),
        ("fr-FR,*;q=0.5", "ru"),
        ("kk;q=0, en;q=0.1", "en"),
        ("kk;q=nonsense, en;q=0.1", "en"),
        ("kk;level=1", "kk"),
    ],
)
def test_the_language_is_the_readers(header: str | None, language: str) -> None:
    """The header's weights decide, in the order in which they are written where they are equal."""
    assert language == best_language(header)
