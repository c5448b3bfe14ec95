"""What the machine under us says: how long it runs, which process this is, how much room there is."""

import os
import subprocess
import sys
from pathlib import Path

from models import host


def test_a_machine_runs_on_whatever_its_clock_says():
    """How long it has run only grows."""
    first = host.ran_ms()
    assert first > 0
    assert first <= host.ran_ms()


def test_this_process_lives_and_one_that_has_ended_does_not():
    """A number alone would be given again: the name has the moment of the start in it."""
    mine = host.process()
    assert host.lives(mine)
    told = subprocess.run(
        [sys.executable, "-c", "from models import host; print(host.process())"], capture_output=True, text=True, check=True
    ).stdout.strip()  # fmt: skip
    assert told.startswith(f"{host.boot()}/")
    assert not host.lives(told)
    assert not host.lives(f"{host.boot()}/{os.getpid()}/1")
    assert not host.lives(f"another/{mine.partition('/')[2]}")
    assert not host.lives("nonsense")


def test_room_on_a_disk(tmp_path: Path):
    """A place that is not there has none to tell of."""
    room = host.room(tmp_path)
    assert room is not None
    assert 0 < room.free <= room.total
    assert host.room(tmp_path / "nowhere") is None
