"""The digest of a procedure's definition: what a case runs under and an entry was decided under."""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from machines.procedure import Branch, Procedure, Transition


@cache
def digest_of(procedure: Procedure[Any]) -> str:
    """Return the SHA-256 (first 16 digits) of states, edges, offices, norms, guards with revisions, terms and effects.

    Texts and the code's formatting do not change it; a changed rule does, through its guard's or term's revision.
    """
    text = json.dumps(definition(procedure), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


DEFINITIONS = Path(__file__).with_name("definitions.json")


@cache
def known_definitions() -> frozenset[str]:
    """Return the digests of every table that there has been: entries decided under a replaced one stand.

    `definitions.json` has them by procedure, the oldest first. A line is added with each change, none is taken away.
    """
    return frozenset(
        digest for digests in json.loads(DEFINITIONS.read_text(encoding="ascii")).values() for digest in digests
    )


def definition(procedure: Procedure[Any]) -> dict[str, Any]:
    """Return everything that the digest covers."""
    return {
        "name": procedure.name,
        "states": list(procedure.states),
        "final": list(procedure.final),
        "acts": [_row(row) for row in procedure.acts],
    }


def _row(row: Transition[Any]) -> dict[str, Any]:
    return {
        "name": row.name,
        "source": row.source,
        "by": list(row.by),
        "norms": row.norms,
        "facts": sorted(row.facts.model_fields),
        "guards": _guards(row.guards),
        "warns": _guards(row.warns),
        "flags": [row.joint, row.concurrent, row.own],
        "to": [_branch(branch) for branch in row.to],
    }


def _branch(branch: Branch[Any]) -> dict[str, Any]:
    return {
        "to": branch.to,
        "guards": _guards(branch.guards),
        "opens": [
            [term.name, term.kind, term.norm, term.expires, term.revision, [[r.days, r.audience] for r in term.rungs]]
            for term in branch.opens
        ],
        "closes": branch.closes,
        "closes_there": [there.deadline for there in branch.closes_there],
        "consequences": [[c.procedure, c.act, c.targets.__name__] for c in branch.consequences],
        "grants": branch.grants.__name__ if branch.grants else "",
        "ends": branch.ends.__name__ if branch.ends else "",
    }


def _guards(guards: tuple[Any, ...]) -> list[list[Any]]:
    return [[guard.name, guard.revision] for guard in guards]
