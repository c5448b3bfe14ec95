"""What becomes of a norm, as the API and the command line answer it: where it is carried out, or why not."""

from functools import cache
from typing import Any

import yaml

from machines.accounts import Account, accounts
from machines.located import ROOT, located
from machines.rulings import RULINGS

SCENARIOS = ("tests/scenarios/own", "tests/scenarios/given")  # of a clone of the repository; an installation has none


def account_answer(norm: str, language: str) -> dict[str, Any]:
    """Answer in short what becomes of a norm."""
    account = accounts()[norm]
    return {"carried_out_by": [place._asdict() for place in account.places], "why_not": account.why_not(language)}


def account_in_full(norm: str, language: str) -> dict[str, Any]:
    """Answer with the code and the scenarios, and with the part of the product that is to come."""
    account = accounts()[norm]
    return account_answer(norm, language) | {
        "why": account.why(language), "later": account.later, "code": _code(account), "rulings": rulings_about(norm),
        "scenarios": scenarios_about().get(norm, []),
    }  # fmt: skip


def rulings_about(norm: str) -> list[str]:
    """Name the rulings that say how a norm is understood."""
    return [key for key, ruling in RULINGS.items() if norm in ruling.norms]


@cache
def scenarios_about() -> dict[str, list[str]]:
    """Name, for each norm that some cite, the scenarios that play it: their files, seen from the root of the repository."""
    found: dict[str, list[str]] = {}
    for file in sorted(file for folder in SCENARIOS for file in (ROOT / folder).glob("*.yaml")):
        head, _, _ = file.read_text(encoding="utf-8").partition("\nsteps:")
        for norm in yaml.safe_load(head).get("norms", ()):
            found.setdefault(str(norm), []).append(file.relative_to(ROOT).as_posix())
    return found


def _code(account: Account) -> list[dict[str, str]]:
    found = dict.fromkeys(located(place) for place in account.places)
    return [place._asdict() for place in found]
