"""Which rules an engine follows while the rule file is changed, broken, gone and there again."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from ari_app import rules
from ari_app.rules import Rules, RulesRefused

TEXT = (Path(__file__).parents[2] / "routing_rules.yaml").read_bytes()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "LOOK_SECONDS", 0.02)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "routing_rules.yaml"
    file.write_bytes(TEXT)
    (tmp_path / "kept").mkdir()
    return file


def engine(file: Path) -> Rules:
    """What the next engine of this installation has."""
    return Rules(file, file.parent / "kept", lambda: ())


@asynccontextmanager
async def watched(engine: Rules) -> AsyncIterator[None]:
    watching = asyncio.create_task(engine.watch(lambda _: None, lambda: None))
    yield
    assert not watching.done()
    watching.cancel()


async def until_changed(engine: Rules, version: str) -> None:
    async with asyncio.timeout(30):
        while engine().version == version:  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.02)


def gone(file: Path) -> None:
    file.unlink()


def a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def half_written(file: Path) -> None:
    file.write_bytes(TEXT[:999])


def whole_again(file: Path) -> None:
    if file.is_dir():
        file.rmdir()
    file.write_bytes(TEXT + b"# changed\n")


def no_utf8(file: Path) -> None:
    file.write_bytes(b"\xff\xfe\0")


Break = Callable[[Path], None]
BROKEN: tuple[Break, ...] = (gone, a_folder, half_written, no_utf8)


@pytest.mark.parametrize("broken", BROKEN)
async def test_a_rule_file_that_is_broken_leaves_the_old_rules_until_it_is_whole_again(
    file: Path, broken: Break
) -> None:
    followed = engine(file)
    followed.begin()
    version = followed().version
    async with watched(followed):
        broken(file)
        await asyncio.sleep(0.3)
        assert followed().version == version
        whole_again(file)
        await until_changed(followed, version)


@pytest.mark.parametrize("broken", BROKEN)
def test_an_engine_that_follows_on_a_dead_one_has_the_dead_one_s_rules(file: Path, broken: Break) -> None:
    dead, next_one = engine(file), engine(file)
    dead.begin()
    broken(file)
    next_one.begin()
    assert next_one().version == dead().version


@pytest.mark.parametrize(("broken", "fault"), [(gone, OSError), (half_written, RulesRefused)])
def test_without_rules_that_ever_were_in_force_no_engine_serves(
    file: Path, broken: Break, fault: type[Exception]
) -> None:
    broken(file)
    with pytest.raises(fault):
        engine(file).begin()


async def test_rules_that_cannot_be_kept_come_into_force_once_they_can(file: Path) -> None:
    followed = engine(file)
    followed.begin()
    version, kept = followed().version, file.parent / "kept"
    kept.rename(file.parent / "elsewhere")
    async with watched(followed):
        whole_again(file)
        await asyncio.sleep(0.3)
        assert followed().version == version
        kept.mkdir()
        await until_changed(followed, version)


def test_calls_of_an_earlier_version_are_served_by_it_and_it_is_compiled_once(file: Path) -> None:
    followed = engine(file)
    followed.begin()
    before = followed()
    whole_again(file)
    followed.read()
    assert followed.of(followed().version) is followed()
    first = followed.of(before.version)
    assert first == before
    assert followed.of(before.version) is first
    assert followed.of("nobody's") is None
    assert followed.of(before.version) is first


def test_the_rules_followed_last_are_kept_last_though_they_were_in_force_before_others(file: Path) -> None:
    followed = engine(file)
    followed.begin()
    first = followed().version
    for text in (TEXT + b"# changed\n", TEXT):
        file.write_bytes(text)
        followed.read()
    half_written(file)
    next_one = engine(file)
    next_one.begin()
    assert next_one().version == first
