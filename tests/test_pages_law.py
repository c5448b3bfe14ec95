"""The pages of the law: every norm with where it is used, rulings of a day, procedures drawn and told; nobody's name."""

import re
from datetime import date

import pytest

from desk.pages.law_told import guards_of
from machines.norms import NORMS
from machines.procedures import PROCEDURES
from machines.rulebook import Rulebook
from machines.wording import LANGUAGES, has, keys, say
from models.database import Database
from tests.assembly import Assembly, admissible
from tests.pages import Pages


@pytest.fixture
def pages(sqlite_database: Database) -> Pages:
    """Lend the pages of an Assembly in office: the law is in no table, one database is enough."""
    return Pages(Assembly(sqlite_database))


def ids(html: str) -> list[str]:
    return re.findall(r'<a href="/norms/([^"]+)">\1 ·', html)


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_norm_and_procedure_has_a_page_in_every_language(pages: Pages, language: str):
    """161 norms, 13 procedures: none is missing, none fails."""
    listed = ids(pages.see("/norms", language=language).text)
    assert [*NORMS] == listed
    for path in (
        *(f"/norms/{one}" for one in listed),
        *(f"/procedures/{name}" for name in PROCEDURES),
        "/rulings",
        "/procedures",
    ):
        answer = pages.see(path, language=language)
        assert 200 == answer.status_code, path
        assert f'<html lang="{language}"' in answer.text


def test_every_guard_has_its_sentence_in_every_language():
    """In English the one that stands beside the rule in the code; none is left over, none is the same in two languages."""
    asked = {
        guard.name: guard.rule
        for procedure in PROCEDURES.values()
        for row in procedure.acts
        for guard in guards_of(row)
    }
    said = {
        language: {name: say(f"rules.{name}", language) for name in asked if has(f"rules.{name}")}
        for language in LANGUAGES
    }
    assert {*asked} == {*said["en"]} == {key.removeprefix("rules.") for key in keys("en") if key.startswith("rules.")}
    for name, rule in asked.items():
        sentence = re.sub(r" \([^()]*\d[^()]*\)", "", " ".join(rule.split())).replace("`", "")
        assert sentence.startswith(re.sub("[“”]", "", said["en"][name])), name
        assert 3 == len({said[language][name] for language in LANGUAGES}), name


@pytest.mark.parametrize(
    ("language", "rule"), [("kk", "Төрағаның екі орынбасары бар"), ("ru", "У Председателя два заместителя")]
)
def test_a_procedure_says_what_is_checked(pages: Pages, language: str, rule: str):
    """Each guard by its own sentence, with its norm beside it."""
    assert rule in pages.see("/procedures/deputy_appointment", language=language).text


def test_norms_are_filtered_by_chapter_and_by_what_becomes_of_them(pages: Pages):
    """What is not carried out says why."""
    assert all(one.startswith("14.") for one in ids(pages.see("/norms?chapter=14").text))
    done, not_done = (ids(pages.see(f"/norms?done={one}").text) for one in ("yes", "no"))
    assert {*NORMS} == {*done} | {*not_done}
    assert not {*done} & {*not_done}
    assert ["14.2a"] == ids(pages.see("/norms?q=14.2a").text)
    assert "There is no such norm." in pages.text("/norms?q=hippopotamus")


def test_a_norm_says_where_it_is_used(pages: Pages):
    """Acts, checks, deadlines, ways that are excluded, rulings: in words, each a link."""
    page = pages.text("/norms/14.2a")
    for part in (
        "Where it is used",
        "Checked at these acts",
        "Deadlines",
        "Excluded ways",
        "How it is understood",
        "Code",
    ):
        assert part in page
    assert 'href="https://adilet.zan.kz/rus/docs/U020000856_"' in pages.see("/norms/14.2a").text
    assert 404 == pages.see("/norms/99.9").status_code


def test_rulings_are_those_of_the_day(sqlite_database: Database):
    """A switched one is marked from its day on, and says so before."""
    pages = Pages(
        Assembly(
            sqlite_database, book=Rulebook(overrides=((date(2006, 6, 1), "candidacy.council_outcome", "blocking"),))
        )
    )
    before, after = (pages.see(f"/rulings?as_of=2006-{month}-15").text for month in ("05", "07"))
    assert [0, 1] == [page.count('tag warn">switched') for page in (before, after)]
    assert "from 01.06.2006" in before


def test_a_procedure_is_told_in_words(pages: Pages):
    """Who does what, from where to where, under which norm, and what follows."""
    page = pages.text("/procedures/candidacy", language="ru")
    for part in (
        "Допустить к рассмотрению",
        "выдвинута → допущена",
        "Рабочий орган",
        "Открывается срок",
        "Никогда не происходит",
    ):
        assert part in page
    assert '<svg xmlns="http://www.w3.org/2000/svg" role="img"' in pages.see("/procedures/candidacy").text
    assert 404 == pages.see("/procedures/flight").status_code


def test_a_case_stands_in_the_diagram_of_its_procedure(pages: Pages):
    """What it has passed and where it is; only for those who may see it."""
    number = admissible(pages.assembly).number
    page = pages.see(f"/procedures/candidacy?case={number}").text
    assert "Passed: nominated. Now: admissible." in page
    assert 1 == page.count("✓ ")
    assert 404 == pages.see(f"/procedures/poll?case={number}").status_code
    assert 403 == pages.see(f"/procedures/candidacy?case={number}", "p:B").status_code


def test_strangers_read_the_law_too(pages: Pages):
    """Nothing here is about anybody."""
    assert [200, 200, 200] == [
        pages.see(path, "p:A").status_code for path in ("/norms", "/rulings", "/procedures/poll")
    ]
