"""The roster enters the register through the acts of the procedures: all of it, or nothing (7, 9.1, 13.1, 17).

Members come by `membership.enrol`, deputies by `deputy_appointment.enrol`, seats of the Council by `council_seat.open` on
behalf of the Chairman with his order, everybody else by `office.assume`. What is there already is left alone.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from desk.roster.check import NAMES, Row, RowError, check_rows, error_in, read_date
from machines.act import Act
from machines.perform import perform
from machines.refusal import Forbidden, Refused, Unanswerable, WrongFacts
from machines.register import add_body, add_person
from machines.rulebook import Rulebook
from machines.settle import settle_in
from machines.wording import LANGUAGES, has, say
from machines.zones import local_day
from models.database import Db

# The working body comes first because it enters everybody else, members before those who sit in the Council for them.
ORDER = (
    "working_body", "chairman", "deputy_chairman", "sa_chairman", "sa_secretariat", "association", "state_body", "member",
    "council_member", "",
)  # fmt: skip
KIND_OF_BODY = {
    "sa_chairman": "small_assembly",
    "sa_secretariat": "small_assembly",
    "association": "association",
    "state_body": "state_body",
}
# Regions whose clock is, or was until 2024, another than the capital's (H03).
ZONES = {
    "Aktobe": "Asia/Aqtobe",
    "Atyrau": "Asia/Atyrau",
    "Kostanay": "Asia/Qostanay",
    "Kyzylorda": "Asia/Qyzylorda",
    "Mangystau": "Asia/Aqtau",
    "West_Kazakhstan": "Asia/Oral",
}


class RosterRefusedError(ValueError):
    """The roster cannot be imported as it is; nothing was written."""

    def __init__(self, errors: Sequence[RowError]) -> None:
        super().__init__(f"{len(errors)} errors: " + "; ".join(error.message for error in errors))
        self.errors = tuple(errors)


@dataclass
class Imported:
    """What an import brought, and what had been there."""

    people: int = 0
    bodies: int = 0
    offices: dict[str, int] = field(default_factory=dict)
    people_already: int = 0
    offices_already: int = 0

    def entered(self, office: str) -> None:
        """Count one office that was entered."""
        self.offices[office] = self.offices.get(office, 0) + 1


def import_roster(
    db: Db,
    rows: Sequence[Row],
    *,
    at: datetime,
    book: Rulebook,
    language: str = "en",
    actor: str | None = None,
    on_row: Callable[[], None] = lambda: None,
) -> Imported:
    """Enter every row on the transaction *db*, in lawful order; RosterRefusedError lists everything that stands in the way.

    *actor* is who enters it for the working body: unless named, who holds that office, or the first of the file.
    """
    if errors := check_rows(rows, today=local_day(at, book.zone)):
        raise RosterRefusedError(errors)
    settle_in(db, at, book)
    work = _Import(db, rows, at=at, book=book, language=language, actor=actor)
    work.enter_people()
    work.enter_bodies()
    for row in sorted(rows, key=lambda row: ORDER.index(row.office)):
        work.enter_office(row)
        on_row()
    if work.errors:
        raise RosterRefusedError(sorted(work.errors, key=lambda error: error.line))
    return work.imported


class _Import:
    """One import: what the register knows, who enters, and what went wrong so far."""

    def __init__(
        self, db: Db, rows: Sequence[Row], *, at: datetime, book: Rulebook, language: str, actor: str | None
    ) -> None:
        self.db, self.rows, self.at, self.book, self.language = db, rows, at, book, language
        self.errors: list[RowError] = []
        self.imported = Imported()
        held = db.all(
            "SELECT person_id, office, body FROM mandates WHERE begins_at <= ? AND (ended_at IS NULL OR ended_at > ?)",
            at, at,
        )  # fmt: skip
        self.held = {tuple(row) for row in held}
        in_office = sorted(person for person, office, _ in self.held if office == "working_body")
        self.founded = bool(in_office)
        first = (row.person_id for row in rows if row.office == "working_body")
        self.actor = actor or next(iter(in_office), None) or next(first, "")

    def enter_people(self) -> None:
        """Enter everybody who is not known; a known person must have the names that the file says."""
        known = {row[0]: row[1:] for row in self.db.all("SELECT person_id, name_kk, name_ru, name_en FROM people")}
        for row in self._first("person_id"):
            if row.person_id in known:
                self.imported.people_already += 1
                self._compare_names(row, dict(zip(NAMES, known[row.person_id], strict=True)))
                continue
            region = next(
                (other.region for other in self._of(row) if other.region and other.office != "association"), ""
            )
            spoken = {language: row.cell(f"name_{language}") for language in LANGUAGES}
            email, language = row.email or None, row.language or "ru"
            add_person(self.db, row.person_id, names=spoken, email=email, language=language, region=region)
            self.imported.people += 1

    def enter_bodies(self) -> None:
        """Enter the bodies that somebody holds an office of."""
        known = {row[0] for row in self.db.all("SELECT body_id FROM bodies")}
        for row in self._first("body"):
            if row.body in known or row.office not in KIND_OF_BODY:
                continue
            kind = KIND_OF_BODY[row.office]
            region = row.body if kind == "small_assembly" else row.region
            charter = {"level": row.level or None, "highest_body": row.highest_body or None}
            zone = {"zone": ZONES[region]} if region in ZONES else {}
            add_body(
                self.db, row.body, kind=kind, names=self._names_of_body(row, kind), region=region, **charter, **zone
            )
            self.imported.bodies += 1

    def _names_of_body(self, row: Row, kind: str) -> dict[str, str]:
        """Name a body as the file does in any of its rows; else as it is known, or by its id."""
        named = next((other for other in self.rows if other.body == row.body and other.body_kk), None)
        return {each: named.cell(f"body_{each}") for each in LANGUAGES} if named else names_of_body(row.body, kind)

    def enter_office(self, row: Row) -> None:
        """Enter the office of one row, unless the person holds it already."""
        if not row.office:
            return
        body = row.body if row.office in KIND_OF_BODY else ""
        if (row.person_id, row.office, body) in self.held:
            self.imported.offices_already += 1
            return
        try:
            perform(self.db, self._act(row), self.book)
        except Unanswerable as error:
            self.errors += [error_in(row, "office", code, said) for code, said in _reasons(error, self.language)]
            return
        self.founded = self.founded or row.office == "working_body"
        self.imported.entered(row.office)

    def _act(self, row: Row) -> Act:
        procedure, name = _ACTS.get(row.office, ("office", "assume"))
        founding = row.office == "working_body" and not self.founded
        act = Act(
            procedure=procedure, name=name, actor=self.actor, at=self.at, facts=facts_of(row), founding=founding
        )  # fmt: skip
        if row.office != "council_member":
            return act
        return act._replace(on_behalf_of=self._chairman(), document=_paper(row, kind="order"))

    def _chairman(self) -> str:
        """Name the Chairman, of the file or in office; nobody is refused by the act itself."""
        found = (person for person, office, _ in self.held if office == "chairman")
        return next(found, None) or next((row.person_id for row in self.rows if row.office == "chairman"), "")

    def _compare_names(self, row: Row, known: Mapping[str, str]) -> None:
        for name in NAMES:
            if row.cell(name) != known[name]:
                said = f"{row.person_id} is in the register as “{known[name]}”; expected the same, or another id"
                self.errors.append(error_in(row, name, "another_name", said))

    def _first(self, column: str) -> Iterator[Row]:
        """Yield the first row of each value in a column."""
        seen: set[str] = {""}
        for row in self.rows:
            if row.cell(column) not in seen:
                seen.add(row.cell(column))
                yield row

    def _of(self, row: Row) -> Iterator[Row]:
        return (other for other in self.rows if other.person_id == row.person_id)


_ACTS = {
    "member": ("membership", "enrol"),
    "deputy_chairman": ("deputy_appointment", "enrol"),
    "council_member": ("council_seat", "open"),
}


def names_of_body(body_id: str, kind: str) -> dict[str, str]:
    """Name a body in each language: the small assemblies of the regions as we know them, the others by their id."""
    key = f"bodies.{kind}.{body_id}"
    return {language: say(key, language) if has(key) else body_id for language in LANGUAGES}


def facts_of(row: Row) -> dict[str, Any]:
    """Tell the facts of the act that a row stands for."""
    person = {"person": row.person_id}
    since = {"since": row.since and read_date(row.since).isoformat()}
    ex_officio = {"ex_officio": row.ex_officio} if row.ex_officio else {}
    if row.office == "member":
        return {**person, **since, **ex_officio, "category": row.category, "order": _paper(row)}
    if row.office == "deputy_chairman":
        return {**person, "act": _paper(row, kind="act of the President")}
    if row.office == "council_member":
        return {**person, "category": row.category, "order": _paper(row)}
    body = {"body": row.body} if row.office in KIND_OF_BODY else {}
    basis = {"basis": _paper(row, kind="order")} if row.order_number else {}
    return {**person, "office": row.office, **body, **since, **basis}


def _paper(row: Row, **kind: str) -> dict[str, str]:
    return {**kind, "number": row.order_number, "date": read_date(row.order_date).isoformat()}


def _reasons(error: Unanswerable, language: str) -> Iterator[tuple[str, str]]:
    """Yield code and sentence of everything that an act was answered with."""
    if isinstance(error, Refused):
        yield from ((each.code, f"{each.norm}: {each.reason(language)}") for each in error.refusals)
    elif isinstance(error, WrongFacts):
        yield from ((fault["code"], f"{fault['fact']}: {fault['reason']}") for fault in error.faults)
    elif isinstance(error, Forbidden):
        yield (
            "forbidden",
            f"{error}; a working body, and for the Council's seats a Chairman, must be in office or in the file",
        )
    else:
        yield "unanswerable", str(error)
