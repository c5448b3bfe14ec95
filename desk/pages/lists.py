"""Lists of cases: filters in the address, so that a list can be sent to somebody; pages, count, files."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request, Response

from desk.door import Door, looking
from desk.listing import COUNTED, Filter, chosen_by, count_listed, rows_listed, states_known
from desk.ordered import Cursor, Row, due_of
from desk.pages.page import name_of, page, speaker, term_end
from desk.pages.tables_out import as_csv, as_xlsx
from desk.pages.visiting import Visitor, Visits
from desk.titles import titles_of_rows
from machines.authority import entered_by
from machines.procedures import PROCEDURES
from machines.waiting import offices_of_state
from machines.wording import shown
from machines.zones import local_day
from models.database import Db, instant
from models.names import sort_key_kk

router = APIRouter(include_in_schema=False)

AT_ONCE = 50  # rows of a page
MOST = 100_000  # rows of a file
TITLES_AT_ONCE = 500  # of a file
COLUMNS = ("number", "title", "procedure", "state", "waits", "due", "opened")


class Shown(NamedTuple):
    """What a list shows of a case."""

    number: str
    title: str
    procedure: str
    state: str
    waits: str
    final: bool
    due: str
    overdue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What an address asks of a list."""

    procedure: str
    state: str
    mine: bool
    open: bool
    text: str
    newest: bool
    after: str

    def filter(self, person: str) -> Filter:
        """Return it as the API's lists take it."""
        return Filter(
            person=person, procedure=self.procedure or None, state=self.state or None, mine=self.mine, still_open=self.open, text=self.text,
            newest=self.newest,
        )  # fmt: skip

    def address(self, path: str = "/cases", **changed: str) -> str:
        """Return the address of the same list, changed in some of what it asks."""
        said = {
            "procedure": self.procedure, "state": self.state, "mine": "1" if self.mine else "", "open": "1" if self.open else "",
            "text": self.text, "sort": "newest" if self.newest else "",
        } | changed  # fmt: skip
        query = urlencode({name: value for name, value in said.items() if value})
        return f"{path}?{query}" if query else path


async def _asked(
    procedure: str = "", state: str = "", mine: str = "", open: str = "", text: str = "", sort: str = "", after: str = ""
) -> Asked:  # fmt: skip
    """Read what an address asks; what it names wrongly is left out rather than an error."""
    known = procedure if procedure in PROCEDURES else ""
    return Asked(
        procedure=known, state=state if known and state in states_known(known) else "", mine=bool(mine), open=bool(open),
        text=text.replace("\0", " ")[:200], newest=sort == "newest", after=after,
    )  # fmt: skip


List = Annotated[Asked, Depends(_asked)]


@router.get("/cases")
def list_cases(request: Request, visitor: Visits, asked: List) -> Response:
    """Show a list of cases."""
    door: Door = request.app.state.door
    after = Cursor.read(asked.after) if asked.after else None
    t, language = speaker(visitor.language), visitor.language
    with looking(door) as db:
        chosen = chosen_by(db, asked.filter(visitor.person_id), at=visitor.at, book=door.book)
        rows, following = rows_listed(db, chosen, after=after, limit=AT_ONCE)
        count = count_listed(db, chosen) if after or following else len(rows)
        shown_rows = _shown(db, rows, visitor)
    counted = f"{count}+" if asked.mine and count == COUNTED else count
    kinds = {(row.procedure, row.state) for row in rows}
    return page(
        request, "list.html", language, visitor.at, visitor=visitor, here="/cases", asked=asked, count=counted,
        rows=shown_rows, acts=_acts(kinds, language),
        kind=next(iter(kinds)) if len(kinds) == 1 else None,
        procedures=_sorted((name, name_of("procedure", name, language)) for name in PROCEDURES),
        states=[(state, name_of("state", f"{asked.procedure}.{state}", language)) for state in _states(asked.procedure)],
        first=asked.address() if asked.after else "", next=asked.address(after=following.written()) if following else "",
        sorts=[("", t("list.by_due")), ("newest", t("list.by_newest"))], columns=_columns(t),
    )  # fmt: skip


@router.get("/cases.csv")
def list_as_csv(request: Request, visitor: Visits, asked: List) -> Response:
    """Give a list as CSV."""
    return as_csv("cases", *_table(request, visitor, asked))


@router.get("/cases.xlsx")
def list_as_xlsx(request: Request, visitor: Visits, asked: List) -> Response:
    """Give a list as XLSX."""
    return as_xlsx("cases", *_table(request, visitor, asked))


def _table(request: Request, visitor: Visitor, asked: Asked) -> tuple[list[str], list[list[str]]]:
    door: Door = request.app.state.door
    t = speaker(visitor.language)
    with looking(door) as db:
        chosen = chosen_by(db, asked.filter(visitor.person_id), at=visitor.at, book=door.book)
        rows, _ = rows_listed(db, chosen, after=None, limit=MOST)
        parts = (rows[start : start + TITLES_AT_ONCE] for start in range(0, len(rows), TITLES_AT_ONCE))
        cells = [
            [one.number, one.title, one.procedure, one.state, one.waits, one.due, shown(local_day(instant(row.opened_at), row.zone))]
            for part in parts
            for row, one in zip(part, _shown(db, part, visitor), strict=True)
        ]  # fmt: skip
    return [t(f"list.{column}") for column in COLUMNS], cells


def _shown(db: Db, rows: Sequence[Row], visitor: Visitor) -> list[Shown]:
    """Say what a list shows of each case."""
    language = visitor.language
    titles = titles_of_rows(db, [(row.number, row.procedure, row.person, row.facts) for row in rows], language)
    return [_row(row, titles[row.number], visitor) for row in rows]


def _row(row: Row, title: str, visitor: Visitor) -> Shown:
    procedure, state, waits = _kind(row.procedure, row.state, visitor.language)
    due = due_of(row)
    return Shown(
        number=row.number, title=title, procedure=procedure, state=state, waits=waits, final=bool(row.final),
        due=term_end(due, row.zone) if due else "", overdue=due is not None and due <= visitor.at,
    )  # fmt: skip


@cache
def _kind(procedure: str, state: str, language: str) -> tuple[str, str, str]:
    """Name a procedure, one of its states, and for whom it waits."""
    offices = [office for office in offices_of_state(procedure, state) if entered_by(office) == office]
    waits = ", ".join(name_of("office", office, language) for office in offices)
    return name_of("procedure", procedure, language), name_of("state", f"{procedure}.{state}", language), waits


def _acts(kinds: set[tuple[str, str]], language: str) -> list[tuple[str, str]]:
    """Return what may be done with many at once: the acts of the one state in which all of them are."""
    if len(kinds) != 1:
        return []
    ((procedure, state),) = kinds
    table = PROCEDURES[procedure]
    return [
        (row.name, name_of("act", f"{procedure}.{row.name}", language)) for row in table.known_in(state) if row.persons
    ]


def _columns(t: Any) -> list[dict[str, Any]]:
    return [{"text": t(f"list.{column}")} for column in ("title", "procedure", "state", "waits", "due")]


def _states(procedure: str) -> list[str]:
    return [state.value for state in PROCEDURES[procedure].states] if procedure else []


def _sorted(named: Iterator[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted(named, key=lambda one: sort_key_kk(one[1]))
