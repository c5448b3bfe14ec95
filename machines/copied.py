"""A copy of the whole store is good when it was read back: every row the same, every entry the same, and the journal whole."""

from collections.abc import Callable, Iterator, Mapping
from itertools import chain, zip_longest

from machines.journal import Report, verify
from machines.seals import hashes
from models.copying import Copied, Sum, copy_rows, sums_of
from models.database import Db
from models.entry import GENESIS

_WAITING = "SELECT count(*) FROM messages WHERE sent_at IS NULL AND dead_at IS NULL"
_LAST = "SELECT position, hash FROM entries ORDER BY position DESC LIMIT 1"
_LAST_SEAL = "SELECT hash FROM seals ORDER BY seal DESC LIMIT 1"


class UnlikeError(Exception):
    """What was read back is not what was copied."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("The copy is not the same as what was copied: " + "; ".join(faults[:5]) + ".")


class NotWholeError(Exception):
    """The journal that was copied does not hold together."""

    def __init__(self, report: Report) -> None:
        faults = "; ".join(str(fault) for fault in report.faults[:5])
        super().__init__(f"The journal is NOT whole ({len(report.faults)} faults): {faults}. `kenes verify` lists all.")


def copy_whole(source: Db, target: Db, *, on_page: Callable[[], None] = lambda: None) -> Copied:
    """Copy every row into a target that has none, read all of it back, and replay it; *on_page* is called twice a page.

    Raises UnlikeError, NotWholeError.
    """
    read = copy_rows(source, target, on_page=on_page)
    faults = (*_unlike(read, sums_of(target, on_page=on_page)), *_other_entries(source, target))
    if faults:
        raise UnlikeError(faults)
    return look_through(target, sums=read)


def look_through(db: Db, *, sums: Mapping[str, Sum] | None = None) -> Copied:
    """Say what a store holds after its journal was replayed; raises NotWholeError. *sums*: where they were added up already."""
    report = verify(db)
    if not report.whole:
        raise NotWholeError(report)
    ((waiting,),) = db.all(_WAITING)
    position, head = db.one(_LAST) or (0, GENESIS)
    (seal,) = db.one(_LAST_SEAL) or (GENESIS,)
    return Copied(
        sums=sums or sums_of(db), entries=report.entries, cases=report.cases, seals=report.seals, erased=report.erased,
        waiting=waiting, position=position, head=head, seal=seal,
    )  # fmt: skip


def _unlike(read: Mapping[str, Sum], found: Mapping[str, Sum]) -> Iterator[str]:
    for table, one in read.items():
        if found[table] != one:
            yield f"{table}: {one.rows} rows were read, {found[table].rows} written, or not the same ones"


def _other_entries(source: Db, target: Db) -> Iterator[str]:
    """Compare the hashes entry by entry, and name the first place where they part."""
    pairs = zip_longest(chain.from_iterable(hashes(source)), chain.from_iterable(hashes(target)))
    for was, became in pairs:
        if was != became:
            yield f"the entry at position {(was or became)[0]} is another"
            return
