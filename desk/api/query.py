"""The values that several calls take, and the link to the next page."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Header, Query
from pydantic import AfterValidator, BeforeValidator

# Before the first nothing was recorded, after the last nothing is planned; no instant between overflows in any zone.
_FIRST, _LAST = date(1900, 1, 1), date(2199, 12, 31)
_WRITTEN = re.compile(r"\d{4}-\d{2}-\d{2}")


def _written(value: Any) -> Any:
    """Take a day as 2006-05-18 only: a number would be read as seconds."""
    if isinstance(value, str) and not _WRITTEN.fullmatch(value):
        raise ValueError("a date is expected, as 2006-05-18")
    return value


def _within(day: date | None) -> date | None:
    return min(max(day, _FIRST), _LAST) if day else None


def one_of(names: Iterable[Any], description: str = "") -> Any:
    """Describe a value that is one of *names*."""
    return Query(description=description, json_schema_extra={"enum": [str(name) for name in names]})


Day = Annotated[date | None, BeforeValidator(_written), AfterValidator(_within), Query(examples=["2006-05-18"])]
After = Annotated[
    str | None, Query(min_length=1, max_length=300, description="Where the page before ended: from its link.")
]
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key", min_length=1, max_length=200,
        description="The same key and body are answered twice and done once.",
    ),
]  # fmt: skip
Seen = Annotated[
    str | None,
    Header(alias="If-Match", max_length=100, description='The entry that you have seen, as the ETag has it: "7".'),
]


def next_page(path: str, given: Mapping[str, Any], after: str | None) -> dict[str, str] | None:
    """Write the link to the next page, if there is one."""
    if after is None:
        return None
    values = {name: _plain(value) for name, value in given.items() if value is not None}
    return {"Link": f'<{path}?{urlencode(values | {"after": after})}>; rel="next"'}


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
