"""Outside numbers are rung as often as the rules allow, whoever rang them and whatever the register does."""

import datetime as dt
import weakref
from collections.abc import Sequence

import pytest

from ari_app.calls.tolls import Tolls
from db.records import CallRow, LegRow
from routing.limits import UNLIMITED, Limits, Rate

TWO_AN_HOUR = Limits(calls=Rate(2, 3600))
TEN_MINUTES = Limits(minutes=Rate(10, 3600))
NOW = dt.datetime.now(dt.UTC)


def leg(key: str, *, ago: float = 60.0, talked: float | None = None, ended: bool = True) -> LegRow:
    """A leg to an outside number that began so many seconds ago."""
    rang = NOW - dt.timedelta(seconds=ago)
    over = rang + dt.timedelta(seconds=talked or 0)
    return LegRow(
        id=key,
        call="1.1",
        person="+79161234567",
        rang=rang,
        answered=None if talked is None else rang,
        ended=over if ended else None,
    )


class Book:
    """A register that tells what it is given, or fails."""

    def __init__(self, *legs: LegRow) -> None:
        self.legs: Sequence[LegRow] | None = legs
        self.refused = 0
        self.tolls = Tolls(self.ask, self.refuse)

    def ask(self, since: dt.datetime) -> Sequence[LegRow]:
        if self.legs is None:
            raise OSError("it is away")
        return [one for one in self.legs if one.rang >= since]

    def refuse(self) -> None:
        self.refused += 1


async def test_without_limits_nobody_is_asked() -> None:
    book = Book()
    book.legs = None
    assert await book.tolls.allow(UNLIMITED)


async def test_who_is_called_back_counts() -> None:
    book = Book(leg("1"))
    row = CallRow(id="back-1-1.1", arrived=NOW, number="+79161234567", name=None, dialled="<anna")
    book.tolls.note(row)
    assert not await book.tolls.allow(TWO_AN_HOUR)


async def test_what_others_rang_counts_and_each_refusal_is_counted() -> None:
    book = Book(leg("1"))
    assert await book.tolls.allow(TWO_AN_HOUR)
    book.tolls.note(leg("2"))
    assert not await book.tolls.allow(TWO_AN_HOUR)
    assert book.refused == 1


async def test_a_person_of_the_company_does_not_count() -> None:
    book = Book(leg("1"))
    book.tolls.note(LegRow(id="2", call="1.1", person="anna", rang=NOW))
    assert await book.tolls.allow(TWO_AN_HOUR)


async def test_while_the_register_is_away_what_is_known_counts() -> None:
    book = Book(leg("1"))
    assert await book.tolls.allow(TWO_AN_HOUR)
    book.legs = None
    assert await book.tolls.allow(TWO_AN_HOUR)
    book.tolls.note(leg("2"))
    assert not await book.tolls.allow(TWO_AN_HOUR)


async def test_what_began_before_yesterday_is_forgotten() -> None:
    book = Book()
    book.tolls.note(leg("1", ago=90_000))
    assert await book.tolls.allow(Limits(calls=Rate(1, 86400)))


@pytest.mark.parametrize("limits", [UNLIMITED, TWO_AN_HOUR], ids=["without limits", "with limits"])
async def test_what_no_limit_looks_back_to_takes_no_memory(limits: Limits) -> None:
    class Leg(LegRow, frozen=True, weakref=True):
        """One that can be seen to go."""

    book = Book()
    old = Leg(id="1", call="1.1", person="+79161234567", rang=NOW - dt.timedelta(days=2))
    gone = weakref.ref(old)
    book.tolls.note(old)
    del old
    assert gone() is not None
    assert await book.tolls.allow(limits)
    assert gone() is None


@pytest.mark.parametrize(
    ("ours", "registered", "allowed"),
    [
        (leg("1", ago=900, talked=0, ended=False), leg("1", ago=900, talked=30), True),
        (leg("1", ago=900, talked=30), leg("1", ago=900, talked=0, ended=False), True),
        (leg("1", ago=900, talked=0, ended=False), leg("1", ago=900, talked=0, ended=False), False),
    ],
    ids=["another engine closed it", "we have closed it and the row is late", "it goes on and counts up to now"],
)
async def test_a_talk_that_both_know_counts_once_as_it_ended(ours: LegRow, registered: LegRow, allowed: bool) -> None:
    book = Book(registered)
    book.tolls.note(ours)
    assert await book.tolls.allow(TEN_MINUTES) == allowed
