"""The Regulation written down a second time: plain Python, from the contract and the law alone, to be read by a jurist.

It imports nothing of the program: no table, guard, term or number. What it says of an act (done or not, for which reasons,
what follows) is compared with what the program does, on both databases, in random histories (`tests/histories`). Where the
two differ one of them is wrong.

`world` holds days, people, cases and the clock; the procedures are in `people`, `council` and `sittings`, one function for
each act: first every reason that stands in the way, then `THEN`, then what follows.
"""

from tests.reference import council, people, sittings  # noqa: F401 the acts enter themselves
from tests.reference.world import Answer, Attempt, Case, World, found

__all__ = ["Answer", "Attempt", "Case", "World", "found"]
