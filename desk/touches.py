"""Which runs of the flows have touched a case, and where Prefect shows each: the way back from a case to what ran."""

import json
from typing import TYPE_CHECKING, Any

from desk.shapes import moment
from models.database import Db

if TYPE_CHECKING:
    from models.settings import Settings

PREFECT = "/prefect"  # where its pages are, at the desk and at its own server
MOST = 50  # the latest; Prefect's page finds all of a case by its tag

_RUNS = "SELECT run_id, flow, at, did FROM touches WHERE number = ? ORDER BY at DESC, run_id LIMIT ?"


def runs_of(db: Db, number: str, *, zone: str, page: str | None) -> list[dict[str, Any]]:
    """Answer the runs that touched a case, the latest first, each with a link where Prefect's page is known."""
    return [
        {"run": run, "flow": flow, "at": moment(at, zone), "did": did} | _link(page, run)
        for run, flow, at, did in db.all(_RUNS, number, MOST)
    ]


def prefect_page(settings: "Settings") -> str | None:
    """Return where operators find Prefect's page: at the desk, which looks who asks; None if nothing runs."""
    return f"{settings.url.rstrip('/')}{PREFECT}" if prefect_server(settings) else None


def prefect_server(settings: "Settings") -> str | None:
    """Return where Prefect's server is: as set, or as `kenes up` has written down; None if nothing runs."""
    if settings.prefect_api_url:
        return settings.prefect_api_url.rstrip("/").removesuffix("/api")
    try:
        place = str(json.loads((settings.home / "up.json").read_text(encoding="utf-8"))["prefect"])
        return place if place.startswith(("http://", "https://")) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _link(page: str | None, run: str) -> dict[str, str]:
    return {"link": f"{page}/runs/flow-run/{run}"} if page else {}
