"""The calls about the law: procedures, norms, rulings. Nothing here is about persons."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from fastapi.responses import PlainTextResponse

from desk.accounted import account_answer, account_in_full, rulings_about
from desk.answering import answer, items
from desk.api.bodies import PROBLEMS, listed, object_of
from desk.api.query import Day, one_of
from desk.asking import Asking, Reads, only_known
from desk.door import looking
from desk.problems import choice
from machines.norms import NORMS, Norm
from machines.procedures import PROCEDURES
from machines.refusal import Unknown
from machines.rulings import RULINGS, Ruling
from machines.zones import local_day

FORMATS = ("json", "mermaid")
_PROCEDURE = object_of("name", "states", "acts", "digest")
_PROCEDURE["content"]["text/plain"] = {"schema": {"type": "string"}}

router = APIRouter(tags=["law"], responses=PROBLEMS, dependencies=[Depends(only_known)])


@router.get("/procedures", response_class=Response, responses={200: listed("procedures")})
def list_procedures(asking: Reads) -> Response:
    """List the procedures: states, acts, branches, offices, norms, deadlines, digest."""
    from machines.tables import procedures_as_data

    del asking
    return items(procedures_as_data()["procedures"])


@router.get("/procedures/{name}", response_class=Response, responses={200: _PROCEDURE})
def get_procedure(asking: Reads, name: str, format: Annotated[str | None, one_of(FORMATS)] = None) -> Response:
    """Show one procedure, or (`format=mermaid`) its diagram."""
    from machines.tables import mermaid, procedure_as_data

    del asking
    choice("format", format, FORMATS)
    if name not in PROCEDURES:
        raise Unknown("address", f"/api/v1/procedures/{name}")
    if format == "mermaid":
        return PlainTextResponse(mermaid(name))
    return answer(procedure_as_data(name))


@router.get("/norms", response_class=Response, responses={200: listed("norms")})
def list_norms(asking: Reads) -> Response:
    """List the norms of the Decree in our own words, where each is carried out, or why it is not."""
    return items([_norm(norm, asking.language) for norm in NORMS.values()])


@router.get("/norms/{id}", response_class=Response, responses={200: object_of("id", "title", "wording", "url")})
def get_norm(asking: Reads, id: str) -> Response:
    """Show one norm: also the code and the scenarios, and the part of the product that is to carry it out."""
    if id not in NORMS:
        raise Unknown("norm", id)
    return answer(_norm(NORMS[id], asking.language) | account_in_full(id, asking.language))


@router.get("/rulings", response_class=Response, responses={200: listed("rulings")})
def list_rulings(asking: Reads, at: Day = None) -> Response:
    """List the rulings in force as of a day: what the Decree leaves open, the value, its norms and the reason."""
    day = at or local_day(asking.at, asking.door.book.zone)
    with looking(asking.door) as db:
        values = asking.door.book.in_force(db).rulings_on(day)
    return items([_ruling(ruling, values[ruling.key], asking) for ruling in RULINGS.values()])


def _norm(norm: Norm, language: str) -> dict[str, Any]:
    account = account_answer(norm.id, language)
    used = [*account["carried_out_by"], *({"kind": "ruling", "name": key} for key in rulings_about(norm.id))]
    return {
        "id": norm.id, "item": norm.item, "place": dict(norm.place), "title": dict(norm.title), "wording": dict(norm.wording),
        "url": norm.url[language], "since": norm.since.isoformat(), "used_in": used, **account,
    }  # fmt: skip


def _ruling(ruling: Ruling, value: Any, asking: Asking) -> dict[str, Any]:
    language = asking.language
    return {
        "key": ruling.key, "value": _plain(value), "default": _plain(ruling.default), "values": [_plain(one) for one in ruling.values],
        "ruling": ruling.ruling, "norm": ruling.norms[0], "norms": list(ruling.norms), "question": ruling.question(language),
        "meaning": ruling.meaning(language), "reason": ruling.reason(language), "alternatives": ruling.alternatives(language),
    }  # fmt: skip


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
