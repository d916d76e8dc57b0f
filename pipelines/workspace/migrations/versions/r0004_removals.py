"""Folders that are to be removed, so that an interrupted removal is finished later."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "removals",
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("created", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("folder", name="pk_removals"),
    )


def downgrade() -> None:
    op.drop_table("removals")
