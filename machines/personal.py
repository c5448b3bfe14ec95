"""What of every column of the store is personal, and what becomes of it when somebody is erased.

A test fails when a column is missing here, so that nobody adds one without asking. docs/personal_data.md is made from it.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Becomes(StrEnum):
    """What becomes of a column when somebody is erased."""

    emptied = "emptied"  # or a word in its place
    reduced = "free words emptied"
    removed = "the row is deleted"
    stays_id = "stays: an id, which says no name"
    stays = "stays"
    searched = "stays, but is searched for the name"


E, R, ID, S, F, D = (
    Becomes.emptied, Becomes.reduced, Becomes.stays_id, Becomes.stays, Becomes.searched, Becomes.removed,
)  # fmt: skip


def _table(**columns: Becomes) -> Mapping[str, Becomes]:
    return MappingProxyType({name.rstrip("_"): becomes for name, becomes in columns.items()})


def _all(names: str, becomes: Becomes) -> dict[str, Becomes]:
    return dict.fromkeys(names.split(), becomes)


COLUMNS: Mapping[str, Mapping[str, Becomes]] = MappingProxyType({
    "people": _table(person_id=ID, erased_at=S, **_all("name_kk name_ru name_en email language region sort_key search_key", E)),
    "bodies": _table(
        **_all("body_id kind region level highest_body zone", S), **_all("name_kk name_ru name_en sort_key search_key", F)
    ),
    "entries": _table(
        payload=E, salt=E, findings=F, **_all("actor holder", ID),
        **_all("position number seq procedure act source target office body norms edition definition effective_at recorded_at cause", S),
        **_all("payload_hash previous hash", S),
    ),
    "cases": _table(
        facts=R, person_id=ID, joint=ID,
        **_all("number procedure state seq head final definition edition rulings zone body region parent about opened_at", S),
    ),
    "mandates": _table(
        person_id=ID, slot=ID, ex_officio=E, **_all("number office body region category acting since begins_at ended_at", S)
    ),
    "messages": _table(
        key=ID, to=ID, parameters=ID, **_all("subject body failure", E),
        **_all("channel template number seq created_at next_at attempts sent_at sent_by dead_at mail_id", S),
    ),
    "answers": _table(actor=ID, key=S, request=E, **_all("number seq at", S)),
    "tokens": _table(person_id=ID, note=E, **_all("token_id hash scope created_at expires_at revoked_at", S)),
    "accounts": _table(**_all("person_id password handle operator demonstration created_at disabled_at", D)),
    "passkeys": _table(**_all("credential_id person_id public_key counter name created_at used_at", D)),
    "invitations": _table(**_all("hash person_id created_at expires_at used_at", D)),
    "web_sessions": _table(
        **_all("session_id person_id hash way agent place created_at seen_at ended_at", D)
    ),
    "calendar_links": _table(**_all("person_id hash language made_at", D)),
    "challenges": _table(**_all("hash expires_at", S)),
    "attempts": _table(**_all("target since failures", S)),
    "ballots": _table(person_id=ID, **_all("number choice received_at seq", S)),
    "participations": _table(person_id=ID, number=S),
    "electors": _table(person_id=ID, **_all("number moment", S)),
    "signatures": _table(person_id=ID, **_all("number at", S)),
    "presences": _table(person_id=ID, **_all("number seq since until", S)),
    "tallies": _table(**_all("number choice votes", S)),
    "deadlines": _table(**_all(
        "number opened_seq name kind due_at zone norm steps calendar_version act rank opened_at state closed_at closed_by failures", S,
    )),
    "reminders": _table(**_all("number opened_seq deadline rung at audience settled_at outcome", S)),
    "calendar_versions": _table(actor=ID, note=F, **_all("version at", S)),
    "calendar_days": _table(**_all("day version kind source", S)),
    "alarms": _table(numbers=ID, **_all("name since code number ended_at ended_by position", S)),
    "counters": _table(**_all("series last", S)),
    "heartbeats": _table(**_all("name at note run_id took_ms", S)),
    "seals": _table(**_all("seal at through size root previous hash key signature", S)),
    "touches": _table(**_all("number run_id flow at did", S)),
    "webhooks": _table(**_all("url position", S)),
    "witnesses": _table(**_all("process boot at ran_ms", S)),
})  # fmt: skip

# Why a column becomes what it becomes, where that is not plain from its name.
WHY: Mapping[str, str] = MappingProxyType({
    "people.person_id": "named by everything; who it was is not known any more",
    "people.language": "back to the first choice",
    "entries.payload": "of every case about the person; of other cases what the person wrote there as a member or candidate",
    "entries.salt": "with the payload: without it the digest cannot be guessed",
    "entries.findings": "covered by the hash; numbers, ids and norms, no free words of an act stand in it",
    "entries.payload_hash": "covered by the hash; without the salt it tells nothing",
    "cases.facts": "ids, numbers, days and choices stay, so that counts and totals are what they were",
    "mandates.ex_officio": "the post that somebody held elsewhere",
    "messages.to": "of operators the address of a setting",
    "messages.subject": "letters to the person, about the person's cases, and those that name the person",
    "messages.parameters": "ids, numbers and days of warnings",
    "messages.sent_by": "`erased`: the letter had not gone out yet, and does not go out any more",
    "answers.request": "an unsalted digest of what was asked, which could be guessed",
    "tokens.revoked_at": "every token of the person is revoked",
    "accounts.person_id": "with passkeys, invitations and sessions: whoever is erased signs in no more",
    "attempts.target": "a hash, forgotten after a quarter of an hour",
    "ballots.choice": "votes that were counted stay counted",
    "calendar_versions.note": "free words of the working body",
    "alarms.numbers": "cases, offices and days",
    "bodies.name_kk": "a body that bears the name of a person is found",
})  # fmt: skip


def table_of_columns() -> str:
    """Write every column and what becomes of it, as a table in Markdown."""
    lines = ["| table | column | when somebody is erased | note |", "|---|---|---|---|"]
    for table, columns in COLUMNS.items():
        lines += [
            f"| {table} | {name} | {becomes} | {WHY.get(f'{table}.{name}', '')} |" for name, becomes in columns.items()
        ]
    return "\n".join(lines) + "\n"
