"""What is said becomes what Asterisk can play: a list of media URIs.

===========  ==========================================================================================
piece        media
===========  ==========================================================================================
Words        ``sound:`` with a file in the cache, spoken by espeak-ng the first time it is wanted
Stock        ``sound:`` with Asterisk's own recording in the language, by its full path
Recorded     ``sound:`` with the company's own recording
Number       ``sound:`` with the one recording of it among Asterisk's own, if there is one; words if there is none
===========  ==========================================================================================

A sound's full path does not depend on the channel's language. A piece that cannot be said is left out, with a line in
the log: a caller who misses a sentence is better off than one who is dropped (T4). `prepare` finds such pieces before
there is a caller.

A cached file is named by the hash of all that decides how it sounds, never by the text, which may tell of a debt (D26).
"""

import asyncio
import glob
import hashlib
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import structlog

from dialplan import private
from premises import wav
from premises.espeak import Espeak, Unspoken
from premises.utterance import Utterance, audible, every_piece
from routing.rulebook import Rulebook
from routing.speech import Recorded, Speech, Stock, Words

MEDIA_SECONDS = 5.0
"""For what of a speech was not spoken yet: the caller hears nothing meanwhile, and a hang-up is noticed after it."""
_AT_ONCE = 2  # programs that speak at the same time: the calls need the processor, too
_KEPT_SECONDS = 24 * 3600.0

log = structlog.get_logger()

Progress = Callable[[int, int], None]
"""Told how many of how many texts are done."""


class Voice:
    """The company's voice: one per engine.

    ``folder``: the cache, made when it is missing. ``sounds``: Asterisk's sounds, a folder per language in it.
    ``recorded``: where the rule file's own recordings are.
    """

    def __init__(self, espeak: Espeak, folder: Path, sounds: Path, recorded: Path) -> None:
        self._espeak = espeak
        self._folder = folder.resolve()
        self._sounds = sounds
        self._recorded = recorded
        self._version: str | None = None
        self._under_way: dict[Path, asyncio.Task[None]] = {}
        self._turn = asyncio.Semaphore(_AT_ONCE)

    async def media(self, speech: Speech) -> list[str]:
        """What to play, in this order. Whatever cannot be said is missing and in the log; nothing is raised.

        So is what cannot be said in time, when many callers are to hear what only they are told: the next one hears it.
        """
        uris, until = [], asyncio.get_running_loop().time() + MEDIA_SECONDS
        for piece in audible(speech, self._is_there):
            try:
                async with asyncio.timeout_at(until):
                    uris.append(await self._uri(piece, speech.language))
            except (Unspoken, TimeoutError) as why:
                told = str(why) or f"it was not spoken within {MEDIA_SECONDS:g} s"
                log.warning("voice.unspoken", language=speech.language, piece=type(piece).__name__, why=told)
        return uris

    async def prepare(self, rulebook: Rulebook, progress: Progress = lambda done, of: None) -> tuple[str, ...]:
        """Speak every text of the rules beforehand, so that no caller waits for it; say what cannot be said, and why.

        What was spoken for single calls (an amount, say) and is older than a day is removed from the cache.
        """
        with suppress(Unspoken):  # each of the texts will say so
            await self._known_version()  # asked once, not by each text for itself
        wanted = list(every_piece(rulebook, self._is_there))
        keep: set[str] = set()
        mistakes: set[str] = set()
        for done, attempt in enumerate(asyncio.as_completed([self._attempt(*each) for each in wanted]), start=1):
            uri, mistake = await attempt
            keep.add(Path(uri).name)
            mistakes |= {mistake} if mistake else set()
            progress(done, len(wanted))
        await asyncio.to_thread(_forget, self._folder, keep)
        return tuple(sorted(mistakes))

    async def _attempt(self, piece: Utterance, language: str) -> tuple[str, str | None]:
        """The piece's media, or what is wrong with it."""
        try:
            return await self._uri(piece, language), None
        except Unspoken as why:
            words = f' (in "{piece.text}")' if isinstance(piece, Words) else ""
            return "", f"{language}: {why}{words}"

    async def _uri(self, piece: Utterance, language: str) -> str:
        match piece:
            case Words(text):
                return _sound(await self._words(text, language))
            case Stock(name):
                return _sound(_stock(self._sounds / language, name))
            case Recorded(file):
                return _sound(_playable(_inside(self._recorded, file)))

    def _is_there(self, language: str, name: str) -> bool:
        try:
            return bool(_stock(self._sounds / language, name))
        except Unspoken:
            return False

    async def _words(self, text: str, language: str) -> Path:
        """The file with these words. Those who want the same words at the same time wait for one synthesis."""
        file = self._folder / f"{_key(self._espeak, await self._known_version(), text, language)}.wav"
        if file in self._under_way or not _is_there(file):
            # who hangs up meanwhile does not take the others' words away
            await asyncio.shield(self._under_way.get(file) or self._begin(text, language, file))
        return file

    async def _known_version(self) -> str:
        if self._version is None:
            self._version = await self._espeak.version()
        return self._version

    def _begin(self, text: str, language: str, file: Path) -> asyncio.Task[None]:
        task = self._under_way[file] = asyncio.create_task(self._synthesise(text, language, file))
        task.add_done_callback(lambda task: self._end(file, task))
        return task

    def _end(self, file: Path, task: asyncio.Task[None]) -> None:
        del self._under_way[file]
        if not task.cancelled():
            task.exception()  # everybody who wanted these words may have hung up, and nobody asks for it

    async def _synthesise(self, text: str, language: str, file: Path) -> None:
        async with self._turn:
            samples = await self._espeak.speak(text, language)
        try:
            await asyncio.to_thread(_keep, file, samples)
        except OSError as error:
            raise Unspoken(f"{file} cannot be written: {error.strerror}") from error


def _key(espeak: Espeak, version: str, text: str, language: str) -> str:
    parts = (version, espeak.voice(language), str(espeak.rate), text)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def _is_there(file: Path) -> bool:
    """A look at a local folder takes microseconds: less than asking a thread to do it."""
    return file.is_file()


def _keep(file: Path, samples: bytes) -> None:
    private.make(file.parent)
    private.write(file, wav.header(len(samples) // 2) + samples)


def _forget(folder: Path, keep: set[str]) -> None:
    limit = time.time() - _KEPT_SECONDS
    for file in folder.glob("*.wav"):
        with suppress(FileNotFoundError):  # another engine of the installation forgets it, too
            if file.stem not in keep and file.stat().st_mtime < limit:
                file.unlink()


def _sound(file: Path) -> str:
    """Asterisk chooses the ending itself."""
    return f"sound:{file.with_suffix('')}"


def _inside(folder: Path, name: str) -> Path:
    """The file's absolute path. Raises Unspoken where it lies outside the folder."""
    file = (folder / name).resolve()
    if not file.is_relative_to(folder.resolve()):
        raise Unspoken(f"{name} is not inside {folder}")
    return file


def _stock(folder: Path, name: str) -> Path:
    """One of Asterisk's recordings, in whatever formats it is there. Raises Unspoken."""
    there = _inside(folder, name)
    try:
        return min(there.parent.glob(f"{glob.escape(there.name)}.*"))
    except ValueError as error:
        raise Unspoken(f"Asterisk has no recording {name} in {folder}") from error


def _playable(file: Path) -> Path:
    """The file, if Asterisk can play it. Raises Unspoken."""
    if file.suffix != ".wav":
        raise Unspoken(f"{file} is no .wav file")
    try:
        sound = wav.inspect(file)
    except OSError as error:
        raise Unspoken(f"{file} cannot be read: {error.strerror}") from error
    except wav.NotAWav as error:
        raise Unspoken(str(error)) from error
    if (sound.rate, sound.channels) != (wav.RATE, 1):
        raise Unspoken(f"{file} must have one channel of 8000 Hz; it has {sound.channels} of {sound.rate} Hz")
    return file
