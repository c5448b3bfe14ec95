"""One act that somebody is about to do in the desk: who, which, what was typed, and what form and check say of it alike."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import Depends, Request

from desk.door import Door, acts_of, try_acts, try_opening
from desk.intake import LARGEST_BODY, WrongStatus
from desk.pages.choosing import Chosen
from desk.pages.edition_shown import Reader
from desk.pages.fields import DOCUMENT
from desk.pages.forms import Field, facts_typed, fields_of
from desk.pages.page import name_of, speaker
from desk.pages.telling import with_names
from desk.pages.visiting import Visitor
from desk.titles import titles_of
from machines.act import PRESIDENT
from machines.procedure import Procedure, Transition
from machines.standing import standing
from machines.zones import local_day
from models.database import Db

BEHALF, OFFICE = "on_behalf_of", "office"
_PERSON = Field(BEHALF, BEHALF, "person", optional=True)
OF_THE_PRESIDENT = Field(BEHALF, BEHALF, "choice", optional=True, choices=(PRESIDENT,))


async def typed_pairs(request: Request) -> list[tuple[str, str]]:
    """Read the fields of a form in their order."""
    if int(request.headers.get("content-length") or 0) > LARGEST_BODY:
        raise WrongStatus(413, most=LARGEST_BODY)
    form = await request.form(max_fields=5000)
    return [(name, value) for name, value in form.multi_items() if isinstance(value, str) and "\0" not in value]


async def typed_form(request: Request) -> dict[str, str]:
    """Read a form; of a name that is given more than once the last value counts."""
    return dict(await typed_pairs(request))


Typed = Annotated[dict[str, str], Depends(typed_form)]


@dataclass(slots=True)
class Acting:
    """One act that somebody is about to do: of a case, or the first of a new one."""

    request: Request
    visitor: Visitor
    procedure: Procedure[Any]
    row: Transition[Any]
    number: str | None
    typed: dict[str, str] = field(default_factory=dict)
    chosen: Chosen | None = None

    @property
    def door(self) -> Door:
        """The door that it goes through."""
        door: Door = self.request.app.state.door
        return door

    @property
    def act(self) -> str:
        """Its name with that of its procedure."""
        return f"{self.procedure.name}.{self.row.name}"

    @property
    def reader(self) -> Reader:
        """To whom what stands beside the form is told."""
        who, book = self.visitor, self.door.book
        return Reader(who.person_id, who.at, local_day(who.at, book.zone), who.language, book)

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields of its facts."""
        return fields_of(self.row.facts)

    @property
    def beside(self) -> tuple[Field, ...]:
        """The fields beside its facts: for whom it is entered, and from which paper; the President enters nothing himself."""
        return (OF_THE_PRESIDENT if self.row.of_the_president else _PERSON, DOCUMENT)

    @property
    def only(self) -> str | None:
        """The visitor, if he is a stranger: then he is shown nothing but what is about himself."""
        return None if self.visitor.offices else self.visitor.person_id

    def asked(self) -> dict[str, Any]:
        """Return the act as the API would be asked for it."""
        typed = self.chosen.typed if self.chosen else self.typed
        beside = facts_typed(self.beside, typed)
        return {
            "procedure": self.procedure.name, "act": self.row.name, "facts": facts_typed(self.fields, typed),
            "office": typed.get(OFFICE) or None, **beside,
        }  # fmt: skip

    def tried(self) -> dict[str, Any]:
        """Play it on a copy."""
        asked, who = self.asked(), self.visitor
        if self.number is None:
            return try_opening(self.door, asked, actor=who.person_id, at=who.at, language=who.language)
        seen = {"seen": seen_of(self.typed)} if seen_of(self.typed) is not None else {}
        return try_acts(self.door, self.number, [asked | seen], actor=who.person_id, at=who.at, language=who.language)[
            0
        ]


def context(db: Db, acting: Acting) -> dict[str, Any]:
    """Return what form and check say alike: the act, its norms, the case, the offices in which the visitor could do it."""
    language, procedure, row = acting.visitor.language, acting.procedure.name, acting.row
    answer = _answer(db, acting)
    return {
        "act": name_of("act", f"{procedure}.{row.name}", language), "procedure": name_of("procedure", procedure, language),
        "norms": row.norms, "number": acting.number, "action": acting.request.url.path,
        "title": titles_of(db, [acting.number], language).get(acting.number, "") if acting.number else "",
        "by": [name_of("office", office.value, language) for office in row.persons],
        "offices": offices_named(answer["offices"], language) if len(answer["offices"]) > 1 else [],
        "may_enter": answer["may_enter"],
        "refusals": [] if acting.typed.get("behalf") else with_names(db, answer.get("refusals", []), language),
        "warnings": answer.get("warnings", []),
        "known": "act" in answer or acting.number is None,
    }  # fmt: skip


def offices_named(offices: Iterable[str], language: str) -> list[tuple[str, str]]:
    """Name offices to choose from."""
    return [(office, name_of("office", office, language)) for office in offices]


def _answer(db: Db, acting: Acting) -> dict[str, Any]:
    """Return what the door says of this act of the case.

    Of an act that its state does not know, or that opens a case, only what follows from the visitor's offices can be said.
    """
    who, book = acting.visitor, acting.door.book
    if acting.number is not None:
        answers = acts_of(db, acting.number, actor=who.person_id, at=who.at, book=book, language=who.language)
        for answer in answers:
            if answer["act"] == acting.row.name:
                return answer
    held = standing(db, who.person_id, at=who.at, book=book)
    return {"offices": held.offices(acting.procedure, acting.row), "may_enter": held.may_enter}


def crumbs_of(number: str, last: str, language: str) -> tuple[tuple[str, str], ...]:
    """Lead to an act of a case, or to what came of it."""
    return (("/cases", speaker(language)("frame.cases")), (f"/cases/{number}", number), ("", last))


def key_of(acting: Acting) -> str:
    """Return the word by which an act that is sent twice is done once."""
    return acting.typed.get("key") or secrets.token_urlsafe(18)


def seen_of(typed: Mapping[str, str]) -> int | None:
    """Return the entry that the visitor had before his eyes."""
    seen = typed.get("seen", "")
    return int(seen) if seen.isascii() and seen.isdecimal() and len(seen) <= 9 else None


def seq_of(db: Db, number: str | None) -> int:
    """Return the last entry of a case."""
    row = db.one("SELECT seq FROM cases WHERE number = ?", number)
    return int(row[0]) if row else 0
