"""Who is called back may have given another number than the one that the call came from (T4)."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Of those promised so far each one is called where the call came from."""
    op.add_column("tasks", sa.Column("call_at", sa.String(64)))
