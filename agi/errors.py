"""What ends the stand-in's work for a call, or keeps it from beginning.

AgiError
 +-- Refused         the environment is forged, cut off or late: nothing of it is believed
 +-- LinkGone        Asterisk closed the connection in the middle of the call
 +-- CommandFailed   Asterisk would not carry a command out, although the caller is there
 +-- CallerLeft      the caller hung up
 +-- NoDirectory     nobody can be rung, since it is not known who works here
"""


class AgiError(Exception):
    """Something keeps the stand-in from serving a call to its end."""


class Refused(AgiError):  # noqa: N818 - it says what happened
    """The environment is forged, cut off or late: nothing of it is believed."""


class LinkGone(AgiError):  # noqa: N818 - it says what happened
    """Asterisk closed the connection in the middle of the call."""


class CommandFailed(AgiError):  # noqa: N818 - it says what happened
    """Asterisk would not carry a command out, although the caller is there."""


class CallerLeft(AgiError):  # noqa: N818 - it says what happened
    """The caller hung up: a fact, which ends the script."""


class NoDirectory(AgiError):  # noqa: N818 - it says what happened
    """Nobody can be rung, since it is not known who works here: the dialplan's own ring knows the operators."""
