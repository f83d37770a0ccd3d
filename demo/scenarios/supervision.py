"""A supervisor hears a talk along, comes when called for help, and takes a caller over (T6, T8)."""

from demo.scenario import Answers, Away, Expected, HeardAlong, Scenario
from demo.scenarios.cast import MARKET, ORDER, all_of

STAFF = {"olga": Answers(), "galina": Answers(), **all_of(("oleg", "omid"), Away())}
"""The only operator at work, and the head of retail, who supervises operators by the sample's rules."""

ALL = (
    Scenario(
        "t8-along",
        "T8",
        "A head listens to an operator's talk, whispers, joins in and takes the caller over",
        MARKET,
        (*ORDER, HeardAlong("galina", ("listen", "whisper", "join", "take over"))),
        Expected(
            talk=("olga",),
            then=("galina",),
            rules=("D3",),
            intent="order",
            customer="c201",
            outcomes=("handed_over", "talked"),
            acts=(("galina", "listen"), ("galina", "whisper"), ("galina", "join"), ("galina", "take over")),
        ),
        STAFF,
    ),
    Scenario(
        "t6-help",
        "T6",
        "An operator calls for help by a key: a head whispers, unheard by the caller",
        MARKET,
        (*ORDER, HeardAlong("galina", ("whisper",), for_help=True)),
        Expected(
            talk=("olga",),
            rules=("D3",),
            intent="order",
            customer="c201",
            acts=(("olga", "help"), ("galina", "whisper")),
        ),
        STAFF,
    ),
)
