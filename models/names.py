"""Keys by which names are sorted and found: the 42 letters of the Kazakh alphabet, and the letters people type instead.

Neither SQLite nor PostgreSQL sorts Kazakh or folds its letters: both keys are computed here and stored with the name.
"""

import unicodedata

KAZAKH_ALPHABET = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"

# Digits only: every collation of every database orders them alike. A space comes before all letters, so that
# «Ким Олег» stands before «Кимов Олег».
_SPACE = "01"
_OTHER = "99"


class _Places(dict[int, str]):
    """The place of each character: two digits for a letter, nine for any other, none the beginning of another."""

    def __missing__(self, code: int) -> str:
        """Place a character that is no letter of the alphabet."""
        return self.setdefault(code, f"{_OTHER}{code:07d}")


_PLACES = _Places(
    {ord(letter): str(place) for place, letter in enumerate(KAZAKH_ALPHABET, start=10)} | {ord(" "): _SPACE}
)

# What people type who have no Kazakh keyboard.
_TYPED = str.maketrans("әғқңөұүһіё", "агкноуухие")


def sort_key_kk(name: str) -> str:
    """Return the text whose bytewise order is the Kazakh alphabetical order of names, whatever their case."""
    return " ".join(_with_kazakh_i(_plain(name), "і").split()).translate(_PLACES)


def search_key(text: str) -> str:
    """Return the text as people type it into a search box: lower case, Russian look-alikes, single spaces."""
    plain = _plain(text)
    spaced = "".join(_searched(character) for character in plain)
    return " ".join(_with_kazakh_i(spaced, "и").translate(_TYPED).split())


def _plain(text: str) -> str:
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).lower())


def _searched(character: str) -> str:
    """Keep letters and digits, drop accents that stand alone, make everything else a space."""
    if character.isalnum():
        return character
    return "" if unicodedata.category(character).startswith("M") else " "


def _with_kazakh_i(text: str, letter: str) -> str:
    """Read a Latin i inside a Cyrillic word as the Kazakh letter: official texts mix the two."""
    if "i" not in text or text.isascii():
        return text
    return " ".join(word.replace("i", letter) if _is_cyrillic(word) else word for word in text.split())


def _is_cyrillic(word: str) -> bool:
    return not word.isascii() and any("\u0400" <= character <= "\u04ff" for character in word)
