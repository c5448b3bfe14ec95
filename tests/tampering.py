"""A journal of real acts, sealed, and what somebody may do to it who owns the database or the file of an export.

Every change of here is one that the record must betray: `changed_database` changes rows by SQL with all guards off,
`changed_export` the lines of an export. Both may be repeated: they are drawn by the dice that they are given.
"""

import json
import sqlite3
from dataclasses import dataclass
from datetime import timedelta
from random import Random

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from desk import check_export
from machines.journal import verify
from machines.replay import READ, StoredCase, columns, replay_case
from machines.seals import seal
from models.database import instant, instant_text
from models.entry import COLUMNS, INSERT, Record, digest, header
from tests.assembly import STARTS, Assembly, considered, nominated, nomination, paper, submitted

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))

TABLES = ("entries", "cases", "seals", "counters", "deadlines", "mandates")
KEY_OF = {"entries": "position", "cases": "number", "seals": "seal"}
HASHED = ("number", "seq", "procedure", "act", "source", "target", "actor", "holder", "office", "body", "norms", "edition",
          "definition", "effective_at", "recorded_at", "cause", "findings", "payload_hash", "previous")  # fmt: skip
INSTANTS = ("effective_at", "recorded_at", "at", "opened_at")
NUMBERS = ("position", "seq", "seal", "through", "size")
PROVED = [name for name in StoredCase._fields if name != "number"]
SEALED = ["seal", "at", "through", "size", "root", "previous", "hash", "key", "signature"]
LETTERS = '0123456789abcdefgXYZ әң-{}":,'
CANNOT = (sqlite3.Error, psycopg.Error, OverflowError)  # the database itself refuses: that is no tampering


# ------------------------------------------------------------------------------------------------------------- the journal


def journal_of_acts(database):
    """Perform acts of every kind that leave different entries; seal three times and leave the last acts unsealed."""
    assembly = Assembly(database, members=6, council=2, candidates=("A", "B", "C", "D"), starts=STARTS)
    _seal(assembly)
    approved = submitted(assembly)
    assembly.do("ch", "candidacy.approve", case=approved, at="2006-05-19 09:00", facts={"order": paper("2006-05-19")})
    returned = nominated(assembly, "p:B", at="2006-05-20 10:00")
    assembly.do("wb", "candidacy.return", case=returned, facts={"reason": 'Кеңес сөзі: "шешім жоқ"'})
    cured = nomination()["decision"] | {"date": "2006-05-20"}
    assembly.do("a:Kostanay", "candidacy.cure", case=returned, at="2006-05-21 10:00", facts={"decision": cured})
    assembly.do("p:B", "candidacy.withdraw", case=returned, facts={"reason": "No time"})
    _seal(assembly)
    document = paper("2006-05-21", kind="letter")
    entered = nomination("p:C", consent=...)
    assembly.do(
        "wb", "candidacy.nominate", at="2006-05-22 10:00", facts=entered, on_behalf_of="s:Kostanay", document=document
    )
    leave = {"statement_date": "2006-05-22", "from_date": "2006-06-01"}
    assembly.do("m2", "membership.leave", case="membership:m2", facts=leave)
    assembly.sweep("2006-06-02 08:00")
    _seal(assembly)
    half = considered(assembly, "p:D")
    assembly.do("d1", "candidacy.submit", case=half, at="2006-06-05 12:00")
    return assembly


def _seal(assembly):
    with assembly.database.transaction() as db:
        assert seal(db, KEY, assembly.at())


# -------------------------------------------------------------------------------------------------------------- a database


def without_guards(db):
    """Take triggers and foreign keys out of the way, until the transaction ends."""
    if db.kind == "postgresql":
        for table in TABLES:
            db.run(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        return
    db.run("PRAGMA defer_foreign_keys = ON")
    for (name,) in db.all("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
        db.run(f'DROP TRIGGER "{name}"')


@dataclass
class Tamperer:
    """Somebody with all rights on the database, in a transaction."""

    db: object
    dice: Random

    def change(self):
        """Do one of everything that can be done."""
        ways = (
            self.a_value, self.a_value, self.a_value, self.moves_a_letter, self.a_case, self.a_seal, self.loses_an_entry,
            self.swaps, self.inserts, self.loses_the_tail, self.loses_a_seal, self.loses_a_case, self.hashes_anew,
            self.hashes_anew, self.rewinds, self.empties,
        )  # fmt: skip
        self.dice.choice(ways)()

    def rows(self):
        """Read everything that is to be proved."""
        counts = self.db.all("SELECT series, last FROM counters ORDER BY series")
        return [counts, *(self.db.all(f"SELECT * FROM {table} ORDER BY 1") for table in KEY_OF)]

    def a_value(self):
        """Change any value of an entry; a payload is not erased but falsified."""
        self.alter("entries", self.dice.choice([name for name in READ if name != "position"]))

    def empties(self):
        """Take away what an act told, as an erasure would, without an order."""
        (position,) = self.dice.choice(self.db.all("SELECT position FROM entries WHERE payload IS NOT NULL ORDER BY 1"))
        self.db.run("UPDATE entries SET payload = NULL, salt = NULL WHERE position = ?", position)

    def moves_a_letter(self):
        """Move the border between a payload and its salt: together they are what they were."""
        (position, salt, payload) = self.dice.choice(
            self.db.all("SELECT position, salt, payload FROM entries ORDER BY 1")
        )
        border = len(salt) + self.dice.choice((-2, -1, 1, 2))
        told = ((salt + payload)[:border], (salt + payload)[border:])
        self.db.run("UPDATE entries SET salt = ?, payload = ? WHERE position = ?", *told, position)

    def a_case(self):
        """Change what the row of a case says."""
        self.alter("cases", self.dice.choice(PROVED))

    def a_seal(self):
        """Change any value of a seal."""
        self.alter("seals", self.dice.choice(SEALED))

    def loses_an_entry(self):
        """Delete an entry."""
        self.db.run("DELETE FROM entries WHERE position = ?", self.pick("entries"))

    def loses_the_tail(self):
        """Delete the last entries."""
        self.db.run("DELETE FROM entries WHERE position >= ?", self.pick("entries"))

    def loses_a_seal(self):
        """Delete a seal, or all from there on."""
        self.db.run(f"DELETE FROM seals WHERE seal {self.dice.choice(('=', '>='))} ?", self.pick("seals"))

    def loses_a_case(self):
        """Delete the row of a case, alone or with all its entries."""
        number = self.pick("cases")
        self.db.run("DELETE FROM cases WHERE number = ?", number)
        if self.dice.random() < 0.7:
            self.db.run("DELETE FROM entries WHERE number = ?", number)

    def swaps(self):
        """Let two entries change places, wholly or in one value."""
        one, other = self.pick("entries"), self.pick("entries")
        names = [self.dice.choice(COLUMNS[2:])] if self.dice.random() < 0.5 else COLUMNS
        listed = ", ".join(names)
        mine, yours = (self.db.one(f"SELECT {listed} FROM entries WHERE position = ?", at) for at in (one, other))
        if "seq" in names:
            self.db.run("UPDATE entries SET seq = -seq WHERE position IN (?, ?)", one, other)
        for at, values in ((one, yours), (other, mine)):
            self.db.run(
                f"UPDATE entries SET {', '.join(f'{name} = ?' for name in names)} WHERE position = ?", *values, at
            )

    def inserts(self):
        """Add a copy of an entry, as a next one or in a case that never was; perhaps with the hash that it must have."""
        record = self.record(self.pick("entries"))
        seq, head = self.db.one("SELECT max(seq), max(hash) FROM entries WHERE number = ?", record.number)
        copies = (
            record._replace(seq=seq + self.dice.randint(1, 2), previous=self.dice.choice((head, record.hash))),
            record._replace(number=record.number[:-1] + "99"),
            record._replace(seq=0),
        )
        copy = self.dice.choice(copies)
        self.db.run(INSERT, *(copy._replace(hash=digest(header(copy))) if self.dice.random() < 0.7 else copy))

    def hashes_anew(self):
        """Falsify an entry and give it the hash that it then has; where it is the last one and sealed, the case too."""
        position = self.pick("entries")
        record = self.record(position)
        name = self.dice.choice([name for name in HASHED if name != "payload_hash"])
        if name == "findings":
            record = record._replace(findings='{"warnings":[]}' if record.findings == "{}" else "{}")
        elif name in INSTANTS:
            later = instant(getattr(record, name)) + timedelta(seconds=1)
            record = record._replace(**{name: instant_text(later)})
        else:
            record = record._replace(**{name: falsified(getattr(record, name), name, self.dice)})
        if self.dice.random() < 0.3:
            record = record._replace(payload='{"facts":{}}' + " " * self.dice.randint(0, 9))
            record = record._replace(payload_hash=digest(record.salt + record.payload))
        record = record._replace(hash=digest(header(record)))
        self.write(position, record)
        if self.is_sealed(position) and self.is_last(position):
            told = "UPDATE cases SET head = ?, state = ?, seq = ? WHERE number = ?"
            self.db.run(told, record.hash, record.target, record.seq, record.number)

    def rewinds(self):
        """Undo the last entry of a case and set the case back, as if it had never been: only a seal can tell."""
        position = self.pick("entries")
        if not (self.is_sealed(position) and self.is_last(position)):
            return
        number = self.record(position).number
        self.db.run("DELETE FROM entries WHERE position = ?", position)
        left = self.db.all(f"SELECT {columns(self.db)} FROM entries WHERE number = ? ORDER BY seq", number)
        if not left:
            self.db.run("DELETE FROM cases WHERE number = ?", number)
            self.db.run("UPDATE counters SET last = last - 1 WHERE series = ?", number.rpartition("-")[0])
            return
        case = replay_case(number, left).case
        told = "UPDATE cases SET state = ?, seq = ?, head = ?, final = ?, facts = ?, joint = ? WHERE number = ?"
        self.db.run(told, case.state, case.seq, case.head, case.final, case.facts, case.joint, number)

    def alter(self, table, column):
        """Change one value by SQL."""
        key = self.pick(table)
        (value,) = self.db.one(f"SELECT {column} FROM {table} WHERE {KEY_OF[table]} = ?", key)
        if self.db.kind == "postgresql" and column in INSTANTS:
            new = instant(value) + timedelta(microseconds=self.dice.choice((-1, 1, 1_000_000)))
        elif column == "final":
            new = not value if self.db.kind == "postgresql" else 1 - value
        else:
            new = falsified(value, column, self.dice)
        self.db.run(f"UPDATE {table} SET {column} = ? WHERE {KEY_OF[table]} = ?", new, key)

    def write(self, position, record):
        sets = ", ".join(f"{name} = ?" for name in COLUMNS)
        values = [
            instant(value) if name in INSTANTS and self.db.kind == "postgresql" else value
            for name, value in record._asdict().items()
        ]
        self.db.run(f"UPDATE entries SET {sets} WHERE position = ?", *values, position)

    def record(self, position):
        return Record(*self.db.one(f"SELECT {columns(self.db, COLUMNS)} FROM entries WHERE position = ?", position))

    def pick(self, table):
        return self.dice.choice(self.db.all(f"SELECT {KEY_OF[table]} FROM {table} ORDER BY 1"))[0]

    def is_sealed(self, position):
        return position <= self.db.one("SELECT max(through) FROM seals")[0]

    def is_last(self, position):
        later = "SELECT 1 FROM entries e JOIN entries n ON n.number = e.number AND n.seq > e.seq WHERE e.position = ?"
        return self.db.one(later, position) is None


def falsified(value, name, dice):
    """Return another value in the place of *value*."""
    if name in NUMBERS:
        return value + dice.choice((-100, -1, 1, 2, 100))
    if value is None:
        return "x"
    if not value or dice.random() < 0.2:
        return value + dice.choice(LETTERS)
    at = dice.randrange(len(value))
    return value[:at] + dice.choice(("", *LETTERS)) + value[at + 1 :]


def changed_database(database, dice, verify):
    """Change a database in a transaction that is rolled back; return what *verify* then says, None if nothing changed."""
    try:
        with database.transaction(keep=False) as db:
            without_guards(db)
            tamperer = Tamperer(db, dice)
            before = tamperer.rows()
            tamperer.change()
            db.flush()
            return None if before == tamperer.rows() else verify(db)
    except CANNOT:
        return None


def unseen_in_databases(database, times, seed):
    """Change a database so many times, and return the state of the dice before each change that nobody noticed."""
    dice, done, unseen = Random(seed), 0, []
    while done < times:
        before = dice.getstate()
        report = changed_database(database, dice, verify)
        done += report is not None
        unseen += [before] if report is not None and report.whole else []
    return unseen


# --------------------------------------------------------------------------------------------------------------- an export


def changed_export(lines, dice):
    """Return an export that has been changed in one way or another; its last line is left as it was."""
    changed = dice.choice(
        (
            _byte,
            _byte,
            _value,
            _value,
            _value,
            _hashed_anew,
            _hashed_anew,
            _without,
            _swapped,
            _doubled,
            _invented,
            _cut,
            _unsealed,
        )
    )(list(lines), dice)
    return None if changed == lines else changed


def covered_up(lines, dice):
    """Change sealed entries and make the last line say so too: counts, heads and the root over all lines."""
    sealed = max(at for at, line in enumerate(lines) if line.startswith('{"sealed"'))
    changed = dice.choice((_value_hashed, _hashed_anew, _without_entry, _swapped, _doubled))(lines[1:sealed], dice)
    if changed == lines[1:sealed]:
        return None
    body = [lines[0], *changed, *lines[sealed:-1]]
    entries = [json.loads(line) for line in body if line.startswith('{"position"')]
    heads = {}
    for entry in entries:
        told = json.loads(entry["hashed"])
        heads[told["number"]] = [told["seq"], told["target"], entry["hash"]]
    body[0] = json.dumps(json.loads(body[0]) | {"covers": {"entries": len(entries)}})
    tree = check_export.Tree()
    for line in body:
        tree.add(line.encode())
    counts = {"entries": len(entries), "seals": sum(line.startswith('{"sealed"') for line in body), "cases": len(heads)}
    return [*body, json.dumps({"end": counts, "root": tree.root(), "heads": heads})]


def _byte(lines, dice):
    at = dice.randrange(len(lines))
    place = dice.randrange(len(lines[at]))
    lines[at] = lines[at][:place] + dice.choice(("", *LETTERS)) + lines[at][place + 1 :]
    return lines


def _value(lines, dice):
    """Change any value of any line, or erase a payload that was there when it was exported."""
    at = dice.randrange(len(lines))
    told = json.loads(lines[at])
    name = dice.choice(list(told))
    if name in ("payload", "salt") and dice.random() < 0.5:
        told |= {"payload": None, "salt": None}
    elif isinstance(told[name], dict):
        told[name].pop(dice.choice(list(told[name])))
    else:
        told[name] = falsified(told[name], "seq" if isinstance(told[name], int) else name, dice)
    lines[at] = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return lines


def _entries(lines):
    return [at for at, line in enumerate(lines) if line.startswith('{"position"')]


def _value_hashed(lines, dice, *, anew=False):
    at = dice.choice(_entries(lines))
    told = json.loads(lines[at])
    entry = json.loads(told["hashed"])
    name = dice.choice([name for name in entry if name != "findings"])
    entry[name] = falsified(entry[name], name, dice)
    told["hashed"] = json.dumps(entry, ensure_ascii=False, separators=(",", ":"))
    if anew:
        told["hash"] = digest(told["hashed"])
    lines[at] = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return lines


def _hashed_anew(lines, dice):
    return _value_hashed(lines, dice, anew=True)


def _without(lines, dice):
    del lines[dice.randrange(len(lines))]
    return lines


def _without_entry(lines, dice):
    del lines[dice.choice(_entries(lines))]
    return lines


def _swapped(lines, dice):
    one, other = dice.sample(_entries(lines), 2)
    lines[one], lines[other] = lines[other], lines[one]
    return lines


def _doubled(lines, dice):
    at = dice.choice(_entries(lines))
    lines.insert(dice.choice((at + 1, dice.randrange(1, len(lines)))), lines[at])
    return lines


def _invented(lines, dice):
    """Insert an entry that continues one that is there, with the hash that it must have."""
    at = dice.choice(_entries(lines))
    told = json.loads(lines[at])
    entry = json.loads(told["hashed"])
    entry |= {"seq": entry["seq"] + 1, "previous": told["hash"], "source": entry["target"]}
    text = json.dumps(entry, ensure_ascii=False, separators=(",", ":"))
    told |= {"hashed": text, "hash": digest(text)}
    lines.insert(at + 1, json.dumps(told, ensure_ascii=False, separators=(",", ":")))
    return lines


def _cut(lines, dice):
    """Lose the tail, with or without the last line."""
    keep = dice.randrange(1, len(lines))
    return lines[:keep] + dice.choice(([], lines[-1:]))


def _unsealed(lines, dice):
    del lines[dice.choice([at for at, line in enumerate(lines) if line.startswith('{"sealed"')])]
    return lines


def unseen_in_exports(lines, times, change, seed):
    """Change an export so many times, and return each changed one in which nothing was found."""
    dice, done, unseen = Random(seed), 0, []
    while done < times:
        changed = change(lines, dice)
        done += changed is not None
        unseen += [changed] if changed is not None and not faults_of(changed) else []
    return unseen


def faults_of(lines):
    """Check an export as the inspector's program does."""
    check = check_export.Check()
    check.read(line.encode() for line in lines)
    return check.faults
