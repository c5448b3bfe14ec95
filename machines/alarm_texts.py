"""Say alarms in words: what is wrong, what it means, what to do; on pages, in letters, on a terminal."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from machines.letters import Letter
from machines.refusal import worded
from machines.wording import has, say, shown
from machines.zones import local_time

# What is typed is the same in every language, and is written here alone.
TYPED: Mapping[str, str] = MappingProxyType({
    "doctor": "kenes doctor", "restart": "systemctl restart kenes", "worker_log": "logs/worker.log", "prefect_log": "logs/prefect.log",
    "timedatectl": "timedatectl", "confirm": "kenes clock confirm --as PERSON", "calendar": "kenes calendar add DATE --note … --as PERSON",
    "verify": "kenes verify", "backup": "kenes backup", "smtp": "KENES_SMTP_URL", "webhooks": "KENES_WEBHOOK_URLS", "key": "signing.key",
})  # fmt: skip

_AT = "_at"  # numbers that are instants end so; the text asks for them without it


class Words(NamedTuple):
    """An alarm as people read it."""

    subject: str
    means: str
    todo: str


def in_words(code: str, numbers: Mapping[str, Any], *, language: str, zone: str) -> Words:
    """Put an alarm into words; one of a code without texts is said by its code."""
    told = {**TYPED, **_told(numbers, language, zone), "code": code}
    key = f"alarms.{code}" if has(f"alarms.{code}.subject") else "alarms.other"
    return Words(*(say(f"{key}.{part}", language, **told) for part in Words._fields))


def letter(told: Mapping[str, Any], *, language: str, zone: str, link: str, why: str) -> Letter:
    """Write the letter that an alarm began, or that it is over: *told* are the parameters of its message."""
    words = in_words(told["code"], told["numbers"], language=language, zone=zone)
    since = _moment(told["since"], language, zone)
    reason = say(f"alarms.why.{why}", language)
    if not told["ended_at"]:
        body = say(
            "alarms.frame.began", language, means=words.means, todo=words.todo, since=since, link=link, why=reason
        )
        return Letter(say("alarms.frame.subject", language, subject=words.subject), body)
    ended = _moment(told["ended_at"], language, zone)
    how = say(f"alarms.ended.{told['ended_by']}", language)
    body = say(
        "alarms.frame.ended", language, subject=words.subject, since=since, ended=ended, how=how, link=link, why=reason
    )
    return Letter(say("alarms.frame.over", language, subject=words.subject), body)


def _told(numbers: Mapping[str, Any], language: str, zone: str) -> dict[str, Any]:
    """Put the numbers into words, in which instants are local and flows and places have names."""
    told = worded(numbers, language)
    told |= {name.removesuffix(_AT): _moment(at, language, zone) for name, at in numbers.items() if name.endswith(_AT)}
    if "kind" in told:
        told["what"] = say(f"alarms.doubt.{told['kind']}", language, **told)
    for name in ("flow", "place"):
        if name in told:
            key = f"desk.flow.{told[name]}" if name == "flow" else f"alarms.place.{told[name]}"
            told[name] = say(key, language) if has(key) else told[name]
    return told


def _moment(at: str, language: str, zone: str) -> str:
    return shown(local_time(datetime.fromisoformat(at), zone)) if at else say("desk.first.never", language)
