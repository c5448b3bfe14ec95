"""Whose clock counts (H03, H04): when a day begins and ends in the zones of Kazakhstan, and local time and back."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from machines import terms, zones
from tests.days import ALMATY, EVERY_DAY, ONE_DAY, ZONES, day


@pytest.mark.parametrize(
    ("utc", "ended", "zone"),
    [
        ("2010-03-10T18:00", "2010-03-10", ALMATY),
        ("2026-03-10T19:00", "2026-03-10", ALMATY),
        ("2004-06-10T17:00", "2004-06-10", ALMATY),
        ("2004-10-30T17:00", "2004-10-30", ALMATY),  # the last day of summer time
        ("2004-10-31T18:00", "2004-10-31", ALMATY),
        ("2024-02-28T18:00", "2024-02-28", ALMATY),
        ("2024-02-29T19:00", "2024-02-29", ALMATY),  # the day of 25 hours
        ("2024-02-29T19:00", "2024-02-29", "Asia/Qostanay"),
        ("2018-12-19T18:00", "2018-12-19", "Asia/Qyzylorda"),
        ("2018-12-20T19:00", "2018-12-20", "Asia/Qyzylorda"),
        ("2010-03-10T19:00", "2010-03-10", "Asia/Aqtau"),
        ("1981-03-31T18:00", "1981-03-31", ALMATY),  # 00:00 of 1 April was skipped: the change itself
    ],
)
def test_the_day_ends_at_24(utc: str, ended: str, zone: str) -> None:
    """24:00 is 00:00 of the next day by the clock of the zone (H03, H04, Civil Code art. 176)."""
    expected = datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert expected == terms.end_of_day(day(ended), zone=zone) == terms.local_midnight(day(ended) + ONE_DAY, zone)
    assert expected == terms.on_day(day(ended), zone=zone).due


@pytest.mark.parametrize("zone", ZONES)
def test_every_day_begins_where_the_day_before_ends(zone: str) -> None:
    """One microsecond before midnight it is the day before, at midnight the day itself."""
    for each in EVERY_DAY:
        begins = terms.local_midnight(each, zone)
        assert (each - ONE_DAY, each) == (
            terms.local_day(begins - timedelta(microseconds=1), zone),
            terms.local_day(begins, zone),
        )


@pytest.mark.parametrize(
    ("utc", "began", "zone"),
    [
        ("2011-12-30T10:00", "2011-12-30", "Pacific/Apia"),  # a day that never was begins with the next one
        ("2011-12-30T10:00", "2011-12-31", "Pacific/Apia"),
        ("2018-11-04T03:00", "2018-11-04", "America/Sao_Paulo"),  # 00:00 was skipped
        ("2024-11-03T04:00", "2024-11-03", "America/Havana"),  # 00:00 came twice
        ("1919-03-31T04:30", "1919-03-31", "America/Toronto"),  # the clock went from 23:30 to 00:30
    ],
)
def test_midnights_that_are_missing_or_ambiguous(utc: str, began: str, zone: str) -> None:
    """A day begins at the first instant that is not of the day before."""
    expected = datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert expected == terms.local_midnight(day(began), zone)


@pytest.mark.parametrize(
    ("hours", "at", "zone"),
    [
        (7, "2003-07-01", ALMATY),
        (6, "2003-12-01", ALMATY),
        (6, "2005-07-01", ALMATY),
        (6, "2024-02-29", ALMATY),
        (5, "2024-03-01", ALMATY),
        (6, "2003-07-01", "Asia/Qostanay"),
        (5, "2003-12-01", "Asia/Qostanay"),
        (6, "2005-07-01", "Asia/Qostanay"),
        (5, "2024-03-01", "Asia/Qostanay"),
        (6, "2018-12-20", "Asia/Qyzylorda"),
        (5, "2018-12-21", "Asia/Qyzylorda"),
        (6, "2004-07-01", "Asia/Aqtobe"),
        (5, "2010-07-01", "Asia/Aqtobe"),
        (5, "2004-07-01", "Asia/Aqtau"),
        (4, "2003-12-01", "Asia/Oral"),
        (5, "2010-12-01", "Asia/Atyrau"),
        (5, "2026-07-01", "Asia/Aqtau"),
    ],
)
def test_offsets_of_the_regions(hours: int, at: str, zone: str) -> None:
    """The offsets of Kazakhstan's zones since 2002 (H03)."""
    begins = terms.local_time(terms.local_midnight(day(at), zone), zone)
    assert timedelta(hours=hours) == begins.utcoffset()


def test_zone_data_do_not_come_from_the_host(tmp_path: Path) -> None:
    """A host with old or wrong zone data changes nothing."""
    (tmp_path / "Asia").mkdir()
    wrong = files("tzdata").joinpath("zoneinfo", "Etc", "UTC").read_bytes()
    (tmp_path / "Asia" / "Almaty").write_bytes(wrong)
    zoneinfo.reset_tzpath(to=[str(tmp_path)])
    zones.zone_info.cache_clear()
    try:
        tz = zones.zone_info(ALMATY)
        assert timedelta(hours=5) == datetime(2026, 3, 10, tzinfo=tz).utcoffset()
    finally:
        zoneinfo.reset_tzpath()


@pytest.mark.parametrize("zone", ["Asia/Astana", "", "../../../etc/passwd", "Asia"])
def test_an_unknown_zone_is_refused(zone: str) -> None:
    """There is no zone Asia/Astana."""
    with pytest.raises(zoneinfo.ZoneInfoNotFoundError, match="Asia/Almaty"):
        terms.zone_info(zone)


def test_a_local_time_that_occurs_twice_is_the_first() -> None:
    """23:30 of 29.02.2024 came twice in Almaty."""
    assert datetime(2024, 2, 29, 17, 30, tzinfo=UTC) == terms.instant(datetime(2024, 2, 29, 23, 30), ALMATY)
    assert datetime(2024, 2, 29, 17, 30, tzinfo=UTC) == terms.instant(datetime(2024, 2, 29, 23, 30, fold=1), ALMATY)
    later = terms.local_time(datetime(2024, 2, 29, 18, 30, tzinfo=UTC), ALMATY)
    assert (datetime(2024, 2, 29, 23, 30), 1) == (later.replace(tzinfo=None, fold=0), later.fold)


def test_a_local_time_that_was_skipped_is_read_by_the_old_clock() -> None:
    """On 28.03.2004 the clock went from 02:00 to 03:00."""
    assert datetime(2004, 3, 27, 20, 30, tzinfo=UTC) == terms.instant(datetime(2004, 3, 28, 2, 30), ALMATY)


@given(st.datetimes(datetime(2003, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)), st.sampled_from(ZONES))
def test_local_time_and_back(moment: datetime, zone: str) -> None:
    """Local time leads back to its instant, or to the first of two."""
    there = terms.local_time(moment, zone)
    assert moment - timedelta(hours=there.fold) == terms.instant(there.replace(tzinfo=None), zone)
    assert there.date() == terms.local_day(moment, zone)


def test_an_instant_has_a_zone() -> None:
    """Local time is not taken for an instant."""
    with pytest.raises(ValueError, match="without a zone"):
        terms.local_day(datetime(2010, 3, 10), ALMATY)
    with pytest.raises(ValueError, match="without a zone"):
        terms.at(datetime(2010, 3, 10), zone=ALMATY)
