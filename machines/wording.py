"""Say what people read, in Kazakh, Russian and English.

The texts are the files `texts/<language>/<stem>.toml`. A key is the file's stem and the path inside it, joined by dots:
`names.act.candidacy.nominate` is `nominate` in the table `[act.candidacy]` of `names.toml`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path

LANGUAGES = ("kk", "ru", "en")

TEXTS = Path(__file__).with_name("texts")

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}.*", re.ASCII | re.DOTALL)


def say(key: str, language: str, /, **numbers: object) -> str:
    """Fill the text `key` with numbers, names and days.

    Days are written 24.04.2008, moments 24.04.2008 18:30 as they stand (the caller brings them to local time),
    lists are joined by commas. A missing text, or a number that the text asks for and nobody gives, is a KeyError.
    """
    text = template(key, language)
    if "{" not in text and "}" not in text:
        return text
    return text.format_map({name: shown(number) for name, number in numbers.items()})


def has(key: str) -> bool:
    """Tell whether there is such a text (in every language: a test holds them together)."""
    stem = key.partition(".")[0]
    return key in _texts(LANGUAGES[0], stem)


def keys(language: str) -> tuple[str, ...]:
    """List all keys of a language, sorted."""
    stems = sorted(path.stem for path in (TEXTS / _known(language)).glob("*.toml"))
    return tuple(sorted(key for stem in stems for key in _texts(language, stem)))


@cache
def template(key: str, language: str) -> str:
    """Give a text as it is before the numbers are filled in."""
    texts = _texts(_known(language), key.partition(".")[0])
    if key not in texts:
        raise KeyError(f"no text {key!r} in {language!r}")
    return texts[key]


def shown(value: object) -> str:
    """Write a value as an official would: days as dd.mm.yyyy, lists joined by commas."""
    if isinstance(value, str):
        return value
    if isinstance(value, date):
        day = f"{value.day:02d}.{value.month:02d}.{value.year:04d}"
        return f"{day} {value.hour:02d}:{value.minute:02d}" if isinstance(value, datetime) else day
    if isinstance(value, bool) or not isinstance(value, int | list | tuple):
        raise TypeError(f"no way to write {value!r}: expected text, a whole number, a day, a moment or a list of them")
    if isinstance(value, int):
        return str(value)
    return ", ".join(shown(item) for item in value)


def day_in(text: str) -> date | None:
    """Read a day as facts keep it, 2006-05-18; None for every other text: what people write may only look like one."""
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def moment_in(text: str) -> datetime | None:
    """Read a moment as facts keep it, 2006-05-18 10:00; None for every other text, one that only begins with a moment too."""
    try:
        return datetime.fromisoformat(text) if _MOMENT.fullmatch(text) else None
    except ValueError:
        return None


def best_language(accept_language: str | None, default: str = "ru") -> str:
    """Choose the language that a reader's `Accept-Language` header prefers, the default if it names none of ours."""
    wishes = sorted(_wishes(accept_language or ""), key=lambda wish: -wish[1])
    return next((language for language, weight in wishes if weight > 0), default)


def _wishes(header: str) -> Iterator[tuple[str, float]]:
    for part in header.split(","):
        tag, _, parameter = part.strip().partition(";")
        language = tag.strip().lower().partition("-")[0]
        if language in LANGUAGES:
            yield language, _weight(parameter)


def _weight(parameter: str) -> float:
    name, _, number = parameter.partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(number)
    except ValueError:
        return 0.0


@cache
def _texts(language: str, stem: str) -> Mapping[str, str]:
    path = TEXTS / language / f"{stem}.toml"
    if not path.is_file():
        return {}
    return dict(_flat(stem, tomllib.loads(path.read_text(encoding="utf-8"))))


def _flat(prefix: str, table: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flat(f"{prefix}.{name}", value)
        else:
            yield f"{prefix}.{name}", str(value)


def _known(language: str) -> str:
    if language not in LANGUAGES:
        raise KeyError(f"no language {language!r}: expected one of {', '.join(LANGUAGES)}")
    return language
