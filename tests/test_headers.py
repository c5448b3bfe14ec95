"""Subjects and names arrive as they were written, however long they are."""

import email
import email.utils
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.policy import compat32

import pytest

from flows.mail import Letter, message_of
from tests.make_golden import letters

SENT = datetime(2026, 11, 24, tzinfo=UTC)
NAMES = (
    "Aman Amanov",
    "Маджун Ильдар Бахтиярович",
    "Әбдікәрімова-Төлегенқызы Айгүл Нұрсұлтанқызы",
    "Ан, Сергей «Серёжа»",
    'o\'Neil "X"',
    " ".join(['Ivanov, "I." <i@x>'] * 9),
)


def sent(subject: str, name: str = "Ан") -> bytes:
    """Return a mail as it goes over the wire."""
    letter = Letter("k", "S-2026-0001", name, "m1@assembly.example", "ru", subject, "text")
    return bytes(message_of(letter, sender="kenes@assembly.example", now=SENT, mail_id="0" * 32))


def read(raw: bytes, header: str) -> str:
    """Read a header as mail programs do: blanks between encoded words are none (RFC 2047, 6.2)."""
    folded = email.message_from_bytes(raw, policy=compat32)[header]
    return str(make_header(decode_header("".join(folded.splitlines()).strip())))


@pytest.mark.slow
def test_every_subject_arrives_word_for_word():
    """Of all letters in all languages, with short and long numbers before them, so that they fold at every place."""
    subjects = {text.partition("\n")[0] for _, text in letters()}
    wrong = [
        subject for each in subjects for n in range(4)
        if read(sent(subject := f"{'C' * n}{each}"), "Subject") != subject
    ]  # fmt: skip
    assert [] == wrong


@pytest.mark.parametrize("name", NAMES)
def test_a_name_arrives_as_it_was_written(name: str):
    """With its address unharmed."""
    found = email.message_from_bytes(sent("x", name), policy=compat32)["To"]
    written, address = email.utils.parseaddr(" ".join(found.split()))
    assert (name, "m1@assembly.example") == (str(make_header(decode_header(written))), address)


def test_no_line_is_too_long_and_every_line_ends_properly():
    """76 letters, CR and LF (RFC 2047, 5322)."""
    head = sent("Қазақстан халқы Ассамблеясының сессиясы " * 4, NAMES[2]).partition(b"\r\n\r\n")[0]
    assert head.count(b"\n") == head.count(b"\r\n")
    assert 78 >= max(map(len, head.split(b"\r\n")))
    assert head.isascii()
