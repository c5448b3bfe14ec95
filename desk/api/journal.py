"""The calls for followers and operators: the journal as it was recorded, health, metrics."""

import json
from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse

from desk.answering import answer
from desk.api.bodies import PROBLEMS, object_of
from desk.asking import Reads, only_known
from desk.door import Door, looking
from desk.register import see_register
from desk.running.health import health
from desk.shapes import entry_answer

router = APIRouter(tags=["operators"], responses=PROBLEMS, dependencies=[Depends(only_known)])

AT_ONCE = 500  # entries read in one transaction
LINES = "application/x-ndjson"

_JSON_LINES = {"description": "An entry a line", "content": {LINES: {"schema": {"type": "string"}}}}
_TEXT = {"description": "Prometheus text", "content": {"text/plain": {"schema": {"type": "string"}}}}


@router.get("/journal", response_class=Response, responses={200: _JSON_LINES})
def get_journal(
    asking: Reads,
    after: Annotated[int, Query(ge=0, lt=2**63)] = 0,
    limit: Annotated[int | None, Query(ge=1, lt=2**31)] = None,
) -> Response:
    """Give every entry in order of recording, one a line, after the `position` named."""
    with looking(asking.door) as db:
        see_register(db, asking.person, asking.at)
    return StreamingResponse(lines(asking.door, after, limit, asking.language), media_type=LINES)


@router.get("/health", response_class=Response, responses={200: object_of("live", "ready", "time", "version")})
def get_health(request: Request) -> Response:
    """Say whether the service lives, is ready, and when time was last brought to the cases."""
    door: Door = request.app.state.door
    told = health(door)
    return answer(told, 200 if told["database"] else 503)


@router.get("/metrics", response_class=Response, responses={200: _TEXT})
def get_metrics(request: Request) -> Response:
    """Give figures for Prometheus: acts, refusals, cases, deadlines, messages, heartbeats, room. No names, no facts."""
    from desk.running.metrics import metrics

    body, media_type = metrics(request.app.state.door, home=request.app.state.settings.home)
    return Response(body, media_type=media_type)


def lines(door: Door, after: int, limit: int | None, language: str) -> Iterator[bytes]:
    """Write the entries after a position, a page in a transaction of its own."""
    from machines.journal import entries_after

    left = limit
    while left is None or left > 0:
        with looking(door) as db:
            page = entries_after(db, after, AT_ONCE if left is None else min(AT_ONCE, left))
        for recorded in page:
            entry = {"position": recorded.position, "procedure": recorded.record.procedure}
            told = entry | entry_answer(recorded.record, recorded.zone, language)
            yield json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        if not page:
            return
        after = page[-1].position
        left = None if left is None else left - len(page)
