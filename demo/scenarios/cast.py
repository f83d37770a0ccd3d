"""Who plays in the scenarios: callers of `demo/company/customers.csv`, people of `people.csv`, the company's lines."""

from collections.abc import Iterable

from demo.scenario import Habit, Press, Talk

MAIN, COMPLAINTS, RUSSIAN, NOT_OURS = "+74950000001", "+74950000002", "+74950000003", "+74950000077"

KEY, KEY_OF_ANNA_TOO, KEY_OF_BORIS, KEY_OF_NOBODY = "+79160000101", "+79160000102", "+79160000103", "+79160000104"
KEY_OF_DARIA, KEY_OF_TIMUR = "+79160000105", "+79160000106"
MARKET, OVERDUE, OVER_LIMIT, BOTH_DEBTS = "+79160000201", "+79160000202", "+79160000203", "+79160000204"
OVERDUE_WITHOUT_CODE, OUTLET = "+79160000205", "+79160000301"
RETAIL_OF_LARISA, RETAIL_OF_STEPAN, RETAIL_OF_NOBODY = "+79160000401", "+79160000402", "+79160000403"
REGIONAL, PERSIAN = "+79160000501", "+79160000502"

KEY_ACCOUNT = ("anna", "boris")
OPERATORS = ("olga", "oleg", "omid")
FINANCE = ("alla", "arman", "fatima")

ORDER = (Press("1"), Talk())
INFORMATION = (Press("2"), Talk())
OTHER = (Press("3"), Talk())


def stranger(number: int) -> str:
    """A caller whom the directory does not know; each scenario has its own."""
    return f"+7916900{number:04d}"


def all_of(people: Iterable[str], habit: Habit) -> dict[str, Habit]:
    """The same habit for all of them."""
    return dict.fromkeys(people, habit)


def missed(people: Iterable[str], why: str) -> dict[str, str]:
    """The same reason for all of them."""
    return dict.fromkeys(people, why)
