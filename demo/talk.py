"""What is said and heard in a call: keys, tones and files out; tones, prompts and silence in."""

import asyncio
from collections.abc import Callable, Iterable
from enum import StrEnum
from pathlib import Path

from demo import ear, mouth, tones
from demo.audio import Audio
from demo.errors import Gone, NotInTime
from demo.g711 import Samples
from demo.mouth import Mouth

WITHIN = 10.0
"""Seconds that are waited for what should happen soon."""
LOOK = 0.02
"""Seconds between two looks at what was heard."""
WINDOW_FRAMES = 2
"""Frames that are looked at together: `demo.tones.WINDOW`."""
TONE_WINDOWS = 6
"""How long a tone must sound to be recognised: 240 ms, longer than a vowel keeps one pitch."""
QUIET = 0.8
"""Seconds without speech after which a prompt is over: longer than the pause between two sentences."""


class State(StrEnum):
    """How far a call has come."""

    CALLING = "calling"
    RINGING = "ringing"
    """180."""
    EARLY = "early"
    """183: something may be heard before the answer."""
    ANSWERED = "answered"
    ENDED = "ended"


class Talk:
    """The audio of a call and its state.

    Everything that waits raises `Gone` when the call ends meanwhile and `NotInTime` when it takes longer than
    ``within`` seconds; `hears` and `who` say no instead.
    """

    def __init__(self, audio: Audio) -> None:
        self.state = State.CALLING
        self._audio = audio
        self._mark = 0

    @property
    def audio(self) -> Audio:
        """Its ears and mouth, as the phone's ``audio`` made them."""
        return self._audio

    @property
    def heard(self) -> bytes:
        """All that was heard so far: 8 kHz 16 bit PCM, from the moment the call was placed or came in."""
        return self._audio.ear.pcm()

    @property
    def keys_heard(self) -> str:
        """The keys that the other side pressed."""
        return self._audio.ear.digits

    def save(self, path: Path) -> None:
        """Write what was heard as a wav file."""
        ear.save(self.heard, path)

    # ------------------------------------------------------------------------------------------------------ speaking

    async def press(self, keys: str) -> None:
        """Press these keys; done when the last one is released. What was heard before belongs to no later prompt."""
        mouth = self._mouth
        mouth.press(keys)
        await self._until(lambda: not mouth.is_pressing, WITHIN, "the keys to be pressed")
        self._mark = len(self._audio.ear.frames)

    def play_tone(self, hz: int) -> None:
        """Hum, until told otherwise. The tone is a multiple of 10 Hz."""
        self._mouth.say(mouth.humming(hz, self._mouth.codec))

    async def play(self, path: Path) -> None:
        """Say an 8 kHz 16 bit mono wav file to its end.

        Raises:
            ValueError: it is no such file.
        """
        samples, ours = ear.load(path), self._mouth
        ours.say(mouth.speaking(samples, ours.codec))
        await self._until(lambda: not ours.is_speaking, len(samples) / 8000 + WITHIN, "the file to be played")

    def be_silent(self) -> None:
        """Say nothing; packets of silence are sent on."""
        self._mouth.hush()

    # ----------------------------------------------------------------------------------------------------- listening

    async def prompt_began(self, within: float = WITHIN) -> None:
        """Somebody speaks, or a machine: since the call began, the last key or the last prompt's end."""
        await self._until(lambda: self._silent_for() is not None, within, "a prompt to begin")

    async def prompt_ended(self, within: float = 30.0, quiet: float = QUIET) -> None:
        """A prompt was heard, and ``quiet`` seconds of silence after it."""
        await self._until(lambda: (self._silent_for() or 0.0) >= quiet, within, "a prompt to end")
        self._mark = len(self._audio.ear.frames)

    async def hears(self, hz: float, within: float = 5.0) -> bool:
        """Whether this tone is heard from now on, alone or among others."""
        return await self._listen(lambda samples: "yes" if tones.has_tone(samples, hz) else None, within) is not None

    async def who(self, names: Iterable[str], within: float = 5.0) -> str | None:
        """Who hums alone, from now on: the first one that is clear; None: nobody in time."""
        known = tuple(names)
        return await self._listen(lambda samples: tones.loudest(samples, known), within)

    # -------------------------------------------------------------------------------------------------------- inside

    @property
    def _mouth(self) -> Mouth:
        if not self._audio.is_talking:
            raise Gone("there is no audio in this call yet")
        return self._audio.mouth

    def _silent_for(self) -> float | None:
        return self._audio.ear.silent_for(self._mark, asyncio.get_running_loop().time())

    async def _listen(self, test: Callable[[Samples], str | None], within: float) -> str | None:
        """What the test says of some windows in a row, all alike; None: it does not in time."""
        frames, end = self._audio.ear.frames, asyncio.get_running_loop().time() + within
        place, said, times = len(frames), None, 0
        while times < TONE_WINDOWS:
            if len(frames) < place + WINDOW_FRAMES:
                if self.state is State.ENDED or asyncio.get_running_loop().time() >= end:
                    return None
                await asyncio.sleep(LOOK)
                continue
            now = test(self._audio.ear.samples(place, place + WINDOW_FRAMES))
            said, times = now, times + 1 if now and now == said else int(now is not None)
            place += WINDOW_FRAMES
        return said

    async def _until(self, holds: Callable[[], bool], within: float, what: str) -> None:
        """Wait until it holds, looking every 20 ms."""
        loop = asyncio.get_running_loop()
        end = loop.time() + within
        while not holds():
            if self.state is State.ENDED:
                raise Gone(f"the call ended while waiting for {what}")
            if loop.time() >= end:
                raise NotInTime(f"waited {within:g} s for {what}")
            await asyncio.sleep(LOOK)
