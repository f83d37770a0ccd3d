"""Which limit Asterisk has reached, told from its log as 22.10.1 writes it."""

import asyncio
from pathlib import Path

import pytest

from ari_app.pbx import capacity
from ari_app.pbx.capacity import LIMITS, Capacity, reached
from tests.until import until

RTP = "res_rtp_asterisk.c: Oh dear... we couldn't allocate a port for RTP instance '0x7f1'"
FILES = "res_rtp_asterisk.c: Unable to allocate RTP socket: Too many open files"
CALLS = "pbx.c: Maximum call limit of 4 calls exceeded by 'PJSIP/trunk-00000004'!"


def line(text: str, level: str = "WARNING") -> str:
    return f"[2026-11-25 07:06:50.571] {level}[4711][C-00000005] {text}"


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        pytest.param(line(RTP, "ERROR"), ["RTP ports"], id="no RTP port"),
        pytest.param(line(CALLS), ["maxcalls"], id="too many calls"),
        pytest.param(line(FILES), ["file descriptors"], id="no descriptor for a socket"),
        pytest.param(
            line("alertpipe.c: Failed to create alert pipe: Too many open files"),
            ["file descriptors"],
            id="nor for a pipe",
        ),
        pytest.param(line("chan_pjsip.c: Error attempting to place outbound call to 'omid'"), [], id="no reason given"),
        pytest.param(line("pbx.c: Too many open files, says 'x'"), [], id="a caller's text"),
    ],
)
def test_a_line_of_the_log_names_a_limit(text: str, limits: list[str]) -> None:
    assert [limit.name for limit in reached([text.encode()])] == limits


async def test_a_limit_is_counted_and_an_alarm_for_a_while(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capacity, "LOOK_SECONDS", 0.01)
    file, counted = tmp_path / "messages", list[str]()
    file.write_text(line(RTP) + "\n")
    one = Capacity(file, counted.append)
    task = asyncio.create_task(one.watch())
    await asyncio.sleep(0.1)
    assert (counted, one.alarms()) == ([], [])  # that was before
    with file.open("a") as log:
        log.write(f"{line(CALLS)}\n{line(CALLS)}\n")
    await until(lambda: len(counted) == 2)
    file.rename(tmp_path / "messages.old")  # Asterisk is started anew
    file.write_text(f"{line(FILES)}\n")
    await until(lambda: len(counted) == 3)
    task.cancel()
    assert counted == ["maxcalls", "maxcalls", "file descriptors"]
    assert one.alarms() == [f"Asterisk had no more {limit.name}: {limit.to_do}" for limit in LIMITS[1:]]
    monkeypatch.setattr(capacity, "TOLD_SECONDS", 0.0)
    assert one.alarms() == []


async def test_where_there_is_no_log_yet_it_is_awaited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capacity, "LOOK_SECONDS", 0.01)
    file, counted = tmp_path / "messages", list[str]()
    task = asyncio.create_task(Capacity(file, counted.append).watch())
    await asyncio.sleep(0.05)
    file.write_text(f"{line(RTP)}\n")
    await until(lambda: counted)
    task.cancel()
    assert counted == ["RTP ports"]
