"""Who follows what happens is told of tasks, too."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """The changes so far were about no tasks that anybody would be told of."""
    op.add_column("changes", sa.Column("tasks", sa.Text()))
    op.add_column("changes", sa.Column("had", sa.Text()))
