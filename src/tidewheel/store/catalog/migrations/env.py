"""Runs migrations on the connection the catalog hands over."""

from __future__ import annotations

from alembic import context

from tidewheel.store.catalog.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
)
context.run_migrations()
