"""The first page of whoever is signed in: what waits for me, what I wait for, what comes soon, what I have done.

It is the API's `/inbox`, row by row; each row leads to the very task.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import urlencode

from fastapi import Request, Response

from desk.door import Door, looking
from desk.inbox import FOLDERS, Task, coming, done_lately, reason_of, tasks, week_ends
from desk.listing import duties
from desk.ordered import Row
from desk.pages.forms import fields_of
from desk.pages.own import page_of_act
from desk.pages.page import moment, name_of, page, speaker, term_end, term_end_local
from desk.pages.visiting import Visitor
from desk.titles import titles_of, titles_of_rows
from machines.procedures import PROCEDURES
from machines.wording import shown
from machines.zones import local_day, local_time
from models.database import instant

DONE_DAYS = 30
MOST = 60  # of each kind of what waits: more than anybody does in a day; the list of cases has all
TONES = {"overdue": "late", "today": "warn"}


class Shown(NamedTuple):
    """A row of the page, as `parts.tasks` takes it."""

    href: str
    what: str
    about: str
    due: str
    left: str = ""
    tone: str = ""
    tag: str = ""


def show_inbox(request: Request, visitor: Visitor, **beside: Any) -> Response:
    """Show what waits for the visitor; *beside* is what the first page tells everybody."""
    door: Door = request.app.state.door
    with looking(door) as db:
        mine = duties(db, visitor.person_id, at=visitor.at, book=door.book)
        folders = tasks(db, mine, at=visitor.at, most=MOST)
        soon = coming(db, mine)
        done = done_lately(db, visitor.person_id, since=visitor.at - timedelta(days=DONE_DAYS))
        rows = {row.number: row for row in (*soon, *(task.case for folder in folders.values() for task in folder))}
        titles = titles_of_rows(
            db, [(row.number, row.procedure, row.person, row.facts) for row in rows.values()], visitor.language
        )
        titles |= titles_of(db, (one["case"] for one in done if one["case"] not in rows), visitor.language)
    sorted_ = {name: [_task(task, name, titles, visitor) for task in folders[name]] for name in FOLDERS}
    t, sunday = speaker(visitor.language), shown(week_ends(local_day(visitor.at, door.book.zone)))
    return page(
        request, "inbox.html", visitor.language, visitor.at, visitor=visitor, here="/", folders=sorted_,
        waiting_count=sum(len(sorted_[name]) for name in FOLDERS if name != "waiting"),
        soon=[_soon(row, titles, visitor.language) for row in soon], done=[_done(one, titles, visitor.language) for one in done],
        t_folder={name: t(f"inbox.{name}", day=sunday) for name in FOLDERS}, **beside,
    )  # fmt: skip


def _address_of(task: Task) -> str:
    """Return where the task is done: the act if there is one to choose, else the case with its acts."""
    case, acts = task
    if len(acts) != 1:
        return f"/cases/{case.number}"
    procedure, _, act = acts[0].partition(".")
    if procedure != case.procedure:
        return _opening(procedure, act, case.procedure).format(case.number)
    return page_of_act(case.number, act)


@cache
def _opening(procedure: str, act: str, of: str) -> str:
    """Return the address of an act that opens another case about one of *of*, `{}` for its number, with what is known filled in."""
    known = {
        field.path: "{}" if field.kind in ("case", "party") else of
        for field in fields_of(PROCEDURES[procedure].rows[act].facts)
        if of in field.procedures or field.kind == "party" or of in field.choices
    }
    return f"/open/{procedure}/{act}?{urlencode(known, safe='{}')}"


def _task(task: Task, folder: str, titles: Mapping[str, str], visitor: Visitor) -> Shown:
    case, title, language = task.case, titles[task.case.number], visitor.language
    others = folder == "waiting"
    due = local_time(instant(case.due), case.zone) if case.due is not None else None
    return Shown(
        href=f"/cases/{case.number}" if others else _address_of(task),
        what=title if others else f"{title}: {_named(task.acts, language)}",
        about=f"{case.number} · {reason_of(task, language, others=True)}" if others else case.number,
        due=term_end_local(due) if due else "", left=_left(due, visitor) if due else "", tone=TONES.get(folder, ""),
    )  # fmt: skip


@cache
def _named(acts: tuple[str, ...], language: str) -> str:
    return " / ".join(name_of("act", act, language) for act in acts).lower()


def _left(at: datetime, visitor: Visitor) -> str:
    """Say how many days are left until an instant, in its zone, or have passed."""
    today = visitor.at.astimezone(at.tzinfo).date()
    days = ((at - timedelta(microseconds=1)).date() - today).days
    t = speaker(visitor.language)
    if at <= visitor.at:
        return t("inbox.days_ago", number=-days) if days < 0 else t("inbox.passed_today")
    return t("inbox.is_today") if days == 0 else t("inbox.in_days", number=days)


def _soon(row: Row, titles: Mapping[str, str], language: str) -> Shown:
    return Shown(
        href=f"/cases/{row.number}", what=titles[row.number],
        about=f"{row.number} · {name_of('state', f'{row.procedure}.{row.state}', language)}",
        due=term_end(row.due, row.zone) if row.due is not None else "",
    )  # fmt: skip


def _done(one: Mapping[str, Any], titles: Mapping[str, str], language: str) -> Shown:
    return Shown(
        href=f"/cases/{one['case']}/receipts/{one['seq']}", what=name_of("act", f"{one['procedure']}.{one['act']}", language),
        about=f"{one['case']} · {titles[one['case']]}", due=moment(one["at"], one["zone"]),
    )  # fmt: skip
