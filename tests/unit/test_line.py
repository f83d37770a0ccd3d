"""Who of those in line is offered whom (D3, D22, T7)."""

import datetime as dt
from typing import Any

import pytest

from routing.facts import PersonId
from routing.line.announcing import next_time, speech
from routing.line.choosing import in_turn
from routing.line.closing import in_vain, seconds_left
from routing.line.expecting import FEWEST
from routing.line.line import PAUSE, Line, NobodyThere, Offer, Place
from routing.line.reach import everybody
from routing.line.stages import Order, Overflow, Stage
from routing.outcomes import Absence, LineClosed, Missed, Unanswered
from routing.presence import Answered, Duty, Ended, Offered, Telephone
from routing.speech import Gap, Number, Speech, Words
from routing.standing import SHIFT_BREAK, Standing, happen, talks_in_shift
from routing.steps import Announcement, Wait

NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


def after(seconds: float) -> dt.datetime:
    return NOON + dt.timedelta(seconds=seconds)


def talked(standing: Standing, *ends: float) -> Standing:
    """After talks of a second each, which ended so many seconds after noon."""
    for end in ends:
        for happened, at in ((Offered("x"), end - 1), (Answered("x"), end - 1), (Ended("x"), end)):
            standing = happen(standing, happened, after(at))
    return standing


def free(*ends: float) -> Standing:
    return talked(happen(Standing(since=NOON), Telephone(registered=True, in_call=False), NOON), *ends)


def gone(standing: Standing) -> Standing:
    return happen(standing, Duty("out", None, NOON), NOON)


def talking() -> Standing:
    return happen(happen(free(), Offered("y"), NOON), Answered("y"), NOON)


def waiting(*people: PersonId, **more: Any) -> Wait:
    return Wait(people=people, queue="operators", seconds=600, offer_seconds=15, **more)


def stage(until: float, *people: PersonId) -> Stage:
    return Stage(people=people, until=until, wanted="language")


def offered(line: Line, crew: dict[PersonId, Standing], seconds: float = 0.0) -> list[Offer | NobodyThere]:
    """What comes of going through the line; whoever is offered can be had."""
    return list(line.offers(crew.__getitem__, after(seconds), lambda _person, _call: True))


def in_line(*steps: Wait) -> tuple[Line, list[Place]]:
    """Callers 1, 2, … who came a second after one another."""
    line, places = Line(), [Place(str(number), step, after(number - 1)) for number, step in enumerate(steps, 1)]
    for place in places:
        line.join(place)
    return line, places


CREW = {"anna": free(10, 20, 30), "boris": free(5, 40), "clara": free(50), "dina": free()}


@pytest.mark.parametrize(
    ("order", "last", "turns"),
    [
        ("longest_idle", "", ["dina", "anna", "boris", "clara"]),
        ("ring_all", "", ["dina", "anna", "boris", "clara"]),
        ("fewest_calls", "", ["dina", "clara", "boris", "anna"]),
        ("round_robin", "", ["anna", "boris", "clara", "dina"]),
        ("round_robin", "boris", ["clara", "dina", "anna", "boris"]),
        ("round_robin", "dina", ["anna", "boris", "clara", "dina"]),
    ],
)
def test_who_is_next(order: Order, last: str, turns: list[str]) -> None:
    assert in_turn(order, reversed(list(CREW)), CREW.__getitem__, after(60), last) == turns


def test_talks_of_yesterday_do_not_count() -> None:
    late, early = SHIFT_BREAK.total_seconds(), 0.0
    once = free(early)
    assert talks_in_shift(once, after(late - 1)) == 1
    assert talks_in_shift(once, after(late)) == 0
    assert talks_in_shift(talked(once, late + 1), after(late + 1)) == 1


def test_round_robin_goes_round_whoever_talks_longest() -> None:
    crew = dict.fromkeys(("anna", "boris", "clara"), free())
    line, _ = in_line(*[waiting(*crew, order="round_robin")] * 4)
    assert offered(line, crew) == [Offer("1", "anna"), Offer("2", "boris"), Offer("3", "clara")]
    crew["clara"] = talked(crew["clara"], 1)
    assert offered(line, {"anna": talking(), "boris": free(90), "clara": free(2)}) == [Offer("4", "boris")]


def test_all_who_are_free_are_rung_at_once() -> None:
    crew = {"anna": free(30), "boris": talking(), "clara": free(10), "dina": free(20)}
    line, (place, _) = in_line(*[waiting(*crew, order="ring_all")] * 2)
    assert offered(line, crew) == [Offer("1", "clara", ("dina", "anna"))]
    for person in ("clara", "dina", "anna"):
        place.missed(person, NOON)
    assert offered(line, crew, 1) == [Offer("2", "clara", ("dina", "anna"))]
    assert offered(line, crew, PAUSE.total_seconds()) == [Offer("1", "clara", ("dina", "anna"))]


def test_who_is_rung_by_somebody_else_is_not_rung_with_all() -> None:
    crew = {"anna": free(1), "boris": free(2), "clara": free(3)}
    line, _ = in_line(waiting(*crew, order="ring_all"))
    made = line.offers(crew.__getitem__, NOON, lambda person, _call: person != "anna")
    assert list(made) == [Offer("1", "boris", ("clara",))]


@pytest.mark.parametrize(
    ("seconds", "who"),
    [(0, "anna"), (19, "anna"), (20, "boris"), (59, "boris"), (60, "clara")],
)
def test_who_fits_best_is_offered_alone_at_first_and_in_the_end_anybody(seconds: float, who: str) -> None:
    crew = {"anna": free(30), "boris": free(20), "clara": free(10)}
    line, _ = in_line(waiting(*crew, first=(stage(20, "anna"), stage(60, "anna", "boris"))))
    assert offered(line, crew, seconds) == [Offer("1", who)]


def test_a_stage_of_which_nobody_is_there_costs_no_time() -> None:
    crew = {"anna": gone(free()), "boris": free()}
    line, _ = in_line(waiting(*crew, first=(stage(20, "anna"),)))
    assert offered(line, crew) == [Offer("1", "boris")]


def test_who_fits_best_is_waited_for_while_busy() -> None:
    crew = {"anna": talking(), "boris": free()}
    line, _ = in_line(waiting(*crew, first=(stage(20, "anna"),)), waiting(*crew))
    assert offered(line, crew) == [Offer("2", "boris")]


@pytest.mark.parametrize(
    ("crew", "told"),
    [
        ({"anna": gone(free()), "boris": Standing(since=NOON)}, [NobodyThere("1")]),
        ({"anna": gone(free()), "boris": talking()}, []),
    ],
    ids=["all gone", "one is busy"],
)
def test_nobody_waits_for_people_who_are_not_there(crew: dict[str, Standing], told: list[NobodyThere]) -> None:
    line, (place,) = in_line(waiting(*crew))
    assert line.is_in_vain(place, crew.__getitem__, NOON) == bool(told)
    assert offered(line, crew) == told


def helps(*people: PersonId, after: float | None = None, above: float | None = None) -> tuple[Overflow, ...]:
    return (Overflow(people=people, after=after, above=above, wanted="managers"),)


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(59, []), (60, [Offer("1", "maria")])],
)
def test_others_help_out_after_a_while(seconds: float, told: list[Offer]) -> None:
    line, _ = in_line(waiting("anna", also=helps("maria", after=60)))
    assert offered(line, {"anna": talking(), "maria": free()}, seconds) == told


@pytest.mark.parametrize(
    ("callers", "at_work", "told"),
    [
        (3, {"anna": talking()}, []),
        (4, {"anna": talking()}, [Offer("1", "maria")]),
        (4, {"anna": talking(), "boris": talking()}, []),
        (7, {"anna": talking(), "boris": talking()}, [Offer("1", "maria")]),
    ],
)
def test_others_help_out_when_more_than_three_wait_for_each_person(
    callers: int, at_work: dict[str, Standing], told: list[Offer]
) -> None:
    crew = dict.fromkeys(("anna", "boris"), gone(free())) | at_work | {"maria": free()}
    line, _ = in_line(*[waiting("anna", "boris", also=helps("maria", above=3))] * callers)
    assert offered(line, crew, 30) == told


def test_who_talks_already_is_no_load() -> None:
    crew = {"anna": free(), "maria": free()}
    line, _ = in_line(*[waiting("anna", also=helps("maria", above=1))] * 2)
    assert offered(line, crew) == [Offer("1", "anna"), Offer("2", "maria")]
    line, (_, second) = in_line(*[waiting("anna", also=helps("maria", above=1))] * 2)
    second.offered = "boris"
    assert offered(line, crew | {"anna": talking()}) == []


@pytest.mark.parametrize("limit", [{"after": 60}, {"above": 3}], ids=["after a minute", "at a high load"])
def test_others_help_out_at_once_when_nobody_else_is_there(limit: dict[str, float]) -> None:
    crew = {"anna": gone(free()), "maria": free()}
    line, (place,) = in_line(waiting("anna", also=helps("maria", **limit)))
    assert offered(line, crew) == [Offer("1", "maria")]
    place.missed("maria", NOON)
    assert offered(line, dict.fromkeys(crew, gone(free()))) == [NobodyThere("1")]


def test_who_is_ahead_counts_as_having_come_earlier() -> None:
    """Five seconds ahead overtake whoever came less than five seconds before, and nobody else."""
    line, places = in_line(*[waiting("anna")] * 9, waiting("anna", ahead=4.5))
    assert [place.call for place in line.places] == ["1", "2", "3", "4", "5", "10", "6", "7", "8", "9"]
    for place in places[:5]:
        line.leave(place)
    assert offered(line, {"anna": free()}) == [Offer("10", "anna")]


def test_who_did_not_answer_is_offered_to_the_next_caller_at_once_and_to_this_one_later() -> None:
    crew = {"anna": free()}
    line, (first, second) = in_line(waiting("anna"), waiting("anna"))
    assert offered(line, crew) == [Offer("1", "anna")]
    first.missed("anna", NOON)
    assert offered(line, crew) == [Offer("2", "anna")]
    second.missed("anna", NOON)
    assert offered(line, crew, 9.9) == []
    assert offered(line, crew, PAUSE.total_seconds()) == [Offer("1", "anna")]


def test_whom_another_engine_has_taken_is_offered_to_nobody() -> None:
    crew = {"anna": free(1), "boris": free(2)}
    line, _ = in_line(waiting(*crew), waiting(*crew))
    made = line.offers(crew.__getitem__, NOON, lambda person, _call: person != "anna")
    assert list(made) == [Offer("1", "boris")]


def test_who_leaves_the_line_is_offered_nobody() -> None:
    line, (first, _) = in_line(waiting("anna"), waiting("anna"))
    line.leave(first)
    assert offered(line, {"anna": free()}) == [Offer("2", "anna")]


def test_when_to_look_again() -> None:
    help_ = helps("maria", after=90) + helps("mark", above=3)
    step = waiting("anna", "boris", first=(stage(20, "anna"), stage(60, "anna", "boris")), also=help_)
    _, (place,) = in_line(step)
    assert place.due(after(5)) == 15
    place.missed("anna", after(15))
    assert (place.due(after(16)), place.due(after(21))) == (4, 4)
    assert [place.due(after(seconds)) for seconds in (30, 60, 90)] == [30, 30, float("inf")]


def test_everybody_who_may_be_offered_is_told_once() -> None:
    step = waiting("anna", "boris", first=(stage(20, "clara", "anna"),), also=helps("maria", "boris", after=60))
    assert everybody(step) == ("clara", "anna", "boris", "maria")


def test_the_place_in_the_line_is_among_those_who_wait_for_the_same_people() -> None:
    steps = (("anna",), ("boris",), ("anna", "boris"), ("anna",), ("boris",))
    line, places = in_line(*(waiting(*people) for people in steps))
    assert [line.position(place) for place in places] == [1, 1, 3, 3, 3]
    places[0].offered = "anna"
    assert [line.position(place) for place in places[2:]] == [2, 2, 3]


def test_the_wait_is_expected_by_how_long_callers_took_somebody() -> None:
    line, places = in_line(*[waiting("anna", "boris", "clara")] * 8)
    crew = {"anna": talking(), "boris": talking(), "clara": gone(free())}
    for place in places[:FEWEST]:
        assert line.expected(places[-1], crew.__getitem__, NOON) is None
        place.offered_at = NOON
        line.leave(place)
        line.served(place, after(100))
    assert line.expected(places[-1], crew.__getitem__, NOON) == 3 * 100 / 2
    assert line.expected(places[-1], dict.fromkeys(crew, gone(free())).__getitem__, NOON) is None


def test_who_was_never_offered_anybody_tells_nothing_of_how_long_callers_take() -> None:
    line, (place, other) = in_line(waiting("anna"), waiting("anna"))
    for _ in range(FEWEST):
        line.served(place, NOON)
    assert line.expected(other, {"anna": talking()}.__getitem__, NOON) is None


TALK = Announcement(every=45, language="en", place=(Words("number "), Gap()), wait=(Gap(), Words(" minutes")))


@pytest.mark.parametrize(
    ("expected", "said"),
    [
        (None, ("number ", 3)),
        (0.0, ("number ", 3, 1, " minutes")),
        (60.0, ("number ", 3, 1, " minutes")),
        (61.0, ("number ", 3, 2, " minutes")),
    ],
)
def test_what_a_caller_is_told(expected: float | None, said: tuple[str | int, ...]) -> None:
    pieces = tuple(Words(piece) if isinstance(piece, str) else Number(piece) for piece in said)
    assert speech(TALK, 3, expected) == Speech("en", pieces)


@pytest.mark.parametrize(("waited", "due"), [(0, 0), (0.1, 45), (45, 45), (46, 90)])
def test_when_a_caller_is_told(waited: float, due: float) -> None:
    assert next_time(TALK, waited) == due


@pytest.mark.parametrize(
    ("closes", "waited", "left"),
    [(None, 0, 600), (None, 700, -100), (900, 0, 600), (300, 0, 300), (300, 100, 200), (300, 301, -1)],
)
def test_a_wait_ends_with_its_time_or_when_the_line_closes(closes: float | None, waited: float, left: float) -> None:
    step = waiting("anna", closes=None if closes is None else after(closes))
    assert seconds_left(step, NOON, after(waited)) == left


@pytest.mark.parametrize(
    ("closes", "outcome"), [(None, Unanswered), (601, Unanswered), (600.5, LineClosed), (599, LineClosed)]
)
def test_a_caller_learns_whether_time_was_over_or_the_line_closed(closes: float | None, outcome: type) -> None:
    missed = (Missed("anna", Absence.BUSY),)
    step = waiting("anna", closes=None if closes is None else after(closes))
    assert in_vain(step, missed, after(599.9)) == outcome(missed)
