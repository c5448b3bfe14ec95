"""The Regulation written down a second time: plain Python, from the contract and the law alone, to be read by a jurist.

It imports nothing of the program: no table, guard, term or number. What it says of an act (done or not, for which reasons,
what follows) is compared with what the program does, on both databases, in random histories (`tests/histories`). Where the
two differ one of them is wrong.

`table` reads the rows of every act from `tests/contract`: who does it, from which state to which, which deadlines it opens; and
says when they are due. `people`, `council`, `sittings` and `orders` say what is more than a row: one function for an act, named
after it. In it `w` is the Assembly, `c` the case, `a` what the act tells; each `yield` is a rule (the norm, the name of the
reason, and when it stands in the way), and what stands after `yield THEN` is what follows when none does. `brought` says on which
other cases an act is brought about, `world` has days, people, cases and the clock.

Outside of it: of an erasure what becomes of names and words; it decides nothing by them.
"""

from tests.reference import council, orders, people, sittings
from tests.reference.brought import BROUGHT
from tests.reference.table import ACTS, LAW, Row
from tests.reference.world import BRINGS, RULES, Answer, Attempt, Case, World

BRINGS |= BROUGHT
MODULES = (people, council, sittings, orders)
RULES |= {name: rule for module in MODULES for name in ACTS if (rule := vars(module).get(name.replace(".", "_")))}

__all__ = ["ACTS", "BRINGS", "LAW", "MODULES", "RULES", "Answer", "Attempt", "Case", "Row", "World"]
