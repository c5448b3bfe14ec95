"""The pages of the register: people, bodies and offices as of a day, each list also as a file."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request, Response

from desk.as_of import last_moment, standing_as_of
from desk.door import Door, looking
from desk.intake import WrongStatus
from desk.pages.page import name_of, speaker
from desk.pages.page import page as drawn
from desk.pages.query import day_asked, link, part_of
from desk.pages.register_lists import (
    ASSEMBLY,
    COUNCIL,
    KINDS,
    OFFICES,
    Holding,
    Wanted,
    bodies_wanted,
    body_names,
    holdings,
    people_wanted,
    region_name,
    regions_known,
)
from desk.pages.tables_out import as_csv, as_xlsx
from desk.pages.visiting import Visitor, Visits
from desk.register import see_register
from machines.wording import shown
from machines.zones import local_day
from models.database import Db

router = APIRouter(include_in_schema=False)

FORMATS = {"csv": as_csv, "xlsx": as_xlsx}
OFFICES_OF = {ASSEMBLY: "member", COUNCIL: "council_member"}


@dataclass(frozen=True, slots=True)
class Seen:
    """What a page of the register is drawn from: who looks, the instant that is shown, and the words for it."""

    door: Door
    visitor: Visitor
    as_of: str
    at: datetime

    @property
    def language(self) -> str:
        """The language of the page."""
        return self.visitor.language

    @contextmanager
    def register(self) -> Iterator[Db]:
        """Open the register, to whom it is shown (see_register)."""
        with looking(self.door) as db:
            see_register(db, self.visitor.person_id, self.visitor.at)
            yield db


def seen_by(request: Request, visitor: Visitor, as_of: str) -> Seen:
    """Read the day that is asked for: its last moment, or now."""
    door: Door = request.app.state.door
    day = day_asked(as_of)
    return Seen(door, visitor, day.isoformat() if day else "", last_moment(day, now=visitor.at, zone=door.book.zone))


@router.get("/people")
def people(
    request: Request, visitor: Visits, q: str = "", region: str = "", office: str = "", as_of: str = "", page: int = 1
) -> Response:  # fmt: skip
    """List the people of the register: by name, region, office; as of a day."""
    seen = seen_by(request, visitor, as_of)
    given = {"q": q, "region": region, "office": office, "as_of": seen.as_of}
    with seen.register() as db:
        found = people_wanted(db, _wanted(q, region, office), at=seen.at, language=seen.language)
        part = part_of(found, page, "/people", given)
        rows = _with_offices(db, seen, part.rows)
        choices: dict[str, Any] = {
            "regions": regions_known(db, seen.language),
            "offices": _named_offices(seen.language),
        }
    return drawn(
        request, "people.html", seen.language, visitor.at, here="/people", part=part, rows=rows, given=given, **choices,
        files=_files("/people", given),
    )  # fmt: skip


@router.get("/people.{format}")
def people_file(
    request: Request, visitor: Visits, format: str, q: str = "", region: str = "", office: str = "", as_of: str = ""
) -> Response:  # fmt: skip
    """Give the same list as a file."""
    seen = _for_file(request, visitor, format, as_of)
    t = speaker(seen.language)
    with seen.register() as db:
        found = people_wanted(db, _wanted(q, region, office), at=seen.at, language=seen.language)
        rows = _with_offices(db, seen, found)
    head = [t("people.name"), t("people.offices"), t("people.region"), t("people.id")]
    cells = ([row["name"], shown(row["offices"]), row["region"], row["person_id"]] for row in rows)
    return FORMATS[format]("people", head, cells)


@router.get("/bodies")
def bodies(
    request: Request, visitor: Visits, q: str = "", region: str = "", kind: str = "", as_of: str = ""
) -> Response:  # fmt: skip
    """List the bodies, with who holds their offices as of a day."""
    seen = seen_by(request, visitor, as_of)
    given = {"q": q, "region": region, "kind": kind, "as_of": seen.as_of}
    with seen.register() as db:
        rows = _bodies(db, seen, Wanted(text=q, region=region, kind=kind))
        regions = regions_known(db, seen.language)
    kinds = [(one, speaker(seen.language)(f"bodies.kind.{one}")) for one in KINDS]
    return drawn(
        request, "bodies.html", seen.language, visitor.at, here="/people", rows=rows, given=given, regions=regions, kinds=kinds,
        republican=[] if any((q, region, kind)) else [ASSEMBLY, COUNCIL], files=_files("/bodies", given),
    )  # fmt: skip


@router.get("/bodies.{format}")
def bodies_file(
    request: Request, visitor: Visits, format: str, q: str = "", region: str = "", kind: str = "", as_of: str = ""
) -> Response:  # fmt: skip
    """Give the same list as a file."""
    seen = _for_file(request, visitor, format, as_of)
    t = speaker(seen.language)
    with seen.register() as db:
        rows = _bodies(db, seen, Wanted(text=q, region=region, kind=kind))
    head = [t("bodies.name"), t("bodies.kind_of"), t("people.region"), t("bodies.holders")]
    cells = (
        [row["name"], row["kind"], row["region"], shown([f"{one.name} ({office})" for one, office in row["holders"]])]
        for row in rows
    )
    return FORMATS[format]("bodies", head, cells)


@router.get("/offices")
def offices(
    request: Request, visitor: Visits, q: str = "", region: str = "", office: str = "", as_of: str = "", page: int = 1
) -> Response:  # fmt: skip
    """List who holds which office as of a day, with what the Assembly came to on that day."""
    seen = seen_by(request, visitor, as_of)
    given = {"q": q, "region": region, "office": office, "as_of": seen.as_of}
    with seen.register() as db:
        found = holdings(db, _wanted(q, region, office), at=seen.at, language=seen.language)
        part = part_of(found, page, "/offices", given)
        rows = [_holding(one, body_names(db, seen.language), seen.language) for one in part.rows]
        standing = standing_as_of(db, seen.at, book=seen.door.book, language=seen.language)
        choices: dict[str, Any] = {
            "regions": regions_known(db, seen.language),
            "offices": _named_offices(seen.language),
        }
    counted = [(name_of("office", one, seen.language), standing["offices"].get(one, 0), one) for one in OFFICES]
    return drawn(
        request, "offices.html", seen.language, visitor.at, here="/people", part=part, rows=rows, given=given, **choices,
        standing=standing, counted=counted, day=shown(local_day(seen.at, seen.door.book.zone)), files=_files("/offices", given),
    )  # fmt: skip


@router.get("/offices.{format}")
def offices_file(
    request: Request, visitor: Visits, format: str, q: str = "", region: str = "", office: str = "", as_of: str = ""
) -> Response:  # fmt: skip
    """Give the same list as a file."""
    seen = _for_file(request, visitor, format, as_of)
    t = speaker(seen.language)
    with seen.register() as db:
        names = body_names(db, seen.language)
        found = holdings(db, _wanted(q, region, office), at=seen.at, language=seen.language)
    head = [
        t("offices.office"),
        t("people.name"),
        t("offices.body"),
        t("offices.since"),
        t("offices.case"),
        t("people.id"),
    ]
    cells = (
        [
            name_of("office", one.office, seen.language),
            one.name,
            names.get(one.body, one.body),
            shown(one.since),
            one.number,
            one.person_id,
        ]
        for one in found
    )
    return FORMATS[format]("offices", head, cells)


def _wanted(text: str, region: str, office: str) -> Wanted:
    if office and office not in OFFICES:
        raise WrongStatus(404)
    return Wanted(text=text, region=region, office=office)


def _for_file(request: Request, visitor: Visitor, format: str, as_of: str) -> Seen:
    if format not in FORMATS:
        raise WrongStatus(404)
    return seen_by(request, visitor, as_of)


def _files(address: str, given: dict[str, str]) -> list[tuple[str, str]]:
    return [(link(f"{address}.{one}", given), one.upper()) for one in FORMATS]


def _named_offices(language: str) -> list[tuple[str, str]]:
    return [(office, name_of("office", office, language)) for office in OFFICES]


def _with_offices(db: Db, seen: Seen, people: Iterable[Any]) -> list[dict[str, Any]]:
    """Say of each person which offices he holds."""
    people = list(people)
    names = body_names(db, seen.language)
    held: dict[str, list[str]] = {}
    among = [one.person_id for one in people] if len(people) < 500 else None  # else all are read at once
    for one in holdings(db, Wanted(), at=seen.at, language=seen.language, people=among):
        held.setdefault(one.person_id, []).append(office_of(one, names, seen.language))
    return [
        {
            "person_id": one.person_id, "name": one.name, "region": region_name(one.region, seen.language) if one.region else "",
            "offices": list(dict.fromkeys(held.get(one.person_id, []))),
        }
        for one in people
    ]  # fmt: skip


def office_of(one: Any, names: dict[str, str], language: str) -> str:
    """Say an office with the body that it is held in."""
    office = name_of("office", one.office, language)
    acting = f" ({speaker(language)('offices.acting')})" if one.acting else ""
    return f"{office}{acting}: {names.get(one.body, one.body)}" if one.body else f"{office}{acting}"


def _holding(one: Holding, names: dict[str, str], language: str) -> dict[str, Any]:
    return one._asdict() | {
        "office": name_of("office", one.office, language), "in_body": names.get(one.body, one.body), "since": f"{one.since:%d.%m.%Y}",
        "category": name_of("value.category", one.category, language) if one.category else "",
    }  # fmt: skip


def _bodies(db: Db, seen: Seen, wanted: Wanted) -> list[dict[str, Any]]:
    held: dict[str, list[tuple[Holding, str]]] = {}
    for one in holdings(db, Wanted(), at=seen.at, language=seen.language):
        if one.body:
            held.setdefault(one.body, []).append((one, name_of("office", one.office, seen.language)))
    t = speaker(seen.language)
    return [
        {
            "body_id": one.body_id, "name": one.name, "kind": t(f"bodies.kind.{one.kind}"),
            "region": region_name(one.region, seen.language) if one.region else "", "holders": held.get(one.body_id, []),
        }
        for one in bodies_wanted(db, wanted, language=seen.language)
    ]  # fmt: skip
