"""Name the rules that an edition may change, and read their values: numbers of the law within limits, and the rulings.

A value is entered as people write it: a whole number, a share as 2/3 (or >1/2: more than a half), an answer of a ruling.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from machines.editions import FIRST_DAY
from machines.numbers import Number, Share, line
from machines.rulings import RULINGS, Value, check_value

_SHARE = re.compile(r"(>?)([1-9]\d{0,2})/([1-9]\d{0,2})", re.ASCII)
_TRUTH = {"true": True, "yes": True, "да": True, "иә": True, "false": False, "no": False, "нет": False, "жоқ": False}
_HALF, _MORE_THAN_HALF, _ALL = Share(1, 2), Share(1, 2, strict=True), Share(1, 1)


class Limits(NamedTuple):
    """Between what a number of the law may be set, both included."""

    least: int | Share
    most: int | Share

    def hold(self, value: int | Share) -> bool:
        """Say whether the value is of the right kind and within."""
        if isinstance(value, Share) and isinstance(self.least, Share) and isinstance(self.most, Share):
            return self.least.rank <= value.rank <= self.most.rank
        if isinstance(value, Share) or isinstance(self.least, Share) or isinstance(self.most, Share):
            return False
        return self.least <= value <= self.most


# Outside of them the procedures would not work, or a minority would decide. A number that no guard or term looks at is no rule here.
LIMITS: Mapping[str, Limits] = MappingProxyType(
    {
        "deputies.maximum": Limits(1, 2),  # the register has two posts: a third takes a release
        "session.notice_months": Limits(1, 12),
        "session.quorum": Limits(_HALF, _ALL),
        "session.majority": Limits(_MORE_THAN_HALF, _ALL),
        "extraordinary.within_months": Limits(1, 12),
        "extraordinary.announce_working_days": Limits(1, 60),
        "extraordinary.minimum_notice_days": Limits(1, 365),
        "request.share": Limits(Share(1, 100), _ALL),
        "request.collection_months": Limits(1, 60),
        "request.convening_days": Limits(1, 365),
        "council.majority": Limits(_MORE_THAN_HALF, _ALL),
        "council.attendance": Limits(_HALF, _ALL),
        "poll.default_days": Limits(1, 365),
        "poll.minimum_working_days": Limits(1, 60),
        "poll.tally_working_days": Limits(1, 60),
        "candidacy.submission_working_days": Limits(1, 250),
        "candidacy.approval_days": Limits(1, 365),
        "removal.decision_days": Limits(1, 365),
        "removal.task_working_days": Limits(1, 250),
        "removal.reason_min_length": Limits(1, 4000),
    }
)


def is_rule(key: str) -> bool:
    """Say whether there is such a rule, a number or a ruling, that an edition may change."""
    return key in LIMITS or key in RULINGS


def norms_of_rule(key: str) -> tuple[str, ...]:
    """Name the norms that lay the rule down, or leave open what the ruling answers."""
    return RULINGS[key].norms if key in RULINGS else (line(key, FIRST_DAY).norm,)


def read_value(key: str, value: object) -> int | Share | Value:
    """Give the value as it is counted with, or raise a ValueError that says what was expected."""
    if key in RULINGS:
        return check_value(key, value)
    limits = LIMITS[key]
    read = _read_share(value) if isinstance(limits.least, Share) else value
    if isinstance(read, bool) or not isinstance(read, int | Share) or not limits.hold(read):
        raise ValueError(f"{key}: expected {expected(key)}, got {value}")
    return read


def typed_value(key: str, text: str) -> int | str | bool | tuple[str, ...]:
    """Return what somebody has typed as the kind of value that the rule has; what is none stays a text, for `read_value` to refuse."""
    kind = type(RULINGS[key].default) if key in RULINGS else type(LIMITS[key].least) if key in LIMITS else str
    if kind is tuple:
        return tuple(each.strip() for each in re.split(r"[,;\n]", text) if each.strip())
    if kind is bool:
        return _TRUTH.get(text.lower(), text)
    return int(text) if kind is int and text.isascii() and text.isdecimal() and len(text) < 9 else text


def expected(key: str) -> str:
    """Name the values that a rule may have, for a message."""
    return RULINGS[key].expected() if key in RULINGS else f"{LIMITS[key].least} … {LIMITS[key].most}"


def answers(key: str) -> tuple[int | Share | Value, ...]:
    """Return what a rule may be: the answers of a ruling, what a list may hold, or the least and the most of a number."""
    if key in RULINGS:
        return RULINGS[key].members or RULINGS[key].values
    return LIMITS[key].least, LIMITS[key].most


def answers_written(key: str) -> str:
    """Write what a rule may be, as its values are typed."""
    return (", " if key in RULINGS else " … ").join(map(written, answers(key)))


def is_chosen(key: str) -> bool:
    """Say whether a rule is one of few answers; otherwise a number, a share or a list is typed."""
    return key in RULINGS and not RULINGS[key].members


def is_counted(key: str) -> bool:
    """Say whether a rule is a whole number within limits."""
    return key in LIMITS and not isinstance(LIMITS[key].least, Share)


def written(value: int | Share | Value) -> str:
    """Write a value for people."""
    if isinstance(value, bool):
        return str(value).lower()
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def entered_number(key: str, value: int | Share, **told: object) -> Number:
    """Make the line of a number that an edition enters, in the unit of the line that it follows."""
    before = line(key, FIRST_DAY)
    return Number(key, value, before.unit, before.norm, before.ruling, **told)  # type: ignore[arg-type]


def _read_share(value: object) -> Share | None:
    found = _SHARE.fullmatch(value) if isinstance(value, str) else None
    return Share(int(found[2]), int(found[3]), strict=bool(found[1])) if found else None
