"""Where Alembic enters; it loads this file by its path, so imports are absolute here."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from app.adapters.persistence import columns
from app.adapters.persistence.schema import all_tables


def _render(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Our column types are written as `columns.UtcTime()`."""
    if kind == "type" and type(item).__module__ == columns.__name__:
        return f"columns.{item!r}"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=all_tables(),
    # Some engines cannot alter a table and build it anew instead.
    render_as_batch=True,
    render_item=_render,
)
context.run_migrations()
