"""A short version of `make chaos`: processes that die at named points and at random, statements that fail, races."""

import pytest

from benchmarks import chaos
from benchmarks.cycles import Cycles, kill_cycles
from benchmarks.faults import Broken, Faults, kind_of, raises
from benchmarks.judge import Verdict
from benchmarks.named import end_at_every_named_point
from benchmarks.nth import fail_at_every_point
from benchmarks.races import races
from benchmarks.story import STORY
from machines.procedures import PROCEDURES

pytestmark = pytest.mark.slow

KINDS = ["sqlite", pytest.param("pg", marks=pytest.mark.postgresql)]


def test_the_story_goes_through_all_procedures():
    """What is killed and failed is every procedure of the Regulation; a standing duty comes about by itself.

    Erasures, editions and decisions on terms have their own tests.
    """
    apart = {"annual_session", "erasure", "edition", "term_decision"}
    assert {*PROCEDURES} - apart == {step.act.partition(".")[0] for step in STORY}


@pytest.mark.parametrize(("kind", "stride"), [("sqlite", 1), pytest.param("pg", 20, marks=pytest.mark.postgresql)])
def test_every_named_point(kind, stride):
    """Writer, sweep, delivery and seal end there, start again, and nothing is lost, doubled or left undelivered."""
    named = end_at_every_named_point(kind, stride=stride)
    assert [] == named.unreached
    assert named.struck
    assert [] == [verdict for verdict in named.verdicts if not verdict.well]


@pytest.mark.parametrize(("kind", "kills"), [("sqlite", 12), pytest.param("pg", 4, marks=pytest.mark.postgresql)])
def test_killed_at_random_while_all_work_at_once(kind, kills):
    """The same, while the others go on."""
    cycles = kill_cycles(kind, kills)
    assert kills <= cycles.count
    assert len(STORY) * cycles.tellings == cycles.acknowledged
    assert [] == [verdict for verdict in cycles.verdicts if not verdict.well]


@pytest.mark.parametrize(
    ("kind", "how", "stride"),
    [
        ("sqlite", "error", 11),
        ("sqlite", "end", 150),
        pytest.param("pg", "error", 41, marks=pytest.mark.postgresql),
    ],
)
def test_failing_at_the_nth_point(kind, how, stride):
    """The rows are as a commit leaves them; sent again under its key the act is done once; the end is the same."""
    points = fail_at_every_point(kind, how=how, stride=stride)
    assert [] == points.torn
    assert points.struck
    assert points.well, points.verdict


@pytest.mark.parametrize("kind", KINDS)
def test_races(kind):
    """One effect of one key; what was accepted and refused around a closing instant is what was sent."""
    assert [] == [race for race in races(kind) if not race.well]


def test_the_summary_says_what_is_wrong():
    """A line for what was lost, and one for every row that is wrong."""
    cycles = Cycles()
    cycles.verdicts = [Verdict(lost=1, doubled=0, different=("entries: missing",), faults=())]
    summary = [*chaos.of_cycles(cycles, "sqlite")]
    assert [False, True, False] == [line.well for line in summary]
    assert "1 lost, 0 doubled" in summary[0].outcome


def test_points_are_counted_by_name():
    """The third of its kind, or the second of all."""
    for crash_at, expected in (("before COMMIT#3", 5), ("#2", 2), ("", 6)):
        faults, reached = Faults(crash_at, strike=lambda: None), 0
        for point in ("before COMMIT", "before INSERT entries", "before COMMIT", "after COMMIT", "before COMMIT", "x"):
            reached += not faults.struck
            faults.reach(point)
        assert expected == reached
    with pytest.raises(Broken):
        raises()
    assert ["INSERT entries", "UPDATE cases", "SELECT deadlines", "SAVEPOINT"] == [
        kind_of(sql)
        for sql in ("INSERT INTO entries (a) VALUES (?)", "UPDATE cases SET a = 1", "SELECT 1 FROM deadlines", "SAVEPOINT inner_work")
    ]  # fmt: skip
