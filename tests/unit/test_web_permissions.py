"""Who may see and do what (D26)."""

import pytest

from db.accounts import Account, Role
from routing.facts import Person
from tests.integration.rows import NINE
from web.permissions import PERMISSIONS, Asker, Right, Within, asker

STAFF = (
    Person(id="olga", name="olga", role="operator", departments=("retail",)),
    Person(id="oleg", name="oleg", role="operator", departments=("retail",)),
    Person(id="galina", name="galina", role="head", departments=("retail",)),
    Person(id="anna", name="anna", role="key_account_manager", departments=("wholesale",)),
)


def signed_in(role: Role, who: str | None) -> Asker:
    return asker(Account(name="x", role=role, person=who, made=NINE), "program", STAFF)


TABLE = {
    "operator": "people all, queues all, why own, presence own, pin own, calls own, note own, talk own, dial own,"
    " sound own, tasks own, see to own, customers own, debts own, figures own",
    "supervisor": "people all, queues all, why all, presence all, pin own, calls all, note all, talk all,"
    " dial own, supervise all, sound all, tasks all, see to all, customers all, figures all, rules all",
    "head": "people all, queues all, why department, presence department, pin own, calls department, note department,"
    " talk department, dial own, supervise department, sound department, tasks department, see to department,"
    " customers department, debts department, figures department, rules all",
    "admin": "people all, queues all, why all, presence all, pin all, calls all, dial own, tasks all, see to all,"
    " customers all, figures all, rules all, activate all, access all",
    "auditor": "people all, queues all, why all, calls all, sound all, tasks all, customers all, debts all,"
    " figures all, rules all, access all",
}


@pytest.mark.parametrize(("role", "rights"), TABLE.items(), ids=TABLE)
def test_what_a_role_may_do(role: Role, rights: str) -> None:
    held = {right.value: reaches[role].value for right, reaches in PERMISSIONS.items() if reaches[role] != "nothing"}
    assert held == dict(one.strip().rsplit(" ", 1) for one in rights.split(","))


def test_every_right_is_decided_for_every_role() -> None:
    assert set(PERMISSIONS) == set(Right)
    assert {frozenset(reaches) for reaches in PERMISSIONS.values()} == {frozenset(TABLE)}


RETAIL = frozenset({"olga", "oleg", "galina"})


@pytest.mark.parametrize(
    ("role", "who", "right", "within"),
    [
        pytest.param("operator", "olga", Right.CALLS, Within(frozenset({"olga"})), id="an operator: one's own"),
        pytest.param(
            "head", "galina", Right.CALLS, Within(RETAIL, frozenset({"retail"})), id="a head: the department's"
        ),
        pytest.param("supervisor", None, Right.CALLS, None, id="a supervisor: everybody's"),
        pytest.param("admin", None, Right.SOUND, Within(frozenset()), id="an admin: nobody's recordings"),
        pytest.param("head", "gone", Right.CALLS, Within(frozenset({"gone"})), id="a head whom the directory has not"),
        pytest.param("operator", None, Right.CALLS, Within(frozenset()), id="an operator who is nobody there"),
    ],
)
def test_how_far_a_right_reaches(role: Role, who: str | None, right: Right, within: Within | None) -> None:
    assert signed_in(role, who).within(right) == within


@pytest.mark.parametrize(
    ("role", "who", "whose", "may"),
    [
        ("operator", "olga", "olga", True),
        ("operator", "olga", "oleg", False),
        ("head", "galina", "oleg", True),
        ("head", "galina", "anna", False),
        ("supervisor", None, "anna", True),
        ("auditor", None, "anna", False),
    ],
)
def test_who_may_say_that_somebody_is_away(role: Role, who: str | None, whose: str, may: bool) -> None:
    assert signed_in(role, who).may_for(Right.PRESENCE, whose) is may
