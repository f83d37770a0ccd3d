"""What is noted about a call once it is over, and what is sent of it to the departments concerned."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_ID, _NAME = sa.String(128), sa.String(256)
_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Nothing has been noted so far."""
    op.create_table(
        "remarks",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("call", _ID, nullable=False),
        sa.Column("by", _ID, nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("reason", _ID),
        sa.Column("department", _ID),
        sa.Column("text", sa.Text),
        sa.Column("tell", sa.Text, nullable=False),
        sa.Column("erased", _TIME),
    )
    op.create_index("ix_remarks_call", "remarks", ["call"])
    op.create_index("remarks_at", "remarks", ["at"])
    op.create_table(
        "letters",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("remark", _ID, nullable=False),
        sa.Column("department", _ID, nullable=False),
        sa.Column("due", _TIME),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("sent", _TIME),
        sa.Column("why", _NAME),
    )
    op.create_index("ix_letters_remark", "letters", ["remark"])
    due = sa.text("due IS NOT NULL")
    op.create_index("letters_due", "letters", ["due"], sqlite_where=due, postgresql_where=due)
