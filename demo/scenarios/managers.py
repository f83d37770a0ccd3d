"""Who has a manager is brought to that manager, or to whoever stands in (D2, D4, D19)."""

from demo.scenario import (
    Answers,
    Away,
    Declines,
    Expected,
    OnThePhone,
    Press,
    RingsOut,
    RungByAnother,
    Scenario,
    Speak,
    Stay,
    Talk,
    Unplugged,
)
from demo.scenarios.cast import (
    COMPLAINTS,
    INFORMATION,
    KEY,
    KEY_ACCOUNT,
    KEY_OF_ANNA_TOO,
    KEY_OF_BORIS,
    KEY_OF_DARIA,
    KEY_OF_NOBODY,
    KEY_OF_TIMUR,
    MARKET,
    ORDER,
    OTHER,
    OUTLET,
    REGIONAL,
    RETAIL_OF_LARISA,
    RETAIL_OF_STEPAN,
    all_of,
    missed,
    stranger,
)


def _to_manager(customer: str, manager: str) -> Expected:
    return Expected(talk=(manager,), rules=("D19",), intent="other", customer=customer)


TYPES = (
    Scenario(
        "d2-market", "D2", "A market trader is brought to its manager", MARKET, OTHER, _to_manager("c201", "maria")
    ),
    Scenario("d2-outlet", "D2", "An own outlet is brought to its manager", OUTLET, OTHER, _to_manager("c301", "mark")),
    Scenario(
        "d2-regional",
        "D2",
        "A regional customer is brought to its manager",
        REGIONAL,
        OTHER,
        _to_manager("c501", "nina"),
    ),
)


def _key(*talk: str, customer: str = "c101", intent: str = "order", **absent: str) -> Expected:
    return Expected(talk=talk, rules=("D4",), intent=intent, customer=customer, missed=absent)


KEY_ACCOUNTS = (
    Scenario("d4-assigned", "D4", "A key customer reaches the assigned manager", KEY, ORDER, _key("anna")),
    Scenario(
        "d4-information",
        "D4",
        "A key customer with a question reaches the assigned manager",
        KEY_OF_BORIS,
        INFORMATION,
        _key("boris", customer="c103", intent="information"),
    ),
    Scenario(
        "d4-on-leave",
        "D4",
        "The assigned manager is on leave: another key-account manager",
        KEY_OF_DARIA,
        ORDER,
        _key(*KEY_ACCOUNT, customer="c105", daria="on leave"),
    ),
    Scenario(
        "d4-outside-hours",
        "D4",
        "The assigned manager does not work today: another one",
        KEY_OF_TIMUR,
        ORDER,
        _key(*KEY_ACCOUNT, customer="c106", timur="outside working hours"),
    ),
    Scenario(
        "d4-away",
        "D4",
        "The assigned manager is away: another one",
        KEY,
        ORDER,
        _key("boris", anna="away"),
        {"anna": Away()},
    ),
    Scenario(
        "d4-not-registered",
        "D4",
        "The assigned manager's phone is off: another one",
        KEY,
        ORDER,
        _key("boris", anna="not registered"),
        {"anna": Unplugged()},
    ),
    Scenario(
        "d4-busy",
        "D4",
        "The assigned manager is on the phone: another one at once",
        KEY,
        ORDER,
        _key("boris", anna="busy"),
        {"anna": OnThePhone()},
    ),
    Scenario(
        "d4-busy-here",
        "D4",
        "The assigned manager's phone says it is busy: another one",
        KEY,
        ORDER,
        _key("boris", anna="busy"),
        {"anna": Declines(486)},
        in_demo=False,
    ),
    Scenario(
        "d4-ringing-elsewhere",
        "D4",
        "The assigned manager is being rung by another customer: another one",
        KEY,
        ORDER,
        _key("boris", anna="ringing elsewhere"),
        {"anna": RungByAnother(KEY_OF_ANNA_TOO)},
    ),
    Scenario(
        "d4-no-answer",
        "D4",
        "The assigned manager does not answer: another one",
        KEY,
        ORDER,
        _key("boris", anna="no answer"),
        {"anna": RingsOut()},
    ),
    Scenario(
        "d4-declined",
        "D4",
        "The assigned manager declines: another one",
        KEY,
        ORDER,
        _key("boris", anna="declined"),
        {"anna": Declines()},
    ),
    Scenario(
        "d4-unreachable",
        "D4",
        "The assigned manager's phone is out of order: another one",
        KEY,
        ORDER,
        _key("boris", anna="unreachable"),
        {"anna": Declines(503)},
        in_demo=False,
    ),
    Scenario(
        "d4-nobody-assigned",
        "D4",
        "A key customer without a manager reaches a key-account manager",
        KEY_OF_NOBODY,
        ORDER,
        _key(*KEY_ACCOUNT, customer="c104"),
    ),
    Scenario(
        "d4-head",
        "D4",
        "No key-account manager can be reached: the head of wholesale",
        KEY,
        ORDER,
        _key("viktor", anna="no answer", boris="declined", daria="on leave", timur="outside working hours"),
        {"anna": RingsOut(), "boris": Declines()},
    ),
    Scenario(
        "d4-nobody",
        "D4",
        "Nobody of them can be reached: a message is left",
        KEY,
        (Press("1"), Speak(), Stay()),
        Expected(
            end="message",
            rules=("D4",),
            intent="order",
            customer="c101",
            missed=missed(("anna", "boris", "viktor"), "not registered"),
            outcomes=("message_left",),
        ),
        all_of(("anna", "boris", "viktor"), Unplugged()),
    ),
    Scenario(
        "d4-person-hangs-up",
        "D4",
        "The manager hangs up first: the caller is released",
        KEY,
        (Press("1"), Talk(0.5), Stay()),
        _key("anna"),
        {"anna": Answers(talks=2.0)},
        in_demo=False,
    ),
)


def _other(*talk: str, customer: str, intent: str = "other", **absent: str) -> Expected:
    return Expected(talk=talk, rules=("D19",), intent=intent, customer=customer, missed=absent)


NEITHER_ORDER_NOR_QUESTION = (
    Scenario(
        "d19-on-leave",
        "D19",
        "The manager concerned is on leave: the head of the department",
        RETAIL_OF_LARISA,
        OTHER,
        _other("galina", customer="c401", larisa="on leave"),
    ),
    Scenario(
        "d19-outside-hours",
        "D19",
        "The manager concerned does not work today: the head of the department",
        RETAIL_OF_STEPAN,
        OTHER,
        _other("galina", customer="c402", stepan="outside working hours"),
    ),
    Scenario(
        "d19-no-answer",
        "D19",
        "The manager concerned does not answer: the head of the department",
        MARKET,
        OTHER,
        _other("viktor", customer="c201", maria="no answer"),
        {"maria": RingsOut()},
    ),
    Scenario(
        "d19-complaint",
        "D19",
        "A customer on the complaints line reaches the manager concerned",
        OUTLET,
        (Talk(),),
        _other("mark", customer="c301", intent="complaint"),
        dialled=COMPLAINTS,
    ),
    Scenario(
        "d19-strangers-complaint",
        "D19",
        "A stranger on the complaints line reaches the head of retail",
        stranger(1901),
        (Talk(),),
        Expected(talk=("galina",), rules=("D19",), intent="complaint"),
        dialled=COMPLAINTS,
    ),
)

ALL = TYPES + KEY_ACCOUNTS + NEITHER_ORDER_NOR_QUESTION
