"""A reason that is looked for: of all that may be tried now, what the reference refuses, or warns of, for it."""

import ast
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from tests import reference
from tests.histories.chance import anybody, attempt, doable
from tests.histories.history import Covered
from tests.reference import ACTS, Attempt, World

# What no history can reach, each for its reason: rules, and acts.
NEVER_MET = {
    "deputy_appointment.recommended_already": "only another case recommends, and passes over what is refused",
    "poll.sheet_by_the_working_body": "in a scenario every sheet is entered by the working body",
}
TRIES, TRIES_OF_WANTED = 5, 25
ASKED = {  # whose rules are asked elsewhere too
    "vote": ("council_question", "resolution", "session"), "session": ("session", "resolution"),
    "membership": ("membership", "candidacy"),
}  # fmt: skip


@cache
def codes() -> frozenset[str]:
    """Read which rules the reference knows, from its text: the second of what is yielded."""
    files = Path(str(reference.__file__)).parent.glob("*.py")
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in files]
    told = [node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Yield)]
    found = [each.elts[1] for each in told if isinstance(each, ast.Tuple) and len(each.elts) in (3, 4)]
    return frozenset(each.value for each in found if isinstance(each, ast.Constant) and isinstance(each.value, str))


class Wanted(NamedTuple):
    """What has not been reached yet."""

    acts: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()


NOTHING = Wanted()


def unreached(covered: Covered) -> Wanted:
    """Name acts that people do and that were never done, and rules of the reference that never spoke; but for `NEVER_MET`."""
    acts = (name for name, row in ACTS.items() if row.by and not covered.outcomes[name, "done"])
    met_already = {code for code, count in covered.reasons.items() if count}
    return Wanted(tuple(sorted({*acts} - NEVER_MET.keys())), tuple(sorted(codes() - met_already - NEVER_MET.keys())))


def looked_for(w: World, wanted: Sequence[str]) -> list[str]:
    """Name reasons that may be met: as often those that are wanted, those that belong to what is under way, and all."""
    under_way = {c.procedure for c in w.names.values() if not c.final} | {"vote"}
    all_of_them = sorted(codes() - NEVER_MET.keys())
    near = [code for code in all_of_them if code.partition(".")[0] in under_way]
    return [*wanted] * (len(all_of_them) // (len(wanted) or 1)) + near * (len(all_of_them) // len(near)) + all_of_them


def met(w: World, code: str, number: int, *, wanted: bool = False) -> Iterator[Attempt]:
    """Find an act that is refused or warned of for a reason, if there is any at this moment; *number*: which."""
    random = Random(number)
    pairs = [each for each in doable(w) if _may_say(each[0].partition(".")[0], code.partition(".")[0])]
    random.shuffle(pairs)
    pick: Any = lambda options: _either(random, options)
    for name, c in pairs:
        for _ in range(TRIES_OF_WANTED if wanted else TRIES):
            told = attempt(w, name, c, pick)
            told = told and (anybody(w, told, pick) if random.random() < 0.1 else told)
            answer = w.answer(told) if told else None
            if told and answer and any(each == code for _, each in {*answer.reasons, *answer.warned}):
                yield told
                return


def _may_say(procedure: str, code: str) -> bool:
    """Whether rules of a procedure may be named so: most are named after their own."""
    return procedure in ASKED.get(code, (code,)) or code in ("paper", "joint")


def _either(random: Random, options: Sequence[Any]) -> Any:
    """Take the usual one as often as any."""
    return options[0] if random.random() < 0.5 else random.choice(options)
