"""What the bench tells the process of the telephones, and what it is told: a line of JSON each."""

import msgspec

LINE = "+74950000001"
"""Which number is dialled unless another is ordered."""


class Desk(msgspec.Struct, frozen=True):
    """A manager's telephone: its user name, and the secret with which it registers."""

    user: str
    secret: str


class Hello(msgspec.Struct, frozen=True):
    """The first line that the telephones say: at which ports of loopback the managers are rung."""

    managers: int


class Register(msgspec.Struct, frozen=True, tag=True):
    """Register these telephones; answered by `Report` without calls once all are."""

    server: int
    """The port of the switchboard."""
    desks: tuple[Desk, ...]


class Place(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """Place calls; answered by `Report` once all are over."""

    server: int
    rate: float
    """Calls a second, evenly spaced."""
    callers: tuple[str, ...]
    """The number of each call's caller, in the order in which they call."""
    dialled: str = LINE
    talk: float = 1.0
    """Seconds from the answer to the caller's hang-up."""
    patience: float = 10.0
    """Seconds after which a caller who is not answered gives up: a failed call."""
    sound: bool = False
    """Whether RTP flows both ways during talks."""
    together: bool = False
    """Whether all hang up at once, ``talk`` seconds after the last call was placed."""


class Spoken(msgspec.Struct, frozen=True):
    """One call as its caller and its manager saw it; times in nanoseconds since 1970, 0: it never was."""

    caller: str
    invited: int
    rung: int
    answered: int
    left: int
    released: int
    """When the manager's telephone was told of the end."""
    again: int
    """How many messages had to be sent once more, by anybody."""
    refused: int
    """The SIP status with which the call was refused; 0: it was not."""
    trouble: str
    """What went wrong, in words; empty: nothing."""


class Report(msgspec.Struct, frozen=True):
    """What came of an order."""

    calls: tuple[Spoken, ...] = ()


Order = Register | Place
