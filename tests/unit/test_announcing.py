"""``endpoints.json`` stays true, whatever comes and goes beside the engine."""

import asyncio
from pathlib import Path

import pytest

from ari_app import announcing
from ari_app.announcing import Announcement
from ari_app.pbx.asterisk import Asterisk, Program
from premises.installation import Installation
from tests.integration.until import until
from tests.unit.test_render import PBX


async def test_it_is_told_anew_once_an_asterisk_runs_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(announcing, "LOOK_SECONDS", 0.01)
    installation = Installation(tmp_path)
    installation.prepare()
    running = installation.pbx / "run" / "asterisk.pid"
    running.parent.mkdir()
    running.write_text("4711")
    announcement = Announcement(installation, "sb-1", PBX, Asterisk(Program(path=tmp_path), PBX, installation.pbx))
    with announcement.made({"ready": "http://127.0.0.1:1/ready"}):
        staying = asyncio.create_task(announcement.stay())
        running.unlink()
        installation.endpoints_file.unlink()  # as an engine does that came after this one and ends
        await asyncio.sleep(0.05)
        running.write_text("4712")
        await until(installation.endpoints_file.exists)
        assert installation.endpoints().pbx == 4712
        staying.cancel()
