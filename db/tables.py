"""The tables, for queries and for the test that the migrations lead exactly here.

The directory's tables refer to each other. The register's do not: its rows arrive in any order (a leg before its call,
a recording after a crash), and a register that refuses a row because another one is late would lose it (D14).
"""

import datetime as dt
from decimal import Decimal

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, Text, false, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from db.columns import Moment, Money, Words

ID = String(128)
NAME = String(256)
NUMBER = String(64)
PATH = String(512)

CHANGES = "changes"
"""The name of the version that counts the register's changes."""
STAFF = "staff"
"""The name of the staff's version: people, their departments, leaves, and what they said about being at work."""
CUSTOMERS = "customers"
"""The name of the customers' version, which is not there before their first import."""


class Tables(DeclarativeBase):
    """All tables of ours; ``Tables.metadata`` is what `db.migrations` leads to."""


# ---------------------------------------------------------------------------------------------------------- directory


class Departments(Tables):
    """The rule file's departments, as of the last import."""

    __tablename__ = "departments"
    id: Mapped[str] = mapped_column(ID, primary_key=True)


class People(Tables):
    """Everybody who may be rung."""

    __tablename__ = "people"
    id: Mapped[str] = mapped_column(ID, primary_key=True)
    name: Mapped[str] = mapped_column(NAME)
    role: Mapped[str] = mapped_column(ID)
    hours: Mapped[str | None] = mapped_column(ID)
    languages: Mapped[tuple[str, ...]] = mapped_column(Words)
    extension: Mapped[str | None] = mapped_column(NUMBER, unique=True)


class PersonDepartments(Tables):
    """Who belongs to which department; ``place`` keeps the order of the file."""

    __tablename__ = "person_departments"
    person: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    department: Mapped[str] = mapped_column(ForeignKey("departments.id"), primary_key=True)
    place: Mapped[int]


class Leaves(Tables):
    """When somebody is not at work; both days belong to it."""

    __tablename__ = "leaves"
    person: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    first: Mapped[dt.date] = mapped_column(primary_key=True)
    last: Mapped[dt.date]


class Pins(Tables):
    """`db.pins.Kept`."""

    __tablename__ = "pins"
    person: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    kept: Mapped[str] = mapped_column(String(256))


class Customers(Tables):
    """The customers; amounts in the company's currency."""

    __tablename__ = "customers"
    id: Mapped[str] = mapped_column(ID, primary_key=True)
    name: Mapped[str] = mapped_column(NAME)
    other_names: Mapped[tuple[str, ...]] = mapped_column(Words, server_default="[]")
    type: Mapped[str] = mapped_column(ID)
    manager: Mapped[str | None] = mapped_column(ForeignKey("people.id"), index=True)
    department: Mapped[str | None] = mapped_column(ForeignKey("departments.id"))
    overdue: Mapped[Decimal] = mapped_column(Money, server_default="0")
    balance: Mapped[Decimal] = mapped_column(Money, server_default="0")
    credit_limit: Mapped[Decimal | None] = mapped_column(Money)
    language: Mapped[str | None] = mapped_column(ID)
    code: Mapped[str | None] = mapped_column(ID)


class CustomerNumbers(Tables):
    """Whose number it is. The number is the key: the look-up of every call, and no two customers can share one."""

    __tablename__ = "customer_numbers"
    # Without rowid the number's tree holds the customer itself: one descent less on SQLite, for every call.
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy asks for a plain class attribute
    number: Mapped[str] = mapped_column(NUMBER, primary_key=True)
    customer: Mapped[str] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), index=True)


class Versions(Tables):
    """Counters, raised by every change of something: a reader sees at one glance whether to read it again."""

    __tablename__ = "versions"
    name: Mapped[str] = mapped_column(ID, primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)


# ----------------------------------------------------------------------------------------------------------- register


class Calls(Tables):
    """`db.records.CallRow`."""

    __tablename__ = "calls"
    __table_args__ = (
        Index("calls_arrived", "arrived", "id"),
        Index("calls_number", "number", "arrived"),
        Index("calls_customer", "customer", "arrived"),
        Index("calls_dialled", "dialled", "arrived"),
    )
    id: Mapped[str] = mapped_column(ID, primary_key=True)
    arrived: Mapped[dt.datetime] = mapped_column(Moment)
    number: Mapped[str | None] = mapped_column(NUMBER)
    name: Mapped[str | None] = mapped_column(NAME)
    dialled: Mapped[str] = mapped_column(NUMBER)
    customer: Mapped[str | None] = mapped_column(ID)
    looked_up: Mapped[str] = mapped_column(String(16))
    rules: Mapped[str | None] = mapped_column(ID)
    intent: Mapped[str | None] = mapped_column(ID)
    answered: Mapped[dt.datetime | None] = mapped_column(Moment)
    ended: Mapped[dt.datetime | None] = mapped_column(Moment)
    end: Mapped[str | None] = mapped_column(String(16))
    cause: Mapped[int | None]
    served_by: Mapped[str] = mapped_column(String(16), server_default="engine")
    facts: Mapped[bytes] = mapped_column(LargeBinary)
    trail: Mapped[bytes] = mapped_column(LargeBinary)
    erased: Mapped[dt.datetime | None] = mapped_column(Moment)


class Legs(Tables):
    """`db.records.LegRow`."""

    __tablename__ = "legs"
    # With the call alone in it SQLite sees by the person's index whether somebody was rung in a call: by all of theirs.
    __table_args__ = (
        Index("legs_call", "call", "person"),
        Index("legs_person", "person", "rang"),
        Index("legs_rang", "rang"),
    )
    id: Mapped[str] = mapped_column(ID, primary_key=True)
    call: Mapped[str] = mapped_column(ID)
    person: Mapped[str] = mapped_column(ID)
    rule: Mapped[str | None] = mapped_column(ID)
    rang: Mapped[dt.datetime] = mapped_column(Moment)
    answered: Mapped[dt.datetime | None] = mapped_column(Moment)
    ended: Mapped[dt.datetime | None] = mapped_column(Moment)
    why: Mapped[str | None] = mapped_column(ID)
    cause: Mapped[int | None]
    wrapped_up: Mapped[dt.datetime | None] = mapped_column(Moment)


class Recordings(Tables):
    """`db.records.RecordingRow`."""

    __tablename__ = "recordings"
    __table_args__ = (Index("recordings_started", "started", "call"),)
    call: Mapped[str] = mapped_column(ID, primary_key=True)
    file: Mapped[str] = mapped_column(PATH)
    started: Mapped[dt.datetime] = mapped_column(Moment)
    seconds: Mapped[float]
    bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    pieces: Mapped[tuple[str, ...]] = mapped_column(Words)
    repaired: Mapped[bool]
    removed: Mapped[dt.datetime | None] = mapped_column(Moment)


class Duties(Tables):
    """`db.records.DutyRow`."""

    __tablename__ = "duties"
    person: Mapped[str] = mapped_column(ID, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(NAME)
    since: Mapped[dt.datetime] = mapped_column(Moment)


class Presences(Tables):
    """`db.records.PresenceRow`."""

    __tablename__ = "presence"
    person: Mapped[str] = mapped_column(ID, primary_key=True)
    state: Mapped[str] = mapped_column(String(16))
    since: Mapped[dt.datetime] = mapped_column(Moment)
    why: Mapped[str] = mapped_column(NAME)
    call: Mapped[str | None] = mapped_column(ID)
    noted: Mapped[dt.datetime] = mapped_column(Moment)


class Attendances(Tables):
    """`db.records.AttendanceRow`."""

    __tablename__ = "attendance"
    person: Mapped[str] = mapped_column(ID, primary_key=True)
    since: Mapped[dt.datetime] = mapped_column(Moment, primary_key=True)
    at_work: Mapped[bool]
    why: Mapped[str] = mapped_column(NAME)


class Changes(Tables):
    """`db.changes.Change`."""

    __tablename__ = "changes"
    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    calls: Mapped[tuple[str, ...]] = mapped_column(Words)
    people: Mapped[tuple[str, ...]] = mapped_column(Words)
    tasks: Mapped[tuple[str, ...] | None] = mapped_column(Words)
    had: Mapped[tuple[str, ...] | None] = mapped_column(Words)


class Remarks(Tables):
    """`db.records.RemarkRow`."""

    __tablename__ = "remarks"
    __table_args__ = (Index("remarks_at", "at"),)
    id: Mapped[str] = mapped_column(ID, primary_key=True)
    call: Mapped[str] = mapped_column(ID, index=True)
    by: Mapped[str] = mapped_column(ID)
    at: Mapped[dt.datetime] = mapped_column(Moment)
    reason: Mapped[str | None] = mapped_column(ID)
    department: Mapped[str | None] = mapped_column(ID)
    text: Mapped[str | None] = mapped_column(Text)
    tell: Mapped[tuple[str, ...]] = mapped_column(Words)
    erased: Mapped[dt.datetime | None] = mapped_column(Moment)


class Acts(Tables):
    """`db.records.ActRow`."""

    __tablename__ = "acts"
    id: Mapped[str] = mapped_column(ID, primary_key=True)
    call: Mapped[str] = mapped_column(ID, index=True)
    by: Mapped[str] = mapped_column(ID)
    what: Mapped[str] = mapped_column(String(16))
    person: Mapped[str] = mapped_column(ID)
    began: Mapped[dt.datetime] = mapped_column(Moment)
    ended: Mapped[dt.datetime | None] = mapped_column(Moment)
    why: Mapped[str | None] = mapped_column(NAME)


class Letters(Tables):
    """What is to be sent to a department, or was: a remark of which it is told (`db.outbox`)."""

    __tablename__ = "letters"
    __table_args__ = (
        Index("letters_due", "due", sqlite_where=text("due IS NOT NULL"), postgresql_where=text("due IS NOT NULL")),
    )
    id: Mapped[str] = mapped_column(ID, primary_key=True)
    remark: Mapped[str] = mapped_column(ID, index=True)
    department: Mapped[str] = mapped_column(ID)
    due: Mapped[dt.datetime | None] = mapped_column(Moment)
    """When it is sent, or sent again; None: it was sent, or given up."""
    attempts: Mapped[int] = mapped_column(server_default="0")
    """How often sending it failed."""
    sent: Mapped[dt.datetime | None] = mapped_column(Moment)
    why: Mapped[str | None] = mapped_column(NAME)
    """Why it could not be sent, the last time."""


class Messages(Tables):
    """`db.records.MessageRow`."""

    __tablename__ = "messages"
    # Nearly all messages of a year have been heard; what is asked for is the few that were not.
    __table_args__ = (
        Index("messages_left", "left", "id"),
        Index(
            "messages_unheard", "left", "id", sqlite_where=text("heard IS NULL"), postgresql_where=text("heard IS NULL")
        ),
    )
    id: Mapped[str] = mapped_column(ID, primary_key=True)
    call: Mapped[str] = mapped_column(ID, index=True)
    box: Mapped[str] = mapped_column(ID)
    owner: Mapped[str | None] = mapped_column(NAME)
    file: Mapped[str] = mapped_column(PATH)
    left: Mapped[dt.datetime] = mapped_column(Moment)
    seconds: Mapped[float]
    repaired: Mapped[bool] = mapped_column(server_default=false())
    heard: Mapped[dt.datetime | None] = mapped_column(Moment)
    heard_by: Mapped[str | None] = mapped_column(ID)
    removed: Mapped[dt.datetime | None] = mapped_column(Moment)


class Tasks(Tables):
    """`db.records.TaskRow`."""

    __tablename__ = "tasks"
    # As with messages: nearly all of them are done.
    __table_args__ = (
        Index("tasks_open", "since", sqlite_where=text("done IS NULL"), postgresql_where=text("done IS NULL")),
        Index("tasks_call", "call"),
    )
    id: Mapped[str] = mapped_column(ID, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    call: Mapped[str] = mapped_column(ID)
    owner: Mapped[str | None] = mapped_column(NAME)
    about: Mapped[str] = mapped_column(ID)
    since: Mapped[dt.datetime] = mapped_column(Moment)
    taken: Mapped[dt.datetime | None] = mapped_column(Moment)
    taken_by: Mapped[str | None] = mapped_column(ID)
    done: Mapped[dt.datetime | None] = mapped_column(Moment)
    done_by: Mapped[str | None] = mapped_column(ID)
    call_at: Mapped[str | None] = mapped_column(String(64))


# ----------------------------------------------------------------------------------------------------------- HTTP API


class Accounts(Tables):
    """`db.accounts.Account`, and the password as `premises.passwords` keeps it."""

    __tablename__ = "accounts"
    name: Mapped[str] = mapped_column(ID, primary_key=True)
    role: Mapped[str] = mapped_column(String(16))
    person: Mapped[str | None] = mapped_column(ID)
    password: Mapped[str] = mapped_column(String(256))
    made: Mapped[dt.datetime] = mapped_column(Moment)


class Sessions(Tables):
    """`db.accounts.Session`, by the fingerprint of its token; the token itself is kept nowhere."""

    __tablename__ = "sessions"
    fingerprint: Mapped[str] = mapped_column(String(64), primary_key=True)
    account: Mapped[str] = mapped_column(ForeignKey("accounts.name", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    began: Mapped[dt.datetime] = mapped_column(Moment)
    expires: Mapped[dt.datetime] = mapped_column(Moment)
