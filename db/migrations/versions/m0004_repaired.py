"""Each message tells whether a crash had left it unfinished."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Of the messages so far it is not known."""
    op.add_column("messages", sa.Column("repaired", sa.Boolean(), nullable=False, server_default=sa.false()))
