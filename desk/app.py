"""The desk as an application: the API, its documentation, and the pages."""

import os
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.staticfiles import StaticFiles
from starlette.routing import Match
from starlette.types import Scope

from desk.access.origins import OwnPagesOnly
from desk.answering import answer_exceptions
from desk.api import cases, deadlines, editions, journal, law, plan, register
from desk.api.bodies import PROBLEM_SHAPE
from desk.asking import Failures
from desk.door import Door, clock, open_door
from desk.intake import Intake
from desk.pages.routes import router as pages
from desk.pages.sign_in import ask_who_types
from desk.pages.visiting import SignInFirst
from desk.running.health import our_version

if TYPE_CHECKING:
    from models.settings import Settings

STATIC = Path(__file__).with_name("static")
ABOUT = """Every act of every procedure, each with what stands in its way and why. Begin with `GET /api/v1/inbox`.

An act is sent with `If-Match` (the entry that you have seen) and an `Idempotency-Key` (any word of yours): then it may be sent
again until an answer comes, and is done once."""


def make_app(
    settings: "Settings | None" = None, *, clock: Callable[[], datetime] = clock, door: Door | None = None
) -> FastAPI:
    """Make the application; without *settings* those of the environment and the current folder, without *door* their database."""
    if settings is None:
        from models.settings import read_settings

        settings = read_settings(os.environ, Path.cwd())
    app = FastAPI(
        title="kenes", version=our_version(), summary="The procedures of the Assembly of People of Kazakhstan", description=ABOUT,
        docs_url=None, redoc_url=None, redirect_slashes=False,
    )  # fmt: skip
    app.state.settings = settings
    app.state.languages = settings.languages
    app.state.failures = Failures()
    app.state.door = door or open_door(settings, clock=clock)
    app.state.began = app.state.door.clock()
    app.add_middleware(OwnPagesOnly)
    app.add_middleware(Intake)
    answer_exceptions(app)
    app.add_exception_handler(SignInFirst, ask_who_types)
    app.include_router(_api())
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.mount("/swagger", StaticFiles(packages=[("fastapi_offline", "static")]), name="swagger")
    app.router.routes.extend(pages.routes)
    app.openapi = lambda: _documented(app)  # type: ignore[method-assign]
    return app


class _Api(APIRouter):
    """Calls that are looked for only where the address is one of the API."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Say whether one of them is meant."""
        return super().matches(scope) if scope["path"].startswith(self.prefix) else (Match.NONE, {})


def _api() -> APIRouter:
    api = _Api(prefix="/api/v1")
    for group in (cases, deadlines, register, law, editions, plan, journal):
        api.include_router(group.router)
    return api


def _documented(app: FastAPI) -> dict[str, Any]:
    """Document the API once, with the shape of its problems; each call is called by what it does."""
    if not app.openapi_schema:
        schema = get_openapi(
            title=app.title, version=app.version, summary=app.summary, description=app.description, routes=app.routes
        )
        schema.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM_SHAPE
        for call in (call for address in schema["paths"].values() for call in address.values()):
            call["summary"] = re.split(r"[.:;](?:\s|$)", call["description"], maxsplit=1)[0]
        app.openapi_schema = schema
    return app.openapi_schema
