"""What is measured without a PBX is what it says: so many routes, one manager who is rung, each variant in its turn."""

import pytest

from bench.micro import books
from bench.micro.runs import in_turn
from bench.results import Result
from routing.steps import Ending, Ring


@pytest.mark.parametrize("routes", [20, 100])
def test_a_rule_file_of_any_size_leads_the_call_to_the_manager_by_its_last_route(routes: int) -> None:
    book = books.rulebook(routes)
    assert len(book.routes) == routes
    first = books.to_the_ring(book, books.facts(routes))
    assert isinstance(first, Ring)
    assert (first.people, first.notes[-1].line) == (("manager00",), book.routes[-1].line)


def test_the_call_is_led_to_its_end() -> None:
    trail = books.to_the_end(books.rulebook(20), books.facts(20))
    assert [type(entry.step) for entry in trail.entries] == [Ring]
    assert trail.ending == Ending(kind="talk")


@pytest.mark.parametrize(("quick", "runs"), [(True, 1), (False, 5)])
def test_variants_take_turns(quick: bool, runs: int) -> None:
    turns: list[str] = []

    def turn(variant: str) -> float:
        turns.append(variant)
        return float(len(turns))

    found = list(in_turn("wait", "s", {"a": lambda: turn("a"), "b": lambda: turn("b")}, quick))
    assert turns == ["a", "b"] * runs
    assert found[1] == Result("wait", "b", "s", tuple(float(2 * run) for run in range(1, runs + 1)))
