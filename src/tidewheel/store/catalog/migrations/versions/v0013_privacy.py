"""Privacy: what a project has decided, people to be erased, people not to be known again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the catalog forward."""
    op.create_table(
        "privacy_policies",
        _project(),
        sa.Column("policy", sa.JSON(), nullable=False),
        sa.Column("by", sa.String(254), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        _parent("privacy_policies"),
        sa.PrimaryKeyConstraint("project_id", name=op.f("pk_privacy_policies")),
    )
    op.create_table(
        "erasures",
        sa.Column("id", sa.String(32), nullable=False),
        _project(),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("subject", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("suppress", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("by", sa.String(254), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("certificate", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("error", sa.String(300), nullable=True),
        _parent("erasures"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
    )
    op.create_index(op.f("ix_erasures_project_id"), "erasures", ["project_id"])
    op.create_index(op.f("ix_erasures_state"), "erasures", ["state"])
    op.create_table(
        "suppressions",
        _project(),
        sa.Column("mark", sa.String(64), nullable=False),
        sa.Column("erasure_id", sa.String(32), nullable=False),
        sa.Column("time", sa.BigInteger(), nullable=False),
        _parent("suppressions"),
        sa.PrimaryKeyConstraint("project_id", "mark", name=op.f("pk_suppressions")),
    )


def downgrade() -> None:
    """Bring the catalog back."""
    op.drop_table("suppressions")
    op.drop_table("erasures")
    op.drop_table("privacy_policies")


def _project() -> sa.Column[str]:
    return sa.Column("project_id", sa.String(64), nullable=False)


def _parent(table: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_project_id_projects"
    return sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=name, ondelete="CASCADE")
