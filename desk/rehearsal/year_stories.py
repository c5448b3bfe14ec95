"""What happens in a year of an invented Assembly: who comes and leaves, what is considered, polled and decided, and what goes wrong."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from desk.rehearsal.year import ROSTER, Statistics, Year
from machines.calendar_versions import change
from machines.procedure import Office

QUESTIONS = ("programme_document", "other", "deputy_recommendation")


def plan(year: Year) -> None:
    """Plan the year: sessions in spring and autumn, a meeting of the Council every six weeks, the rest as the dice fall."""
    start, dice = year.first, year.dice
    for month in (4, 10):
        year.on(date(start.year, month, dice.randint(1, 20)) - timedelta(days=45), lambda: _session(year))
    for week in range(3, 50, 6):
        year.on(start + timedelta(weeks=week), lambda: _meeting(year))
    for person in ROSTER.candidates:
        year.on(start + timedelta(days=dice.randint(0, 300)), lambda who=f"p:{person}": _nomination(year, who))  # type: ignore[misc]
    for _ in range(5):
        year.on(start + timedelta(days=dice.randint(5, 340)), lambda: _poll(year))
    for what in (_exit, _exit, _exit, _exit, _removal, _removal, _removal, _death, _request, _succession, _seat, _seat):
        year.on(start + timedelta(days=dice.randint(5, 340)), lambda does=what: does(year))  # type: ignore[misc]
    for _ in range(3):
        year.on(start + timedelta(days=dice.randint(5, 300)), lambda: _day_off(year))
    year.on(start + timedelta(days=dice.randint(20, 60)), lambda: _deputy_leaves(year))
    for day in (1, 2):  # they fall due while the scheduler stands still
        stops = year.told.stopped[0] + timedelta(days=day)
        year.on(stops - timedelta(days=20), lambda on=stops: _exit(year, on))  # type: ignore[misc]


def _order(year: Year, **more: Any) -> dict[str, Any]:
    return {"order": {"number": str(year.dice.randint(1, 99)), "date": year.today.isoformat()}, **more}


def _split(year: Year, people: int) -> dict[str, int]:
    """Let so many people vote: most of them for it, mostly."""
    votes = year.dice.choices(("for", "against", "abstain"), (year.dice.choice((4, 8, 12)), 1, 1), k=people)
    return {choice: votes.count(choice) for choice in ("for", "against", "abstain")}


def _some(year: Year, people: list[str], least: float) -> list[str]:
    return sorted(year.dice.sample(people, round(len(people) * year.dice.uniform(least, 1))))


# --------------------------------------------------------------------------------------------------------------- candidacies


def _nomination(year: Year, who: str) -> None:
    """Nominate, by the right body and mostly by the right decision; admit or return it some days later (14.1)."""
    region = year.dice.choice(ROSTER.small_assemblies)
    body = year.dice.choices(("small_assembly_session", "small_assembly_council"), (6, 1))[0]
    day = (year.today - timedelta(days=3)).isoformat()
    facts = {
        "person": who, "route": "small_assembly", "region": region, "consent": year.dice.random() < 0.9,
        "decision": {"body": body, "number": "7", "date": day}, "proposals": [{"by": "Ethnocultural centre", "date": day}],
    }  # fmt: skip
    done = year.do(f"s:{region}", "candidacy.nominate", facts=facts)
    if done:
        year.after(year.dice.randint(1, 9), lambda: _admission(year, done.number))


def _admission(year: Year, case: str) -> None:
    if not year.do("wb", "candidacy.admit", case):
        year.do("wb", "candidacy.return", case, {"reason": "The session of the small assembly decides"})


def _decision(year: Year, case: str) -> None:
    """Submit by every deputy, sometimes late; then the Chairman decides (14.2b to 14.2e)."""
    for deputy in year.holding(Office.deputy_chairman):
        year.do(deputy, "candidacy.submit", case)
    word = "candidacy.approve" if year.dice.random() < 0.8 else "candidacy.reject"
    year.after(year.dice.randint(2, 40), lambda: year.do("ch", word, case, _order(year)))


# --------------------------------------------------------------------------------------------------------------- the Council


def _meeting(year: Year) -> None:
    """Convene the Council in ten days, with what is admissible then (9.3)."""
    day = year.working_day(year.today + timedelta(days=10))
    done = year.do("wb", "council_meeting.draft", facts={"starts_at": f"{day} 15:00", "place": "House of Friendship"})
    assert done
    for deputy in year.holding(Office.deputy_chairman):
        year.do(deputy, "council_meeting.sign", done.number)
    if year.do("ch", "council_meeting.agree", done.number):
        year.on(day, lambda: _sitting(year, done.number))


def _sitting(year: Year, meeting: str) -> None:
    """Hold a meeting: list, open, check in, vote, close (9.2, 23.1)."""
    chair = year.holding(Office.deputy_chairman)[0]
    rows = year.ask("SELECT number FROM cases WHERE procedure = 'candidacy' AND state = 'admissible' ORDER BY number")
    listed = [
        year.do("wb", "council_question.list", facts={"meeting": meeting, "kind": "candidacy", "subject": row[0]})
        for row in rows
    ]
    if not year.do(chair, "council_meeting.open", meeting):
        return
    here = _some(year, year.holding(Office.council_member), 0.55)
    year.do("wb", "council_meeting.check_in", meeting, {"members": here})
    for done in listed:
        if done:
            _question(year, done.number, chair, len(here))
    year.do(chair, "council_meeting.close", meeting)
    year.do(chair, "council_meeting.record", meeting, {"minutes": {"number": "1", "date": year.today.isoformat()}})


def _question(year: Year, case: str, chair: str, here: int) -> None:
    if not year.do(chair, "council_question.open_vote", case):
        year.do(chair, "council_question.remove", case, {"reason": "Too few have come"})
        return
    year.do("wb", "council_question.enter_count", case, _split(year, here))
    year.do(chair, "council_question.close_vote", case)
    about = year.ask("SELECT about FROM cases WHERE number = ?", case)[0][0]
    year.after(year.dice.randint(1, 16), lambda: _decision(year, about))


def _poll(year: Year, kind: str | None = None, subject: str | None = None) -> None:
    """Poll the Council; some answer, on some day, and the clock closes it (9.3a, 9.3b)."""
    kind = kind or year.dice.choice(("programme_document", "other", "candidacy"))
    told = {
        "kind": kind,
        "subject": subject,
        "question": "As stated in the papers",
        "by_post": year.dice.random() < 0.3,
    }
    done = year.do("ch", "poll.draft", facts={name: value for name, value in told.items() if value is not None})
    if not done:
        return
    last = year.today + timedelta(days=year.dice.randint(2, 15))
    if not year.do("wb", "poll.open", done.number, {"closes_on": last.isoformat()}):
        last = year.today + timedelta(days=10)
        year.do("wb", "poll.open", done.number)
    for member in _some(year, year.holding(Office.council_member), 0.7):
        choice = year.dice.choices(("for", "against", "abstain"), (12, 1, 1))[0]
        day = year.today + timedelta(days=year.dice.randint(0, (last - year.today).days))
        year.on(day, lambda who=member, said=choice: year.do(who, "poll.answer", done.number, {"choice": said}))  # type: ignore[misc]


def _deputy_leaves(year: Year) -> None:
    """The President dismisses a deputy; the Council recommends another by poll, whom he appoints (7.2)."""
    deputy = year.holding(Office.deputy_chairman)[-1]
    case = year.case_of("deputy_appointment", deputy)
    year.do("president", "deputy_appointment.dismiss", case, _by_the_president(year))
    _poll(year, "deputy_recommendation", "m20")
    year.after(25, lambda: _appointment(year))


def _appointment(year: Year) -> None:
    case = year.case_of("deputy_appointment", "m20")
    if case:
        year.do("president", "deputy_appointment.appoint", case, _by_the_president(year))


def _by_the_president(year: Year) -> dict[str, Any]:
    return {"act": {"kind": "decree", "number": str(year.dice.randint(100, 999)), "date": year.today.isoformat()}}


# -------------------------------------------------------------------------------------------------------------- the Assembly


def _session(year: Year) -> None:
    """Convene a session in six weeks, announce it in time or a day too late, and hold it if a quorum comes (8.1, 8.3)."""
    day = year.working_day(year.today + timedelta(days=45))
    facts = _order(
        year,
        kind="ordinary",
        ground="own_initiative",
        starts_at=f"{day} 10:00",
        city="Astana",
        place="Palace",
        agenda=["Results"],
    )
    done = year.do("ch", "session.convene", facts=facts)
    if done:
        year.after(
            year.dice.randint(1, 12), lambda: year.do("wb", "session.announce", done.number, {"channel": "website"})
        )
        year.on(day, lambda: _held(year, done.number))


def _held(year: Year, session: str) -> None:
    done = year.do("wb", "resolution.list", facts={"session": session, "kind": "programme_document", "text": "Results"})
    here = _some(year, year.holding(Office.member), 0.6)
    year.do("wb", "session.start_registration", session)
    year.do("wb", "session.check_in", session, {"members": here})
    if not year.do("ch", "session.open", session):
        year.do("ch", "session.declare_not_competent", session)
        return
    method = {"method": "show_of_hands", "for": len(here), "against": 0, "abstain": 0}
    year.do("ch", "session.set_method", session, method)
    for act, who, facts in _votes(year, len(here)):
        year.do(who, f"resolution.{act}", done.number if done else None, facts)
    year.do("ch", "session.close", session)
    year.do("ch", "session.record", session, {"minutes": {"number": "1", "date": year.today.isoformat()}})


def _votes(year: Year, here: int) -> Iterator[tuple[str, str, dict[str, Any]]]:
    yield "open_vote", "ch", {}
    yield "enter_count", "wb", _split(year, here)
    yield "close_vote", "ch", {}


def _request(year: Year) -> None:
    """Members ask for an extraordinary session; a third of them sign, or fewer (8.2b)."""
    members = year.holding(Office.member)
    done = year.do(members[0], "session_request.open", facts={"questions": ["State of the associations"]})
    for member in year.dice.sample(members, year.dice.randint(12, 30)) if done else ():
        year.do(member, "session_request.sign", done.number if done else None)
    if done:
        year.after(20, lambda: year.do("wb", "session_request.register", done.number))


# ---------------------------------------------------------------------------------------------------------------- the people


def _anybody(year: Year) -> tuple[str, str | None]:
    """Draw a member who holds no other office that the year needs."""
    officers = {*year.holding(Office.chairman), *year.holding(Office.deputy_chairman), "m20"}
    who = year.dice.choice([member for member in year.holding(Office.member) if member not in officers])
    return who, year.case_of("membership", who)


def _exit(year: Year, on: date | None = None) -> None:
    """A member leaves: at once, or from a later day, which some revoke (20.3)."""
    who, case = _anybody(year)
    later = on or year.today + timedelta(days=year.dice.choice((0, 5, 20, 30)))
    year.do(who, "membership.leave", case, {"statement_date": year.today.isoformat(), "from_date": later.isoformat()})
    if on is None and later > year.today and year.dice.random() < 0.3:
        year.after(2, lambda: year.do(who, "membership.revoke_leave", case))


def _removal(year: Year) -> None:
    """A member loses the office he sat for; a deputy submits his removal, and the Chairman decides (15)."""
    _, case = _anybody(year)
    lost = {"ground": "office_changed", "date": year.today.isoformat()}
    year.do("wb", "membership.report_office_change", case, lost)
    deputy = year.holding(Office.deputy_chairman)[0]
    done = year.do(deputy, "removal.submit", facts={"membership": case, "ground": "office_changed"})
    if done:
        year.after(year.dice.randint(3, 40), lambda: year.do("ch", "removal.grant", done.number, _order(year)))


def _death(year: Year) -> None:
    _, case = _anybody(year)
    year.do("wb", "membership.end", case, {"date": year.today.isoformat()})


def _succession(year: Year) -> None:
    """A region gets another akim, who is chairman of its small assembly by his office (17.1)."""
    facts = {"person": "p:30", "office": "sa_chairman", "body": "Almaty", "since": year.today.isoformat()}
    year.do("wb", "office.assume", facts=facts)


def _seat(year: Year) -> None:
    """Somebody gets a seat in the Council, or is refused a second one (9.1)."""
    who, _ = _anybody(year)
    year.do("ch", "council_seat.open", facts=_order(year, person=who, category="other_member"))


def _day_off(year: Year) -> None:
    """The Government moves a day off; what was counted stands (H05)."""
    day = year.working_day(year.today + timedelta(days=year.dice.randint(5, 25)))
    with year.database.transaction() as db:
        change(db, day, "day_off_moved", actor="wb", at=year.now, note="By decision of the Government")
    year.told.days_changed += 1


def told(one: Statistics) -> Iterator[str]:
    """Tell a year: what was done, refused and late, how the cases stand, and the head of the journal."""
    yield f"A year of an invented Assembly: {one.year}, seed {one.seed}."
    yield f"  acts done: {sum(one.acts.values())} ({_counts(one.acts)})"
    yield f"  acts refused, by norm: {_counts(one.refused) or 'none'}; not their office: {one.not_their_office}"
    yield f"  members: {one.members[0]} on 1 January, {one.members[1]} at the end"
    yield f"  days off moved: {one.days_changed}"
    yield f"  the scheduler stood still from {one.stopped[0]} until {one.stopped[1]}"
    hours = one.latest.total_seconds() / 3600
    yield f"  by the clock: {one.by_clock}, each at its own instant; {one.late} recorded more than an hour later, the latest {hours:.0f} h"
    yield f"  reminders settled: {one.reminders}; messages staged: {one.messages}; deadlines that have passed and are open: {one.missed}"
    states: dict[str, list[str]] = {}
    for (procedure, state), count in one.cases.items():
        states.setdefault(procedure, []).append(f"{state} {count}")
    yield from (f"  {procedure}: {', '.join(found)}" for procedure, found in states.items())
    yield f"Journal: {one.entries} entries, replayed and checked: {one.faults or 'no'} faults."
    yield f"Head: {one.head}"


def _counts(counter: Any) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counter.items()))
