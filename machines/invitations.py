"""Invitations: what the calendars of those invited are to say of a session (8.1b) or of a meeting of the Council (9.3d, 9.3e).

A calendar is told what the case says at the moment of writing, whatever the letter is about: all letters of one moment say the
same. The number by which a calendar tells old from new is that of the last entry that changed what it shows, so that a letter
that arrives late overwrites nothing newer.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from machines.letters import details_of
from machines.procedure import Office
from machines.wording import say
from models.database import Db, instant

CONFIRMED, TENTATIVE, CANCELLED = "CONFIRMED", "TENTATIVE", "CANCELLED"
DAY_ENDS = time(18)  # no act says when a sitting ends: until the end of the working day
AT_LEAST = timedelta(hours=2)  # where it begins late


@dataclass(frozen=True, slots=True)
class Invited:
    """Which letters of a procedure invite, from which act on, and what a calendar shows in which state."""

    letters: tuple[str, ...]
    invites: tuple[str, ...]  # acts before the first of which nobody has been invited
    changes: tuple[str, ...]  # acts that change what a calendar shows
    states: Mapping[str, str]  # the case's state, the calendar's
    attended_by: frozenset[str]  # the offices whose holders come
    drafts: frozenset[str] = frozenset()  # states in which it is a draft: a calendar of the desk shows none

    def status(self, state: str) -> str:
        """Return what a calendar shows of a state; a sitting that is over was held."""
        return self.states.get(state, CONFIRMED)


INVITED: Mapping[str, Invited] = {
    "session": Invited(
        ("session.announced", "session.moved", "session.hall_changed", "session.cancelled", "reminder.session.opening"),
        invites=("announce", "move"),
        changes=("announce", "move", "change_hall", "change_agenda", "cancel"),
        states={
            "convened": TENTATIVE, "announced": CONFIRMED, "registration": CONFIRMED, "open": CONFIRMED, "paused": CONFIRMED,
            "cancelled": CANCELLED,
        },
        attended_by=frozenset({Office.member, Office.chairman, Office.deputy_chairman, Office.working_body}),
    ),
    # A meeting that is postponed is a draft: until it is signed and agreed to anew there is none, and nobody is to come (9.3e).
    "council_meeting": Invited(
        ("council_meeting.convened", "council_meeting.postponed", "council_meeting.cancelled", "reminder.council_meeting.meeting"),
        invites=("agree",),
        changes=("agree", "postpone", "cancel"),
        states={"drafted": CANCELLED, "signed": CANCELLED, "convened": CONFIRMED, "open": CONFIRMED, "cancelled": CANCELLED},
        attended_by=frozenset({Office.council_member, Office.chairman, Office.deputy_chairman, Office.working_body}),
        drafts=frozenset({"drafted", "signed"}),
    ),
}  # fmt: skip

POLLED = frozenset({Office.council_member, Office.working_body})  # whom a poll concerns
# A poll invites nobody: its last day is shown, from its opening on, and taken back where it is annulled.
_POLL: Mapping[str, str | None] = {"drafted": None, "annulled": CANCELLED}

_CASE = "SELECT procedure, state, facts, zone FROM cases WHERE number = ?"
_ENTRIES = """SELECT seq, act, recorded_at, payload FROM entries WHERE number = ? AND act IN ('announce', 'move', 'change_hall',
 'change_agenda', 'cancel', 'draft', 'agree', 'postpone') ORDER BY seq"""
_FIRST_HASH = "SELECT hash FROM entries WHERE number = ? AND seq = 1"


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a calendar is told; the times are local times of the zone."""

    uid: str
    sequence: int
    status: str
    since: datetime  # when it came to be so
    begins: datetime
    ends: datetime
    zone: str
    summary: str
    place: str
    description: str
    link: str
    organizer: str

    @property
    def method(self) -> str:
        """Return what the calendar is asked to do (RFC 5546)."""
        return "CANCEL" if self.status == CANCELLED else "REQUEST"


def invitation_of(db: Db, template: str, number: str, language: str, *, link: str) -> Invitation | None:
    """Return what a letter's calendar says; None: the letter invites nobody, or there is nothing to come to any more."""
    case = db.one(_CASE, number)
    invited = INVITED.get(case[0]) if case else None
    if case is None or invited is None or template not in invited.letters or case[1] not in invited.states:
        return None
    return _as_it_stands(db, number, case, language, link=link)


def sitting_of(db: Db, number: str, language: str, *, link: str) -> Invitation | None:
    """Return what a calendar shows that is fetched at any time, also after the sitting; None: nobody was invited to it."""
    case = db.one(_CASE, number)
    return _as_it_stands(db, number, case, language, link=link) if case and case[0] in INVITED else None


def _as_it_stands(db: Db, number: str, case: tuple[Any, ...], language: str, *, link: str) -> Invitation | None:
    procedure, state, facts, zone = case[0], case[1], json.loads(case[2]), case[3]
    invited = INVITED[procedure]
    entries = db.all(_ENTRIES, number)
    first = next((seq for seq, act, *_ in entries if act in invited.invites), None)
    if first is None:
        return None
    sequence, _, since, _ = next(entry for entry in reversed(entries) if entry[1] in invited.changes)
    status = invited.status(state)
    shown = facts | (_as_convened(entries) if procedure == "council_meeting" and status == CANCELLED else {})
    begins, ends = span(shown)
    return Invitation(
        uid=f"{number}-{mark_of(db, number)}", sequence=sequence, status=status, since=instant(since), begins=begins, ends=ends,
        zone=zone, summary=say(f"invitations.{procedure}", language),
        place=", ".join(shown[name] for name in ("city", "place") if shown.get(name)),
        description=_description(procedure, facts, status, language, number=number, link=link), link=link,
        organizer=say("invitations.organizer", language),
    )  # fmt: skip


def poll_status(state: str) -> str | None:
    """Return what a calendar shows of the last day of a poll; None: there is none yet."""
    return _POLL.get(state, CONFIRMED)


def span(facts: Mapping[str, Any]) -> tuple[datetime, datetime]:
    """Return when a sitting begins and until when it is shown: the end of its last working day, for no act fixes an end."""
    begins = datetime.fromisoformat(facts["starts_at"])
    last = date.fromisoformat(facts["last_day"]) if facts.get("last_day") else begins.date()
    return begins, max(datetime.combine(last, DAY_ENDS), begins + AT_LEAST)


def mark_of(db: Db, number: str) -> str:
    """Return what tells this case from one of the same number in another installation."""
    row = db.one(_FIRST_HASH, number)
    return str(row[0])[:16] if row else ""


def _as_convened(entries: list[tuple[Any, ...]]) -> dict[str, Any]:
    """Return time and place of the meeting that is called off: those that the Chairman last agreed to, not the new draft."""
    agreed = max((seq for seq, act, *_ in entries if act == "agree"), default=0)
    drafts = [payload for seq, act, _, payload in entries if act in ("draft", "postpone") and seq < agreed and payload]
    told: dict[str, Any] = json.loads(drafts[-1])["facts"] if drafts else {}
    return told


def _description(
    procedure: str, facts: Mapping[str, Any], status: str, language: str, *, number: str, link: str
) -> str:
    lines = []
    if status != CANCELLED:
        lines += details_of(procedure, {"agenda": facts.get("agenda")}, None, language)
        lines += [say("invitations.not_announced", language)] if status == TENTATIVE else []
        lines.append(say("invitations.open_end", language))
    return "\n\n".join([*lines, f"{number}: {link}"])
