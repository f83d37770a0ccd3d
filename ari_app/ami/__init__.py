"""AMI, Asterisk's manager interface, through panoramisk: the second witness, and variables of busy channels.

The rest of the program knows only what is named here. Calls are decided on ARI's events; what AMI tells is a hint.
"""

from ari_app.ami.address import AmiAddress
from ari_app.ami.client import Ami
from ari_app.ami.errors import AmiError, AmiLost, AmiNotAdmitted, AmiRefused, AmiTimedOut
from ari_app.ami.event import AmiEvent
from ari_app.ami.timings import AmiTimings

__all__ = [
    "Ami",
    "AmiAddress",
    "AmiError",
    "AmiEvent",
    "AmiLost",
    "AmiNotAdmitted",
    "AmiRefused",
    "AmiTimedOut",
    "AmiTimings",
]
