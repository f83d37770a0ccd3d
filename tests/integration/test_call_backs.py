"""Which promises an engine keeps, when, and which it leaves to others: by the register alone."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import msgspec
import pytest

from ari_app.call_backs import CallBacks
from ari_app.calls.tolls import Tolls
from ari_app.engine import Script
from db.database import Database
from db.directory import Directory
from db.lookup import LookUp
from db.records import CallRow, Row, TaskRow
from db.register import Register
from db.stories import Stories
from db.tasks import TaskList
from premises.clock import now
from premises.ids import call_back_id, promise_id
from premises.installation import Installation
from routing.limits import Limits, Rate
from routing.rulebook import Rulebook
from routing.rules.queues import CallBack, LineTalk, Queue
from tests.integration import rows
from tests.integration.conftest import Import
from tests.unit.rulebooks import OPERATORS, route, text, with_routes

NUMBER, OTHER, BARRED = "+74957654321", "+74957654322", "+19005551234"
TERMS = CallBack(key="1", offer=text("x"), thanks=text("x"), tell=text("x"), tries=2, pause=600)


def rules(calls: int = 9) -> Rulebook:
    queue = Queue(announce=LineTalk(every=30, place=text("x")), call_back=TERMS)
    book = with_routes(route("D3", 7, wait=OPERATORS), queues={"operators": queue})
    return msgspec.structs.replace(
        book, called_back=("+7495*",), outside_limits=Limits(calls=Rate(most=calls, seconds=3600))
    )


class Switchroom:
    """Notes whom it is to call back."""

    def __init__(self) -> None:
        self.called: list[CallRow] = []
        self.withdrawn: list[str] = []
        self._over = asyncio.Event()

    def call_back(self, row: CallRow, _legs: int, _script: Script) -> asyncio.Task[None]:
        self.called.append(row)
        return asyncio.create_task(self._until_over())

    def withdraw(self, call: str) -> None:
        self.withdrawn.append(call)

    async def all_over(self) -> None:
        """Every call that was begun has ended."""
        self._over.set()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        self._over.clear()

    async def _until_over(self) -> None:
        await self._over.wait()


class Scene:
    """A register, and an engine that keeps what is promised in it."""

    def __init__(self, database: Database, folder: Path, lookup: LookUp) -> None:
        self.switchroom, self.book, self.tasks = Switchroom(), rules(), TaskList(database)
        self._register, stories = Register(database), Stories(database)
        tolls = Tolls(stories.outside_legs, lambda: None)
        self.has_delivered = True
        self.call_backs = CallBacks(
            Installation(folder),
            self.tasks,
            stories,
            self.switchroom,
            lambda: self.book,
            lookup,
            tolls,
            lambda: self.has_delivered,
        )

    def know(self, *known: Row) -> None:
        self._register.put(*known)
        self._register.flush()

    def promise(self, call: str, number: str | None = NUMBER, ago: float = 60, call_at: str | None = None) -> None:
        since = now() - dt.timedelta(seconds=ago)
        task = TaskRow(
            id=promise_id(call),
            kind="call-back",
            call=call,
            owner="operators",
            about="operators",
            since=since,
            call_at=call_at,
        )
        self.know(rows.call(call, number=number, arrived=since, end="call-back"), task)

    def rang(self, call: str, number: int, *, ago: float, answered: bool = False) -> None:
        at = now() - dt.timedelta(seconds=ago)
        known = rows.call(call_back_id(call, number), number=NUMBER, dialled="<olga", arrived=at)
        self.know(
            msgspec.structs.replace(known, answered=at if answered else None, end=None if answered else "not reached")
        )

    async def called(self) -> list[str]:
        """Who is called now."""
        before = len(self.switchroom.called)
        await self.call_backs.look()
        return [row.id for row in self.switchroom.called[before:]]

    @property
    def open(self) -> set[str]:
        return {owed.task.id for owed in self.tasks.open()}


@pytest.fixture
async def scene(database: Database, people_from: Import, tmp_path: Path) -> AsyncIterator[Scene]:
    people_from("id,name,role\nolga,Olga,operator\n")
    lookup = LookUp(Directory(database))
    await lookup.start()
    one = Scene(database, tmp_path, lookup)
    yield one
    await one.switchroom.all_over()


async def test_who_was_promised_a_call_is_called_once_at_a_time(scene: Scene) -> None:
    scene.promise("1.1", ago=90)
    scene.promise("1.2", OTHER)
    assert await scene.called() == ["back-1-1.1", "back-1-1.2"]
    assert await scene.called() == []
    (first, _) = scene.switchroom.called
    assert (first.number, first.dialled, first.customer) == (NUMBER, "+74950000001", "c1")
    await scene.switchroom.all_over()
    assert await scene.called() == ["back-1-1.1", "back-1-1.2"]


@pytest.mark.parametrize(
    ("came_from", "given", "called"),
    [
        pytest.param(NUMBER, OTHER, [OTHER], id="the number that the caller gave"),
        pytest.param(NUMBER, None, [NUMBER], id="the one that the call came from"),
        pytest.param(NUMBER, BARRED, [], id="one that the rules have barred since"),
    ],
)
async def test_a_caller_is_called_at_the_number_that_was_agreed_on(
    scene: Scene, came_from: str, given: str | None, called: list[str]
) -> None:
    scene.promise("1.1", came_from, call_at=given)
    await scene.called()
    assert [row.number for row in scene.switchroom.called] == called
    assert [owed.number for owed in scene.tasks.open()] == [given or came_from]


async def test_whoever_is_promised_two_calls_gets_one(scene: Scene) -> None:
    scene.promise("1.1", ago=90)
    scene.promise("1.2", ago=60)
    assert await scene.called() == ["back-1-1.1"]
    scene.rang("1.1", 1, ago=10, answered=True)
    assert await scene.called() == []
    assert scene.open == set()


@pytest.mark.parametrize(("number", "erased"), [(BARRED, False), (None, True)], ids=["not allowed", "erased"])
async def test_who_must_not_be_called_is_somebodys_task(scene: Scene, number: str | None, *, erased: bool) -> None:
    scene.promise("1.1", number)
    assert erased is (number is None)
    assert await scene.called() == []
    assert scene.open == {"back-1.1"}


@pytest.mark.parametrize(
    ("attempts", "called"),
    [([700], ["back-2-1.1"]), ([500], []), ([1400, 700], [])],
    ids=["after the pause", "not before", "not for ever"],
)
async def test_who_did_not_answer_is_called_again(scene: Scene, attempts: Iterable[float], called: list[str]) -> None:
    scene.promise("1.1", ago=2000)
    for number, ago in enumerate(attempts, 1):
        scene.rang("1.1", number, ago=ago)
    assert await scene.called() == called
    assert scene.open == {"back-1.1"}


async def test_whoever_was_called_in_vain_a_moment_ago_is_not_called_before_the_register_tells(scene: Scene) -> None:
    scene.promise("1.1")
    assert await scene.called() == ["back-1-1.1"]
    await scene.switchroom.all_over()
    scene.has_delivered = False
    assert await scene.called() == []
    scene.has_delivered = True
    scene.rang("1.1", 1, ago=0)
    assert await scene.called() == []


async def test_a_call_that_ends_while_the_promises_are_read_is_not_begun_again(scene: Scene) -> None:
    scene.promise("1.1")
    assert await scene.called() == ["back-1-1.1"]
    reading = asyncio.create_task(scene.called())
    await asyncio.sleep(0)
    await scene.switchroom.all_over()
    assert await reading == []


async def test_a_promise_that_somebody_takes_is_not_kept_by_the_engine(scene: Scene) -> None:
    scene.promise("1.1")
    assert await scene.called() == ["back-1-1.1"]
    assert scene.tasks.take("back-1.1", "olga", now())
    assert await scene.called() == []
    assert scene.switchroom.withdrawn == ["back-1-1.1"]
    assert scene.open == {"back-1.1"}


async def test_nobody_is_called_back_more_often_than_the_limits_for_outside_numbers_allow(scene: Scene) -> None:
    scene.book = rules(calls=1)
    scene.know(rows.leg("leg-9.9-1", call="9.9", person="+79161234567", rang=now() - dt.timedelta(minutes=5)))
    scene.promise("1.1")
    assert await scene.called() == []


async def test_rules_without_call_backs_keep_no_promise(scene: Scene) -> None:
    scene.book = with_routes(route("D3", 7, wait=OPERATORS))
    scene.promise("1.1")
    assert await scene.called() == []
