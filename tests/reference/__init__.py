"""The Regulation written down a second time: plain Python, from the contract and the law alone, to be read by a jurist.

It imports nothing of the program: no table, guard, term or number. What it says of an act (done or not, for which reasons,
what follows) is compared with what the program does, on both databases, in random histories (`tests/histories`). Where the
two differ one of them is wrong.

`table` has a row for every act and every deadline; `people`, `council` and `sittings` what is more than a row: one function
for an act, named after it. In it `w` is the Assembly, `c` the case, `a` what the act tells; each `yield` is a rule (the norm,
the name of the reason, and when it stands in the way), and what stands after `yield THEN` is what follows when none does.
`world` has days, people, cases and the clock. The procedures edition, term_decision and erasure are not written down here.
"""

from tests.reference import council, people, sittings
from tests.reference.table import ACTS, Row
from tests.reference.world import RULES, Answer, Attempt, Case, World, found

RULES |= {
    name: rule
    for module in (people, council, sittings)
    for name in ACTS
    if (rule := vars(module).get(name.replace(".", "_")))
}

__all__ = ["ACTS", "Answer", "Attempt", "Case", "Row", "World", "found"]
