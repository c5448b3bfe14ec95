"""What the addresses of pages carry: a day, the page of a list, and the links that keep the rest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import Any, TypeVar
from urllib.parse import urlencode

from desk.problems import wrong
from desk.roster.file import read_date

T = TypeVar("T")

FIRST, LAST = date(1900, 1, 1), date(2199, 12, 31)  # no instant between overflows in any zone
PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a list, and the addresses of the first and the next one."""

    rows: Sequence[Any]
    total: int
    first_row: int
    first: str
    next: str

    @property
    def last_row(self) -> int:
        """Return the number of its last row."""
        return self.first_row + len(self.rows) - 1


def day_asked(text: str, name: str = "as_of") -> date | None:
    """Read a day such as 2006-05-18; nothing is no day, anything else a wrong value."""
    if not text.strip():
        return None
    try:
        day = read_date(text.strip())
    except ValueError:
        raise wrong(name, "date_expected", f"{text!r}: expected a day such as 2027-04-26") from None
    return min(max(day, FIRST), LAST)


def part_of(rows: Sequence[T], page: int, address: str, given: Mapping[str, Any]) -> Part:
    """Cut a page out of a list; beyond the end there is the last one."""
    pages = max(1, ceil(len(rows) / PER_PAGE))
    page = min(max(page, 1), pages)
    begin = (page - 1) * PER_PAGE
    return Part(
        rows[begin : begin + PER_PAGE], len(rows), begin + 1 if rows else 0,
        first=link(address, given) if page > 1 else "", next=link(address, given, page=page + 1) if page < pages else "",
    )  # fmt: skip


def link(address: str, given: Mapping[str, Any], **more: Any) -> str:
    """Write an address with what is given and not empty."""
    values = {name: str(value) for name, value in {**given, **more}.items() if value not in ("", None)}
    return f"{address}?{urlencode(values)}" if values else address
