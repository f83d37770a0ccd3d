"""The state of a live call in a form that can ride on the caller's own channel, as the value of one variable.

Whoever takes the call over (a restarted engine, the stand-in) replays the outcomes by those rules and goes on where it
was. Asterisk hands a variable on through AMI, AGI and its dialplan, and each of them reads some characters as more
than a character: so the form is base64url, letters, digits, ``-`` and ``_`` alone. It is compressed, since AMI refuses
a line of more than 1024 bytes, its end included (measured with Asterisk 22.10.1; AGI takes 2048).
"""

import base64
import binascii
import datetime as dt
import zlib

import msgspec

from routing.facts import PersonId
from routing.outcomes import Missed, Outcome, Reached
from routing.trail import UnreadableTrailError

LONGEST = 1000
"""Characters of an encoded state, so that ``Value: STATE`` fits into a line of AMI. A usual call's has 250."""
_LARGEST = 64 * 1024
"""Bytes that an encoded state may unpack to: more than any that `encode_state` makes."""


class State(msgspec.Struct, frozen=True, kw_only=True):
    """Where a call is."""

    rules: str
    """The version of the rules that it began with."""
    at: dt.datetime
    """When it arrived, with a time zone."""
    outcomes: tuple[Outcome, ...] = ()
    began: dt.datetime | None = None
    """When the step under way began, with a time zone; None: nobody knows."""
    missed: tuple[Missed, ...] = ()
    """Who of the step under way was tried already, and why in vain."""
    answered: dt.datetime | None = None
    """When the caller was answered; None: not yet, or nobody knows."""
    talking: PersonId | None = None
    """Who has answered and talks with the caller (in the step under way); an outside number stands here as dialled."""
    legs: int = 0
    """How many people the call has rung so far."""
    sounds: int = 0
    """How many playbacks and messages it has had so far. Ids are made of both numbers, and none may come twice."""


_STATE = msgspec.json.Decoder(State)
"""Made before there is a second thread, as in `routing.trail`."""


class StateTooLongError(Exception):
    """A call has so many outcomes that its state does not fit: whoever takes it over begins anew."""


def encode_state(state: State) -> str:
    """The state as letters, digits, ``-`` and ``_``, at most `LONGEST` of them.

    What is too long loses first who was tried in the step under way (they may be rung again), then who was missed in
    earlier steps (the trail forgets why; the flow goes the same way). Raises `StateTooLongError` if it is still too
    long then: hundreds of outcomes, which no rules lead to that the proof has passed.
    """
    for form in (state, _without_tried(state), _without_missed(state)):
        text = _pack(form)
        if len(text) <= LONGEST:
            return text
    raise StateTooLongError(f"{len(state.outcomes)} outcomes do not fit into {LONGEST} characters")


def decode_state(text: str) -> State:
    """The state that `encode_state` wrote. Raises `UnreadableTrailError`, whatever else the text is."""
    if len(text) > LONGEST:
        raise UnreadableTrailError(f"a state of {len(text)} characters is longer than {LONGEST}")
    try:
        state = _STATE.decode(_unpack(text))
    except (ValueError, binascii.Error, zlib.error, msgspec.DecodeError) as error:
        raise UnreadableTrailError(str(error)) from error
    if any(time is not None and time.tzinfo is None for time in (state.at, state.began, state.answered)):
        raise UnreadableTrailError("a time without a time zone")
    return state


def _pack(state: State) -> str:
    # A window of 4 KB is enough for it, and a tenth of the work of the usual one, which has to be cleared first.
    packing = zlib.compressobj(9, zlib.DEFLATED, wbits=12, memLevel=5)
    packed = packing.compress(msgspec.json.encode(state)) + packing.flush()
    return base64.urlsafe_b64encode(packed).decode("ascii").rstrip("=")


def _unpack(text: str) -> bytes:
    packed = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    unpacking = zlib.decompressobj()
    json = unpacking.decompress(packed, _LARGEST)
    if not unpacking.eof:
        raise ValueError("a state that ends too early, or unpacks to too much")
    return json


def _without_tried(state: State) -> State:
    return msgspec.structs.replace(state, missed=())


def _without_missed(state: State) -> State:
    return msgspec.structs.replace(state, missed=(), outcomes=tuple(_briefly(outcome) for outcome in state.outcomes))


def _briefly(outcome: Outcome) -> Outcome:
    return msgspec.structs.replace(outcome, missed=()) if isinstance(outcome, Reached) else outcome
