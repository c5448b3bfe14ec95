"""Acts and deadlines, a row each."""

from datetime import date, datetime, time
from typing import NamedTuple

from tests.reference.days import DAY, after, months, rolled, working_days

# act | from > to | by | norms | what follows. `>` alone: the state stays; `?`: it is decided by the votes or the facts.
# `!name` opens a deadline, `~name` closes it, `~all` every one; `@office` is held from then on, until the case is at an end.
# `+members` are present from then on, `-members` no more.
# own: for one's own case; joint: by all deputies; concurrent: whoever has not seen the last entry may do it all the same.
# By nobody: another case brings it about, or the clock.
TABLE = """
office.assume | new > held | working_body | 17.1 | @office
office.vacate | held > ended | working_body | 17.1
candidacy.nominate | new > nominated | sa_chairman sa_secretariat association state_body | 14.1a 14.1b
candidacy.support | nominated admissible > | sa_chairman sa_secretariat association state_body | 14.1a 14.1b
candidacy.admit | nominated > admissible | working_body | 14.1a 14.1b | !consideration
candidacy.return | nominated > inadmissible | working_body | 14.1a 14.1b
candidacy.cure | inadmissible > nominated | sa_chairman sa_secretariat association state_body | 14.1a 14.1b
candidacy.consider | admissible > considered | | 14.2a | ~consideration !submission
candidacy.submit | considered > submitted | deputy_chairman | 14.2b | joint ~submission !approval
candidacy.approve | submitted > approved | chairman | 14.2c
candidacy.reject | submitted > rejected | chairman | 14.2d
candidacy.include | new > approved | chairman | 14.2e 13.1a
candidacy.withdraw | nominated inadmissible admissible considered submitted > withdrawn | candidate nominator working_body | 14.1a 14.1b
membership.start | new > active | | 13.1a | @member
membership.enrol | new > active | working_body | 13.1a | @member
membership.report_office_change | active > | working_body | 15.1 15.2 | !removal_task
membership.leave | active > ? | member | 20.3 | own
membership.revoke_leave | leaving > active | member | 20.3 | own ~exit
membership.exit | leaving > left | | 20.3
membership.remove | active leaving > removed | | 15.0a
membership.end | active leaving > ended | working_body | 20.3
removal.submit | new > submitted | deputy_chairman sa_chairman | 15.0b | !decision
removal.grant | submitted > granted | chairman | 15.0a
removal.decline | submitted > declined | chairman | 15.0a
removal.lapse | submitted > moot | | 20.3
council_seat.open | new > held | chairman | 9.1a | @council_member
council_seat.close | held > vacated | chairman council_member | 9.1a | own
council_meeting.draft | new > drafted | deputy_chairman working_body | 9.3c 9.3d
council_meeting.sign | drafted > signed | deputy_chairman | 9.3d | joint !agreement
council_meeting.agree | signed > convened | chairman | 9.3e | ~agreement !meeting
council_meeting.refuse | signed > drafted | chairman | 9.3e | ~agreement
council_meeting.postpone | signed convened > drafted | deputy_chairman | 9.3d | ~all
council_meeting.cancel | drafted signed convened > cancelled | deputy_chairman | 9.3d
council_meeting.open | convened > open | deputy_chairman chairman | 23.1 | ~meeting
council_meeting.check_in | convened open > | working_body | 9.2c | concurrent +members
council_meeting.check_out | open > | working_body | 9.2c | concurrent -members
council_meeting.close | open > held | deputy_chairman chairman | 23.1
council_meeting.record | held > recorded | deputy_chairman | 23.1
council_question.list | new > listed | deputy_chairman working_body | 9.2a
council_question.open_vote | listed > voting | deputy_chairman chairman | 9.2c
council_question.vote | voting > | council_member | 9.2c | concurrent
council_question.enter_count | voting > | working_body | 9.2c
council_question.close_vote | voting > ? | deputy_chairman chairman | 9.2c
council_question.remove | listed > removed | deputy_chairman | 9.2a
poll.draft | new > drafted | deputy_chairman chairman | 9.3a
poll.open | drafted > open | working_body | 9.3b | !closing
poll.answer | open counting > | council_member | 9.3a | concurrent
poll.extend | open > | working_body | 9.3b | !closing
poll.close | open counting > ? | working_body | 9.2c | ~closing
poll.annul | open counting > annulled | deputy_chairman | 9.3a | joint
deputy_appointment.recommend | new > recommended | | 7.2b
deputy_appointment.enrol | new > appointed | working_body | 7.2a | @deputy_chairman
deputy_appointment.appoint | recommended > appointed | president | 7.2a 7.2b | @deputy_chairman
deputy_appointment.dismiss | appointed > dismissed | president | 7.2a
deputy_appointment.lapse | recommended > lapsed | working_body | 7.2b
session.convene | new > convened | chairman | 8.1a | !announcement
session.announce | convened > announced | working_body | 8.1b | ~announcement !opening
session.change_agenda | convened announced > | chairman working_body | 8.1b
session.move | convened announced > convened | chairman | 8.1b | ~all !announcement
session.change_hall | convened announced > | working_body | 8.1b
session.cancel | convened announced > cancelled | chairman | 8.1a
session.start_registration | announced > registration | working_body | 8.3a | ~opening
session.check_in | registration open paused > | working_body | 8.3a | concurrent +members
session.check_out | registration open paused > | working_body | 8.3a | concurrent -members
session.open | registration > open | chairman | 8.3a | ~hold_by
session.declare_not_competent | registration > not_competent | chairman | 8.3a
session.set_method | open > | chairman | 8.3c
session.pause | open > paused | chairman | 8.3a
session.resume | paused > open | chairman | 8.3a
session.close | open paused > closed | chairman | 8.3b
session.record | closed > recorded | chairman | 8.3b
resolution.list | new > listed | chairman working_body | 8.4.5
resolution.open_vote | listed > voting | chairman | 8.3b
resolution.vote | voting > | member | 8.3b | concurrent
resolution.enter_count | voting > | working_body | 8.3b
resolution.close_vote | voting > ? | chairman | 8.3b
resolution.remove | listed > removed | chairman | 8.4.5
resolution.dissent | adopted not_adopted > | member | 20.2
session_request.open | new > collecting | member | 8.2b | !collection
session_request.sign | collecting > | member | 8.2b | concurrent
session_request.unsign | collecting > | member | 8.2b | concurrent
session_request.register | collecting > ? | working_body | 8.2b | ~collection
session_request.satisfy | registered > satisfied | | 8.2b
session_request.lapse | collecting > lapsed | | 8.2b
annual_session.begin | new > due | | 8.1c | !year_end
annual_session.meet | due > met | | 8.1c
annual_session.breach | due > breached | | 8.1c
"""
# When a deadline is due that is opened at this moment; without a convened meeting there is no date for a consideration.
DUE = {
    "consideration": lambda w, c: min(
        (m.told["starts_at"] for m in w.all("council_meeting", "convened")), default=None
    ),
    "submission": lambda w, c: after(working_days(w.today, 10)),
    "approval": lambda w, c: after(w.today + 30 * DAY),
    "removal_task": lambda w, c: after(working_days(w.today, 10)),
    "exit": lambda w, c: datetime.combine(c.told["from_date"], time()),
    "decision": lambda w, c: after(w.today + 30 * DAY),
    "agreement": lambda w, c: c.told["starts_at"],
    "meeting": lambda w, c: c.told["starts_at"],
    "closing": lambda w, c: after(c.told["closes_on"]),
    "tally": lambda w, c: after(working_days(w.today - DAY, 3)),
    "announcement": lambda w, c: after(c.told["notice"]),
    "hold_by": lambda w, c: after(rolled(months(c.told["order"]["date"], 1))),
    "opening": lambda w, c: c.told["starts_at"],
    "collection": lambda w, c: after(months(w.today, 12)),
    "convening": lambda w, c: after(w.today + 30 * DAY),
    "year_end": lambda w, c: after(date(int(c.told["year"]), 12, 31)),
}
CLOCK = {"exit": "exit", "closing": "close", "tally": "close", "collection": "lapse", "year_end": "breach"}
RANK = ("exit", "breach", "begin", "lapse", "close")  # what falls due at one instant happens in this order
NOMINATING = ("sa_chairman", "sa_secretariat", "association", "state_body")
ROUTES = {"small_assembly": "14.1a", "association": "14.1b", "state_body": "14.1a"}  # which knows no norm of its own


class Row(NamedTuple):
    """An act: from which states to which, by whom, under which norms, and what follows."""

    source: tuple[str, ...]
    to: str
    by: tuple[str, ...]
    norms: tuple[str, ...]
    then: tuple[str, ...]

    def marked(self, sign: str) -> list[str]:
        """Find what is marked by a sign: the deadlines that are opened, say."""
        return [word.removeprefix(sign) for word in self.then if word.startswith(sign)]


def _row(line: str) -> tuple[str, Row]:
    name, way, by, norms, then = [*(cell.strip() for cell in line.split("|")), ""][:5]
    source, _, to = way.partition(">")
    return name, Row(tuple(source.split()), to.strip(), tuple(by.split()), tuple(norms.split()), tuple(then.split()))


ACTS = dict(_row(line) for line in TABLE.strip().splitlines())
LEADS_ON = {state for row in ACTS.values() if row.to for state in row.source}  # all others are final
