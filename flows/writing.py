"""Write the letter that a row of the outbox stands for: for one reader, in the reader's language."""

import json
from collections.abc import Iterator
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from flows.mail import Letter
from machines import alarm_texts
from machines.account_letters import INVITATION, address_of, invitation_letter, secret_of
from machines.alarms import CHANNEL
from machines.asked import act_asked
from machines.invitations import invitation_of
from machines.letters import PEOPLE, TERMS, audiences_of, compose, reason_to_write
from machines.outbox import Waiting
from machines.rulebook import ZONE
from machines.wording import LANGUAGES
from machines.zones import local_time
from models.database import Db, instant
from models.entry import digest

_READER = "SELECT name_kk, name_ru, name_en, email, language FROM people WHERE person_id = ?"
_BY_ADDRESS = "SELECT language FROM people WHERE email = ? ORDER BY person_id LIMIT 1"
_TERM = """SELECT due_at, zone, steps FROM deadlines WHERE number = ? AND name = ? AND opened_seq <= ?
 ORDER BY opened_seq DESC LIMIT 1"""
_OFFICES = "SELECT office FROM mandates WHERE person_id = ? AND begins_at <= ? AND (ended_at IS NULL OR ended_at > ?)"


def write_letter(db: Db, waiting: Waiting, *, desk_url: str, key: Ed25519PrivateKey | None = None) -> Letter:
    """Write a letter; *key* is what the links of invitations are made with.

    Raises KeyError where a text is missing, LookupError where nobody is known by that id.
    """
    if waiting.template.startswith("alarm."):
        return _about_an_alarm(db, waiting, desk_url)
    if waiting.template == INVITATION:
        return _of_invitation(db, waiting, desk_url, key)
    reader = db.one(_READER, waiting.to)
    if reader is None:
        raise LookupError(f"no person {waiting.to!r} in the register")
    *names, email, language = reader
    person, known = _of_the_case(db, waiting.number)
    parameters = known | _term(db, waiting) | waiting.parameters
    link = link_to(desk_url, waiting.number, act_asked(db, waiting.to, waiting.number, waiting.created_at))
    letter = compose(
        waiting.template, language, parameters=parameters, number=waiting.number, link=link, why=_why(db, waiting),
        names=_names(db, language, {person, *_people(waiting.parameters)} - {None}), person=person,
    )  # fmt: skip
    name = names[LANGUAGES.index(language)]
    invitation = invitation_of(db, waiting.template, waiting.number, language, link=link_to(desk_url, waiting.number))
    return Letter(waiting.key, waiting.number, name, email or "", language, letter.subject, letter.body, invitation)


def _about_an_alarm(db: Db, waiting: Waiting, desk_url: str) -> Letter:
    """Write that an alarm began or is over; the letters of one alarm belong to one thread."""
    told = waiting.parameters
    if told["person"]:
        reader = db.one(_READER, waiting.to)
        if reader is None:
            raise LookupError(f"no person {waiting.to!r} in the register")
        *names, email, language = reader
        name, why = names[LANGUAGES.index(language)], "working_body"
    else:  # an address of the settings: in English, unless the register knows better
        known = db.one(_BY_ADDRESS, waiting.to)
        name, email, language, why = "", waiting.to, known[0] if known else "en", CHANNEL
    link = link_to(desk_url, waiting.number) if waiting.number else f"{desk_url.rstrip('/')}/operations"
    letter = alarm_texts.letter(told, language=language, zone=ZONE, link=link, why=why)
    thread = f"alarm-{digest(told['name'] + told['since'])[:16]}"
    return Letter(waiting.key, thread, name, email or "", language, letter.subject, letter.body)


def _of_invitation(db: Db, waiting: Waiting, desk_url: str, key: Ed25519PrivateKey | None) -> Letter:
    """Write an invitation to the desk; the secret in its link is kept nowhere once the letter has gone by mail."""
    reader = db.one(_READER, waiting.to)
    if reader is None or key is None:
        raise LookupError(f"no person {waiting.to!r} in the register, or no signing key")
    *names, email, language = reader
    name, secret = names[LANGUAGES.index(language)], secret_of(key, waiting.parameters["invitation"])
    letter = invitation_letter(
        language=language, person=waiting.to, name=name, link=address_of(desk_url, secret), until=waiting.parameters["until"], zone=ZONE
    )  # fmt: skip
    return Letter(
        waiting.key, f"account-{waiting.to}", name, email or "", language, letter.subject, letter.body, secret=secret
    )


def link_to(desk_url: str, number: str, act: str = "") -> str:
    """Return where a case is read, and on its page where *act* is done."""
    return f"{desk_url.rstrip('/')}/cases/{number}{f'#act-{act}' if act else ''}"


def _of_the_case(db: Db, number: str) -> tuple[str | None, dict[str, Any]]:
    """Return whom a case is about, and what its letters tell of it as it stands."""
    case = db.one("SELECT person_id, facts, zone FROM cases WHERE number = ?", number)
    if case is None:
        return None, {}
    person, facts, zone = case
    return person, {"facts": json.loads(facts), "zone": zone}


def _term(db: Db, waiting: Waiting) -> dict[str, Any]:
    """Return the term that an act has opened and its letter tells of; a reminder brings its own."""
    name = TERMS.get(waiting.template)
    found = db.one(_TERM, waiting.number, name, waiting.seq) if name else None
    if found is None or found[0] is None:
        return {}
    due, zone, steps = found
    return {"due": local_time(instant(due), zone).isoformat(), "zone": zone, "steps": json.loads(steps)}


def case_link(desk_url: str, number: str) -> str:
    """Write a case as a link to where it is read, for a table."""
    return f"[{number}]({link_to(desk_url, number)})"


def _why(db: Db, waiting: Waiting) -> str:
    """Say as whom somebody got the letter: by the offices held when it was written."""
    offices = {office for (office,) in db.all(_OFFICES, waiting.to, waiting.created_at, waiting.created_at)}
    return reason_to_write(audiences_of(waiting.template), offices)


def _people(parameters: Any) -> Iterator[str]:
    """Find the people that the numbers of warnings name."""
    for warning in parameters.get("warnings", ()):
        for name in PEOPLE:
            value = warning["numbers"].get(name, ())
            yield from [value] if isinstance(value, str) else value


def _names(db: Db, language: str, people: set[Any]) -> dict[str, str]:
    if not people:
        return {}
    rows = db.all(
        f"SELECT person_id, name_{language} FROM people WHERE person_id IN ({', '.join('?' * len(people))})",  # noqa: S608
        *sorted(people),
    )
    return dict(rows)
