"""Days and zones that the tests of terms and of local time go through."""

from datetime import date, timedelta

ALMATY = "Asia/Almaty"
ZONES = [ALMATY, "Asia/Qostanay", "Asia/Qyzylorda", "Asia/Aqtobe", "Asia/Aqtau", "Asia/Atyrau", "Asia/Oral"]
ONE_DAY = timedelta(days=1)
EVERY_DAY = [date(2003, 1, 1) + timedelta(days=n) for n in range((date(2028, 1, 1) - date(2003, 1, 1)).days)]


def day(text: str) -> date:
    """Read a day."""
    return date.fromisoformat(text)
