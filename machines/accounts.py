"""Account for the norms that no table names: carried out all the same, or not, with the reason.

The reasons are texts (`accounts.toml`), the parts of the product to come too. A test fails when a norm is left out, or stands here
without need.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from machines.carried_out import Place, carried_out
from machines.wording import say

# Carried out by something that names no norm in a table; why it does so stands in the texts, under the norm's id.
BY_HAND: Mapping[str, tuple[Place, ...]] = MappingProxyType(
    {
        "D.1": (Place("record", "machines.editions.edition_on"), Place("record", "models.entry.Entry")),
        "2.2": (Place("record", "models.ballot.Ballot"), Place("record", "models.entry.Entry")),
        "3.1": (Place("record", "machines.resolution_votes.view"),),
        "3.2": (Place("record", "machines.resolution_votes.view"),),
        "6.6": (Place("record", "models.person.Body"),),
        "8.2a": (Place("act", "session.convene"),),
        "8.4.2a": (Place("act", "resolution.list"),),
        "8.4.3": (Place("act", "resolution.list"),),
        "8.4.4": (Place("act", "resolution.list"),),
        "12.1": (Place("act", "office.assume"), Place("record", "models.mandate.Mandate")),
        "12.2.1a": (
            Place("act", "session.announce"),
            Place("act", "council_question.list"),
            Place("act", "poll.open"),
            Place("record", "machines.invitations.invitation_of"),
        ),
        "16.1a": (Place("record", "models.person.Body"),),
        "19.1": (Place("act", "candidacy.nominate"),),
        "21.1": (Place("act", "removal.submit"),),
        "21.2": (Place("act", "removal.submit"),),
        "21.4": (Place("act", "removal.submit"),),
    }
)

# Not carried out: the norms of each reason.
_WHY_NOT = {
    "edition": "D.0 D.3",
    "principle": """S.4.1.5 S.4.2.5 S.4.3.13 S.4.3.16 S.5.8 S.6.1 1.2 2.1 2.4 2.5 4.1 4.2 4.3 4.4 4.5 5.1 5.2 5.4 5.5 6.5 6.9
        16.1b""",
    "outside": "S.4.3.14 1.1 20.1",
    "noted": """S.4.1.2 S.4.2.2 S.4.2.7 S.4.3.4a S.4.3.4b S.4.3.4c S.4.3.4d S.4.3.5 S.4.3.6 S.4.3.8 S.4.3.9 5.3 6.1 6.4 6.7 6.8
        12.2.4a 12.2.4b 12.2.5 21.3 23.3""",
    "between": "9.1b",
}

# Not carried out yet: the norms of each part of the product that is to come.
_LATER = {
    "annual_plan": "S.1.3 S.1.4 S.1.5 S.4.1.1 S.4.2.3 S.4.3.7 S.4.3.15 S.5.1 S.5.2 S.5.3 S.5.4 S.5.5 S.5.6 S.5.7 24.1",
    "joint_plan": "S.4.2.4 S.4.3.1 S.4.3.10 S.4.3.11 S.4.3.12 12.2.2",
    "control_card": "D.2 S.1.1 S.4.3.2 12.2.1b 21.5 23.2 23.4",
    "expertise": "S.4.2.1 S.4.3.3 6.3",
    "body": "S.4.1.3 S.4.1.4 10.1a 10.1b 10.2 11.1 12.2.6 16.2a 16.2b 18.1",
    "programme_document": "S.1.2 S.4.2.6 6.2 7.1b 8.4.2b 12.2.3",
    "mazhilis_nomination": "8.4.1",
    "secretariat_head": "19.2a 19.2b 19.2c",
}


@dataclass(frozen=True, slots=True)
class Account:
    """What becomes of one norm: the places where it is carried out, or why there are none, and where it will be."""

    norm: str
    places: tuple[Place, ...]
    reason: str = ""
    """Names the text that says why not, or what carries it out where no table says so."""
    later: str | None = None
    """The part of the product to come that will carry it out."""

    def why_not(self, language: str) -> str | None:
        """Say why the norm is not carried out; None where it is."""
        return None if self.places else self._said(language)

    def why(self, language: str) -> str | None:
        """Say what carries it out where the tables do not; None where they do."""
        return self._said(language) if self.places and self.reason else None

    def _said(self, language: str) -> str:
        part = say(f"accounts.later.{self.later}", language) if self.later else ""
        return say(f"accounts.{self.reason}", language, part=part)


@cache
def accounts() -> Mapping[str, Account]:
    """Account for every norm, in the order of the Decree; a KeyError names the first that is left out."""
    return MappingProxyType({norm: _account(norm, tuple(places)) for norm, places in carried_out().items()})


def accounted_by_hand() -> list[str]:
    """Name the norms of the lists above, each as often as it stands there."""
    listed = (norms.split() for norms in (*_WHY_NOT.values(), *_LATER.values()))
    return [*BY_HAND, *(norm for norms in listed for norm in norms)]


def _account(norm: str, places: tuple[Place, ...]) -> Account:
    if places:
        return Account(norm, places)
    if norm in BY_HAND:
        return Account(norm, BY_HAND[norm], f"by_hand.{norm}")
    reason, later = _NOT_CARRIED_OUT[norm]
    return Account(norm, (), f"why_not.{reason}", later)


_NOT_CARRIED_OUT: Mapping[str, tuple[str, str | None]] = {
    **{norm: (reason, None) for reason, norms in _WHY_NOT.items() for norm in norms.split()},
    **{norm: ("later", part) for part, norms in _LATER.items() for norm in norms.split()},
}
