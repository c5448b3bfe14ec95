"""The pages of sittings and votes together: polls and ballots, meetings of the Council, sessions, requests, the hall."""

from fastapi import APIRouter

from desk import pages_ballot, pages_hall, pages_lawful, pages_meetings, pages_rolls, pages_sessions, pages_votes

router = APIRouter()
for pages in (pages_votes, pages_ballot, pages_meetings, pages_sessions, pages_hall, pages_lawful, pages_rolls):
    router.include_router(pages.router)
