"""The database or a disk fails while callers come at a fixed rate: nobody notices, and no row is lost."""

import asyncio
import datetime as dt
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from pathlib import Path

import aiohttp
import pytest

from db.database import Database, connect
from demo.audio import metronome
from demo.endpoints import read
from premises.installation import Installation
from tests.asterisk.faults.callcentre import served
from tests.asterisk.faults.load import due, placed, staffed
from tests.asterisk.faults.reckoning import reckoned
from tests.asterisk.faults.slowness import Slowness, slowness
from tests.asterisk.faults.small_disks import full, namespace, with_small_disks
from tests.form import lasting
from tests.integration import outages, postgres

pytestmark = pytest.mark.timeout(lasting(120, 300))
LASTS = lasting(2.0, 30.0)
"""Seconds for which something is wrong."""
RATE = lasting(4.0, 10.0)
SERVED_SECONDS = 3.0
"""Within which every caller is answered. It takes half a second, until a call no longer waits for the database."""
DELIVERED_SECONDS = 20.0


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A PostgreSQL of these tests' own: its URL."""
    binaries = postgres.programs()
    if binaries is None:
        pytest.skip("no PostgreSQL here: install it, or name its bin folder in SWITCHBOARD_POSTGRES")
    with postgres.server(binaries) as url:
        yield url


@pytest.fixture(scope="module")
def database(server: str) -> Iterator[Database]:
    """That database, past the proxy."""
    opened = connect(server)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def proxy(server: str) -> Iterator[Slowness]:
    """What the installation takes for its database; in a folder with a short name, as Unix sockets want it."""
    with tempfile.TemporaryDirectory(prefix="sbslow") as folder, slowness(Path(folder), _host(server)) as proxy:
        yield proxy


def _host(url: str) -> Path:
    return Path(url.partition("host=")[2])


@pytest.fixture(scope="module")
def installation(
    tmp_path_factory: pytest.TempPathFactory, database: Database, proxy: Slowness
) -> Iterator[Installation]:
    """The company for load, being served, where it may be with small disks."""
    assert database.is_sqlite is False
    folder, private = tmp_path_factory.mktemp("load"), namespace()
    small = [folder / "spool", folder / "pbx" / "spool" / "monitor"]
    within = with_small_disks(private, small) if private else []
    url = f"postgresql://postgres@/postgres?host={Path(str(proxy.server_address)).parent}"
    with served(folder, url, within) as installation:
        yield installation


@asynccontextmanager
async def calls_coming(installation: Installation, *, recorded: bool = True) -> AsyncIterator[None]:
    """Callers come for longer than the block lasts; all of them must have been served, and be registered once."""
    since = dt.datetime.now(dt.UTC)
    async with staffed(installation) as staff:
        coming = asyncio.create_task(placed(read(installation.endpoints_file), staff, due(RATE, LASTS + 2)))
        await asyncio.sleep(1)
        yield
        load = await coming
        print(load.told())
        await alarms_until(installation, lambda alarms: not alarms)
        wrong = await reckoned(installation, load, since, recorded=recorded)
        assert not wrong, "\n".join(wrong)
        assert load.answer_seconds[-1] < SERVED_SECONDS + metronome().latest


async def alarms_until(installation: Installation, enough: Callable[[list[str]], bool]) -> None:
    """Wait until what ``/ready`` says is wrong is so."""
    alarms: list[str] = []
    async with aiohttp.ClientSession() as session:
        try:
            async with asyncio.timeout(DELIVERED_SECONDS):
                while True:
                    async with session.get(installation.endpoints().api["ready"]) as answer:
                        alarms = (await answer.json())["alarms"]
                    if enough(alarms):
                        return
                    await asyncio.sleep(0.1)
        except TimeoutError:
            pytest.fail(f"the alarms are {alarms}")


async def told(installation: Installation, text: str) -> None:
    """Wait until one of the alarms says this."""
    await alarms_until(installation, lambda alarms: any(text in alarm for alarm in alarms))


@contextmanager
def slow(proxy: Slowness) -> Iterator[None]:
    """Each statement takes a second."""
    proxy.seconds = 1.0
    yield
    proxy.seconds = 0.0


@contextmanager
def killed(database: Database) -> Iterator[None]:
    """All of it ends at once and begins again by itself, as after a power cut."""
    outages.kill(database)
    yield


async def lasts(fault: AbstractContextManager[None]) -> None:
    """Have it for a while."""
    with fault:
        await asyncio.sleep(LASTS)


async def test_a_database_that_stands_still_is_caught_up_with(installation: Installation, database: Database) -> None:
    async with calls_coming(installation):
        with outages.stopped(database):
            await told(installation, "are in the spool")
            await asyncio.sleep(LASTS)


async def test_a_database_that_is_killed_is_caught_up_with(installation: Installation, database: Database) -> None:
    async with calls_coming(installation):
        await lasts(killed(database))


async def test_a_slow_database_delays_nobody(installation: Installation, proxy: Slowness) -> None:
    async with calls_coming(installation):
        await lasts(slow(proxy))


async def test_a_locked_table_of_customers_delays_nobody(installation: Installation, database: Database) -> None:
    async with calls_coming(installation):
        await lasts(outages.locked(database, "customers"))


async def test_calls_go_on_without_room_for_recordings(installation: Installation) -> None:
    recordings = _small(installation.pbx / "spool" / "monitor")
    async with calls_coming(installation, recorded=False):
        with full(recordings, installation.endpoints().pbx):
            await told(installation, "calls that come now are not recorded")
            await asyncio.sleep(LASTS)


async def test_rows_wait_in_memory_without_room_for_the_spool(installation: Installation, database: Database) -> None:
    spool = _small(installation.spool)
    async with calls_coming(installation):
        with full(spool, installation.endpoints().engine), outages.stopped(database):
            await told(installation, "rows are in memory only")
            await asyncio.sleep(LASTS)


def _small(folder: Path) -> Path:
    """The folder, if it can be a small disk here."""
    if namespace() is None:
        pytest.skip("this machine lets nobody mount anything: run as root, or allow user namespaces")
    return folder
