"""A vote as a page shows it: question, progress, outcome, who has voted; of a secret vote no sum before its end, no name ever."""

from collections.abc import Mapping
from typing import Any

from desk.pages.onlooker import Look, Row
from desk.pages.own import BALLOTS, page_of, page_of_act
from desk.pages.page import name_of, term_end
from machines.notices import addressees
from machines.reminders import as_it_stands
from machines.sitting import CHOICES
from models.names import sort_key_kk

_BALLOT = "SELECT choice, received_at, seq FROM ballots WHERE number = ? AND person_id = ?"
_TOOK_PART = "SELECT 1 FROM participations WHERE number = ? AND person_id = ?"
_ENTRY = """SELECT seq, effective_at FROM entries WHERE number = ? AND act = ? AND (holder = ? OR (holder = '' AND actor = ?))
 ORDER BY seq DESC LIMIT 1"""
_HOW_MANY = (
    "SELECT (SELECT count(*) FROM ballots WHERE number = ?) + (SELECT count(*) FROM participations WHERE number = ?)"
)
_BY_NAME = """SELECT b.person_id, b.choice FROM ballots b JOIN people p ON p.person_id = b.person_id WHERE b.number = ?
 ORDER BY p.sort_key, b.person_id"""


def vote_shown(look: Look, number: str) -> dict[str, Any]:
    """Return a vote with its outcome so far, as the case answers it."""
    case = look.case(number)
    counts, proof = case.get("counts") or {}, case.get("proof") or {}
    facts: Mapping[str, Any] = case["facts"]
    # Once a vote was opened its list of voters is told; as long as the case goes on it is under way.
    going_on = bool(case.get("electorate")) and not case["final"]
    told = [name for name in CHOICES if name in counts]
    return {
        "number": number, "href": page_of(number), "state": look.state(case), "final": case["final"], "going_on": going_on,
        "kind": name_of("value", f"kind.{facts['kind']}", look.language), "text": text_of(look, facts) or look.title(number),
        "subject": _subject(look, facts), "papers": facts.get("papers"), "method": _method(look, facts),
        "force": name_of("value", f"force.{case['force']}", look.language) if case.get("force") else "",
        "rows": _rows(look, counts, told, proof), "needed": counts.get("needed"), "of": counts.get("total", counts.get("present")),
        "missing": proof.get("missing"), "reached": bool(proof) and not proof["missing"], "told": bool(told),
        "voted": _voted(look, number, counts) if going_on or case["final"] else None, "tone": _tone(case, proof),
    }  # fmt: skip


def is_open(row: Row) -> bool:
    """Say whether a vote is under way: its list of voters was frozen, and it is not over."""
    return bool(row.facts.get("electorate")) and not row.final


def ahead_shown(look: Look, row: Row) -> dict[str, str]:
    """Return a question that is not voted on yet."""
    return {
        "number": row.number,
        "href": page_of(row.number),
        "text": text_of(look, row.facts) or look.title(row.number),
    }


def text_of(look: Look, facts: Mapping[str, Any]) -> str:
    """Return the question itself: its text, or the case that it is about."""
    found = facts.get("text") or facts.get("question")
    if found:
        return str(found)
    subject = str(facts.get("subject") or "")
    return (
        look.title(subject) if subject and facts.get("kind") == "candidacy" else look.names([subject]).get(subject, "")
    )


def my_vote(look: Look, number: str) -> dict[str, Any] | None:
    """Say how and when the visitor has voted; of a secret vote only that and when."""
    who = look.visitor.person_id
    if ballot := look.db.one(_BALLOT, number, who):
        choice, at, seq = ballot
        return {"choice": name_of("value", f"choice.{choice}", look.language), "at": look.moment(at), "seq": seq}
    if look.db.one(_TOOK_PART, number, who) is None:
        return None
    act = BALLOTS[look.case(number)["procedure"]]
    entry = look.db.one(_ENTRY, number, act, who, who)
    return {"choice": "", "at": look.moment(entry[1]) if entry else "", "seq": entry[0] if entry else None}


def ballot_of(look: Look, number: str) -> dict[str, Any] | None:
    """Return the act by which the visitor votes, if it falls to an office of his; with why not, where it cannot be done."""
    name = BALLOTS.get(look.case(number)["procedure"])
    found = next((one for one in look.mine(number) if one["act"] == name), None)
    if found is None:
        return None
    return found | {"href": page_of_act(number, str(name)), "first": True, "rare": False, "text": look.t("vote.cast")}


def takes_sheets(look: Look, number: str) -> bool:
    """Say whether the visitor may enter answers that have come on paper, and remind those of whom none has come."""
    return any(one["act"] == BALLOTS["poll"] and one["may_enter"] for one in look.acts(number))


def silent(look: Look, number: str) -> list[str]:
    """Name who may still answer and has not, for those who remind them."""
    s = as_it_stands(look.db, number, look.visitor.at, look.door.book)
    names = look.names(addressees(look.db, "unanswered", s))
    return sorted(names.values(), key=sort_key_kk)


def by_name(look: Look, number: str) -> list[dict[str, Any]]:
    """Return who has voted how, by choice, in the order of the alphabet; nobody of a secret vote."""
    found = look.db.all(_BY_NAME, number)
    names = look.names(person for person, _ in found)
    return [
        {"choice": name_of("value", f"choice.{choice}", look.language), "people": [names[one] for one, chosen in found if chosen == choice]}
        for choice in CHOICES if any(chosen == choice for _, chosen in found)
    ]  # fmt: skip


def electorate_of(look: Look, number: str) -> list[dict[str, Any]]:
    """Say of the lists of voters how many they name, and their digests, by which anybody can compare them."""
    lists: Mapping[str, Any] = look.case(number).get("electorate") or {}
    lists = lists if "digest" not in lists else {"opening": lists}
    return [
        {"moment": look.t(f"vote.list_{moment}"), "total": one["total"], "digest": one["digest"]}
        for moment, one in lists.items()
        if isinstance(one, Mapping)
    ]


def listed(look: Look, row: Row) -> dict[str, Any]:
    """Return a vote as a line of a list; what is over says its outcome from what the case keeps."""
    if not row.final:
        return vote_shown(look, row.number)
    counts = row.facts.get("counts") or {}
    told = [name for name in CHOICES if name in counts]
    return {
        "number": row.number, "href": page_of(row.number), "state": look.state(row), "final": True, "going_on": False,
        "text": text_of(look, row.facts) or look.title(row.number), "rows": _rows(look, counts, told, {}), "told": bool(told),
        "kind": name_of("value", f"kind.{row.facts['kind']}", look.language), "needed": counts.get("needed"),
        "of": counts.get("total", counts.get("present")), "closed": _closed(look, row), "tone": "",
    }  # fmt: skip


def _closed(look: Look, row: Row) -> str:
    at = row.facts.get("closed_at")
    return term_end(at, look.zone) if at else ""


def _rows(look: Look, counts: Mapping[str, Any], told: list[str], proof: Mapping[str, Any]) -> list[dict[str, Any]]:
    total = counts.get("total", counts.get("present")) or 0
    rows = [(name, name_of("fact", name, look.language), counts[name]) for name in told]
    if told and proof.get("silent"):
        rows.append(("silent", look.t("vote.silent"), proof["silent"]))
    shares, at = [], 0.0
    for name, said, number in rows:
        width = round(100 * number / total, 2) if total else 0.0
        shares.append({"name": name, "key": said, "value": number, "at": round(at, 2), "width": width})
        at += width
    return shares


def _voted(look: Look, number: str, counts: Mapping[str, Any]) -> int | None:
    if "answered" in counts:
        return int(counts["answered"])
    row = look.db.one(_HOW_MANY, number, number)
    # Where the votes were counted in the hall there are no ballots, only what the working body has entered.
    return int(row[0]) if row and row[0] else sum(int(counts.get(name, 0)) for name in CHOICES) or None


def _subject(look: Look, facts: Mapping[str, Any]) -> dict[str, str] | None:
    """Name what the question is about, where that has a page of its own."""
    subject = str(facts.get("subject") or "")
    if not subject or not (facts.get("text") or facts.get("question")):
        subject = subject if facts.get("kind") == "candidacy" else ""
    if not subject:
        return None
    if facts.get("kind") == "candidacy":
        return {"href": f"/cases/{subject}", "text": look.title(subject)}
    name = look.names([subject]).get(subject)
    return {"href": f"/people/{subject}" if name else "", "text": name or subject}


def _method(look: Look, facts: Mapping[str, Any]) -> str:
    return name_of("value", f"method.{facts['method']}", look.language) if facts.get("method") else ""


def _tone(case: Mapping[str, Any], proof: Mapping[str, Any]) -> str:
    """Colour the outcome by what the proof says; a vote that was given up is neither."""
    if not case["final"] or not proof:
        return ""
    return "warn" if proof["missing"] else "good"
