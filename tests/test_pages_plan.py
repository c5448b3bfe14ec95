"""Plans and what-if: lawful days with how they are counted; an act tried on a copy, and nothing written."""

import pytest

from models.database import Database
from tests.assembly import Assembly, admissible, nominated
from tests.pages import Pages, read


@pytest.fixture
def pages(database: Database) -> Pages:
    """Lend the pages of an Assembly in office."""
    return Pages(Assembly(database))


def test_each_plan_says_its_days_and_how_they_are_counted(pages: Pages):
    """All at once, for the address says what is asked."""
    page = pages.text("/plan?on=2006-06-20&decided=2006-04-14&opened=2006-04-14")
    assert "To be announced by 20.05.2006 at the latest." in page
    assert "To be held by 15.05.2006 at the latest." in page
    assert "Closes on" in page
    assert 3 == page.count("How it is counted") or page.count("counted") >= 3


def test_a_candidacy_is_planned_step_by_step(pages: Pages):
    """With who acts, and what is in the way."""
    case = admissible(pages.assembly)
    page = pages.text(f"/plan?number={case.number.lower()}")
    assert "admissible" in page or "admitted" in page
    assert "Submit" in page


def test_what_cannot_be_read_is_kept_and_named(pages: Pages):
    """On top, with a link to the field; the other plans stand all the same."""
    answer = pages.see("/plan?on=20.13.2006&opened=2006-04-14&number=C-1999-0001")
    assert 422 == answer.status_code
    assert 'href="#on"' in answer.text
    assert 'value="20.13.2006"' in answer.text
    assert "There is no case C-1999-0001." in read(answer.text)
    assert "Closes on" in read(answer.text)


def test_an_act_is_tried_and_nothing_is_written(pages: Pages):
    """State and deadlines that would follow are told; the case stands as it was."""
    case = nominated(pages.assembly)
    assert f'href="/cases/{case.number}/try?act=admit"' in pages.see(f"/cases/{case.number}/try").text
    before = pages.assembly.ask("SELECT count(*), max(position) FROM entries")
    answer = pages.send(f"/cases/{case.number}/try", "wb", act="admit")
    assert 200 == answer.status_code
    assert "The case would be: " in read(answer.text)
    assert "Nothing was written." in read(answer.text)
    assert "Consideration" in read(answer.text)
    assert before == pages.assembly.ask("SELECT count(*), max(position) FROM entries")


def test_what_would_be_refused_says_why(pages: Pages):
    """Not the office, wrong facts, the law: each as the API says it."""
    case = nominated(pages.assembly)
    assert "This would be refused" in read(pages.send(f"/cases/{case.number}/try", "ch", act="admit").text)
    wrong = pages.send(f"/cases/{case.number}/try", "wb", act="return").text
    assert 'class="errors"' in wrong
    assert 404 == pages.see(f"/cases/{case.number}/try?act=fly").status_code
    assert 404 == pages.see("/cases/C-1999-0001/try").status_code
    assert 403 == pages.see(f"/cases/{case.number}/try", "p:B").status_code


def test_what_time_brings_is_tried_as_if_it_had_come(pages: Pages):
    """Nobody does it: a member leaves on the day named (20.3)."""
    assembly = pages.assembly
    assembly.do(
        "m1",
        "membership.leave",
        case="membership:m1",
        facts={"statement_date": "2006-04-14", "from_date": "2006-05-01"},
    )
    number = assembly.number("membership:m1")
    page = read(pages.send(f"/cases/{number}/try", "wb", act="exit").text)
    assert "as if its time had come" in page
    assert "The case would be: " in page
