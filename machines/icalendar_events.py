"""Sittings, days and hours as calendars keep them (RFC 5545): the zone described, one event for each, taken back by its status."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from icalendar import Calendar, Event, Timezone

from machines.invitations import CANCELLED, CONFIRMED, TENTATIVE, Invitation
from machines.zones import zone_info

PRODUCT = "-//kenes//kenes//EN"
ONE_DAY = timedelta(days=1)


def calendar_of(events: Iterable[Event], *, method: str, name: str = "") -> Calendar:
    """Put events into a calendar, with the zones that they name; a named one is fetched again each hour."""
    events = list(events)
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    if name:
        calendar.add("x-wr-calname", name)
        calendar.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    for zone, (first, last) in sorted(_zones_in(events).items()):
        calendar.add_component(_zone(zone, first, last))
    for event in events:
        calendar.add_component(event)
    return calendar


def event_of(invitation: Invitation) -> Event:
    """Write a sitting."""
    zone = zone_info(invitation.zone)
    event = Event()
    event.add("uid", invitation.uid)
    event.add("sequence", invitation.sequence)
    event.add("dtstamp", _stamp(invitation.since))
    event.add("dtstart", invitation.begins.replace(tzinfo=zone))
    event.add("dtend", invitation.ends.replace(tzinfo=zone))
    event.add("summary", invitation.summary)
    event.add("location", invitation.place)
    event.add("description", invitation.description)
    event.add("url", invitation.link)
    event.add("status", invitation.status)
    event.add("transp", "TRANSPARENT" if invitation.status in (TENTATIVE, CANCELLED) else "OPAQUE")
    return event


def day_event(
    uid: str, day: date, *, since: datetime, sequence: int, summary: str, description: str, link: str, cancelled: bool = False
) -> Event:  # fmt: skip
    """Write the last day of a term: it lasts the day and makes nobody busy."""
    event = Event()
    event.add("uid", uid)
    event.add("sequence", sequence)
    event.add("dtstamp", _stamp(since))
    event.add("dtstart", day)
    event.add("dtend", day + ONE_DAY)
    event.add("summary", summary)
    event.add("description", description)
    event.add("url", link)
    event.add("status", CANCELLED if cancelled else CONFIRMED)
    event.add("transp", "TRANSPARENT")
    return event


def _stamp(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(microsecond=0)


def _zones_in(events: Iterable[Event]) -> dict[str, tuple[int, int]]:
    """Find which zones the events name, and from which year to which."""
    found: dict[str, tuple[int, int]] = {}
    for event in events:
        begins, ends = event.start, event.end
        if isinstance(begins, datetime):
            zone = str(begins.tzinfo)
            first, last = found.get(zone, (begins.year, ends.year))
            found[zone] = (min(first, begins.year), max(last, ends.year))
    return found


@lru_cache(maxsize=32)  # the letters of one sitting are hundreds
def _zone(zone: str, first: int, last: int) -> Timezone:
    """Describe the zone in these years: a mail program need not know it by its name, nor by the latest decree."""
    return Timezone.from_tzinfo(
        zone_info(zone), zone, first_date=date(first, 1, 1), last_date=date(last + 1, 1, 1)
    )  # fmt: skip
