"""Name the editions of the Decree and find the one that governs a day (rulings G01–G03)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from types import MappingProxyType

from machines.wording import say

FIRST_DAY = date(2002, 4, 26)


@dataclass(frozen=True, slots=True)
class Edition:
    """The text of the Decree from one amendment to the next; it is named by its first day (ruling G03)."""

    id: str
    since: date

    def source(self, language: str) -> str:
        """Name the act that made this edition."""
        return say(f"editions.{self.id}.source", language)

    def differs(self, language: str) -> str:
        """Say what it changed for the procedures."""
        return say(f"editions.{self.id}.differs", language)


def _edition(id: str) -> Edition:
    return Edition(id=id, since=date.fromisoformat(id))


# Newest first.
_EDITIONS = tuple(_edition(day) for day in ("2008-04-24", "2007-07-26", "2005-04-23", "2002-04-26"))

EDITIONS: Mapping[str, Edition] = MappingProxyType({edition.id: edition for edition in reversed(_EDITIONS)})


@lru_cache(maxsize=4096)  # every act asks, most for the same few days
def edition_on(day: date) -> str:
    """Name the edition that governs a fact of this day, the day of the fact itself (ruling G01).

    Days before the first edition get the first. From 24 April 2008 on it is the last one for good: the service runs
    the Decree as a historical simulation; neither the Law of October 2008 nor the repeal of 2011 takes over (G02).
    """
    return next((edition.id for edition in _EDITIONS if edition.since <= day), _EDITIONS[-1].id)


def rule_set(day: date, entered: Iterable[str] = ()) -> str:
    """Name the rules by which an act of a day is judged: the edition, and what this installation has entered beside it (G01).

    `2008-04-24+N-2026-0001`: the last edition of the Decree, with a number that the case N-2026-0001 has entered.
    """
    return "+".join([edition_on(day), *entered])
