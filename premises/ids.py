"""The ids of everything that belongs to a call, made from the call's own id.

We choose every id before the command that uses it, so that no event can come too early to be known, and so that a
stranger (a restarted engine) can tell from the id alone to which call a leg, a bridge or a playback belongs.

=============  ====================================================
call           Asterisk's UNIQUEID of the caller's channel: ``1732407469.12``
leg            ``leg-CALL-1``, ``leg-CALL-2``, …
bridge         ``b-CALL``
playback       ``p-CALL-1``, …
message        ``m-CALL-1``, …
supervisor     ``sup-CALL-1``, …: the telephone of somebody who hears along
snoop          ``snoop-CALL-1``, …: by which somebody does
ear            ``ear-CALL-1``, …: the bridge of these two
promise        ``back-CALL``: that the caller is called back
call back      ``back-1-CALL``, …: a call, whose channel is the one of whoever is called back
dialled        ``dial-1732407469.123456789``: a call, whose channel is the one of whoever has us call outside
=============  ====================================================

What the stand-in makes is numbered ``s1``, ``s2``, … (``leg-CALL-s1``), so that it never meets what an engine made for
the same call.
"""

import re

from dialplan.plan import HANDED_OVER

_OWNED = re.compile(r"(?:leg|p|m|sup|snoop|ear)-(?P<numbered>.+)-s?(?P<number>\d+)|b-(?P<bridge>.+)")
_CALL_BACK = re.compile(r"back-\d+-(?P<call>.+)")
_HANDED_OVER = re.compile(rf"Local/([^@]+)@{re.escape(HANDED_OVER)}-")


def leg_id(call: str, number: int | str) -> str:
    """The channel id of a call's leg; ``number`` counts from 1."""
    return f"leg-{call}-{number}"


def bridge_id(call: str) -> str:
    """The id of a call's bridge: it never has more than one."""
    return f"b-{call}"


def playback_id(call: str, number: int) -> str:
    """The id of a playback on the caller's channel."""
    return f"p-{call}-{number}"


def message_id(call: str, number: int | str) -> str:
    """The id of a message that the caller leaves; Asterisk's name of the recording, too."""
    return f"m-{call}-{number}"


def supervisor_id(call: str, number: int) -> str:
    """The channel id of somebody who is rung to hear along."""
    return f"sup-{call}-{number}"


def snoop_id(call: str, number: int) -> str:
    """The channel id by which somebody hears along."""
    return f"snoop-{call}-{number}"


def ear_id(call: str, number: int) -> str:
    """The id of the bridge in which somebody hears along."""
    return f"ear-{call}-{number}"


def is_ear(bridge: str) -> bool:
    """Whether this bridge is one in which somebody hears along."""
    return bridge.startswith("ear-")


def hears_along(channel: str) -> bool:
    """Whether this channel was opened to hear along."""
    return channel.startswith(("sup-", "snoop-"))


def promise_id(call: str) -> str:
    """The id of the promise that the caller of this call is called back."""
    return f"back-{call}"


def call_back_id(call: str, number: int) -> str:
    """The id of the call in which the caller of an earlier one is called back, for the ``number``th time, from 1."""
    return f"back-{number}-{call}"


def dialled_id(at: int) -> str:
    """The id of a call outside that somebody of ours asks for at this moment, in nanoseconds since 1970."""
    return f"dial-{at // 10**9}.{at % 10**9:09}"


def answers_to(call: str) -> str | None:
    """The earlier call whose caller is called back in this one; None: it is none of these."""
    found = _CALL_BACK.fullmatch(call)
    return found["call"] if found else None


def number_of(owned_id: str) -> int:
    """The number at the end of an id that has one; 0 where there is none."""
    owned = _OWNED.fullmatch(owned_id)
    return int(owned["number"] or 0) if owned else 0


def by_stand_in(number: int) -> str:
    """How the stand-in numbers what it makes."""
    return f"s{number}"


def call_of(owned_id: str) -> str:
    """The call that a channel, bridge, playback or recording id belongs to; a caller's channel is its own call."""
    owned = _OWNED.fullmatch(owned_id)
    return (owned["numbered"] or owned["bridge"]) if owned else owned_id


def telephone_at(channel_name: str) -> str:
    """The telephone that a channel is at, by Asterisk's name of it: ``PJSIP/anna-0000002a``.

    Who sits there is known to `routing.seats`.
    """
    return channel_name.partition("/")[2].rpartition("-")[0]


def handed_to(channel_name: str) -> str | None:
    """What was keyed in to hand a caller over, if this channel is what Asterisk put into the telephone's place.

    ``channel_name``: ``Local/600@handed-over-00000002;1``. Empty: to whoever was asked before, which does not tell who
    that is. None: it is another channel.
    """
    if not channel_name.startswith("Local/"):
        return None
    found = _HANDED_OVER.match(channel_name)
    return found[1] if found else ""


def is_callers(channel: str) -> bool:
    """Whether this channel is not one of ours, and so a caller's."""
    return _OWNED.fullmatch(channel) is None
