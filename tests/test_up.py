"""What `kenes up` looks after, without Prefect: processes that fall, homes and ports that are taken, runs that are late."""

import contextlib
import fcntl
import http.server
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from desk.running.children import Child
from desk.running.clockwork import (
    DEPLOYMENTS,
    SETTINGS,
    Clockwork,
    Deployed,
    NoAnswer,
    environment_of,
    has_its_database,
    set_aside_if_unreadable,
)
from desk.running.supervisor import Supervisor
from desk.running.up import up, worker
from desk.serve import serve
from flows.run import late_by, listed
from models.settings import Settings, WrongSettingError, read_settings
from tests.assembly import utc
from tests.receivers import free_port
from tests.service import KENES, PATIENCE_S, until
from tests.service import environment_of as environment_of_test

pytestmark = pytest.mark.slow  # each of them takes long; `make test` runs them


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return read_settings({"KENES_HOME": str(tmp_path), "KENES_URL": f"http://127.0.0.1:{free_port()}"}, tmp_path)


def child(tmp_path: Path, code: str, said: list[str]) -> Child:
    log = tmp_path / "logs" / "child.log"
    return Child("child", [sys.executable, "-c", code], environment=os.environ, log=log, say=said.append)


def test_a_used_port_is_said_in_one_line(settings: Settings, capsys: pytest.CaptureFixture[str]):
    """Which port, and what to do about it."""
    port = int(settings.url.rpartition(":")[2])
    with socket.create_server(("127.0.0.1", port)):
        assert 2 == up(settings)
    assert f"Port {port} of 127.0.0.1 is in use by another program" in capsys.readouterr().out


@pytest.mark.parametrize("url", ["http://192.0.2.1:8420", "http://kenes.invalid:8420"])
def test_an_address_of_another_machine_is_no_used_port(tmp_path: Path, url: str):
    """Another port would not help: it is said what kind of address is expected, and nothing is made."""
    settings = read_settings({"KENES_HOME": str(tmp_path / "home"), "KENES_URL": url}, tmp_path)
    with pytest.raises(WrongSettingError, match="expected an address of this machine"):
        up(settings)
    assert not settings.home.exists()


def test_a_used_port_leaves_no_trace(tmp_path: Path):
    """No home is made, no demonstration loaded: the next start may be meant for another folder."""
    port = free_port()
    environment = environment_of_test(tmp_path, KENES_HOME=str(tmp_path / "home"), KENES_URL=f"http://127.0.0.1:{port}")
    with socket.create_server(("127.0.0.1", port)):
        done = subprocess.run(
            [*KENES, "up", "--demo"], check=False, env=environment, cwd=tmp_path, capture_output=True, text=True
        )
    assert (2, 1) == (done.returncode, len(done.stdout.splitlines())), done.stdout + done.stderr
    assert not (tmp_path / "home").exists()


def test_a_home_that_cannot_be_written_is_a_wrong_setting(tmp_path: Path):
    """It is said which, before anything is started."""
    (tmp_path / "file").write_text("")
    environment = {"KENES_HOME": str(tmp_path / "file" / "home"), "KENES_URL": f"http://127.0.0.1:{free_port()}"}
    with pytest.raises(WrongSettingError, match="expected a folder that can be written"):
        up(read_settings(environment, tmp_path))


def test_a_home_in_use_is_let_be(settings: Settings, capsys: pytest.CaptureFixture[str]):
    """What comes before a start is not done either."""
    with (settings.home / "up.lock").open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert 2 == up(settings, lambda: pytest.fail("nothing is loaded into a home in use"))
    assert "already on" in capsys.readouterr().out


def test_a_desk_says_its_address_when_the_port_is_its_own(settings: Settings):
    """Not of a port that somebody else has."""
    port = int(settings.url.rpartition(":")[2])
    with socket.create_server(("127.0.0.1", port)), pytest.raises(WrongSettingError, match="expected a free port"):
        serve(settings, lambda: pytest.fail("the port is not ours"))


@pytest.mark.parametrize("start", [up, serve])
def test_a_wrong_ruling_ends_the_start(tmp_path: Path, start: Callable[[Settings], object]):
    """Before the port is taken, by which a desk that runs is known."""
    (tmp_path / "kenes.toml").write_text('[rulings.2027-01-01]\npoll.reference_moment = "never"\n')
    environment = {"KENES_HOME": str(tmp_path / "home"), "KENES_URL": f"http://127.0.0.1:{free_port()}"}
    with pytest.raises(WrongSettingError, match=r"poll\.reference_moment"):
        start(read_settings(environment, tmp_path))
    assert not (tmp_path / "home").exists()


@pytest.mark.slow
def test_a_wrong_setting_ends_the_start(tmp_path: Path):
    """The desk says which, what was expected and where it came from; nothing is started again and again."""
    environment = environment_of_test(tmp_path, KENES_SIGNING_KEY="no key")
    done = subprocess.run(
        [*KENES, "up"], env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )
    assert 2 == done.returncode
    assert "KENES_SIGNING_KEY (environment): expected" in done.stdout + done.stderr
    assert not (tmp_path / "up.json").exists()


@pytest.mark.slow
def test_a_database_that_cannot_be_used_ends_the_start(tmp_path: Path):
    """What only the desk finds out, it says, and everything ends."""
    (tmp_path / "kenes.sqlite3").write_text("this is no database")
    done = subprocess.run(
        [*KENES, "up"],
        env=environment_of_test(tmp_path),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert 2 == done.returncode, done.stdout + done.stderr
    assert "KENES_DATABASE_URL" in done.stdout


def test_a_second_one_on_the_same_home_says_which_one_runs(settings: Settings, capsys: pytest.CaptureFixture[str]):
    """Address and process of the first."""
    (settings.home / "up.json").write_text(
        json.dumps({"desk": settings.url, "prefect": "http://127.0.0.1:1", "pid": 4711})
    )
    with (settings.home / "up.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert 2 == up(settings)
    assert f"{settings.url}, process 4711" in capsys.readouterr().out


def test_a_worker_needs_to_know_where_prefect_is(settings: Settings, capsys: pytest.CaptureFixture[str]):
    """It has no server of its own."""
    assert 2 == worker(settings)
    assert "PREFECT_API_URL" in capsys.readouterr().out


def test_a_child_that_falls_is_started_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """With a line that says so, after a pause that grows."""
    monkeypatch.setattr("desk.running.children.PAUSES_S", (0, 0.01, 3600))
    said: list[str] = []
    falling = child(tmp_path, "import sys; print('here'); sys.exit(3)", said)
    falling.start()

    def third_fall() -> bool | None:
        falling.watch()
        return True if len(said) == 3 else None

    until(third_fall, what="three falls")
    assert ["0 s", "0.01 s", "3600 s"] == [
        line.partition("starts again in ")[2].partition(". Its log")[0] for line in said
    ]
    assert all("child has ended (exit status 3)" in line for line in said)
    assert "here\nhere\nhere\n" == falling.log.read_text()


def test_what_a_child_needs_is_mended_before_it_is_started_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Not before the first start: nothing has fallen yet."""
    monkeypatch.setattr("desk.running.children.PAUSES_S", (0,))
    mended: list[str] = []
    falling = child(tmp_path, "raise SystemExit(3)", [])
    falling._mend = lambda: mended.append(falling.log.name)
    falling.start()
    assert not mended

    def mended_twice() -> bool | None:
        falling.watch()
        return True if len(mended) == 2 else None

    until(mended_twice, what="two starts more")
    falling.end(within=PATIENCE_S)


def test_a_child_that_does_not_want_to_end_is_ended(tmp_path: Path):
    """Asked first, then killed."""
    stubborn = child(
        tmp_path,
        "import signal, time; signal.signal(15, signal.SIG_IGN); print('ready', flush=True); time.sleep(600)",
        [],
    )
    stubborn.start()
    until(lambda: stubborn.log.read_text() or None, what="it is ready")
    stubborn.tell_to_end()
    stubborn.end(within=0.1)
    assert not stubborn.runs


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel of Linux does it")
def test_children_end_with_a_parent_that_is_killed(tmp_path: Path):
    """Nothing is left behind by kill -9."""
    code = f"""if True:
        import os, sys, time
        from pathlib import Path
        from desk.running.children import Child
        sleeper = [sys.executable, "-c", "import time; time.sleep(600)"]
        sleeping = Child("sleeper", sleeper, environment=os.environ, log=Path({str(tmp_path)!r}, "sleeper.log"), say=print)
        sleeping.start()
        print(sleeping._process.pid, flush=True)
        time.sleep(600)"""
    parent = child(tmp_path, code, [])
    parent.environment["PYTHONPATH"] = str(Path(__file__).parent.parent)
    parent.start()
    pid = until(lambda: int(parent.log.read_text() or 0) or None, what="the child's number")
    os.kill(parent._process.pid, signal.SIGKILL)
    parent.end(within=PATIENCE_S)
    until(lambda: True if not _lives(pid) else None, what="the end of the child")


def _lives(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


def test_what_is_set_outside_stays_but_the_server_is_ours():
    """An operator may tune Prefect; where its server is follows from the settings."""
    outer = {"PREFECT_LOGGING_LEVEL": "DEBUG", "PREFECT_API_URL": "http://elsewhere/api"}
    made = environment_of(outer, home=Path("/home"), api_url="http://127.0.0.1:1/api")
    assert ("DEBUG", "http://127.0.0.1:1/api", "/home/prefect") == tuple(
        made[name] for name in ("PREFECT_LOGGING_LEVEL", "PREFECT_API_URL", "PREFECT_HOME")
    )
    assert SETTINGS.keys() <= made.keys()


# ------------------------------------------------------------------------------------------------------- Prefect's server


class Played(http.server.BaseHTTPRequestHandler):
    """Plays Prefect's server: answers as the test has put down."""

    answers: dict[str, list[tuple[int, object]]]
    asked: list[tuple[str, dict]]

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append((self.path, body))
        status, answer = self.answers[self.path].pop(0)
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def do_GET(self):
        self.send_response(200)
        self.end_headers()

    def log_message(self, *arguments):
        pass


@pytest.fixture
def played() -> Iterator[tuple[type[Played], str]]:
    handler = type("Handler", (Played,), {"answers": {}, "asked": []})
    server = http.server.HTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield handler, f"http://127.0.0.1:{server.server_address[1]}/api"
    server.shutdown()
    server.server_close()


def test_late_runs_are_deleted_ours_alone(played: tuple[type[Played], str]):
    """Until none is left; those of other deployments on the same server stay (one sweep does what ours would have done)."""
    handler, url = played
    handler.answers["/api/deployments/filter"] = [(200, [{"id": "ours"}])]
    handler.answers["/api/flow_runs/bulk_delete"] = [
        (200, {"deleted": ["a"] * 50}),
        (200, {"deleted": ["b"]}),
        (200, {"deleted": []}),
    ]
    assert 51 == Clockwork(url).forget_late_runs()
    asked = handler.asked[1][1]["flow_runs"]
    assert ({"any_": ["ours"]}, {"type": {"any_": ["SCHEDULED"]}}) == (asked["deployment_id"], asked["state"])
    assert asked["expected_start_time"]["before_"]


def test_nothing_is_deleted_where_nothing_of_ours_is_deployed(played: tuple[type[Played], str]):
    """A filter without deployments would mean all."""
    handler, url = played
    handler.answers["/api/deployments/filter"] = [(200, [])]
    assert 0 == Clockwork(url).forget_late_runs()


def test_what_is_deployed_and_has_not_changed_is_not_deployed_again(played: tuple[type[Played], str], tmp_path: Path):
    """Unless somebody has deleted some of it."""
    handler, url = played
    all_of_them = len(yaml.safe_load(DEPLOYMENTS.read_text())["deployments"])
    handler.answers["/api/deployments/filter"] = [
        (200, [{"id": n} for n in range(count)]) for count in (all_of_them, 1)
    ]
    assert not Deployed(tmp_path).stands(Clockwork(url))
    Deployed(tmp_path).remember()
    assert [True, False] == [Deployed(tmp_path).stands(Clockwork(url)) for _ in range(2)]


def test_a_server_that_has_forgotten_our_flows_is_told_again(
    played: tuple[type[Played], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Its database may be wiped while everything runs: the clock goes on without anybody starting it again."""
    handler, url = played
    count = len(yaml.safe_load(DEPLOYMENTS.read_text())["deployments"])
    handler.answers["/api/deployments/filter"] = [(200, [{"id": n} for n in range(n)]) for n in (count, count + 1, 0)]
    home = {"KENES_HOME": str(tmp_path), "PREFECT_API_URL": url, "KENES_URL": f"http://127.0.0.1:{free_port()}"}
    supervisor, told = Supervisor(read_settings(home, tmp_path), prefect_port=0), []
    Deployed(tmp_path).remember()
    monkeypatch.setattr("desk.running.supervisor.LOOK_AGAIN_AFTER_S", 0.0)
    monkeypatch.setattr(supervisor.worker, "start", lambda: None)
    monkeypatch.setattr(
        supervisor, "_deployed", lambda: told.append(len(handler.answers["/api/deployments/filter"])) or iter_true()
    )
    clock = supervisor._bring_up_the_clock()
    until(lambda: True if next(clock, "ended") == "ended" or len(told) == 2 else None, what="it is told again")
    assert [3, 0] == told


def test_a_server_that_answers_and_does_nothing_is_started_again(
    played: tuple[type[Played], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Its file may be deleted under it: looked at twice, it is ended, started by whoever looks after it, and told of our flows."""
    handler, url = played
    handler.answers["/api/deployments/filter"] = [(500, {}), (500, {})]
    home = {"KENES_HOME": str(tmp_path), "PREFECT_API_URL": url, "KENES_URL": f"http://127.0.0.1:{free_port()}"}
    supervisor, told = Supervisor(read_settings(home, tmp_path), prefect_port=0), []
    supervisor.prefect = child(tmp_path, "import time; time.sleep(600)", [])
    supervisor.prefect.start()
    Deployed(tmp_path).remember()
    monkeypatch.setattr("desk.running.supervisor.LOOK_AGAIN_AFTER_S", 0.0)
    monkeypatch.setattr("desk.running.supervisor.LOOK_TWICE_AFTER_S", 0.0)
    monkeypatch.setattr(supervisor.worker, "start", lambda: None)
    monkeypatch.setattr(supervisor, "_deployed", lambda: told.append("told") or iter_true())
    clock = supervisor._bring_up_the_clock()
    until(lambda: True if next(clock, "ended") == "ended" or len(told) == 2 else None, what="it is told again")
    supervisor.prefect.end(within=PATIENCE_S)
    assert -signal.SIGKILL == supervisor.prefect.exit_status


@pytest.mark.parametrize("fault", ["it was started again", "its file was deleted", "it has fallen with its file"])
def test_a_server_is_looked_at_before_the_minute_is_over(
    played: tuple[type[Played], str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    fault: str,
):
    """Its database may be gone: nobody waits longer for the flows than it takes to tell them again."""
    handler, url = played
    handler.answers["/api/deployments/filter"] = [(200, [])]
    home = {"KENES_HOME": str(tmp_path), "PREFECT_API_URL": url, "KENES_URL": f"http://127.0.0.1:{free_port()}"}
    supervisor, told = Supervisor(read_settings(home, tmp_path), prefect_port=0), []
    supervisor.prefect = server = child(tmp_path, "import time; time.sleep(600)", [])
    server.start()
    Deployed(tmp_path).remember()
    file = tmp_path / "prefect" / "prefect.db"

    def make_database() -> None:
        with contextlib.closing(sqlite3.connect(file)) as database:
            database.execute("CREATE TABLE flow_run (id TEXT)")

    make_database()
    monkeypatch.setattr("desk.running.supervisor.LOOK_AGAIN_AFTER_S", 3600.0)
    monkeypatch.setattr("desk.running.supervisor.LOOK_TWICE_AFTER_S", 0.0)
    monkeypatch.setattr(supervisor.worker, "start", lambda: None)
    monkeypatch.setattr(supervisor, "_deployed", lambda: told.append("told") or iter_true())
    clock = supervisor._bring_up_the_clock()
    assert [None] * 9 == [next(clock) for _ in range(9)]
    assert ["told"] == told
    if "file" in fault:
        file.unlink()
        assert next(clock) is None  # missed: it is looked at once more
    if fault != "its file was deleted":
        server.kill()
        server.end(within=PATIENCE_S)
        server.start()
        if not file.exists():
            make_database()
    until(lambda: next(clock) or (True if len(told) == 2 else None), what="it is told again")
    assert (fault == "its file was deleted") == ("database is gone" in capsys.readouterr().out)
    server.kill()
    server.end(within=PATIENCE_S)


def iter_true():
    """Answer as what is deployed at once."""
    return True
    yield


def test_a_database_of_prefect_that_cannot_be_read_is_set_aside(tmp_path: Path):
    """Once, with what belongs to it; one that can be read, or is in use, stays."""
    file = tmp_path / "prefect" / "prefect.db"
    assert set_aside_if_unreadable(tmp_path) is None
    file.parent.mkdir()
    with sqlite3.connect(file) as database:
        database.execute("CREATE TABLE flow (name TEXT)")
        database.executemany("INSERT INTO flow VALUES (?)", [("x" * 500,)] * 200)
    database.execute("BEGIN EXCLUSIVE")
    assert set_aside_if_unreadable(tmp_path) is None
    database.close()
    assert set_aside_if_unreadable(tmp_path) is None
    sound = file.read_bytes()
    file.write_bytes(sound[:4096] + b"\xa5" * (len(sound) - 4096))
    file.with_name("prefect.db-wal").touch()
    assert set_aside_if_unreadable(tmp_path) == file.with_name("prefect.db.unreadable")
    assert ["prefect.db.unreadable"] == [one.name for one in file.parent.iterdir() if not one.name.endswith("-wal")]
    file.write_text("no database")
    assert set_aside_if_unreadable(tmp_path) is not None
    assert set_aside_if_unreadable(tmp_path) is None


def test_a_database_of_prefect_that_was_deleted_is_missed(tmp_path: Path):
    """Also where a new, empty file stands in its place; one that is in use, or is elsewhere and always was, is not missed."""
    file = tmp_path / "prefect" / "prefect.db"
    assert not has_its_database(tmp_path)
    file.parent.mkdir()
    sqlite3.connect(file).close()
    assert not has_its_database(tmp_path)
    with sqlite3.connect(file) as database:
        database.execute("CREATE TABLE flow_run (id TEXT)")
    database.execute("BEGIN EXCLUSIVE")
    assert has_its_database(tmp_path)
    database.close()
    assert has_its_database(tmp_path)


def test_a_pool_that_is_there_stays(played: tuple[type[Played], str]):
    """Making it twice is once."""
    handler, url = played
    handler.answers["/api/work_pools/"] = [(409, {}), (500, {})]
    Clockwork(url).make_pool()
    with pytest.raises(NoAnswer, match="500"):
        Clockwork(url).make_pool()


def test_a_server_that_is_not_there_does_not_answer():
    """And says so without raising."""
    clockwork = Clockwork(f"http://127.0.0.1:{free_port()}/api")
    assert not clockwork.answers()
    with pytest.raises(NoAnswer):
        clockwork.make_pool()


# ------------------------------------------------------------------------------------------------------------------- words


def test_lateness_is_written_as_people_read_it():
    """Seconds, minutes, hours, days."""
    due = utc("2026-11-24 00:00:00")
    instants = {"00:00:00.400": "0 s", "00:00:59": "59 s", "00:05:07": "5 min 07 s", "07:04:00": "7 h 04 min"}
    assert instants == {time: late_by(due, utc(f"2026-11-24 {time}")) for time in instants}
    assert "3 d 1 h 00 min" == late_by(due, utc("2026-11-27 01:00:00"))
    assert "0 s" == late_by(due, utc("2026-11-23 23:59:59"))


def test_long_lists_are_cut():
    """A run has one name."""
    assert ("a, b", "a, b, c, d, and 2 more") == (listed(["a", "b"]), listed(list("abcdef")))
