"""The rulebook of an installation, by its settings."""

from __future__ import annotations

from machines.rulebook import Rulebook
from machines.rulings import RULINGS, check_value
from models.settings import Settings


def configured_book(settings: Settings) -> Rulebook:
    """Return the rulebook that *settings* ask for.

    Raises WrongSettingError for a ruling that there is none of, or an answer that it does not have.
    """
    for since, key, answer in settings.rulings:
        try:
            check_value(key, answer)
        except ValueError:
            asked = RULINGS.get(key)
            expected = f"{key} to be {asked.expected()}" if asked else f"one of {', '.join(RULINGS)}"
            raise settings.wrong("rulings", expected=expected, got=f"{key} = {answer!r} from {since}") from None
    return Rulebook(overrides=settings.rulings, zone=settings.zone)
