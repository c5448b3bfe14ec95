"""The values that several calls take, and the link to the next page."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Header, Query

# No calendar of ours goes further, and no instant of these days overflows in any zone.
Day = Annotated[date | None, Query(ge=date(1900, 1, 1), le=date(2199, 12, 31))]
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
