"""What ends the stand-in's work for a call, or keeps it from beginning.

AgiError
 +-- Refused         the environment is forged, cut off or late: nothing of it is believed
 +-- LinkGone        Asterisk closed the connection in the middle of the call
 +-- CommandFailed   Asterisk would not carry a command out, although the caller is there
 +-- CallerLeft      the caller hung up
 +-- NoDirectory     nobody can be rung, since it is not known who works here
 +-- NoRules         there are no rules to go by
 +-- NotServing      the stand-in itself cannot start; the message says what to do
"""


class AgiError(Exception):
    """Something keeps the stand-in from serving a call to its end."""


class Refused(AgiError):
    """The environment is forged, cut off or late: nothing of it is believed."""


class LinkGone(AgiError):
    """Asterisk closed the connection in the middle of the call."""


class CommandFailed(AgiError):
    """Asterisk would not carry a command out, although the caller is there."""


class CallerLeft(AgiError):
    """The caller hung up: a fact, which ends the script."""


class NoDirectory(AgiError):
    """Nobody can be rung, since it is not known who works here: the dialplan's own ring knows the operators."""


class NoRules(AgiError):
    """There are no rules to go by: the folder has none that were ever in force, and the rule file has mistakes."""


class NotServing(AgiError):
    """The stand-in itself cannot start; the message says what to do."""
