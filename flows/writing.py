"""Write the letter that a row of the outbox stands for: for one reader, in the reader's language."""

from collections.abc import Iterator
from typing import Any

from flows.mail import Letter
from machines import alarm_texts
from machines.alarms import CHANNEL
from machines.letters import PEOPLE, audiences_of, compose, reason_to_write
from machines.outbox import Waiting
from machines.rulebook import ZONE
from machines.wording import LANGUAGES
from models.database import Db
from models.entry import digest

_READER = "SELECT name_kk, name_ru, name_en, email, language FROM people WHERE person_id = ?"
_BY_ADDRESS = "SELECT language FROM people WHERE email = ? ORDER BY person_id LIMIT 1"
_OFFICES = "SELECT office FROM mandates WHERE person_id = ? AND begins_at <= ? AND (ended_at IS NULL OR ended_at > ?)"


def write_letter(db: Db, waiting: Waiting, *, desk_url: str) -> Letter:
    """Write a letter; raises KeyError where a text is missing, LookupError where nobody is known by that id."""
    if waiting.template.startswith("alarm."):
        return _about_an_alarm(db, waiting, desk_url)
    reader = db.one(_READER, waiting.to)
    if reader is None:
        raise LookupError(f"no person {waiting.to!r} in the register")
    *names, email, language = reader
    about = db.one("SELECT person_id FROM cases WHERE number = ?", waiting.number)
    person = about[0] if about else None
    letter = compose(
        waiting.template, language, parameters=waiting.parameters, number=waiting.number, link=link_to(desk_url, waiting.number),
        why=_why(db, waiting), names=_names(db, language, {person, *_people(waiting.parameters)} - {None}), person=person,
    )  # fmt: skip
    name = names[LANGUAGES.index(language)]
    return Letter(waiting.key, waiting.number, name, email or "", language, letter.subject, letter.body)


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
    link = link_to(desk_url, waiting.number) if waiting.number else f"{desk_url.rstrip('/')}/"
    letter = alarm_texts.letter(told, language=language, zone=ZONE, link=link, why=why)
    thread = f"alarm-{digest(told['name'] + told['since'])[:16]}"
    return Letter(waiting.key, thread, name, email or "", language, letter.subject, letter.body)


def link_to(desk_url: str, number: str) -> str:
    """Return where a case is read."""
    return f"{desk_url.rstrip('/')}/cases/{number}"


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
