"""What somebody owes a caller gets a table: messages that nobody has heard are such tasks from the beginning."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_ID, _NAME, _WORD = sa.String(128), sa.String(256), sa.String(16)
_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Nothing that was left before is forgotten."""
    op.create_table(
        "tasks",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("kind", _WORD, nullable=False),
        sa.Column("call", _ID, nullable=False),
        sa.Column("owner", _NAME),
        sa.Column("about", _ID, nullable=False),
        sa.Column("since", _TIME, nullable=False),
        sa.Column("taken", _TIME),
        sa.Column("taken_by", _ID),
        sa.Column("done", _TIME),
        sa.Column("done_by", _ID),
    )
    open_ones = sa.text("done IS NULL")
    op.create_index("tasks_open", "tasks", ["since"], sqlite_where=open_ones, postgresql_where=open_ones)
    op.create_index("tasks_call", "tasks", ["call"])
    op.execute(
        "INSERT INTO tasks (id, kind, call, owner, about, since)"
        " SELECT id, 'message', call, owner, box, \"left\" FROM messages WHERE heard IS NULL AND removed IS NULL"
    )
