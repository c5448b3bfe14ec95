"""Small situations of sessions, requests and resolutions, and what the Regulation says of them (items 8.1 to 8.4)."""

from datetime import date, datetime, timedelta
from itertools import product
from typing import Any

from machines import session_facts, session_request
from machines.procedure import NEW, SAME
from machines.proof_council import Situations
from machines.proof_step import NOW, TODAY, Seen, Step, day, facts, people, rule, splits, switched
from machines.rulings import DEFAULTS
from machines.session_guards import Circumstances
from machines.sitting import Members

NOON = "12:00"
SATURDAY = 5
FRIDAY = -5  # days from today, as all of these
DECIDED = (FRIDAY, 0)  # a month from the first ends on a Sunday
FIRST_WORKED_AFTER = NOW - timedelta(days=2)  # the Monday
SWITCHED = (
    DEFAULTS,
    switched(session__notice__mode="exactly"),
    switched(session__notice__extra_day=True),
    switched(session__extraordinary__notice_mode="exempt"),
    switched(session__extraordinary__notice_mode="strict"),
    switched(terms__roll__forward="none"),
)


def _hall(here: int = 0, total: int = 0, **told: Any) -> Circumstances:
    usual: dict[str, Any] = {
        "present": here, "members": people(total), "total": total, "unsettled": (), "request_state": None, "questions": (),
    }  # fmt: skip
    return Circumstances(**(usual | told))


def sessions(up_to: int) -> Situations:
    """Yield the situations of a session: every day it may be on under every ruling, any presence, every vote on its method."""
    yield from _convened()
    yield from _announced()
    seen, ordinary = Seen("session"), {"kind": "ordinary"}
    for agenda in (["What members asked for"], ["Other"]):
        told = facts(session_facts.Agenda, {"agenda": agenda})
        yield seen.of("change_agenda", "announced", _hall(questions=("What members asked for",)), given=told)
    for moved, hours in product((None, -1, 0, 1), ("09:00", "18:00")):
        at = None if moved is None else f"{day(5 + moved)} {hours}"
        told = facts(session_facts.ChangeHall, {"place": "Hall", "starts_at": at})
        yield seen.of(
            "change_hall", "announced", _hall(), given=told, facts=ordinary | {"starts_at": f"{day(5)}T{NOON}"}
        )
    for first, last in ((-3, -1), (-1, 0), (-1, -1), (0, 0), (0, 2), (1, 2)):
        known = ordinary | {"starts_at": f"{day(first)}T{NOON}", "last_day": day(last)}
        yield seen.of("start_registration", "announced", _hall(), facts=known)
        for total in range(up_to + 1):
            for here, act in product(range(total + 1), ("open", "declare_not_competent")):
                yield seen.of(act, "registration", _hall(here, total), facts=known)
    for total, named in product(range(1, 4), range(1, 5)):
        come = facts(Members, {"members": sorted(people(named))})
        yield seen.of("check_in", "open", _hall(0, total), given=come)
    for here, beside in product(range(up_to + 1), (0, 1, 5)):
        for votes in splits(here + 1):
            told = facts(session_facts.SetMethod, {"method": "secret"} | votes)
            yield seen.of("set_method", "open", _hall(here, here + beside), given=told)
    for unsettled in ((), ("Q-1",)):
        yield seen.of("close", "open", _hall(unsettled=unsettled))


def _convened() -> Situations:
    """A session convened, or moved: every first day of two months, on every ground."""
    for kind, decided, first, ruled in product(
        ("ordinary", "extraordinary"), DECIDED, range(-1, 45), (DEFAULTS, SWITCHED[-1])
    ):
        seen, starts = (
            Seen("session", rulings=ruled),
            {"starts_at": f"{day(first)} {NOON}", "city": "Astana", "place": "Hall"},
        )
        for last, request, agenda in (
            (None, None, "Other"), (-1, None, "Other"), (0, "registered", "Asked"), (30, None, "Other"), (0, "collecting", "Asked"),
            (0, "registered", "Other"),
        ):  # fmt: skip
            told = starts | {
                "kind": kind, "order": {"number": "1", "date": day(decided)}, "agenda": [agenda],
                "ground": "request" if request else "own_initiative", "request": "E-2027-0001" if request else None,
                "last_day": None if last is None else day(first + last),
            }  # fmt: skip
            hall = _hall(request_state=request, questions=("Asked",) if request else ())
            yield seen.of("convene", NEW, hall, given=facts(session_facts.Convene, told))
        for lasts in (0, 30):
            known = {
                "kind": kind, "order": {"date": day(decided)}, "starts_at": f"{day(10)}T{NOON}", "last_day": day(10 + lasts)
            }  # fmt: skip
            yield seen.of("move", "announced", _hall(), given=facts(session_facts.Move, starts), facts=known)


def _announced() -> Situations:
    """A session announced: each distance to its first day, under every ruling on notice, and on the Monday after the decision."""
    for ruled, kind, first, decided in product(SWITCHED, ("ordinary", "extraordinary"), range(1, 45), (FRIDAY, -1, 0)):
        known = {"kind": kind, "order": {"date": day(decided)}, "starts_at": f"{day(first)}T{NOON}"}
        told = facts(session_facts.Announce, {"channel": "website"})
        days = (NOW, FIRST_WORKED_AFTER) if decided == FRIDAY else (NOW,)
        for at in days:
            yield Seen("session", rulings=ruled).of("announce", "convened", _hall(), given=told, facts=known, at=at)


def _first(step: Step) -> date:
    """The first day, as told or as it stands."""
    told = getattr(step.told, "starts_at", None)
    return (told or datetime.fromisoformat(step.s.facts["starts_at"])).date()


def _kind(step: Step) -> str:
    return str(getattr(step.told, "kind", None) or step.s.facts["kind"])


def _decided(step: Step) -> date:
    order = getattr(step.told, "order", None)
    return order.date if order else date.fromisoformat(step.s.facts["order"]["date"])


def _month_later(start: date) -> date:
    """The same day of the next month: no day here is later than the 28th, none in December."""
    return start.replace(month=start.month + 1)


def _month_ends(step: Step) -> date:
    """Where it would end on a Saturday or Sunday, it ends on Monday, unless the ruling says otherwise."""
    last = _month_later(_decided(step))
    while step.s.rulings["terms.roll.forward"] != "none" and last.weekday() >= SATURDAY:
        last += timedelta(days=1)
    return last


@rule("8.1b", "session.convene", "session.move")
def a_session_begins_in_the_future(step: Step) -> bool:
    """A session is convened for a time to come."""
    return bool(step.told.starts_at > NOW.replace(tzinfo=None) + timedelta(hours=5))


@rule("8.2c", "session.convene", "session.move")
def an_extraordinary_session_within_a_month(step: Step) -> bool:
    """An extraordinary session is held within a month of the decision, and after it."""
    return _kind(step) == "ordinary" or _decided(step) < _first(step) <= _month_ends(step)


@rule("8.1b", "session.convene")
def a_session_ends_after_it_begins(step: Step) -> bool:
    """The last day of a session is not before its first."""
    return step.told.last_day is None or step.told.last_day >= _first(step)


@rule("8.2c", "session.convene", "session.move")
def who_ends_after_the_month_is_warned(step: Step) -> bool:
    """An extraordinary session that would end after the month is warned of."""
    if _kind(step) == "ordinary":
        return True
    known = step.s.facts
    lasts = (
        0
        if step.s.act == "convene"
        else int((date.fromisoformat(known["last_day"]) - date.fromisoformat(known["starts_at"][:10])).days)
    )
    last = getattr(step.told, "last_day", None) or _first(step) + timedelta(days=lasts)
    return last <= _month_ends(step) or "session.ends_after_the_month" in step.warnings


@rule("8.2b", "session.convene")
def a_request_is_registered_and_met(step: Step) -> bool:
    """A session on request is extraordinary; its request is registered, and what members asked for stands on its agenda."""
    if step.told.ground != "request":
        return True
    return (
        step.told.kind == "extraordinary"
        and step.seen.request_state == "registered"
        and {*step.seen.questions} <= {*step.told.agenda}
    )


@rule("8.2b", "session.change_agenda")
def who_drops_a_requested_question_is_warned(step: Step) -> bool:
    """Whoever takes off the agenda what members asked for is warned."""
    return {*step.seen.questions} <= {*step.told.agenda} or "session.requested_question_dropped" in step.warnings


@rule("8.1b", "session.announce")
def announced_a_month_before(step: Step) -> bool:
    """A session is announced a month before its first day; an extraordinary one that has no month, by the next working day."""
    first, mode = _first(step), step.s.rulings["session.extraordinary.notice_mode"]
    extra = timedelta(days=1 if step.s.rulings["session.notice.extra_day"] else 0)
    if _month_later(step.s.today) + extra <= first:
        return True
    if _kind(step) == "ordinary" or mode == "strict":
        return False
    if mode == "exempt":
        return step.s.at < NOW.replace(hour=7) + (first - TODAY)
    no_month = _month_later(_decided(step)) + extra > first
    working = _decided(step) + timedelta(days=1)
    while working.weekday() >= SATURDAY:
        working += timedelta(days=1)
    return no_month and step.s.today <= working


@rule("8.1b", "session.announce")
def announced_on_the_very_day_where_so_ruled(step: Step) -> bool:
    """Where the month is read as exactly a month, no ordinary session is announced earlier."""
    exactly = step.s.rulings["session.notice.mode"] == "exactly" and _kind(step) == "ordinary"
    return not exactly or _month_later(step.s.today) >= _first(step)


@rule("8.1b", "session.announce")
def short_notice_is_warned_of(step: Step) -> bool:
    """Less than a month of notice is warned of, and less than ten days once more."""
    first = _first(step)
    prefers = step.s.rulings["session.extraordinary.notice_mode"] == "prefer_both"
    if _kind(step) == "ordinary" or not prefers or _month_later(_decided(step)) <= first:
        return True
    few = (first - step.s.today).days < 10  # the number of the ruling
    return "session.less_than_a_month" in step.warnings and few == ("session.few_days_of_notice" in step.warnings)


@rule("8.1b", "session.change_hall")
def another_hall_on_the_same_day(step: Step) -> bool:
    """Another hall or hour is of the same day: another day would have to be announced anew."""
    return step.told.starts_at is None or step.told.starts_at.date().isoformat() == step.s.facts["starts_at"][:10]


@rule("8.1b", "session.start_registration")
def registered_on_the_first_day(step: Step) -> bool:
    """Members register from the first day on."""
    return _first(step) <= step.s.today


@rule("8.1b", "session.open")
def opened_on_an_announced_day(step: Step) -> bool:
    """A session is opened on one of the days that were announced."""
    return step.s.today <= date.fromisoformat(step.s.facts["last_day"])


@rule("8.3a", "session.open", "session.set_method")
def two_thirds_of_all_members_are_there(step: Step) -> bool:
    """A session is competent with two thirds of all members, and decides nothing with fewer."""
    return bool(3 * step.seen.present >= 2 * step.seen.total > 0)


@rule("8.3a", "session.declare_not_competent")
def no_competent_session_is_sent_home(step: Step) -> bool:
    """A session with two thirds of all members is not declared not competent."""
    return not 3 * step.seen.present >= 2 * step.seen.total > 0


@rule("8.3a", "session.check_in")
def only_members_are_counted(step: Step) -> bool:
    """Only members of the Assembly are counted as present."""
    return bool({*step.told.members} <= step.seen.members)


@rule("8.3b", "session.set_method")
def the_session_chooses_how_it_votes(step: Step) -> bool:
    """How a session votes is its own decision, by more than half of those present."""
    told = step.told
    return bool(2 * told.for_ > step.seen.present and sum(told.counts.values()) <= step.seen.present)


@rule("8.3b", "session.close")
def a_session_settles_its_resolutions(step: Step) -> bool:
    """A session ends when each resolution is settled."""
    return not step.seen.unsettled


# ----------------------------------------------------------------------------------------------------------------- requests


def requests(up_to: int) -> Situations:
    """Yield the situations of a request: every number of signatures, of members and of others, and of members."""
    seen = Seen("session_request")
    for total in range(up_to + 1):
        for signed, strangers in product(range(total + 1), (0, 2)):
            who = people(signed) | people(strangers, first=total + 1)
            yield seen.of("register", "collecting", session_request.Circumstances(who, people(total)))
            for act in ("sign", "unsign"):
                yield seen.of(act, "collecting", session_request.Circumstances(who, people(total)), holder="m1")


@rule("8.2b", "session_request.register")
def a_third_of_all_members_asks(step: Step) -> bool:
    """An extraordinary session is asked for by one third of all members, each a member when it is registered."""
    third = 3 * len(step.seen.signed & step.seen.members) >= len(step.seen.members) > 0
    return (step.state == "registered") == third


@rule("8.2b", "session_request.sign", "session_request.unsign")
def one_signature_each(step: Step) -> bool:
    """A member signs a request once, and withdraws only what he has signed."""
    return (step.s.holder in step.seen.signed) == (step.s.act == "unsign") and step.branch.to == SAME
