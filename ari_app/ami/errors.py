"""What can go wrong between us and Asterisk's manager interface.

    AmiError
    ├── AmiRefused               Asterisk answered that it did not do it: the channel is gone, a right is missing
    │   └── AmiNotAdmitted       Asterisk does not know this user or secret; trying again will not help
    ├── AmiTimedOut              no answer in time; whether it was done is not known
    └── AmiLost                  there is no connection, or it ended meanwhile: whether it was done is not known then

A value that must not be sent (see `ari_app.ami.values`) is a fault of the program and raises ValueError.
"""


class AmiError(Exception):
    """Anything in the tree above."""


class AmiRefused(AmiError):  # noqa: N818 - it says what happened
    """Asterisk answered "Error"; the text is Asterisk's: "No such channel", "Permission denied"."""


class AmiNotAdmitted(AmiRefused):
    """Asterisk does not know this user or secret (manager.conf, and the account that we were given)."""


class AmiTimedOut(AmiError):  # noqa: N818 - it says what happened
    """No answer came in time. The action may have been done, or may still be."""


class AmiLost(AmiError):  # noqa: N818 - it says what happened
    """There is no connection to Asterisk. An action that was under way may have been done."""
