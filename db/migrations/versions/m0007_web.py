"""What the HTTP API needs: who may use it, who has signed in, and in which order the register changes."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_ID, _WORD = sa.String(128), sa.String(16)
_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """At first nobody: accounts are made by the command line."""
    op.create_table(
        "accounts",
        sa.Column("name", _ID, primary_key=True),
        sa.Column("role", _WORD, nullable=False),
        sa.Column("person", _ID),
        sa.Column("password", sa.String(256), nullable=False),
        sa.Column("made", _TIME, nullable=False),
    )
    op.create_table(
        "sessions",
        sa.Column("fingerprint", sa.String(64), primary_key=True),
        sa.Column("account", _ID, sa.ForeignKey("accounts.name", ondelete="CASCADE"), nullable=False),
        sa.Column("kind", _WORD, nullable=False),
        sa.Column("began", _TIME, nullable=False),
        sa.Column("expires", _TIME, nullable=False),
    )
    op.create_index("ix_sessions_account", "sessions", ["account"])
    op.create_table(
        "changes",
        sa.Column("sequence", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("calls", sa.Text(), nullable=False),
        sa.Column("people", sa.Text(), nullable=False),
    )
    op.execute("INSERT INTO versions (name, number) VALUES ('changes', 0)")
