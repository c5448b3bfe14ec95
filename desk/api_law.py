"""The calls about the law: procedures, norms, rulings. Nothing here is about persons."""

from collections.abc import Iterator
from functools import cache
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from fastapi.responses import PlainTextResponse

from desk.answering import answer, items
from desk.api_bodies import PROBLEMS, listed, object_of
from desk.api_query import Day, one_of
from desk.asking import Asking, Reads, only_known
from desk.problems import choice
from machines.norms import NORMS, Norm
from machines.procedure import Branch
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
    """List the norms of the Decree in our own words, and where each is used."""
    return items([_norm(norm, asking.language) for norm in NORMS.values()])


@router.get("/norms/{id}", response_class=Response, responses={200: object_of("id", "title", "wording", "url")})
def get_norm(asking: Reads, id: str) -> Response:
    """Show one norm."""
    if id not in NORMS:
        raise Unknown("norm", id)
    return answer(_norm(NORMS[id], asking.language))


@router.get("/rulings", response_class=Response, responses={200: listed("rulings")})
def list_rulings(asking: Reads, at: Day = None) -> Response:
    """List the rulings in force as of a day: what the Decree leaves open, the value, its norms and the reason."""
    day = at or local_day(asking.at, asking.door.book.zone)
    values = asking.door.book.rulings_on(day)
    return items([_ruling(ruling, values[ruling.key], asking) for ruling in RULINGS.values()])


def _norm(norm: Norm, language: str) -> dict[str, Any]:
    return {
        "id": norm.id, "item": norm.item, "place": dict(norm.place), "title": dict(norm.title), "wording": dict(norm.wording),
        "url": norm.url[language], "since": norm.since.isoformat(), "used_in": uses().get(norm.id, []),
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


@cache
def uses() -> dict[str, list[dict[str, str]]]:
    """Return, for each norm, the acts, deadlines and rulings that carry it out."""
    found: dict[str, list[dict[str, str]]] = {}
    for norm, kind, name in _uses():
        use = {"kind": kind, "name": name}
        if use not in found.setdefault(norm, []):
            found[norm].append(use)
    return found


def _uses() -> Iterator[tuple[str, str, str]]:
    for procedure in PROCEDURES.values():
        for row in procedure.acts:
            yield from ((norm, "act", f"{procedure.name}.{row.name}") for norm in row.norms)
            branches: tuple[Branch[Any], ...] = row.to
            for branch in branches:
                yield from ((term.norm, "deadline", f"{procedure.name}.{term.name}") for term in branch.opens)
    for ruling in RULINGS.values():
        yield from ((norm, "ruling", ruling.key) for norm in ruling.norms)
