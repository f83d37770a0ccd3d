"""Who takes an order, and what debts have to do with it (D3, D5, D6, D15)."""

from demo.scenario import (
    Away,
    Declines,
    Expected,
    OnThePhone,
    Press,
    Scenario,
    Speak,
    Stay,
    Talk,
    Unplugged,
)
from demo.scenarios.cast import (
    BOTH_DEBTS,
    FINANCE,
    INFORMATION,
    MARKET,
    OPERATORS,
    ORDER,
    OUTLET,
    OVER_LIMIT,
    OVERDUE,
    OVERDUE_WITHOUT_CODE,
    RETAIL_OF_LARISA,
    RETAIL_OF_NOBODY,
    all_of,
    missed,
    stranger,
)


def _operator(customer: str, intent: str = "order", talk: tuple[str, ...] = OPERATORS, **absent: str) -> Expected:
    return Expected(talk=talk, rules=("D3",), intent=intent, customer=customer, missed=absent)


OPERATORS_WORK = (
    Scenario("d3-order", "D3", "An operator takes a market trader's order", MARKET, ORDER, _operator("c201")),
    Scenario(
        "d3-retail", "D3", "An operator takes a retail customer's order", RETAIL_OF_LARISA, ORDER, _operator("c401")
    ),
    Scenario(
        "d3-question",
        "D3",
        "An operator answers a question about prices",
        OUTLET,
        INFORMATION,
        _operator("c301", "information"),
    ),
    Scenario(
        "d3-by-key",
        "D3",
        "A caller asks for an operator",
        MARKET,
        (Press("0"), Talk()),
        _operator("c201", "operator"),
        in_demo=False,
    ),
    Scenario(
        "d3-one-left",
        "D22",
        "One operator is away, one phone is off: the third one answers",
        MARKET,
        ORDER,
        _operator("c201", talk=("omid",)),
        {"olga": Away(), "oleg": Unplugged()},
    ),
    Scenario(
        "d3-declined",
        "D22",
        "An operator declines: another one answers",
        MARKET,
        ORDER,
        _operator("c201", talk=("oleg", "omid")),
        {"olga": Declines()},
        in_demo=False,
    ),
    Scenario(
        "d3-waits",
        "D3",
        "All operators talk: the caller waits with music until one is free",
        MARKET,
        ORDER,
        _operator("c201", talk=("olga",)),
        all_of(("oleg", "omid"), OnThePhone()) | {"olga": OnThePhone(6.0)},
    ),
    Scenario(
        "d3-nobody-at-work",
        "T4",
        "No operator is at work: a message is left at once",
        MARKET,
        (Press("1"), Speak(), Stay()),
        Expected(
            end="message",
            rules=("D3",),
            intent="order",
            customer="c201",
            missed=missed(OPERATORS, "not registered"),
            outcomes=("unanswered", "message_left"),
        ),
        all_of(OPERATORS, Unplugged()),
    ),
)


def _debtor(customer: str, *talk: str, outcomes: tuple[str, ...] = (), language: str = "en", **absent: str) -> Expected:
    return Expected(
        talk=talk, rules=("D6",), intent="order", customer=customer, missed=absent, outcomes=outcomes, language=language
    )


DEBTS = (
    Scenario(
        "d6-overdue",
        "D6",
        "A customer with overdue debt hears the amount after its code, and reaches its manager",
        OVERDUE,
        (Press("1"), Press("2468", "after the prompt"), Talk()),
        _debtor("c202", "maria", outcomes=("proved",)),
    ),
    Scenario(
        "d6-over-limit",
        "D6",
        "A customer over its limit keys in a wrong code, then the right one",
        OVER_LIMIT,
        (Press("1"), Press("9999", "after the prompt"), Press("1357", "after the prompt"), Talk()),
        _debtor("c203", "nina", outcomes=("unproved", "proved")),
    ),
    Scenario(
        "d6-both",
        "D6",
        "A customer with both kinds of debt is told in Russian",
        BOTH_DEBTS,
        (Press("1"), Press("8642#", "after the prompt"), Talk()),
        _debtor("c204", "mark", outcomes=("proved",), language="ru"),
        in_demo=False,
    ),
    Scenario(
        "d26-wrong-code",
        "D26",
        "Two wrong codes: no amount is spoken, the manager is reached all the same",
        OVERDUE,
        (Press("1"), Press("1111", "after the prompt"), Press("2222", "after the prompt"), Talk()),
        _debtor("c202", "maria", outcomes=("unproved", "unproved")),
    ),
    Scenario(
        "d26-no-code",
        "D26",
        "A customer keys in no code: no amount is spoken",
        OVERDUE,
        ORDER,
        _debtor("c202", "maria", outcomes=("silence",)),
        in_demo=False,
    ),
    Scenario(
        "d26-without-code",
        "D26",
        "A customer that has no code is told only that there is a matter to settle",
        OVERDUE_WITHOUT_CODE,
        ORDER,
        _debtor("c205", "nina"),
    ),
    Scenario(
        "d6-finance",
        "D6",
        "The debtor's manager is not there: the finance service",
        OVERDUE_WITHOUT_CODE,
        ORDER,
        _debtor("c205", *FINANCE, nina="not registered"),
        {"nina": Unplugged()},
    ),
    Scenario(
        "d6-nobody",
        "D6",
        "Neither the manager nor finance is there: a message is left",
        OVERDUE_WITHOUT_CODE,
        (Press("1"), Speak(), Stay()),
        Expected(
            end="message",
            rules=("D6",),
            intent="order",
            customer="c205",
            missed=missed(("nina", *FINANCE), "away"),
            outcomes=("message_left",),
        ),
        all_of(("nina", *FINANCE), Away("stocktaking")),
        in_demo=False,
    ),
    Scenario(
        "d5-question",
        "D5",
        "A debtor who only asks for prices is not stopped",
        OVERDUE_WITHOUT_CODE,
        INFORMATION,
        _operator("c205", "information"),
    ),
)


def _new(*talk: str, rules: tuple[str, ...] = ("D15", "D15"), **known: str) -> Expected:
    return Expected(talk=talk, rules=rules, intent="order", customer=known.get("customer"))


NEW_CUSTOMERS = (
    Scenario(
        "d15-wholesale",
        "D15",
        "A new customer who buys for a business reaches the head of wholesale",
        stranger(1501),
        (Press("1"), Press("1"), Talk()),
        _new("viktor"),
    ),
    Scenario(
        "d15-retail",
        "D15",
        "A new customer who buys for itself reaches the head of retail",
        stranger(1502),
        (Press("1"), Press("2", "during the prompt"), Talk()),
        _new("galina"),
    ),
    Scenario(
        "d15-unassigned",
        "D15",
        "A customer without a manager reaches the head of its department, and is asked nothing",
        RETAIL_OF_NOBODY,
        ORDER,
        _new("galina", rules=("D15",), customer="c403"),
    ),
    Scenario(
        "d15-silent",
        "D15",
        "A new customer who names no department reaches the head of wholesale",
        stranger(1503),
        ORDER,
        Expected(talk=("viktor",), rules=("D15", "D15"), intent="order", outcomes=("silence", "silence")),
        in_demo=False,
    ),
    Scenario(
        "d15-head-away",
        "D15",
        "The head is away: a new customer leaves a message",
        stranger(1504),
        (Press("11"), Speak(), Stay()),
        Expected(
            end="message",
            rules=("D15", "D15"),
            intent="order",
            missed={"viktor": "away"},
            outcomes=("unanswered", "message_left"),
        ),
        {"viktor": Away("a business trip")},
    ),
)

ALL = OPERATORS_WORK + DEBTS + NEW_CUSTOMERS
