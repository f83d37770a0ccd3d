"""Whoever signs in at another telephone proves by a PIN who it is (T3); until when a talk was written up is kept."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0010"


def upgrade() -> None:
    """Nobody has a PIN yet, and nothing is known of earlier talks."""
    op.create_table(
        "pins",
        sa.Column("person", sa.String(128), sa.ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("kept", sa.String(256), nullable=False),
    )
    op.add_column("legs", sa.Column("wrapped_up", sa.DateTime(timezone=True)))
