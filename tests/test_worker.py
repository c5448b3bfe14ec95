"""Our worker, as far as it needs no server of Prefect's."""

from uuid import UUID

from prefect.client.schemas.objects import FlowRun

from flows.worker import doubled

SWEEP, REMINDERS = UUID(int=1), UUID(int=2)


def run(number: int, deployment: UUID) -> FlowRun:
    return FlowRun(id=UUID(int=number), flow_id=UUID(int=9), deployment_id=deployment)


def test_of_a_pile_the_newest_run_of_each_deployment_stays():
    """One sweep does what all of them would have done; the nightly one that was missed is still made up for."""
    newest_first = [run(15, SWEEP), run(14, REMINDERS), run(13, SWEEP), run(12, SWEEP), run(11, REMINDERS)]
    assert [13, 12, 11] == [each.id.int for each in doubled(newest_first)]
    assert [] == doubled(newest_first[:2])
