"""Write the headers of mail that hold words which are not ASCII.

The standard library of Python 3.11 loses the blank at which it folds such a header: «сессия Ассамблеи» arrives as one word. It loses the
quotation marks around a name, too, where it folds that: of a name with a comma come several receivers. Its older class for headers
does neither.
"""

import re
from email.header import Header
from email.policy import EmailPolicy
from typing import Any

_LINE = 76  # RFC 2047, 2
_PLAIN = re.compile(r"[A-Za-z0-9 '-]*")  # a name that needs no quotation marks


class Headers(EmailPolicy):
    """The policy of mail as it goes out, but for subjects and names of receivers."""

    def fold(self, name: str, value: Any) -> str:
        """Write a header, its name and its line ends with it."""
        text = str(value)
        if name.lower() == "subject" and not text.isascii():
            return f"{name}: {self._words(text, name)}{self.linesep}"
        if name.lower() == "to" and len(value.addresses) == 1:
            (receiver,) = value.addresses
            if receiver.addr_spec.isascii() and not _PLAIN.fullmatch(receiver.display_name):
                words = self._words(receiver.display_name, name)
                return f"{name}: {words}{self.linesep} <{receiver.addr_spec}>{self.linesep}"
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: Any) -> bytes:
        """Write a header as it goes over the wire."""
        return self.fold(name, value).encode("utf-8" if self.utf8 else "ascii", "surrogateescape")

    def _words(self, text: str, name: str) -> str:
        return Header(text, "utf-8", maxlinelen=_LINE, header_name=name).encode(linesep=self.linesep)


HEADERS = Headers(linesep="\r\n")
