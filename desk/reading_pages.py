"""The pages that one reads: register, search, calendar, norms and procedures, plans. Nothing here changes a row."""

from fastapi import APIRouter

from desk import pages_calendar, pages_law, pages_person, pages_plan, pages_register, pages_search

router = APIRouter(include_in_schema=False)
for group in (pages_register, pages_person, pages_search, pages_calendar, pages_law, pages_plan):
    router.include_router(group.router)
