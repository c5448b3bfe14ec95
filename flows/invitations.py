"""Write an invitation as mail programs read it: iCalendar (RFC 5545) that asks for an entry or takes it back (RFC 5546)."""

from icalendar import vCalAddress

from machines.icalendar_events import calendar_of, event_of
from machines.invitations import Invitation

Address = tuple[str, str]  # name, address of mail


def as_calendar(invitation: Invitation, *, organizer: str, attendee: Address) -> str:
    """Write the calendar of one invited person; nobody else is named in it."""
    event = event_of(invitation)
    event.add("organizer", _address(organizer, invitation.organizer))
    event.add("attendee", _invited(attendee))
    return calendar_of([event], method=invitation.method).to_ical().decode()


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
