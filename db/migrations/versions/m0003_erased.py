"""A call may have lost what tells who called: its row stays, to be counted."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """No call so far has."""
    op.add_column("calls", sa.Column("erased", sa.DateTime(timezone=True)))
