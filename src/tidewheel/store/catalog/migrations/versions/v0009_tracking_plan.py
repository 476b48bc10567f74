"""Tracking plans, what was not as planned, and what becomes of it at each source."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the catalog forward."""
    op.add_column(
        "sources", sa.Column("plan_mode", sa.String(length=8), nullable=False, server_default="observe")
    )
    op.create_table(
        "plan_versions",
        sa.Column("project_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=220), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("definition", sa.JSON(), nullable=True),
        sa.Column("by", sa.String(length=254), nullable=False),
        sa.Column("why", sa.String(length=500), nullable=False),
        sa.Column("time", sa.BigInteger(), nullable=False),
        _project("plan_versions"),
        sa.PrimaryKeyConstraint("project_id", "name", "version", name="pk_plan_versions"),
    )
    op.create_table(
        "plan_violations",
        sa.Column("project_id", sa.String(length=64), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        *_where(),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("blocked", sa.BigInteger(), nullable=False),
        sa.Column("first_at", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.Column("samples", sa.JSON(), nullable=False),
        _project("plan_violations"),
        sa.PrimaryKeyConstraint(
            "project_id", "day", "source", "event", "property", "code", name="pk_plan_violations"
        ),
    )
    op.create_table(
        "plan_mutes",
        sa.Column("project_id", sa.String(length=64), nullable=False),
        *_where(),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("by", sa.String(length=254), nullable=False),
        sa.Column("time", sa.BigInteger(), nullable=False),
        _project("plan_mutes"),
        sa.PrimaryKeyConstraint("project_id", "source", "event", "property", "code", name="pk_plan_mutes"),
    )


def downgrade() -> None:
    """Bring the catalog back."""
    for table in ("plan_mutes", "plan_violations", "plan_versions"):
        op.drop_table(table)
    op.drop_column("sources", "plan_mode")


def _where() -> list[sa.Column[str]]:
    return [
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("event", sa.String(length=200), nullable=False),
        sa.Column("property", sa.String(length=200), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
    ]


def _project(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["project_id"], ["projects.id"], name=f"fk_{table}_project_id_projects", ondelete="CASCADE"
    )
