"""The ARI client's core, which has no socket: what an event costs, and a command with its answer."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import count, cycle

from ari_app.ari.command import Command, given
from ari_app.ari.protocol import Protocol
from ari_app.ari.timings import Timings
from bench.micro.runs import in_turn, processor
from bench.results import Result

_EVENT = (
    '{"type":"StasisStart","timestamp":"2026-11-24T02:03:00.%06d+0000","args":["call","+74950000001"],"channel":{"id":'
    '"1764054000.1","name":"PJSIP/trunk-00000000","state":"Ring","protocol_id":"a1a525bc-7c95-40a5-9d6c-f43c45f849ce",'
    '"caller":{"name":"Caller","number":"+79160000000"},"connected":{"name":"","number":""},"accountcode":"",'
    '"dialplan":{"context":"incoming","exten":"+74950000001","priority":7,"app_name":"Stasis","app_data":"sb,call"},'
    '"creationtime":"2026-11-24T02:02:55.658+0000","language":"en"},"asterisk_id":"02:fc:00:00:00:01",'
    '"application":"sb"}'
)
_ANSWER = (
    '{"type":"RESTResponse","request_id":"%d","status_code":204,"reason_phrase":"No Content","uri":"","headers":[]}'
)


def measures(quick: bool) -> Iterator[Result]:
    """The processor's time for each."""
    variants = {
        "event": partial(processor, _event()),
        "command and answer": partial(processor, _command()),
    }
    yield from in_turn("ARI core", "µs", variants, quick)


def _event() -> Callable[[], object]:
    protocol = Protocol(0.0, Timings())
    frames = [(_EVENT % number).encode() for number in range(10_000)]  # each is new: what comes twice is dropped
    coming = cycle(frames)
    return lambda: protocol.receive(next(coming), 0.0)


def _command() -> Callable[[], object]:
    protocol = Protocol(0.0, Timings())
    numbers = count(1)
    command: Command[None] = Command("POST", "channels", _originate(), None)

    def act() -> object:
        protocol.command(command, 0.0)
        return protocol.receive((_ANSWER % next(numbers)).encode(), 0.0)

    return act


def _originate() -> dict[str, object]:
    return given(
        endpoint="PJSIP/manager00",
        channelId="leg-1764054000.1-1",
        app="sb",
        appArgs="leg",
        originator="1764054000.1",
        timeout=25,
        callerId='"Caller" <+79160000000>',
    )
