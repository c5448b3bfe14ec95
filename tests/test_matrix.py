"""A short version of the matrix of `make chaos`: a real Prefect, something done to every flow, each fault done once."""

import json
from pathlib import Path

import pytest

from benchmarks.matrix import matrix
from benchmarks.striking import DONE, ORDER, Ordered, lives
from benchmarks.trial import deployments


@pytest.mark.prefect
@pytest.mark.slow
def test_whoever_is_killed_in_the_middle_of_a_flow():
    """Worker, server, desk and `kenes up` die, Prefect's database is deleted: nothing is lost, nothing doubled, nothing blocked."""
    done = list(matrix("sqlite", short=True))
    assert "" == "\n".join(f"{each.what}: {each.outcome}" for each in done if not each.well)
    struck = [each.what.split(" killed in ") for each in done if " killed in " in each.what]
    assert {"worker", "server", "desk", "kenes up"} == {victim for victim, _ in struck}
    assert {*deployments()} == {flow for _, flows in struck for flow in flows.split(", ")}


def test_a_strike_comes_at_the_point_that_was_ordered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Of the flow that is named, at the n-th of its points, once."""
    struck: list[int] = []
    monkeypatch.setattr("benchmarks.striking.os.kill", lambda pid, _: struck.append(pid))
    monkeypatch.setattr("prefect.runtime.flow_run.flow_name", "seal_journal", raising=False)
    monkeypatch.setattr("prefect.runtime.flow_run.id", "a run", raising=False)
    ordered = Ordered(tmp_path)
    ordered.reach("before COMMIT")
    (tmp_path / ORDER).write_text(json.dumps({"flow": "another", "nth": 1, "pid": 2**30}))
    ordered.reach("before COMMIT")
    (tmp_path / ORDER).write_text(json.dumps({"flow": "seal_journal", "nth": 2, "pid": 2**30}))
    for point in ("before INSERT seals", "before COMMIT", "after COMMIT", "before COMMIT"):
        ordered.reach(point)
    assert [2**30] == struck
    assert "before COMMIT" == json.loads((tmp_path / DONE).read_text())["point"]
    assert not lives(2**30)
