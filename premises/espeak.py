"""Text to sound: espeak-ng speaks, sox makes of it what Asterisk plays.

Both are programs of their own, run once per text with a time limit. The text goes to espeak-ng's standard input, so no
text can be taken for an option; SSML is not switched on, and espeak-ng's own ``[[phonemes]]`` are broken up.
"""

import asyncio
import os
import re
import signal
from collections.abc import Mapping
from contextlib import suppress
from typing import Self

import msgspec

_PHONEMES = re.compile(r"\[(?=\[)")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]+")


class Unspoken(Exception):  # noqa: N818 - the text stays unspoken, the call goes on
    """Something could not be made into sound; the message tells why, never the text: it may tell of a debt (D26)."""


class Espeak(msgspec.Struct, frozen=True, kw_only=True):
    """How to speak."""

    espeak: str
    """The program espeak-ng: a path, or a name on PATH."""
    sox: str
    """The program sox, likewise."""
    voices: Mapping[str, str] = {}
    """espeak-ng's voice for a language where it is not the language's own name: ``{"en": "en-gb-x-rp"}``."""
    rate: int = 150
    """Words per minute. espeak-ng's own 175 is too fast for a telephone."""
    seconds: float = 10.0
    """How long each of the two programs may take for one text; usual are 0.03 s."""

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Self:
        """The programs that the environment names, else those on PATH."""
        return cls(
            espeak=environment.get("SWITCHBOARD_ESPEAK", "espeak-ng"), sox=environment.get("SWITCHBOARD_SOX", "sox")
        )

    def voice(self, language: str) -> str:
        """espeak-ng's name of the voice for this language."""
        return self.voices.get(language, language)

    async def version(self) -> str:
        """Which espeak-ng it is: ``1.51``. Raises Unspoken where it does not run."""
        told = (await self._run((self.espeak, "--version"), b"")).decode(errors="replace")
        found = re.search(r"\d[\w.-]*", told)
        return found[0] if found else "unknown"

    async def speak(self, text: str, language: str) -> bytes:
        """The text as linear samples of 16 bit, 8 kHz. Raises Unspoken."""
        tamed = _PHONEMES.sub("[ ", _CONTROLS.sub(" ", text)).encode()
        asked = ("-v", self.voice(language), "-s", str(self.rate), "--stdin", "--stdout")
        spoken = await self._run((self.espeak, *asked), tamed)
        # espeak-ng cannot know the length when it writes the header into a pipe; -3 dB are headroom for the resampling.
        came = ("-V1", "--ignore-length", "-t", "wav", "-")
        goes = ("-t", "raw", "-e", "signed-integer", "-b", "16", "-L", "-r", "8000", "-c", "1", "-")
        samples = await self._run((self.sox, *came, *goes, "gain", "-n", "-3"), spoken) if spoken else b""
        if not samples:
            raise Unspoken(f"{self.espeak} made no sound")
        return samples

    async def _run(self, command: tuple[str, ...], fed: bytes) -> bytes:
        """What the program answers on standard output."""
        pipe = asyncio.subprocess.PIPE
        try:
            process = await asyncio.create_subprocess_exec(
                *command,
                stdin=pipe if fed else asyncio.subprocess.DEVNULL,
                stdout=pipe,
                stderr=pipe,
                start_new_session=True,
            )
        except OSError as error:
            raise Unspoken(f"{command[0]} cannot be started: {error.strerror}") from error
        try:
            async with asyncio.timeout(self.seconds):
                answer, complaint = await process.communicate(fed or None)
        except TimeoutError as error:
            raise Unspoken(f"{command[0]} took longer than {self.seconds:g} s") from error
        except RuntimeError as error:  # uvloop's for a program that ended before it had read what it was fed
            raise Unspoken(f"{command[0]} failed: {error}") from error
        finally:
            await _end(process)
        if process.returncode:
            raise Unspoken(f"{command[0]} failed: {complaint.decode(errors='replace').strip()}")
        return answer


async def _end(process: asyncio.subprocess.Process) -> None:
    """Leave no program behind, whatever interrupted it: the program may be a script that runs another."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
