"""Sources know the keys and the words of other vendors' clients."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the catalog forward."""
    op.add_column("sources", sa.Column("vendor_keys", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("sources", sa.Column("vocabularies", sa.JSON(), nullable=False, server_default="{}"))


def downgrade() -> None:
    """Bring the catalog back."""
    op.drop_column("sources", "vocabularies")
    op.drop_column("sources", "vendor_keys")
