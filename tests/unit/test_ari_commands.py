"""What each method asks of Asterisk, and by which lane; a real Asterisk's opinion of it is in tests/asterisk."""

from collections.abc import Callable
from typing import Any

import pytest

from ari_app.ari.bridges import Bridges
from ari_app.ari.channels import Channels
from ari_app.ari.command import Command, T, ident
from ari_app.ari.events import ChannelDestroyed, StasisStart
from ari_app.ari.reply import Reply
from ari_app.ari.resources import Applications, Asterisk, Endpoints, Playbacks, Recordings


class Noted:
    """Both lanes, which only note what was sent."""

    def __init__(self) -> None:
        self.lane = ""
        self.method = ""
        self.uri = ""
        self.parameters: dict[str, Any] = {}
        self.channels = Channels(self)
        self.bridges = Bridges(self)
        self.playbacks = Playbacks(self)
        self.recordings = Recordings(self)
        self.endpoints = Endpoints(self)
        self.applications = Applications(self)
        self.asterisk = Asterisk(self)

    def fast(self, command: Command[T]) -> Reply[T]:
        return self._note("fast", command)

    def slow(self, command: Command[T]) -> Reply[T]:
        return self._note("slow", command)

    def _note(self, lane: str, command: Command[T]) -> Reply[T]:
        self.lane, self.method, self.uri = lane, command.method, command.uri
        self.parameters = dict(command.parameters)
        return Reply(command.name, command.answer)


Do = Callable[[Noted], Reply[Any]]

COMMANDS: dict[str, tuple[Do, str, str, dict[str, Any]]] = {
    "list channels": (lambda to: to.channels.list(), "slow GET", "channels", {}),
    "get a channel": (lambda to: to.channels.get("1.2"), "fast GET", "channels/1.2", {}),
    "answer": (lambda to: to.channels.answer("1.2"), "fast POST", "channels/1.2/answer", {}),
    "hang up": (lambda to: to.channels.hang_up("1.2"), "fast DELETE", "channels/1.2", {}),
    "hang up, answered elsewhere": (
        lambda to: to.channels.hang_up("1.2", cause=26),
        "fast DELETE",
        "channels/1.2",
        {"reason_code": "26"},
    ),
    "ring": (lambda to: to.channels.ring("1.2"), "fast POST", "channels/1.2/ring", {}),
    "stop ringing": (lambda to: to.channels.stop_ringing("1.2"), "fast DELETE", "channels/1.2/ring", {}),
    "music": (lambda to: to.channels.start_music("1.2"), "fast POST", "channels/1.2/moh", {}),
    "other music": (
        lambda to: to.channels.start_music("1.2", music="x"),
        "fast POST",
        "channels/1.2/moh",
        {"mohClass": "x"},
    ),
    "stop the music": (lambda to: to.channels.stop_music("1.2"), "fast DELETE", "channels/1.2/moh", {}),
    "send silence": (lambda to: to.channels.start_silence("1.2"), "fast POST", "channels/1.2/silence", {}),
    "end the silence": (lambda to: to.channels.stop_silence("1.2"), "fast DELETE", "channels/1.2/silence", {}),
    "play": (
        lambda to: to.channels.play("1.2", ["sound:/a,b", "number:42"], playback_id="p-1", language="ru"),
        "fast POST",
        "channels/1.2/play",
        {"media": ["sound:/a,b", "number:42"], "playbackId": "p-1", "lang": "ru"},
    ),
    "hear along": (
        lambda to: to.channels.snoop("leg-1.2-1", snoop_id="snoop-1.2-2", whisper="out", app="sb"),
        "fast POST",
        "channels/leg-1.2-1/snoop/snoop-1.2-2",
        {"spy": "both", "whisper": "out", "app": "sb", "appArgs": "ear"},
    ),
    "record": (
        lambda to: to.channels.record("1.2", name="m-1", max_seconds=60, max_silence=4, beep=True, terminate_on="#"),
        "fast POST",
        "channels/1.2/record",
        {
            "name": "m-1",
            "format": "wav",
            "maxDurationSeconds": 60,
            "maxSilenceSeconds": 4,
            "beep": True,
            "terminateOn": "#",
            "ifExists": "fail",
        },
    ),
    "originate": (
        lambda to: to.channels.originate("PJSIP/anna", channel_id="leg-1", app="sb-x"),
        "fast POST",
        "channels",
        {"endpoint": "PJSIP/anna", "channelId": "leg-1", "app": "sb-x", "timeout": 30},
    ),
    "originate into the dialplan": (
        lambda to: to.channels.originate("PJSIP/anna", channel_id="dial-1.2", context="phones", extension="+7495"),
        "fast POST",
        "channels",
        {
            "endpoint": "PJSIP/anna",
            "channelId": "dial-1.2",
            "timeout": 30,
            "context": "phones",
            "extension": "+7495",
            "priority": 1,
        },
    ),
    "originate with everything": (
        lambda to: to.channels.originate(
            "PJSIP/anna",
            channel_id="leg-1",
            app="sb-x",
            app_args=("leg", "1.2"),
            originator="1.2",
            timeout=20.2,
            caller_id='"A, B" <1>',
            variables={"X": "1"},
        ),
        "fast POST",
        "channels",
        {
            "endpoint": "PJSIP/anna",
            "channelId": "leg-1",
            "app": "sb-x",
            "appArgs": "leg,1.2",
            "originator": "1.2",
            "timeout": 21,
            "callerId": '"A, B" <1>',
            "variables": {"X": "1"},
        },
    ),
    "read a variable": (
        lambda to: to.channels.variable("1.2", "CHANNEL(state)"),
        "fast GET",
        "channels/1.2/variable",
        {"variable": "CHANNEL(state)"},
    ),
    "set a variable, which may wait": (
        lambda to: to.channels.set_variable("1.2", "SB_X", "1"),
        "slow POST",
        "channels/1.2/variable",
        {"variable": "SB_X", "value": "1"},
    ),
    "move": (
        lambda to: to.channels.move("1.2", app="sb-x", app_args=("adopt", "2")),
        "fast POST",
        "channels/1.2/move",
        {"app": "sb-x", "appArgs": "adopt,2"},
    ),
    "back to the dialplan": (
        lambda to: to.channels.continue_in_dialplan("1.2"),
        "fast POST",
        "channels/1.2/continue",
        {},
    ),
    "to a place in the dialplan": (
        lambda to: to.channels.continue_in_dialplan("1.2", context="c", extension="e", priority=1),
        "fast POST",
        "channels/1.2/continue",
        {"context": "c", "extension": "e", "priority": 1},
    ),
    "list bridges": (lambda to: to.bridges.list(), "slow GET", "bridges", {}),
    "get a bridge": (lambda to: to.bridges.get("b-1"), "fast GET", "bridges/b-1", {}),
    "create a bridge": (
        lambda to: to.bridges.create("b-1"),
        "fast POST",
        "bridges/b-1",
        {"type": "mixing,video_sfu"},
    ),
    "add two": (
        lambda to: to.bridges.add("b-1", "1.2", "leg-1"),
        "fast POST",
        "bridges/b-1/addChannel",
        {"channel": ["1.2", "leg-1"]},
    ),
    "add one that may be playing": (
        lambda to: to.bridges.add("b-1", "1.2", slow=True),
        "slow POST",
        "bridges/b-1/addChannel",
        {"channel": ["1.2"]},
    ),
    "remove": (
        lambda to: to.bridges.remove("b-1", "1.2"),
        "fast POST",
        "bridges/b-1/removeChannel",
        {"channel": ["1.2"]},
    ),
    "destroy a bridge": (lambda to: to.bridges.destroy("b-1"), "fast DELETE", "bridges/b-1", {}),
    "get a playback": (lambda to: to.playbacks.get("p-1"), "fast GET", "playbacks/p-1", {}),
    "stop a playback": (lambda to: to.playbacks.stop("p-1"), "fast DELETE", "playbacks/p-1", {}),
    "get a recording": (lambda to: to.recordings.get("m-1"), "fast GET", "recordings/live/m-1", {}),
    "stop a recording": (lambda to: to.recordings.stop("m-1"), "fast POST", "recordings/live/m-1/stop", {}),
    "list endpoints": (lambda to: to.endpoints.list(), "slow GET", "endpoints", {}),
    "get an endpoint": (lambda to: to.endpoints.get("anna"), "fast GET", "endpoints/PJSIP/anna", {}),
    "get an application": (lambda to: to.applications.get("sb-x"), "slow GET", "applications/sb-x", {}),
    "subscribe": (
        lambda to: to.applications.subscribe("sb-x", "endpoint:PJSIP/anna"),
        "fast POST",
        "applications/sb-x/subscription",
        {"eventSource": ["endpoint:PJSIP/anna"]},
    ),
    "unsubscribe": (
        lambda to: to.applications.unsubscribe("sb-x", "bridge:b-1"),
        "fast DELETE",
        "applications/sb-x/subscription",
        {"eventSource": ["bridge:b-1"]},
    ),
    "allow events, and answers always": (
        lambda to: to.applications.allow("sb-x", [StasisStart, ChannelDestroyed, StasisStart]),
        "fast PUT",
        "applications/sb-x/eventFilter",
        {
            "allowed": [
                {"type": "RESTResponse"},
                {"type": "ApplicationReplaced"},
                {"type": "StasisStart"},
                {"type": "ChannelDestroyed"},
            ]
        },
    ),
    "info": (lambda to: to.asterisk.info(), "fast GET", "asterisk/info", {"only": ["system", "status"]}),
    "ping": (lambda to: to.asterisk.ping(), "fast GET", "asterisk/ping", {}),
    "a global variable": (
        lambda to: to.asterisk.set_global("SB_UNCLAIMED", ""),
        "fast POST",
        "asterisk/variable",
        {"variable": "SB_UNCLAIMED", "value": ""},
    ),
    "reload": (lambda to: to.asterisk.reload("res_pjsip.so"), "slow PUT", "asterisk/modules/res_pjsip.so", {}),
}


@pytest.mark.parametrize(("do", "how", "uri", "parameters"), COMMANDS.values(), ids=COMMANDS)
def test_a_method_asks_for(do: Do, how: str, uri: str, parameters: dict[str, Any]) -> None:
    to = Noted()
    reply = do(to)
    assert (f"{to.lane} {to.method}", to.uri, to.parameters) == (how, uri, parameters)
    assert reply.command == f"{to.method} {uri}"


WRONG: dict[str, Do] = {
    "another resource": lambda to: to.channels.answer("1/../2"),
    "an encoded slash": lambda to: to.channels.answer("a%2Fb"),
    "an empty id": lambda to: to.channels.hang_up(""),
    "a query": lambda to: to.bridges.destroy("b?x=1"),
    "a line break": lambda to: to.playbacks.stop("p\n"),
    "an id without end": lambda to: to.bridges.get("b" * 121),
    "a recording's path": lambda to: to.channels.record("1.2", name="../x"),
    "nobody to add": lambda to: to.bridges.add("b-1"),
    "nothing to play": lambda to: to.channels.play("1.2", [], playback_id="p-1"),
    "media that Asterisk never ends": lambda to: to.channels.play("1.2", ["file:/x"], playback_id="p-1"),
    "a comma in an argument": lambda to: to.channels.originate("PJSIP/a", channel_id="l", app="x", app_args=("a,b",)),
    "a variable that reads a file": lambda to: to.channels.variable("1.2", "AST_CONFIG(ari.conf,u,password)"),
    "a variable that fetches": lambda to: to.channels.variable("1.2", "CURL(x)"),
    "a strange event source": lambda to: to.applications.subscribe("sb-x", "channel:1,bridge:2"),
}


@pytest.mark.parametrize("do", WRONG.values(), ids=WRONG)
def test_what_must_not_be_sent_is_refused(do: Do) -> None:
    to = Noted()
    with pytest.raises(ValueError, match=r".+"):
        do(to)
    assert to.lane == ""


@pytest.mark.parametrize("text", ["1732407469.12", "leg-1732407469.12-1", "pbx-1732407469.12", "sb_main"])
def test_asterisks_own_ids_and_ours_pass(text: str) -> None:
    assert ident(text) == text
