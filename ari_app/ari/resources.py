"""The smaller resources: playbacks, recordings, endpoints, applications, and Asterisk itself."""

import re
from collections.abc import Iterable

import msgspec

from ari_app.ari.command import Command, Lanes, ident
from ari_app.ari.events import Endpoint, Event, LiveRecording, Playback
from ari_app.ari.reply import Reply

_SOURCE = re.compile(r"(channel|bridge|endpoint):[0-9A-Za-z._/-]{1,120}|deviceState:[0-9A-Za-z._/-]{0,120}")


class Playbacks:
    """``link.playbacks``."""

    def __init__(self, lanes: Lanes) -> None:
        self._lanes = lanes

    def get(self, playback: str) -> Reply[Playback]:
        """A playback that waits or plays; NotFound once it is over."""
        return self._lanes.fast(Command("GET", f"playbacks/{ident(playback)}", {}, Playback))

    def stop(self, playback: str) -> Reply[None]:
        """End it (PlaybackFinished, ``done``); one that waits its turn ends at its turn. NotFound if it is over."""
        return self._lanes.fast(Command("DELETE", f"playbacks/{ident(playback)}", {}, None))


class Recordings:
    """``link.recordings``: those that `Channels.record` makes, while they are made."""

    def __init__(self, lanes: Lanes) -> None:
        self._lanes = lanes

    def get(self, name: str) -> Reply[LiveRecording]:
        """A recording under way; NotFound once it is over."""
        return self._lanes.fast(Command("GET", f"recordings/live/{ident(name)}", {}, LiveRecording))

    def stop(self, name: str) -> Reply[None]:
        """End it and keep the file. While the telephone sends nothing, its RecordingFinished takes up to 4 s."""
        return self._lanes.fast(Command("POST", f"recordings/live/{ident(name)}/stop", {}, None))


class Endpoints:
    """``link.endpoints``: telephones and trunks. Changes come as DeviceStateChanged on a watching link."""

    def __init__(self, lanes: Lanes) -> None:
        self._lanes = lanes

    def list(self) -> Reply[tuple[Endpoint, ...]]:
        """All endpoints of all technologies."""
        return self._lanes.slow(Command("GET", "endpoints", {}, tuple[Endpoint, ...]))

    def get(self, resource: str, *, technology: str = "PJSIP") -> Reply[Endpoint]:
        """One endpoint by its name in pjsip.conf; NotFound if there is none."""
        return self._lanes.fast(Command("GET", f"endpoints/{ident(technology)}/{ident(resource)}", {}, Endpoint))


class Application(msgspec.Struct, frozen=True):
    """What an ARI application is subscribed to."""

    name: str
    channel_ids: tuple[str, ...] = ()
    bridge_ids: tuple[str, ...] = ()
    endpoint_ids: tuple[str, ...] = ()
    """Asterisk keeps an application whose connection ended for as long as it has any of these (22.10.1)."""


class Applications:
    """``link.applications``. Subscriptions and filters outlive the connection; repeated ones are counted."""

    def __init__(self, lanes: Lanes) -> None:
        self._lanes = lanes

    def get(self, app: str) -> Reply[Application]:
        """One application; NotFound if it is not connected and has nothing left."""
        return self._lanes.slow(Command("GET", f"applications/{ident(app)}", {}, Application))

    def list(self) -> Reply[tuple[Application, ...]]:
        """All applications, also those whose connection ended, if they have anything left."""
        return self._lanes.slow(Command("GET", "applications", {}, tuple[Application, ...]))

    def subscribe(self, app: str, source: str) -> Reply[Application]:
        """Have everything about one source: ``deviceState:PJSIP/anna``, ``deviceState:`` (all), ``bridge:b-1``, …

        One source at a time: a dead one would spoil the others in its list.
        """
        return self._subscription("POST", app, source)

    def unsubscribe(self, app: str, source: str) -> Reply[Application]:
        """End one subscription; it takes as many as were made."""
        return self._subscription("DELETE", app, source)

    def allow(self, app: str, events: Iterable[type[Event]]) -> Reply[Application]:
        """Have Asterisk send no other kinds. Without a filter ChannelVarset alone was 61 % of all events.

        The filter of a socket's first application drops answers, too, if it is not told to let them pass.
        """
        kinds = ["RESTResponse", "ApplicationReplaced", *(event.__name__ for event in events)]
        parameters = {"allowed": [{"type": kind} for kind in dict.fromkeys(kinds)]}
        return self._lanes.fast(Command("PUT", f"applications/{ident(app)}/eventFilter", parameters, Application))

    def claim(self, app: str, channel: str) -> Reply[None]:
        """Take a caller who is offered (`CallBroadcast`); StasisStart follows. `Claimed`: another one was first.

        NotFound: nobody took the caller in time.

        The dialplan's StasisBroadcast (since Asterisk 22.7) gives it to whoever claims first.
        """
        parameters = {"channelId": ident(channel), "application": ident(app)}
        return self._lanes.fast(Command("POST", "events/claim", parameters, None))

    def _subscription(self, method: str, app: str, source: str) -> Reply[Application]:
        if not _SOURCE.fullmatch(source):
            raise ValueError(f"not an event source: {source!r}")
        uri = f"applications/{ident(app)}/subscription"
        return self._lanes.fast(Command(method, uri, {"eventSource": [source]}, Application))


class System(msgspec.Struct, frozen=True):
    """The Asterisk program."""

    version: str
    entity_id: str = ""


class Status(msgspec.Struct, frozen=True):
    """The Asterisk process."""

    startup_time: str
    """Another one than before: Asterisk was restarted, and every channel is gone."""
    last_reload_time: str = ""


class Info(msgspec.Struct, frozen=True):
    """About Asterisk."""

    system: System
    status: Status


class Asterisk:
    """``link.asterisk``."""

    def __init__(self, lanes: Lanes) -> None:
        self._lanes = lanes

    def info(self) -> Reply[Info]:
        """Version and start."""
        return self._lanes.fast(Command("GET", "asterisk/info", {"only": ["system", "status"]}, Info))

    def ping(self) -> Reply[None]:
        """Whether commands are served."""
        return self._lanes.fast(Command("GET", "asterisk/ping", {}, None))

    def set_global(self, name: str, value: str, *, slow: bool = False) -> Reply[None]:
        """Set a global variable of the dialplan. ``slow``: without waiting for the commands that wait already."""
        send = self._lanes.slow if slow else self._lanes.fast
        return send(Command("POST", "asterisk/variable", {"variable": name, "value": value}, None))

    def reload(self, module: str) -> Reply[None]:
        """Have a module read its configuration again: ``res_pjsip.so``. Slow lane.

        Conflict if it cannot reload, NotFound if it is not loaded.
        """
        return self._lanes.slow(Command("PUT", f"asterisk/modules/{ident(module)}", {}, None))
