"""To which object an event belongs: the channel, bridge, playback or recording whose id tells the call."""

from ari_app.ari import events
from premises.ids import is_callers


def owner(event: events.Event) -> str:
    """The id of the object that the event is about; empty when it is about none of a call's."""
    match event:
        case events.PlaybackFinished():
            return event.playback.id
        case events.RecordingFinished() | events.RecordingFailed():
            return event.recording.name
        case events.BridgeAttendedTransfer():
            both = (event.transferer_first_leg.id, event.transferer_second_leg.id)
            return next((leg for leg in both if not is_callers(leg)), "")
        case _:
            channel = getattr(event, "channel", None)
            return channel.id if channel is not None else ""
