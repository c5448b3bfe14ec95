"""Lists of cases: filters in the address, so that a list can be sent to somebody; pages, count, files."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request, Response

from desk.door import Door, looking
from desk.listing import COUNTED, Cursor, Filter, cases_listed, count_listed, states_known
from desk.pages.page import name_of, page, speaker
from desk.pages.tables_out import as_csv, as_xlsx
from desk.pages.telling import last_day_shown
from desk.pages.visiting import Visitor, Visits
from desk.titles import titles_of
from machines.authority import entered_by
from machines.procedures import PROCEDURES
from machines.waiting import offices_of_state
from machines.wording import shown
from models.database import Db

router = APIRouter(include_in_schema=False)

AT_ONCE = 50  # rows of a page
MOST = 100_000  # rows of a file
COLUMNS = ("number", "title", "procedure", "state", "waits", "due", "opened")


class Asked:
    """What an address asks of a list; what it names wrongly is left out rather than an error."""

    def __init__(
        self, procedure: str = "", state: str = "", mine: str = "", open: str = "", text: str = "", sort: str = "", after: str = ""
    ) -> None:  # fmt: skip
        self.procedure = procedure if procedure in PROCEDURES else ""
        self.state = state if self.procedure and state in states_known(self.procedure) else ""
        self.mine, self.open = bool(mine), bool(open)
        self.text = text.replace("\0", " ")[:200]
        self.newest = sort == "newest"
        self.after = after

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


List = Annotated[Asked, Depends()]


@router.get("/cases")
def list_cases(request: Request, visitor: Visits, asked: List) -> Response:
    """Show a list of cases."""
    door: Door = request.app.state.door
    wanted = asked.filter(visitor.person_id)
    after = Cursor.read(asked.after) if asked.after else None
    with looking(door) as db:
        rows, following = cases_listed(db, wanted, at=visitor.at, book=door.book, after=after, limit=AT_ONCE)
        count = count_listed(db, wanted, at=visitor.at, book=door.book)
        titles = titles_of(db, (row["number"] for row in rows), visitor.language)
    t, language = speaker(visitor.language), visitor.language
    counted = f"{count}+" if asked.mine and count == COUNTED else count
    kinds = {(row["procedure"], row["state"]) for row in rows}
    return page(
        request, "list.html", language, visitor.at, visitor=visitor, here="/cases", asked=asked, count=counted,
        rows=[_row(row, titles, language) for row in rows], acts=_acts(kinds, language),
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
    with looking(door) as db:
        rows, _ = cases_listed(
            db, asked.filter(visitor.person_id), at=visitor.at, book=door.book, after=None, limit=MOST
        )
        titles = _all_titles(db, [row["number"] for row in rows], visitor.language)
    told = (_row(row, titles, visitor.language) for row in rows)
    t = speaker(visitor.language)
    return [t(f"list.{column}") for column in COLUMNS], [[str(row[column]) for column in COLUMNS] for row in told]


def _all_titles(db: Db, numbers: Sequence[str], language: str) -> dict[str, str]:
    """Return titles of many cases, some hundreds at a time."""
    titles: dict[str, str] = {}
    for start in range(0, len(numbers), 500):
        titles |= titles_of(db, numbers[start : start + 500], language)
    return titles


def _row(row: Mapping[str, Any], titles: Mapping[str, str], language: str) -> dict[str, Any]:
    procedure = row["procedure"]
    waits = [
        name_of("office", office, language)
        for office in offices_of_state(procedure, row["state"])
        if entered_by(office) == office
    ]
    return {
        "number": row["number"], "href": f"/cases/{row['number']}", "title": titles[row["number"]],
        "procedure": name_of("procedure", procedure, language), "state": name_of("state", f"{procedure}.{row['state']}", language),
        "final": row["final"], "waits": ", ".join(waits), "due": last_day_shown(row["due"]) if row["due"] else "",
        "overdue": row["overdue"], "opened": shown(datetime.fromisoformat(row["opened_at"]).date()),
    }  # fmt: skip


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
    return sorted(named, key=lambda one: one[1])
