"""The pages of the register: as of a day, filtered, in the alphabet of the reader, and as files."""

import csv
import io
import re
from typing import Any

import pytest

from machines.register import add_body, add_person
from machines.wording import LANGUAGES
from models.database import Database
from tests.assembly import Assembly, submitted
from tests.pages import Pages, read

NAMES = {
    "p:1": ("Әбдіқадырова Ұлжан", "Абдикадырова Улжан", "Abdikadyrova Ulzhan"),
    "p:2": ("Ақанов Ерлан", "Аканов Ерлан", "Akanov Yerlan"),
    "p:3": ("Бекова Әсия", "Бекова Асия", "Bekova Asiya"),
}


@pytest.fixture
def pages(database: Database) -> Pages:
    """Lend the pages of an Assembly in office, with three people more."""
    assembly = Assembly(database)
    with database.transaction() as db:
        for person, names in NAMES.items():
            add_person(
                db,
                person,
                names=dict(zip(LANGUAGES, names, strict=True)),
                email=f"{person[2]}@example.org",
                region="Kostanay",
            )
    return Pages(assembly)


def listed(html: str) -> list[str]:
    return re.findall(r'<th scope="row"><a href="[^"]*">([^<]*)</a>', html)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("kk", ["Ақанов Ерлан", "Әбдіқадырова Ұлжан", "Бекова Әсия"]),
        ("ru", ["Абдикадырова Улжан", "Аканов Ерлан", "Бекова Асия"]),
    ],
)
def test_people_stand_in_the_alphabet_of_the_reader(pages: Pages, language: str, expected: list[str]):
    """In Kazakh ә follows а, in Russian there is no such letter."""
    names = listed(pages.see("/people?region=Kostanay", language=language).text)
    assert expected == [name for name in names if name in expected]


def test_people_are_filtered_by_name_region_and_office(pages: Pages):
    """However the name is typed; the address says what is shown."""
    assert ["Әбдіқадырова Ұлжан"] == listed(pages.see("/people?q=абдикадыр", language="kk").text)
    assert ["Абдикадырова Улжан"] == listed(pages.see("/people?q=ULZHAN+abdi", language="ru").text)
    assert ["s:Kostanay"] == listed(pages.see("/people?office=sa_secretariat&region=Kostanay").text)
    assert "The register has nobody like that." in pages.text("/people?q=nobody")
    assert 404 == pages.see("/people?office=king").status_code


def test_a_list_of_many_goes_page_by_page(database: Database):
    """Each page says how far it reaches; beyond the end is the last one."""
    pages = Pages(Assembly(database, members=120))
    first = pages.see("/people?office=member").text
    assert 50 == len(listed(first))
    assert 'rel="next" href="/people?office=member&amp;page=2"' in first
    assert "101–120 of 120" in read(pages.see("/people?office=member&page=99").text)


@pytest.mark.parametrize("format", ["csv", "xlsx"])
@pytest.mark.parametrize("address", ["people", "bodies", "offices"])
def test_each_list_is_a_file_too(pages: Pages, address: str, format: str):
    """With the same filters, whole."""
    answer = pages.see(f"/{address}.{format}?region=Kostanay", language="kk")
    assert 200 == answer.status_code
    assert "attachment" in answer.headers["content-disposition"]
    if (address, format) == ("people", "csv"):
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
        assert ["Аты-жөні", "Лауазымдары", "Өңір", "Тізілімдегі белгісі"] == rows[0]
        assert ["Әбдіқадырова Ұлжан", "", "Қостанай облысы", "p:1"] in rows
    assert 404 == pages.see(f"/{address}.pdf").status_code


def test_a_person_is_shown_with_offices_papers_and_cases(pages: Pages):
    """The paper of a membership is the order by which the candidacy was approved (7.2a)."""
    case = submitted(pages.assembly)
    pages.assembly.do(
        "ch",
        "candidacy.approve",
        case=case,
        at="2006-05-20 11:00",
        facts={"order": {"number": "44", "date": "2006-05-20"}},
    )
    page = pages.text("/people/p:A")
    assert "Member of the Assembly" in page
    assert "Order No. 44 of 20.05.2006" in page
    assert case.number in page
    assert "Cases that have ended: 1" in page
    assert "Nominate" in page


def test_a_person_as_of_a_day_had_the_offices_of_that_day(pages: Pages):
    """What ended later was held then, what began later was not (the journal is not read into the past)."""
    case = submitted(pages.assembly)
    pages.assembly.do(
        "ch",
        "candidacy.approve",
        case=case,
        at="2006-05-20 11:00",
        facts={"order": {"number": "44", "date": "2006-05-20"}},
    )
    then = pages.text("/people/p:A?as_of=2006-05-19")
    assert "Shown as of 19.05.2006." in then
    assert "No office on this day." in then
    assert "submitted" in then
    assert "approved" not in then
    assert 422 == pages.see("/people/p:A?as_of=19.5").status_code


def test_offices_of_a_day_come_with_what_the_assembly_was_then(pages: Pages):
    """How many members counted, and the quorum of a session (8.3a)."""
    page = pages.text("/offices?office=chairman")
    assert "Members of the Assembly" in page
    assert re.search(r"quorum of a session: \d+", page)
    assert "ch " in page


def test_a_body_is_shown_with_its_people_and_open_cases(pages: Pages):
    """Assembly and Council are bodies too; what nobody knows is not found."""
    with pages.assembly.database.transaction() as db:
        add_body(
            db,
            "nca",
            kind="association",
            names=dict.fromkeys(LANGUAGES, "Centre"),
            level="regional",
            highest_body="conference",
        )
    assert "s:Kostanay" in pages.text("/bodies/Kostanay")
    assert "regional" in pages.text("/bodies/nca")
    assert "Assembly of People of Kazakhstan" in pages.text("/bodies/assembly")
    assert 404 == pages.see("/bodies/nowhere").status_code
    assert 404 == pages.see("/people/nobody").status_code
    assert "Centre" in pages.text("/bodies?q=cent&kind=association")


def test_strangers_see_themselves_alone(pages: Pages):
    """The register is for who holds an office; addresses of mail are for the working body."""
    assert [403, 403, 403, 403] == [
        pages.see(path, "p:1").status_code for path in ("/people", "/bodies", "/offices", "/people/p:2")
    ]
    assert "Abdikadyrova Ulzhan" in pages.text("/people/p:1", "p:1")
    assert "1@example.org" in pages.text("/people/p:1", "wb")
    assert "1@example.org" not in pages.text("/people/p:1", "ch")
    assert 303 == pages.see("/people", None).status_code


def test_looking_changes_nothing(pages: Pages):
    """A page of the register is drawn from a transaction that cannot write."""

    def rows() -> list[Any]:
        return [
            pages.assembly.ask(f"SELECT count(*) FROM {table}")[0]
            for table in ("entries", "cases", "people", "mandates")
        ]

    pages.cookie("wb")
    before = rows()
    for path in ("/people", "/people/ch", "/bodies", "/bodies/Kostanay", "/offices", "/people.csv"):
        pages.see(path)
    assert before == rows()
