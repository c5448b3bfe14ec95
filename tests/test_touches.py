"""Cases and the runs that touched them: found from either side, kept for a while, never part of the record."""

from datetime import timedelta

import pytest

from desk import door as doors
from desk.cli.words import lines_of
from desk.touches import prefect_page, prefect_server
from flows import deliver_messages, perform_deadlines, stage_reminders
from flows.delivery import Delivered
from flows.home import Home
from flows.sweeps import perform_deadlines_now
from flows.touching import KEPT, forget_old, leave_word, summed_up
from machines.outbox import Waiting
from models import Database
from models.settings import read_settings
from tests.api_client import Desk
from tests.assembly import Assembly, nominated, utc

NOW = utc("2006-05-02 10:00")
RUN = "0b7f3a52-6f0e-4a39-9a55-54f6b0a2a111"


@pytest.fixture
def assembly(database: Database) -> Assembly:
    return Assembly(database)


def touches(assembly: Assembly) -> list[tuple]:
    return assembly.ask("SELECT number, run_id, flow, did FROM touches ORDER BY number, run_id")


def test_a_run_leaves_word_once(assembly: Assembly):
    """Said twice, the later word stands; another run is another trace."""
    for did in ("admit performed", "admit performed; letter sent"):
        leave_word(assembly.database, NOW, run=RUN, flow="perform_deadlines", touched={"C-2006-0001": did})
    leave_word(assembly.database, NOW, run="other", flow="deliver_messages", touched={"C-2006-0001": "x" * 300})
    said = [("C-2006-0001", RUN, "perform_deadlines", "admit performed; letter sent")]
    assert [*said, ("C-2006-0001", "other", "deliver_messages", "x" * 200)] == touches(assembly)


def test_traces_are_kept_for_ninety_days(assembly: Assembly):
    """Then they are dropped: what happened stands in the journal."""
    leave_word(assembly.database, NOW, run="old", flow="f", touched={"C-2006-0001": "d"})
    leave_word(assembly.database, NOW + timedelta(seconds=1), run="new", flow="f", touched={"C-2006-0001": "d"})
    forget_old(assembly.database, NOW + KEPT + timedelta(seconds=1))
    assert [("C-2006-0001", "new", "f", "d")] == touches(assembly)


def test_what_was_done_is_summed_up():
    """One line a case, what happened often counted."""
    assert {"A": "letter sent ×2; call sent", "B": "letter sent"} == summed_up(
        [("A", "letter sent"), ("B", "letter sent"), ("A", "call sent"), ("A", "letter sent")]
    )


def test_each_flow_says_which_cases_it_touched(assembly: Assembly, tmp_path):
    """What the clock performed, with the cases that were moved by it; reminders; letters and calls."""
    home = Home(read_settings({"KENES_HOME": str(tmp_path)}, tmp_path), assembly.database, assembly.book)
    facts = {"statement_date": "2006-04-14", "from_date": "2006-05-01"}
    case = assembly.do("m1", "membership.leave", case="membership:m1", facts=facts).number
    now = assembly.at("2006-05-02 10:00")
    settled = perform_deadlines_now(home.database, now, home.book)
    assert {case: "exit performed"} == perform_deadlines.told_of(settled, home, now).touched
    assert {case: "exit performed"} == stage_reminders.told_of([], home, now, settled=settled).touched
    letter = Waiting("k", "wb", "candidacy.nominated", {}, "C-2006-0001", 1, 0, NOW)
    done = [Delivered(letter, "smtp", "sent"), Delivered(letter, "webhook", "again")]
    assert {"C-2006-0001": "letter sent; call not sent yet"} == deliver_messages.told_of(done, home).touched


def test_a_case_names_its_runs_to_office_holders(assembly: Assembly, tmp_path):
    """With a link where Prefect's page is known; whom the case is about sees the case, not the machinery."""
    case = assembly.number(nominated(assembly))
    desk = Desk(assembly, prefect_api_url="http://127.0.0.1:4200/api")
    assert "runs" not in desk.get(f"/cases/{case}", "wb").json()
    leave_word(assembly.database, NOW, run=RUN, flow="deliver_messages", touched={case: "letter sent"})
    (run,) = desk.get(f"/cases/{case}", "wb").json()["runs"]
    assert {"run": RUN, "flow": "deliver_messages", "at": "2006-05-02T16:00:00+06:00", "did": "letter sent",
            "link": f"http://127.0.0.1:8420/prefect/runs/flow-run/{RUN}"} == run  # fmt: skip
    assert "runs" not in desk.get(f"/cases/{case}", "p:A").json()


def test_the_server_is_where_kenes_up_has_written_it_down(tmp_path):
    """Unless another server is set; its page is the desk's, and where nothing runs there is no link."""
    settings = read_settings({"KENES_HOME": str(tmp_path)}, tmp_path)
    assert prefect_page(settings) is None
    for text, page in (("{", None), ('{"prefect": "http://127.0.0.1:4444"}', "http://127.0.0.1:4444"), ("[]", None)):
        (tmp_path / "up.json").write_text(text)
        assert page == prefect_server(settings)
        assert prefect_page(settings) == (f"{settings.url}/prefect" if page else None)
    other = read_settings({"KENES_HOME": str(tmp_path), "PREFECT_API_URL": "http://p.example/api"}, tmp_path)
    assert "http://p.example" == prefect_server(other)


def test_the_command_line_says_which_runs_touched_a_case(assembly: Assembly):
    """Flow, when, what, and where to read more."""
    case = {
        **show_case(assembly),
        "runs": [{"run": RUN, "flow": "seal", "at": "2006-05-02T16:00:00+06:00", "did": "d", "link": "http://p/1"}],
    }
    assert ["  run seal 2006-05-02 16:00 UTC+06:00: d", "      http://p/1"] == list(lines_of(case))[-2:]


def show_case(assembly: Assembly) -> dict:
    number = assembly.number(nominated(assembly))
    with assembly.database.transaction(write=False) as db:
        return doors.show_case(db, number, now=NOW, language="en")
