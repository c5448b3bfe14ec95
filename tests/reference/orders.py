"""What is above the procedures: editions of the rules, deadlines by another calendar, erasure of data (D.4, 22.1, H05, 2.3)."""

from tests.reference.days import share
from tests.reference.table import LAW, OWN_PROCEDURE
from tests.reference.world import THEN, WARNING


def lawful(rule, value):
    """Whether a rule may have a value: no minority decides, no term is of no time; a ruling has one of its answers."""
    least = rule.get("least")
    if isinstance(least, str):
        return isinstance(value, str) and "/" in value and share(value) >= share(least)
    if "answers" in rule:
        return value in rule["answers"]
    return isinstance(value, type(rule["value"])) and (least is None or least <= value <= rule.get("most", value))


def still_to_come(w, c, told):
    """The law of a day is settled before the day begins, and is another one than without the edition (D.4)."""
    rule, since = told["rule"], told["since"]
    sound = rule in LAW and lawful(LAW[rule], told["value"])
    open_cases = [each for name in LAW[rule]["of"].split() for each in w.all(name) if each is not c] if sound else []
    yield "D.4", "edition.not_later", since <= w.today
    yield "D.4", "edition.nothing_new", sound and w.law(rule, day=since) == told["value"]
    yield "D.4", "edition.open_cases_keep", open_cases and told.get("open_cases") != "follow", WARNING
    yield "D.4", "edition.open_cases_follow", open_cases and told.get("open_cases") == "follow", WARNING


def edition_propose(w, c, a):
    """A rule that there is, under its norm, with a value that it may have; open cases follow only a number (D.4)."""
    rule, editions = LAW.get(a["rule"]), w.all("edition", "proposed", "confirmed", "in_force")
    yield "D.4", "edition.unknown_rule", not rule
    if rule:
        yield "D.4", "edition.other_norm", a["norm"] not in rule["norms"].split()
        yield "D.4", "edition.wrong_value", not lawful(rule, a["value"])
        follow = a.get("open_cases") == "follow"
        yield "D.4", "edition.ruling_is_kept", follow and "least" not in rule
        same = [each for each in editions if (each.told["rule"], each.told["since"]) == (a["rule"], a["since"])]
        yield "D.4", "edition.entered_already", same
    yield from still_to_come(w, c, a)
    yield THEN
    c.told["by"] = {a.who, a.paper} - {""}


def edition_confirm(w, c, a):
    """By somebody else than who proposed it, or entered the proposal (22.1)."""
    yield "22.1", "edition.same_person", {a.who, a.paper} & c.told["by"]
    yield from still_to_come(w, c, c.told)


def edition_withdraw(w, c, a):
    """Until its day; what is confirmed is not withdrawn by the working body (22.1)."""
    yield "D.4", "edition.not_later", c.told["since"] <= w.today
    yield "22.1", "edition.confirmed_already", c.state == "confirmed" and a.office == "working_body"


def term_decision_leave(w, c, a):
    """What the calendar of now would count otherwise is decided, by it, and once; else there is nothing to decide (H05)."""
    c.parent, deadline = w.case(a["case"]), a["deadline"]
    decided = [each.told for each in w.all("term_decision", "left", of=c.parent) if each is not c]
    decided = any((told["deadline"], told["version"]) == (deadline, w.calendar) for told in decided)
    yield "22.1", "term_decision.another_calendar", a["version"] != w.calendar
    yield "22.1", "term_decision.decided_already", decided
    yield "22.1", "term_decision.stands", not w.anew(c.parent, deadline) and not decided


def term_decision_move(w, c, a):
    """Not into the past (22.1)."""
    yield from term_decision_leave(w, c, a)
    due = w.anew(c.parent, a["deadline"])
    yield "22.1", "term_decision.already_past", due and due <= w.now
    yield THEN
    c.parent.open[a["deadline"]] = due


def erasure_order(w, c, a):
    """Of nobody who holds or will hold an office, or whom an open case concerns; without a paper it is noted (2.3)."""
    held = [
        each for each in w.cases if each.person == c.person and each.office and not (each.ends and each.ends <= w.now)
    ]
    for each in held:
        yield OWN_PROCEDURE.get(each.office, "17.1"), "erasure.in_office", True
    concerned = [each for each in w.cases if not each.final and c.person in {each.person, *each.concerns, *each.joint}]
    yield "2.3", "erasure.open_case", {*concerned} - {*held}
    yield "2.3", "erasure.no_paper", "basis" not in a, WARNING
    yield THEN
    w.people.discard(c.person)
