"""Who may hear whose talks along, how, and in which order they are called for help (T6, T8)."""

import msgspec
import pytest

from routing import load
from routing.rulebook import Rulebook
from routing.rules.company import Supervision
from routing.supervision import MANNERS, supervisors
from tests.unit.rules_text import RULES, STAFF


def rules(**supervision: object) -> Rulebook:
    """The small rules, with other supervision."""
    rulebook = load(RULES.encode(), STAFF, has_file=lambda _: True)
    return msgspec.structs.replace(rulebook, supervision=msgspec.convert(supervision, Supervision))


@pytest.mark.parametrize(
    ("supervision", "who"),
    [
        pytest.param({}, (), id="nobody is named"),
        pytest.param({"supervisors": {"anna": ["boris"]}}, ("boris",), id="a person by a person"),
        pytest.param({"supervisors": {"operators": ["boris"]}}, ("boris",), id="a member of a group"),
        pytest.param({"supervisors": {"boss": ["boris"]}}, (), id="no member of the group"),
        pytest.param({"supervisors": {"anna": ["head of finance"]}}, ("victor",), id="by the head of a department"),
        pytest.param({"supervisors": {"anna": ["pair"]}}, ("boris",), id="nobody supervises oneself"),
        pytest.param(
            {"supervisors": {"anna": ["victor", "boris"], "operators": ["boss"]}},
            ("victor", "boris"),
            id="each once, in the order of the rules",
        ),
        pytest.param(
            {"supervisors": {"anna": ["victor"]}, "mentors": {"anna": "boris"}},
            ("boris", "victor"),
            id="the mentor first",
        ),
        pytest.param({"mentors": {"boris": "victor"}}, (), id="another one's mentor"),
    ],
)
def test_who_supervises_anna(supervision: dict[str, object], who: tuple[str, ...]) -> None:
    assert supervisors("anna", rules(**supervision), STAFF) == who


def test_what_is_not_told_is_usual() -> None:
    rulebook = load(RULES.replace("  pauses: [card number, passport]\n", "").encode(), STAFF, has_file=lambda _: True)
    assert rulebook.supervision.pauses == ("card number",)
    assert rulebook.supervision.mentors == {"anna": "victor"}
    assert rulebook.supervision.supervisors == {"operators": ("victor", "head of wholesale"), "anna": ("boris",)}


def test_each_key_has_one_meaning() -> None:
    assert len(set(MANNERS.values())) == len(MANNERS)
