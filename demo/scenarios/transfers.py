"""Whoever talks with a caller hands over by the telephone's transfer key (D4, D6, D19, D22)."""

from demo.scenario import (
    Away,
    Expected,
    HandsOver,
    Scenario,
    Talk,
    UntilHandedOver,
)
from demo.scenarios.cast import MARKET, OTHER, OUTLET

HANDED_OVER = (UntilHandedOver(), Talk())
"""What a caller notices of it: music, and another voice."""

ALL = (
    Scenario(
        "d22-to-a-person",
        "D22",
        "A manager hands over to a colleague, by name",
        OUTLET,
        (*OTHER, *HANDED_OVER),
        Expected(talk=("mark",), then=("nina",), rules=("D19",), outcomes=("handed_over", "talked"), customer="c301"),
        {"mark": HandsOver("nina")},
    ),
    Scenario(
        "d22-back",
        "D22",
        "A colleague does not answer: the caller is back with the sender",
        MARKET,
        (*OTHER, *HANDED_OVER),
        Expected(
            talk=("maria",),
            then=("maria",),
            rules=("D19",),
            missed={"nina": "away"},
            outcomes=("handed_over", "unanswered", "talked"),
            customer="c201",
        ),
        {"maria": HandsOver("405"), "nina": Away()},
    ),
)
