"""Local time and UTC (rulings H03, H04): whose clock, and when a day begins and ends.

Zone data come from the package `tzdata`, never from the host, whose data may be old: Kazakhstan changed its offsets in
2004, 2018 and 2024. `Asia/Almaty` is the zone of the republican procedures.
"""

from __future__ import annotations

import io
import pkgutil
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_ONE_DAY = timedelta(days=1)
_ONE_SECOND = timedelta(seconds=1)


@cache
def zone_info(zone: str) -> ZoneInfo:
    """Load a time zone from the package `tzdata`; an unknown name is a ZoneInfoNotFoundError (H03)."""
    content = pkgutil.get_data("tzdata", f"zoneinfo/{zone}") if zone in _zones() else None
    if content is None:
        raise ZoneInfoNotFoundError(f"no time zone {zone!r}: expected a name such as Asia/Almaty or Asia/Aqtau")
    return ZoneInfo.from_file(io.BytesIO(content), key=zone)


@cache
def _zones() -> frozenset[str]:
    names = pkgutil.get_data("tzdata", "zones") or b""
    return frozenset(names.decode("ascii").split())


def instant(local: datetime, zone: str) -> datetime:
    """Turn local time without a zone into UTC.

    Of an hour that occurs twice the first is meant; a time that a clock skipped is read by the clock before the change.
    """
    return local.replace(tzinfo=zone_info(zone), fold=0).astimezone(UTC)


def local_time(instant: datetime, zone: str) -> datetime:
    """Give the local time of an instant."""
    return _aware(instant).astimezone(zone_info(zone))


def local_day(instant: datetime, zone: str) -> date:
    """Give the local date of an instant."""
    return _aware(instant).astimezone(zone_info(zone)).date()


def local_midnight(day: date, zone: str) -> datetime:
    """Give the UTC instant at which the local day begins: 00:00, or where the clock skipped it, the change itself."""
    return _midnight(day, zone)


def end_of_day(day: date, *, zone: str) -> datetime:
    """Give the UTC instant of 24:00, the first that is not of the day any more (H04, Civil Code art. 176)."""
    return _midnight(day + _ONE_DAY, zone)


@lru_cache(maxsize=16384)  # the same few days are asked for again and again
def _midnight(day: date, zone: str) -> datetime:
    midnight = datetime.combine(day, time.min)
    begins = instant(midnight, zone)
    if begins.astimezone(zone_info(zone)).replace(tzinfo=None) == midnight:
        return begins
    return _clock_change(midnight, zone)


def _clock_change(skipped: datetime, zone: str) -> datetime:
    """Find the instant of the change that skipped a local time: it lies between the readings of the two offsets."""
    tz = zone_info(zone)
    before = skipped.replace(tzinfo=tz, fold=1).astimezone(UTC)
    after = skipped.replace(tzinfo=tz, fold=0).astimezone(UTC)
    while after - before > _ONE_SECOND:
        middle = before + (after - before) // 2
        if middle.astimezone(tz).replace(tzinfo=None) < skipped:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)


def _aware(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError(f"{instant.isoformat()} is local time without a zone: give an instant")
    return instant
