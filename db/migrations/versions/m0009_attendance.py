"""When people came to work and left again is kept: of how much of that time they had calls, statistics tell (T3)."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Nothing is known of the time before."""
    op.create_table(
        "attendance",
        sa.Column("person", sa.String(128), primary_key=True),
        sa.Column("since", sa.DateTime(timezone=True), primary_key=True),
        sa.Column("at_work", sa.Boolean(), nullable=False),
        sa.Column("why", sa.String(256), nullable=False),
    )
