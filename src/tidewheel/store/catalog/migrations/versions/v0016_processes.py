"""Processes that share a lake, and what each has to do for an erasure."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the catalog forward."""
    op.add_column("erasures", sa.Column("worker", sa.String(32), nullable=True))
    op.create_table(
        "processes",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("host", sa.String(255), nullable=False),
        sa.Column("folder", sa.String(500), nullable=False),
        sa.Column("role", sa.String(10), nullable=False),
        sa.Column("public_key", sa.String(64), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("retired_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_processes")),
    )
    op.create_table(
        "erasure_parts",
        sa.Column("erasure_id", sa.String(32), nullable=False),
        sa.Column("process_id", sa.String(32), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.String(300), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        _parent("erasure_id", "erasures"),
        _parent("process_id", "processes"),
        sa.PrimaryKeyConstraint("erasure_id", "process_id", name=op.f("pk_erasure_parts")),
    )
    op.create_index(op.f("ix_erasure_parts_process_id"), "erasure_parts", ["process_id"])


def downgrade() -> None:
    """Bring the catalog back."""
    op.drop_table("erasure_parts")
    op.drop_table("processes")
    op.drop_column("erasures", "worker")


def _parent(column: str, table: str) -> sa.ForeignKeyConstraint:
    name = f"fk_erasure_parts_{column}_{table}"
    return sa.ForeignKeyConstraint([column], [f"{table}.id"], name=name, ondelete="CASCADE")
