"""The search: what is meant is found, whatever letters it is typed with, and only by who may see it."""

from datetime import UTC, datetime

import pytest

from desk.search import norms_found, numbers_meant, search
from machines.register import add_body, add_person
from machines.wording import LANGUAGES
from models.database import Database
from tests.assembly import Assembly, nominated
from tests.pages import Pages

NAMES = dict(zip(LANGUAGES, ("Әбдіқадырова Ұлжан", "Абдикадырова Улжан", "Abdikadyrova Ulzhan"), strict=True))
NOW = datetime(2006, 5, 1, tzinfo=UTC)


@pytest.fixture
def pages(database: Database) -> Pages:
    """Lend the pages of an Assembly in office that knows one person more."""
    assembly = Assembly(database)
    with database.transaction() as db:
        add_person(db, "p:U", names=NAMES)
        add_body(
            db,
            "wko",
            kind="small_assembly",
            names={"kk": "Ақ Жайық кіші ассамблеясы", "ru": "Ак Жайык", "en": "Ak Zhaiyk"},
        )
    return Pages(assembly)


def found(pages: Pages, words: str, person: str = "wb"):
    with pages.assembly.database.transaction(write=False) as db:
        return search(db, words, person=person, at=pages.assembly.now, language="kk")


@pytest.mark.parametrize("words", ["абдикадырова", "Әбдіқадырова", "улжан абдик", "ABDIKADYROVA", "  абдикадыр  "])
def test_a_name_is_found_however_it_is_typed(pages: Pages, words: str):
    """Without the Kazakh letters, in capitals, in part, the words in any order."""
    assert ["Әбдіқадырова Ұлжан"] == [name for _, name, _ in found(pages, words).people]


def test_a_body_is_found_by_its_name(pages: Pages):
    """In any of its languages."""
    assert ["wko"] == [one for one, *_ in found(pages, "жайы").bodies]
    assert ["wko"] == [one for one, *_ in found(pages, "zhaiyk").bodies]


@pytest.mark.parametrize("words", ["{}", " {} ", "{lower}", "{bare}", "{spaced}", "{cyrillic}", "{digits}"])
def test_a_case_is_found_by_its_number(pages: Pages, words: str):
    """In small letters, without dashes and zeros, with the letter of another keyboard, or without the letter."""
    number = nominated(pages.assembly).number
    letter, year, last = number.split("-")
    typed = words.format(
        number, lower=number.lower(), bare=f"{letter}{year}{last}", spaced=f"{letter} {year} {int(last)}",
        cyrillic=f"\u0441-{year}-{int(last)}", digits=f"{year}-{last}",
    )  # fmt: skip
    assert number in [case.number for case in found(pages, typed).cases]


def test_the_beginning_of_a_number_finds_all_that_begin_so(pages: Pages):
    """The newest first, of this kind and year alone."""
    numbers = [nominated(pages.assembly, f"p:{one}").number for one in "AB"]
    assert numbers[::-1] == [case.number for case in found(pages, "c-2006").cases]
    assert ["C-2006-0014"] == numbers_meant("с 2006 14")
    assert [] == numbers_meant("z-2006-14")


def test_the_open_cases_about_a_person_are_found_with_him(pages: Pages):
    """A nomination is found by the name of whom it is about."""
    number = nominated(pages.assembly, "p:U").number
    answer = found(pages, "абдикадырова")
    assert [number] == [case.number for case in answer.cases]


def test_norms_are_found_by_number_and_by_words():
    """An item finds its norms, a norm itself; words find what they stand in, in the reader's language."""
    assert ["14.1a", "14.1b"] == [one for one in norms_found("14.1", "en") if one.startswith("14.1")]
    assert ["14.2a"] == norms_found("14.2А", "ru")
    assert "8.3a" in norms_found("кворум", "ru") or norms_found("сессия", "ru")
    assert [] == norms_found("бегемот", "ru")


def test_strangers_find_themselves_and_norms(pages: Pages):
    """No name, number or body of others."""
    number = nominated(pages.assembly).number
    assert ([], [], []) == found(pages, number, "p:U")[2:3] + found(pages, "wb", "p:U")[0:2]
    assert ["p:U"] == [one for one, *_ in found(pages, "абдикадырова", "p:U").people]
    assert found(pages, "кворум", "p:U").norms == norms_found("кворум", "kk")


def test_signs_of_the_database_mean_nothing(pages: Pages):
    """A percent sign is no word; a quotation mark ends nothing."""
    for words in ("%", "_", "'", '"; DROP', "\\", "%абдик%", "", " "):
        assert found(pages, words).people in ([], [("p:U", "Әбдіқадырова Ұлжан", "")])


def test_one_find_leads_straight_to_it(pages: Pages):
    """Several are listed; nothing is said to be nothing, with what may be typed."""
    number = nominated(pages.assembly).number
    answer = pages.see(f"/search?q={number.lower()}")
    assert (303, f"/cases/{number}") == (answer.status_code, answer.headers["location"])
    assert "Nothing was found for “hippopotamus”." in pages.text("/search?q=hippopotamus")
    nominated(pages.assembly, "p:B")
    assert number in pages.text("/search?q=c-2006")


@pytest.mark.parametrize("name", ["", "p A", "x" * 65, "p;A"])
def test_an_id_that_cannot_stand_in_the_journal_is_refused(database: Database, name: str) -> None:
    """Of a person and of a body alike: both are named in entries, whose hashes hold for ever."""
    with database.transaction() as db:
        with pytest.raises(ValueError, match="are expected, at most 64"):
            add_person(db, name, names=NAMES)
        with pytest.raises(ValueError, match="are expected, at most 64"):
            add_body(db, name, kind="state_body", names=NAMES)
        assert [] == db.all("SELECT person_id FROM people") + db.all("SELECT body_id FROM bodies")
