"""Small situations of new editions of a rule, and what is asked of them (item 4 of the Decree, item 22, ruling G01)."""

from itertools import product
from typing import Any

from machines import edition
from machines.facts import Because
from machines.numbers import Share
from machines.procedure import NEW
from machines.proof_council import Situations
from machines.proof_step import TODAY, Seen, Step, day, facts, rule

TWO_THIRDS = Share(2, 3)
BASIS = {"number": "1", "date": day(0), "kind": "decree"}
NORMS = {"council.majority": ("9.2c",), "poll.default_days": ("9.3b",), "poll.reference_moment": ("9.2c", "9.3a")}

# By rule the values that are entered, and which of them a reader of the Regulation would take for one.
VALUES: dict[str, dict[Any, bool]] = {
    "council.majority": {"2/3": True, "3/4": True, ">1/2": True, "1/2": False, "4/3": False, 5: False, True: False},
    "poll.default_days": {10: True, 12: True, 0: False, 366: False, "12": False},
    "poll.reference_moment": {"open": True, "close": True, "later": False},
    "no.such_rule": {1: False},
}
OTHERWISE: dict[str, Any] = {
    "council.majority": TWO_THIRDS, "poll.default_days": 10, "poll.reference_moment": "close", "no.such_rule": None,
}  # fmt: skip


def editions(_: int) -> Situations:
    """Yield the situations of an edition: each kind of rule and value, on each day around today, by each person and office."""
    seen = Seen("edition")
    for name, values in VALUES.items():
        for value, offset, norm, same_day, open_cases, count in product(
            values, (-1, 0, 1), ("9.2c", "9.3b", "8.1b"), (None, "N-1"), ("keep", "follow"), (0, 2)
        ):
            told = {
                "rule": name,
                "value": value,
                "since": day(offset),
                "norm": norm,
                "basis": BASIS,
                "open_cases": open_cases,
            }
            known = edition.Circumstances(frozenset(), OTHERWISE[name], same_day, count)
            yield seen.of("propose", NEW, known, given=facts(edition.Propose, told))
            if values[value] and norm == "9.2c" and same_day is None:
                yield from _later(seen, told, known)


def _later(seen: Seen, told: dict[str, Any], known: edition.Circumstances) -> Situations:
    """Yield what may become of a proposal: confirmed or withdrawn, by those who made it and by others."""
    for actor, holder, by in product(("a", "b"), ("a", "c"), (frozenset({"a"}), frozenset({"b", "d"}))):
        seen_by = edition.Circumstances(by, known.otherwise, known.same_day, known.concerned)
        people = {"actor": actor, "holder": holder}
        yield seen.of("confirm", "proposed", seen_by, facts=told, **people)
    reason = facts(Because, {"reason": "The act was not signed"})
    for state, office in product(("proposed", "confirmed"), ("working_body", "chairman", "deputy_chairman")):
        yield seen.of("withdraw", state, known, facts=told, given=reason, office=office)
    yield seen.of("take_effect", "confirmed", known, facts=told, office="clock")
    yield seen.of("lapse", "proposed", known, facts=told, office="clock")


def _edition(step: Step) -> dict[str, Any]:
    return step.told.model_dump(mode="json") if step.s.act == "propose" else dict(step.s.facts)


@rule("D.4", "edition.propose")
def only_what_the_rule_can_be(step: Step) -> bool:
    """A rule that there is gets a value of its kind that leaves the decision with more than a half, and a term with some time."""
    return bool(VALUES[step.told.rule][step.told.value])


@rule("D.4", "edition.propose")
def under_the_norm_of_the_rule(step: Step) -> bool:
    """What is entered for a rule is entered under a norm that lays it down."""
    return bool(step.told.norm in NORMS[step.told.rule])


@rule("D.4", "edition.propose")
def open_cases_keep_their_rulings(step: Step) -> bool:
    """An open case keeps the rulings of its opening."""
    return bool(step.told.rule != "poll.reference_moment" or step.told.open_cases == "keep")


@rule("D.4", "edition.propose", "edition.confirm", "edition.withdraw")
def the_law_of_a_day_is_settled_before_it(step: Step) -> bool:
    """What governs a day is entered, confirmed or withdrawn before the day begins."""
    return bool(_edition(step)["since"] > TODAY.isoformat())


@rule("D.4", "edition.propose", "edition.confirm")
def an_edition_changes_something(step: Step) -> bool:
    """Nobody enters what holds anyway."""
    same = {"council.majority": "2/3", "poll.default_days": 10, "poll.reference_moment": "close"}
    told = _edition(step)
    return bool(told["value"] != same[told["rule"]])


@rule("D.4", "edition.propose")
def one_value_from_a_day_on(step: Step) -> bool:
    """A rule has one value from a day on."""
    return step.seen.same_day is None


@rule("22.1", "edition.confirm")
def two_people(step: Step) -> bool:
    """Nobody makes an edition alone: neither who entered the proposal nor whose it is confirms it, not by somebody's hand either."""
    return not {step.s.actor, step.s.holder} & step.seen.proposed_by


@rule("22.1", "edition.withdraw")
def what_two_have_made_one_does_not_undo(step: Step) -> bool:
    """What is confirmed is withdrawn by those who may confirm."""
    return bool(step.s.state == "proposed" or step.s.office != "working_body")


@rule("D.4", "edition.propose", "edition.confirm")
def nobody_overlooks_open_cases(step: Step) -> bool:
    """Where open cases are concerned this is warned of, and whether they keep their rule or follow the new one."""
    follows = _edition(step)["open_cases"] == "follow"
    code = "edition.open_cases_follow" if follows else "edition.open_cases_keep"
    return not step.seen.concerned or code in step.warnings
