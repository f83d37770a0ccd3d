"""What the proof is built of: moments, callers' numbers, lengths, circles, and the cutting of boxes."""

import datetime as dt
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.conditions import Situation, calls_from, misfit
from routing.proof.circles import components, is_single
from routing.proof.moments import moments
from routing.proof.numbers import Numbers
from routing.proof.space import Dimension, Space, Told, bits
from routing.proof.timing import debt_seconds, speech_seconds, text_seconds
from routing.rules.company import Holiday, Hours, Span
from routing.rules.menus import Goto, Line
from routing.rules.routes import DebtTalk
from routing.speech import Number, Recorded, Speech, Stock, Words
from tests.unit.rulebooks import TODAY, route, sample, text, week


def test_one_moment_for_each_opening_state() -> None:
    hours = {
        "office": sample().hours["office"],
        "lunch": Hours(name="lunch", week=week((Span(12 * 60, 13 * 60),)), holidays=False),
        "whole": Hours(name="whole", week=((Span(0, 24 * 60),),) * 7),
    }
    rulebook = sample(hours=hours, holidays=(Holiday(dt.date(2026, 12, 31), dt.date(2026, 12, 31)),))
    assert [(str(each.day), each.minute // 60, sorted(each.open)) for each in moments(rulebook, hours, TODAY)] == [
        ("2026-11-23", 0, ["whole"]),
        ("2026-11-23", 9, ["office", "whole"]),
        ("2026-11-23", 12, ["lunch", "office", "whole"]),
        ("2026-12-31", 0, []),
        ("2026-12-31", 12, ["lunch"]),
    ]


def test_without_hours_all_moments_are_alike() -> None:
    assert [each.open for each in moments(sample(), [], TODAY)] == [frozenset()]


NUMBERS = st.lists(st.text("+789", min_size=1, max_size=3).flatmap(lambda begin: st.sampled_from([begin, begin + "*"])))


@settings(deadline=None)
@given(patterns=NUMBERS, number=st.text("+789", min_size=1, max_size=5))
def test_every_caller_is_represented(patterns: list[str], number: str) -> None:
    """Whatever patterns know a number, there is a number that exactly the same patterns know, or a longer pattern's."""
    numbers = Numbers(sample(), patterns)
    known = {pattern for pattern in patterns if calls_from(pattern, number, {})}
    alike = [
        {pattern for pattern in patterns if calls_from(pattern, each, {})}
        for each in numbers.numbers
        if each is not None
    ]
    assert any(known <= each for each in alike)


@settings(deadline=None)
@given(patterns=NUMBERS)
def test_masks_tell_which_numbers_a_pattern_knows(patterns: list[str]) -> None:
    rulebook = sample(callers={"list": (*patterns, "withheld")})
    for pattern in (*patterns, "list", "withheld"):
        numbers = Numbers(rulebook, [*patterns, "list"])
        known = [number for number in numbers.numbers if calls_from(pattern, number, rulebook.callers)]
        assert [numbers.numbers[place] for place in bits(numbers.mask(pattern))] == known


def test_where_every_beginning_is_known_nobody_is_unknown() -> None:
    assert Numbers(sample(), ["+*", "5*", "0*"]).numbers == ("+00000000000", "000000000000", "500000000000", None)


def test_a_beginning_whose_longer_ones_are_known_stands_for_itself() -> None:
    some_longer = Numbers(sample(), ["+7*", "+70*", "+712345678901"])
    assert some_longer.numbers == ("+15550100000", "+70000000000", "+711111111111"[:12], "+712345678901", None)
    all_longer = Numbers(sample(), ["+7*", *(f"+7{digit}*" for digit in range(10))])
    assert all_longer.numbers[1] == "+7"


def test_the_longest_language_counts() -> None:
    company = sample().company
    assert text_seconds({"en": (Words("x" * 8),), "ru": (Words("x" * 16),), "fa": ()}, company) == 2


def test_each_piece_has_its_length() -> None:
    pieces = (Words("x" * 8), Stock("vm-goodbye"), Number(7), Recorded("a.wav"))
    assert [speech_seconds(Speech("en", (piece,))) for piece in pieces] == [1, 5, 8, 60]


def test_codes_are_waited_for_only_where_they_are_asked_for() -> None:
    company, second = sample().company, text("x" * 8)
    assert debt_seconds(DebtTalk(notice=second, amounts={"overdue": second}), company) == 2
    assert debt_seconds(DebtTalk(notice=second, ask_code=second, tries=2, seconds=5), company) == 1 + 2 * (1 + 12 * 5)


@settings(deadline=None)
@given(edges=st.dictionaries(st.integers(0, 7), st.lists(st.integers(0, 7), max_size=4), max_size=8))
def test_components_are_those_who_reach_one_another(edges: dict[int, list[int]]) -> None:
    after = {node: edges.get(node, []) for node in range(8)}
    reach = {node: _reachable(after, node) for node in after}
    found = components(after)
    assert sorted(itertools.chain(*found)) == list(after)
    for component in found:
        for node in component:
            assert {node, *(each for each in reach[node] if node in reach[each])} == set(component)
        assert is_single(component, after) is all(node not in reach[node] for node in component)
    position = {node: place for place, component in enumerate(found) for node in component}
    assert all(position[following] <= position[node] for node in after for following in after[node])


def _reachable(after: dict[int, list[int]], node: int) -> set[int]:
    seen: set[int] = set()
    todo = [node]
    while todo:
        new = set(after[todo.pop()]) - seen
        seen |= new
        todo += new
    return seen


WHEN = st.fixed_dictionaries(
    {},
    optional={
        "customer": st.sampled_from([("key",), ("new",), ("known", "market"), ("unknown",)]),
        "manager": st.sampled_from(["assigned", "none"]),
        "debt": st.sampled_from([("none",), ("overdue",), ("overdue", "over_limit")]),
        "department": st.sampled_from([("retail",), ("none", "wholesale")]),
        "language": st.sampled_from([("en",), ("ru", "fa")]),
        "open": st.sampled_from([("office",), ("office", "shifts")]),
        "closed": st.sampled_from([("office",), ("shifts",)]),
        "caller": st.sampled_from([("+7495*",), ("+7495*", "withheld"), ("+74951112233",)]),
        "intent": st.sampled_from([("order",), ("none", "other")]),
    },
)
TOLD = st.builds(
    Told,
    intent=st.sampled_from([None, "order", "other"]),
    department=st.sampled_from([None, "retail"]),
    line_department=st.sampled_from([None, "wholesale"]),
    language=st.sampled_from([None, "ru"]),
    line_language=st.sampled_from([None, "fa"]),
)


@settings(deadline=None)
@given(whens=st.lists(WHEN, max_size=5), told=TOLD, start=st.integers(0, 3))
def test_every_point_of_a_box_is_in_one_part_and_that_is_its_first_route(
    whens: list[dict[str, object]], told: Told, start: int
) -> None:
    routes = tuple(route(f"R{n}", n, when=when) for n, when in enumerate(whens))
    rulebook = sample(
        routes=routes, lines={"any": Line(number="any", goto=Goto(), line=1)}, customers=("key", "market")
    )
    space = Space(rulebook, moments(rulebook, ["office", "shifts"], TODAY))
    for box in space.callers():
        parts = list(space.takers(told, start, box))
        points = list(itertools.product(*(list(bits(values)) for values in box)))
        assert sum(len(list(itertools.product(*map(bits, part)))) for _, part in parts) == len(points)
        for taker, part in parts:
            point = tuple(next(bits(values)) for values in part)
            assert _first(space, told, start, point) == taker


def _first(space: Space, told: Told, start: int, point: tuple[int, ...]) -> int | None:
    seen = [space.values(dimension, told)[point[dimension]] for dimension in Dimension]
    situation = Situation(
        type=seen[Dimension.CUSTOMER].type,
        manager=seen[Dimension.CUSTOMER].manager,
        department=seen[Dimension.DEPARTMENT].department,
        debts=seen[Dimension.DEBT].debts,
        intent=told.intent,
        language=seen[Dimension.LANGUAGE].language,
        number=seen[Dimension.CALLER].number,
        open=seen[Dimension.TIME].open,
    )
    routes = enumerate(space.rulebook.routes)
    return next((place for place, each in routes if place >= start and not misfit(each.when, situation)), None)


@pytest.mark.parametrize("values", [0, 1, 0b1010, 1 << 900])
def test_bits(values: int) -> None:
    assert sum(1 << place for place in bits(values)) == values
