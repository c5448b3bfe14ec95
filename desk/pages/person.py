"""The page of one person and the page of one body: offices with their days and papers, cases, what was done last."""

from typing import Any

from fastapi import APIRouter, Request, Response

from desk.door import looking
from desk.pages.page import moment, name_of, speaker
from desk.pages.page import page as drawn
from desk.pages.register import OFFICES_OF, Seen, office_of, seen_by
from desk.pages.register_lists import Wanted, body_name, body_names, holdings, region_name
from desk.pages.register_one import (
    CaseLine,
    EntryLine,
    Mandate,
    body_known,
    cases_about,
    cases_of_body,
    entries_about,
    mandates_of,
    person_known,
)
from desk.pages.visiting import Visits
from desk.register import see_register
from machines.register import sees_addresses
from machines.wording import shown
from machines.zones import local_day

router = APIRouter(include_in_schema=False)


@router.get("/people/{id}")
def person(request: Request, visitor: Visits, id: str, as_of: str = "") -> Response:
    """Show somebody as of a day: offices, open cases, what was done; a stranger is shown himself alone."""
    seen = seen_by(request, visitor, as_of)
    with looking(seen.door) as db:
        if id != visitor.person_id:
            see_register(db, visitor.person_id, visitor.at)
        found = person_known(db, id)
        held, past = mandates_of(db, id, seen.at)
        opened, ended = cases_about(db, id, seen.at)
        names = body_names(db, seen.language)
        shows: dict[str, Any] = {
            "held": [_mandate(one, names, seen) for one in held], "past": [_mandate(one, names, seen) for one in past],
            "opened": [_case(one, seen) for one in opened], "ended": [_case(one, seen) for one in ended],
            "done": [_entry(one, seen) for one in entries_about(db, [*opened, *ended], seen.at)],
        }  # fmt: skip
        may_see_address = sees_addresses(visitor.offices, own=id == visitor.person_id)
    name = found.names[seen.language]
    return drawn(
        request, "person.html", seen.language, visitor.at, here="/people", crumbs=_crumbs(seen, name), person=found, name=name,
        as_of=seen.as_of, day=shown(local_day(seen.at, seen.door.book.zone)),
        region=region_name(found.region, seen.language) if found.region else "",
        email=found.email if may_see_address else None, **shows,
    )  # fmt: skip


@router.get("/bodies/{id}")
def body(request: Request, visitor: Visits, id: str, as_of: str = "") -> Response:
    """Show a body as of a day: what it is, who holds its offices, its open cases."""
    seen = seen_by(request, visitor, as_of)
    with seen.register() as db:
        found = (
            {"kind": "", "region": "", "level": None, "highest_body": None} if id in OFFICES_OF else body_known(db, id)
        )
        wanted = Wanted(office=OFFICES_OF[id]) if id in OFFICES_OF else Wanted(body=id)
        holders = holdings(db, wanted, at=seen.at, language=seen.language)
        opened = [_case(one, seen) for one in cases_of_body(db, id, seen.at)]
        name = body_name(db, id, seen.language)
    return drawn(
        request, "body.html", seen.language, visitor.at, here="/people", crumbs=_crumbs(seen, name, bodies=True), name=name, id=id,
        as_of=seen.as_of, day=shown(local_day(seen.at, seen.door.book.zone)), facts=_facts(found, seen), opened=opened,
        holders=[(one, name_of("office", one.office, seen.language), shown(one.since)) for one in holders],
    )  # fmt: skip


def _crumbs(seen: Seen, name: str, *, bodies: bool = False) -> list[tuple[str, str]]:
    t = speaker(seen.language)
    lists = [("/people", t("people.title"))] + ([("/bodies", t("bodies.title"))] if bodies else [])
    return [*lists, ("", name)]


def _facts(found: dict[str, Any], seen: Seen) -> list[tuple[str, str]]:
    t, language = speaker(seen.language), seen.language
    told = [
        (t("bodies.kind_of"), t(f"bodies.kind.{found['kind']}") if found["kind"] else ""),
        (t("people.region"), region_name(found["region"], language) if found["region"] else ""),
        (t("bodies.level"), name_of("value.level", found["level"], language) if found["level"] else ""),
        (t("bodies.highest"), name_of("value.highest_body", found["highest_body"], language) if found["highest_body"] else ""),
    ]  # fmt: skip
    return [(key, value) for key, value in told if value]


def _mandate(one: Mandate, names: dict[str, str], seen: Seen) -> dict[str, Any]:
    zone = seen.door.book.zone
    return {
        "office": office_of(one, names, seen.language), "since": shown(one.since), "number": one.number, "body": one.body,
        "until": shown(local_day(one.ended, zone)) if one.ended else "", "paper": _paper(one, seen.language),
        "category": name_of("value.category", one.category, seen.language) if one.category else "",
    }  # fmt: skip


def _paper(one: Mandate, language: str) -> str:
    """Say a paper as it is cited: its kind, its number, its day."""
    if not one.paper:
        return ""
    from datetime import date

    kind = one.paper.get("kind") or speaker(language)("person.order")
    number, day = one.paper.get("number"), one.paper.get("date")
    dated = shown(date.fromisoformat(day)) if isinstance(day, str) else ""
    return speaker(language)("person.paper", kind=kind, number=number or "", day=dated)


def _case(one: CaseLine, seen: Seen) -> dict[str, Any]:
    language = seen.language
    return {
        "number": one.number, "procedure": name_of("procedure", one.procedure, language), "final": one.final,
        "state": name_of("state", f"{one.procedure}.{one.state}", language), "opened": shown(local_day(one.opened, one.zone)),
    }  # fmt: skip


def _entry(one: EntryLine, seen: Seen) -> dict[str, Any]:
    language = seen.language
    moved = one.source != one.target
    return {
        "at": moment(one.at, seen.door.book.zone), "iso": one.at.isoformat(), "href": f"/cases/{one.number}", "tone": "",
        "text": name_of("act", f"{one.procedure}.{one.act}", language), "details": [],
        "about": f"{one.number} · {name_of('procedure', one.procedure, language)}"
        + (f" → {name_of('state', f'{one.procedure}.{one.target}', language)}" if moved else ""),
        "tag": "",
    }  # fmt: skip
