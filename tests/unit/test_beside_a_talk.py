"""What the one who talks keys in about the recording: in its order, and confirmed in a language of that person's."""

import asyncio
import datetime as dt
from types import SimpleNamespace
from typing import Any, cast

import msgspec
import pytest

from ari_app.ari.events import Channel, ChannelDtmfReceived, Playback, PlaybackFinished, StasisStart
from ari_app.calls.call import Call
from ari_app.oversight.overseen import Overseen
from ari_app.oversight.telling import DONE, tell
from ari_app.oversight.wishes import notice
from db.records import CallRow
from routing.facts import Person
from tests.unit.rulebooks import sample

LEG = "l-1.1-1"
MARK = Person(id="mark", name="Mark", role="operator")


class Beside:
    """A talk of mark's, with an Asterisk that plays at once and is slow to change the recording."""

    def __init__(self, mark: Person = MARK) -> None:
        self.muted: list[bool] = []
        self.played: list[str | None] = []
        self.acts: list[object] = []
        self.slow = asyncio.Event()
        exchange = SimpleNamespace(
            rules=sample,
            staff=lambda: (mark,),
            register=SimpleNamespace(put=self.acts.append),
            mute_recording=self._mute,
            guests={},
        )
        channels = SimpleNamespace(snoop=self._snoop, play=self._play, hang_up=lambda _: None)
        link: Any = SimpleNamespace(channels=channels, forget=lambda _: None, app="sb-1")
        row = CallRow(id="1.1", arrived=dt.datetime.now(dt.UTC), number=None, name=None, dialled="+74950000001")
        self.call = Call(link, cast("Any", exchange), row)
        self.talk = self.call.talk = Overseen(self.call, mark.id, LEG)

    def presses(self, keys: str) -> None:
        for digit in keys:
            notice(self.talk, ChannelDtmfReceived(channel=Channel(id=LEG), digit=digit))

    async def _mute(self, _: str, mute: bool) -> None:
        await self.slow.wait()
        self.muted.append(mute)

    async def _snoop(self, _: str, *, snoop_id: str, **_rest: object) -> None:
        self.talk.hear(StasisStart(channel=Channel(id=snoop_id)))

    def _play(self, _: str, __: object, *, playback_id: str, language: str | None = None) -> None:
        self.played.append(language)
        self.talk.hear(PlaybackFinished(playback=Playback(id=playback_id, state="done")))


@pytest.mark.parametrize(
    ("keys", "muted"),
    [
        pytest.param("*2", [True], id="paused"),
        pytest.param("*2*2", [True], id="paused once"),
        pytest.param("*2*3", [True, False], id="and on"),
        pytest.param("*2*3*2", [True, False, True], id="and paused again before Asterisk has done either"),
        pytest.param("*3*2", [False, True], id="paused while another engine's pause is ended"),
    ],
)
async def test_what_is_keyed_in_while_another_wish_is_under_way_is_not_lost(keys: str, muted: list[bool]) -> None:
    beside = Beside()
    beside.presses(keys)
    await asyncio.sleep(0)
    beside.slow.set()
    await beside.talk.end()
    assert beside.muted == muted
    assert (beside.call.pause is not None) is muted[-1]


@pytest.mark.parametrize(
    ("languages", "spoken"),
    [((), "en"), (("ru",), "ru"), (("de", "fa"), "fa"), (("de",), "en")],
    ids=["nothing is known", "the person's", "the first that the company speaks", "none that it speaks"],
)
async def test_it_is_confirmed_in_a_language_of_the_persons(languages: tuple[str, ...], spoken: str) -> None:
    beside = Beside(msgspec.structs.replace(MARK, languages=languages))
    await tell(beside.talk, DONE)
    assert beside.played == [spoken]
