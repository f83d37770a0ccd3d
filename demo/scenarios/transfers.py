"""Whoever talks with a caller hands over by the telephone's transfer key (D4, D6, D11, D19, D22)."""

from collections.abc import Mapping

from demo.scenario import Away, Expected, HandsOver, Scenario, Talk, UntilHandedOver
from demo.scenarios.cast import KEY, MARKET, ORDER, OTHER, OUTLET, OVERDUE, REGIONAL, all_of

HANDED_OVER = (UntilHandedOver(), Talk())
"""What a caller notices of it: music, and another voice."""


def _then(first: str, then: str, rule: str, customer: str, absent: Mapping[str, str] | None = None) -> Expected:
    outcomes = ("handed_over", "talked")
    return Expected(
        talk=(first,), then=(then,), rules=(rule,), customer=customer, missed=absent or {}, outcomes=outcomes
    )


ALL = (
    Scenario(
        "d22-to-a-person",
        "D22",
        "A manager hands over to a colleague, by name",
        OUTLET,
        (*OTHER, *HANDED_OVER),
        _then("mark", "nina", "D19", "c301"),
        {"mark": HandsOver("nina")},
    ),
    Scenario(
        "d22-back",
        "D22",
        "A colleague is away: the caller is back with the sender",
        MARKET,
        (*OTHER, *HANDED_OVER),
        _then("maria", "maria", "D19", "c201", {"nina": "away"}),
        {"maria": HandsOver("405"), "nina": Away()},
    ),
    Scenario(
        "d22-to-a-group",
        "D22",
        "A manager hands over to the operators",
        REGIONAL,
        (*OTHER, *HANDED_OVER),
        _then("nina", "omid", "D19", "c501"),
        {"nina": HandsOver("600"), **all_of(("oleg", "olga"), Away())},
    ),
    Scenario(
        "d4-handed-over",
        "D4",
        "A manager hands over to another one, who is away: to the head",
        KEY,
        (*ORDER, *HANDED_OVER),
        _then("anna", "viktor", "D4", "c101", {"boris": "away", "daria": "on leave"}),
        {"anna": HandsOver("601"), "boris": Away()},
    ),
    Scenario(
        "d6-handed-over",
        "D6",
        "Who owes something is handed over to the finance service",
        OVERDUE,
        (*ORDER, *HANDED_OVER),
        _then("maria", "fatima", "D6", "c202"),
        {"maria": HandsOver("602"), **all_of(("alla", "arman"), Away())},
    ),
    Scenario(
        "d11-handed-over",
        "D11",
        "A manager hands over to the head of a department",
        OUTLET,
        (*OTHER, *HANDED_OVER),
        _then("mark", "viktor", "D19", "c301"),
        {"mark": HandsOver("603")},
    ),
)
