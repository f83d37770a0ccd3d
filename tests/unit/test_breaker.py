"""When a failing database is asked."""

import pytest

from db.breaker import Breaker


@pytest.mark.parametrize(
    ("story", "asked"),
    [
        pytest.param("ffff", "1110", id="after three failures in a row no more are asked"),
        pytest.param("ffwfff", "111111", id="an answer in between begins the count anew"),
        pytest.param("fff.f.f", "111" "1" "1", id="once a second one is asked all the same"),
        pytest.param("fff.ff.ff", "111" "10" "10", id="and only one"),
        pytest.param("fff.www", "111" "111", id="an answer lets all through again"),
        pytest.param("fff.wffff", "111" "1" "1110", id="until three fail again"),
    ],
)  # fmt: skip
def test_who_is_let_through(story: str, asked: str) -> None:
    """f: a call comes and fails if it asks, w: a call comes and is answered, a point: a second goes by."""
    now = 100.0
    breaker = Breaker(3, 1.0, lambda: now)
    let = ""
    for event in story:
        if event == ".":
            now += 1.0
            continue
        through = breaker.lets_through()
        let += str(int(through))
        if through:
            breaker.worked() if event == "w" else breaker.failed()
    assert let == asked
