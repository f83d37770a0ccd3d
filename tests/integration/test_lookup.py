"""Looking callers up while calls wait: the deadline, the last known answer, a database that hangs or fails."""

import asyncio
import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from db.database import Database
from db.directory import Directory
from db.lookup import Limits, LookUp
from db.people import Staff
from db.threads import Threads
from routing.facts import Caller, Customer
from tests.integration.conftest import Import

KNOWN, OTHER = "+79160000101", "+79160000102"
SOON = Limits(deadline=0.05, threads=2, remembered=2, staff_every=0.01)
PATIENT = Limits(deadline=30, threads=2, remembered=2, staff_every=0.01)


class Moody(Directory):
    """A directory that hangs or fails as it is told."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.works = threading.Event()
        self.works.set()
        self.fails = False
        self.asked = 0
        self.answered = threading.Semaphore(0)

    def customer(self, number: str | None) -> Customer | None:
        self.asked += 1
        fails = self.fails
        self.works.wait()
        try:
            if fails:
                raise ConnectionError("the database is gone\nand more about it")
            return super().customer(number)
        finally:
            self.answered.release()

    def staff_version(self) -> int:
        if self.fails:
            raise ConnectionError
        return super().staff_version()


@pytest.fixture
def directory(database: Database, customers_from: Import, people_from: Import) -> Iterator[Moody]:
    people_from("id,name,role\nanna,Anna Orlova,head\n")
    customers_from(f"id,name,type,numbers\nc1,A,key,{KNOWN}\nc2,B,key,{OTHER}\n")
    directory = Moody(database)
    yield directory
    directory.works.set()
    for _ in range(directory.asked):  # nobody asks any more when the database is closed
        directory.answered.acquire()


async def test_a_caller_is_looked_up_now(database: Database, directory: Moody) -> None:
    lookup = LookUp(directory, PATIENT)
    caller = await lookup.caller(KNOWN)
    assert caller == Caller(number=KNOWN, customer=Directory(database).customer(KNOWN), looked_up="now")
    assert await lookup.caller("+79160000109") == Caller(number="+79160000109")
    assert lookup.unanswered == 0


async def test_a_withheld_number_needs_no_database(directory: Moody) -> None:
    assert await LookUp(directory).caller(None) == Caller()
    assert directory.asked == 0


async def test_a_hanging_database_gives_nothing_at_first(directory: Moody) -> None:
    directory.works.clear()
    assert await LookUp(directory, SOON).caller(KNOWN) == Caller(number=KNOWN, looked_up="not")


async def test_a_failing_database_gives_what_was_known(directory: Moody) -> None:
    lookup = LookUp(directory, PATIENT)
    before = await lookup.caller(KNOWN)
    directory.fails = True
    caller = await lookup.caller(KNOWN)
    assert (caller.customer, caller.looked_up) == (before.customer, "earlier")
    assert caller.age >= 0
    assert await lookup.caller(OTHER) == Caller(number=OTHER, looked_up="not")
    assert lookup.unanswered == 2


async def test_that_a_number_was_nobodys_is_known_too(directory: Moody) -> None:
    lookup = LookUp(directory, PATIENT)
    await lookup.caller("+79160000109")
    directory.fails = True
    caller = await lookup.caller("+79160000109")
    assert (caller.customer, caller.looked_up) == (None, "earlier")


async def until_looked_up(lookup: LookUp, how: str) -> Caller:
    for _ in range(1000):
        caller = await lookup.caller(KNOWN)
        if caller.looked_up == how:
            return caller
        await asyncio.sleep(0.01)
    raise AssertionError(how)


async def test_an_answer_that_comes_too_late_serves_the_next_call(directory: Moody) -> None:
    lookup = LookUp(directory, SOON)
    directory.works.clear()
    await lookup.caller(KNOWN)
    directory.fails = True  # from the next question on
    directory.works.set()
    assert (await until_looked_up(lookup, "earlier")).customer is not None


async def test_stuck_threads_do_not_pile_up_and_are_used_again(directory: Moody) -> None:
    lookup = LookUp(directory, SOON)
    directory.works.clear()
    callers = await asyncio.gather(*(lookup.caller(f"+7916000{number:04}") for number in range(50)))
    assert {caller.looked_up for caller in callers} == {"not"}
    assert directory.asked == SOON.threads
    directory.works.set()
    await until_looked_up(lookup, "now")


async def test_only_the_last_numbers_are_remembered(directory: Moody) -> None:
    lookup = LookUp(directory, PATIENT)
    for number in (KNOWN, OTHER, KNOWN, "+79160000103"):
        await lookup.caller(number)
    directory.fails = True
    remembered = [(await lookup.caller(number)).looked_up for number in (KNOWN, OTHER, "+79160000103")]
    assert remembered == ["earlier", "not", "earlier"]


async def test_a_lost_table_costs_no_call(database: Database, directory: Moody) -> None:
    lookup = LookUp(directory, PATIENT)
    await lookup.caller(KNOWN)
    with database.writing() as connection:
        connection.execute(text("ALTER TABLE customer_numbers RENAME TO lost"))
    assert (await lookup.caller(KNOWN)).looked_up == "earlier"


async def test_the_staff_is_kept_fresh(directory: Moody) -> None:
    lookup = LookUp(directory, PATIENT)
    assert lookup.staff() == ()
    staff = await lookup.start()
    assert lookup.staff() == staff.people == directory.staff()
    told: list[Staff] = []
    heard = asyncio.Event()

    def changed(staff: Staff) -> None:
        told.append(staff)
        heard.set()

    watching = asyncio.create_task(lookup.watch(changed))
    directory.fails = True
    await asyncio.sleep(0.05)  # some looks that fail
    directory.fails = False
    directory.set_away("anna", "lunch")
    await heard.wait()
    watching.cancel()
    assert [staff.duties["anna"].reason for staff in told] == ["lunch"]


async def test_what_a_thread_raises_is_raised(directory: Moody) -> None:
    def fail() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await Threads(1, "test").run(fail)


def test_a_thread_outlives_its_loop_without_a_word() -> None:
    goes_on, came_back = threading.Event(), threading.Event()

    def wait() -> None:
        goes_on.wait()
        came_back.set()

    async def give_up() -> None:
        async with asyncio.timeout(0.01):
            await Threads(1, "test").run(wait)

    with pytest.raises(TimeoutError):
        asyncio.run(give_up())
    goes_on.set()
    assert came_back.wait(30)
