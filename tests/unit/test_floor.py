"""What finds faults on the floor finds those that were put in: `tests/asterisk/floor` with telephones made up."""

import datetime as dt
import itertools
from collections.abc import Callable, Iterator

import msgspec
import pytest

from db.records import CallEnd, CallRow, LegRow, TaskRow
from db.stories import CallStory
from demo.g711 import Codec, pcma, pcmu
from demo.mouth import humming
from demo.rtp import Packet
from demo.tones import BEEP, GRID
from routing.outcomes import Talked, Unanswered
from routing.steps import Wait
from routing.trail import Entry, Trail, encode
from tests.asterisk.floor import line, matching, promises, recount, telephones
from tests.asterisk.floor.callers import Placed
from tests.asterisk.floor.company import QUEUES, Floor
from tests.asterisk.floor.ears import Voices
from tests.asterisk.floor.seen import Back, Own, Ring, Spell, Telephone

FLOOR = Floor(operators=10, queues=3, callers=15, seconds=30)
BEGAN = dt.datetime(2026, 11, 24, 9, tzinfo=dt.UTC)
ORDERS = QUEUES[0]


def at(second: float) -> dt.datetime:
    return BEGAN + dt.timedelta(seconds=second)


def ring(
    since: float,
    until: float,
    answered: float | None = None,
    *,
    person: str = "op1",
    caller: str = "caller 1 1",
    disturbed: bool = False,
) -> Ring:
    return Ring(
        person=person,
        caller=caller,
        since=at(since),
        answered=None if answered is None else at(answered),
        until=at(until),
        cut=False,
        disturbed=disturbed,
        ears=Voices(0.0),
    )


def telephone(*rings: Ring, person: str = "op1", own: tuple[Own, ...] = (), away: tuple[Spell, ...] = ()) -> Telephone:
    return Telephone(person=person, rings=rings, own=own, away=away, said=())


Check = Callable[[Telephone], Iterator[str]]


@pytest.mark.parametrize(
    ("check", "wrong", "right"),
    [
        (
            telephones.rung_twice,
            telephone(ring(0, 10, 1), ring(9.9, 12)),
            telephone(ring(0, 10, 1), ring(10, 12)),
        ),
        (
            telephones.rung_twice,
            telephone(ring(0, 10, 1), ring(9.9, 12)),
            telephone(ring(0, 10, 1, disturbed=True), ring(9.9, 12)),
        ),
        (
            telephones.rung_twice,
            telephone(ring(5, 7), own=(Own(since=at(0), until=at(9)),)),
            telephone(ring(0.4, 7), own=(Own(since=at(0), until=at(9)),)),
        ),
        (
            telephones.rung_while_absent,
            telephone(ring(5, 7), away=(Spell(since=at(0), until=at(9), told=True),)),
            telephone(ring(10, 12), away=(Spell(since=at(0), until=at(9), told=True),)),
        ),
        (
            telephones.rung_while_wrapping_up,
            telephone(ring(0, 10, 1), ring(10.1, 12)),
            telephone(ring(0, 10, 1), ring(11, 12)),
        ),
    ],
    ids=["two calls", "by what was seen in time", "in a call of its own", "at lunch", "wrapping up"],
)
def test_a_telephone_that_must_not_ring_is_found(check: Check, wrong: Telephone, right: Telephone) -> None:
    assert len(list(check(wrong))) == 1
    assert list(check(right)) == []


def test_whoever_is_passed_over_is_found() -> None:
    call = Placed(name="caller 1 1", number="+79160000001", queue=ORDERS, wish="talks", hum=GRID[0])
    idle = telephone(ring(0, 10, 1, caller="caller 2 1"))
    rung = [ring(12, 20, person="op4", caller="caller 2 2"), ring(40, 50, person="op4")]
    busy = telephone(*rung, person="op4")
    (found,) = telephones.passed_over([idle, busy], {call.name: call}, FLOOR)
    assert found.startswith("caller 1 1 rings op4")
    fair = telephone(ring(12, 38, 13, caller="caller 2 3"))
    assert list(telephones.passed_over([fair, busy], {call.name: call}, FLOOR)) == []


# --------------------------------------------------------------------------------------------------------- the register


def leg(since: float, until: float, answered: float | None = None, *, call: str = "1", person: str = "op1") -> LegRow:
    return LegRow(
        id=f"leg-{call}-1",
        call=call,
        person=person,
        rang=at(since),
        answered=None if answered is None else at(answered),
        ended=at(until),
        why=None if answered is not None else "no answer",
    )


def story(call: str, arrived: float, ended: float, *legs: LegRow) -> CallStory:
    step = Wait(people=("op1", "op2"), queue="orders", seconds=40, offer_seconds=5)
    outcome = Talked(legs[-1].person, "caller") if legs and legs[-1].answered else Unanswered(())
    trail = Trail(rules="r", entries=(Entry(step, outcome, after=1.0),))
    row = CallRow(
        id=call,
        arrived=at(arrived),
        number=None,
        name=f"caller {call} 1",
        dialled="+74950000001",
        ended=at(ended),
        end="talk" if legs else "goodbye",
        trail=encode(trail),
    )
    return CallStory(call=row, legs=legs, recording=None, messages=())


def test_who_is_overtaken_is_found() -> None:
    first, second = story("1", 0, 60, leg(50, 60, 51)), story("2", 10, 30, leg(20, 30, 21, call="2"))
    (found,) = line.overtaken(line.stays([first, second]))
    assert found == "2 is offered op1, whom 1 waited for longer"
    in_order = story("1", 0, 60, leg(15, 60, 16))
    assert list(line.overtaken(line.stays([in_order, second]))) == []


@pytest.mark.parametrize(
    ("row", "seen", "found"),
    [
        (leg(0, 10, 1), ring(0.1, 10, 1), None),
        (leg(0, 10, 1), ring(0.1, 8, 1), "9.00 s of talk"),
        (leg(0, 10), ring(0.1, 10, 1), "talked with"),
        (leg(0, 10, 1), ring(0.1, 10), "was not answered"),
        (leg(0, 10), ring(20, 30), "no leg"),
    ],
    ids=["alike", "shorter", "not in the register", "not at the telephone", "another one"],
)
def test_a_talk_that_register_and_telephone_tell_differently_is_found(
    row: LegRow, seen: Ring, found: str | None
) -> None:
    one = telephone(seen)
    told = "; ".join(matching.unlike(matching.paired([row, leg(60, 61, call="9")], one), one, {}))
    assert (found or "was not rung") in told


def test_figures_that_are_not_those_of_the_trails_are_found() -> None:
    stories = [story("1", 0, 60, leg(50, 60, 51)), story("2", 10, 30)]
    told = {
        "total": {"": recount.in_all(stories)},
        "queue": recount.by_queue(stories),
        "person": recount.by_person(stories),
    }
    told["queue"]["orders"]["talk"] = 9.0
    assert list(recount.differences(told, stories)) == []
    told["queue"]["orders"]["answered"] += 1
    assert list(recount.differences(told, stories)) == ["queue orders answered: 2.0 in the report, 1.0 by the trails"]


# ---------------------------------------------------------------------------------------------------------- call-backs

NUMBER = "+79160000001"


def asks() -> CallStory:
    """A caller who is promised a call five seconds after having come."""
    asked = story("1", 0, 5)
    return msgspec.structs.replace(asked, call=msgspec.structs.replace(asked.call, number=NUMBER, end="call-back"))


def back(try_: int, rang: float, answered: float | None, ended: float, end: CallEnd = "talk") -> CallStory:
    row = CallRow(
        id=f"back-{try_}-1",
        arrived=at(rang),
        number=NUMBER,
        name="caller 1 1",
        dialled="<op1",
        answered=None if answered is None else at(answered),
        ended=at(ended),
        end=end if answered is not None else "not reached",
    )
    legs = (leg(rang - 2, ended, answered, call=row.id),)
    return CallStory(call=row, legs=legs, recording=None, messages=())


def seen(rang: float, answered: float | None, until: float) -> Back:
    return Back(
        number=NUMBER,
        line="+74950000001",
        since=at(rang),
        answered=None if answered is None else at(answered),
        until=at(until),
        disturbed=False,
        ears=Voices(0.0),
    )


def task(owner: str | None = "orders", done: float | None = None, by: str | None = None) -> TaskRow:
    return TaskRow(
        id="back-1",
        kind="call-back",
        call="1",
        owner=owner,
        about="orders",
        since=at(0),
        done=None if done is None else at(done),
        done_by=by,
    )


@pytest.mark.parametrize(
    ("tasks", "backs", "found"),
    [
        ([task(done=30, by="op1")], [back(1, 10, 12, 30)], ""),
        ([task()], [back(1, 10, None, 15), back(2, 25, None, 30)], ""),
        ([task(done=45, by="op1")], [back(1, 10, None, 15), back(2, 25, 26, 45)], ""),
        ([], [], "nobody's task"),
        ([task(owner=None)], [back(1, 10, None, 15)], "is None's task"),
        ([task()], [], "nobody has tried"),
        ([task()], [back(1, 10, 12, 30)], "is done at None"),
        ([task(done=30, by="op1")], [back(1, 10, None, 15)], "the caller was reached in None"),
        ([task(done=30, by="op2")], [back(1, 10, 12, 30)], "was done by op2"),
        ([task(done=30, by="op1")], [back(1, 10, 12, 30), back(2, 25, None, 30)], "called 2 times"),
        ([task()], [back(1, 10, None, 15), back(2, 16, None, 30)], "called again after 6.00 s"),
    ],
    ids=[
        *("kept", "in vain", "at the second try", "without a task", "without an owner", "not tried"),
        *("open though kept", "done though not reached", "by somebody else", "called after that", "too soon"),
    ],
)
def test_a_promise_that_is_not_kept_is_found(tasks: list[TaskRow], backs: list[CallStory], found: str) -> None:
    stories = [asks(), *backs]
    told = list(promises.not_kept(promises.called(stories, ()), tasks, stories))
    assert len(told) == bool(found)
    assert found in "".join(told)


@pytest.mark.parametrize(
    ("rows", "backs", "found"),
    [
        ([back(1, 10, 12, 30)], [seen(10, 12, 30)], ""),
        ([back(1, 10, None, 15)], [seen(10, None, 15)], ""),
        ([], [seen(10, 12, 30)], "no row"),
        ([back(1, 10, None, 15)], [], "was not rung"),
        ([back(1, 10, None, 30)], [seen(10, 12, 30)], "lasted 0.00 s, at the caller's telephone 18.00 s"),
        ([back(1, 10, 12, 30)], [seen(10, 12, 20)], "at the caller's telephone 8.00 s"),
    ],
    ids=["a talk", "in vain", "not in the register", "not at the telephone", "a talk of nobody's", "shorter"],
)
def test_a_call_back_that_register_and_telephone_tell_differently_is_found(
    rows: list[CallStory], backs: list[Back], found: str
) -> None:
    stories = [asks(), *rows]
    told = list(promises.unlike(promises.called(stories, backs), backs, stories))
    assert len(told) == bool(found)
    assert found in "".join(told)


def test_who_is_offered_whom_a_caller_to_be_called_back_has_waited_for_longer_is_found() -> None:
    promised = [asks(), back(1, 42, 43, 60)]
    later = story("2", 10, 30, leg(20, 30, 21, call="2"))
    (found,) = line.overtaken((*line.stays([later]), *line.promised_stays([*promised, later], [task()])))
    assert found == "2 is offered op1, whom back-1-1 waited for longer"
    earlier = story("2", -10, 30, leg(20, 30, 21, call="2"))
    assert list(line.overtaken((*line.stays([earlier]), *line.promised_stays(promised, [task()])))) == []


# ---------------------------------------------------------------------------------------------------------------- sound


@pytest.mark.parametrize("codec", [pcmu(), pcma()], ids=lambda codec: codec.name)
@pytest.mark.parametrize("hz", [BEEP, *GRID])
def test_a_tone_is_told_from_all_others(codec: Codec, hz: int) -> None:
    voices = Voices(0.0)
    for number, payload in enumerate(itertools.islice(humming(hz, codec), 50)):
        voices.hear(Packet(codec.payload_type, number, 0, 0, payload), number * 0.02)
    assert [heard.hz for heard in voices.tones] == [hz]
    assert voices.seconds(hz) == pytest.approx(1.0, abs=0.05)
    assert voices.speaking(1.0) == hz
    assert voices.speaking(2.0) is None
