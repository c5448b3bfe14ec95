"""The documents that are made from the code, or played: `python -m tests.documents` writes them again.

Tables stand in the README between two markers; docs/rulings.md and docs/norms.md are made as a whole, docs/personal_data.md
has its table; console blocks are played (tests/played.py).
"""

import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from machines.personal import table_of_columns
from machines.procedure import Procedure
from machines.procedures import PROCEDURES
from machines.rulings import RULINGS, Ruling
from machines.wording import say
from tests.norms_document import norms_document
from tests.played import ROOT, played

TABLE = re.compile(r"(<!-- table of procedures: .*? -->\n).*?(<!-- end of table -->)", re.DOTALL)
WITH_TABLE = "README.md"
PLAYED_DOCUMENTS = ("README.md", "docs/api.md")
COLUMNS = re.compile(r"(<!-- columns -->\n\n).*?(\n?<!-- end of columns -->)", re.DOTALL)
COLUMNS_DOCUMENT = "docs/personal_data.md"
RULINGS_DOCUMENT = "docs/rulings.md"
NORMS_DOCUMENT = "docs/norms.md"

RULINGS_INTRODUCTION = """# The rulings

Made from `machines/rulings.py` and `machines/texts/en/rulings.toml` by `python -m tests.documents`: not to be edited by hand.

The Regulation leaves questions open that a program has to answer. Where more than one answer is defensible, the answer is a *ruling*:
a value with a default, its norms and its reason. `kenes rulings` prints those in force on a day, in Kazakh, Russian or English.

A ruling is switched by a dated line in `kenes.toml`, in the folder in which kenes is started:

```toml
[rulings.2027-01-01]
poll.reference_moment = "open"
removal.submission.min_submitters = 2
poll.excluded_kinds = ["candidacy"]
```

From that day on it holds for cases that are opened then. **A case keeps the rulings under which it was opened**, whatever is switched
later: its first entry names those that differed from the defaults. A ruling that does not exist, or an answer that it does not have,
stops the start with one line that says which. To take a ruling back, add a line with a later date; do not delete the earlier one, or
`kenes rulings --on DATE` will no longer tell what held on that day. The values of open cases are not affected by either.

While the service runs, a ruling is switched by a case of the procedure `edition`, as a number of the law is: the working body proposes the
answer, the day and the paper it rests on, the Chairman or a deputy chairman who took no part in the proposal confirms it, and from its day
on it holds on every host without a restart. Of one day it stands before a line of `kenes.toml`.

```
kenes case open edition.propose --as wb --fact rule=poll.reference_moment --fact value=open --fact since=2027-01-01 --fact norm=9.3a \\
    --fact 'basis={kind: decision of the Council, number: "4", date: 2026-11-20}'
kenes edition report N-2026-0001      # the open cases that it concerns: they keep their rulings
kenes case act N-2026-0001 confirm --as ch
```

`kenes edition rules` lists every rule that can be changed so, with its value, what it may be, and which case has entered it.

The letter and number (A01) name the ruling in the texts of refusals, docstrings and tests.
"""


def table_of_procedures() -> str:
    """Write every procedure on one line: what it is, its items, its acts, where it ends."""
    head = "| procedure | item of the Regulation | case numbers | opened by | acts | ends as |\n|---|---|---|---|---|---|\n"
    return head + "".join(_line(procedure) for procedure in PROCEDURES.values())


def rulings_document() -> str:
    """Write docs/rulings.md: each ruling with question, default, reason, the other answers, and the norms."""
    return "\n".join([RULINGS_INTRODUCTION, *(_ruling(ruling) for ruling in RULINGS.values())])


def with_table(text: str) -> str:
    """Put the table of procedures between its markers."""
    return TABLE.sub(lambda found: found[1] + table_of_procedures() + found[2], text)


def with_columns(text: str) -> str:
    """Put what becomes of every column between its markers."""
    return COLUMNS.sub(lambda found: f"{found[1]}{table_of_columns()}\n<!-- end of columns -->", text)


def as_they_should_be(folder: Path) -> Iterator[tuple[Path, str]]:
    """Yield each document with what it should say."""
    yield ROOT / RULINGS_DOCUMENT, rulings_document()
    yield ROOT / NORMS_DOCUMENT, norms_document()
    yield ROOT / COLUMNS_DOCUMENT, with_columns((ROOT / COLUMNS_DOCUMENT).read_text(encoding="utf-8"))
    for name in PLAYED_DOCUMENTS:
        text = (ROOT / name).read_text(encoding="utf-8")
        place = folder / name.replace("/", "-")
        place.mkdir()
        text, _ = played(with_table(text) if name == WITH_TABLE else text, place)
        yield ROOT / name, text


def _line(procedure: Procedure[Any]) -> str:
    title = say(f"names.procedure.{procedure.name}", "en")
    first = ", ".join(row.name for row in procedure.acts if row.opens_case)
    acts = ", ".join(row.name for row in procedure.acts if not row.opens_case)
    return (
        f"| **{procedure.name}**: {title} | {procedure.chapter} | {procedure.letter}-2026-0001 | {first} | {acts} |"
        f" {', '.join(procedure.final)} |\n"
    )


def _ruling(ruling: Ruling) -> str:
    return f"""## `{ruling.key}`

{ruling.question("en")}

- **Default** `{_written(ruling.default)}`: {ruling.meaning("en")}
- **Why:** {ruling.reason("en")}
- **Otherwise** ({ruling.expected()}): {ruling.alternatives("en")}
- Norms {", ".join(ruling.norms)}; ruling {ruling.ruling}.
"""


def _written(value: Any) -> str:
    """Write a value as it stands in kenes.toml."""
    if isinstance(value, tuple):
        return f"[{', '.join(map(_written, value))}]"
    return str(value).lower() if isinstance(value, bool) else f'"{value}"' if isinstance(value, str) else str(value)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        for file, text in as_they_should_be(Path(made)):
            file.write_text(text, encoding="utf-8")
            sys.stdout.write(f"{file.relative_to(ROOT)}\n")
