"""Send the letters about alarms: a short process that the desk starts, `python -m flows.alarm_letters`.

Nothing of Prefect is loaded: the letters say, among other things, that it stands still.
"""

import logging
import sys
from datetime import UTC, datetime

from flows.delivery import deliver_alarms_now
from flows.home import at_home
from flows.outgoing import office_of

log = logging.getLogger("kenes.flows")


def main() -> int:
    """Send what is due, and return how many letters could not be sent now."""
    home = at_home()
    try:
        done = deliver_alarms_now(home.database, datetime.now(UTC), office_of(home))
    finally:
        home.database.dispose()
    failed = [each for each in done if each.outcome != "sent"]
    for each in failed:  # what a mail server says has addresses in it
        log.warning("a letter about an alarm was not sent (%s): %s", each.outcome, each.failure.split(":")[0])
    return min(len(failed), 100)


if __name__ == "__main__":
    sys.exit(main())
