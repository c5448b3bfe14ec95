"""Acting in the desk: form, check, act, receipt; without scripts, in each language, and nothing typed is lost."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from desk.pages.forms import Field, choice_key, facts_typed, fields_of, hint_of, label_of, typed_from
from machines.procedures import PROCEDURES
from machines.wording import LANGUAGES, has
from models import Database
from tests.api_client import NOMINATION, Desk
from tests.assembly import Assembly
from tests.browsing import Reader, Visit

TYPED = {
    "person": "p:A", "route": "small_assembly", "decision.body": "small_assembly_session", "decision.number": "7",
    "decision.date": "2006-04-14", "proposals.0.by": "German centre", "proposals.0.date": "2006-04-03", "consent": "yes",
}  # fmt: skip
NOMINATE = "/open/candidacy/nominate"
ROWS = [(procedure.name, row) for procedure in PROCEDURES.values() for row in procedure.acts if row.persons]


@pytest.fixture
def desk(database: Database) -> Desk:
    """Lend the desk of an Assembly in office."""
    return Desk(Assembly(database))


def every(fields: tuple[Field, ...]) -> list[Field]:
    """Return fields with all that they hold."""
    return [one for field in fields for one in (field, *every(field.fields))]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_field_and_no_choice_is_without_a_name(language: str) -> None:
    """Over the facts of every act of every procedure: 0 are missing."""
    fields = [field for _, row in ROWS for field in every(fields_of(row.facts))]
    assert [] == [field.name for field in fields if not has(f"names.fact.{field.name}")]
    assert [] == [
        choice_key(field.name, one) for field in fields for one in field.choices if not has(choice_key(field.name, one))
    ]
    assert all(label_of(field, language) for field in fields)
    assert any(hint_of(field, language) for field in fields)


def test_what_is_typed_becomes_the_facts_again() -> None:
    """There and back: the facts of a nomination, as a form has them."""
    fields = fields_of(PROCEDURES["candidacy"].rows["nominate"].facts)
    assert NOMINATION == facts_typed(fields, typed_from(NOMINATION))
    assert NOMINATION == facts_typed(fields, TYPED)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_chairman_is_offered_what_he_does_for_deputies(sqlite_database: Database, language: str) -> None:
    """With no deputy in office the Chairman performs their acts (B01): the page offers him what the door would let him do."""
    desk = Desk(Assembly(sqlite_database, deputies=0))
    assert "/open/council_meeting/draft" in Visit(desk, "ch", language).read("/meetings").links


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_opening_has_its_form(sqlite_database: Database, language: str) -> None:
    """In every language, safe to be sent twice."""
    visit = Visit(Desk(Assembly(sqlite_database)), "wb", language)
    opening = [f"/open/{procedure}/{row.name}" for procedure, row in ROWS if row.opens_case]
    assert all(visit.read(path).fields["key"] for path in opening)


def test_a_nomination_from_form_to_receipt(desk: Desk) -> None:
    """A person is found by a part of the name; the check writes nothing; the receipt has number, time, norms (14.1a)."""
    visit = Visit(desk, "s:Kostanay")
    form = visit.read(NOMINATE).fields | TYPED
    check = Reader(visit.post(NOMINATE, form | {"step": "check"}).text)
    assert "Check before you confirm" in check.text
    assert [] == desk.assembly.ask("SELECT number FROM cases WHERE procedure = 'candidacy'")
    done = visit.post(NOMINATE, check.fields | {"step": "do"}, 303)
    receipt = visit.read(done.headers["location"])
    assert "Case C-2006-0001, entry No. 1" in receipt.text
    assert "(UTC+6)" in receipt.text
    assert "item 14.1a" in receipt.text


def test_sent_twice_it_is_done_once(desk: Desk) -> None:
    """The form carries its key: a second click is answered with the same receipt."""
    visit = Visit(desk, "s:Kostanay")
    form = visit.read(NOMINATE).fields | TYPED | {"step": "do"}
    places = {visit.post(NOMINATE, form, 303).headers["location"] for _ in range(2)}
    assert ({"/cases/C-2006-0001/receipts/1"}, 1) == (
        places,
        len(desk.assembly.ask("SELECT 1 FROM cases WHERE procedure = 'candidacy'")),
    )


def test_what_is_wrong_stands_on_top_and_what_was_typed_is_kept(desk: Desk) -> None:
    """Each fault leads to its field."""
    visit = Visit(desk, "s:Kostanay")
    typed = visit.read(NOMINATE).fields | TYPED | {"decision.number": "", "step": "check"}
    page = Reader(visit.post(NOMINATE, typed, 422).text)
    assert "#decision.number" in page.links
    assert "German centre" == page.fields["proposals.0.by"]
    assert "2006-04-14" == page.fields["decision.date"]


def test_where_several_fit_one_is_chosen(desk: Desk) -> None:
    """The names of the register come back as a choice; nobody is taken by chance."""
    visit = Visit(desk, "s:Kostanay")
    typed = visit.read(NOMINATE).fields | TYPED | {"person": "p", "step": "check"}
    answer = visit.post(NOMINATE, typed, 422)
    assert 'name="person.chosen"' in answer.text
    chosen = Reader(answer.text).fields | {"person.chosen": "p:B", "step": "check"}
    assert "Check before you confirm" in visit.post(NOMINATE, chosen).text


def test_one_row_more_is_a_step_of_the_form(desk: Desk) -> None:
    """Proposals are as many as there are; nothing typed is lost meanwhile."""
    visit = Visit(desk, "s:Kostanay")
    page = Reader(visit.post(NOMINATE, visit.read(NOMINATE).fields | TYPED | {"more": "proposals"}).text)
    assert "proposals.1.by" in page.fields
    assert "German centre" == page.fields["proposals.0.by"]


def test_an_act_without_facts_is_ready_to_be_checked(desk: Desk) -> None:
    """One look, one click, the receipt."""
    number = desk.nominate()
    receipt = Visit(desk, "wb").act(f"/cases/{number}/acts/admit")
    assert "Done: Admit" in receipt.text
    assert "admissible" == desk.assembly.state(number)


def test_after_a_conflict_one_reads_what_has_happened(desk: Desk) -> None:
    """Somebody was first: the entries since are told, what was typed is kept, and one decides anew."""
    number = desk.nominate()
    visit, path = Visit(desk, "wb"), f"/cases/{number}/acts/return"
    form = visit.read(path).fields | {"reason": "A paper is missing", "step": "do"}
    desk.act("p:A", number, "withdraw")
    page = Reader(visit.post(path, form, 412).text)
    assert "What has happened since Withdraw" in page.text.replace("14.04.2006 10:00 (UTC+6) ", "")
    assert ("A paper is missing", "2") == (page.fields["reason"], page.fields["seen"])


def test_a_refusal_tells_every_reason(desk: Desk) -> None:
    """With norm and remedy, in the form where the answer can be changed (14.1a)."""
    visit = Visit(desk, "s:Kostanay")
    typed = visit.read(NOMINATE).fields | TYPED
    visit.post(NOMINATE, typed | {"step": "do"}, 303)
    number = "C-2006-0001"
    page = Visit(desk, "d1").read(f"/cases/{number}/acts/admit", 403)
    assert "Working body" in page.text


def test_the_working_body_enters_an_act_from_its_paper(desk: Desk) -> None:
    """On behalf of the office, with the document (D07)."""
    number = desk.nominate()
    desk.act("wb", number, "admit")
    path = f"/cases/{number}/acts/withdraw"
    page = Visit(desk, "wb").act(
        f"{path}?behalf=1", reason="Called to another office", on_behalf_of="p:A", document__kind="letter", document__number="5",
        document__date="2006-04-14",
    )  # fmt: skip
    assert "entered by" in page.text
    assert "withdrawn" == desk.assembly.state(number)


@pytest.mark.parametrize(
    "path", ["/open/candidacy/admit", "/open/nothing/nominate", "/cases/{}/acts/nothing", "/cases/C-1-1/acts/admit"]
)
def test_an_unknown_act_is_not_found(desk: Desk, path: str) -> None:
    """As a page, for whoever reads pages."""
    assert "Not found" in Visit(desk, "wb").get(path.format(desk.nominate()), 404).text


def test_strangers_see_no_form(desk: Desk) -> None:
    """Who holds no office and is not concerned is told nothing of a case."""
    number = desk.nominate()
    page = Visit(desk, "p:B").get(f"/cases/{number}/acts/admit", 403).text
    assert "p:A" not in page


def test_what_was_done_and_changed_can_be_sent_again(desk: Desk) -> None:
    """Back from the receipt and something changed: the key belongs to what was done, so the form comes back with a new one."""
    visit = Visit(desk, "wb")
    number = desk.nominate()
    asked = {"reason": "The protocol is missing", "seen": "1", "key": "k1", "step": "do"}
    visit.post(f"/cases/{number}/acts/return", asked, 303)
    again = Reader(visit.post(f"/cases/{number}/acts/return", asked | {"reason": "No proposals"}, 422).text)
    assert ("No proposals", True) == (again.fields["reason"], again.fields["key"] not in ("", "k1"))
    assert 2 == desk.assembly.seq(number)


def test_sent_many_times_at_once_it_is_done_once(desk: Desk) -> None:
    """Four clicks on the same button: one entry, and every answer leads to its receipt."""
    visit, number = Visit(desk, "wb"), desk.nominate()
    fields = visit.read(f"/cases/{number}/acts/admit").fields | {"step": "do"}
    with ThreadPoolExecutor(4) as several:
        answers = list(several.map(lambda _: visit.post(f"/cases/{number}/acts/admit", fields, 303), range(4)))
    assert {f"/cases/{number}/receipts/2"} == {one.headers["location"] for one in answers}
    assert 2 == desk.assembly.seq(number)
