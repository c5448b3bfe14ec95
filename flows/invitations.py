"""Write an invitation as mail programs read it: iCalendar (RFC 5545) that asks for an entry or takes it back (RFC 5546)."""

from datetime import UTC, date
from functools import lru_cache

from icalendar import Calendar, Event, Timezone, vCalAddress

from machines.invitations import CANCELLED, TENTATIVE, Invitation
from machines.zones import zone_info

Address = tuple[str, str]  # name, address of mail


def as_calendar(invitation: Invitation, *, organizer: str, attendee: Address) -> str:
    """Write the calendar of one invited person; nobody else is named in it."""
    calendar = Calendar()
    calendar.add("prodid", "-//kenes//kenes//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", invitation.method)
    calendar.add_component(_zone(invitation.zone, invitation.begins.year, invitation.ends.year))
    calendar.add_component(_event(invitation, organizer, attendee))
    return calendar.to_ical().decode()


@lru_cache(maxsize=32)  # the letters of one sitting are hundreds
def _zone(zone: str, first: int, last: int) -> Timezone:
    """Describe the zone in these years: a mail program need not know it by its name, nor by the latest decree."""
    return Timezone.from_tzinfo(zone_info(zone), zone, first_date=date(first, 1, 1), last_date=date(last + 1, 1, 1))


def _event(invitation: Invitation, organizer: str, attendee: Address) -> Event:
    zone = zone_info(invitation.zone)
    event = Event()
    event.add("uid", invitation.uid)
    event.add("sequence", invitation.sequence)
    event.add("dtstamp", invitation.since.astimezone(UTC).replace(microsecond=0))
    event.add("dtstart", invitation.begins.replace(tzinfo=zone))
    event.add("dtend", invitation.ends.replace(tzinfo=zone))
    event.add("summary", invitation.summary)
    event.add("location", invitation.place)
    event.add("description", invitation.description)
    event.add("url", invitation.link)
    event.add("status", invitation.status)
    event.add("transp", "TRANSPARENT" if invitation.status in (TENTATIVE, CANCELLED) else "OPAQUE")
    event.add("organizer", _address(organizer, invitation.organizer))
    event.add("attendee", _invited(attendee))
    return event


def _invited(attendee: Address) -> vCalAddress:
    """Name the reader. No answer is asked for: nobody reads the mailbox that letters come from."""
    name, address = attendee
    invited = _address(address, name)
    invited.params["CUTYPE"] = "INDIVIDUAL"
    invited.params["ROLE"] = "REQ-PARTICIPANT"
    invited.params["PARTSTAT"] = "NEEDS-ACTION"
    invited.params["RSVP"] = "FALSE"
    return invited


def _address(address: str, name: str) -> vCalAddress:
    written = vCalAddress(f"mailto:{address}")
    written.params["CN"] = name.replace('"', "'")  # a parameter cannot hold this one sign
    return written
