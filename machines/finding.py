"""What the check of the tables finds."""

from typing import NamedTuple


class Finding(NamedTuple):
    """One thing that is wrong with a table."""

    procedure: str
    code: str
    detail: str

    def __str__(self) -> str:
        """Say it on one line."""
        return f"{self.procedure}: {self.code}: {self.detail}"
