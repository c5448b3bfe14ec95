"""Norms, numbers and editions of the law are complete, dated and cited alike."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from machines.editions import EDITIONS, edition_on
from machines.norms import NORMS, norm
from machines.numbers import LINES, Number, Share, line, number, share
from machines.wording import LANGUAGES

TODAY = date(2010, 6, 1)


@pytest.mark.parametrize("id", NORMS)
def test_a_norm_speaks_three_languages(id: str) -> None:
    """Every norm has its place, a title and one sentence of ours in each language, and an official address."""
    cited = NORMS[id]
    assert [set(LANGUAGES)] * 4 == [set(cited.place), set(cited.title), set(cited.wording), set(cited.url)]
    assert all(sentence.endswith(".") and sentence.count(". ") == 0 for sentence in cited.wording.values())
    assert not any(title.endswith(".") for title in cited.title.values())


@pytest.mark.parametrize("id", NORMS)
def test_an_id_tells_the_item(id: str) -> None:
    """`8.3a` stands in item 8."""
    assert id.startswith(NORMS[id].item)


@pytest.mark.parametrize("id", NORMS)
def test_a_norm_begins_with_an_edition(id: str) -> None:
    """No norm came into force on another day than the Decree or one of its amendments."""
    assert NORMS[id].since.isoformat() in EDITIONS


def test_every_norm_is_there() -> None:
    """The Decree, the Strategy and the Regulation hold 161 norms that can be carried out or recorded."""
    assert 161 == len(NORMS)


def test_a_norm_is_found_by_its_id() -> None:
    """8.3a: quorum of a session."""
    quorum = norm("8.3a")
    assert ("8.3a", "8.3", "Положение, пункт 8, часть 3") == (quorum.id, quorum.item, quorum.place["ru"])
    assert "https://adilet.zan.kz/kaz/docs/U020000856_" == quorum.url["kk"]


def test_an_unknown_norm_is_named() -> None:
    """A wrong citation is a mistake of the program that shows itself."""
    with pytest.raises(KeyError, match="no norm '8.3z'"):
        norm("8.3z")


@pytest.mark.parametrize("dated", LINES, ids=lambda dated: dated.key)
def test_a_number_carries_a_norm(dated: Number) -> None:
    """Every number of the law cites a norm that exists, and holds since an edition or a later day."""
    assert dated.norm in NORMS
    assert date(2002, 4, 26) <= dated.since


def test_numbers_of_the_text() -> None:
    """A month of notice (8.1b), two deputies (7.1c), ten days of a poll (9.3b)."""
    assert [1, 2, 10] == [
        number(key, TODAY) for key in ("session.notice_months", "deputies.maximum", "poll.default_days")
    ]


def test_a_number_before_the_first_edition_is_the_first() -> None:
    """G01: what came before the Decree is judged by its first edition."""
    assert line("deputies.maximum", TODAY) is line("deputies.maximum", date(1995, 3, 1))


def test_shares_and_whole_numbers_are_not_mixed_up() -> None:
    """Asking for the wrong kind, or for a number that is none, is a mistake of the program."""
    with pytest.raises(KeyError, match="is a share"):
        number("session.quorum", TODAY)
    with pytest.raises(KeyError, match="is no share"):
        share("deputies.maximum", TODAY)
    with pytest.raises(KeyError, match="no number 'x'"):
        line("x", TODAY)


@pytest.mark.parametrize("key", ["request.share", "session.quorum", "session.majority", "council.majority"])
def test_a_share_needs_the_least_number_that_reaches_it(key: str) -> None:
    """8.2b, 8.3a, 8.3b, 9.2c: one vote fewer never suffices, for every total."""
    rule = share(key, TODAY)
    for total in range(1, 401):
        needed = rule.needed(total)
        assert [True, False] == [rule.reached(votes, total) for votes in (needed, needed - 1)]


def test_twenty_of_thirty_is_two_thirds() -> None:
    """9.2c: 20 of 30; 8.3b: 15 of 30 is not more than half."""
    assert (20, 16) == (Share(2, 3).needed(30), Share(1, 2, strict=True).needed(30))
    assert [True, False] == [Share(2, 3).reached(votes, 30) for votes in (20, 19)]


def test_of_nobody_nothing_suffices() -> None:
    """A total of 0 never carries a decision."""
    assert not Share(2, 3).reached(0, 0)
    assert 1 == Share(2, 3).needed(0)


@pytest.mark.parametrize("id", EDITIONS)
def test_an_edition_begins_on_its_first_day(id: str) -> None:
    """G01, G03: the law of the day of the fact; an amendment holds from the day of signing."""
    edition = EDITIONS[id]
    assert id == edition_on(edition.since)
    assert id != edition_on(edition.since - timedelta(days=1)) or id == next(iter(EDITIONS))
    assert all(edition.source(language) and edition.differs(language) for language in LANGUAGES)


def test_the_last_edition_stays() -> None:
    """G02: a historical simulation; the first edition also stands for the days before it."""
    assert ("2002-04-26", "2008-04-24") == (edition_on(date(1999, 1, 1)), edition_on(date(2026, 7, 1)))
