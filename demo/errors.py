"""What can go wrong in a telephone call, seen from the phone.

::

    PhoneError
      Refused       the other side said no: a code of 300 or above
      Gone          the call ended while something else was waited for
      NotInTime     it did not happen in the time that was given
"""


class PhoneError(Exception):
    """Anything below."""


class Refused(PhoneError):
    """The other side said no."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"{code} {reason}")
        self.code = code


class Gone(PhoneError):
    """The call ended while something else was waited for."""


class NotInTime(PhoneError):
    """It did not happen in time."""
