"""Calls are taken over whether the register tells of them or not."""

import time
from typing import TYPE_CHECKING, cast

import pytest

from ari_app.adoption import remembered
from ari_app.adoption.remembered import Remembered
from db.records import CallRow
from db.stories import CallStory
from tests.integration.rows import call

if TYPE_CHECKING:
    from db.stories import Stories

STORY = CallStory(call=call("1.1"), legs=(), recording=None, messages=())


class Register:
    """Knows one call, if it is asked at a good moment."""

    def __init__(self, seconds: float = 0.0, fault: Exception | None = None) -> None:
        self._seconds = seconds
        self._fault = fault

    def story(self, _: str) -> CallStory:
        self._think()
        return STORY

    def open_calls(self) -> tuple[CallRow, ...]:
        self._think()
        return (STORY.call,)

    def _think(self) -> None:
        time.sleep(self._seconds)
        if self._fault:
            raise self._fault


@pytest.mark.parametrize(
    ("register", "story", "open_calls"),
    [
        pytest.param(Register(), STORY, (STORY.call,), id="it knows"),
        pytest.param(Register(seconds=0.2), None, (), id="it takes too long"),
        pytest.param(Register(fault=OSError("away")), None, (), id="it is away"),
    ],
)
async def test_what_the_register_tells_in_time(
    register: Register, story: CallStory | None, open_calls: tuple[CallRow, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembered, "STORY_SECONDS", 0.05)
    it = Remembered(cast("Stories", register), lambda _: {})
    assert (await it.story("1.1"), await it.open_calls()) == (story, open_calls)
