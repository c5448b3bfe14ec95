"""The shapes of facts: what an act tells, in the types of the contract."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import cache
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError
from pydantic_core import PydanticCustomError

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_LOCAL_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2})?")

FIRST_YEAR, LAST_YEAR = 1900, 2500  # between them every term can be counted in every zone


def _writable(text: str) -> str:
    """Refuse what no database keeps and no paper shows: control characters and halves of characters."""
    if any((ord(letter) < 32 and letter not in "\t\n\r") or 0xD800 <= ord(letter) <= 0xDFFF for letter in text):
        raise PydanticCustomError("unwritable", "a text without control characters is expected")
    return text


Text = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000), AfterValidator(_writable)
]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300), AfterValidator(_writable)]


class NamesPerson:
    """Marks a person_id, so that the kernel asks the register whether there is such a person."""


class NamesCase:
    """Marks the number of a case, with the procedures it may be of."""

    def __init__(self, *procedures: str) -> None:
        self.procedures = procedures


def _no_number(value: Any) -> Any:
    """Refuse what is no text: a paper's number 7 and "7" must not be two things, nor true be "True"."""
    if not isinstance(value, str):
        raise PydanticCustomError("text_expected", "a text is expected: put it in quotation marks")
    return value


def _a_day(value: Any) -> Any:
    """Take a date or its ISO text; an instant or a number is no date."""
    written = isinstance(value, str) and _DAY.fullmatch(value)
    if isinstance(value, datetime) or not (written or isinstance(value, date)):
        raise PydanticCustomError("date_expected", "a date is expected, as 2006-04-14")
    return value


def _countable(day: date) -> date:
    """Refuse days so far away that terms cannot be counted from them."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise PydanticCustomError("year_out_of_range", "a day between 1900 and 2500 is expected")
    return day


def _a_local_time(value: Any) -> Any:
    """Take the local time of the procedure's zone, as 2006-05-16 10:00."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if _LOCAL_TIME.fullmatch(value) else None
    if not isinstance(value, datetime) or value.tzinfo is not None:
        raise PydanticCustomError("local_time_expected", "a local time is expected, as 2006-05-16 10:00")
    _countable(value.date())
    return value


PersonId = Annotated[str, StringConstraints(pattern=r"^[\w:.-]{1,64}$"), NamesPerson()]
MembershipNumber = Annotated[str, StringConstraints(pattern=r"^[\w-]{1,24}$"), NamesCase("membership")]
MeetingNumber = Annotated[str, StringConstraints(pattern=r"^[\w-]{1,24}$"), NamesCase("council_meeting")]
SessionNumber = Annotated[str, StringConstraints(pattern=r"^[\w-]{1,24}$"), NamesCase("session")]
RequestNumber = Annotated[str, StringConstraints(pattern=r"^[\w-]{1,24}$"), NamesCase("session_request")]
# Of the procedures whose deadlines are counted in working days, or end on one; a test holds this to their tables.
CountedCaseNumber = Annotated[
    str, StringConstraints(pattern=r"^[\w-]{1,24}$"), NamesCase("candidacy", "membership", "poll", "session")
]
DeadlineName = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,32}$")]
PaperNumber = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100),
    BeforeValidator(_no_number),
    AfterValidator(_writable),
]
Day = Annotated[date, BeforeValidator(_a_day), AfterValidator(_countable)]
LocalTime = Annotated[datetime, BeforeValidator(_a_local_time)]
People = Annotated[
    tuple[Annotated[str, StringConstraints(pattern=r"^[\w:.-]{1,64}$")], ...], Field(min_length=1), NamesPerson()
]
Texts = Annotated[tuple[Text, ...], Field(min_length=1)]
Count = Annotated[int, Field(strict=True, ge=0, le=999_999_999)]  # a sum of such numbers can be written in every answer
YesOrNo = Annotated[bool, Field(strict=True)]
Region = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[\w:.-]{1,64}$")]


class Facts(BaseModel):
    """The facts of an act. A name that the act does not know is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class NoFacts(Facts):
    """An act that tells nothing but itself."""


NOTHING = NoFacts()


class Paper(Facts):
    """An order or minutes: what it is called and of which day."""

    number: PaperNumber
    date: Day


class PaperOfKind(Paper):
    """A document, an act of the President, a certificate or a basis."""

    kind: Name


Choice = Literal["for", "against", "abstain"]


class EnteredCount(Facts):
    """A count of votes without names."""

    for_: Count = Field(alias="for")
    against: Count
    abstain: Count

    @property
    def counts(self) -> dict[str, int]:
        """Return it by choice."""
        return {"for": self.for_, "against": self.against, "abstain": self.abstain}


class Because(Facts):
    """Why."""

    reason: Text


class Minutes(Facts):
    """The minutes."""

    minutes: Paper


DecidingBody = Literal[
    "small_assembly_session", "small_assembly_council", "akim_letter", "congress", "conference",
    "general_meeting", "board", "head_letter", "other",
]  # fmt: skip
HighestBody = Literal["congress", "conference", "general_meeting"]
Level = Literal["republican", "regional", "local"]


class Decision(Paper):
    """The decision by which a body nominates (14.1)."""

    body: DecidingBody


class Proposal(Facts):
    """A national-cultural association's proposal to the small assembly (14.1a)."""

    by: Name
    date: Day


class Association(Facts):
    """The association that nominates, and which body is its highest by its charter (14.1b)."""

    name: Name
    level: Level
    highest_body: HighestBody


def wrong_shape(error: ValidationError, facts: type[BaseModel] | None = None) -> list[dict[str, Any]]:
    """Say of each wrong fact where it stands, what is wrong and which limit it misses, without repeating it.

    Of a name that none of the *facts* has it is said which they have.
    """
    faults = [_fault(fault) for fault in error.errors(include_url=False, include_context=True, include_input=False)]
    if not facts or not facts.model_fields:
        return faults
    known = {"known": [field.alias or name for name, field in facts.model_fields.items()]}
    return [fault | known | {"numbers": known} if _is_a_stranger(fault) else fault for fault in faults]


def _is_a_stranger(fault: Mapping[str, Any]) -> bool:
    return fault["code"] == "extra_forbidden" and "." not in fault["fact"]


def _fault(fault: Any) -> dict[str, Any]:
    limits = {name: value for name, value in fault.get("ctx", {}).items() if isinstance(value, str | int)}
    where = ".".join(str(part) for part in fault["loc"]) or "facts"
    return {"fact": where, "code": fault["type"], "reason": fault["msg"]} | ({"numbers": limits} if limits else {})


@cache
def _marked(model: type[Facts]) -> tuple[tuple[str, Any], ...]:
    """Return the facts of a model that name people or cases, with their marks; of an optional one too."""
    return tuple(
        (name, mark)
        for name, field in model.model_fields.items()
        for mark in (*field.metadata, *(mark for part in get_args(field.annotation) for mark in get_args(part)[1:]))
        if isinstance(mark, NamesPerson | NamesCase)
    )


def named_people(facts: Facts) -> Iterator[tuple[str, str]]:
    """Yield (fact, person_id) of everybody that *facts* name."""
    for name, mark in _marked(type(facts)):
        value = getattr(facts, name)
        if not isinstance(mark, NamesPerson) or value is None:
            continue
        if isinstance(value, tuple):
            yield from ((f"{name}.{n}", person) for n, person in enumerate(value))
        else:
            yield name, value


def named_cases(facts: Facts) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield (fact, number, procedures it may be of) of every case that *facts* name."""
    for name, mark in _marked(type(facts)):
        if isinstance(mark, NamesCase) and getattr(facts, name) is not None:
            yield name, getattr(facts, name), mark.procedures


def papers(facts: Facts) -> Iterator[tuple[str, date]]:
    """Yield (fact, day) of every paper in *facts*."""
    return ((name, value.date) for name, value in facts.__dict__.items() if isinstance(value, Paper))
