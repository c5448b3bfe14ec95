"""The roster file: how it is read and how all that is wrong with it is told (desk/roster/check.py)."""

import csv
import io
import zipfile
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from desk.roster.check import COLUMNS, Row, RowError, UnreadableRosterError, check_rows, read_date, read_rows
from examples import make_roster

EXAMPLE = Path(make_roster.__file__).with_name("roster.csv")
TODAY = date(2025, 6, 2)

NAMED = {"name_kk": "Әлия", "name_ru": "Алия", "name_en": "Aliya"}
ORDER = {"since": "2010-03-01", "order_number": "7", "order_date": "2010-03-01"}
MEMBER = {"person_id": "m1", **NAMED, "office": "member", "category": "association", **ORDER}
SEAT = MEMBER | {"office": "council_member"}
OFFICE = {"person_id": "x1", **NAMED, "since": "2010-03-01"}
HEAD = OFFICE | {"office": "sa_chairman", "body": "Almaty"}
CENTRE = OFFICE | {"office": "association", "body": "nca1", "level": "republican", "highest_body": "congress"}


def rows_of(*lines: dict[str, str]) -> list[Row]:
    """Make rows as if they stood in a file from line 2 on."""
    return [Row(line=number, header=COLUMNS, **line) for number, line in enumerate(lines, start=2)]


def errors_of(*lines: dict[str, str]) -> list[tuple[int, str, str]]:
    """Check the lines and give line, column and code of each error."""
    return brief(check_rows(rows_of(*lines), today=TODAY))


def brief(errors: Iterable[RowError]) -> list[tuple[int, str, str]]:
    return [(error.line, error.column, error.code) for error in errors]


def as_csv(*lines: dict[str, str], delimiter: str = ",") -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="", delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue()


def zipped(name: str, text: str) -> bytes:
    """Return an archive of one file."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(name, text)
    return content.getvalue()


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "roster.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


# ---- the example


def test_example_is_what_its_generator_makes() -> None:
    """The file that ships is not edited by hand."""
    assert make_roster.render() == EXAMPLE.read_text(encoding="utf-8")


def test_example_has_no_errors_and_the_promised_people() -> None:
    """350 members with the Chairman and the deputies, m1 to m30 in the Council, sixteen small assemblies."""
    rows = read_rows(EXAMPLE)
    held = {office: {row.person_id for row in rows if row.office == office} for office in {row.office for row in rows}}
    assert check_rows(rows, today=TODAY) == []
    assert held["member"] == {f"m{number}" for number in range(1, 348)} | {"ch", "d1", "d2"}
    assert held["council_member"] == {f"m{number}" for number in range(1, 31)}
    assert (held["chairman"], held["deputy_chairman"], held["working_body"]) == ({"ch"}, {"d1", "d2"}, {"wb", "wb2"})
    assert held["sa_chairman"] == {f"a:{region}" for region in make_roster.REGIONS}
    assert held["sa_secretariat"] == {f"s:{region}" for region in make_roster.REGIONS}
    assert held[""] == {f"p:{letter}" for letter in "ABCDEFGHIJKL"}


def test_example_has_members_everywhere_in_three_languages() -> None:
    """Members live in every region, choose every language and are written with the letters of Kazakh alone too."""
    members = [row for row in read_rows(EXAMPLE) if row.office == "member"]
    assert set(make_roster.REGIONS) == {row.region for row in members}
    assert {row.language for row in members} == {"kk", "ru", "en"}
    assert set("әғқңөұүһі") <= set("".join(row.name_kk for row in members).lower())
    assert len({row.name_en for row in members}) == 350 == len({row.email for row in members})
    assert all(row.name_en.isascii() and row.email.isascii() for row in members)


# ---- reading


@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_csv_is_read_however_it_was_saved(tmp_path: Path, delimiter: str, mark: str, newline: str) -> None:
    """Comma or semicolon, BOM or not, the line ends of any system: the same rows."""
    text = mark + as_csv(MEMBER, SEAT, delimiter=delimiter).replace("\n", newline)
    assert rows_of(MEMBER, SEAT) == read_rows(written(tmp_path, text))


def test_rows_keep_their_lines(tmp_path: Path) -> None:
    """Empty lines are passed over and a text of two lines counts as two, as in an editor."""
    text = as_csv(MEMBER | {"name_ru": "Алия\nА."}, SEAT).replace("\nm1,", "\n\n,,,\nm1,", 1)
    rows = read_rows(written(tmp_path, text))
    assert [4, 6] == [row.line for row in rows]


def test_cells_are_trimmed_and_composed(tmp_path: Path) -> None:
    """Blanks around a cell and a decomposed й are not part of the name."""
    text = as_csv(MEMBER | {"name_ru": " Аи\u0306да\u00a0"}).replace("person_id", " Person_ID ")
    assert "Айда" == read_rows(written(tmp_path, text))[0].name_ru
    assert COLUMNS == read_rows(written(tmp_path, text))[0].header


def test_empty_columns_behind_the_last_are_none(tmp_path: Path) -> None:
    """A sheet that was wider once leaves separators behind every line."""
    text = as_csv(MEMBER).replace("\n", ",,\n")
    assert rows_of(MEMBER) == read_rows(written(tmp_path, text))


def test_xlsx_gives_the_same_rows_as_csv(tmp_path: Path) -> None:
    """The whole example, saved as a workbook, is read back as it was."""
    path = tmp_path / "roster.xlsx"
    workbook = openpyxl.Workbook()
    for cells in csv.reader(EXAMPLE.read_text(encoding="utf-8").splitlines()):
        workbook.active.append([cell or None for cell in cells])
    workbook.save(path)
    assert read_rows(EXAMPLE) == read_rows(path)


def test_xlsx_cells_that_are_dates_and_numbers_become_text(tmp_path: Path) -> None:
    """A day is a day without a time, the number of a paper is a text."""
    path = tmp_path / "roster.xlsx"
    workbook = openpyxl.Workbook()
    workbook.active.append(COLUMNS)
    values = MEMBER | {"since": datetime(2010, 3, 1), "order_number": 7, "order_date": date(2010, 3, 1)}
    workbook.active.append([values.get(column) for column in COLUMNS])
    workbook.save(path)
    assert rows_of(MEMBER) == read_rows(path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (as_csv(MEMBER).encode("cp1251", "replace"), "line 2: this is not UTF-8"),
        (as_csv(MEMBER).replace("Алия", '"Алия').encode(), "line 2: .*quotation mark"),
        (b"PK\x03\x04 no workbook", "cannot be read as an XLSX workbook"),
        (zipped("[Content_Types].xml", "<x/>"), "cannot be read as an XLSX workbook"),
        (b"\xd0\xcf\x11\xe0", "old kind"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path: Path, content: bytes, said: str) -> None:
    """Another encoding, an open quotation mark, a broken or an old workbook, an archive that is none (a text document)."""
    with pytest.raises(UnreadableRosterError, match=said):
        read_rows(written(tmp_path, content))


@pytest.mark.parametrize("text", ["2024-02-29", "29.02.2024"])
def test_dates_are_read_in_two_forms(text: str) -> None:
    """A day is written as in data or as in Kazakhstan."""
    assert date(2024, 2, 29) == read_date(text)


@pytest.mark.parametrize(
    "text", ["", "2023-02-29", "31.04.2024", "1.2.2024", "20240229", "2024-02-29 10:00", "03/01/2024"]
)
def test_anything_else_is_no_date(text: str) -> None:
    """No guessing: a day that is not in the calendar or is written otherwise is refused."""
    with pytest.raises(ValueError, match=r"no date|day|month"):
        read_date(text)


# ---- checking


def test_all_errors_of_a_broken_file_are_listed(tmp_path: Path) -> None:
    """Three faults in three lines are three errors, each with line, column, value and what is expected."""
    text = as_csv(MEMBER | {"since": "2010-13-01"}, SEAT | {"language": "de"}, OFFICE | {"office": "secretary"})
    errors = check_rows(read_rows(written(tmp_path, text)), today=TODAY)
    assert [(2, "since", "bad_date"), (3, "language", "unknown_language"), (4, "office", "unknown_office")] == brief(
        errors
    )
    assert errors[0].message == "line 2, since: “2010-13-01”; expected a day such as 2024-03-01 or 01.03.2024"
    assert errors[1].message == "line 3, language: “de”; expected one of kk, ru, en"
    assert errors[2].message.startswith(
        "line 4, office: “secretary”; expected one of chairman, deputy_chairman, member,"
    )


@pytest.mark.parametrize(
    ("line", "change", "column", "code"),
    [
        (MEMBER, {"person_id": ""}, "person_id", "missing"),
        (MEMBER, {"person_id": "м1"}, "person_id", "bad_person_id"),
        (MEMBER, {"person_id": "m 1"}, "person_id", "bad_person_id"),
        (MEMBER, {"person_id": "president"}, "person_id", "reserved"),
        (MEMBER, {"person_id": "m" * 65}, "person_id", "too_long"),
        (MEMBER, {"name_en": ""}, "name_en", "missing"),
        (MEMBER, {"language": "kz"}, "language", "unknown_language"),
        (MEMBER, {"email": "aliya"}, "email", "bad_email"),
        (MEMBER, {"email": "a@example.org, b@example.org"}, "email", "bad_email"),
        (MEMBER, {"email": "a@example."}, "email", "bad_email"),
        (MEMBER, {"name_ru": "Алия\nАхметова"}, "name_ru", "control_character"),
        (MEMBER, {"name_en": "Aliya\0"}, "name_en", "control_character"),
        (MEMBER, {"order_number": "7\t8"}, "order_number", "control_character"),
        (MEMBER, {"office": "President"}, "office", "unknown_office"),
        (MEMBER, {"office": ""}, "office", "missing"),
        (MEMBER, {"since": ""}, "since", "missing"),
        (MEMBER, {"since": "2025-06-03"}, "since", "future_date"),
        (MEMBER, {"order_date": "2025-06-03"}, "order_date", "future_date"),
        (MEMBER, {"order_date": "March"}, "order_date", "bad_date"),
        (MEMBER, {"order_number": ""}, "order_number", "missing"),
        (MEMBER, {"order_date": ""}, "order_date", "missing"),
        (MEMBER, {"category": ""}, "category", "missing"),
        (MEMBER, {"category": "other_member"}, "category", "unknown_category"),
        (MEMBER, {"person_id": "clock"}, "person_id", "reserved"),
        (HEAD, {"body": ""}, "body", "missing"),
        (HEAD, {"body": "Алматы облысы"}, "body", "bad_body"),
        (HEAD, {"order_number": "7"}, "order_date", "missing"),
        (HEAD, {"order_date": "2010-03-01"}, "order_number", "missing"),
        (CENTRE, {"level": "national"}, "level", "unknown_level"),
        (CENTRE, {"level": ""}, "level", "missing"),
        (CENTRE, {"level": "regional"}, "region", "missing"),
        (CENTRE, {"highest_body": "board"}, "highest_body", "unknown_highest_body"),
        (CENTRE, {"body_kk": "Орталық", "body_ru": "Центр"}, "body_en", "missing"),
        (OFFICE | {"office": "sa_secretariat", "body": "Almaty"}, {"body_kk": "Орталық"}, "body_kk", "unexpected"),
        (CENTRE, {"highest_body": ""}, "highest_body", "missing"),
    ],
)
def test_one_fault_is_one_error(line: dict[str, str], change: dict[str, str], column: str, code: str) -> None:
    """Each column is held to its shape and each office to what it needs; nothing else is complained of."""
    assert [] == errors_of(line)
    assert [(2, column, code)] == errors_of(line | change)


@pytest.mark.parametrize("office", ["chairman", "working_body", "state_body", "sa_secretariat"])
def test_an_office_needs_the_day_since_when(office: str) -> None:
    """Whoever assumes an office does so on a day."""
    assert [] == errors_of(OFFICE | {"office": office, "body": "x"})
    assert [(2, "since", "missing")] == errors_of(OFFICE | {"office": office, "body": "x", "since": ""})


def test_a_deputy_and_a_seat_need_only_the_paper() -> None:
    """The day counts from the President's act (7.2a) or the Chairman's order (9.1a)."""
    deputy = OFFICE | ORDER | {"office": "deputy_chairman", "since": ""}
    assert [] == errors_of(deputy, MEMBER, SEAT | {"since": ""})
    assert [(2, "order_number", "missing")] == errors_of(deputy | {"order_number": ""})


def test_somebody_may_have_no_office() -> None:
    """A person who is to be nominated has one row without an office."""
    assert [] == errors_of({"person_id": "p:A", **NAMED, "region": "Almaty"})


def test_names_stand_in_the_first_row() -> None:
    """After it they may be left out or repeated, but not changed."""
    nameless = dict.fromkeys(NAMED, "")
    assert [] == errors_of(MEMBER, SEAT | nameless)
    missing = [(2, name, "missing") for name in NAMED]
    assert missing == errors_of(MEMBER | nameless, SEAT)
    assert [(3, "name_ru", "contradiction")] == errors_of(MEMBER, SEAT | {"name_ru": "Асель"})


@pytest.mark.parametrize(("column", "bad", "good"), [("email", "nowhere", "a@example.org"), ("language", "de", "kk")])
def test_nobody_is_asked_to_repeat_what_is_wrong(column: str, bad: str, good: str):
    """A cell that is wrong by itself is one error, in whichever of the person's rows it stands."""
    for line, cells in ((2, (bad, good)), (3, (good, bad))):
        rows = (MEMBER | {column: cells[0]}, SEAT | {column: cells[1]})
        assert [(line, column)] == [error[:2] for error in errors_of(*rows)]


def test_nobody_holds_an_office_twice() -> None:
    """The same person, office and body is a duplicate; another body is not."""
    assert [(3, "office", "duplicate")] == errors_of(MEMBER, MEMBER | {"body": "x"})
    assert [(3, "office", "duplicate")] == errors_of(HEAD, HEAD)
    assert [] == errors_of(HEAD, HEAD | {"body": "Astana"})


def test_there_is_one_chairman() -> None:
    """The Chairman is one (7.1a)."""
    chairmen = [OFFICE | {"office": "chairman", "person_id": person} for person in ("ch", "m1")]
    assert [(3, "office", "too_many_holders")] == errors_of(*chairmen)


def test_there_are_at_most_two_deputies() -> None:
    """Two deputies are in order, the third and the fourth are not (7.1c)."""
    deputies = [OFFICE | ORDER | {"office": "deputy_chairman", "person_id": f"d{number}"} for number in range(1, 5)]
    assert [] == errors_of(*deputies[:2])
    assert [(4, "office", "too_many_holders"), (5, "office", "too_many_holders")] == errors_of(*deputies)


def test_a_region_has_one_chairman_of_its_small_assembly() -> None:
    """The akim is the chairman (17.1); other regions have their own, and a secretariat may have several people."""
    assert [(3, "office", "too_many_holders")] == errors_of(HEAD, HEAD | {"person_id": "x2"})
    assert [] == errors_of(HEAD, HEAD | {"person_id": "x2", "body": "Astana"})
    staff = HEAD | {"office": "sa_secretariat"}
    assert [] == errors_of(staff, staff | {"person_id": "x2"})


def test_the_council_is_made_of_members() -> None:
    """Who sits in the Council is a member of the Assembly (9.1a), in whichever order the rows stand."""
    assert [] == errors_of(SEAT, MEMBER)
    assert [(2, "office", "not_a_member")] == errors_of(SEAT)


def test_heads_of_small_assemblies_need_not_be_members() -> None:
    """They may sit in the Council without a membership (B10), but must head a small assembly (9.1c)."""
    seat = SEAT | {"person_id": "x1", "category": "small_assembly_head"}
    assert [] == errors_of(HEAD, seat)
    assert [(2, "category", "not_a_head")] == errors_of(seat)


def test_an_association_has_one_charter() -> None:
    """Two of its representatives cannot tell different things of it (14.1b)."""
    other = CENTRE | {"person_id": "x2", "highest_body": "conference"}
    assert [(3, "highest_body", "contradiction")] == errors_of(CENTRE, other)


def test_columns_are_known_and_stand_once(tmp_path: Path) -> None:
    """A column that is unknown or doubled is told once; one that is not there is empty in every row."""
    text = as_csv(MEMBER, SEAT).replace("category", "kategory").replace("ex_officio", "email")
    errors = check_rows(read_rows(written(tmp_path, text)), today=TODAY)
    assert [
        (1, "email", "repeated_column"),
        (1, "kategory", "unknown_column"),
        (2, "category", "missing"),
        (3, "category", "missing"),
    ] == brief(errors)


def test_who_somebody_is_must_be_told(tmp_path: Path) -> None:
    """Without the person and the three names nobody can be entered; the other columns may be left out."""
    errors = check_rows(read_rows(written(tmp_path, "person_id,name_kk\nm1,Ә\n")), today=TODAY)
    assert [(1, "name_ru", "missing_column"), (1, "name_en", "missing_column")] == brief(errors)
    names = "person_id,name_kk,name_ru,name_en\nm1,Ә,А,A\n"
    assert [] == check_rows(read_rows(written(tmp_path, names)), today=TODAY)


def test_a_cell_too_many_is_told(tmp_path: Path) -> None:
    """A comma in a name that is not quoted moves every cell behind it."""
    named = {"body_kk": "Орталық", "body_ru": "Центр", "body_en": "Centre"}
    text = as_csv(CENTRE | named | {"name_en": "Aliya; Ms"}).replace(";", ",")
    errors = brief(check_rows(read_rows(written(tmp_path, text)), today=TODAY))
    assert (2, "", "too_many_cells") in errors


@pytest.mark.parametrize("text", ["", "\n", ",".join(COLUMNS)])
def test_a_file_without_rows_is_an_error(tmp_path: Path, text: str) -> None:
    """Nothing to import is never what was meant."""
    assert [(1, "", "no_rows")] == brief(check_rows(read_rows(written(tmp_path, text)), today=TODAY))
