"""What can go wrong in a telephone call, seen from the phone.

::

    PhoneError
      Refused       the other side said no: a code of 300 or above
      Gone          the call ended while something else was waited for
      NotInTime     it did not happen in the time that was given
      WronglyHeard  somebody was heard who must not be
"""


class PhoneError(Exception):
    """Anything below."""


class Refused(PhoneError):  # noqa: N818 - it is what the other side did
    """The other side said no."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"{code} {reason}")
        self.code = code


class Gone(PhoneError):  # noqa: N818 - it is a fact
    """The call ended while something else was waited for."""


class NotInTime(PhoneError):  # noqa: N818 - it is a fact
    """It did not happen in time."""


class WronglyHeard(PhoneError):  # noqa: N818 - it is a fact
    """Somebody was heard by whom this one must not be heard."""
