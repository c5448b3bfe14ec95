"""What `kenes bench` does: one measurement of acts a second, or the table.

Acts are measured with what kenes itself needs; the table also asks for the development packages.
"""

import sys
from collections.abc import Sequence

ACTS = "acts"
WRONG = 2  # exit status
_DEVELOPMENT = {"aiosmtpd", "playwright", "pytest"}


def main(arguments: Sequence[str]) -> int:
    """Measure what the command line names, and return the exit status."""
    if arguments[:1] == [ACTS]:
        from benchmarks import acts

        return acts.main(arguments[1:])
    try:
        from benchmarks import table
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _DEVELOPMENT:
            raise
        print(f"The table needs the development packages, {error.name} among them: make develop", file=sys.stderr)
        return WRONG
    return table.main(arguments)
