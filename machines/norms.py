"""Cite the norms of Decree No. 856 of 26 April 2002: their place, our own wording, the address of the official text.

The norms stand in `norms.toml`, which is read when the first of them is asked for.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from machines.editions import FIRST_DAY
from machines.wording import LANGUAGES, say

ADDRESS = MappingProxyType(
    {
        "kk": "https://adilet.zan.kz/kaz/docs/U020000856_",
        "ru": "https://adilet.zan.kz/rus/docs/U020000856_",
        "en": "https://adilet.zan.kz/rus/docs/U020000856_",  # there is no official English text
    }
)


@dataclass(frozen=True, slots=True)
class Norm:
    """One rule of the Decree, cited as `8.3a`: item 8 of the Regulation, third part, first norm."""

    id: str
    item: str
    """The number of the item and of its part: `8.3`, in the Strategy the section, `S.4.3`."""
    place: Mapping[str, str]
    """The place in words: `Regulation, item 8, part 3`."""
    title: Mapping[str, str]
    wording: Mapping[str, str]
    url: Mapping[str, str]
    since: date


class Norms(Mapping[str, Norm]):
    """All norms by id, in the order of the text; read when first used, so that importing costs nothing."""

    def __getitem__(self, id: str) -> Norm:
        return _norms()[id]

    def __iter__(self) -> Iterator[str]:
        return iter(_norms())

    def __len__(self) -> int:
        return len(_norms())


NORMS: Mapping[str, Norm] = Norms()


def norm(id: str) -> Norm:
    """Give the norm with this id; a KeyError names an id that the Decree does not have."""
    try:
        return NORMS[id]
    except KeyError:
        raise KeyError(f"no norm {id!r}: it is not in norms.toml") from None


@cache
def _norms() -> Mapping[str, Norm]:
    tables = tomllib.loads(Path(__file__).with_name("norms.toml").read_text(encoding="utf-8"))
    return {name: _read(name, table) for name, table in tables.items()}


def _read(id: str, table: Mapping[str, Any]) -> Norm:
    source = {"regulation": [], "strategy": ["S"], "decree": ["D"]}[table.get("source", "regulation")]
    levels = [str(table[level]) for level in ("item", "part") if level in table]
    return Norm(
        id=id,
        item=".".join(source + levels),
        place=MappingProxyType({language: _place(table, language) for language in LANGUAGES}),
        title=MappingProxyType(table["title"]),
        wording=MappingProxyType(table["wording"]),
        url=ADDRESS,
        since=table.get("since", FIRST_DAY),
    )


def _place(table: Mapping[str, Any], language: str) -> str:
    source = table.get("source", "regulation")
    levels = [f"{source}_item", "part", "entry"]
    numbers = [table.get("item"), table.get("part"), table.get("entry")]
    said = [say(f"places.{level}", language, n=n) for level, n in zip(levels, numbers, strict=True) if n is not None]
    return ", ".join([say(f"places.{source}", language), *said])
