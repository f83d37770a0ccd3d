"""The voice: real espeak-ng and sox, and what happens when they fail."""

import asyncio
import os
import shutil
import stat
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from premises import wav
from premises.espeak import Espeak, Unspoken
from premises.voice import Voice
from routing.rulebook import Rulebook
from routing.rules.company import Company
from routing.rules.menus import Choice, Goto, Menu
from routing.rules.routes import Condition, LastResort, Route
from routing.rules.texts import Blank
from routing.speech import Number, Piece, Recorded, Speech, Stock, Words

ESPEAK = os.environ.get("SWITCHBOARD_ESPEAK", "espeak-ng")
SOX = os.environ.get("SWITCHBOARD_SOX", "sox")

MakeVoice = Callable[..., Voice]


@pytest.fixture
def voice(tmp_path: Path) -> MakeVoice:
    """A voice with one stock prompt in English and a few recordings of the company."""
    for folder, content in (("en", wav.header(1) + b"\0\0"), ("own", wav.header(1) + b"\0\0")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "bye.wav").write_bytes(content)
    (tmp_path / "en" / "digits").mkdir()
    for digits in ("0", "1", "12"):
        (tmp_path / "en" / "digits" / f"{digits}.wav").touch()
    (tmp_path / "own" / "stereo.wav").write_bytes(wav.header(1, channels=2) + bytes(4))
    (tmp_path / "own" / "ogg.wav").write_bytes(b"OggS" + bytes(60))

    def make(**settings: object) -> Voice:
        espeak = Espeak(**{"espeak": ESPEAK, "sox": SOX, **settings})  # type: ignore[arg-type]
        return Voice(espeak, tmp_path / "cache", tmp_path, tmp_path / "own")

    return make


def slow(tmp_path: Path) -> str:
    """An espeak-ng that tells how often it spoke, and takes its time."""
    program = tmp_path / "espeak"
    program.write_text(
        f'''#!/bin/sh
case $1 in --version) echo 1.0; exit ;; esac
echo >>"{tmp_path}/spoken"
sleep "${{SLOW:-0.2}}"
exec "$(command -v '{ESPEAK}')" "$@"
'''
    )
    program.chmod(0o755)
    return str(program)


def silent(tmp_path: Path) -> str:
    """A program that says nothing, not even its version."""
    program = tmp_path / "silent"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    return str(program)


async def begun(tmp_path: Path) -> None:
    while not (tmp_path / "spoken").exists():  # noqa: ASYNC110 - another process writes it
        await asyncio.sleep(0.01)


def file_of(uri: str) -> Path:
    assert uri.startswith("sound:/")
    return Path(uri.removeprefix("sound:") + ".wav")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        pytest.param("en", "Welcome to the Northern Larder.", id="English"),
        pytest.param("ru", "Здравствуйте", id="Russian"),
        pytest.param("fa", "به انبار شمالی خوش آمدید.", id="Persian"),
        pytest.param("en", "--version", id="looks like an option"),
        pytest.param("en", "-f/etc/passwd", id="looks like a file"),
        pytest.param("en", "two\nlines & <more>; $(x)", id="looks like a command"),
        pytest.param("en", "[[hello]]", id="looks like phonemes"),
    ],
)
async def test_a_text_becomes_a_file_that_asterisk_plays(voice: MakeVoice, language: str, text: str) -> None:
    (uri,) = await voice().media(Speech(language, (Words(text),)))
    sound = wav.inspect(file_of(uri))
    assert (sound.rate, sound.channels, sound.closed) == (8000, 1, True)
    assert 0.2 < sound.seconds < 6


async def test_a_files_name_tells_nothing_and_only_its_owner_reads_it(voice: MakeVoice) -> None:
    (uri,) = await voice().media(Speech("en", (Words("You owe 700 roubles"),)))
    file = file_of(uri)
    assert len(file.stem) == 32
    assert set(file.stem) <= set("0123456789abcdef")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert [path.name for path in file.parent.iterdir()] == [file.name]


async def test_the_same_words_are_spoken_once(voice: MakeVoice, tmp_path: Path) -> None:
    one = voice(espeak=slow(tmp_path))
    hello = Speech("en", (Words("Hello"),))
    answers = await asyncio.gather(*(one.media(hello) for _ in range(5)))
    answers += [await one.media(hello), await voice(espeak=slow(tmp_path)).media(hello)]
    assert all(answer == answers[0] for answer in answers)
    assert (tmp_path / "spoken").read_text() == "\n"


@pytest.mark.parametrize(
    "other", [pytest.param({"rate": 100}, id="rate"), pytest.param({"voices": {"en": "en-gb"}}, id="voice")]
)
async def test_what_sounds_different_is_another_file(voice: MakeVoice, other: dict[str, object]) -> None:
    hello = Speech("en", (Words("Hello"),))
    assert await voice().media(hello) != await voice(**other).media(hello)


async def test_a_caller_who_leaves_does_not_take_the_words_from_the_others(voice: MakeVoice, tmp_path: Path) -> None:
    one = voice(espeak=slow(tmp_path))
    hello = Speech("en", (Words("Hello"),))
    leaves, stays = (asyncio.create_task(one.media(hello)) for _ in range(2))
    await begun(tmp_path)
    leaves.cancel()
    assert len(await stays) == 1
    assert leaves.cancelled()


async def test_a_failure_that_nobody_waits_for_disturbs_nobody(voice: MakeVoice, tmp_path: Path) -> None:
    one = voice(espeak=slow(tmp_path), sox="/usr/bin/false")
    leaves = asyncio.create_task(one.media(Speech("en", (Words("Hello"),))))
    await begun(tmp_path)
    leaves.cancel()
    assert await one.media(Speech("en", (Words("Hello"), Number(1)))) == [f"sound:{tmp_path}/en/digits/1"]


async def test_recordings_are_played_from_their_folders(voice: MakeVoice, tmp_path: Path) -> None:
    played = await voice().media(Speech("en", (Stock("bye"), Recorded("bye.wav"), Number(12))))
    assert played == [f"sound:{tmp_path}/en/bye", f"sound:{tmp_path}/own/bye", f"sound:{tmp_path}/en/digits/12"]


async def test_a_number_is_spoken_where_no_one_recording_of_it_is_there(voice: MakeVoice) -> None:
    (played,) = await voice().media(Speech("ru", (Number(12),)))
    assert wav.inspect(file_of(played)).seconds > 0.2


UNPLAYABLE = [
    pytest.param("en", Stock("nothing"), "no recording nothing", id="no such stock prompt"),
    pytest.param("fa", Stock("bye"), "no recording bye", id="a stock prompt in a language without any"),
    pytest.param("en", Stock("../own/bye"), "not inside", id="a stock prompt from elsewhere"),
    pytest.param("en", Recorded("nothing.wav"), "No such file", id="no such file"),
    pytest.param("en", Recorded("/etc/passwd"), "not inside", id="another folder's file"),
    pytest.param("en", Recorded("bye.mp3"), "no .wav", id="an mp3"),
    pytest.param("en", Recorded("ogg.wav"), "no wav file", id="something else in a .wav"),
    pytest.param("en", Recorded("stereo.wav"), "must have one channel", id="stereo"),
    pytest.param("xx", Words("Hello"), "voice does not exist", id="a language that espeak-ng does not speak"),
]


@pytest.mark.parametrize(("language", "piece", "why"), UNPLAYABLE)
async def test_a_piece_that_cannot_be_said_is_left_out_and_logged(
    voice: MakeVoice, language: str, piece: Piece, why: str
) -> None:
    with capture_logs() as logs:
        assert await voice().media(Speech(language, (piece,))) == []
    assert why in logs[0]["why"]


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        pytest.param({"espeak": "/nowhere/espeak"}, "cannot be started", id="no espeak-ng"),
        pytest.param({"sox": "/nowhere/sox"}, "cannot be started", id="no sox"),
        pytest.param({"sox": "/usr/bin/false"}, "failed", id="sox fails"),
        pytest.param({"sox": "/usr/bin/true"}, "made no sound", id="sox gives nothing"),
        pytest.param({"seconds": 0.1, "slow": True}, "longer than 0.1 s", id="espeak-ng hangs"),
    ],
)
async def test_programs_that_fail_cost_the_words_and_not_the_call(
    voice: MakeVoice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: dict[str, object], why: str
) -> None:
    monkeypatch.setenv("SLOW", "30")
    if settings.pop("slow", False):
        settings["espeak"] = slow(tmp_path)
    with capture_logs() as logs:
        said = await voice(**settings).media(Speech("en", (Words("You owe 700"), Stock("bye"))))
    assert said == [f"sound:{tmp_path}/en/bye"]
    assert why in logs[0]["why"]
    assert "700" not in str(logs)


async def test_who_speaks_too_slowly_keeps_no_caller_waiting_and_has_it_for_the_next(
    voice: MakeVoice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("premises.voice.MEDIA_SECONDS", 0.1)
    one, told = voice(espeak=slow(tmp_path)), Speech("en", (Words("You are third"), Stock("bye")))
    with capture_logs() as logs:
        assert await one.media(told) == [f"sound:{tmp_path}/en/bye"]
    assert "within 0.1 s" in logs[0]["why"]
    monkeypatch.setattr("premises.voice.MEDIA_SECONDS", 30.0)
    assert len(await one.media(told)) == 2
    assert (tmp_path / "spoken").read_text() == "\n"


async def test_a_cache_that_cannot_be_written_costs_the_words_only(voice: MakeVoice, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("in the way")
    with capture_logs() as logs:
        assert await voice().media(Speech("en", (Words("Hello"),))) == []
    assert "cannot be written" in logs[0]["why"]


async def test_which_espeak_it_is(tmp_path: Path) -> None:
    assert (await Espeak(espeak=ESPEAK, sox=SOX).version())[0].isdigit()
    assert await Espeak(espeak=silent(tmp_path), sox=SOX).version() == "unknown"
    with pytest.raises(Unspoken):
        await Espeak(espeak="/usr/bin/false", sox=SOX).version()


def rulebook(*pieces: Piece | Blank, language: str = "en") -> Rulebook:
    """Rules that say these pieces in a menu and in a route, and little else."""
    text = {language: pieces}
    nowhere = Goto(goodbye="goodbye")
    asked = Menu(name="main", say=text, keys={}, seconds=1, tries=1, otherwise=Choice(line=1), line=1)
    route = Route(rule="D3", when=Condition(), tell=(text,), otherwise=nowhere, line=2)
    company = Company(name={language: "Larder"}, country="RU", timezone="Europe/Moscow", languages=(language,))
    return Rulebook(
        version="0", company=company, roles=(), departments=(), customers=(), intents=(), hours={}, holidays=(),
        callers={}, outside=(), groups={}, lines={}, menus={"main": asked}, routes=(route,), boxes={}, debt=None,
        goodbye={language: (Stock("bye"),)}, last_resort=LastResort(goto=nowhere, line=3),
    )  # fmt: skip


async def test_prepared_texts_are_spoken_before_there_is_a_caller(voice: MakeVoice, tmp_path: Path) -> None:
    one, steps = voice(espeak=slow(tmp_path)), []
    rules = rulebook(Words("Welcome to "), Blank("company"), Words(". You owe "), Blank("overdue"))
    assert await one.prepare(rules, lambda done, of: steps.append((done, of))) == ()
    await one.media(Speech("en", (Words("Welcome to Larder. You owe "), Number(12))))
    assert (tmp_path / "spoken").read_text() == "\n"
    assert steps == [(done, 5) for done in range(1, 6)]


@pytest.mark.parametrize(("language", "piece", "why"), UNPLAYABLE)
async def test_preparing_names_what_cannot_be_said(
    voice: MakeVoice, language: str, piece: Piece, why: str, tmp_path: Path
) -> None:
    shutil.copytree(tmp_path / "en", tmp_path / "xx")
    mistakes = await voice().prepare(rulebook(piece, language=language))
    assert any(mistake.startswith(f"{language}: ") and why in mistake for mistake in mistakes)


async def test_what_was_spoken_for_single_calls_is_forgotten_after_a_day(voice: MakeVoice) -> None:
    one = voice()
    old, new, fixed = [
        file_of((await one.media(Speech("en", (Words(text),))))[0]) for text in ("You owe 1", "You owe 2", "Welcome")
    ]
    for file in (old, fixed):
        os.utime(file, (time.time() - 90_000,) * 2)
    await one.prepare(rulebook(Words("Welcome")))
    assert [file.exists() for file in (old, new, fixed)] == [False, True, True]
