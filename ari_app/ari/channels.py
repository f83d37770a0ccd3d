"""What can be done with channels. Every method sends at once and gives an awaitable; see `ari_app.ari.reply.Reply`.

Measured on Asterisk 22.10.1:

- Answered at once whatever the channel does: list, get, originate, answer, hang_up, ring, play, record, move,
  continue_in_dialplan, reading a variable. Setting one waits until nothing plays or records any more: the slow lane.
- But what is answered at once need not be done at once: move and continue take effect when nothing plays any more.
- Playbacks and recordings of a channel queue behind each other.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from ari_app.ari.command import Command, Lanes, given, ident
from ari_app.ari.events import Channel, LiveRecording, Playback
from ari_app.ari.reply import Reply

READABLE = frozenset(
    {
        "CALLERID(name)",
        "CALLERID(num)",
        "CHANNEL(audioreadformat)",
        "CHANNEL(language)",
        "CHANNEL(pjsip,call-id)",
        "CHANNEL(state)",
        "DIALLED",
        "EXTEN",
        "STASISSTATUS",
        "UNIQUEID",
    }
)
"""Variables that may be read, beside our own ``SB_…``: names can be functions, and CURL or AST_CONFIG tell too much."""

_MEDIA = ("sound:", "recording:", "number:", "digits:", "characters:", "tone:")


class Variable(msgspec.Struct, frozen=True):
    """A channel variable's value."""

    value: str


class Channels:
    """``link.channels``."""

    def __init__(self, lanes: Lanes) -> None:
        self._lanes = lanes

    def list(self) -> Reply[tuple[Channel, ...]]:
        """All channels, those of the dialplan and of other applications too."""
        return self._lanes.slow(Command("GET", "channels", {}, tuple[Channel, ...]))

    def get(self, channel: str) -> Reply[Channel]:
        """One channel; NotFound if it is gone."""
        return self._lanes.fast(Command("GET", f"channels/{ident(channel)}", {}, Channel))

    def originate(
        self,
        endpoint: str,
        *,
        channel_id: str,
        app: str | None = None,
        app_args: Sequence[str] = (),
        originator: str | None = None,
        timeout: float = 30.0,
        caller_id: str | None = None,
        variables: Mapping[str, str] | None = None,
        context: str | None = None,
        extension: str | None = None,
    ) -> Reply[Channel]:
        """Ring an endpoint (``PJSIP/anna``); once answered, the channel enters ``app`` with StasisStart.

        Or the dialplan at ``context`` and ``extension``, instead of ``app``; then no events come of it.

        What becomes of it comes as events without a subscription, up to ChannelDestroyed with its cause: the answer
        only says that the attempt began. But where it FAILS no event comes: await it. `Unavailable`: the telephone
        is not registered or unknown, or Asterisk is at a limit; `BadRequest`: ``originator`` has hung up;
        `Conflict`: the id exists; never let that happen, for Asterisk 22.10.1 then hangs when it is stopped.

        ``originator``: the caller's channel, from which the leg takes its codecs. ``timeout``: seconds, rounded up,
        after which Asterisk gives up (cause 19). ``app_args`` are joined by commas, which they must not contain.
        """
        if any("," in arg for arg in app_args):
            raise ValueError(f"a comma in one of {app_args!r}")
        parameters = given(
            endpoint=endpoint,
            channelId=ident(channel_id),
            app=app,
            appArgs=",".join(app_args) or None,
            originator=originator and ident(originator),
            timeout=math.ceil(timeout),
            callerId=caller_id,
            variables=variables,
            context=context,
            extension=extension,
            priority=None if context is None else 1,
        )
        return self._lanes.fast(Command("POST", "channels", parameters, Channel))

    def answer(self, channel: str) -> Reply[None]:
        """Answer it; nothing if it is answered."""
        return self._do("POST", channel, "answer")

    def hang_up(self, channel: str, *, cause: int | None = None) -> Reply[None]:
        """Hang up, or stop ringing. ``cause``: Q.850, told to the telephone: 26 is "answered elsewhere", 21 a refusal.

        Right behind an originate it cancels the attempt before an INVITE is sent.
        """
        # As a number in the body Asterisk 22.10.1 takes no notice of it; as a text it does.
        reason = None if cause is None else str(cause)
        uri = f"channels/{ident(channel)}"
        return self._lanes.fast(Command("DELETE", uri, given(reason_code=reason), None))

    def ring(self, channel: str) -> Reply[None]:
        """Let it hear ringing: SIP 180 before the answer, Asterisk's own tone after it.

        A playback, music or a bridge ends the tone for good.
        """
        return self._do("POST", channel, "ring")

    def stop_ringing(self, channel: str) -> Reply[None]:
        """End what `ring` began (and music, if it plays); nothing if it does not ring."""
        return self._do("DELETE", channel, "ring")

    def start_music(self, channel: str, *, music: str | None = None) -> Reply[None]:
        """Music on hold, of a class in musiconhold.conf.

        Stop it before the channel is added to a bridge: it would go on there, over the talk.
        """
        return self._do("POST", channel, "moh", given(mohClass=music))

    def stop_music(self, channel: str) -> Reply[None]:
        """End the music; nothing if there is none."""
        return self._do("DELETE", channel, "moh")

    def start_silence(self, channel: str) -> Reply[None]:
        """Send it silence instead of nothing at all: MixMonitor writes only while sound goes in some direction.

        A playback ends it for good.
        """
        return self._do("POST", channel, "silence")

    def stop_silence(self, channel: str) -> Reply[None]:
        """End what `start_silence` began; nothing if there is none."""
        return self._do("DELETE", channel, "silence")

    def play(
        self, channel: str, media: Sequence[str], *, playback_id: str, language: str | None = None
    ) -> Reply[Playback]:
        """Play these one after another, as one playback: ``sound:/abs/file``, ``number:42``, ``tone:ring``, …

        A file that does not exist is skipped (and only said in Asterisk's log). ValueError for no media, or one of a
        kind that Asterisk does not know: for those it tells PlaybackStarted and never PlaybackFinished.
        """
        wrong = [one for one in media if not one.startswith(_MEDIA)]
        if wrong or not media:
            raise ValueError(f"not media: {wrong}")
        parameters = given(media=list(media), playbackId=ident(playback_id), lang=language)
        return self._lanes.fast(Command("POST", f"channels/{ident(channel)}/play", parameters, Playback))

    def record(
        self,
        channel: str,
        *,
        name: str,
        format: str = "wav",  # noqa: A002 - ARI's word
        max_seconds: int = 0,
        max_silence: int = 0,
        beep: bool = False,
        terminate_on: str = "none",
        if_exists: str = "fail",
    ) -> Reply[LiveRecording]:
        """Record what the channel says into ``name``, in the folder ``recording`` of Asterisk's spool folder.

        Asterisk does not make that folder: without it, `Unavailable`. The recording ends after ``max_seconds``, after
        ``max_silence`` seconds without a word (0: never), with a key of ``terminate_on`` (``none``, ``any``, ``*``,
        ``#``), and 4 s after a telephone stopped sending at all.
        """
        parameters = {
            "name": ident(name),
            "format": format,
            "maxDurationSeconds": max_seconds,
            "maxSilenceSeconds": max_silence,
            "beep": beep,
            "terminateOn": terminate_on,
            "ifExists": if_exists,
        }
        return self._lanes.fast(Command("POST", f"channels/{ident(channel)}/record", parameters, LiveRecording))

    def snoop(
        self, channel: str, *, snoop_id: str, whisper: Literal["none", "out", "both"], app: str
    ) -> Reply[Channel]:
        """Open a channel that hears what this one hears and says; it enters ``app`` with StasisStart.

        ``whisper``: what is said into it is heard nowhere, at the channel alone (``out``), or at the channel and as if
        it was said there (``both``). It ends with the channel. Measured on 22.10.1: neither keys nor anything else but
        sound goes through it, and a MixMonitor of another channel does not hear what is whispered ``out``.
        """
        parameters = {"spy": "both", "whisper": whisper, "app": app, "appArgs": "ear"}
        uri = f"channels/{ident(channel)}/snoop/{ident(snoop_id)}"
        return self._lanes.fast(Command("POST", uri, parameters, Channel))

    def variable(self, channel: str, name: str) -> Reply[Variable]:
        """Read a variable; NotFound if it is not set. ValueError for one that is neither `READABLE` nor ``SB_…``."""
        if name not in READABLE and not name.startswith("SB_"):
            raise ValueError(f"not a variable that may be read: {name}")
        uri = f"channels/{ident(channel)}/variable"
        return self._lanes.fast(Command("GET", uri, {"variable": name}, Variable))

    def set_variable(self, channel: str, name: str, value: str, *, slow: bool = True) -> Reply[None]:
        """Set a variable. Asterisk waits with it until nothing plays or records on the channel (16 s were seen).

        So it goes over the slow lane; the fast one (``slow=False``) is for a channel of which this is known.
        """
        send = self._lanes.slow if slow else self._lanes.fast
        uri = f"channels/{ident(channel)}/variable"
        return send(Command("POST", uri, {"variable": name, "value": value}, None))

    def move(self, channel: str, *, app: str, app_args: Sequence[str] = ()) -> Reply[None]:
        """Take over a channel that is in Stasis, from a dead application too: StasisEnd, then a new StasisStart.

        Answered at once, and done when nothing plays on it any more. An application that is not connected: 204, and
        nothing happens.
        """
        parameters = given(app=app, appArgs=",".join(app_args) or None)
        return self._do("POST", channel, "move", parameters)

    def continue_in_dialplan(
        self, channel: str, *, context: str | None = None, extension: str | None = None, priority: int | None = None
    ) -> Reply[None]:
        """Let the dialplan go on with it: behind Stasis(), or at the given place. STASISSTATUS is SUCCESS.

        Answered at once, and done when nothing plays on it any more.
        """
        parameters = given(context=context, extension=extension, priority=priority)
        return self._do("POST", channel, "continue", parameters)

    def _do(self, method: str, channel: str, what: str, parameters: dict[str, object] | None = None) -> Reply[None]:
        return self._lanes.fast(Command(method, f"channels/{ident(channel)}/{what}", parameters or {}, None))
