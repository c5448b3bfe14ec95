"""An Assembly in office for tests: people by the names that the scenarios use, acts through the door, what the rows say.

`ch`, `d1`, `d2`, `m1` …, `c1` … (who are `m1` …), `wb`, `a:Region` and `s:Region` (chairman and secretariat of a small
assembly), `as:name`, `sb:name`, `p:A` … (who hold no office), and `president`, whose acts the working body enters.
The last members are the Chairman and his deputies: of ten, `ch` is `m10`, `d1` is `m9`, `d2` is `m8`.
"""

import contextlib
import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlmodel import SQLModel

from machines.act import PRESIDENT, Act, Done
from machines.deadlines_checked import deadline_faults
from machines.perform import perform
from machines.procedures import PROCEDURES
from machines.recount import recount
from machines.refusal import Conflict, Forbidden, KeyReused, Refused, SeenMissing, Unanswerable, Unknown, WrongFacts
from machines.register import add_body, add_person, holders, total_members
from machines.rulebook import Rulebook
from machines.settle import Settled, act_settled, settle
from machines.wording import LANGUAGES
from machines.zones import instant, local_time
from models.database import Database, Db, instant_text
from models.database import instant as read_instant
from models.entry import COLUMNS, GENESIS, Record, digest, header

FOUNDED = "2005-01-10 09:00"  # long before anything that the tests are about
STARTS = "2006-04-14 10:00"
LAST = -1  # `seen`: the entry that is the last one when the act is done
BIG = ("calendar_days", "calendar_versions", "alembic_version")  # never written by an act


class Assembly:
    """People and bodies in office, one clock that only the tests move, and one door."""

    def __init__(
        self,
        database: Database,
        *,
        book: Rulebook | None = None,
        chairman: bool = True,
        deputies: int = 2,
        members: int = 10,
        council: int = 0,
        working_body: int = 1,
        small_assemblies: Sequence[str] = ("Kostanay",),
        associations: Mapping[str, Mapping[str, str]] | None = None,
        state_bodies: Sequence[str] = (),
        candidates: Sequence[str] = ("A", "B"),
        regions: Mapping[str, str] | None = None,
        starts: str = STARTS,
    ) -> None:
        self.database, self.book = database, book or Rulebook()
        self.now = instant(datetime.fromisoformat(FOUNDED), self.book.zone)
        self._regions = regions or {}
        officers = (["ch"] if chairman else []) + [f"d{n}" for n in range(1, deputies + 1)]
        members = max(members, len(officers), council)
        self.aliases = {f"m{members - place}": officer for place, officer in enumerate(officers)}
        self.people_in = [self.aliases.get(f"m{n}", f"m{n}") for n in range(1, members + 1)]
        self.aliases |= {f"c{n + 1}": person for n, person in enumerate(self.people_in)}
        with database.transaction() as db:
            self._register(db, small_assemblies, associations or {}, state_bodies, candidates, working_body, officers)
            self._found(
                db, chairman, deputies, council, working_body, small_assemblies, associations or {}, state_bodies
            )
        self.now = self.at(starts)

    # ------------------------------------------------------------------------------------------------------- time and names

    def at(self, local: str | datetime | None = None) -> datetime:
        """Return a local time as an instant; without one, the instant of the last act."""
        if isinstance(local, datetime):
            return local
        return instant(datetime.fromisoformat(local), self.book.zone) if local else self.now

    def local(self, moment: Any) -> str:
        """Write an instant as local time, to the minute (or as exactly as it is)."""
        local = local_time(read_instant(moment), self.book.zone).replace(tzinfo=None)
        return local.isoformat(" ", "minutes" if not (local.second or local.microsecond) else "auto")

    def person(self, name: str) -> str:
        """Return the person_id behind a name of the roster."""
        return self.aliases.get(name, name)

    def number(self, case: str | Done | None) -> str | None:
        """Return a case's number: of what an act has done, or of a standing case such as `membership:m7`."""
        if isinstance(case, Done):
            return case.number
        procedure, _, who = (case or "").partition(":")
        if procedure not in PROCEDURES:
            return case
        found = self.ask(
            "SELECT number FROM cases WHERE procedure = ? AND person_id = ? ORDER BY opened_at DESC, number DESC",
            procedure,
            self.person(who),
        )
        return found[0][0] if found else case

    # ----------------------------------------------------------------------------------------------------------------- acts

    def act(
        self,
        actor: str,
        name: str,
        *,
        case: str | Done | None = None,
        at: str | datetime | None = None,
        facts: Mapping[str, Any] | None = None,
        seen: int | None = LAST,
        on_behalf_of: str | None = None,
        **more: Any,
    ) -> Act:
        """Make an act; the President's is entered by the working body."""
        procedure, _, verb = name.partition(".")
        number = self.number(case)
        if actor == PRESIDENT:
            actor, on_behalf_of = "wb", PRESIDENT
        if seen == LAST:
            seen = self.seq(number) if number else None
        return Act(
            procedure=procedure, name=verb, actor=self.person(actor), case=number, at=self.at(at), facts=self._named(facts or {}),
            seen=seen, on_behalf_of=self.person(on_behalf_of) if on_behalf_of else None, **more,
        )  # fmt: skip

    def do(self, actor: str, name: str, **circumstances: Any) -> Done:
        """Do an act through the door: what has fallen due comes first. The clock stays at its instant."""
        self.now = self.at(circumstances.get("at"))
        return act_settled(self.database.transaction, self.act(actor, name, **circumstances), self.book)

    def consider(
        self,
        case: str | Done,
        outcome: str = "recommended",
        *,
        at: str | None = None,
        votes: Mapping[str, int] | None = None,
    ) -> Done:
        """Consider a candidacy, as the closing of the Council's vote brings it about."""
        told = {
            "outcome": outcome,
            "votes": votes or {"for": 20, "against": 3, "abstain": 0, "present": 25, "total": 30},
        }
        return self._brought_about("candidacy.consider", case=case, at=at, facts=told)

    def recommend(self, person: str, *, at: str | None = None) -> Done:
        """Recommend a deputy, as the closing of the Council's vote brings it about."""
        return self._brought_about("deputy_appointment.recommend", at=at, facts={"person": person})

    def _brought_about(self, name: str, **circumstances: Any) -> Done:
        """Do what only another case's act brings about: no door does it."""
        self.sweep(circumstances.get("at"))
        act = self.act("d1", name, office="consequence", **circumstances)
        with self.database.transaction() as db:
            return perform(db, act, self.book)

    def sweep(self, at: str | datetime | None = None, **more: Any) -> Settled:
        """Move the clock and perform what has fallen due."""
        self.now = self.at(at)
        return settle(self.database.transaction, self.now, self.book, **more)

    # ------------------------------------------------------------------------------------------------------------- refusals

    @contextlib.contextmanager
    def refused(self, *norms: str, codes: Sequence[str] | None = None) -> Iterator[None]:
        """Expect the law to say no, with exactly these norms (none named: any), and nothing written."""
        with self.unanswered(Refused) as caught:
            yield
        refusals = caught[0].refusals
        assert set(norms) in (set(), {refusal.norm for refusal in refusals}), caught[0]
        assert codes is None or sorted(codes) == sorted(refusal.code for refusal in refusals), caught[0]
        assert all(text(language) for each in refusals for text in (each.reason, each.remedy) for language in LANGUAGES)

    @contextlib.contextmanager
    def wrong_facts(self, *facts: str) -> Iterator[None]:
        """Expect exactly these facts to be of the wrong shape (422), and nothing written."""
        with self.unanswered(WrongFacts) as caught:
            yield
        assert set(facts) in (set(), {fault["fact"] for fault in caught[0].faults}), caught[0]

    def forbidden(self) -> contextlib.AbstractContextManager[list[Any]]:
        """Expect that the actor does not hold the office (403), and nothing written."""
        return self.unanswered(Forbidden)

    def conflict(self) -> contextlib.AbstractContextManager[list[Any]]:
        """Expect that somebody was first (412), and nothing written."""
        return self.unanswered(Conflict)

    def unknown(self) -> contextlib.AbstractContextManager[list[Any]]:
        """Expect that there is no such case or act (404), and nothing written."""
        return self.unanswered(Unknown)

    def unseen(self) -> contextlib.AbstractContextManager[list[Any]]:
        """Expect to be asked which entry was seen (428), and nothing written."""
        return self.unanswered(SeenMissing)

    def key_reused(self) -> contextlib.AbstractContextManager[list[Any]]:
        """Expect that the key was used for something else (422), and nothing written."""
        return self.unanswered(KeyReused)

    @contextlib.contextmanager
    def unanswered(self, kind: type[Unanswerable]) -> Iterator[list[Any]]:
        """Expect an act that is not done for a reason of one *kind*, and that not a single row has changed."""
        before, caught = self.rows(), list[Any]()
        try:
            yield caught
        except kind as error:
            caught.append(error)
        assert caught, f"{kind.__name__} was expected, but the act was done"
        assert before == self.rows(), "an act that was not done has written something"

    # ------------------------------------------------------------------------------------------------------- what rows say

    def ask(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Read rows in a transaction of their own."""
        with self.database.transaction(write=False) as db:
            return [tuple(row) for row in db.all(sql, *parameters)]

    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """Read every row of every table that acts write."""
        names = [table.name for table in SQLModel.metadata.sorted_tables if table.name not in BIG]
        with self.database.transaction(write=False) as db:
            return {name: sorted(map(repr, db.all(f'SELECT * FROM "{name}"'))) for name in names}  # type: ignore[misc]

    def seq(self, case: str | Done) -> int | None:
        """Return the last entry's number, None if there is no such case."""
        found = self.ask("SELECT seq FROM cases WHERE number = ?", self.number(case))
        return found[0][0] if found else None

    def state(self, case: str | Done) -> str:
        """Return where a case stands."""
        return self.ask("SELECT state FROM cases WHERE number = ?", self.number(case))[0][0]

    def facts(self, case: str | Done) -> dict[str, Any]:
        """Return what the entries of a case add up to."""
        return json.loads(self.ask("SELECT facts FROM cases WHERE number = ?", self.number(case))[0][0])

    def deadlines(self, case: str | Done) -> dict[str, str | None]:
        """Return each deadline's due time (None: undated) or that it is closed or expired; of the same name the last."""
        rows = self.ask(
            "SELECT name, state, due_at FROM deadlines WHERE number = ? ORDER BY opened_seq", self.number(case)
        )
        return {name: state if state != "open" else due and self.local(due) for name, state, due in rows}

    def reminders(self, case: str | Done, deadline: str) -> list[tuple[int, str, str]]:
        """Return (days before, local time, audience) of a deadline's rungs, in their order."""
        rows = self.ask(
            "SELECT rung, at, audience FROM reminders WHERE number = ? AND deadline = ? ORDER BY at, rung",
            self.number(case),
            deadline,
        )
        return [(rung, self.local(at), audience) for rung, at, audience in rows]

    def entries(self, case: str | Done) -> list[Record]:
        """Return the journal of a case."""
        columns = ", ".join(COLUMNS)
        rows = self.ask(f"SELECT {columns} FROM entries WHERE number = ? ORDER BY seq", self.number(case))
        return [_record(row) for row in rows]

    def acts(self, case: str | Done) -> list[str]:
        """Return the acts of a case in their order."""
        return [entry.act for entry in self.entries(case)]

    def messages(self, template: str) -> list[str]:
        """Return to whom messages of one template were staged."""
        return [row[0] for row in self.ask('SELECT "to" FROM messages WHERE template = ? ORDER BY key', template)]

    def cases(self, procedure: str, person: str) -> list[str]:
        """Return the numbers of somebody's cases, the oldest first."""
        rows = self.ask(
            "SELECT number FROM cases WHERE procedure = ? AND person_id = ? ORDER BY number",
            procedure,
            self.person(person),
        )
        return [row[0] for row in rows]

    def mandates(self, person: str, *, at: str | None = None) -> set[str]:
        """Return the offices that somebody holds at an instant (of the last act)."""
        rows = self.ask(
            "SELECT office FROM mandates WHERE person_id = ? AND begins_at <= ? AND (ended_at IS NULL OR ended_at > ?)",
            self.person(person),
            self.at(at),
            self.at(at),
        )
        return {row[0] for row in rows}

    def holding(self, office: str, *, at: str | None = None) -> list[str]:
        """Return who holds an office at an instant."""
        with self.database.transaction(write=False) as db:
            return holders(db, office, self.at(at))

    def members(self, *, at: str | None = None) -> int:
        """Count the members in office at an instant, as the rulings count them (A07, A08)."""
        moment = self.at(at)
        with self.database.transaction(write=False) as db:
            return total_members(
                db, moment, self.book.in_force(db).rulings_on(local_time(moment, self.book.zone).date())
            )

    def assert_replayable(self) -> None:
        """Assert of every case: entries without gaps, an unbroken chain, the case and its votes as its entries say."""
        entries = [_record(row) for row in self.ask(f"SELECT {', '.join(COLUMNS)} FROM entries ORDER BY number, seq")]
        journals = {number: list(each) for number, each in itertools.groupby(entries, lambda entry: entry.number)}
        cases = self.ask("SELECT number, procedure, state, seq, head, final FROM cases")
        assert {case[0] for case in cases} == set(journals)
        for number, procedure, state, seq, head, final in cases:
            _assert_unbroken(journals[number])
            last = journals[number][-1]
            assert (state, seq, head) == (last.target, last.seq, last.hash), number
            assert bool(final) == (state in PROCEDURES[procedure].final), number
        open_in_final = (
            "SELECT d.number FROM deadlines d JOIN cases c ON c.number = d.number WHERE d.state = 'open' AND c.final"
        )
        assert [] == self.ask(open_in_final), "a final state closes every deadline"
        with self.database.transaction(write=False) as db:
            assert [] == list(recount(db)), "votes are what the entries say"
            assert [] == list(deadline_faults(db)), "deadlines are due when their derivations end"

    # ------------------------------------------------------------------------------------------------------------- founding

    def _named(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        named = dict(facts)
        if isinstance(named.get("person"), str):
            named["person"] = self.person(named["person"])
        if isinstance(named.get("membership"), str | Done):
            named["membership"] = self.number(named["membership"])
        return named

    def _register(
        self, db: Db, small: Sequence[str], associations: Mapping[str, Mapping[str, str]], state_bodies: Sequence[str],
        candidates: Sequence[str], working_body: int, officers: Sequence[str],
    ) -> None:  # fmt: skip
        offices = [f"{letter}:{region}" for region in small for letter in "as"]
        offices += [f"as:{name}" for name in associations] + [f"sb:{name}" for name in state_bodies]
        unseated = [officer for officer in officers if officer not in self.people_in]
        people = ["wb", *map("wb{}".format, range(2, working_body + 1)), *offices, *self.people_in, *unseated]
        for person in (*people, *(f"p:{name}" for name in candidates)):
            region = self._regions.get(person, person.partition(":")[2] if person in offices else "")
            add_person(db, person, names=dict.fromkeys(("kk", "ru", "en"), person), email=None, region=region)
        for region in small:
            add_body(db, region, kind="small_assembly", names=dict.fromkeys(("kk", "ru", "en"), region), region=region)
        for name, charter in associations.items():
            add_body(db, name, kind="association", names=dict.fromkeys(("kk", "ru", "en"), name), **charter)
        for name in state_bodies:
            add_body(db, name, kind="state_body", names=dict.fromkeys(("kk", "ru", "en"), name))

    def _found(
        self, db: Db, chairman: bool, deputies: int, council: int, working_body: int, small: Sequence[str],
        associations: Mapping[str, Any], state_bodies: Sequence[str],
    ) -> None:  # fmt: skip
        day = FOUNDED[:10]
        order = {"number": "1", "date": day}

        def enter(name: str, **facts: Any) -> None:
            procedure, _, verb = name.partition(".")
            paper = {"on_behalf_of": "ch", "document": order | {"kind": "order"}} if procedure == "council_seat" else {}
            act = Act(
                procedure=procedure, name=verb, actor="wb", at=self.now, facts=facts, founding=facts.get("office") == "working_body",
                **paper,
            )  # fmt: skip
            perform(db, act, self.book)

        for name in ["wb", *map("wb{}".format, range(2, working_body + 1))]:
            enter("office.assume", person=name, office="working_body", since=day)
        if chairman:
            enter("office.assume", person="ch", office="chairman", since=day)
        for n in range(1, deputies + 1):
            enter("deputy_appointment.enrol", person=f"d{n}", act=order | {"kind": "decree"})
        for region in small:
            enter("office.assume", person=f"a:{region}", office="sa_chairman", body=region, since=day)
            enter("office.assume", person=f"s:{region}", office="sa_secretariat", body=region, since=day)
        for name in associations:
            enter("office.assume", person=f"as:{name}", office="association", body=name, since=day)
        for name in state_bodies:
            enter("office.assume", person=f"sb:{name}", office="state_body", body=name, since=day)
        for person in self.people_in:
            enter("membership.enrol", person=person, since=day, category="association", order=order)
        for n in range(1, council + 1):
            enter("council_seat.open", person=self.person(f"c{n}"), category="other_member", order=order)


def nomination(person: str = "p:A", **otherwise: Any) -> dict[str, Any]:
    """Return the facts of a nomination in order: by the session of the small assembly, on a proposal (14.1a)."""
    facts = {
        "person": person,
        "route": "small_assembly",
        "region": "Kostanay",
        "decision": {"body": "small_assembly_session", "number": "7", "date": "2006-04-13"},
        "proposals": [{"by": "German cultural centre", "date": "2006-04-03"}],
        "consent": True,
    }
    return _without_ellipses(facts | otherwise)


def association_nomination(person: str = "p:A", **otherwise: Any) -> dict[str, Any]:
    """Return the facts of an association's nomination in order: by the highest body of its charter (14.1b)."""
    facts = {
        "person": person,
        "route": "association",
        "decision": {"body": "conference", "number": "2", "date": "2006-04-13"},
        "association": {"name": "conf", "level": "regional", "highest_body": "conference"},
        "consent": True,
    }
    return _without_ellipses(facts | otherwise)


def state_body_nomination(person: str = "p:A", **otherwise: Any) -> dict[str, Any]:
    """Return the facts of a state body's nomination in order: by a letter of its head (C07)."""
    decision = {"body": "head_letter", "number": "3", "date": "2006-04-13"}
    return _without_ellipses(
        {"person": person, "route": "state_body", "decision": decision, "consent": True} | otherwise
    )


def nominated(assembly: Assembly, person: str = "p:A", *, by: str = "s:Kostanay", at: str = "2006-04-14 10:00") -> Done:
    """Return a candidacy that was nominated in order."""
    return assembly.do(by, "candidacy.nominate", at=at, facts=nomination(person))


def admissible(assembly: Assembly, person: str = "p:A") -> Done:
    """Return a candidacy that waits for the Council."""
    return assembly.do("wb", "candidacy.admit", case=nominated(assembly, person), at="2006-04-17 10:00")


def considered(assembly: Assembly, person: str = "p:A", outcome: str = "recommended") -> Done:
    """Return a candidacy that the Council has considered, on 16 May 2006 at 10:15."""
    return assembly.consider(admissible(assembly, person), outcome, at="2006-05-16 10:15")


def submitted(assembly: Assembly, person: str = "p:A", outcome: str = "recommended") -> Done:
    """Return a candidacy that the deputies have submitted, the last of them on 18 May 2006 at 11:00."""
    case = considered(assembly, person, outcome)
    for deputy in assembly.holding("deputy_chairman"):
        case = assembly.do(deputy, "candidacy.submit", case=case, at="2006-05-18 11:00")
    return case


def paper(day: str, number: str = "12", **more: Any) -> dict[str, Any]:
    """Return an order or minutes; with a kind, a document."""
    return {"number": number, "date": day, **more}


def _without_ellipses(facts: dict[str, Any]) -> dict[str, Any]:
    """Leave out what a test gives as `...`: facts that are missing."""
    return {name: value for name, value in facts.items() if value is not ...}


def _record(row: Sequence[Any]) -> Record:
    """Return an entry with its instants as text, as it was hashed: PostgreSQL reads them as instants."""
    entry = Record(*row)
    effective, recorded = (instant_text(read_instant(at)) for at in (entry.effective_at, entry.recorded_at))
    return entry._replace(effective_at=effective, recorded_at=recorded)


def _assert_unbroken(journal: Sequence[Record]) -> None:
    previous, state = GENESIS, ""
    for seq, entry in enumerate(journal, start=1):
        assert (seq, previous, state) == (entry.seq, entry.previous, entry.source), entry
        assert entry.payload is None or entry.payload_hash == digest((entry.salt or "") + entry.payload), entry
        assert entry.hash == digest(header(entry)), entry
        previous, state = entry.hash, entry.target


def utc(text: str) -> datetime:
    """Read an instant written in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
