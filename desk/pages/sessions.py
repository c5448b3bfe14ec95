"""Pages of the sessions of the Assembly, of the requests for one, and of the yearly duty to hold one."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from fastapi import APIRouter, Request, Response

from desk.pages.meetings import REGISTERS, question_shown
from desk.pages.onlooker import Look, Row, look
from desk.pages.own import page_of
from desk.pages.page import name_of, page
from desk.pages.presence_shown import presence
from desk.pages.quorum import arc_of
from desk.pages.sittings_shown import days_of, paper_of, place_and_time, starts, value
from desk.pages.visiting import Visits
from desk.plans import law_of, planned_announcement
from machines.zones import local_day

router = APIRouter(include_in_schema=False)

HERE = "/sessions"
_SIGNED = """SELECT s.person_id, s.at FROM signatures s JOIN people p ON p.person_id = s.person_id WHERE s.number = ?
 ORDER BY p.sort_key, s.person_id"""
_OF_YEAR = "WHERE procedure = 'session' AND facts LIKE ? ORDER BY opened_at, number"


@router.get("/sessions")
def sessions(request: Request, visitor: Visits, after: str = "") -> Response:
    """List the sessions ahead and under way, the duty of the year, the requests, and the sessions that are over."""
    with look(request, visitor) as at:
        rows, following = at.over("session", after)
        shows: dict[str, Any] = {
            "going": [_line(at, row) for row in sorted(at.under_way("session"), key=starts)], "over": [_line(at, row) for row in rows],
            "requests": [_request_line(at, row) for row in at.under_way("session_request")],
            "years": [_year_line(at, row) for row in at.under_way("annual_session")],
            "opens": at.may("session", "convene"), "asks": at.may("session_request", "open"),
        }  # fmt: skip
    return page(
        request, "sessions.html", visitor.language, visitor.at, visitor=visitor, here=HERE, first=HERE if after else "",
        following=f"{HERE}?after={following}" if following else "", **shows,
    )  # fmt: skip


@router.get("/sessions/{number}")
def session(request: Request, visitor: Visits, number: str) -> Response:
    """Show a session: when and where, until when it is announced and why then, the agenda, who is there, the votes."""
    with look(request, visitor) as at:
        case = at.seen(number, "session")
        facts: Mapping[str, Any] = case["facts"]
        acts = at.mine(number)
        shows: dict[str, Any] = at.heading(case) | {
            "when": place_and_time(at, facts), "days": days_of(at, facts), "session_kind": value(at, "kind", facts),
            "ground": value(at, "ground", facts), "asked_by": facts.get("request"), "order": paper_of(at, "order", facts),
            "minutes": paper_of(at, "minutes", facts), "method": value(at, "method", facts), "agenda": _agenda(facts),
            "announced": _announced(at, facts), "deadlines": at.deadlines(case), "presence": presence(at, number),
            "acts": [one for one in acts if one["act"] not in REGISTERS], "registers": any(one["act"] in REGISTERS for one in acts),
            "questions": [question_shown(at, row) for row in at.belonging(number)],
            "lists": at.may("resolution", "list") and not case["final"], "reason": (facts.get("cancel") or {}).get("reason"),
        }  # fmt: skip
        crumbs = (("/sessions", at.t("sittings.sessions")), ("", number))
    return page(
        request, "session.html", visitor.language, visitor.at, visitor=visitor, here=HERE, crumbs=crumbs, **shows,
    )  # fmt: skip


@router.get("/requests/{number}")
def session_request(request: Request, visitor: Visits, number: str) -> Response:
    """Show a request for an extraordinary session: its questions, the signatures, and what follows."""
    with look(request, visitor) as at:
        case = at.seen(number, "session_request")
        facts: Mapping[str, Any] = case["facts"]
        signed = at.db.all(_SIGNED, number)
        names = at.names([*(person for person, _ in signed), facts.get("opened_by", "")])
        shows: dict[str, Any] = at.heading(case) | {
            "questions": facts["questions"], "opened_by": names.get(facts.get("opened_by", ""), ""),
            "arc": arc_of(case["counts"], "signatures"),
            "counts": case["counts"], "acts": at.mine(number), "deadlines": at.deadlines(case),
            "signers": [{"name": names[person], "at": at.moment(when)} for person, when in signed],
            "mine": next((at.moment(when) for person, when in signed if person == visitor.person_id), ""),
            "opens": at.may("session", "convene"),
            "sessions": [_line(at, row) for row in at.rows("WHERE about = ? ORDER BY number", number)],
        }  # fmt: skip
        crumbs = (("/sessions", at.t("sittings.sessions")), ("", number))
    return page(
        request, "request.html", visitor.language, visitor.at, visitor=visitor, here=HERE, crumbs=crumbs, **shows,
    )  # fmt: skip


@router.get("/years/{number}")
def year(request: Request, visitor: Visits, number: str) -> Response:
    """Show the duty to hold a session in a year: until when, until when such a session is announced, which were convened."""
    with look(request, visitor) as at:
        case = at.seen(number, "annual_session")
        told = int(case["facts"]["year"])
        plan = planned_announcement(law_of(at.db, at.door.book), date(told, 12, 31), visitor.language)
        held = [row for row in at.rows(_OF_YEAR, f'%"starts_at"%{told}-%') if _year_of(row) == told]
        shows: dict[str, Any] = at.heading(case) | {
            "year": told, "deadlines": at.deadlines(case), "sessions": [_line(at, row) for row in held], "acts": at.mine(number),
            "by": date.fromisoformat(plan["announce_by"]), "derivation": plan["derivation"], "ahead": not case["final"],
            "opens": at.may("session", "convene"),
        }  # fmt: skip
        crumbs = (("/sessions", at.t("sittings.sessions")), ("", number))
    return page(
        request, "year.html", visitor.language, visitor.at, visitor=visitor, here=HERE, crumbs=crumbs, **shows,
    )  # fmt: skip


def _agenda(facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the points of the agenda; those that the announced one did not have are marked (A14)."""
    added = facts.get("added", ())
    return [{"text": point, "added": point in added} for point in facts["agenda"]]


def _announced(at: Look, facts: Mapping[str, Any]) -> dict[str, Any] | None:
    """Say when and where the session was announced, and with which agenda if it is another now."""
    told = facts.get("announced")
    if not told:
        return None
    return {
        "at": at.moment(told["at"]), "channel": name_of("value", f"channel.{told['channel']}", at.language),
        "agenda": told["agenda"] if told["agenda"] != facts["agenda"] else [],
    }  # fmt: skip


def _line(at: Look, row: Row) -> dict[str, Any]:
    deadlines = [] if row.final else at.deadlines(at.case(row.number))
    return {
        "href": page_of(row.number), "number": row.number, "what": place_and_time(at, row.facts), "state": at.state(row),
        "kind": value(at, "kind", row.facts), "until": deadlines[0] if deadlines else None,
    }  # fmt: skip


def _request_line(at: Look, row: Row) -> dict[str, Any]:
    case = at.case(row.number)
    deadlines = at.deadlines(case)
    return {
        "href": page_of(row.number), "number": row.number, "what": "; ".join(row.facts["questions"]), "state": at.state(row),
        "counts": case["counts"], "until": deadlines[0] if deadlines else None,
    }  # fmt: skip


def _year_line(at: Look, row: Row) -> dict[str, Any]:
    deadlines = at.deadlines(at.case(row.number))
    told = int(row.facts["year"])
    plan = planned_announcement(law_of(at.db, at.door.book), date(told, 12, 31), at.language)
    by = date.fromisoformat(plan["announce_by"])
    return {
        "href": page_of(row.number), "number": row.number, "year": told, "state": at.state(row), "by": by,
        "past": by < local_day(at.visitor.at, at.zone), "until": deadlines[0] if deadlines else None,
    }  # fmt: skip


def _year_of(row: Row) -> int:
    return datetime.fromisoformat(row.facts["starts_at"]).year
