"""Alerts about what arrives: how each watched part stands, and what was told of which."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the catalog forward."""
    op.add_column("alerts", sa.Column("standings", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("alert_checks", sa.Column("arrivals", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    """Bring the catalog back."""
    op.drop_column("alert_checks", "arrivals")
    op.drop_column("alerts", "standings")
