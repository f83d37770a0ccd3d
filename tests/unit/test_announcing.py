"""``endpoints.json``: it tells where calls are served, and no call depends on its being there."""

import asyncio
import os
from contextlib import suppress
from pathlib import Path

import pytest

from ari_app.announcing import Announcement
from ari_app.pbx.asterisk import Asterisk, Program
from premises.installation import Installation
from tests.asterisk import bare

API = {"ready": "http://127.0.0.1:1/ready"}


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    installation = Installation(tmp_path)
    installation.prepare()
    (installation.pbx / "run").mkdir()
    (installation.pbx / "run" / "asterisk.pid").write_text("1\n")
    return installation


@pytest.fixture
def announcement(installation: Installation) -> Announcement:
    pbx = bare.plan(installation.pbx)
    return Announcement(installation, "sb-1", pbx, Asterisk(Program(path=Path("asterisk")), pbx, installation.pbx))


def test_it_is_there_while_the_engine_serves(installation: Installation, announcement: Announcement) -> None:
    with announcement.made(API):
        assert installation.endpoints().engine == os.getpid()
    assert not installation.is_announced()


@pytest.mark.parametrize("content", [b"", b"{", b'{"app": "\xff"}'])
async def test_one_that_is_damaged_is_written_anew(
    installation: Installation, announcement: Announcement, content: bytes
) -> None:
    with announcement.made(API):
        installation.endpoints_file.write_bytes(content)
        announcement.renew()
        await _until_announced(installation, announcement)


async def test_a_disk_that_takes_nothing_keeps_no_engine_from_serving(
    installation: Installation, announcement: Announcement
) -> None:
    in_the_way = installation.folder / f"endpoints.json.{os.getpid()}.new"
    in_the_way.mkdir()
    with announcement.made(API):
        assert not installation.is_announced()
        in_the_way.rmdir()
        await _until_announced(installation, announcement)


async def _until_announced(installation: Installation, announcement: Announcement) -> None:
    staying = asyncio.create_task(announcement.stay())
    async with asyncio.timeout(10):
        while not installation.is_announced() and not staying.done():  # noqa: ASYNC110 - a file tells nobody
            await asyncio.sleep(0.05)
    staying.cancel()
    with suppress(asyncio.CancelledError):
        await staying
    assert installation.endpoints().api == API


async def test_it_is_told_anew_once_an_asterisk_runs_again(
    installation: Installation, announcement: Announcement
) -> None:
    running = installation.pbx / "run" / "asterisk.pid"
    with announcement.made(API):
        running.unlink()
        installation.endpoints_file.unlink()  # as an engine does that came after this one and ends
        announcement.renew()
        assert not installation.is_announced()
        running.write_text("4712")
        await _until_announced(installation, announcement)
        assert installation.endpoints().pbx == 4712
