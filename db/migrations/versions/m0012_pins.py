"""Whoever signs in at another telephone than the own one proves by a PIN who it is (T3)."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0009"


def upgrade() -> None:
    """Nobody has one yet."""
    op.create_table(
        "pins",
        sa.Column("person", sa.String(128), sa.ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("kept", sa.String(256), nullable=False),
    )
