"""The pages of the law: norms with where they are used, rulings as of a day, procedures as tables and diagrams. About nobody."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from fastapi import APIRouter, Request, Response

from desk.accounted import account_in_full, rulings_about
from desk.door import Door, let_see, looking, reading
from desk.editions import rules_answer, value_name
from desk.pages.diagram import diagram
from desk.pages.law_told import KINDS_OF_USE, acts_told, excluded_told, states_told, uses_of
from desk.pages.page import name_of, speaker
from desk.pages.page import page as drawn
from desk.pages.query import day_asked
from desk.pages.visiting import Visitor, Visits
from desk.running.health import open_cases
from desk.search import norms_found
from machines.accounts import accounts
from machines.carried_out import Place
from machines.dated_rules import LIMITS, written
from machines.editions import EDITIONS, edition_on
from machines.norms import NORMS, Norm
from machines.procedure import Procedure
from machines.procedures import PROCEDURES, procedure_of_number
from machines.refusal import Unknown
from machines.rulings import RULINGS, Ruling
from machines.wording import LANGUAGES, say, shown
from machines.zones import local_day

router = APIRouter(include_in_schema=False)

YES, NO = "yes", "no"
NORMS_PAGE = "/norms"


@router.get("/norms")
def norms(request: Request, visitor: Visits, q: str = "", chapter: str = "", done: str = "") -> Response:
    """List the norms of the Decree: all, those of a chapter, those carried out or not, those with some words in them."""
    language = visitor.language
    found = [norm for norm in NORMS.values() if _is_wanted(norm, chapter, done)]
    if q.strip():
        named = norms_found(q, language, most=len(NORMS))
        found = [norm for norm in found if norm.id in named]
    chapters: dict[str, list[dict[str, Any]]] = {}
    for norm in found:
        chapters.setdefault(chapter_of(norm), []).append(_line(norm, language))
    carried = sum(1 for account in accounts().values() if account.places)
    return drawn(
        request, "norms.html", language, visitor.at, here=NORMS_PAGE, total=len(found), given={"q": q, "chapter": chapter, "done": done},
        chapters=[(chapter_name(one, language), lines) for one, lines in chapters.items()],
        choices=[(one, chapter_name(one, language)) for one in dict.fromkeys(map(chapter_of, NORMS.values()))],
        all=len(NORMS), carried=carried,
    )  # fmt: skip


@router.get("/norms/{id}")
def norm(request: Request, visitor: Visits, id: str) -> Response:
    """Show a norm in three languages, where the official text stands, and where it is used."""
    if id not in NORMS:
        raise Unknown("norm", id)
    found, language = NORMS[id], visitor.language
    account = account_in_full(id, language)
    places = [*accounts()[id].places, *(Place("ruling", key) for key in rulings_about(id))]
    uses = uses_of(places, language)
    return drawn(
        request, "norm.html", language, visitor.at, here=NORMS_PAGE, norm=found, account=account,
        crumbs=[(NORMS_PAGE, speaker(language)("norms.title")), ("", id)], since=shown(found.since),
        others=[one for one in LANGUAGES if one != language], neighbours=_neighbours(id),
        uses=[(kind, [use for use in uses if use.kind == kind]) for kind in KINDS_OF_USE if any(use.kind == kind for use in uses)],
    )  # fmt: skip


@router.get("/rulings")
def rulings(request: Request, visitor: Visits, as_of: str = "") -> Response:
    """Show how what the Decree leaves open is understood as of a day: the value, what else there is, and why."""
    door: Door = request.app.state.door
    day = day_asked(as_of) or local_day(visitor.at, door.book.zone)
    with looking(door) as db:
        book = door.book.in_force(db)
        numbers = [_number(one) for one in rules_answer(db, door.book, day, visitor.language) if one["rule"] in LIMITS]
    values, edition = book.rulings_on(day), edition_on(day)
    by_edition = {(one.since, one.rule): one.case for one in book.editions}
    return drawn(
        request, "rulings.html", visitor.language, visitor.at, here=NORMS_PAGE, as_of=day.isoformat() if as_of else "", day=shown(day),
        crumbs=[(NORMS_PAGE, speaker(visitor.language)("norms.title")), ("", speaker(visitor.language)("rulings.title"))],
        rulings=[_ruling(one, values[one.key], book.switched, by_edition, visitor.language) for one in RULINGS.values()],
        numbers=numbers,
        edition=EDITIONS[edition].source(visitor.language), differs=EDITIONS[edition].differs(visitor.language),
    )  # fmt: skip


@router.get("/procedures")
def procedures(request: Request, visitor: Visits) -> Response:
    """List the procedures, with how many cases of each stand open."""
    with looking(request.app.state.door) as db:
        counted: dict[str, int] = {}
        for procedure, _, count in open_cases(db):
            counted[procedure] = counted.get(procedure, 0) + count
    rows = [
        {
            "name": one.name, "text": name_of("procedure", one.name, visitor.language), "letter": one.letter, "chapter": one.chapter,
            "states": len(list(one.states)), "acts": len(one.acts), "open": counted.get(one.name, 0),
        }
        for one in PROCEDURES.values()
    ]  # fmt: skip
    return drawn(request, "procedures.html", visitor.language, visitor.at, here=NORMS_PAGE, rows=rows)


@router.get("/procedures/{name}")
def procedure(request: Request, visitor: Visits, name: str, case: str = "") -> Response:
    """Show a procedure: its diagram, and its table in people's words; with a case also where that stands."""
    if name not in PROCEDURES:
        raise Unknown("address", request.url.path)
    found, language = PROCEDURES[name], visitor.language
    passed, current = _way_of(request, visitor, found, case) if case else ((), None)
    text = name_of("procedure", name, language)
    return drawn(
        request, "procedure.html", language, visitor.at, here=NORMS_PAGE, procedure=found, text=text, case=case,
        crumbs=[("/procedures", speaker(language)("procedures.title")), ("", text)],
        diagram=diagram(found, language, passed=passed, current=current),
        state=name_of("state", f"{name}.{current}", language) if current else "",
        acts=acts_told(found, language), states=states_told(found, language), excluded=excluded_told(found, language),
    )  # fmt: skip


def _way_of(
    request: Request, visitor: Visitor, procedure: Procedure[Any], number: str
) -> tuple[tuple[str, ...], str]:  # fmt: skip
    """Return the states that a case has passed, and the one in which the next act will find it."""
    door: Door = request.app.state.door
    if procedure_of_number(number) is not procedure:
        raise Unknown("case", number)
    with reading(door, visitor.at) as db:
        let_see(db, number, visitor.person_id, visitor.at)
        states = [state for (state,) in db.all("SELECT target FROM entries WHERE number = ? ORDER BY seq", number)]
    return tuple(dict.fromkeys(states[:-1])), states[-1]


def chapter_of(norm: Norm) -> str:
    """Return the item of the Regulation, the section of the Strategy, or the Decree itself."""
    first, _, rest = norm.item.partition(".")
    return f"S.{rest.partition('.')[0]}" if first == "S" else first


def chapter_name(chapter: str, language: str) -> str:
    """Say a chapter: `Regulation, item 8`."""
    if chapter == "D":
        return say("places.decree", language)
    source, number = ("strategy", chapter[2:]) if chapter.startswith("S.") else ("regulation", chapter)
    return f"{say(f'places.{source}', language)}, {say(f'places.{source}_item', language, n=number)}"


def _is_wanted(norm: Norm, chapter: str, done: str) -> bool:
    if chapter and chapter_of(norm) != chapter:
        return False
    return not done or bool(accounts()[norm.id].places) == (done == YES)


def _line(norm: Norm, language: str) -> dict[str, Any]:
    account = accounts()[norm.id]
    return {
        "id": norm.id, "title": norm.title[language], "wording": norm.wording[language], "carried": bool(account.places),
        "why_not": account.why_not(language) or "",
    }  # fmt: skip


def _neighbours(id: str) -> tuple[str, str]:
    """Return the norms before and after."""
    known = list(NORMS)
    at = known.index(id)
    return known[at - 1] if at else "", known[at + 1] if at + 1 < len(known) else ""


def _number(rule: Mapping[str, Any]) -> dict[str, Any]:
    """Return a number of the law as the page shows it; one that was entered leads to its edition."""
    return {**rule, "since": shown(date.fromisoformat(rule["since"])) if rule["since"] else ""}


def _ruling(
    ruling: Ruling, value: Any, switched: Sequence[tuple[date, str, Any]], by_edition: Mapping[tuple[date, str], str], language: str
) -> dict[str, Any]:  # fmt: skip
    return {
        "key": ruling.key, "id": ruling.ruling, "question": ruling.question(language), "meaning": ruling.meaning(language),
        "reason": ruling.reason(language), "alternatives": ruling.alternatives(language), "norms": ruling.norms,
        "value": value_name(ruling.key, written(value), language), "is_default": value == ruling.default,
        "switched": [
            (shown(day), value_name(key, written(other), language), by_edition.get((day, key), ""))
            for day, key, other in sorted(switched, key=lambda one: one[0]) if key == ruling.key
        ],
    }  # fmt: skip
