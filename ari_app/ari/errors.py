"""What can go wrong between us and Asterisk.

    AriError
    ├── CommandFailed            Asterisk answered that it did not do it (``status``, ``message``, ``command``)
    │   ├── BadRequest           400: a parameter is wrong; the originator of a new leg is gone
    │   ├── NotFound             404: no such channel, bridge, playback, recording, endpoint or variable
    │   ├── Conflict             409: not in this state (an id that exists, a channel that is recording)
    │   │   ├── NotInStasis      409 or 422: the channel or bridge is there, but no longer ours
    │   │   └── Claimed          another application was first to take the caller who was offered
    │   ├── Unprocessable        422: an unknown format, a channel that is not in that bridge
    │   └── Unavailable          5xx: cannot be done now; originate to a telephone that is not registered
    ├── TimedOut                 no answer in time; whether it was done is not known
    ├── LinkLost                 the link ended; whether commands under way were done is not known
    │   └── Fenced               another process took our application's name: command no more, end
    └── Refused                  Asterisk will not let us in, and trying again will not help

A wrong id or an unreadable variable name is a fault of the program and raises ValueError.
"""


class AriError(Exception):
    """Anything in the tree above."""


class CommandFailed(AriError):  # noqa: N818 - it says what happened
    """Asterisk answered with a status of 400 or more."""

    def __init__(self, command: str, status: int, message: str) -> None:
        super().__init__(f"{command}: {status} {message}")
        self.command = command
        """What was asked for: ``POST channels/7/answer``."""
        self.status = status
        """HTTP status."""
        self.message = message
        """In Asterisk's words."""

    def __reduce__(self) -> tuple[type, tuple[str, int, str]]:
        return type(self), (self.command, self.status, self.message)


class BadRequest(CommandFailed):
    """A parameter is wrong, or names something that is gone."""


class NotFound(CommandFailed):
    """What the command is about does not exist, or no longer."""


class Conflict(CommandFailed):
    """What the command is about is not in a state that allows it."""


class NotInStasis(Conflict):
    """The channel or bridge exists, but our application does not have it: it went on in the dialplan, or hangs up."""


class Claimed(Conflict):
    """A caller who was offered to all applications has gone to another one."""


class Unprocessable(CommandFailed):
    """Understood, and not possible."""


class Unavailable(CommandFailed):
    """Asterisk could not do it."""


class TimedOut(AriError):  # noqa: N818 - it says what happened
    """No answer came in time. The command may have been done, or may still be."""


class LinkLost(AriError):  # noqa: N818 - it says what happened
    """The link to Asterisk ended. A command that was under way may have been done."""


class Fenced(LinkLost):
    """Another process connected with our application's name and has our events now: only one of us may go on."""


class Refused(AriError):  # noqa: N818 - it says what happened
    """Asterisk does not accept the connection and will not at the next attempt: wrong secret, no ARI there."""


_BY_STATUS: dict[int, type[CommandFailed]] = {400: BadRequest, 404: NotFound, 409: Conflict, 422: Unprocessable}
# Asterisk 22.10 says the same with different statuses: addChannel answers 400 for a channel that is gone, and 422 for
# one that is not in Stasis, where other commands answer 404 and 409.
_BY_MESSAGE: dict[str, type[CommandFailed]] = {
    "Channel not found": NotFound,
    "Channel not in Stasis application": NotInStasis,
    "Bridge not in Stasis application": NotInStasis,
    "Channel has already been claimed by another application": Claimed,
}


def failure(command: str, status: int, message: str) -> CommandFailed:
    """The error for an answer of 400 or more."""
    default = Unavailable if status >= 500 else CommandFailed
    kind = _BY_MESSAGE.get(message) or _BY_STATUS.get(status, default)
    return kind(command, status, message)


def is_gone(error: AriError) -> bool:
    """Whether it failed since what it was about has ended or left us, as is usual when a caller hangs up meanwhile."""
    return isinstance(error, NotFound | NotInStasis | Claimed)
