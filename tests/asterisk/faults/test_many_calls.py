"""Calls of all kinds by the thousand: none fails, all are registered, and the engine holds no more than at first."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from contextlib import closing

import pytest

from db.database import Database, connect
from db.stories import Stories
from premises.installation import Installation
from tests.asterisk.faults.callcentre import served
from tests.asterisk.faults.mixed import COMPANY, KINDS, RINGING, at_the_phones
from tests.asterisk.faults.scene import until
from tests.asterisk.usage import Usage, usage
from tests.asterisk.witness import disagreements
from tests.form import lasting

pytestmark = pytest.mark.timeout(lasting(120, 1500))
RATE = 20.0
"""Calls a second."""
FIRST, REST = lasting(30, 2000), lasting(70, 8000)
"""Whatever is done once is done with the first calls; so many numbers and answers an engine keeps."""
GROWTH = lasting(0.1, 0.05)
"""How much more memory the engine may hold after the rest, as a share. The first calls are few in the short form."""
SETTLED_SECONDS = 60.0
FILES = THREADS = 6
"""That may have come in addition: of threads that wait for the disk there are more when more waits, and each keeps the
database open."""


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """The company of these calls, being served."""
    with served(tmp_path_factory.mktemp("many"), company=COMPANY) as installation:
        yield installation


async def test_after_many_calls_nothing_is_left(installation: Installation) -> None:
    since = dt.datetime.now(dt.UTC)
    with closing(connect(installation.settings.database or "")) as database:
        async with at_the_phones(installation) as callers:
            told = [usage(installation)]
            wrong = await callers.place(FIRST, RATE)
            await _settled(database, since, FIRST)
            told.append(usage(installation))
            wrong += await callers.place(REST, RATE)
            await _settled(database, since, FIRST + REST)
            told.append(usage(installation))
        print(*(f"{who}: {held}" for one in told for who, held in one.items()), sep="\n")
        assert wrong + await disagreements(installation, database, since) == []
        assert _ends(database, since) == {
            (kind.line, kind.end): round(FIRST * kind.share) + round(REST * kind.share) for kind in KINDS
        }
        assert _rang_nowhere(database, since) == []
    _holds_no_more(told[1], told[2])


async def _settled(database: Database, since: dt.datetime, calls: int) -> None:
    """Wait until all are closed and their recordings kept."""
    stories = Stories(database)
    await until(
        lambda: not stories.open_calls() and len(stories.sounds.recordings(since=since)) >= calls,
        SETTLED_SECONDS,
        f"{calls} closed calls with their recordings",
    )


def _ends(database: Database, since: dt.datetime) -> Counter[tuple[str, str | None]]:
    return Counter((row.dialled, row.end) for row in Stories(database).calls(since=since))


def _rang_nowhere(database: Database, since: dt.datetime) -> list[str]:
    """Callers who were to leave while a telephone rang, and for whom none did."""
    stories = Stories(database)
    called = [row.id for row in stories.calls(since=since) if row.dialled == RINGING]
    return [call for call in called if not ((story := stories.story(call)) and story.legs)]


def _holds_no_more(before: dict[str, Usage], after: dict[str, Usage]) -> None:
    assert after["engine"].mebibytes < before["engine"].mebibytes * (1 + GROWTH)
    for who, held in after.items():
        assert held.files <= before[who].files + FILES, who
        assert held.threads <= before[who].threads + THREADS, who
