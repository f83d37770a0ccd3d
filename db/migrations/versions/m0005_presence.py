"""What people said about being at work gets a table of its own, and so does what they are doing.

Both are written like the register's rows, in any order and from any process, also while the database is away: so they
refer to nobody, and the row of somebody who is away cannot be a part of the directory any more.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_ID, _NAME, _WORD = sa.String(128), sa.String(256), sa.String(16)
_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Who is away stays away."""
    op.create_table(
        "duties",
        sa.Column("person", _ID, primary_key=True),
        sa.Column("kind", _WORD, nullable=False),
        sa.Column("reason", _NAME),
        sa.Column("since", _TIME, nullable=False),
    )
    op.create_table(
        "presence",
        sa.Column("person", _ID, primary_key=True),
        sa.Column("state", _WORD, nullable=False),
        sa.Column("since", _TIME, nullable=False),
        sa.Column("why", _NAME, nullable=False),
        sa.Column("call", _ID),
        sa.Column("noted", _TIME, nullable=False),
    )
    op.execute(
        "INSERT INTO duties (person, kind, reason, since)"
        " SELECT id, 'away', away, away_since FROM people WHERE away IS NOT NULL AND away_since IS NOT NULL"
    )
    op.drop_column("people", "away")
    op.drop_column("people", "away_since")
