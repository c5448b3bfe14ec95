"""The bodies of requests, and the shapes of answers as the documentation of the API shows them."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from machines.procedures import PROCEDURES
from machines.wording import LANGUAGES

Word = Annotated[str, StringConstraints(min_length=1, max_length=64)]
# On one line: it stands in the headings of letters and in lists.
Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300, pattern=r"^[^\x00-\x1F\x7F-\x9F]*$")
]
Email = Annotated[str, StringConstraints(pattern=r"^[^@\s<>,;:\"]+@[^@\s<>,;:\"]+\.[^@\s<>,;:\".]+$", max_length=254)]


class Body(BaseModel):
    """A request's body. A name that it does not know is an error."""

    model_config = ConfigDict(extra="forbid")


class Asked(Body):
    """An act that is asked for."""

    act: Word = Field(examples=["admit"])
    facts: dict[str, Any] = Field(
        default_factory=dict, description="What the act tells: see `facts_schema` of its case."
    )
    office: Word | None = Field(default=None, description="In which of your offices, if you hold several.")
    on_behalf_of: Word | None = Field(
        default=None, description="A person_id, or `president`; by the working body only."
    )
    document: dict[str, Any] | None = Field(
        default=None, description="The paper it is entered from: kind, number, date; required with `on_behalf_of`."
    )


class Opening(Asked):
    """The first act of a new case."""

    procedure: Word = Field(examples=["candidacy"])


class Trial(Asked):
    """An act to be tried: as if you had seen the entry before it, or the one you name."""

    office: Word | None = Field(
        default=None, description="As for an act; or `clock`: as if what the clock waits for had come now."
    )
    seen: Annotated[int, Field(ge=0, le=999_999_999)] | None = None


class Tried(Body):
    """Acts to be played one after the other."""

    acts: list[Trial] = Field(min_length=1, max_length=50)


class NewPerson(Body):
    """Somebody not yet known, who is to be nominated."""

    name_kk: Name
    name_ru: Name
    name_en: Name
    email: Email | None = None
    language: Literal["kk", "ru", "en"] = "ru"


assert set(LANGUAGES) == {"kk", "ru", "en"}

_TEXT = {"type": "string"}
_NUMBER = {"type": "integer"}
_LIST = {"type": "array"}
_REFUSAL = {
    "type": "object",
    "required": ["norm", "code", "reason", "numbers"],
    "properties": {"norm": _TEXT, "code": _TEXT, "reason": _TEXT, "remedy": _TEXT, "numbers": {"type": "object"}},
}
_ENTRY = {
    "type": "object",
    "required": ["case", "seq", "act", "at", "effective_at", "actor", "office", "norms", "warnings", "hash", "previous"],
    "properties": {
        "case": _TEXT, "seq": _NUMBER, "act": _TEXT, "at": _TEXT, "effective_at": _TEXT, "actor": _TEXT, "office": _TEXT,
        "norms": {"type": "array", "items": _TEXT}, "warnings": {"type": "array", "items": _REFUSAL}, "hash": _TEXT, "previous": _TEXT,
    },
}  # fmt: skip
_STANDS: dict[str, Any] = {
    "type": "object",
    "required": ["number", "procedure", "state", "seq"],
    "properties": {"number": _TEXT, "procedure": _TEXT, "state": _TEXT, "seq": _NUMBER},
}
_DEADLINE = {
    "type": "object",
    "required": ["case", "name", "kind", "due", "norm", "state", "derivation"],
    "properties": {
        "case": _TEXT, "name": _TEXT, "kind": {"enum": ["automatic", "limit", "target"]}, "due": {"type": ["string", "null"]},
        "norm": _TEXT, "state": {"enum": ["open", "closed", "expired"]}, "derivation": {"type": "array", "items": _TEXT},
    },
}  # fmt: skip
_RUN = {
    "type": "object",
    "required": ["run", "flow", "at", "did"],
    "properties": {"run": _TEXT, "flow": _TEXT, "at": _TEXT, "did": _TEXT, "link": _TEXT},
}
_CASE = {
    "type": "object",
    "required": [*_STANDS["required"], "opened_at", "body", "facts", "deadlines", "parties"],
    "properties": _STANDS["properties"]
    | {
        "opened_at": _TEXT,
        "facts": {"type": "object"},
        "deadlines": {"type": "array", "items": _DEADLINE},
        "parties": _LIST,
        "runs": {"type": "array", "items": _RUN},
    },
}
_ACT = {
    "type": "object",
    "required": ["act", "allowed", "refusals", "warnings", "who_can", "facts_schema"],
    "properties": {
        "act": _TEXT, "allowed": {"type": "boolean"}, "refusals": {"type": "array", "items": _REFUSAL},
        "warnings": {"type": "array", "items": _REFUSAL}, "who_can": {"type": "array", "items": _TEXT},
        "office": {"type": ["string", "null"]}, "offices": {"type": "array", "items": _TEXT},
        "may_enter": {"type": "boolean"},
        "facts_schema": {"type": "object"},
    },
}  # fmt: skip
PROBLEM_SHAPE = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": _TEXT, "title": _TEXT, "status": _NUMBER, "detail": _TEXT, "refusals": {"type": "array", "items": _REFUSAL},
        "faults": _LIST, "entries": {"type": "array", "items": _ENTRY}, "who_can": {"type": "array", "items": _TEXT},
    },
}  # fmt: skip
_ITEMS: dict[str, Any] = {"entries": _ENTRY, "deadlines": _DEADLINE, "acts": _ACT, "cases": _STANDS}

Documented = dict[str, Any]


def _documented(description: str, schema: dict[str, Any]) -> Documented:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def listed(what: str) -> Documented:
    """Document a list."""
    schema = {
        "type": "object",
        "required": ["items"],
        "properties": {"items": {"type": "array", "items": _ITEMS.get(what, {"type": "object"})}},
    }
    return _documented(what, schema)


def object_of(*names: str) -> Documented:
    """Document an object with these names."""
    return _documented(", ".join(names), {"type": "object", "required": list(names)})


CASE = _documented("The case", _CASE)
ACT_ANSWER = _documented(
    "The case and the entry that the act made",
    {"type": "object", "required": ["case", "entry"], "properties": {"case": _STANDS, "entry": _ENTRY}},
)


def _problem(description: str) -> Documented:
    return {
        "description": description,
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


PROBLEMS: dict[int | str, Documented] = {
    401: _problem("No token, or none that is known"),
    403: _problem("Not the office"),
    404: _problem("Unknown"),
    409: _problem("Refused, with every reason and its norm; or another request is in flight"),
    412: _problem("Conflict: somebody acted first; what has happened since"),
    413: _problem("The body is too large"),
    415: _problem("The body is not JSON"),
    422: _problem("Facts of the wrong shape, or a key that was used for something else"),
    428: _problem("Say which entry you have seen"),
    429: _problem("Too many failed attempts"),
    503: _problem("The clock of the machine is in doubt: nothing is entered until it is right, or confirmed"),
}


def example_bodies() -> dict[str, Any]:
    """Show, for every act that opens a case, which facts it takes."""
    opening = [(one, row) for one in PROCEDURES.values() for row in one.acts if row.opens_case and row.persons]
    examples = {
        f"{one.name}.{row.name}": {
            "summary": f"{one.name}.{row.name}",
            "value": {"procedure": one.name, "act": row.name, "facts": _example(row.facts)},
        }
        for one, row in opening
    }
    return {"requestBody": {"content": {"application/json": {"examples": examples}}}}


def _example(facts: type[BaseModel]) -> dict[str, Any]:
    schema = facts.model_json_schema(by_alias=True)
    return {name: _sample(told, schema.get("$defs", {})) for name, told in schema.get("properties", {}).items()}


def _sample(told: dict[str, Any], defined: dict[str, Any]) -> Any:
    told = next((one for one in told.get("anyOf", ()) if one.get("type") != "null"), told)
    if "$ref" in told:
        told = defined[told["$ref"].rpartition("/")[2]]
    if "enum" in told:
        return told["enum"][0]
    if told.get("type") == "object":
        return {name: _sample(one, defined) for name, one in told.get("properties", {}).items()}
    if told.get("type") == "array":
        return [_sample(told.get("items", {}), defined)]
    kinds: dict[str, Any] = {"boolean": True, "integer": 0, "number": 0}
    return kinds.get(told.get("type", ""), "2006-04-14" if told.get("format") == "date" else "…")
