"""What Alembic runs: the revisions, on the connection that it is given and inside its transaction."""

from typing import Any, Literal

from alembic import context
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString

import models  # noqa: F401 - the tables make themselves known
from models.columns import UtcDateTime
from models.migrations import VERSION_TABLE


def written(kind: str, item: Any, _: Any) -> str | Literal[False]:
    """Write our own types into a new revision as what they are in a database: a revision outlives them."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "INSTANT"
    if kind == "type" and isinstance(item, AutoString):
        return f"sa.String(length={item.length})" if item.length else "sa.String()"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    version_table=VERSION_TABLE,
    transactional_ddl=True,  # SQLite too: BEGIN is ours
    render_as_batch=connection.dialect.name == "sqlite",
    render_item=written,
)
with context.begin_transaction():
    context.run_migrations()
