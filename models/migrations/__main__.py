"""Write a new revision from what the models have and the newest schema has not."""

import sys

from alembic import command

from models.database import Database
from models.migrations import HEAD, config, upgrade


def write_revision(message: str) -> None:
    """Compare the models with a database at the newest schema, and write the difference down."""
    database = Database("sqlite://")
    upgrade(database)
    with database.transaction() as db:
        command.revision(config(db.connection), message, autogenerate=True, rev_id=f"{int(HEAD) + 1:04d}")
    database.dispose()


if __name__ == "__main__":
    said = " ".join(sys.argv[1:])
    if not said or said.startswith("-"):
        sys.exit('usage: python -m models.migrations "what it does"')
    write_revision(said)
