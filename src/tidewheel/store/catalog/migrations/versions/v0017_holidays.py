"""Whose holidays a project keeps; those in the time zone of China keep China's."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the catalog forward."""
    op.add_column("projects", sa.Column("holidays", sa.String(16), nullable=False, server_default=""))
    op.execute("UPDATE projects SET holidays = 'CN' WHERE time_zone = 'Asia/Shanghai'")


def downgrade() -> None:
    """Bring the catalog back."""
    op.drop_column("projects", "holidays")
