"""What the technical centre promises: recordings, the menu, and that nobody is left without an answer (T1, T2, T4)."""

from demo.rules import NIGHT
from demo.scenario import (
    Expected,
    OnThePhone,
    Press,
    RingsOut,
    Scenario,
    Speak,
    Stay,
    Talk,
    UntilRinging,
    Wait,
)
from demo.scenarios.cast import (
    KEY,
    MARKET,
    NOT_OURS,
    OPERATORS,
    ORDER,
    PERSIAN,
    RUSSIAN,
    all_of,
    stranger,
)

RECORDING = (
    Scenario(
        "t1-recorded",
        "T1",
        "A talk is recorded with both voices, through the menu and the transfer",
        KEY,
        (Press("1", "after the prompt"), Talk(3.0)),
        Expected(talk=("boris",), rules=("D4",), intent="order", customer="c101", missed={"anna": "no answer"}),
        {"anna": RingsOut()},
    ),
)


def _menu(intent: str, *outcomes: str, language: str = "en") -> Expected:
    return Expected(talk=OPERATORS, rules=("D3",), intent=intent, customer="c201", outcomes=outcomes, language=language)


MENU = (
    Scenario(
        "t2-after-the-prompt",
        "T2",
        "The caller hears the menu to its end",
        MARKET,
        (Press("1", "after the prompt"), Talk()),
        _menu("order", "pressed"),
        in_demo=False,
    ),
    Scenario(
        "t2-barge-in",
        "T2",
        "The caller presses a key while the menu is being read",
        MARKET,
        (Press("2", "during the prompt"), Talk()),
        _menu("information", "pressed"),
    ),
    Scenario("t2-typed-ahead", "T2", "The caller knows the menu by heart", MARKET, ORDER, _menu("order", "pressed")),
    Scenario(
        "t2-wrong-key",
        "T2",
        "A wrong key is told, and the menu comes again",
        MARKET,
        (Press("7"), Press("1", "after the prompt"), Talk()),
        _menu("order", "pressed", "pressed"),
    ),
    Scenario(
        "t2-silence",
        "T2",
        "A silent caller is asked three times and reaches an operator",
        MARKET,
        (Talk(within=90.0),),
        _menu("operator", "silence", "silence", "silence"),
    ),
    Scenario(
        "t2-russian",
        "T2",
        "The caller chooses Russian",
        MARKET,
        (Press("8"), Press("1", "after the prompt"), Talk()),
        _menu("order", "pressed", "pressed", language="ru"),
    ),
    Scenario(
        "t2-persian",
        "T2",
        "The caller chooses Persian",
        MARKET,
        (Press("91"), Talk()),
        _menu("order", "pressed", "pressed", language="fa"),
        in_demo=False,
    ),
    Scenario(
        "t2-own-language",
        "T2",
        "A customer is spoken to in its own language",
        PERSIAN,
        ORDER,
        Expected(talk=OPERATORS, rules=("D3",), intent="order", customer="c502", language="fa"),
    ),
    Scenario(
        "t2-russian-line",
        "T2",
        "Who dials the Russian line is spoken to in Russian",
        stranger(2001),
        (Press("11"), Talk()),
        Expected(talk=("viktor",), rules=("D15", "D15"), intent="order", language="ru"),
        dialled=RUSSIAN,
    ),
    Scenario(
        "t2-unknown-line",
        "T2",
        "A number that is not in the rules is answered with the menu all the same",
        MARKET,
        ORDER,
        _menu("order", "pressed"),
        dialled=NOT_OURS,
        in_demo=False,
    ),
)

NIGHTS = (
    Scenario(
        "t7-night",
        "T7",
        "At night an operator answers a key customer",
        KEY,
        ORDER,
        Expected(talk=OPERATORS, rules=("T7",), intent="order", customer="c101"),
        dialled=NIGHT,
    ),
    Scenario(
        "t4-night-box",
        "T4",
        "At night a customer's question goes into the message box",
        MARKET,
        (Press("3"), Speak(), Stay()),
        Expected(end="message", rules=("T7",), intent="other", customer="c201", outcomes=("message_left",)),
        dialled=NIGHT,
    ),
    Scenario(
        "t4-hangs-up-after-speaking",
        "T4",
        "A caller hangs up once the message is spoken: it is kept all the same",
        MARKET,
        (Press("3"), Speak()),
        Expected(end="message", rules=("T7",), intent="other", customer="c201", outcomes=("message_left",)),
        dialled=NIGHT,
        in_demo=False,
    ),
    Scenario(
        "t4-nothing-said",
        "T4",
        "A caller says nothing after the beep and hears a goodbye",
        MARKET,
        (Press("3"), Speak(0.0), Stay()),
        Expected(end="goodbye", rules=("T7",), intent="other", customer="c201", outcomes=("nothing_left",)),
        dialled=NIGHT,
        in_demo=False,
    ),
)

LEAVERS = (
    Scenario(
        "t4-gives-up-in-menu",
        "T4",
        "A caller gives up in the menu, and is registered",
        MARKET,
        (Wait(1.5),),
        Expected(end="caller left", customer="c201"),
    ),
    Scenario(
        "t4-gives-up-while-ringing",
        "T4",
        "A caller gives up while the manager's phone rings: it stops ringing at once",
        KEY,
        (Press("1"), UntilRinging(), Wait(0.5)),
        Expected(end="caller left", rules=("D4",), intent="order", customer="c101"),
        {"anna": RingsOut()},
    ),
    Scenario(
        "t4-gives-up-in-line",
        "T4",
        "A caller gives up while waiting for an operator",
        MARKET,
        (Press("1"), Wait(6.0)),
        Expected(end="caller left", rules=("D3",), intent="order", customer="c201"),
        all_of(OPERATORS, OnThePhone()),
    ),
    Scenario(
        "t4-withheld",
        "T4",
        "A caller who withholds its number is served like a new customer",
        None,
        (Press("11"), Talk()),
        Expected(talk=("viktor",), rules=("D15", "D15"), intent="order"),
    ),
)

ALL = RECORDING + MENU + NIGHTS + LEAVERS
