"""All pages together, in the order in which their addresses are tried. None is part of the documented API."""

from fastapi import APIRouter

from desk.pages import (
    account,
    act,
    appearance,
    ballot,
    calendar,
    case,
    first,
    hall,
    law,
    lawful,
    lists,
    meetings,
    operations,
    person,
    plan,
    prefect,
    receipt,
    register,
    rolls,
    search,
    sessions,
    sign_in,
    together,
    votes,
)

OF_ONE = (first, operations, sign_in, account, prefect)
OF_CASES = (lists, together, case, act, receipt)
TO_READ = (register, person, search, calendar, law, plan)
OF_SITTINGS = (votes, ballot, meetings, sessions, hall, lawful, rolls)

router, of_sittings = APIRouter(include_in_schema=False), APIRouter()
for page in OF_SITTINGS:
    of_sittings.include_router(page.router)
for page in (*OF_ONE, *OF_CASES, *TO_READ):
    router.include_router(page.router)
router.include_router(of_sittings)
router.include_router(appearance.router)
