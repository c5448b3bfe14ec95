"""Erasure: a person's data goes for good; totals, hashes, seals, exports and the past hold (2.3)."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import SQLModel
from typer.testing import CliRunner

from desk.access.calendar_links import make_link
from desk.access.invited import invite
from desk.access.tokens import create_token
from desk.access.web_sessions import begin_session
from desk.as_of import assembly_as_of
from desk.check_export import Check
from desk.cli.console import Surroundings
from desk.cli.main import main
from desk.door import Door
from desk.erasing import act_of_erasure, order_erasure, try_erasure
from desk.shapes import case_answer, case_as_of
from flows.delivery import PostOffice, deliver_messages_now
from flows.writing import write_letter
from machines import personal
from machines.dead_letters import mark_returned
from machines.erasing import named_elsewhere
from machines.journal import export, verify, verify_export
from machines.outbox import Written, claim_letters, mark_sent
from machines.perform import explain, perform
from machines.personal import COLUMNS, table_of_columns
from machines.refusal import Refused, Unknown, WrongFacts
from machines.seals import public_key, seal
from models.database import Database, Locked
from tests.assembly import Assembly, nomination, paper
from tests.documents import with_columns
from tests.full_store import KEY
from tests.sittings import open_poll
from tests.test_races import _done, together

NAMES = ("Сейтқызы Қарлығаш", "Сеиткызы Карлыгаш", "Seitkyzy Karlygash")
MAIL = "karlygash@assembly.example"
OTHER = ("Ерланұлы Бақыт", "Ерланов Бахыт", "Yerlanov Bakhyt")
WORDS = ("Zhasampaz centre", "Tired of waiting", "A long illness", "It suits nobody")
DOCUMENT = Path(__file__).parent.parent / "docs" / "personal_data.md"
BASIS = paper("2010-03-20", kind="statement")


def named(assembly: Assembly, person: str, names: tuple[str, str, str], email: str) -> None:
    with assembly.database.transaction() as db:
        columns = "name_kk = ?, name_ru = ?, name_en = ?, email = ?, language = 'en', region = 'Kostanay', search_key = ?, sort_key = ?"
        db.run(f"UPDATE people SET {columns} WHERE person_id = ?", *names, email, names[1].lower(), names[0], person)


@pytest.fixture
def assembly(database: Database) -> Iterator[Assembly]:
    """p:A was nominated and withdrew; m3 voted in a poll with an opinion, and left; letters have gone out; all is sealed."""
    assembly = Assembly(database, members=9, council=6)
    named(assembly, "p:A", NAMES, MAIL)
    named(assembly, "m3", OTHER, "bakhyt@assembly.example")
    told = nomination(proposals=[{"by": WORDS[0], "date": "2006-04-03"}])
    case = assembly.do("s:Kostanay", "candidacy.nominate", key="k1", facts=told)
    assembly.do("p:A", "candidacy.withdraw", case=case, key="k2", facts={"reason": WORDS[1]})
    poll = open_poll(assembly, question="Is Seitkyzy fit?")
    assembly.do("m3", "poll.answer", case=poll, at="2010-03-02 10:00", facts={"choice": "against", "opinion": WORDS[3]})
    for member in ("m1", "m2", "m4", "m5"):
        assembly.do(member, "poll.answer", case=poll, facts={"choice": "for"})
    assembly.sweep("2010-03-15 09:00")
    leaving = {"statement_date": "2010-03-15", "from_date": "2010-03-15"}
    assembly.do("m3", "membership.leave", case="membership:m3", at="2010-03-15 10:00", facts=leaving)
    with database.transaction() as db:
        create_token(db, "p:A", at=assembly.now, days=900, note=f"of {NAMES[2]}")
        create_token(db, "m3", at=assembly.now, days=900, note="laptop")
    deliver(assembly)
    sealed(assembly)
    assembly.now = assembly.at("2010-03-22 09:00")
    yield assembly
    assembly.assert_replayable()


def deliver(assembly: Assembly) -> None:
    office = PostOffice(
        compose=lambda db, waiting: write_letter(db, waiting, desk_url="https://a.example"), url="https://a.example"
    )
    deliver_messages_now(assembly.database, assembly.now, office)


def sealed(assembly: Assembly) -> None:
    with assembly.database.transaction() as db:
        seal(db, KEY, assembly.now)


def order(assembly: Assembly, person: str, **facts: Any) -> Any:
    return assembly.do("wb", "erasure.order", facts={"person": person, "ground": "own_request", "basis": BASIS} | facts)


def door(assembly: Assembly) -> Door:
    return Door(assembly.database, assembly.book, lambda: assembly.now)


def erased_at_the_door(assembly: Assembly, person: str, **facts: Any) -> Any:
    told = {"person": person, "ground": "death"} | facts
    act = act_of_erasure(door(assembly), told, actor=None, at=assembly.now, key="k")
    return order_erasure(door(assembly), act, language="en")


def written(assembly: Assembly, *words: str) -> set[str]:
    """Name tables and columns in which one of *words* stands."""
    found = set()
    for table in SQLModel.metadata.sorted_tables:
        for column in table.columns:
            rows = assembly.ask(f'SELECT "{column.name}" FROM "{table.name}"')
            found |= {f"{table.name}.{column.name}" for (cell,) in rows if any(word in str(cell) for word in words)}
    return found


def test_nothing_of_the_person_is_left(assembly: Assembly) -> None:
    """Names, address, facts in free words, letters, notes: no column has them any more; the others' words stay."""
    everything = {"people.name_kk", "people.email", "entries.payload", "cases.facts", "messages.body", "tokens.note"}
    assert everything <= written(assembly, *NAMES, MAIL, *WORDS[:2])
    order(assembly, "p:A")
    assert set() == written(assembly, *NAMES, MAIL, *WORDS[:2])
    assert {"entries.payload"} == written(assembly, WORDS[3])
    assert "people.name_en" in written(assembly, OTHER[2])


def test_what_a_member_wrote_goes_and_what_he_voted_stays(assembly: Assembly) -> None:
    """His opinion is his; his ballot was counted, and is counted again to the same (9.2c)."""
    counted = assembly.ask("SELECT person_id, choice FROM ballots ORDER BY person_id")
    facts = assembly.facts("P-2010-0001")
    order(assembly, "m3", ground="death")
    assert set() == written(assembly, *OTHER, WORDS[3])
    assert counted == assembly.ask("SELECT person_id, choice FROM ballots ORDER BY person_id")
    assert facts == assembly.facts("P-2010-0001")
    assembly.assert_replayable()


def test_the_journal_holds(assembly: Assembly, tmp_path: Path) -> None:
    """Replay, chains, seals made before and after, and an export that anybody checks; the order itself is an entry."""
    done = order(assembly, "p:A")
    sealed(assembly)
    with assembly.database.transaction(write=False) as db:
        report, lines = verify(db, public_keys=(public_key(KEY),)), list(export(db))
    assert ((), 2, 0) == (report.faults, report.erased, report.unsealed)
    assert () == verify_export(lines, public_keys=(public_key(KEY),)).faults
    check = Check()
    check.read(line.encode() for line in lines)
    assert ([], 2) == (check.faults, len(check.erased))
    (entry,) = assembly.entries(done)
    assert ("wb", "order", "2.3") == (entry.actor, entry.act, entry.norms)
    assert BASIS["number"] == json.loads(entry.payload or "")["facts"]["basis"]["number"]


def test_readers_see_that_it_was_erased(assembly: Assembly) -> None:
    """Case, past and members of then are answered, with a word in the place of the name; totals are what they were."""
    before = members_of_then(assembly, "en")
    order(assembly, "p:A")
    order(assembly, "m3")
    for language, word in {"kk": "[деректер жойылған]", "ru": "[данные удалены]", "en": "[data erased]"}.items():
        after = members_of_then(assembly, language)
        assert before["totals"] == after["totals"]
        assert len(before["items"]) == len(after["items"])
        assert [word] == [one["name"] for one in after["items"] if one["person_id"] == "m3"]
        with assembly.database.transaction(write=False) as db:
            case = case_answer(db, "C-2006-0001", now=assembly.now, language=language)
            past = case_as_of(db, "C-2006-0001", date(2006, 4, 14), language=language)
        assert {"p:A": word}.items() <= {one["person_id"]: one["name"] for one in case["parties"]}.items()
        assert ("withdrawn", 2) == (past["state"], past["seq"])


def members_of_then(assembly: Assembly, language: str) -> dict[str, Any]:
    with assembly.database.transaction(write=False) as db:
        return assembly_as_of(db, assembly.at("2010-03-10 09:00"), book=assembly.book, language=language)


def test_refused_while_the_assembly_needs_the_data(assembly: Assembly) -> None:
    """Who holds an office, sits in the Council, or is concerned by an open case with its terms (13.1a, 9.1a, 17.1)."""
    with assembly.refused("13.1a", "9.1a", codes=["erasure.in_office", "erasure.in_office"]):
        order(assembly, "m1")
    with assembly.refused("17.1", codes=["erasure.in_office"]):
        order(assembly, "s:Kostanay")
    case = assembly.do("s:Kostanay", "candidacy.nominate", facts=nomination("p:B"))
    with assembly.refused("2.3", codes=["erasure.open_case"]):
        order(assembly, "p:B")
    assembly.do("p:B", "candidacy.withdraw", case=case, facts={"reason": "No"})
    assert "erased" == order(assembly, "p:B").state


def test_who_may_order(assembly: Assembly) -> None:
    """The working body alone; an erasure without a paper is done with a warning."""
    with assembly.forbidden():
        assembly.do("ch", "erasure.order", facts={"person": "p:A", "ground": "law"})
    done = order(assembly, "p:A", basis=None)
    assert ["erasure.no_paper"] == [warning.code for warning in done.warnings]


def test_a_vote_under_way_needs_who_voted(assembly: Assembly) -> None:
    """A member who has left may still be on the list of a poll that is open."""
    poll = open_poll(assembly, at="2010-03-22 09:00", closes_on="2010-04-05", question="Another")
    assembly.do("m4", "poll.answer", case=poll, facts={"choice": "for"})
    leaving = {"statement_date": "2010-03-22", "from_date": "2010-03-22"}
    assembly.do("m4", "membership.leave", case="membership:m4", at="2010-03-22 10:00", facts=leaving)
    with assembly.refused("2.3", codes=["erasure.open_case"]):
        order(assembly, "m4")


def test_other_entries_can_be_erased_too(assembly: Assembly) -> None:
    """Free words elsewhere that name the person are found; of closed cases they go with it, when they are named."""
    with assembly.database.transaction(write=False) as db:
        found = named_elsewhere(db, NAMES)
    assert "P-2010-0001/1" in found["entries"]
    assert found["cases"] == ["P-2010-0001"]
    with assembly.refused("2.3", codes=["erasure.not_these"]):
        order(assembly, "p:A", also=["P-2010-0001/99", "M-2005-0001/1"])
    votes = assembly.ask("SELECT person_id, choice FROM ballots")
    order(assembly, "p:A", also=["P-2010-0001/1"])
    assert set() == written(assembly, "Seitkyzy")
    assert votes == assembly.ask("SELECT person_id, choice FROM ballots")
    with assembly.database.transaction(write=False) as db:
        assert () == verify(db).faults


def test_an_entry_that_is_empty_already_may_be_named_again(assembly: Assembly) -> None:
    """It names two people, and both are erased."""
    order(assembly, "p:A", also=["P-2010-0001/1"])
    order(assembly, "m3", also=["P-2010-0001/1"])
    assert set() == written(assembly, "Seitkyzy", OTHER[0])
    with assembly.database.transaction(write=False) as db:
        assert () == verify(db).faults
        lines = list(export(db))
    check = Check()
    check.read(line.encode() for line in lines)
    assert ([], ()) == (check.faults, verify_export(lines).faults)


def test_an_order_accounts_for_what_it_concerns_alone(assembly: Assembly) -> None:
    """What somebody empties beside it is found: another person's case, an entry of later, the order itself (2.3)."""
    done = order(assembly, "p:A")
    with assembly.database.transaction() as db:
        db.run("UPDATE entries SET payload = NULL, salt = NULL WHERE number = 'P-2010-0001' AND seq = 1")
        db.run("UPDATE entries SET payload = NULL, salt = NULL WHERE number = ?", done.number)
    with assembly.database.transaction(write=False) as db:
        report, lines = verify(db), list(export(db))
    check = Check()
    check.read(line.encode() for line in lines)
    found = {(fault.number, fault.seq) for fault in report.faults if "no order" in fault.detail}
    assert {("P-2010-0001", 1), (done.number, 1)} == found
    assert len(found) == sum("no order of erasure" in fault for fault in check.faults)


def test_after_an_erasure_nothing_is_left_to_do(assembly: Assembly) -> None:
    """Its case ends with the order: nobody may do anything more with it."""
    done = order(assembly, "p:A")
    with assembly.database.transaction(write=False) as db:
        assert [] == explain(db, done.number, "wb", at=assembly.now, book=assembly.book)


def test_said_twice_is_done_once(assembly: Assembly) -> None:
    """The first order is named again; nothing is written."""
    first = erased_at_the_door(assembly, "p:A")
    rows = assembly.rows()
    again = erased_at_the_door(assembly, "p:A", ground="law")
    assert (first.case, False, True) == (again.case, first.already, again.already)
    assert rows == assembly.rows()
    with pytest.raises(Unknown):
        erased_at_the_door(assembly, "p:nobody")


def test_a_trial_writes_nothing(assembly: Assembly) -> None:
    """It says what would be left, or why not."""
    rows, there = assembly.rows(), door(assembly)
    act = act_of_erasure(there, {"person": "p:A", "ground": "law"}, actor=None, at=assembly.now, key="k")
    assert "P-2010-0001/1" in try_erasure(there, act).still_named["entries"]
    with pytest.raises(Refused):
        try_erasure(
            there, act_of_erasure(there, {"person": "m1", "ground": "law"}, actor=None, at=assembly.now, key="k")
        )
    assert rows == assembly.rows()


def test_killed_half_way_nothing_is_erased(assembly: Assembly, monkeypatch: pytest.MonkeyPatch) -> None:
    """Order and erasure are one transaction: it is there with everything, or not at all."""
    rows = assembly.rows()
    monkeypatch.setattr("machines.erasing.search_key", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        order(assembly, "p:A")
    assert rows == assembly.rows()


def test_sent_again_with_its_key_it_is_answered_again(assembly: Assembly) -> None:
    """The answer of an order got lost; that the person is in the register no more changes nothing."""
    told = {"person": "p:A", "ground": "own_request", "basis": BASIS}
    first = assembly.do("wb", "erasure.order", key="k9", facts=told)
    rows = assembly.rows()
    again = assembly.do("wb", "erasure.order", key="k9", facts=told)
    assert (first.number, True) == (again.number, again.replay)
    assert rows == assembly.rows()
    with pytest.raises(WrongFacts):
        assembly.do("wb", "erasure.order", key="k10", facts=told)


def test_whoever_is_erased_is_not_named_again(assembly: Assembly) -> None:
    """A new nomination or recommendation needs a new entry in the register; the tokens do not open any more."""
    order(assembly, "p:A")
    with pytest.raises(WrongFacts):
        assembly.do("s:Kostanay", "candidacy.nominate", facts=nomination())
    recommended = {"kind": "deputy_recommendation", "subject": "p:A"}
    with assembly.refused("7.2b", codes=["poll.names_nobody"]):
        assembly.do("ch", "poll.draft", facts={"question": "A deputy?", **recommended})
    meeting = assembly.do("wb", "council_meeting.draft", facts={"starts_at": "2010-04-05 10:00", "place": "Astana"})
    with assembly.refused("7.2b", codes=["council_question.names_nobody"]):
        assembly.do(
            "wb", "council_question.list", facts={"meeting": meeting.number, "text": "A deputy?", **recommended}
        )
    assert [] == assembly.ask("SELECT 1 FROM tokens WHERE person_id = 'p:A' AND revoked_at IS NULL")


def test_whoever_is_erased_signs_in_no_more(assembly: Assembly) -> None:
    """The account goes with its passkeys, invitations, sessions and the link of the calendar."""
    at = assembly.at("2006-05-15 10:00")
    with assembly.database.transaction() as db:
        for person in ("p:A", "p:B"):
            invite(db, person, at=at, key=KEY)
            begin_session(db, person, at=at, way="password")
            make_link(db, person, language="kk", at=at)
    order(assembly, "p:A")
    for table in ("accounts", "invitations", "web_sessions", "calendar_links"):
        assert [("p:B",)] == assembly.ask(f"SELECT person_id FROM {table}")
    with assembly.database.transaction() as db, pytest.raises(Unknown):
        create_token(db, "p:A", at=at)


def test_a_letter_on_its_way_brings_nothing_back(assembly: Assembly) -> None:
    """One to the person is not sent any more; of one to somebody else, claimed before, no text is kept."""
    case = assembly.do(
        "s:Kostanay",
        "candidacy.nominate",
        at="2010-03-22 09:00",
        facts=nomination(decision=paper("2010-03-19", body="small_assembly_session")),
    )
    assembly.do("p:A", "candidacy.withdraw", case=case, facts={"reason": "No"})
    with assembly.database.transaction() as db:
        claimed = claim_letters(db, assembly.now)
        letters = [(each, write_letter(db, each, desk_url="https://a.example")) for each in claimed]
    assert any(NAMES[2] in letter.body or NAMES[1] in letter.body for _, letter in letters)
    order(assembly, "p:A")
    with assembly.database.transaction() as db:
        for waiting, letter in letters:
            mark_sent(db, waiting.key, assembly.now, by="mailbox", written=Written(letter.subject, letter.body))
    assert set() == written(assembly, *NAMES, MAIL)


def test_a_letter_that_comes_back_later_brings_no_address(assembly: Assembly) -> None:
    """Servers repeat the address to which they could not deliver."""
    with assembly.database.transaction() as db:
        db.run("""UPDATE messages SET mail_id = 'id' WHERE key = (SELECT min(key) FROM messages WHERE "to" = 'm3')""")
        assert db.one("SELECT 1 FROM messages WHERE mail_id = 'id'")
    order(assembly, "m3")
    with assembly.database.transaction() as db:
        assert mark_returned(db, "id", assembly.now, said="no such user: bakhyt@assembly.example") is not None
    assert set() == written(assembly, "bakhyt@")


def test_an_act_about_the_person_at_the_same_moment(assembly: Assembly) -> None:
    """One is first: either the nomination is open and the erasure refused, or the person is erased and not nominated."""
    told = nomination(decision=paper("2010-03-19", body="small_assembly_session"))
    nominate = assembly.act("s:Kostanay", "candidacy.nominate", at="2010-03-22 09:00", facts=told)
    erase = assembly.act("wb", "erasure.order", at="2010-03-22 09:00", facts={"person": "p:A", "ground": "law"})
    outcomes = together(lambda: _done(assembly, nominate), lambda: _done(assembly, erase))
    assert 1 == sum(isinstance(outcome, Refused | WrongFacts) for outcome in outcomes), outcomes
    erased = assembly.ask("SELECT erased_at FROM people WHERE person_id = 'p:A'")[0][0] is not None
    still_open = assembly.ask("SELECT 1 FROM cases WHERE person_id = 'p:A' AND NOT final") != []
    assert erased != still_open


def test_the_bytes_are_gone_from_the_files(sqlite_database: Database, request: pytest.FixtureRequest) -> None:
    """SQLite keeps what was deleted in free places and in its log: both are overwritten, also while somebody has read before."""
    assembly = Assembly(sqlite_database, members=4)
    named(assembly, "p:A", NAMES, MAIL)
    case = assembly.do("s:Kostanay", "candidacy.nominate", facts=nomination())
    assembly.do("p:A", "candidacy.withdraw", case=case, facts={"reason": WORDS[2]})
    deliver(assembly)
    assert {*NAMES, MAIL, WORDS[2]} <= found_in_files(sqlite_database)
    assert erased_at_the_door(assembly, "p:A").overwritten
    assert set() == found_in_files(sqlite_database)


def test_a_reader_keeps_the_old_pages_and_the_next_time_they_go(sqlite_url: str) -> None:
    """What somebody reads is not taken from under him: it is said, and done when the order is repeated."""
    database, reader = Database(sqlite_url, patience_s=0.1), Database(sqlite_url)
    assembly = Assembly(database, members=4)
    named(assembly, "p:A", NAMES, MAIL)
    with reader.transaction(write=False) as db:
        db.all("SELECT * FROM people")
        assert not erased_at_the_door(assembly, "p:A").overwritten
    reader.dispose()
    assert erased_at_the_door(assembly, "p:A").overwritten
    assert set() == found_in_files(database)
    database.dispose()


def test_the_command(tmp_path: Path) -> None:
    """It says what was done, what free words are left, and which backups hold it still; said again it changes nothing."""

    def kenes(*arguments: str, status: int = 0) -> str:
        surroundings = Surroundings({"KENES_HOME": str(tmp_path / "home"), "LANG": "C.UTF-8"}, tmp_path, lambda: now)
        result = CliRunner().invoke(main, arguments, obj=surroundings)
        assert status == result.exit_code, result.output
        return result.output

    now = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
    kenes("init")
    database = Database(f"sqlite:///{tmp_path / 'home' / 'kenes.sqlite3'}")
    Assembly(database, members=4, starts="2026-11-23 10:00")
    database.dispose()
    kenes("person", "add", "p:C", "--kk", NAMES[0], "--ru", NAMES[1], "--en", NAMES[2])
    kenes("backup")
    assert "p:C can be erased. Nothing was done." in kenes("person", "erase", "p:C", "--dry-run")
    assert "13.1a" in kenes("person", "erase", "m1", status=3)
    kenes("person", "erase", "nobody", status=4)
    kenes("person", "erase", "p:C", "--ground", "boredom", status=2)
    said = kenes("person", "erase", "p:C", "--basis", "{kind: statement, number: '7', date: 2026-11-24}")
    assert "p:C is erased, by X-2026-0001." in said
    assert "kenes-20261124T060000Z.backup" in said
    assert "p:C was erased already, by X-2026-0001." in kenes("person", "erase", "p:C")
    assert "p:C" not in kenes("person", "list")
    assert "Everything holds" in kenes("verify")
    assert NAMES[2] not in "".join(file.read_text(errors="replace") for file in (tmp_path / "home").glob("*.sqlite3*"))


def found_in_files(database: Database) -> set[str]:
    """Name what stands in the bytes of the database, its log and what else lies beside it."""
    file = Path(database.url.database or "")
    kept = b"".join(each.read_bytes() for each in file.parent.glob(f"{file.name}*"))
    return {word for word in (*NAMES, MAIL, WORDS[2]) if word.encode() in kept}


def test_every_column_is_accounted_for() -> None:
    """Whoever adds a column says whether it is personal, and what becomes of it."""
    tables = {table.name: {column.name for column in table.columns} for table in SQLModel.metadata.sorted_tables}
    assert tables == {name: set(columns) for name, columns in COLUMNS.items()}
    assert set() == {*personal.WHY} - {f"{table}.{name}" for table, columns in COLUMNS.items() for name in columns}


def test_the_document_is_up_to_date() -> None:
    """`python -m tests.documents` writes it again."""
    text = DOCUMENT.read_text(encoding="utf-8")
    assert with_columns(text) == text
    assert table_of_columns() in text


@pytest.fixture
def hurried(assembly: Assembly) -> Iterator[Database]:
    """Lend the same database to somebody who does not wait long."""
    other = Database(assembly.database.url.render_as_string(hide_password=False), patience_s=0.2)
    yield other
    other.dispose()


@pytest.mark.parametrize(("who", "act"), [("ch", "poll.draft"), ("wb", "council_question.list")])
def test_a_recommendation_waits_for_the_erasure_of_whom_it_names(
    assembly: Assembly, hurried: Database, who: str, act: str
) -> None:
    """At the same moment one is first: whoever is being erased is not recommended meanwhile."""
    meeting = assembly.do("wb", "council_meeting.draft", facts={"starts_at": "2010-04-05 10:00", "place": "Astana"})
    told = {
        "poll.draft": {"question": "A deputy?"}, "council_question.list": {"meeting": meeting.number, "text": "A deputy?"},
    }[act] | {"kind": "deputy_recommendation", "subject": "p:A"}  # fmt: skip
    erase = assembly.act("wb", "erasure.order", facts={"person": "p:A", "ground": "law"})
    recommend = assembly.act(who, act, facts=told)
    with assembly.database.transaction(keep=False) as db:
        perform(db, erase, assembly.book)
        with pytest.raises(Locked), hurried.transaction() as beside:
            perform(beside, recommend, assembly.book)
