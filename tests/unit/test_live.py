"""Asking engines about a call that goes on: the one that has it answers, and nobody waits for one that cannot."""

import asyncio
import datetime as dt
import stat
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from ari_app.live.window import MOST, asked_at
from premises.asking import NoAnswer, NoCall, NoEngine, NotAsked, ask, ask_any, who_waits
from premises.asks import LONGEST, Answer, Ask, Done, NotMine, PauseRecording, Refused, Waits, WhoWaits
from premises.clock import now

SOON = 0.3
"""Seconds, for one that does not answer at all."""
LONG = 30.0

Do = Callable[[Ask], Awaitable[Answer]]


def question(call: str = "1.1", seconds: float = LONG) -> Ask:
    until = now() + dt.timedelta(seconds=seconds)
    return PauseRecording(call=call, by="olga", talking="olga", until=until, reason="card number")


def has(call: str) -> Do:
    """An engine that has this call alone, and tells what it was asked."""

    async def do(ask: Ask) -> Answer:
        return Refused(f"{ask.by} asked for {ask.call}") if ask.call == call else NotMine()

    return do


async def stands_still(_: Ask) -> Answer:
    await asyncio.sleep(LONG)
    return Done()


async def fails(_: Ask) -> Answer:
    raise ZeroDivisionError


def names(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}


@asynccontextmanager
async def engines(folder: Path, *each: Do) -> AsyncIterator[None]:
    async with AsyncExitStack() as stack:
        for number, do in enumerate(each):
            await stack.enter_async_context(asked_at(folder, f"sb-{number}", do))
        yield


@pytest.mark.parametrize(
    ("each", "answer"),
    [
        pytest.param([has("1.1")], Refused("olga asked for 1.1"), id="the only one"),
        pytest.param([has("2.2"), has("1.1"), has("3.3")], Refused("olga asked for 1.1"), id="one of three"),
        pytest.param([stands_still, has("1.1")], Refused("olga asked for 1.1"), id="beside one that stands still"),
        pytest.param([fails, has("1.1")], Refused("olga asked for 1.1"), id="beside one that fails"),
        pytest.param([], NoEngine, id="none serves"),
        pytest.param([has("2.2")], NoCall, id="nobody has it"),
        pytest.param([has("2.2"), stands_still], NoAnswer, id="the one that may have it stands still"),
        pytest.param([fails], NoAnswer, id="the one that may have it fails"),
    ],
)
async def test_who_has_the_call_answers(tmp_path: Path, each: list[Do], answer: Answer | type[NotAsked]) -> None:
    seconds = SOON if stands_still in each and answer is NoAnswer else LONG
    async with engines(tmp_path / "asks", *each):
        if isinstance(answer, type):
            with pytest.raises(answer):
                await ask(tmp_path / "asks", question(), seconds)
        else:
            assert await ask(tmp_path / "asks", question(), seconds) == answer


@pytest.mark.parametrize(
    ("each", "answer"),
    [
        pytest.param([has("2.2"), has("1.1")], Refused("olga asked for 1.1"), id="the first that can"),
        pytest.param([has("1.1"), has("1.1")], Refused("olga asked for 1.1"), id="one of two alone"),
        pytest.param([fails, fails], NoAnswer, id="no other after one that does not answer"),
        pytest.param([stands_still, stands_still], NoAnswer, id="no other after one that stands still"),
        pytest.param([has("2.2")], NoEngine, id="none takes calls"),
        pytest.param([], NoEngine, id="none serves"),
    ],
)
async def test_what_one_engine_is_to_do_is_never_done_twice(
    tmp_path: Path, each: list[Do], answer: Answer | type[NotAsked]
) -> None:
    begun: list[Do] = []

    def counted(do: Do) -> Do:
        async def count(ask: Ask) -> Answer:
            begun.append(do)
            answer = await do(ask)
            if answer == NotMine():
                begun.remove(do)
            return answer

        return count

    async with engines(tmp_path / "asks", *map(counted, each)):
        if isinstance(answer, type):
            with pytest.raises(answer):
                await ask_any(tmp_path / "asks", question(), SOON if stands_still in each else LONG)
        else:
            assert await ask_any(tmp_path / "asks", question(), LONG) == answer
    assert len(begun) <= 1


def in_line(call: str) -> Waits:
    return Waits(call=call, queue="operators", since=now(), offered=None)


async def test_all_engines_tell_who_waits_with_them(tmp_path: Path) -> None:
    one, others = (in_line("1.1"),), tuple(in_line(f"2.{number}") for number in range(1000))
    async with asked_at(tmp_path, "sb-1", fails, lambda: one), asked_at(tmp_path, "sb-2", fails, lambda: others):
        assert set(await who_waits(tmp_path, WhoWaits(until=now() + dt.timedelta(seconds=LONG)), LONG)) == {
            *one,
            *others,
        }


@pytest.mark.parametrize(("seconds", "why"), [(LONG, NoAnswer), (-1.0, NoEngine)], ids=["fails", "stood still"])
async def test_who_waits_is_not_made_up(tmp_path: Path, seconds: float, why: type[NotAsked]) -> None:
    def lost() -> tuple[Waits, ...]:
        raise ZeroDivisionError

    async with asked_at(tmp_path, "sb-1", fails, lost):
        with pytest.raises(why):
            await who_waits(tmp_path, WhoWaits(until=now() + dt.timedelta(seconds=seconds)), LONG)


async def test_an_engine_that_is_gone_is_nobody_and_the_next_one_clears_it_away(tmp_path: Path) -> None:
    async with engines(tmp_path, has("1.1")):
        pass
    with pytest.raises(NoEngine):
        await ask(tmp_path, question(), LONG)
    async with asked_at(tmp_path, "sb-next", has("1.1")):
        assert names(tmp_path) == {"sb-next"}
        async with asked_at(tmp_path, "sb-other", has("2.2")):
            assert names(tmp_path) == {"sb-next", "sb-other"}


async def test_what_is_no_engine_s_keeps_none_from_serving(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_bytes(b"\0")
    async with asked_at(tmp_path, "sb-1", has("1.1")):
        assert isinstance(await ask(tmp_path, question(), SOON), Refused)


async def test_nobody_else_can_open_it(tmp_path: Path) -> None:
    async with engines(tmp_path / "asks", has("1.1")):
        modes = [stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "asks", tmp_path / "asks" / "sb-0")]
    assert modes == [0o700, 0o600]


async def test_what_nobody_waits_for_any_more_is_not_done(tmp_path: Path) -> None:
    async with engines(tmp_path, has("1.1")):
        answer = await ask(tmp_path, question(seconds=-1.0), LONG)
    assert answer == Refused("too late: this engine stood still")


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        pytest.param(b"{}\n", "Refused", id="nothing"),
        pytest.param(b"\xff\n", "Refused", id="no text"),
        pytest.param(b'{"type": "FlyAway", "call": "1.1"}\n', "Refused", id="an unknown ask"),
        pytest.param(b"x" * (LONGEST + 1) + b"\n", None, id="too long"),
    ],
)
async def test_what_is_no_ask_is_answered_or_let_go(tmp_path: Path, line: bytes, answer: str | None) -> None:
    async with engines(tmp_path, has("1.1")):
        reader, writer = await asyncio.open_unix_connection(tmp_path / "sb-0")
        writer.write(line)
        told = await reader.readline()
        writer.close()
    assert (msgspec.json.decode(told)["type"] if told else None) == answer


async def test_whoever_says_nothing_keeps_nobody_from_being_heard(tmp_path: Path) -> None:
    async with engines(tmp_path, has("1.1")):
        silent = [await asyncio.open_unix_connection(tmp_path / "sb-0") for _ in range(MOST)]
        with pytest.raises(NoAnswer):
            await ask(tmp_path, question(), LONG)
        for _, writer in silent:
            writer.close()
            await writer.wait_closed()
        async with asyncio.timeout(LONG):
            while await _is_full(tmp_path):  # noqa: ASYNC110 - it is another process, as a rule
                await asyncio.sleep(0.01)


async def _is_full(folder: Path) -> bool:
    try:
        await ask(folder, question(), LONG)
    except NoAnswer:
        return True
    return False
