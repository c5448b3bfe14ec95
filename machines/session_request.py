"""Requests of members for an extraordinary session: one third of all (item 8.2b)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from machines import terms
from machines.facts import Facts, Texts
from machines.procedure import (
    SAME,
    Branch,
    ForbiddenPath,
    Identity,
    Notice,
    Office,
    Procedure,
    Rung,
    Term,
    Told,
    Transition,
    Writes,
    guard,
)
from machines.refusal import Refusal
from machines.session_guards import members_who_count
from machines.situation import Situation, seen_with
from models.database import Db
from models.entry import Record


class State(StrEnum):
    """The states of a request."""

    collecting = "collecting"
    registered = "registered"
    returned = "returned"
    satisfied = "satisfied"
    lapsed = "lapsed"


class Open(Facts):
    """The questions that a session is asked for."""

    questions: Texts


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Who has signed, and the members of the moment."""

    signed: frozenset[str]
    members: frozenset[str]

    @property
    def signatures(self) -> int:
        """Count the signatures of those who are members now (A05)."""
        return len(self.signed & self.members)


def circumstances(db: Db, s: Situation[None]) -> Circumstances:
    """Look up signatures and members."""
    rows = db.all("SELECT person_id FROM signatures WHERE number = ?", s.number or "")
    return Circumstances(frozenset(row[0] for row in rows), members_who_count(db, s))


@guard()
def not_signed_yet(s: Situation[Circumstances]) -> Refusal | None:
    """A member signs a request once (8.2b, A05)."""
    return Refusal("8.2b", "session_request.signed_already") if s.holder in s.circumstances.signed else None


@guard()
def has_signed(s: Situation[Circumstances]) -> Refusal | None:
    """Only a signature that stands is withdrawn (8.2b, A05)."""
    if s.holder in s.circumstances.signed or not s.office:
        return None
    return Refusal("8.2b", "session_request.not_signed")


@guard()
def a_third_has_signed(s: Situation[Circumstances]) -> Refusal | None:
    """One third of all members, both counted now (8.2b, A05)."""
    total, needed = len(s.circumstances.members), s.share("request.share")
    if needed.reached(s.circumstances.signatures, total):
        return None
    numbers = {"signatures": s.circumstances.signatures, "total": total, "needed": needed.needed(total)}
    return Refusal("8.2b", "session_request.too_few_signatures", numbers)


def collection(s: Situation[Circumstances]) -> terms.Count:
    """Twelve months to collect signatures (A05)."""
    return terms.months(
        s.today, s.law("request.collection_months"), zone=s.zone, calendar=s.calendar, roll=terms.NO_ROLL
    )


def convening(s: Situation[Circumstances]) -> terms.Count:
    """Thirty days to convene; nothing is convened by silence (A04)."""
    return terms.days(s.today, s.law("request.convening_days"), zone=s.zone)


COLLECTION: Term[Circumstances] = Term(
    "collection",
    "automatic",
    "8.2b",
    collection,
    expires="lapse",
    rungs=(Rung(30, "opener"), Rung(7, "opener"), Rung(0, "opener")),
)
CONVENING: Term[Circumstances] = Term(
    "convening", "target", "8.2b", convening, rungs=(Rung(15, "chairman"), Rung(0, "chairman working_body"))
)


def _sign(db: Db, s: Situation[Circumstances], record: Record) -> None:
    db.run("INSERT INTO signatures (number, person_id, at) VALUES (?, ?, ?)", record.number, s.holder, s.at)


def _unsign(db: Db, s: Situation[Circumstances], record: Record) -> None:
    db.run("DELETE FROM signatures WHERE number = ? AND person_id = ?", record.number, s.holder)


def counts_of(s: Situation[Circumstances]) -> dict[str, int]:
    """Count signatures, members, and how many are needed."""
    total = len(s.circumstances.members)
    needed = s.share("request.share").needed(total)
    return {"signatures": s.circumstances.signatures, "total": total, "needed": needed}


def counted(s: Situation[Circumstances]) -> dict[str, Any]:
    """Note the counts at the registration."""
    return {"counts": counts_of(s)}


def view(db: Db, s: Situation[None]) -> dict[str, Any]:
    """Return the counts as registered, or as they stand."""
    return {"counts": s.facts["counts"] if "counts" in s.facts else counts_of(seen_with(s, circumstances(db, s)))}


def identify(_: Situation[Circumstances]) -> Identity:
    """A request is of the Assembly."""
    return Identity(body="assembly")


def keep(facts: dict[str, Any], told: Told) -> dict[str, Any]:
    """Keep the questions, who opened the request, and the counts."""
    opener = {"opened_by": told.holder} if told.act == "open" else {}
    return facts | dict(told.facts) | dict(told.noted) | opener


SESSION_REQUEST: Procedure[Circumstances] = Procedure(
    name="session_request",
    letter="E",
    chapter="8.2",
    states=State,
    final=("returned", "satisfied", "lapsed"),
    circumstances=circumstances,
    identify=identify,
    view=view,
    forbidden_paths=(
        ForbiddenPath("registered", without=("register",), norm="8.2b"),
        ForbiddenPath("satisfied", without=("register",), norm="8.2b"),
    ),
    acts=(
        Transition(
            name="open", source=("new",), by=(Office.member,), norms=("8.2b",), facts=Open, keeps=keep,
            to=(Branch("collecting", opens=(COLLECTION,)),),
        ),
        Transition(
            name="sign", source=("collecting",), by=(Office.member,), norms=("8.2b",), guards=(not_signed_yet,), concurrent=True,
            to=(Branch(SAME, writes=(Writes("signs", _sign),)),),
        ),
        Transition(
            name="unsign", source=("collecting",), by=(Office.member,), norms=("8.2b",), guards=(has_signed,), concurrent=True,
            to=(Branch(SAME, writes=(Writes("withdraws_the_signature", _unsign),)),),
        ),
        Transition(
            name="register", source=("collecting",), by=(Office.working_body,), norms=("8.2b",), keeps=keep, notes=counted,
            to=(
                Branch("registered", guards=(a_third_has_signed,), closes=("collection",), opens=(CONVENING,),
                       notices=(Notice("registered", "chairman opener"),)),
                Branch("returned", closes=("collection",), notices=(Notice("returned", "opener"),)),
            ),
        ),
        Transition(
            name="satisfy", source=("registered",), by=(Office.consequence,), norms=("8.2b",),
            to=(Branch("satisfied", closes=("convening",), notices=(Notice("satisfied", "opener"),)),),
        ),
        Transition(
            name="lapse", source=("collecting",), by=(Office.clock,), norms=("8.2b",),
            to=(Branch("lapsed"),),
        ),
    ),
)  # fmt: skip
