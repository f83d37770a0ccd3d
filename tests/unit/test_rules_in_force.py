"""Which rules an engine follows while somebody works on the file."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from ari_app import rules as rules_module
from ari_app.rules import Rules
from tests.company import TOP
from tests.integration.until import until

SAMPLE = (TOP / "routing_rules.yaml").read_bytes()


class Desk:
    """An engine that follows a rule file."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "routing_rules.yaml"
        self.file.write_bytes(SAMPLE)
        self.rules = Rules(self.file, folder, lambda: ())
        self.rules.read()
        self.accepted: list[str] = []
        self.refused = 0

    def _refuse(self) -> None:
        self.refused += 1

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        watching = asyncio.create_task(
            self.rules.watch(lambda rulebook: self.accepted.append(rulebook.version), self._refuse)
        )
        yield
        watching.cancel()
        await asyncio.wait((watching,))
        assert watching.cancelled()  # nothing else has ended it


async def test_a_file_that_is_gone_for_a_moment_leaves_the_old_rules_in_force(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules_module, "LOOK_SECONDS", 0.01)
    desk = Desk(tmp_path)
    before = desk.rules().version
    async with desk.watching():
        desk.file.rename(tmp_path / "routing_rules.yaml~")
        await until(lambda: desk.refused == 1)
        assert desk.rules().version == before
        desk.file.write_bytes(SAMPLE + b"# changed\n")
        await until(lambda: len(desk.accepted) == 1)
        assert desk.accepted[0] == desk.rules().version != before


async def test_calls_of_an_earlier_version_are_served_by_it_and_it_is_compiled_once(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    before = desk.rules()
    desk.file.write_bytes(SAMPLE + b"# changed\n")
    desk.rules.read()
    assert desk.rules.of(desk.rules().version) is desk.rules()
    first = desk.rules.of(before.version)
    assert first == before
    assert desk.rules.of(before.version) is first
    assert desk.rules.of("nobody's") is None
    assert desk.rules.of(before.version) is first
