"""Schemathesis reads the API's own description and sends what it allows and what it forbids."""

from collections.abc import Iterator

import pytest
import schemathesis
from schemathesis.engine import from_schema
from schemathesis.engine.events import EngineEvent, ScenarioFinished

from models import Database
from tests.api_client import Desk
from tests.assembly import Assembly

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("default")]

REQUESTS_OF_EACH_CALL = 40
# What has the right shape may still name an act that nobody knows: that is 422 and is said with what is known.
LEFT_OUT = ("positive_data_acceptance",)


def test_no_request_brings_the_api_down(sqlite_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """No server error; every status, header and body is one that the description names; what it forbids is refused."""
    monkeypatch.setattr("desk.asking.FAILURES_A_MINUTE", 100_000)  # the clock stands still: all of it is one minute
    desk = Desk(Assembly(sqlite_database))
    desk.nominate()
    schema = schemathesis.openapi.from_asgi("/openapi.json", desk.app)
    schema.config.headers = desk.headers("wb")
    schema.config.seed = 856
    schema.config.generation.update(max_examples=REQUESTS_OF_EACH_CALL)
    events = list(from_schema(schema).execute())
    assert [] == [failure for event in events for failure in failures(event)]
    assert len([event for event in events if isinstance(event, ScenarioFinished)]) > len(desk.app.openapi()["paths"])
    desk.assembly.assert_replayable()


def failures(event: EngineEvent) -> Iterator[str]:
    """Name what was wrong, and how to ask for it again."""
    assert "Error" not in type(event).__name__, event
    if isinstance(event, ScenarioFinished):
        for checks in event.recorder.checks.values():
            for check in checks:
                if check.failure_info and check.name not in LEFT_OUT:
                    yield f"{event.label} {check.name}: {check.failure_info.failure.message}\n{check.failure_info.code_sample}"
