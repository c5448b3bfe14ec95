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

of_sittings = APIRouter()
for page in OF_SITTINGS:
    of_sittings.routes.extend(page.router.routes)
router = (
    APIRouter()
)  # of all, each beside the others: an included router is searched twice, and whatever it includes in turn
for page in (*OF_ONE, *OF_CASES, *TO_READ):
    router.routes.extend(page.router.routes)
router.routes.extend([*of_sittings.routes, *appearance.router.routes])
