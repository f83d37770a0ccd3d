"""Each call tells who served it: the engine, the stand-in, or the dialplan's own ring."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Calls so far were the engine's."""
    op.add_column("calls", sa.Column("served_by", sa.String(16), nullable=False, server_default="engine"))
