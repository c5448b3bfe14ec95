"""Recount every vote: electorates, ballots and sums must be what the entries say (8.3, 9.2, 9.3).

The journal proves itself (`journal.verify`); here the rows beside it, from which votes were counted, are held against it.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from machines.replay import Fault, columns
from machines.rulings import Rulings
from machines.sitting import CHOICES, as_list, frozen, sum_of
from machines.zones import instant as instant_of_local
from models.database import Db, instant

CASES_AT_ONCE = 500
CASTS: Mapping[str, str] = {"poll": "answer", "council_question": "vote", "resolution": "vote"}  # the act that casts

_CASES = f"""SELECT number, procedure, zone, rulings FROM cases WHERE number > ? AND procedure IN ({", ".join("?" * len(CASTS))})
 ORDER BY number LIMIT ?"""  # noqa: S608
_READ = ("seq", "act", "actor", "holder", "effective_at", "findings", "payload")
_TALLIES = "SELECT choice, votes FROM tallies WHERE number = ?"
_BALLOTS = "SELECT person_id, choice, received_at, seq FROM ballots WHERE number = ?"


class _Entry(NamedTuple):
    """As much of an entry as a recount looks at; facts are None once they are erased."""

    seq: int
    act: str
    person: str
    at: datetime
    noted: Mapping[str, Any]
    facts: Mapping[str, Any] | None


class _Vote(NamedTuple):
    """One case in which people vote."""

    number: str
    procedure: str
    zone: str
    rulings: Rulings
    entries: list[_Entry]

    @property
    def cast(self) -> list[_Entry]:
        """The entries that cast a ballot."""
        return [entry for entry in self.entries if entry.act == CASTS[self.procedure]]

    @property
    def secret(self) -> bool:
        """Whether nobody may know who chose what (8.3c)."""
        return any(entry.noted.get("method") == "secret" for entry in self.entries)

    def last(self, name: str) -> tuple[int, Any]:
        """Return what was noted last under a name, and the entry that noted it."""
        return next(((each.seq, each.noted[name]) for each in reversed(self.entries) if name in each.noted), (0, None))


def recount(db: Db) -> Iterator[Fault]:
    """Yield every vote whose rows are not what its entries say. The transaction is one that does not write."""
    after = ""
    while page := db.all(_CASES, after, *CASTS, CASES_AT_ONCE):
        for number, procedure, zone, rulings in page:
            vote = _Vote(number, procedure, zone, Rulings.restored(json.loads(rulings)), _entries(db, number))
            yield from _electorates(db, vote)
            yield from _ballots(db, vote)
            yield from _sums(db, vote)
            yield from _counts(db, vote)
        after = page[-1][0]


def _entries(db: Db, number: str) -> list[_Entry]:
    rows = db.all(f"SELECT {columns(db, _READ)} FROM entries WHERE number = ? ORDER BY seq", number)  # noqa: S608
    return [
        _Entry(
            seq, act, holder or actor, instant(at), json.loads(findings).get("noted") or {},
            json.loads(payload)["facts"] if payload is not None else None,
        )
        for seq, act, actor, holder, at, findings, payload in rows
    ]  # fmt: skip


def _electorates(db: Db, vote: _Vote) -> Iterator[Fault]:
    """Hold each list of who may vote against the number and the digest that were noted of it (B07)."""
    seq, noted = vote.last("electorate")
    lists = {"opening": noted} if vote.procedure == "resolution" and noted else dict(noted or {})
    for moment in ("opening", "closing"):
        people = frozen(db, vote.number, moment)
        stands, expected = as_list(people) if people else None, lists.get(moment)
        if stands != expected and not (expected == as_list(()) and stands is None):
            yield Fault(vote.number, seq, f"electors.{moment}", f"the list has {stands}, noted is {expected}")


def _ballots(db: Db, vote: _Vote) -> Iterator[Fault]:
    """Hold each ballot by name against the entries that cast it: the last one received counts."""
    expected: dict[str, tuple[datetime, int, str | None]] = {}
    for entry in [] if vote.secret else vote.cast:
        received = _received(entry, vote.zone)
        if entry.person not in expected or expected[entry.person][0] <= received:
            expected[entry.person] = (received, entry.seq, entry.facts["choice"] if entry.facts else None)
    if vote.procedure == "poll" and any(entry.facts is None for entry in vote.cast):
        expected = {person: (at, 0, None) for person, (at, _, _) in expected.items()}  # when sheets came is erased
    stored = {person: (choice, seq) for person, choice, _, seq in db.all(_BALLOTS, vote.number)}
    for person in sorted(expected.keys() | stored.keys()):
        choice, seq = stored.get(person, ("", 0))
        _, by, chosen = expected.get(person, (None, 0, ""))
        if not _same(choice, seq, chosen, by, known=person in stored and person in expected):
            detail = f"a ballot of entry {seq or 'none'} stands where the entries give that of entry {by or 'none'}"
            yield Fault(
                vote.number, by or seq, "ballots", detail if seq != by else "a ballot says otherwise than its entry"
            )


def _same(choice: str, seq: int, chosen: str | None, by: int, *, known: bool) -> bool:
    return known and by in (seq, 0) and chosen in (choice, None)


def _received(entry: _Entry, zone: str) -> datetime:
    told = (entry.facts or {}).get("received_at")
    return instant_of_local(datetime.fromisoformat(told), zone) if told else entry.at


def _sums(db: Db, vote: _Vote) -> Iterator[Fault]:
    """Hold the sums of a vote without names against who took part, or against the count that was entered."""
    sums = dict[str, int](db.all(_TALLIES, vote.number))
    took_part = {row[0] for row in db.all("SELECT person_id FROM participations WHERE number = ?", vote.number)}
    voters = {entry.person for entry in vote.cast} if vote.secret else set()
    last = vote.entries[-1].seq if vote.entries else 0
    if took_part != voters:
        yield Fault(vote.number, last, "participations", f"{len(took_part)} took part where {len(voters)} have voted")
    if vote.secret:
        total = sum(sums.values())
        if total != len(voters) or (sums and {*sums} != {*CHOICES}):
            detail = f"{total} votes, sums of {len(sums)} choices, where {len(voters)} have voted"
            yield Fault(vote.number, last, "tallies", detail)
        return
    counted = [entry for entry in vote.entries if entry.act == "enter_count"]
    if not counted and sums:
        yield Fault(vote.number, last, "tallies", f"the sums {sums} where no count was entered")
    elif counted and (facts := counted[-1].facts) is not None and sums != {name: facts[name] for name in CHOICES}:
        yield Fault(vote.number, counted[-1].seq, "tallies", f"the sums {sums} where {dict(facts)} was entered")


def _counts(db: Db, vote: _Vote) -> Iterator[Fault]:
    """Count again what was noted when the vote was closed; not where sheets have come in since."""
    seq, noted = vote.last("counts")
    if noted is None or any(entry.seq > seq for entry in vote.cast):
        return
    counts = _counted_again(db, vote)
    differing = {name: votes for name, votes in counts.items() if noted.get(name) != votes}
    if differing:
        detail = f"counted again {differing}, noted { ({name: noted.get(name) for name in differing}) }"
        yield Fault(vote.number, seq, "counts", detail)


def _counted_again(db: Db, vote: _Vote) -> dict[str, int]:
    """Count as the vote was counted: against whom, and whose ballots, its procedure says (8.3b, 9.2c, B07)."""
    found = dict[str, int](db.all(_TALLIES, vote.number))
    sums = found and dict.fromkeys(CHOICES, 0) | found
    if vote.procedure == "resolution":
        return (sums or sum_of(db, vote.number)) | {"present": len(frozen(db, vote.number, "opening"))}
    at_opening = vote.procedure == "poll" and vote.rulings["poll.reference_moment"] == "open"
    electorate = frozen(db, vote.number, "opening" if at_opening else "closing")
    if not electorate:  # a poll that was annulled while it was open: nobody froze whom it was counted against
        return {}
    return (sums or sum_of(db, vote.number, electorate)) | {"total": len(electorate)}
