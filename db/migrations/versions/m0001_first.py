"""The directory and the register, as they were first.

Written out rather than taken from `db.tables`, which will change while this step must not. Money is text on SQLite and
NUMERIC on PostgreSQL, see `db.columns`.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_ID, _NAME, _NUMBER, _PATH = sa.String(128), sa.String(256), sa.String(64), sa.String(512)
_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make all tables."""
    _people()
    _customers()
    _calls()
    _sounds()
    versions = op.create_table(
        "versions",
        sa.Column("name", _ID, primary_key=True),
        sa.Column("number", sa.BigInteger, nullable=False),
    )
    op.bulk_insert(versions, [{"name": "staff", "number": 1}])


def _people() -> None:
    op.create_table("departments", sa.Column("id", _ID, primary_key=True))
    op.create_table(
        "people",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("name", _NAME, nullable=False),
        sa.Column("role", _ID, nullable=False),
        sa.Column("hours", _ID),
        sa.Column("languages", sa.Text, nullable=False),
        sa.Column("extension", _NUMBER, unique=True),
        sa.Column("away", _NAME),
        sa.Column("away_since", _TIME),
    )
    op.create_table(
        "person_departments",
        sa.Column("person", _ID, sa.ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("department", _ID, sa.ForeignKey("departments.id"), primary_key=True),
        sa.Column("place", sa.Integer, nullable=False),
    )
    op.create_table(
        "leaves",
        sa.Column("person", _ID, sa.ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("first", sa.Date, primary_key=True),
        sa.Column("last", sa.Date, nullable=False),
    )


def _customers() -> None:
    money = sa.String(24) if op.get_context().dialect.name == "sqlite" else sa.Numeric(18, 4)
    op.create_table(
        "customers",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("name", _NAME, nullable=False),
        sa.Column("other_names", sa.Text, nullable=False, server_default="[]"),
        sa.Column("type", _ID, nullable=False),
        sa.Column("manager", _ID, sa.ForeignKey("people.id")),
        sa.Column("department", _ID, sa.ForeignKey("departments.id")),
        sa.Column("overdue", money, nullable=False, server_default="0"),
        sa.Column("balance", money, nullable=False, server_default="0"),
        sa.Column("credit_limit", money),
        sa.Column("language", _ID),
        sa.Column("code", _ID),
    )
    op.create_index("ix_customers_manager", "customers", ["manager"])
    op.create_table(
        "customer_numbers",
        sa.Column("number", _NUMBER, primary_key=True),
        sa.Column("customer", _ID, sa.ForeignKey("customers.id", ondelete="CASCADE"), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_customer_numbers_customer", "customer_numbers", ["customer"])


def _calls() -> None:
    op.create_table(
        "calls",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("arrived", _TIME, nullable=False),
        sa.Column("number", _NUMBER),
        sa.Column("name", _NAME),
        sa.Column("dialled", _NUMBER, nullable=False),
        sa.Column("customer", _ID),
        sa.Column("looked_up", sa.String(16), nullable=False),
        sa.Column("rules", _ID),
        sa.Column("intent", _ID),
        sa.Column("answered", _TIME),
        sa.Column("ended", _TIME),
        sa.Column("end", sa.String(16)),
        sa.Column("cause", sa.Integer),
        sa.Column("facts", sa.LargeBinary, nullable=False),
        sa.Column("trail", sa.LargeBinary, nullable=False),
    )
    op.create_index("calls_arrived", "calls", ["arrived", "id"])
    for column in ("number", "customer", "dialled"):
        op.create_index(f"calls_{column}", "calls", [column, "arrived"])
    op.create_table(
        "legs",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("call", _ID, nullable=False),
        sa.Column("person", _ID, nullable=False),
        sa.Column("rule", _ID),
        sa.Column("rang", _TIME, nullable=False),
        sa.Column("answered", _TIME),
        sa.Column("ended", _TIME),
        sa.Column("why", _ID),
        sa.Column("cause", sa.Integer),
    )
    op.create_index("ix_legs_call", "legs", ["call"])
    op.create_index("legs_person", "legs", ["person", "rang"])
    op.create_index("legs_rang", "legs", ["rang"])


def _sounds() -> None:
    op.create_table(
        "recordings",
        sa.Column("call", _ID, primary_key=True),
        sa.Column("file", _PATH, nullable=False),
        sa.Column("started", _TIME, nullable=False),
        sa.Column("seconds", sa.Double, nullable=False),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("pieces", sa.Text, nullable=False),
        sa.Column("repaired", sa.Boolean, nullable=False),
        sa.Column("removed", _TIME),
    )
    op.create_index("recordings_started", "recordings", ["started", "call"])
    op.create_table(
        "messages",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("call", _ID, nullable=False),
        sa.Column("box", _ID, nullable=False),
        sa.Column("owner", _NAME),
        sa.Column("file", _PATH, nullable=False),
        sa.Column("left", _TIME, nullable=False),
        sa.Column("seconds", sa.Double, nullable=False),
        sa.Column("heard", _TIME),
        sa.Column("heard_by", _ID),
        sa.Column("removed", _TIME),
    )
    op.create_index("ix_messages_call", "messages", ["call"])
    op.create_index("messages_left", "messages", ["left", "id"])
    unheard = sa.text("heard IS NULL")
    op.create_index("messages_unheard", "messages", ["left"], sqlite_where=unheard, postgresql_where=unheard)
