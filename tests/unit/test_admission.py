"""How many callers are let in: whoever is must be served as ever, however many call."""

import pytest

from ari_app.admission import FEWEST, Admission

STEP = 0.01
"""Seconds that pass at once in what is made up here."""
LOOK = 0.2
"""Seconds from one look to the next, as `ari_app.on_duty` has it."""
TELLING = 0.05
"""Seconds until the dialplan goes by another word."""
CAN = 80.0
"""Calls that the Asterisk which is made up here sets up in a second."""
COMMANDS = 6
"""That wait for a call that is being set up, as a mean."""


@pytest.mark.parametrize(
    ("looks", "refused"),
    [
        pytest.param([(0.001, 0)] * 9, [0] * 9, id="at rest nobody"),
        pytest.param([(0.5, 99), (3.0, 80), (1.0, 60), (0.001, 9)], [0] * 4, id="after a pause of the machine nobody"),
        pytest.param([(3.0, 12)] * 9, [0] * 9, id="where something else keeps the machine busy nobody"),
        pytest.param([(0.5, 99)] * 6, [0, 40, 40, 64, 64, 78], id="as long as no fewer commands wait ever more"),
        pytest.param([(0.5, 99)] * 3 + [(0.5, 90), (0.5, 80)], [40, 40, 40], id="while it is worked off no more"),
        pytest.param([(0.5, 99)] * 3 + [(0.01, 0)] * 2, [40, 38, 36], id="then less and less"),
        pytest.param([(0.5, 99)] * 3 + [(0.01, 15)] * 2, [40, 39, 38], id="slowly where there is something to do"),
        pytest.param([(0.5, 99)] * 3 + [(0.09, 60)] * 2, [40, 42, 44], id="and more again before anybody waits"),
        pytest.param([(0.09, 90)] * 9, [0] * 9, id="as long as Asterisk answers in time nobody"),
        pytest.param([(9.0, 999)] * 30, [100 - round(100 * FEWEST)], id="but never all"),
    ],
)
def test_how_many_are_refused(looks: list[tuple[float, int]], refused: list[int]) -> None:
    one, found = Admission(), []
    for seconds, waiting in looks:
        one.look(seconds, waiting)
        found.append(one.refused)
    assert found[-len(refused) :] == refused
    assert bool(one.alarms()) == bool(refused[-1])


def crowd(rate: float, seconds: float, pause: float = 0.0) -> tuple[list[float], float]:
    """How long each of those waits who are let in, in seconds, and the share of those who are not.

    ``rate``: callers a second. ``pause``: for so long everything stands still, five seconds after the beginning.
    """
    admission, waits, came = Admission(), list[float](), 0.0
    words, waiting, let_in, took = [0] * round(TELLING / STEP), 0.0, 0.0, 0.0
    sent: tuple[float, float] | None = None
    for step in range(round(seconds / STEP)):
        now = step * STEP
        stands_still = 5 <= now < 5 + pause
        came += rate * STEP
        more = rate * STEP * (100 - words[-round(TELLING / STEP)]) / 100
        let_in += more
        waiting = max(0.0, waiting + more - (0.0 if stands_still else CAN * STEP))
        wait = waiting / CAN + (5 + pause - now if stands_still else 0.0)
        waits += [wait] * round(let_in - len(waits))
        if sent is not None and now >= sent[1]:
            took, sent = sent[1] - sent[0], None
        if step % round(LOOK / STEP) == 0:
            admission.look(now - sent[0] if sent else took, round(COMMANDS * waiting))
            sent = sent or (now, now + wait)
        words.append(admission.refused)
    return sorted(waits), 1 - len(waits) / came


@pytest.mark.parametrize(
    ("rate", "pause", "wait", "refused"),
    [
        pytest.param(75, 0.0, 0.0, 0.0, id="as many as can be"),
        pytest.param(50, 0.5, 0.6, 0.05, id="half a second's pause"),
        pytest.param(100, 0.0, 0.2, 0.3, id="a quarter too many"),
        pytest.param(120, 0.0, 0.35, 0.45, id="half as many again"),
        pytest.param(240, 0.0, 1.5, 0.75, id="three times as many"),
    ],
)
def test_whoever_is_let_in_is_served_as_ever(rate: float, pause: float, wait: float, refused: float) -> None:
    waits, share = crowd(rate, 30.0, pause)
    assert waits[len(waits) // 2] < 0.1
    assert waits[-len(waits) // 20] <= wait
    assert 1 - min(1.0, CAN / rate) <= share <= refused
