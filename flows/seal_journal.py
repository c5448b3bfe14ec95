"""Seal what has been recorded: every ten minutes."""

from datetime import datetime
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from flows.home import Home
from flows.run import Told, carry_out
from flows.sweeps import seal_journal_now
from models.home import signing_key

COLUMNS = ("seal", "entries", "root", "hash")


@flow(name="seal_journal", validate_parameters=False)
async def seal_journal() -> State[Any]:
    """Sign the root over all entries, chained to the seal before, if there is anything new."""
    return await carry_out(_work, artifact="sealed-journal")


def _work(home: Home, now: datetime) -> Told:
    made = seal_journal_now(home.database, now, signing_key(home.settings))
    if made is None:
        return Told("Nothing new")
    title = f"seal {made.seal} over {made.size} entries"
    return Told("Sealed", title, COLUMNS, [(str(made.seal), str(made.size), made.root, made.hash)])
