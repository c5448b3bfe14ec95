"""Pages of votes: the polls of the Council, the questions of its meetings, the resolutions of sessions."""

from typing import Any

from fastapi import APIRouter, Request, Response

from desk.pages.onlooker import Look, look
from desk.pages.own import page_of
from desk.pages.page import page
from desk.pages.visiting import Visits
from desk.pages.votes_shown import (
    ballot_of,
    by_name,
    electorate_of,
    listed,
    my_vote,
    silent,
    takes_sheets,
    vote_shown,
)

router = APIRouter(include_in_schema=False)

HERE = "/sessions"


@router.get("/polls")
def polls(request: Request, visitor: Visits, after: str = "") -> Response:
    """List the polls: those under way with what is left to do, those that are over with their outcome."""
    with look(request, visitor) as at:
        going = [listed(at, row) | _mine(at, row.number) for row in at.under_way("poll")]
        rows, following = at.over("poll", after)
        over = [listed(at, row) for row in rows]
        drafts = at.may("poll", "draft")
    return page(
        request, "polls.html", visitor.language, visitor.at, visitor=visitor, here=HERE, going=going, over=over, drafts=drafts,
        first="/polls" if after else "", following=f"/polls?after={following}" if following else "",
    )  # fmt: skip


@router.get("/polls/{number}")
def poll(request: Request, visitor: Visits, number: str) -> Response:
    """Show a poll: the question, how far it is, my answer, who has not answered yet, until when and why, the outcome."""
    return _vote(request, visitor, number, "poll")


@router.get("/questions/{number}")
def question(request: Request, visitor: Visits, number: str) -> Response:
    """Show a question of a meeting of the Council."""
    return _vote(request, visitor, number, "council_question")


@router.get("/resolutions/{number}")
def resolution(request: Request, visitor: Visits, number: str) -> Response:
    """Show a resolution of a session, with the dissenting opinions."""
    return _vote(request, visitor, number, "resolution")


def _vote(request: Request, visitor: Visits, number: str, procedure: str) -> Response:
    with look(request, visitor) as at:
        case = at.seen(number, procedure)
        shown = vote_shown(at, number)
        ballot = ballot_of(at, number)
        mine = [one for one in at.mine(number) if ballot is None or one["act"] != ballot["act"]]
        sheets = shown["going_on"] and takes_sheets(at, number)
        shows: dict[str, Any] = at.heading(case) | {
            "vote": shown, "mine": my_vote(at, number), "ballot": ballot, "acts": mine, "deadlines": at.deadlines(case),
            "silent": silent(at, number) if sheets else [], "sheets": sheets,
            "by_name": by_name(at, number) if case["final"] else [], "lists": electorate_of(at, number),
            "parent": _parent(at, case), "dissents": _dissents(at, case), "annulled": case["facts"].get("annulled"),
        }  # fmt: skip
    crumbs = (
        (shows["parent"]["href"], shows["parent"]["number"]) if shows["parent"] else ("/polls", at.t("sittings.polls")),
        ("", number),
    )
    return page(
        request, "vote.html", visitor.language, visitor.at, visitor=visitor, here=HERE, crumbs=crumbs, **shows,
    )  # fmt: skip


def _mine(at: Look, number: str) -> dict[str, Any]:
    """Say of a poll whether the visitor has answered, or is to, and until when."""
    deadlines = at.deadlines(at.case(number))
    return {"mine": my_vote(at, number), "ballot": ballot_of(at, number), "until": deadlines[0] if deadlines else None}


def _parent(at: Look, case: dict[str, Any]) -> dict[str, str] | None:
    number = case.get("parent")
    return {"href": page_of(number), "number": number, "title": at.title(number)} if number else None


def _dissents(at: Look, case: dict[str, Any]) -> list[dict[str, str]]:
    told = case["facts"].get("dissents", ())
    names = at.names(one["by"] for one in told)
    return [{"by": names.get(one["by"], one["by"]), "opinion": one["opinion"]} for one in told]
