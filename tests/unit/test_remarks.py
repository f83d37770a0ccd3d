"""Who is told of a call when it is over (D14, D20)."""

import pytest

from routing.remarks import ANY, addressees, by_key, task_owner
from routing.rules.company import Reason


@pytest.mark.parametrize(
    ("tell", "concerned", "told"),
    [
        pytest.param((), "retail", (), id="nobody"),
        pytest.param(("department",), "retail", ("retail",), id="the one concerned"),
        pytest.param(("department",), None, (ANY,), id="somebody, where that is not known"),
        pytest.param(("finance", "department"), "retail", ("finance", "retail"), id="several"),
        pytest.param(("retail", "department"), "retail", ("retail",), id="each once"),
    ],
)
def test_departments_are_told(tell: tuple[str, ...], concerned: str | None, told: tuple[str, ...]) -> None:
    assert addressees(Reason(tell=tell, line=1), concerned) == told


@pytest.mark.parametrize(("key", "reason"), [("0", "wish"), ("2", "price"), ("3", None), ("", None), ("None", None)])
def test_a_key_tells_a_reason(key: str, reason: str | None) -> None:
    reasons = {"wish": Reason(key="0", line=1), "price": Reason(key="2", line=2), "other": Reason(line=3)}
    assert by_key(reasons, key) == reason


@pytest.mark.parametrize(
    ("task", "manager", "concerned", "owner"),
    [
        pytest.param("anna", "boris", "retail", "anna", id="a person named in the rules"),
        pytest.param("assigned_manager", "boris", "retail", "boris", id="the customer's manager"),
        pytest.param("assigned_manager", None, "retail", "head of retail", id="without one the head concerned"),
        pytest.param("assigned_manager", None, None, None, id="anybody, where nothing is known"),
    ],
)
def test_whose_task_it_is(task: str, manager: str | None, concerned: str | None, owner: str | None) -> None:
    assert task_owner(task, manager, concerned) == owner
