"""What acts on rules, on deadlines by another calendar and on data tell."""

from datetime import timedelta
from typing import Any

from tests.histories.picked import Facts, Pick, paper, people, turned
from tests.reference import LAW, Case, World
from tests.reference.orders import lawful

# Rulings are other rules where they are switched; the reference knows these two in both ways.
RULINGS = {"candidacy.council_outcome": ("blocking", "advisory"), "removal.submission.min_submitters": (2, 1)}
COUNTED = ("candidacy", "membership", "poll", "session")


def _edition(w: World, c: Case | None, pick: Pick) -> dict[str, Any]:
    rule = pick(
        [*turned(w, [name for name, each in LAW.items() if "least" in each or name in RULINGS]), *["poll.colour"] * 5]
    )
    told = LAW.get(rule, {"value": 3, "least": 1, "norms": "9.3b"})
    values = RULINGS.get(rule) or (
        (told["value"] + 1, told["value"] + 2, told["value"], 0)
        if isinstance(told["value"], int)
        else ("3/5", "3/4", "1/1", told["value"], "1/200")
    )
    usual = [each for each in values if lawful(told, each) and each != told["value"]]
    if rule == "deputies.maximum":  # the register has no third post
        usual = [1]
    found = {
        "rule": rule, "value": pick([*usual, *(each for each in values if not lawful(told, each)), told["value"]]),
        "since": w.today + timedelta(days=pick([1, 2, 9, 40, 0])), "basis": paper(w, pick, kind="decree"),
        "norm": pick([*told["norms"].split(), "1.1"]),
    }  # fmt: skip
    if entered := w.all("edition"):
        again = pick([None, None, entered[-1].told])
        found |= {"rule": again["rule"], "since": again["since"]} if again else {}
    follow = pick(turned(w, ["keep", "follow"]) if rule not in RULINGS else ["keep", "follow"])
    return found | ({"open_cases": follow} if pick([True, False]) else {})


def _deadline(w: World, c: Case | None, pick: Pick) -> dict[str, Any] | None:
    open_ = [(each, name) for kind in COUNTED for each in w.all(kind) for name in each.open]
    if not open_:
        return None
    moving = [each for each in open_ if w.anew(*each)]
    case, name = pick([*turned(w, moving or open_), *open_])
    return {
        "case": case.name, "deadline": name, "version": pick([w.calendar, w.calendar - 1, w.calendar + 1]), "reason": "The calendar",
    }  # fmt: skip


def _erasure(w: World, c: Case | None, pick: Pick) -> dict[str, Any]:
    free = [who for who in people(w) if not any(each.person == who and each.office for each in w.cases)]
    gone = [
        who
        for who in people(w)
        if who not in free and not any(each.person == who and not each.final for each in w.cases)
    ]
    told = {"person": pick([*turned(w, gone or free or people(w)), *people(w)]), "ground": "own_request"}
    return told | ({"basis": paper(w, pick, kind="statement")} if pick([True, False]) else {})


FACTS: dict[str, Facts] = {
    "edition.propose": _edition,
    "edition.withdraw": lambda *_: {"reason": "Repealed"},
    "term_decision.move": _deadline,
    "term_decision.leave": _deadline,
    "erasure.order": _erasure,
}
