"""What the Decree leaves open is decided by rulings that hold from a day."""

from __future__ import annotations

import json
from datetime import date

import pytest

from machines.norms import NORMS
from machines.rulings import DEFAULTS, RULINGS, Ruling, Rulings, check_value
from machines.wording import LANGUAGES

DAY = date(2008, 4, 24)


@pytest.mark.parametrize("ruling", RULINGS.values(), ids=RULINGS)
def test_a_ruling_is_explained(ruling: Ruling) -> None:
    """Its question, default, reason and alternatives can be read in three languages; its norms exist."""
    assert set(ruling.norms) <= set(NORMS)
    for language in LANGUAGES:
        assert all((ruling.question(language), ruling.meaning(language), ruling.reason(language)))
        assert ruling.question(language).endswith("?")
        assert ruling.alternatives(language)


@pytest.mark.parametrize("ruling", RULINGS.values(), ids=RULINGS)
def test_the_default_holds_unless_overridden(ruling: Ruling) -> None:
    """Without overrides every ruling has its default, which it accepts."""
    assert ruling.default == Rulings.on(DAY)[ruling.key] == check_value(ruling.key, ruling.default)


def test_an_override_holds_from_its_day() -> None:
    """B07: switched on 24 April, the day before still has the default."""
    overrides = [(DAY, "poll.reference_moment", "open")]
    assert "open" == Rulings.on(DAY, overrides)["poll.reference_moment"]
    assert "close" == Rulings.on(date(2008, 4, 23), overrides)["poll.reference_moment"]


def test_the_latest_override_wins() -> None:
    """Whatever the order in which they are read; of one day the last one given."""
    later, earlier = (
        (date(2008, 4, 1), "terms.roll.forward", "next_working_day"),
        (date(2007, 1, 1), "terms.roll.forward", "none"),
    )
    assert DEFAULTS is Rulings.on(DAY, [later, earlier])
    assert "none" == Rulings.on(DAY, [later, (later[0], "terms.roll.forward", "none")])["terms.roll.forward"]


def test_a_case_keeps_what_differs() -> None:
    """What differs survives JSON; the same rulings are the same object."""
    rulings = Rulings.on(
        DAY, [(DAY, "poll.excluded_kinds", ["other", "candidacy"]), (DAY, "session.notice.mode", "at_least")]
    )
    assert {"poll.excluded_kinds": ["candidacy", "other"]} == rulings.differing()
    assert rulings is Rulings.restored(json.loads(json.dumps(rulings.differing())))
    assert ("candidacy", "other") == rulings["poll.excluded_kinds"]
    assert DEFAULTS is Rulings.restored({})


def test_rulings_are_values() -> None:
    """They compare by content, can be hashed, counted, listed and read in a message."""
    one = Rulings((("terms.roll.forward", "none"),))
    other = Rulings.restored({"terms.roll.forward": "none"})
    assert 1 == len({one, other})
    assert one != DEFAULTS
    assert one != "none"
    assert list(RULINGS) == list(one)
    assert len(RULINGS) == len(one)
    assert "Rulings({'terms.roll.forward': 'none'})" == repr(one)


def test_rulings_cannot_be_changed() -> None:
    """A case keeps its rulings."""
    with pytest.raises(TypeError, match="item assignment"):
        DEFAULTS["terms.roll.forward"] = "none"  # type: ignore[index]


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("poll.reference_moment", "later", "poll.reference_moment: expected one of close, open, both, got later"),
        ("removal.submission.min_submitters", True, "expected one of 1, 2, got true"),
        ("session.notice.extra_day", 1, "expected one of false, true, got 1"),
        ("session.notice.extra_day", None, "got None"),
        ("poll.excluded_kinds", "candidacy", "expected a list out of candidacy"),
        ("poll.excluded_kinds", ["candidacy", "candidacy"], "expected a list out of candidacy"),
        ("poll.excluded_kinds", ["weather"], "expected a list out of candidacy"),
        ("poll.excluded_kinds", [1], "expected a list out of candidacy"),
        ("poll.reference", "close", "poll.reference: no such ruling; expected one of session.notice.mode"),
    ],
)
def test_a_wrong_value_is_refused(key: str, value: object, message: str) -> None:
    """The message names the key, what was expected and what came."""
    with pytest.raises(ValueError, match=message):
        check_value(key, value)
