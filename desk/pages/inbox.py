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
from desk.inbox import FOLDERS, coming, done_lately, inbox_of, week_ends
from desk.listing import Row, duties
from desk.pages.forms import fields_of
from desk.pages.own import page_of_act
from desk.pages.page import moment, name_of, page, speaker, term_end
from desk.pages.telling import last_day_shown
from desk.pages.visiting import Visitor
from desk.titles import titles_of
from machines.procedures import PROCEDURES
from machines.wording import shown
from machines.zones import local_day

DONE_DAYS = 30
MOST = 60  # of each kind of what waits: more than anybody does in a day; the list of cases has all
TONES = {"overdue": "late", "today": "warn"}


class Task(NamedTuple):
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
        folders = inbox_of(db, mine, at=visitor.at, language=visitor.language, most=MOST)
        soon = coming(db, mine)
        done = done_lately(db, visitor.person_id, since=visitor.at - timedelta(days=DONE_DAYS))
        listed = [item["case"] for folder in folders.values() for item in folder["items"]]
        titles = titles_of(
            db, [*listed, *(row.number for row in soon), *(one["case"] for one in done)], visitor.language
        )
    sorted_ = {name: [_task(item, name, titles, visitor) for item in folders[name]["items"]] for name in FOLDERS}
    t, sunday = speaker(visitor.language), shown(week_ends(local_day(visitor.at, door.book.zone)))
    return page(
        request, "inbox.html", visitor.language, visitor.at, visitor=visitor, here="/", folders=sorted_,
        waiting_count=sum(len(sorted_[name]) for name in FOLDERS if name != "waiting"),
        soon=[_soon(row, titles, visitor.language) for row in soon], done=[_done(one, titles, visitor.language) for one in done],
        t_folder={name: t(f"inbox.{name}", day=sunday) for name in FOLDERS}, **beside,
    )  # fmt: skip


def address_of(item: Mapping[str, Any]) -> str:
    """Return where the task is done: the act if there is one to choose, else the case with its acts."""
    case, acts = item["case"], item["acts"]
    if len(acts) != 1:
        return f"/cases/{case}"
    procedure, _, act = acts[0].partition(".")
    if procedure != item["procedure"]:
        return opening_of(procedure, act, item["procedure"], case)
    return page_of_act(case, act)


def opening_of(procedure: str, act: str, of: str, case: str) -> str:
    """Return the address of an act that opens another case about this one, with what is known filled in."""
    known = {path: case if names_it else of for path, names_it in _known_of(procedure, act, of).items()}
    return f"/open/{procedure}/{act}?{urlencode(known)}"


@cache
def _known_of(procedure: str, act: str, of: str) -> Mapping[str, bool]:
    """Name the fields of an act that a case of *of* fills in; and whether with its number, or with what it is."""
    return {
        field.path: field.kind in ("case", "party")
        for field in fields_of(PROCEDURES[procedure].rows[act].facts)
        if of in field.procedures or field.kind == "party" or of in field.choices
    }


def _task(item: Mapping[str, Any], folder: str, titles: Mapping[str, str], visitor: Visitor) -> Task:
    case, title, due = item["case"], titles[item["case"]], item["due"]
    others = folder == "waiting"
    return Task(
        href=f"/cases/{case}" if others else address_of(item),
        what=title if others else f"{title}: {_named(tuple(item['acts']), visitor.language)}",
        about=f"{case} · {item['reason']}" if others else case,
        due=last_day_shown(due) if due else "", left=_left(due, visitor) if due else "", tone=TONES.get(folder, ""),
    )  # fmt: skip


@cache
def _named(acts: tuple[str, ...], language: str) -> str:
    return " / ".join(name_of("act", act, language) for act in acts).lower()


def _left(due: str, visitor: Visitor) -> str:
    """Say how many days are left, or have passed."""
    at = datetime.fromisoformat(due)
    today = visitor.at.astimezone(at.tzinfo).date()
    days = ((at - timedelta(microseconds=1)).date() - today).days
    t = speaker(visitor.language)
    if at <= visitor.at:
        return t("inbox.days_ago", number=-days) if days < 0 else t("inbox.passed_today")
    return t("inbox.is_today") if days == 0 else t("inbox.in_days", number=days)


def _soon(row: Row, titles: Mapping[str, str], language: str) -> Task:
    return Task(
        href=f"/cases/{row.number}", what=titles[row.number],
        about=f"{row.number} · {name_of('state', f'{row.procedure}.{row.state}', language)}",
        due=term_end(row.due, row.zone) if row.due is not None else "",
    )  # fmt: skip


def _done(one: Mapping[str, Any], titles: Mapping[str, str], language: str) -> Task:
    return Task(
        href=f"/cases/{one['case']}/receipts/{one['seq']}", what=name_of("act", f"{one['procedure']}.{one['act']}", language),
        about=f"{one['case']} · {titles[one['case']]}", due=moment(one["at"], one["zone"]),
    )  # fmt: skip
