"""What supervisors do in a talk is kept, who calls for help, and when a recording was paused (T6, T8)."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_ID = sa.String(128)
_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Nothing was done so far."""
    op.create_table(
        "acts",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("call", _ID, nullable=False),
        sa.Column("by", _ID, nullable=False),
        sa.Column("what", sa.String(16), nullable=False),
        sa.Column("person", _ID, nullable=False),
        sa.Column("began", _TIME, nullable=False),
        sa.Column("ended", _TIME),
        sa.Column("why", sa.String(256)),
    )
    op.create_index("ix_acts_call", "acts", ["call"])
