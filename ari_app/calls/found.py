"""What an engine finds of a call that another one had begun, when it takes the call over."""

import msgspec

from ari_app.ari.events import Channel
from db.records import ActRow, CallRow, LegRow
from routing.facts import PersonId
from routing.state import State


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A call as it stands in Asterisk and in the register."""

    dialled: str
    state: State | None = None
    """What rode on the caller's channel; None: nothing yet, so that the call begins anew."""
    row: CallRow | None = None
    """As the register has it; None: it does not, or does not answer."""
    leg: Channel | None = None
    """The person's channel, if somebody has answered and is still there."""
    leg_row: LegRow | None = None
    bridged: bool = False
    """Whether caller and person hear each other."""
    handed_to: str | None = None
    """To whom the person has handed the caller over meanwhile, as it was keyed in."""
    pause: ActRow | None = None
    """The pause of the recording that goes on."""
    heard_along: frozenset[PersonId] = frozenset()
    """Who heard the talk along, or was rung to; they are hung up."""
    rung: PersonId | None = None
    """Whose telephone rang; it has been silenced, and is to be rung first."""
    message: str | None = None
    """A message that was being left: as far as it was spoken, it is in its file."""
    legs: int = 0
    sounds: int = 0
    """The highest numbers that are in use, see `routing.state.State`."""
