"""The last version number of each dataset's name, so that a deleted one is not used again."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "dataset_numbers",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_dataset_numbers"),
    )
    # A bake-off names a version that may have been deleted since.
    op.execute(
        "INSERT INTO dataset_numbers (name, last) SELECT name, MAX(version) FROM ("
        "SELECT name, version FROM datasets WHERE folder IS NOT NULL "
        "UNION ALL SELECT dataset, dataset_version FROM bakeoffs) AS given GROUP BY name"
    )


def downgrade() -> None:
    op.drop_table("dataset_numbers")
