"""The HTTP API does what its description says: asked by Schemathesis all that it allows, and a lot that it does not."""

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path
from subprocess import PIPE, STDOUT

import pytest

from ari_app.live.window import asked_at
from db.register import Register
from premises.asks import Answer, Ask, Done
from tests.integration import rows
from tests.integration.web_api import Api, serving

SECONDS = 5
"""For each of two: what an admin may change, and what a supervisor may hear and do in talks."""
CONFIG = Path(__file__).with_name("schemathesis.toml")


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    with serving(tmp_path_factory.mktemp("var")) as api:
        register = Register(api.database)
        register.put(rows.call("1.1"), rows.leg("leg-1.1-1"), rows.recording("1.1"), rows.message("m-1.1-1"))
        register.put(rows.task("m-1.1-1"))
        register.put(rows.presence("anna"))
        assert register.close() == ()
        yield api


async def done(_: Ask) -> Answer:
    return Done()


@pytest.mark.parametrize("who", ["root", "sveta"])
async def test_it_does_what_its_description_says(api: Api, who: str, tmp_path: Path) -> None:
    options = {
        "--config-file": [str(CONFIG)],
        "run": [f"{api.url}/openapi.json"],
        "--header": [f"Authorization: Bearer {api.tokens[who]}"],
        "--phases": ["coverage,fuzzing"],
        "--max-time": [str(SECONDS)],
        "--checks": ["all"],
        "--exclude-operation-id": ["sign_out"],  # it would end what all the others are asked with
        "--continue-on-failure": [],
        "--no-color": [],
    }
    words = [word for option, values in options.items() for word in (option, *values)]
    async with asked_at(api.installation.asks, "sb-1", done):  # in the place of an engine
        command = [sys.executable, "-m", "schemathesis.cli", *words]
        asking = await asyncio.create_subprocess_exec(*command, cwd=tmp_path, stdout=PIPE, stderr=STDOUT)
        told, _ = await asking.communicate()
    assert asking.returncode == 0, told.decode()
