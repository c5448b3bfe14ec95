"""Check an exported journal of kenes: `python3 check_export.py EXPORT.jsonl`, with Python's standard library alone.

It shares no code with the program that wrote the export, on purpose: this is the inspector's own reckoning. It checks

* that every entry has the hash of its text, and that text and payload have not been changed;
* that the entries of each case are numbered from 1 without a gap, each with the hash of the one before, each
  beginning in the state in which the one before ended, recorded in that order;
* that the first entries, as many as each seal says, have the Merkle root (RFC 6962) that was sealed, and that every
  seal names the one before;
* that no payload is missing but such as an order of erasure, recorded later, accounts for;
* that the last line has the number of entries, seals and cases, the Merkle root over all lines before it, and the last
  entry of every case: nothing was left out.

Not checked here: the signatures of the seals (public keys are needed, and a library), and whether the law allowed each
act. `kenes verify EXPORT` does both. Compare the newest seal with one that you were given earlier or by another way.

Exit status: 0 everything holds, 1 something does not, 2 there is no such file.
"""

from __future__ import annotations

import hashlib
import json
import sys
from typing import Any, Iterable, Iterator  # noqa: UP035 - an inspector's Python may be old

FORMAT, VERSION = "kenes-journal", 1
GENESIS = "0" * 64
SALT_DIGITS = 32
ENTRY = [
    "number", "seq", "procedure", "act", "source", "target", "actor", "holder", "office", "body", "norms", "edition",
    "definition", "effective_at", "recorded_at", "cause", "findings", "payload", "previous",
]  # fmt: skip
SEAL = ["seal", "at", "through", "size", "root", "previous"]
ENTRY_LINE = ["position", "hashed", "payload", "salt", "hash"]
SEAL_LINE = ["sealed", "hash", "key", "signature"]
OWN_ACTS = ["member", "council_member", "candidate"]  # in these offices one speaks for oneself
LAST_LINE = ["end", "root", "heads"]


class Unreadable(Exception):
    """A line that is not what an export has there."""


class Tree:
    """A Merkle tree (RFC 6962) that grows at its right edge: the roots of its whole subtrees, largest first."""

    def __init__(self) -> None:
        self.subtrees: list[tuple[int, bytes]] = []

    def add(self, leaf: bytes) -> None:
        """Append a leaf; join what has become whole."""
        size, node = 1, hashlib.sha256(b"\x00" + leaf).digest()
        while self.subtrees and self.subtrees[-1][0] == size:
            node = hashlib.sha256(b"\x01" + self.subtrees.pop()[1] + node).digest()
            size *= 2
        self.subtrees.append((size, node))

    def root(self) -> str:
        """Return the root in hexadecimal."""
        if not self.subtrees:
            return hashlib.sha256(b"").hexdigest()
        node = self.subtrees[-1][1]
        for _, left in reversed(self.subtrees[:-1]):
            node = hashlib.sha256(b"\x01" + left + node).digest()
        return node.hex()


class Check:
    """One pass over an export: what has been read so far, and what was found."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.entries = self.seals = 0
        self.erased: list[tuple[str, int, dict[str, Any]]] = []  # where, recorded when, the entry
        self.people: dict[str, Any] = {}  # whom a case is about
        self.orders: dict[Any, int] = {}  # of erasure: a person, or an entry, and until when
        self.position = 0
        self.heads: dict[str, list[Any]] = {}
        self.lines, self.journal = Tree(), Tree()
        self.seal: dict[str, Any] = {"seal": 0, "size": 0}
        self.seal_hash = GENESIS
        self.covers: dict[str, Any] = {}
        self.ended = False

    def read(self, lines: Iterable[bytes]) -> None:
        """Check all *lines*."""
        number = 0
        for number, line in enumerate(lines, start=1):
            try:
                faults = list(self.line(line, number))
            except (Unreadable, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
                faults = [f"cannot be read: {type(error).__name__} {error}"]
            self.faults += [f"line {number}: {fault}" for fault in faults]
            self.lines.add(line)
        if not self.ended:
            self.faults.append(f"line {number}: the export has no last line, its end is missing")

    def line(self, line: bytes, number: int) -> Iterator[str]:
        """Check one line by what it begins with."""
        told = parsed(line.decode("utf-8"))
        if self.ended:
            yield "there is something after the last line"
        elif number == 1:
            yield from self.head(told)
        elif "hashed" in told:
            yield from self.entry(told)
        elif "sealed" in told:
            yield from self.sealed(told)
        else:
            yield from self.end(told)

    def head(self, told: dict[str, Any]) -> Iterator[str]:
        """Check the first line."""
        if (told.get("format"), told.get("version")) != (FORMAT, VERSION):
            yield f"not an export of {FORMAT}, version {VERSION}"
        self.covers = told["covers"]

    def entry(self, told: dict[str, Any]) -> Iterator[str]:
        """Check an entry by itself and against the one before it in its case."""
        named(told, ENTRY_LINE)
        text, own, position = told["hashed"], told["hash"], told["position"]
        entry = parsed(text)
        named(entry, ENTRY)
        case, seq, source = entry["number"], entry["seq"], entry["source"]
        here = f"case {case}, entry {seq}: "
        if written(entry) != text:
            yield here + "the hashed text is not written as it should be"
        if sha256(text) != own:
            yield here + "the hash is not that of the text"
        last_seq, last_state, last_hash = self.heads.get(case, [0, "", GENESIS])
        if type(seq) is not int or seq != last_seq + 1:
            yield here + f"entry {last_seq + 1} is missing before it"
        if entry["previous"] != last_hash:
            yield here + "it does not name the hash of the entry before it"
        if source != last_state:
            yield here + f"it begins in state {source!r}, the case stood in {last_state!r}"
        if type(position) is not int or position <= self.position:
            yield here + f"recorded at {position}, after {self.position}"
        if seq == 1:
            self.people[case] = entry["findings"].get("opened", {}).get("person")
            if entry["procedure"] == "erasure":
                self.orders[self.people[case]] = position
        yield from (here + fault for fault in self.payload(told, entry))
        self.entries += 1
        self.position = position if type(position) is int else self.position
        self.heads[case] = [seq if type(seq) is int else last_seq + 1, entry["target"], own]
        self.journal.add(own.encode("utf-8"))

    def payload(self, told: dict[str, Any], entry: dict[str, Any]) -> Iterator[str]:
        """Check facts and document, unless they have been erased; keep which further entries an order of erasure names."""
        payload, salt = told["payload"], told["salt"]
        if payload is None and salt is None:
            self.erased.append((f"{entry['number']}/{entry['seq']}", told["position"], entry))
        elif payload is None or salt is None:
            yield "the payload is erased in part"
        elif len(salt) != SALT_DIGITS or sha256(salt + payload) != entry["payload"]:
            yield "the payload is not the one that was recorded"
        elif entry["procedure"] == "erasure":
            for name in parsed(payload)["facts"].get("also", []):
                self.orders[name] = told["position"]

    def unaccounted(self) -> Iterator[str]:
        """Say which payloads are missing although no order of erasure accounts for them."""
        for where, position, entry in self.erased:
            names = [where, self.people.get(entry["number"])]
            if entry["office"] in OWN_ACTS:
                names.append(entry["holder"] or entry["actor"])
            until = max(self.orders.get(name, 0) for name in names)
            if entry["procedure"] == "erasure" or until <= position:
                yield f"{where}: the payload is missing, and no order of erasure accounts for it"

    def sealed(self, told: dict[str, Any]) -> Iterator[str]:
        """Check a seal against the entries above it and the seal before it."""
        named(told, SEAL_LINE)
        text = told["sealed"]
        seal = parsed(text)
        named(seal, SEAL)
        here = f"seal {seal['seal']}: "
        if written(seal) != text or sha256(text) != told["hash"]:
            yield here + "the hash is not that of the seal"
        if seal["seal"] != self.seal["seal"] + 1:
            yield here + f"seal {self.seal['seal'] + 1} is missing before it"
        if seal["previous"] != self.seal_hash:
            yield here + "it does not name the hash of the seal before it"
        if seal["size"] != self.entries or seal["size"] <= self.seal["size"] or seal["through"] != self.position:
            yield (
                here
                + f"{seal['size']} entries to {seal['through']} are sealed, {self.entries} to {self.position} are here"
            )
        if seal["root"] != self.journal.root():
            yield here + "the entries above are not those that were sealed"
        for name, digits in (("key", 64), ("signature", 128)):
            if len(told[name]) != digits or set(told[name]) - set("0123456789abcdef"):
                yield here + f"the {name} is not written in {digits} hexadecimal digits"
        self.seals += 1
        self.seal, self.seal_hash = seal, told["hash"]

    def end(self, told: dict[str, Any]) -> Iterator[str]:
        """Check what the last line says of all lines before it."""
        named(told, LAST_LINE)
        self.ended = True
        found = {"entries": self.entries, "seals": self.seals, "cases": len(self.heads)}
        if told["end"] != found:
            yield f"{told['end']} were exported, {found} are here"
        if self.covers.get("entries") != self.entries:
            yield f"the first line speaks of {self.covers.get('entries')} entries, {self.entries} are here"
        if told["root"] != self.lines.root():
            yield "the Merkle root over all lines is another: lines were changed, added or left out"
        yield from self.unaccounted()
        for case in sorted(told["heads"].keys() | self.heads.keys()):
            there, here = told["heads"].get(case), self.heads.get(case)
            if there != here:
                yield f"case {case}: it ended with {there}, its last entry here is {here}"


def parsed(text: str) -> dict[str, Any]:
    """Read one JSON object in which no name stands twice."""
    told = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    if not isinstance(told, dict):
        raise Unreadable("not an object")
    return told


def written(told: dict[str, Any]) -> str:
    """Write JSON in the one way in which it is hashed."""
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def named(told: dict[str, Any], names: list[str]) -> None:
    """Insist on exactly these names in this order."""
    if list(told) != names:
        raise Unreadable(f"expected {', '.join(names)}; there are {', '.join(told)}")


def sha256(text: str) -> str:
    """Return the SHA-256 of *text* in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    told = dict(pairs)
    if len(told) != len(pairs):
        raise Unreadable("a name stands twice")
    return told


def _no_number(name: str) -> Any:
    raise Unreadable(f"{name} is no number")


def main(arguments: list[str]) -> int:
    """Check the file that is named and say what was found."""
    say = sys.stdout.write
    if len(arguments) != 1:
        say("usage: python3 check_export.py EXPORT.jsonl\n")
        return 2
    check = Check()
    try:
        with open(arguments[0], "rb") as file:  # noqa: PTH123 - nothing but what every Python has
            check.read(line[:-1] if line.endswith(b"\n") else line for line in file)
    except OSError as error:
        say(f"{arguments[0]}: {error.strerror}\n")
        return 2
    for fault in check.faults:
        say(fault + "\n")
    counts = f"{check.entries} entries of {len(check.heads)} cases, {check.seals} seals"
    if check.faults:
        say(f"NOT WHOLE: {len(check.faults)} faults in {counts}\n")
        return 1
    unsealed = check.entries - check.seal["size"]
    say(
        f"WHOLE: {counts}; checked: hashes, chains, payloads ({len(check.erased)} erased), states, Merkle roots, the last line\n"
        f"The newest seal: {check.seal_hash if check.seals else 'none'}; entries after it: {unsealed}\n"
        "Not checked here: signatures, and whether the law allowed each act (kenes verify)\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
