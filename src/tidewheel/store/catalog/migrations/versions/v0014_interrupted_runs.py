"""Runs of connectors that were interrupted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the catalog forward."""
    with op.batch_alter_table("connector_runs") as table:
        table.alter_column("state", existing_type=sa.String(8), type_=sa.String(16), existing_nullable=False)


def downgrade() -> None:
    """Bring the catalog back."""
    op.execute("UPDATE connector_runs SET state = 'stopped' WHERE state = 'interrupted'")
    with op.batch_alter_table("connector_runs") as table:
        table.alter_column("state", existing_type=sa.String(16), type_=sa.String(8), existing_nullable=False)
